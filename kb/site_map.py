"""What is public and when it changed: for search engines, many at once, in one query a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from kb.models import Audience
from kb.selectors import readable_articles, readable_codes

LOCALES = tuple(code for code, _ in settings.LANGUAGES)
MOST_PAGES = 50_000  # an index of maps may name no more
PAGE = 10_000 // len(LOCALES)  # of addresses; each is there once for every language
Rows = QuerySet[Any, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page by what names it in addresses, the languages in which it exists, and when it last changed."""

    where: tuple[str, ...]
    locales: tuple[str, ...]
    changed: datetime


def sections() -> dict[str, tuple[int, datetime | None]]:
    """For each kind of page: on how many pages of the map they stand, and when the newest changed."""
    return {name: _size(make()) for name, make in _SECTIONS.items()}


def public_pages(section: str, number: int) -> list[PublicPage]:
    """The pages of one page of the map, counted from 1; [] when there are none. KeyError for an unknown section."""
    if not 0 < number <= MOST_PAGES:  # no database counts as far as an address can
        return []
    rows = _SECTIONS[section]()
    return list(_pages(rows[(number - 1) * PAGE : number * PAGE]))


def _size(rows: Rows) -> tuple[int, datetime | None]:
    total = rows.count()
    newest = rows.order_by("-changed").values_list("changed", flat=True).first()
    return -(-total // PAGE), newest


def _pages(rows: Rows) -> Iterator[PublicPage]:
    for row in rows:
        locales = tuple(code for code in LOCALES if row.pop(f"in_{code}"))
        changed = row.pop("changed")
        if locales:
            yield PublicPage(tuple(row.values()), locales, changed)


def _articles() -> Rows:
    return _grouped(readable_articles(Audience.PUBLIC), "slug", changed="published_at")


def _topics() -> Rows:
    return _grouped(readable_articles(Audience.PUBLIC).exclude(category=None), "category__slug", changed="published_at")


def _codes() -> Rows:
    return _grouped(readable_codes(Audience.PUBLIC), "product__key", "code_key", changed="updated_at")


def _devices() -> Rows:
    return _grouped(readable_codes(Audience.PUBLIC), "product__key", changed="updated_at")


def _grouped(rows: QuerySet[Any], *keys: str, changed: str) -> Rows:
    """One row for each page, whatever the languages in which it exists."""
    in_locale = {f"in_{code}": Count("pk", filter=Q(locale=code)) for code in LOCALES}
    grouped: Rows = rows.order_by().values(*keys).annotate(changed=Max(changed), **in_locale).order_by(*keys)
    return grouped


_SECTIONS = MappingProxyType({"articles": _articles, "topics": _topics, "codes": _codes, "devices": _devices})
