"""Error codes: what a device means by a code, written one by one or many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from interaction_center.errors import ForbiddenError, InvalidError
from kb.catalogue import ensure_product, find_product
from kb.changes import knowledge_changed
from kb.checks import error_code_problems, one_line, storable
from kb.models import Article, Audience, CodeState, ErrorCode, Severity
from kb.search.codes import fold_code

LISTS = ("remedy", "parts", "articles")


@dataclass(frozen=True, slots=True)
class ErrorCodeFields:
    """What an editor writes about a code of a device family, in one language.

    device_family  its name in any writing; made when it is new
    articles       slugs of the articles that say more
    """

    device_family: str
    code: str
    locale: str
    meaning: str
    severity: str = Severity.FAULT
    cause: str = ""
    remedy: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    support_level: int = 1
    state: str = CodeState.PUBLISHED
    audience: str = Audience.PUBLIC
    articles: tuple[str, ...] = ()


def checked_code(fields: ErrorCodeFields) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields as they can be stored, and what is wrong with them by field. Touches no database.

    A step is one line, an empty one is none, and only the cause has line breaks: so they can stand in a table.
    """
    values: dict[str, Any] = {name: getattr(fields, name) for name in ErrorCodeFields.__slots__}
    values |= {name: one_line(value) for name, value in values.items() if isinstance(value, str)}
    values["cause"] = "\n".join(storable(fields.cause).splitlines()).strip()
    values |= {name: [line for step in values[name] if (line := one_line(step))] for name in LISTS}
    return values, error_code_problems(values)


@transaction.atomic
def upsert_error_code(*, fields: ErrorCodeFields, publisher: bool = True) -> ErrorCode:
    """Writes the code, new or known by (device family, code, language). Raises InvalidError.

    `publisher`: whether who writes may decide what readers see; else ForbiddenError for all but drafts.
    """
    values, wrong = checked_code(fields)
    slugs = values.pop("articles")
    articles = list(Article.objects.filter(slug__in=slugs)) if slugs else []
    if unknown := set(slugs) - {article.slug for article in articles}:
        wrong["articles"] = "unknown: " + ", ".join(sorted(unknown))
    if wrong:
        raise InvalidError("Please correct the marked fields.", **wrong)
    if not publisher:
        _refuse_all_but_drafts(values)
    code = _write(values)
    code.articles.set(_in_language(articles, code.locale))
    knowledge_changed(code)
    return code


@transaction.atomic
def change_error_code(*, code: ErrorCode, changes: Mapping[str, Any], publisher: bool = True) -> ErrorCode:
    """Writes these of `ErrorCodeFields`; the rest stays as it is by now, whoever has changed it since it was read.

    Raises what `upsert_error_code` raises.
    """
    locked = ErrorCode.objects.select_for_update(of=("self",)).select_related("product").get(pk=code.pk)
    return upsert_error_code(fields=replace(fields_of(locked), **changes), publisher=publisher)


def fields_of(code: ErrorCode) -> ErrorCodeFields:
    """As they are. Asks for the product and the articles."""
    own = {name: getattr(code, name) for name in ErrorCodeFields.__slots__ if name not in ("device_family", "articles")}
    linked = tuple(sorted({article.slug for article in code.articles.all()}))
    lists = {"remedy": tuple(code.remedy), "parts": tuple(code.parts), "articles": linked}
    return ErrorCodeFields(**(own | lists), device_family=code.product.name)


def _refuse_all_but_drafts(values: Mapping[str, Any]) -> None:
    same = ErrorCode.objects.select_for_update().filter(
        product=find_product(values["device_family"]), code_key=fold_code(values["code"]), locale=values["locale"]
    )
    if values["state"] != CodeState.DRAFT or same.exclude(state=CodeState.DRAFT).exists():
        words = "You may write drafts. Ask who may publish to release this error code or to change a released one."
        raise ForbiddenError(words, "needs_publisher", permission="publish_knowledge")


def _write(values: dict[str, Any]) -> ErrorCode:
    product = ensure_product(values.pop("device_family"))
    key, locale = fold_code(values["code"]), values.pop("locale")
    return ErrorCode.objects.update_or_create(product=product, code_key=key, locale=locale, defaults=values)[0]


def _in_language(articles: Sequence[Article], locale: str) -> list[Article]:
    """One of each slug: in the language of the code where there is one."""
    chosen: dict[str, Article] = {}
    for article in articles:
        if article.slug not in chosen or article.locale == locale:
            chosen[article.slug] = article
    return list(chosen.values())
