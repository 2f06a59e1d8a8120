"""What goes over the wire of the knowledge API."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from kb.models import Audience


class Deleted(Schema):
    """It is gone."""

    ok: bool = True


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


class TranslationOut(Schema):
    """The same article in another language."""

    id: str
    locale: str
    title: str
    state: str
    live: bool
    outdated: bool


class NumbersOut(Schema):
    """The numbers of two versions, for `/diff`."""

    from_: int = Field(alias="from")
    to: int


class BrokenLinkOut(Schema):
    """A link of the newest version that readers get as plain text. `line` counts from 1 in its Markdown.

    reason  missing (there is no such thing), draft (readers do not see it yet), retired, audience (not for everybody
            who may read this article)
    """

    line: int
    text: str
    target: str
    reason: str


class LinkingOut(Schema):
    """An article whose newest version links here."""

    id: str
    title: str
    locale: str


class BrokenLinkRow(BrokenLinkOut):
    """A broken link with the article that has it."""

    article: LinkingOut


class BrokenLinkList(Schema):
    items: list[BrokenLinkRow]


class LinksOut(Schema):
    """Links that lead nowhere, and articles that lead here."""

    broken: list[BrokenLinkOut]
    from_: list[LinkingOut] = Field(alias="from")


class FileOut(Schema):
    """A file of an article. `markdown` is what shows it (an image) or links to it in a body."""

    id: str
    filename: str
    content_type: str
    size: int
    is_image: bool
    url: str
    markdown: str


class ArticleOut(ArticleRow):
    """An article with its Markdown (`body`) and the safe HTML that readers get (`html`), in the newest version.

    path              where readers find it, below the public address
    original          id of the article that this is a translation of
    original_changed  what its original says now against what was translated, while `outdated`

    Who does not edit gets the live version, and of all else what readers may see.
    """

    body: str
    html: str
    keywords: str
    path: str
    original: str | None
    original_changed: NumbersOut | None
    translations: list[TranslationOut]
    links: LinksOut
    files: list[FileOut]


class ArticleList(Schema):
    items: list[ArticleRow]
    next: str | None


class VersionRow(Schema):
    """What an article said at one time. `live`: readers see this one."""

    number: int
    title: str
    at: datetime
    by: str | None
    minor: bool
    comment: str
    live: bool


class VersionList(Schema):
    items: list[VersionRow]
    next: str | None


class VersionOut(Schema):
    """One version with its Markdown and the HTML that readers would get today."""

    number: int
    title: str
    summary: str
    body: str
    keywords: str
    html: str
    at: datetime
    by: str | None
    comment: str


class DiffLineOut(Schema):
    """A line of both versions (same), only of the newer (add) or only of the older (del)."""

    op: str
    text: str


class FieldDiffOut(Schema):
    field: str
    lines: list[DiffLineOut]


class DiffOut(NumbersOut):
    """What changed between two versions: title, summary, body, keywords, each only where it differs."""

    fields: list[FieldDiffOut]


class RestoreIn(Schema):
    """Makes a new version that says what `version` said. `state` as in the article; without it that stays."""

    version: int
    state: str = ""


class PreviewIn(Schema):
    """Markdown to be shown as its readers would get it."""

    body: str
    audience: str = Audience.INTERNAL


class LinkProblemOut(BrokenLinkOut):
    """A link that leads nowhere for these readers, with a sentence that says so."""

    message: str


class PreviewOut(Schema):
    html: str
    problems: list[LinkProblemOut]


class CategoryIn(Schema):
    """A shelf of the help centre: `names` and `descriptions` by language. Without `slug` it is made from the name."""

    names: dict[str, str]
    descriptions: dict[str, str] = {}
    slug: str = ""
    position: int = 0


class CategoryPatch(Schema):
    """What is left out stays as it is."""

    names: dict[str, str] | None = None
    descriptions: dict[str, str] | None = None
    slug: str | None = None
    position: int | None = None


class CategoryOut(Schema):
    """A shelf with the number of its articles in any state."""

    id: str
    slug: str
    names: dict[str, str]
    descriptions: dict[str, str]
    position: int
    articles: int


class CategoryList(Schema):
    items: list[CategoryOut]


class ProductIn(Schema):
    """A device family and the names of its models."""

    name: str
    models: list[str] = []


class ProductPatch(Schema):
    """What is left out stays as it is. A model that `models` does not name any more goes."""

    name: str | None = None
    models: list[str] | None = None


class ModelOut(Schema):
    key: str
    name: str


class ProductOut(Schema):
    """A device family with the numbers of its error codes and articles in any state."""

    id: str
    key: str
    name: str
    models: list[ModelOut]
    codes: int
    articles: int


class ProductList(Schema):
    items: list[ProductOut]


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
    """An error code as it is. `link` is how Markdown points to it."""

    id: str
    link: str
    updated_at: datetime


class ErrorCodeList(Schema):
    items: list[ErrorCodeOut]
    next: str | None


class ProblemOut(Schema):
    """What is wrong in one line of a table; `field` "" means the whole line. In JSON the line is the entry's number."""

    line: int
    field: str
    value: str
    message: str


class FieldChangeOut(Schema):
    """`before` is null for a new error code."""

    field: str
    before: Any
    after: Any


class CodeChangeOut(Schema):
    """What one line changes."""

    line: int
    family: str
    code: str
    locale: str
    is_new: bool
    fields: list[FieldChangeOut]


class ImportOut(Schema):
    """What a table does, or would do: so many rows, each of them new, changed, the same, or wrong: one with a problem.

    problems       the first 1,000 by line; `problem_count` counts all
    changes        a sample of what is new or changes
    """

    rows: int
    new: int
    changed: int
    same: int
    wrong: int
    problems: list[ProblemOut]
    problem_count: int
    changes: list[CodeChangeOut]
