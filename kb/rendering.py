"""Markdown to what readers get: clean HTML for pages, plain blocks for the widget, plain text for answers. Pure.

HTML in the source is never passed on (the parser is told to escape it) and the result is cleaned all the same.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, TypedDict

import nh3
from markdown_it.token import Token

from kb.links import MARKDOWN, Ref, Target, fragment_of, ref_of

BlockType = Literal["h", "p", "li", "ol", "code"]
Targets = Mapping[Ref, Target]
_TAGS = {"h2", "h3", "h4", "p", "br", "hr", "a", "img", "strong", "em", "code", "pre", "blockquote"}
_TAGS |= {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
_SCHEMES = {"http", "https", "mailto", "tel"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading", "width", "height"},
    "ol": {"start"},
}
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}


class Block(TypedDict):
    """One paragraph-like piece: heading, paragraph, bullet, numbered step or code."""

    t: BlockType
    text: str


def to_html(markdown: str, targets: Targets | None = None) -> str:
    """Safe HTML of an article. The page has the only h1; deeper headings are kept, a first-level one becomes h2.

    `targets`: what its readers may follow. A link inside to anything else becomes plain text, an image its words.
    """
    tokens = MARKDOWN.parse(markdown)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        if token.children:
            token.children = list(_linked(token.children, targets or {}))
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener")


def blocks(markdown: str) -> list[Block]:
    """The same content without any markup, for readers that build their own elements."""
    return list(_blocks(MARKDOWN.parse(markdown)))


def plain_text(markdown: str) -> str:
    """The content as a person would type it into a mail: steps numbered, bullets dashed."""
    lines: list[str] = []
    number = 0
    for block in blocks(markdown):
        number = number + 1 if block["t"] == "ol" else 0
        mark = f"{number}. " if block["t"] == "ol" else "- " if block["t"] == "li" else ""
        gap = "" if mark and lines and _is_item(lines[-1]) else "\n"
        lines.append(f"{gap}{mark}{block['text']}")
    return "\n".join(lines).strip()


def _linked(children: list[Token], targets: Targets) -> Iterator[Token]:
    is_open: list[bool] = []
    for token in children:
        address = str(token.attrGet("href") or token.attrGet("src") or "")
        ref = ref_of(address)
        target = targets.get(ref) if ref else None
        if token.type == "image":
            yield from _image(token, target) if ref else [_lazy(token)]
        elif token.type == "link_open":
            is_open.append(ref is None or target is not None)
            if target:
                token.attrSet("href", target.path + fragment_of(address))
            yield from [token] if is_open[-1] else []
        elif token.type != "link_close" or is_open.pop():
            yield token


def _image(token: Token, target: Target | None) -> list[Token]:
    """The picture, or its words: linked where the file is something else, alone where these readers may not see it."""
    words = Token("text", "", 0, content=token.content)
    if target is None:
        return [words]
    if not target.is_image:
        return [Token("link_open", "a", 1, attrs={"href": target.path}), words, Token("link_close", "a", -1)]
    token.attrSet("src", target.path)
    if target.width and target.height:  # the page does not jump when it has come
        token.attrSet("width", str(target.width))
        token.attrSet("height", str(target.height))
    return [_lazy(token)]


def _lazy(token: Token) -> Token:
    token.attrSet("loading", "lazy")
    return token


def _is_item(line: str) -> bool:
    first = line.strip().split(" ", 1)[0]
    return first == "-" or (first.endswith(".") and first[:-1].isdigit())


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    lists: list[BlockType] = []
    heading = False
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append("ol" if token.type.startswith("ordered") else "li")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type in {"fence", "code_block"}:
            if text := token.content.rstrip():
                yield {"t": "code", "text": text}
        elif token.type == "inline" and (text := _inline_text(token)):
            yield {"t": "h" if heading else lists[-1] if lists else "p", "text": text}
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
    """What follows the words of a link: nothing when they say it already, or when it leads nowhere outside."""
    if not target.startswith("http") or words == target:
        return ""
    return f" ({target})" if words else target
