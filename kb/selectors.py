"""Questions over knowledge. Those for readers name their audience; only the editors' lists show drafts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kb.checks import storable
from kb.links import Ref, refs_of
from kb.models import (
    Article,
    ArticleVersion,
    Category,
    CodeState,
    ErrorCode,
    KnowledgeChange,
    KnowledgeEvent,
    KnowledgeFile,
    LinkKind,
    Product,
    SlugRedirect,
)
from kb.policy import audiences_of
from kb.search.codes import fold_code

MAX_PAGE = 100
MAX_DIGITS = 10  # of the number of a version
MAX_CHANGES, MAX_WRITTEN = 500, 2_000
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a process has seen the changes of knowledge; number 0: there was none yet."""

    number: int = 0
    value: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since a mark. `written` are public ids; None when they are too many to be read one by one.

    is_known   False: the mark is not in this database (any more), so nothing that was read up to it may be trusted
    """

    newest: Mark
    written: set[str] | None = None
    is_known: bool = True


def changes_since(mark: Mark) -> Changes:
    """The newest change, and what was written since `mark`."""
    rows = list(KnowledgeChange.objects.filter(number__gte=mark.number).order_by("number")[: MAX_CHANGES + 1])
    marks = [Mark(row.number, row.value) for row in rows]
    if not rows and not mark.number:
        return Changes(mark, set())
    if marks[:1] != [mark]:
        return Changes(newest_change(), is_known=False)
    if len(rows) > MAX_CHANGES or not all(row.targets for row in rows[1:]):
        return Changes(newest_change())
    written = {target for row in rows[1:] for target in row.targets}
    return Changes(marks[-1], written if len(written) <= MAX_WRITTEN else None)


def newest_change() -> Mark:
    """The last one."""
    row = KnowledgeChange.objects.order_by("-number").first()
    return Mark(row.number, row.value) if row else Mark()


def readable_articles(audience: str) -> QuerySet[Article]:
    """What these readers may see, in the live version."""
    rows = Article.objects.filter(live=True, audience__in=audiences_of(audience))
    return rows.select_related("category").prefetch_related("products", "device_models")


def readable_codes(audience: str) -> QuerySet[ErrorCode]:
    """The same for error codes."""
    rows = ErrorCode.objects.filter(state=CodeState.PUBLISHED, audience__in=audiences_of(audience))
    return rows.select_related("product")


def article_by_slug(*, slug: str, locale: str, audience: str) -> Article | None:
    """The article in this language, else in the language of the centre, else in any that exists."""
    return in_language(list(readable_articles(audience).filter(slug=slug).order_by("locale")), locale)


def new_slug(*, slug: str, audience: str) -> str:
    """Where an article has moved that was once found at `slug`; "" when these readers find it nowhere."""
    moved = SlugRedirect.objects.filter(slug=slug).values_list("article__slug", flat=True).first()
    return moved if moved and readable_articles(audience).filter(slug=moved).exists() else ""


def article_by_id(*, public_id: str, audience: str) -> Article | None:
    """A readable article by its public id."""
    rows = readable_articles(audience).select_related("category", "original", "updated_by")
    return rows.prefetch_related("device_models__product").filter(public_id=storable(public_id)).first()


def file_to_show(*, public_id: str, audience: str, drafts: bool = False) -> KnowledgeFile | None:
    """A file of an article that these readers may read, once what they read links to it; `drafts`: any file."""
    rows = KnowledgeFile.objects.filter(public_id=public_id).select_related("article").defer("text", "article__body")
    file = rows.first()
    if file is None or drafts:
        return file
    may_read = file.article.live and file.article.audience in audiences_of(audience)
    return file if may_read and _is_linked(public_id, audience) else None


def _is_linked(file_id: str, audience: str) -> bool:
    """By the live text of an article that these readers may read: what lies beside it may be for its next version.

    Where the live version is the newest, its links are known; where it is not, its text says what it links to.
    """
    rows = Article.objects.filter(live=True, audience__in=audiences_of(audience))
    newest = rows.filter(live_version=F("version"), links__kind=LinkKind.FILE, links__target=file_id)
    older = rows.exclude(live_version=F("version")).filter(body__icontains=file_id).values_list("body", flat=True)
    return newest.exists() or any(Ref(LinkKind.FILE, file_id) in refs_of(body) for body in older)


def code_by_id(*, public_id: str, audience: str) -> ErrorCode | None:
    """A readable error code by its public id."""
    return readable_codes(audience).filter(public_id=public_id).first()


def is_readable(*, public_id: str, audience: str) -> bool:
    """Whether this is an article or error code that such a reader may see."""
    named = storable(public_id)
    return any(rows(audience).filter(public_id=named).exists() for rows in (readable_articles, readable_codes))


def code_of_device(*, family_key: str, code: str, locale: str, audience: str) -> ErrorCode | None:
    """The error code of a device family in this language, else in another; `code` in any writing."""
    rows = readable_codes(audience).filter(product__key=family_key, code_key=fold_code(code))
    return in_language(list(rows.order_by("locale")), locale)


def article_page(
    *, q: str = "", state: str = "", locale: str = "", category: str = "", cursor: str = "", limit: int = 50
) -> tuple[list[Article], str | None]:
    """The editors' list, newest first, drafts included. `cursor` is the id that the page before ended with."""
    q, state, locale, category = (storable(text) for text in (q, state, locale, category))
    rows = _for_editors()
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(locale=locale) if locale else rows
    rows = rows.filter(category__slug=category) if category else rows
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(keywords__icontains=q) | Q(slug__icontains=q))
    return page_of(rows, cursor, limit)


