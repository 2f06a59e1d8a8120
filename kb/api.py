"""Knowledge over HTTP for people who work here: ask it, write it, see what it saves. Others use portal and widget."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import articles, error_codes, selectors, services
from kb.articles import ArticleFields, Saving, content_of, newest_version
from kb.error_codes import ErrorCodeFields
from kb.models import Article, Audience, ErrorCode
from kb.rendering import to_html
from kb.schemas import (
    ArticleIn,
    ArticleList,
    ArticleOut,
    ArticlePatch,
    DeflectionOut,
    ErrorCodeIn,
    ErrorCodeList,
    ErrorCodeOut,
    ErrorCodePatch,
    SuggestionList,
)

router = Router(tags=["knowledge"])
_REPORT_TIME = timedelta(days=30)


@router.get("/kb/suggest", response=SuggestionList)
def suggest(request: HttpRequest, q: str, device: str = "", locale: str = "", limit: int = 5) -> dict[str, Any]:
    """Answers to a question, internal ones too; an empty list means that knowledge has none."""
    require(request, Permission.WORK_QUEUE)
    limit = max(1, min(limit, 20))
    found = services.suggest(q, device=device, locale=locale, audience=Audience.INTERNAL, limit=limit)
    return {"items": [suggestion.wire() for suggestion in found]}


@router.get("/kb/articles", response=ArticleList)
def list_articles(
    request: HttpRequest, q: str = "", state: str = "", locale: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """The editors' list, newest first, drafts included."""
    require(request, Permission.EDIT_KNOWLEDGE)
    rows, following = selectors.article_page(q=q, state=state, locale=locale, cursor=cursor, limit=limit)
    outdated = selectors.outdated(rows)
    return {"items": [_article_row(article, outdated) for article in rows], "next": following}


@router.post("/kb/articles", response={201: ArticleOut})
def create_article(request: HttpRequest, data: ArticleIn) -> Status[dict[str, Any]]:
    """A new article."""
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    article = articles.create_article(fields=_fields(data.dict()), by=actor.user, saving=_saving(data.dict()))
    return Status(201, _article_wire(article, newest=True))


@router.get("/kb/articles/{article_id}", response=ArticleOut)
def read_article(request: HttpRequest, article_id: str) -> dict[str, Any]:
    """One article in any state, with its Markdown and its rendered form. Agents see what is published."""
    actor = require(request, Permission.WORK_QUEUE)
    if actor.can(Permission.EDIT_KNOWLEDGE):
        return _article_wire(_article(article_id), newest=True)
    article = selectors.article_by_id(public_id=article_id, audience=Audience.INTERNAL)
    if article is None:
        raise NotFoundError("There is no such article.")
    return _article_wire(article, newest=False)


@router.patch("/kb/articles/{article_id}", response=ArticleOut)
def update_article(request: HttpRequest, article_id: str, data: ArticlePatch) -> dict[str, Any]:
    """Changes what is given. A published article shows new words at once unless `state` says otherwise."""
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    article, given = _article(article_id), data.dict(exclude_none=True)
    fields = _fields(_fields_of(article) | given)
    article = articles.update_article(article=article, fields=fields, by=actor.user, saving=_saving(given))
    return _article_wire(article, newest=True)


