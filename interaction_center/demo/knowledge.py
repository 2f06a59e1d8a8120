"""The articles and error codes of the invented company, written by the services that editors use."""

from collections.abc import Sequence
from typing import Any

from interaction_center.access.models import User
from interaction_center.demo.content import LANGUAGES, read
from kb.articles import ArticleFields, Saving, create_article
from kb.catalogue import ensure_product, write_category
from kb.error_codes import ErrorCodeFields, upsert_error_code
from kb.models import Category


def write_knowledge(by: User) -> None:
    """Every article and error code in both languages."""
    entries = read("articles")["article"]
    categories = _write_categories(entries)
    for entry in entries:
        for number, locale in enumerate(LANGUAGES):
            _write_article(entry, number, locale, categories[entry["category"][0]].slug, by)
    for entry in read("codes")["code"]:
        for number, locale in enumerate(LANGUAGES):
            _write_error_code(entry, number, locale)


def _write_categories(entries: Sequence[dict[str, Any]]) -> dict[str, Category]:
    """By English name, in the order of the file."""
    names = {entry["category"][0]: dict(zip(LANGUAGES, entry["category"], strict=True)) for entry in entries}
    return {english: write_category(names=of, position=n) for n, (english, of) in enumerate(names.items())}


def _write_article(entry: dict[str, Any], number: int, locale: str, category: str, by: User) -> None:
    texts = {name: entry[name][number].strip() for name in ("title", "summary", "keywords", "body")}
    device = entry.get("device", "")
    fields = ArticleFields(
        locale=locale,
        slug=entry["slug"],
        category=category,
        products=(ensure_product(device).key,) if device else (),
        audience=entry.get("audience", "public"),
        **texts,
    )
    create_article(fields=fields, by=by, saving=Saving(state=entry.get("state", "published")))


def _write_error_code(entry: dict[str, Any], number: int, locale: str) -> None:
    fields = ErrorCodeFields(
        device_family=entry["device"],
        code=entry["code"],
        locale=locale,
        meaning=entry["meaning"][number],
        cause=entry["cause"][number],
        remedy=tuple(entry["remedy"][number]),
        severity=entry["severity"],
        parts=tuple(entry["parts"]),
        support_level=entry["level"],
        articles=(entry["article"],) if entry.get("article") else (),
    )
    upsert_error_code(fields=fields)
