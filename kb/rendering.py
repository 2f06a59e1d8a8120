"""Markdown to what readers get: clean HTML for pages, plain blocks for the widget, plain text for answers. Pure.

HTML in the source is never passed on (the parser is told to escape it) and the result is cleaned all the same.

What pages are made of is kept for the texts that were read last, by the text itself, so that it can't be out of date.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from textwrap import indent
from typing import Literal, NotRequired, TypedDict

import nh3
from markdown_it.token import Token

from kb.links import MARKDOWN, Ref, Target, fragment_of, ref_of, tokens_of

BlockType = Literal["h", "p", "li", "ol", "code"]
Targets = Mapping[Ref, Target]
_TAGS = {"h2", "h3", "h4", "p", "br", "hr", "a", "img", "strong", "em", "code", "pre", "blockquote"}
_TAGS |= {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "label", "input"}
_SCHEMES = {"http", "https", "mailto", "tel"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading", "width", "height"},
    "ol": {"start"},
    "input": {"checked", "disabled"},
}
_VALUES = {"li": {"class": {"task"}}, "input": {"type": {"checkbox"}}}  # of attributes that may have no others
_END_OF_WORDS = {"bullet_list_open", "ordered_list_open", "list_item_close", "fence", "code_block"}
_INDENT = "   "
_KEPT = 64  # texts, a few megabytes; 20 if each were as long as it may be
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}


class Block(TypedDict):
    """One paragraph-like piece: heading, paragraph, bullet, numbered step or code. `n` is the number of a step; an item
    of a list that is a task is `done` or not."""

    t: BlockType
    text: str
    n: NotRequired[int]
    done: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block with the number of lists that it stands in, its number when it is a step, and whether a task is done."""

    t: BlockType
    text: str
    depth: int = 0
    number: int | None = None
    done: bool | None = None


@dataclass(slots=True)
class _Item:
    """An item of a list while its words are read; None when they have been told and what follows stands below it."""

    number: int | None
    done: bool | None
    words: list[str] | None = field(default_factory=list)

    def told(self, depth: int) -> Iterator[_Piece]:
        """The item as one piece, once."""
        if self.words:
            yield _Piece("li" if self.number is None else "ol", "\n".join(self.words), depth, self.number, self.done)
        self.words = None


def to_html(markdown: str, targets: Targets | None = None) -> str:
    """Safe HTML of an article. The page has the only h1; deeper headings are kept, a first-level one becomes h2.

    `targets`: what its readers may follow. A link inside to anything else becomes plain text, an image its words.
    """
    return _kept_html(markdown, frozenset((targets or {}).items()))


def blocks(markdown: str) -> list[Block]:
    """The same content without any markup, for readers that build their own elements."""
    return list(_kept_blocks(markdown))


def plain_text(markdown: str) -> str:
    """The content as a person would type it into a mail: steps numbered, bullets dashed, what is inside indented.

    Nothing of it is kept: an index reads every article that there is.
    """
    lines: list[str] = []
    depth = 0
    for piece in _pieces(MARKDOWN.parse(markdown)):
        gap = "" if depth and piece.depth else "\n"
        lines.append(gap + indent(_marked(piece), _INDENT * max(0, piece.depth - 1)))
        depth = piece.depth
    return "\n".join(lines).strip()


@lru_cache(maxsize=_KEPT)
def _kept_html(markdown: str, targets: frozenset[tuple[Ref, Target]]) -> str:
    tokens = [_readable(token, dict(targets)) for token in tokens_of(markdown)]
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_VALUES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )


@lru_cache(maxsize=_KEPT)
def _kept_blocks(markdown: str) -> tuple[Block, ...]:
    return tuple(_block(piece) for piece in _pieces(tokens_of(markdown)))


def _readable(token: Token, targets: Targets) -> Token:
    children = list(_linked(token.children, targets)) if token.children else token.children
    return token.copy(tag=_HEADINGS.get(token.tag, token.tag), children=children)


def _linked(children: list[Token], targets: Targets) -> Iterator[Token]:
    is_open: list[bool] = []
    for token in children:
        address = str(token.attrGet("href") or token.attrGet("src") or "")
        ref = ref_of(address)
        target = targets.get(ref) if ref else None
        if token.type == "image":
            yield from _image(token, target) if ref else [_with(token, loading="lazy")]
        elif token.type == "link_open":
            is_open.append(ref is None or target is not None)
            link = _with(token, href=target.path + fragment_of(address)) if target else token
            yield from [link] if is_open[-1] else []
        elif token.type != "link_close" or is_open.pop():
            yield token


def _image(token: Token, target: Target | None) -> list[Token]:
    """The picture, or its words: linked where the file is something else, alone where these readers may not see it."""
    words = Token("text", "", 0, content=token.content)
    if target is None:
        return [words]
    if not target.is_image:
        return [Token("link_open", "a", 1, attrs={"href": target.path}), words, Token("link_close", "a", -1)]
    # with its size the page does not jump when it has come
    size = {"width": str(target.width), "height": str(target.height)} if target.width and target.height else {}
    return [_with(token, src=target.path, loading="lazy", **size)]


def _with(token: Token, **attributes: str) -> Token:
    return token.copy(attrs={**token.attrs, **attributes})


def _block(piece: _Piece) -> Block:
    block: Block = {"t": piece.t, "text": piece.text}
    if piece.number is not None:
        block["n"] = piece.number
    if piece.done is not None:
        block["done"] = piece.done
    return block


def _marked(piece: _Piece) -> str:
    """With its number or dash; its further lines, and what is no item itself, stand below the words of the item."""
    lines = piece.text.replace("\n", f"\n{_INDENT}") if piece.depth else piece.text
    if piece.t not in {"li", "ol"}:
        return f"{_INDENT}{lines}" if piece.depth else lines
    box = "" if piece.done is None else "[x] " if piece.done else "[ ] "
    return f"- {box}{lines}" if piece.number is None else f"{piece.number}. {box}{lines}"


def _pieces(tokens: Iterable[Token]) -> Iterator[_Piece]:
    """All paragraphs of an item of a list are one piece, up to a list or code inside it."""
    items: list[_Item] = []
    heading = False
    for token in tokens:
        if items and token.type in _END_OF_WORDS:
            yield from items[-1].told(len(items))
        if token.type == "list_item_open":
            items.append(_Item(int(token.info) if token.info else None, token.meta.get("done")))
        elif token.type == "list_item_close":
            items.pop()
        elif token.type in {"fence", "code_block"}:
            if text := token.content.rstrip():
                yield _Piece("code", text, len(items))
        elif token.type == "inline" and (text := _inline_text(token)):
            if items and items[-1].words is not None:
                items[-1].words.append(text)
            else:
                yield _Piece("h" if heading else "p", text, len(items))
        heading = token.type == "heading_open"


def _inline_text(token: Token) -> str:
    parts: list[str] = []
    links: list[tuple[str, int]] = []
    for child in token.children or []:
        if child.type in {"text", "code_inline", "image"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "link_open":
            links.append((str(child.attrGet("href") or ""), len(parts)))
        elif child.type == "link_close":
            target, start = links.pop()
            parts.append(_address(target, words="".join(parts[start:])))
    return "".join(parts).strip()


def _address(target: str, *, words: str) -> str:
    """What follows the words of a link: nothing when they say it already, or when it does not lead outside.

    What is inside may not be for whoever reads this, so that not even its name is told.
    """
    if not target.startswith("http") or words == target or ref_of(target):
        return ""
    return f" ({target})" if words else target