@router.get("/kb/error-codes", response=ErrorCodeList)
def list_error_codes(
    request: HttpRequest, q: str = "", family: str = "", locale: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """The editors' list of error codes, newest first. `family` is the key of a device family."""
    require(request, Permission.EDIT_KNOWLEDGE)
    rows, following = selectors.error_code_page(q=q, family=family, locale=locale, cursor=cursor, limit=limit)
    return {"items": [_code_wire(code) for code in rows], "next": following}


@router.post("/kb/error-codes", response={201: ErrorCodeOut})
def write_error_code(request: HttpRequest, data: ErrorCodeIn) -> Status[dict[str, Any]]:
    """A new error code, or a known one (device family, code, language) written anew."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return Status(201, _code_wire(error_codes.upsert_error_code(fields=_code_fields(data.dict()))))


@router.get("/kb/error-codes/{code_id}", response=ErrorCodeOut)
def read_error_code(request: HttpRequest, code_id: str) -> dict[str, Any]:
    """One error code in any state."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return _code_wire(_code(code_id))


@router.patch("/kb/error-codes/{code_id}", response=ErrorCodeOut)
def update_error_code(request: HttpRequest, code_id: str, data: ErrorCodePatch) -> dict[str, Any]:
    """Changes what is given."""
    require(request, Permission.EDIT_KNOWLEDGE)
    values = _code_wire(_code(code_id)) | data.dict(exclude_none=True)
    wanted = {name: value for name, value in values.items() if name in ErrorCodeIn.model_fields}
    return _code_wire(error_codes.upsert_error_code(fields=_code_fields(wanted)))


@router.get("/reports/deflection", response=DeflectionOut)
def deflection(request: HttpRequest, since: datetime | None = None, until: datetime | None = None) -> dict[str, Any]:
    """What knowledge answered before a person was asked; the last 30 days unless told otherwise."""
    require(request, Permission.WORK_QUEUE)
    until = _aware(until or timezone.now())
    since = _aware(since or until - _REPORT_TIME)
    return {"since": since, "until": until, **selectors.deflection_report(since=since, until=until)}


def _article(article_id: str) -> Article:
    article = Article.objects.select_related("updated_by", "category", "original").filter(public_id=article_id).first()
    if article is None:
        raise NotFoundError("There is no such article.")
    return article


def _code(code_id: str) -> ErrorCode:
    code = ErrorCode.objects.select_related("product").filter(public_id=code_id).first()
    if code is None:
        raise NotFoundError("There is no such error code.")
    return code


def _fields_of(article: Article) -> dict[str, Any]:
    """As they are now, in the newest version."""
    own = {"slug": article.slug, "locale": article.locale, "audience": article.audience}
    return own | _sorted_by(article) | content_of(newest_version(article))


def _sorted_by(article: Article) -> dict[str, Any]:
    return {
        "category": article.category.slug if article.category else "",
        "products": [product.key for product in article.products.all()],
        "models": [model.path for model in article.device_models.all()],
    }


def _fields(values: dict[str, Any]) -> ArticleFields:
    lists = {name: tuple(values[name]) for name in ("products", "models")}
    return ArticleFields(**{name: values[name] for name in ArticleFields.__slots__} | lists)


def _saving(values: dict[str, Any]) -> Saving:
    return Saving(**{name: values[name] for name in Saving.__slots__ if name in values})


def _code_fields(values: dict[str, Any]) -> ErrorCodeFields:
    lists = {name: tuple(values[name] or ()) for name in ("remedy", "parts", "articles")}
    return ErrorCodeFields(**(values | lists))


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _article_row(article: Article, outdated: set[int]) -> dict[str, Any]:
    names = ("slug", "locale", "title", "summary", "audience", "state", "live", "version", "live_version")
    return (
        {name: getattr(article, name) for name in names}
        | _sorted_by(article)
        | {
            "id": article.public_id,
            "publish_at": article.publish_at,
            "outdated": article.pk in outdated,
            "updated_at": article.updated_at,
            "updated_by": str(article.updated_by) if article.updated_by else None,
        }
    )


def _article_wire(article: Article, *, newest: bool) -> dict[str, Any]:
    content = content_of(newest_version(article) if newest else article)
    return _article_row(article, selectors.outdated([article])) | content | {"html": to_html(content["body"])}


def _code_wire(code: ErrorCode) -> dict[str, Any]:
    own = {name: getattr(code, name) for name in ErrorCodeFields.__slots__ if name not in ("device_family", "articles")}
    linked = sorted({article.slug for article in code.articles.all()})
    extra = {"id": code.public_id, "updated_at": code.updated_at}
    return own | extra | {"device_family": code.product.name, "articles": linked}
