"""Knowledge over HTTP for people who work here: ask it, write it. Others use portal and widget."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from interaction_center.access.doors import Actor, require
from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import (
    api_catalogue,
    api_error_codes,
    api_exchange,
    api_files,
    api_links,
    api_versions,
    articles,
    selectors,
    services,
)
from kb.articles import ArticleFields, Saving
from kb.models import Article, Audience
from kb.schemas import (
    ArticleIn,
    ArticleList,
    ArticleOut,
    ArticlePatch,
    Deleted,
    SuggestionList,
)
from kb.wire import article_row, article_wire

router = Router(tags=["knowledge"])
PARTS = (api_versions, api_links, api_files, api_catalogue, api_exchange, api_error_codes)  # a fixed name goes first
for part in PARTS:
    router.add_router("", part.router)


@router.get("/kb/suggest", response=SuggestionList)
def suggest(request: HttpRequest, q: str, device: str = "", locale: str = "", limit: int = 5) -> dict[str, Any]:
    """Answers to a question, internal ones too; an empty list means that knowledge has none."""
    require(request, Permission.WORK_QUEUE)
    limit = max(1, min(limit, 20))
    found = services.suggest(q, device=device, locale=locale, audience=Audience.INTERNAL, limit=limit)
    return {"items": [suggestion.wire() for suggestion in found]}


@router.get("/kb/articles", response=ArticleList)
def list_articles(
    request: HttpRequest,
    q: str = "",
    state: str = "",
    locale: str = "",
    category: str = "",
    cursor: str = "",
    limit: int = 50,
) -> dict[str, Any]:
    """The editors' list, newest first, drafts included. `category` is a slug."""
    require(request, Permission.EDIT_KNOWLEDGE)
    where = {"q": q, "state": state, "locale": locale, "category": category}
    rows, following = selectors.article_page(**where, cursor=cursor, limit=limit)
    outdated = selectors.outdated(rows)
    return {"items": [article_row(article, outdated) for article in rows], "next": following}


@router.post("/kb/articles", response={201: ArticleOut}, by_alias=True)
def create_article(request: HttpRequest, data: ArticleIn) -> Status[dict[str, Any]]:
    """A new article. Publishing or scheduling it needs `publish_knowledge`."""
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    saving = _saving(data.dict(), actor)
    fields = ArticleFields(**_fields(data.dict()))
    article = articles.create_article(fields=fields, by=actor.user, saving=saving)
    return Status(201, article_wire(_article(article.public_id), editor=True))


@router.get("/kb/articles/{article_id}", response=ArticleOut, by_alias=True)
def read_article(request: HttpRequest, article_id: str) -> dict[str, Any]:
    """One article in any state, with its Markdown and its rendered form. Agents see what is published."""
    actor = require(request, Permission.WORK_QUEUE, Permission.EDIT_KNOWLEDGE)
    if actor.can(Permission.EDIT_KNOWLEDGE):
        return article_wire(_article(article_id), editor=True)
    article = selectors.article_by_id(public_id=article_id, audience=Audience.INTERNAL)
    if article is None:
        raise NotFoundError("There is no such article.")
    return article_wire(article, editor=False)


@router.patch("/kb/articles/{article_id}", response=ArticleOut, by_alias=True)
def update_article(request: HttpRequest, article_id: str, data: ArticlePatch) -> dict[str, Any]:
    """Changes what is given. A published article shows new words at once unless `state` says otherwise.

    Whatever readers see by it (publishing, scheduling, retiring, the audience, language or slug of a live article)
    needs `publish_knowledge`.
    """
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    article, given = _article(article_id), data.dict(exclude_none=True)
    articles.change_article(article=article, changes=_fields(given), by=actor.user, saving=_saving(given, actor))
    return article_wire(_article(article_id), editor=True)


@router.delete("/kb/articles/{article_id}", response=Deleted)
def delete_article(request: HttpRequest, article_id: str) -> dict[str, Any]:
    """A draft that was never published is gone, with its versions and files. 409 for all else: retire it instead."""
    require(request, Permission.EDIT_KNOWLEDGE)
    articles.delete_draft(article=_article(article_id))
    return {"ok": True}


def _article(article_id: str) -> Article:
    article = selectors.article_to_edit(article_id)
    if article is None:
        raise NotFoundError("There is no such article.")
    return article


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    """Those of an article."""
    given = {name: values[name] for name in ArticleFields.__slots__ if name in values}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _saving(values: dict[str, Any], actor: Actor) -> Saving:
    given = {name: values[name] for name in Saving.__slots__ if name in values}
    return Saving(**given, publisher=actor.can(Permission.PUBLISH_KNOWLEDGE))
