"""Which devices there are, and whether a text says which one it is about."""

from functools import lru_cache

from kb.models import DeviceModel, Product
from kb.search.documents import Document
from kb.search.families import Families
from kb.search.fold import terms_of
from kb.search.question import MAX_TEXT


def names_a_device(text: str) -> bool:
    """Whether a device family or model of the catalogue is named, in whole or by a word that stands for it alone."""
    names = frozenset(name for rows in (Product, DeviceModel) for name in rows.objects.values_list("name", flat=True))
    return bool(_families(names).named_in(terms_of(text[:MAX_TEXT])))


def device_families() -> list[Product]:
    """All, by name, each with its models: two queries."""
    return list(Product.objects.prefetch_related("models"))


@lru_cache(maxsize=1)  # of thousands of names the terms take far longer than to read them; names seldom change
def _families(names: frozenset[str]) -> Families:
    return Families([Document(id=name, group=name, title="", body="", locale="", devices=(name,)) for name in names])
