"""The articles and error codes of the invented company, written by the services that editors use."""

from typing import Any

from interaction_center.access.models import User
from interaction_center.demo.content import LANGUAGES, read
from kb.models import Article
from kb.services import ArticleFields, ErrorCodeFields, create_article, publish_article, upsert_error_code


def write_knowledge(by: User) -> None:
    """Every article and error code in both languages."""
    articles: dict[tuple[str, str], Article] = {}
    for entry in read("articles")["article"]:
        for number, locale in enumerate(LANGUAGES):
            articles[entry["slug"], locale] = _article(entry, number, locale, by)
    for entry in read("codes")["code"]:
        for number, locale in enumerate(LANGUAGES):
            _error_code(entry, number, locale, articles.get((entry.get("article", ""), locale)))


def _article(entry: dict[str, Any], number: int, locale: str, by: User) -> Article:
    texts = {name: entry[name][number].strip() for name in ("title", "summary", "keywords", "category", "body")}
    fields = ArticleFields(
        locale=locale,
        slug=entry["slug"],
        device_family=entry.get("device", ""),
        audience=entry.get("audience", "public"),
        **texts,
    )
    article = create_article(fields=fields, by=by)
    return article if entry.get("state") == "draft" else publish_article(article=article, by=by)


def _error_code(entry: dict[str, Any], number: int, locale: str, article: Article | None) -> None:
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
        article=article,
    )
    upsert_error_code(fields=fields)
