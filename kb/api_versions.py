"""Versions of an article over HTTP: list, read, compare, restore; and what Markdown will look like."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import articles, selectors
from kb.articles import Saving, content_of
from kb.diffing import diff_fields
from kb.models import Article, ArticleVersion
from kb.schemas import ArticleOut, DiffOut, RestoreIn, VersionList, VersionOut
from kb.wire import article_wire, version_row, version_wire

router = Router(tags=["knowledge"])


@router.get("/kb/articles/{article_id}/versions", response=VersionList)
def list_versions(request: HttpRequest, article_id: str, cursor: str = "", limit: int = 100) -> dict[str, Any]:
    """What this article has said, newest first. `cursor` is the number that the page before ended with."""
    require(request, Permission.EDIT_KNOWLEDGE)
    rows, following = selectors.version_page(_article(article_id), cursor=cursor, limit=limit)
    return {"items": [version_row(version) for version in rows], "next": following}


@router.get("/kb/articles/{article_id}/versions/{number}", response=VersionOut)
def read_version(request: HttpRequest, article_id: str, number: int) -> dict[str, Any]:
    """One version."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return version_wire(_version(_article(article_id), number))


@router.get("/kb/articles/{article_id}/diff", response=DiffOut, by_alias=True)
def diff(request: HttpRequest, article_id: str, to: int, from_: Annotated[int, Query(alias="from")]) -> dict[str, Any]:
    """What version `to` says otherwise than version `from`, line by line."""
    require(request, Permission.EDIT_KNOWLEDGE)
    article = _article(article_id)
    old, new = (content_of(_version(article, number)) for number in (from_, to))
    return {"from": from_, "to": to, "fields": diff_fields(old, new)}


@router.post("/kb/articles/{article_id}/restore", response=ArticleOut, by_alias=True)
def restore(request: HttpRequest, article_id: str, data: RestoreIn) -> dict[str, Any]:
    """Says again what a version said, as a new version. A published article shows it at once, unless `state` says
    otherwise; that needs `publish_knowledge`."""
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    saving = Saving(state=data.state, publisher=actor.can(Permission.PUBLISH_KNOWLEDGE))
    article = _article(article_id)
    articles.restore_version(article=article, number=data.version, by=actor.user, saving=saving)
    return article_wire(_article(article_id), editor=True)


def _article(article_id: str) -> Article:
    article = selectors.article_to_edit(article_id)
    if article is None:
        raise NotFoundError("There is no such article.")
    return article


def _version(article: Article, number: int) -> ArticleVersion:
    versions = selectors.versions_of(article, with_body=True)
    version = versions.filter(number=number).first() if number <= article.version else None
    if version is None:
        raise NotFoundError("There is no such version.")
    return version