def error_code_page(
    *, q: str = "", family: str = "", locale: str = "", cursor: str = "", limit: int = 50
) -> tuple[list[ErrorCode], str | None]:
    """The editors' list of error codes, newest first."""
    q, family, locale = (storable(text) for text in (q, family, locale))
    rows = ErrorCode.objects.select_related("product").prefetch_related("articles")
    rows = rows.filter(product__key=family) if family else rows
    rows = rows.filter(locale=locale) if locale else rows
    if q:
        found = Q(meaning__icontains=q) | Q(product__name__icontains=q)
        rows = rows.filter(found | Q(code_key__contains=fold_code(q)) if fold_code(q) else found)
    return page_of(rows, cursor, limit)


def counted_categories() -> QuerySet[Category]:
    """In the order of readers, each with `n_articles` in any state."""
    return Category.objects.annotate(n_articles=Count("articles")).order_by("position", "slug")


def counted_products() -> QuerySet[Product]:
    """By name, with their models, each with `n_codes` and `n_articles` in any state."""
    codes = _number_of(ErrorCode.objects.filter(product=OuterRef("pk")).values("product"))
    articles = _number_of(Article.products.through.objects.filter(product=OuterRef("pk")).values("product"))
    rows = Product.objects.annotate(n_codes=codes, n_articles=articles)
    return rows.prefetch_related("models").order_by("name")


def _number_of(grouped: QuerySet[Any, Any]) -> Coalesce:
    """By a sub-query of its own: two joins at once would multiply each other."""
    return Coalesce(Subquery(grouped.order_by().annotate(n=Count("pk")).values("n")), 0)


def article_to_edit(public_id: str) -> Article | None:
    """An article in any state by its public id, with what its editors see beside it."""
    return _for_editors().filter(public_id=storable(public_id)).first()


def _for_editors() -> QuerySet[Article]:
    rows = Article.objects.select_related("updated_by", "category", "original")
    return rows.prefetch_related("products", "device_models__product")


def translations_of(article: Article, *, audience: str) -> list[Article]:
    """The same article in other languages: what these readers may see, "" = all."""
    rows = readable_articles(audience) if audience else Article.objects.all()
    return list(rows.filter(slug=article.slug).exclude(pk=article.pk).order_by("locale"))


def changed_since_translation(article: Article) -> dict[str, int] | None:
    """The version of its original that was translated (`from`), and the one that says something else now (`to`)."""
    if article.original is None:
        return None
    return {"from": max(article.translated_from, 1), "to": article.original.live_version or article.original.version}


def versions_of(article: Article, *, with_body: bool = False) -> QuerySet[ArticleVersion]:
    """Newest first, with who wrote them."""
    rows = article.versions.select_related("by", "article").order_by("-number")
    return rows if with_body else rows.defer("body", "article__body")


def version_page(article: Article, *, cursor: str, limit: int) -> tuple[list[ArticleVersion], str | None]:
    """A page of them; `cursor` is the number that the page before ended with."""
    rows = versions_of(article)
    rows = rows.filter(number__lt=int(cursor)) if cursor.isdecimal() and len(cursor) < MAX_DIGITS else rows
    limit = max(1, min(limit, MAX_PAGE))
    found = list(rows[: limit + 1])
    return found[:limit], str(found[limit - 1].number) if len(found) > limit else None


def outdated(articles: Iterable[Article]) -> set[int]:
    """The keys of those whose original has said something new since they were translated (minor versions aside)."""
    new = ArticleVersion.objects.filter(
        article__translations__in=[article.pk for article in articles],
        minor=False,
        number__gt=F("article__translations__translated_from"),
        number__lte=Coalesce("article__live_version", "article__version"),
    )
    return set(new.values_list("article__translations__pk", flat=True))


def is_recorded(key: str) -> bool:
    """Whether an event is kept under this key."""
    return KnowledgeEvent.objects.filter(key=key).exists()


def in_language(rows: list[_Row], locale: str) -> _Row | None:
    """The row in this language, else in that of the centre, else the first; None when there is none."""
    by_locale = {str(getattr(row, "locale", "")): row for row in reversed(rows)}
    wanted = (locale, locale[:2], settings.LANGUAGE_CODE[:2])
    return next((by_locale[one] for one in wanted if one in by_locale), rows[0] if rows else None)


def page_of(rows: QuerySet[_Row], cursor: str, limit: int) -> tuple[list[_Row], str | None]:
    """Keyset by the primary key; the cursor is a public id, so it names nothing and stays right when rows are added."""
    limit = max(1, min(limit, MAX_PAGE))
    if cursor:
        rows = rows.filter(pk__lt=rows.model._default_manager.filter(public_id=storable(cursor)).values("pk")[:1])
    found = list(rows.order_by("-pk")[: limit + 1])
    return found[:limit], str(getattr(found[limit - 1], "public_id")) if len(found) > limit else None  # noqa: B009
