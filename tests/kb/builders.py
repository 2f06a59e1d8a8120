"""Knowledge for tests: plain functions."""

from typing import Any

from kb.articles import ArticleFields, create_article, publish_article
from kb.error_codes import ErrorCodeFields, upsert_error_code
from kb.models import Article, ErrorCode
from kb.search.documents import Document
from kb.search.index import Index


def draft(title: str = "Change the paper", **fields: Any) -> Article:
    """An article that nobody but an editor may see."""
    return create_article(fields=ArticleFields(**{"locale": "en", "title": title} | fields), by=None)


def published(title: str = "Change the paper", **fields: Any) -> Article:
    """An article that everybody of its audience finds."""
    return publish_article(article=draft(title, **fields), by=None)


def error_code(code: str = "E-04", device_family: str = "Aurora MR", **fields: Any) -> ErrorCode:
    """A published error code."""
    values = {"locale": "en", "meaning": "Helium level low", "remedy": ("Stop scanning.", "Call service.")} | fields
    return upsert_error_code(fields=ErrorCodeFields(device_family=device_family, code=code, **values))


def document(id: str, title: str, body: str = "", **fields: Any) -> Document:
    """A document that is its own group."""
    return Document(**{"id": id, "group": id, "title": title, "body": body, "locale": "en"} | fields)


def small_index() -> Index:
    """A dozen documents about imaging devices in two languages, with codes that two devices share."""
    return Index(
        [
            document("jam", "Remove a paper jam from the film printer", "Open the tray and pull the film out slowly."),
            document("toner", "Order a new print head", "Spare parts are listed in the shop."),
            document(
                "login",
                "Reset your password",
                "Use the link on the sign-in page to choose a new one.",
                keywords="forgot login",
            ),
            document("invoice", "Where do I find my invoice?", "Invoices are sent by e-mail each month."),
            document(
                "gel", "Clean the ultrasound probe", "Wipe off the gel with a soft cloth, then disinfect the probe."
            ),
            document("dicom", "Connect the scanner to the DICOM archive", "Enter the address and the AE title."),
            document(
                "roentgen", "Röntgengerät kalibrieren", "Starten Sie die Kalibrierung des Detektors.", locale="de"
            ),
            document("papier", "Papierstau am Drucker beheben", "Öffnen Sie die Klappe.", locale="de"),
            document("kuehlung", "Kühlung prüfen", "Die Kühlmittelpumpe läuft nicht.", locale="de"),
            document("e04-mr", "Helium level low", "Stop scanning.", codes=("E-04",), devices=("Aurora MR",)),
            document(
                "e04-us", "Probe not recognised", "Plug it in again.", codes=("E-04",), devices=("Lumen Ultrasound",)
            ),
            document("x1207", "Detector overheated", "Wait 20 minutes.", codes=("X-1207",), devices=("Helix X-ray",)),
        ]
    )
