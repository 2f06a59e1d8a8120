"""What goes over the wire of the knowledge API."""

from datetime import datetime
from typing import Any

from ninja import Schema

from kb.models import Audience


class SuggestionOut(Schema):
    id: str
    kind: str
    title: str
    snippet: str
    url: str
    score: float
    reason: dict[str, Any]
    text: str
    audience: str


class SuggestionList(Schema):
    items: list[SuggestionOut]


class ArticleIn(Schema):
    """A new article. `slug` is made from the title when it is missing; that of an article in another language makes it
    a translation. `state` "published" publishes it at once, "scheduled" at `publish_at`."""

    locale: str
    title: str
    body: str = ""
    slug: str = ""
    summary: str = ""
    category: str = ""
    keywords: str = ""
    products: list[str] = []
    models: list[str] = []
    audience: str = Audience.PUBLIC
    state: str = "draft"
    publish_at: datetime | None = None
    comment: str = ""


class ArticlePatch(Schema):
    """What is left out stays as it is.

    expected    the `version` that you have read: a 409 tells that somebody else has saved since
    minor       translations are not outdated by this
    translated  this translation says again what its original says now
    """

    locale: str | None = None
    title: str | None = None
    body: str | None = None
    slug: str | None = None
    summary: str | None = None
    category: str | None = None
    keywords: str | None = None
    products: list[str] | None = None
    models: list[str] | None = None
    audience: str | None = None
    state: str | None = None
    publish_at: datetime | None = None
    expected: int | None = None
    minor: bool = False
    translated: bool = False
    comment: str = ""


class ArticleRow(Schema):
    """A line of the editors' list. `live`: readers see version `live_version` of it, whatever the newest is."""

    id: str
    slug: str
    locale: str
    title: str
    summary: str
    category: str
    products: list[str]
    models: list[str]
    audience: str
    state: str
    live: bool
    version: int
    live_version: int | None
    publish_at: datetime | None
    outdated: bool
    updated_at: datetime
    updated_by: str | None


class ArticleOut(ArticleRow):
    """An article with its Markdown (`body`) and the safe HTML that readers get (`html`), in the newest version."""

    body: str
    html: str
    keywords: str


class ArticleList(Schema):
    items: list[ArticleRow]
    next: str | None


class ErrorCodeIn(Schema):
    """A code of a device family in one language; known ones are overwritten."""

    device_family: str
    code: str
    locale: str
    meaning: str
    severity: str = "fault"
    cause: str = ""
    remedy: list[str] = []
    parts: list[str] = []
    support_level: int = 1
    state: str = "published"
    audience: str = Audience.PUBLIC
    articles: list[str] = []


class ErrorCodePatch(Schema):
    """What is left out stays as it is. Device family, code and language are what a code is known by: they stay."""

    meaning: str | None = None
    severity: str | None = None
    cause: str | None = None
    remedy: list[str] | None = None
    parts: list[str] | None = None
    support_level: int | None = None
    state: str | None = None
    audience: str | None = None
    articles: list[str] | None = None


class ErrorCodeOut(ErrorCodeIn):
    id: str
    updated_at: datetime


class ErrorCodeList(Schema):
    items: list[ErrorCodeOut]
    next: str | None


class Figures(Schema):
    shown: int
    opened: int
    solved: int
    unsolved: int
    inserted: int
    zero_hit: int


class ZeroHit(Schema):
    question: str
    locale: str
    times: int


class ArticleFigures(Schema):
    id: str
    title: str
    shown: int
    opened: int
    solved: int
    unsolved: int
    inserted: int


class DeflectionOut(Schema):
    since: datetime
    until: datetime
    counts: Figures
    doors: dict[str, Figures]
    rate: float
    zero_hits: list[ZeroHit]
    articles: list[ArticleFigures]
