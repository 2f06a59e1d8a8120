"""What the Markdown of an article points to inside: other articles, error codes, files. Pure.

Written `article:slug`, `code:family/CODE`, `file:ID`, or as the address of the page, with or without that of the centre
before it; a bare word is an article: elsewhere it would lead nowhere. An article is named by its slug, an error code by
device family and folded code, a file by its id.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.models import LinkKind
from kb.search.codes import fold_code
from kb.tasks import find_tasks

_FILE = re.compile(r"file:[0-9a-z]{1,32}", re.IGNORECASE)
_SCHEMES = tuple(LinkKind.values)
_HELP = "/help/"
_PAGES = frozenset({"code", "requests", "theme.css", "write"})  # of the portal, beside articles
_LOCALES = frozenset(code for code, _ in settings.LANGUAGES)
_IN_NO_NAME = re.compile(r"[^0-9a-z_/-]")
MAX_LINKS = 500  # in one text


@dataclass(frozen=True, slots=True)
class Ref:
    """What a link points to, as `ArticleLink` keeps it."""

    kind: str
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"


@dataclass(frozen=True, slots=True)
class Link:
    """One link or image of a text. `line` counts from 1; `written` is its address as the editor wrote it."""

    ref: Ref
    line: int
    text: str
    written: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where readers find what a link points to, below the public address. Sizes are in pixels, 0 = not known."""

    path: str
    is_image: bool = False
    width: int = 0
    height: int = 0


class Markdown(MarkdownIt):
    """CommonMark with tables and tasks, and without HTML.

    Its own check of addresses refuses every `file:`; ours name no disk.
    """

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable("table")
        self.core.ruler.after("inline", "tasks", find_tasks)

    def validateLink(self, url: str) -> bool:
        """Whether the address may stand in a link."""
        return bool(_FILE.fullmatch(url)) or super().validateLink(url)


MARKDOWN = Markdown()


def ref_of(address: str) -> Ref | None:
    """What an address points to; None when that is outside, or a page of ours that is no knowledge."""
    scheme, _, rest = address.partition(":")
    if scheme.lower() in _SCHEMES:
        return _named(scheme.lower(), unquote(rest.partition("#")[0]).strip("/ "))
    if ":" not in address and address[:1] not in "/#?":
        return _named(LinkKind.ARTICLE, unquote(urlsplit(address).path).strip("/ "))
    path = _below_base(address)
    if not path.startswith(_HELP):
        return None
    parts = [unquote(part) for part in urlsplit(path).path.removeprefix(_HELP).split("/") if part]
    if parts and parts[0] in _LOCALES:
        del parts[0]
    if len(parts) == 3 and parts[0] == "code":
        return _named(LinkKind.CODE, "/".join(parts[1:]))
    if len(parts) == 3 and parts[0] == "files":
        return _named(LinkKind.FILE, parts[1])
    return _named(LinkKind.ARTICLE, parts[0]) if len(parts) == 1 and parts[0] not in _PAGES else None


def _below_base(address: str) -> str:
    """Without the public address of the centre, which whoever copies from the browser pastes with it."""
    base = settings.PUBLIC_BASE_URL
    return address[len(base) :] if address[: len(base)].lower() == base.lower() else address


def fragment_of(address: str) -> str:
    """The place on the page, “#…”, or ""."""
    _, mark, fragment = address.partition("#")
    return mark + fragment


@lru_cache(maxsize=4)  # what is made of a text in one request shares them; they are large, so that few are kept
def tokens_of(markdown: str) -> tuple[Token, ...]:
    """The text taken apart: a second of work for a long one. Shared by all who read it, so nobody changes a token."""
    return tuple(MARKDOWN.parse(markdown))


def links_of(markdown: str) -> list[Link]:
    """Every link and image that points inside, in the order of the text."""
    return list(_kept_links(markdown))


def refs_of(markdown: str) -> set[Ref]:
    """What the text points to."""
    return {link.ref for link in links_of(markdown)}


def _named(kind: str, target: str) -> Ref:
    """As it is compared. What no name can be exists nowhere, and need not be kept letter by letter."""
    if kind == LinkKind.CODE:
        family, _, code = target.partition("/")
        target = f"{family}/{fold_code(code)}"
    return Ref(kind, _IN_NO_NAME.sub("?", target.lower())[:140])


@lru_cache(maxsize=128)
def _kept_links(markdown: str) -> tuple[Link, ...]:
    return tuple(_links(tokens_of(markdown)))


def _links(tokens: Iterable[Token]) -> Iterator[Link]:
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "inline":
            yield from _inline_links(token.children or [], line + 1)


def _inline_links(children: list[Token], line: int) -> Iterator[Link]:
    for place, child in enumerate(children):
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        address = str(child.attrGet("href") or child.attrGet("src") or "")
        ref = ref_of(address) if address else None
        if ref is not None:
            yield Link(ref, line, child.content or text_of_link(children[place + 1 :]), unquote(address))


def text_of_link(after: list[Token]) -> str:
    """The words of a link whose opening was before these."""
    words: list[str] = []
    for token in after:
        if token.type == "link_close":
            break
        words.append(" " if token.type == "softbreak" else token.content)
    return "".join(words)
