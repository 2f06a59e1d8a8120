"""Where links inside knowledge lead: for readers, for the editors' list of broken ones, and before a save.

A link follows its article when that is renamed. The number of queries does not depend on the number of links.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from kb.links import MAX_LINKS, Link, Ref, Target, links_of
from kb.models import (
    Article,
    ArticleLink,
    ArticleState,
    CodeState,
    ErrorCode,
    KnowledgeFile,
    LinkKind,
    SlugRedirect,
)
from kb.policy import audiences_of

MISSING, DRAFT, RETIRED, AUDIENCE = "missing", "draft", "retired", "audience"
_STATES = ("public_id", "slug", "state", "live", "audience")


@dataclass(frozen=True, slots=True)
class Broken:
    """A link that readers get as plain text. `reason`: missing (there is no such thing), draft (they do not see it
    yet), retired, audience (not for everybody who may read the text)."""

    link: Link
    reason: str

    @property
    def message(self) -> str:
        """For an editor: what it is and why."""
        return f"“{self.link.text or self.link.written}” leads nowhere: {self.link.written} {_WORDS[self.reason]}."


_WORDS = {
    MISSING: "does not exist",
    DRAFT: "is not published yet",
    RETIRED: "has been retired",
    AUDIENCE: "is not for everybody who may read this",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that a link may mean, and whether somebody sees it."""

    target: Target
    audience: str
    is_live: bool
    is_retired: bool
    article: int | None = None
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a text. `own`: the key of the article that it belongs to, whose files go where it goes.

    An editor sees every file, so that a preview shows what was uploaded a moment ago.
    """

    audience: str
    own: int | None = None
    is_editor: bool = False

    def may_follow(self, place: Place) -> bool:
        """Whether the link leads somewhere for them."""
        if place.is_live and place.audience in audiences_of(self.audience):
            return True
        return (place.is_file and self.is_editor) or (self.own is not None and place.article == self.own)


Places = dict[Ref, list[Place]]


def follow(markdown: str, reader: Reader) -> tuple[dict[Ref, Target], list[Broken]]:
    """What this reader may follow of the text, and the links that lead nowhere for them, in its order."""
    links = links_of(markdown)
    places = places_of({link.ref for link in links})
    found = {ref: _followed(rows, reader) for ref, rows in places.items()}
    return {ref: target for ref, target in found.items() if target}, broken_of(links, places, reader)


def targets_for(markdown: str, reader: Reader) -> dict[Ref, Target]:
    """What this reader may follow of the text."""
    return follow(markdown, reader)[0]


def broken_links(markdown: str, reader: Reader) -> list[Broken]:
    """The links of the text that lead nowhere for this reader."""
    return follow(markdown, reader)[1]


def broken_of(links: Iterable[Link], places: Places, reader: Reader) -> list[Broken]:
    """The same where it is known already what there is."""
    reasons = ((link, _reason(places.get(link.ref, []), reader)) for link in links)
    return [Broken(link, reason) for link, reason in reasons if reason]


def leads_nowhere(ref: Ref, places: Places, reader: Reader) -> bool:
    """Whether this reader can't follow it."""
    return _followed(places.get(ref, []), reader) is None


def places_of(refs: Collection[Ref]) -> Places:
    """All that there is of these, in four queries; of more than MAX_LINKS the rest counts as missing."""
    few = sorted(refs, key=str)[:MAX_LINKS]
    named = {kind: [ref.target for ref in few if ref.kind == kind] for kind in LinkKind.values}
    pairs = [name.split("/", 1) for name in named[LinkKind.CODE]]
    families, codes = ({pair[place] for pair in pairs} for place in (0, 1))
    rows = ErrorCode.objects.filter(product__key__in=families, code_key__in=codes)
    return _places(named[LinkKind.ARTICLE], rows, named[LinkKind.FILE])


def places_of_all_links() -> Places:
    """All that any article points to, in as many queries."""
    targets = {kind: ArticleLink.objects.filter(kind=kind).values("target") for kind in LinkKind.values}
    names = Concat("product__key", Value("/"), "code_key")
    codes = ErrorCode.objects.annotate(link=names).filter(link__in=targets[LinkKind.CODE])
    return _places(targets[LinkKind.ARTICLE], codes, targets[LinkKind.FILE])


def _followed(places: Sequence[Place], reader: Reader) -> Target | None:
    """The first that is for them: what is at the address now goes before what was there once."""
    return next((place.target for place in places if reader.may_follow(place)), None)


def _reason(places: Sequence[Place], reader: Reader) -> str:
    """Why they can't follow; "" when they can."""
    if not places:
        return MISSING
    if _followed(places, reader):
        return ""
    if any(place.is_live for place in places):
        return AUDIENCE
    return RETIRED if all(place.is_retired for place in places) else DRAFT


def _places(slugs: Any, codes: QuerySet[ErrorCode], files: Any) -> Places:
    places: Places = {}
    moved = dict(SlugRedirect.objects.filter(slug__in=slugs).values_list("slug", "article__slug"))
    articles = Article.objects.filter(slug__in=[*moved.values()]) | Article.objects.filter(slug__in=slugs)
    at: dict[str, list[Place]] = {}
    for article in articles.only(*_STATES).order_by("pk"):
        at.setdefault(article.slug, []).append(_article_place(article))
    for slug in at | moved:
        places[Ref(LinkKind.ARTICLE, slug)] = at.get(slug, []) + at.get(moved.get(slug, ""), [])
    for code in codes.select_related("product").order_by("pk"):
        places.setdefault(Ref(LinkKind.CODE, f"{code.product.key}/{code.code_key}"), []).append(_code_place(code))
    for file in (
        KnowledgeFile.objects.filter(public_id__in=files).select_related("article").defer("text", "article__body")
    ):
        places[Ref(LinkKind.FILE, file.public_id)] = [_file_place(file)]
    return places


def _article_place(article: Article) -> Place:
    is_retired = article.state == ArticleState.RETIRED
    return Place(Target(f"/help/{article.slug}"), article.audience, article.live, is_retired, article.pk)


def _code_place(code: ErrorCode) -> Place:
    target = Target(f"/help/code/{code.product.key}/{code.code_key}")
    return Place(target, code.audience, code.state == CodeState.PUBLISHED, code.state == CodeState.RETIRED)


def _file_place(file: KnowledgeFile) -> Place:
    article = file.article
    target = Target(file_path(file), file.is_image, file.width, file.height)
    is_retired = article.state == ArticleState.RETIRED
    return Place(target, article.audience, article.live, is_retired, article.pk, is_file=True)


def file_path(file: KnowledgeFile) -> str:
    """Where readers get it."""
    return f"/help/files/{file.public_id}/{quote(file.filename)}"
