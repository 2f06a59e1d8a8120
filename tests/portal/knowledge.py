"""A small help centre: what readers in a browser look for. Filled into the data of a centre by `Center.run`."""

from kb.catalogue import write_category, write_product
from tests.kb.builders import error_code, published

STEPS = """Look at the display.

1. Open the flap.
2. Pull the film out slowly.

| Light | Means |
|---|---|
| red | jam |
"""
FILL = "from tests.portal.knowledge import fill; fill()"


def fill() -> None:
    """A shelf, a device with a model and codes, articles in two languages and in one."""
    write_category(names={"en": "Printing", "de": "Drucken"}, descriptions={"en": "Film, heads and trays"})
    product = error_code("E-04", "Aurora MR", cause="The tank boils off.", parts=("P-1",)).product
    error_code("E-104", "Aurora MR", meaning="Door of the room is open", severity="danger")
    error_code("E-04", "Lumen Ultrasound", meaning="Probe not recognised", severity="info", remedy=())
    write_product(name="Aurora MR", models=["Aurora MR 3T"], product=product)
    printing = {"category": "printing", "products": (product.key,)}
    published("Remove a film jam", slug="film-jam", body=STEPS, summary="In three minutes.", **printing)
    published("Filmstau entfernen", slug="film-jam", locale="de", body="1. Klappe öffnen", **printing)
    published("Prints are pale", slug="pale-prints", body="Clean the `head`.", summary="Dust, mostly.", **printing)
