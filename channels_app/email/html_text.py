"""HTML to plain text that reads like the mail: paragraphs, lists, quotes and preformatted text keep their lines."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels_app.email import charsets
from interaction_center.queue.html import MAX_HTML, without_tags
from interaction_center.queue.html_cost import is_too_costly

_HIDDEN = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "-comment"}
_BLOCKS = frozenset(
    """
    address article aside blockquote center div dl dt dd fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main
    nav ol p pre section table tr ul
    """.split()  # noqa: SIM905 - thirty names read better as words
)
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table"}
_SPACES = re.compile(r"[ \t\r\n\f\u200b\ufeff]+")
_QUOTE, _UNQUOTE = "\ue000", "\ue001"


def text_of(html: str) -> str:
    """The visible text of an HTML body, a quoted block with `> ` before its lines; roughly, if that costs too much."""
    html = html[:MAX_HTML]
    if is_too_costly(html):
        return charsets.clean(without_tags(html)).strip()
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    out = _Lines()
    for entered, node in _walk(root):
        _write(out, entered, node)
    return charsets.clean(out.text())


def _walk(root: LexborNode) -> Iterator[tuple[bool, LexborNode]]:
    """(True, node) before and (False, node) after its children, without recursion: hostile mail nests very deep."""
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        yield True, node
        child = None if node.tag in _HIDDEN else node.child
        if child is not None:
            node, depth = child, depth + 1
            continue
        yield False, node
        while depth and node.next is None:
            parent = node.parent
            if parent is None:
                return
            node, depth = parent, depth - 1
            yield False, node
        node = node.next if depth else None


class _Lines:
    """Collects words and line breaks; white space counts only inside preformatted text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.preformatted = 0
        self.at_line_start = True

    def add(self, text: str) -> None:
        if not self.preformatted:
            text = _SPACES.sub(" ", text)
            text = text.lstrip(" ") if self.at_line_start else text
        if text:
            self.parts.append(text)
            self.at_line_start = text[-1] in " \n"

    def mark(self, mark: str) -> None:
        self.parts.append(mark)
        self.at_line_start = True

    def text(self) -> str:
        lines = re.split(r"\n", re.sub(rf"([{_QUOTE}{_UNQUOTE}])", r"\n\1\n", "".join(self.parts)))
        return re.sub(r"\n(?:[> ]*\n){2,}", "\n\n", "\n".join(_quoted(lines))).strip("\n ")


def _quoted(lines: list[str]) -> Iterator[str]:
    depth = 0
    for line in lines:
        if line == _QUOTE:
            depth += 1
        elif line == _UNQUOTE:
            depth = max(0, depth - 1)
        else:
            yield "> " * min(depth, 5) + line.rstrip()


def _write(out: _Lines, entered: bool, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag == "-text":
        if entered:
            out.add(node.text_content or "")
        return
    if tag == "br":
        if entered:
            out.mark("\n")
        return
    if tag in _BLOCKS:
        _write_block(out, entered, tag)
    elif tag in ("td", "th") and not entered:
        out.add(" ")


def _write_block(out: _Lines, entered: bool, tag: str) -> None:
    if tag == "pre":
        out.preformatted += 1 if entered else -1
    out.mark("\n\n" if tag in _SPACED else "\n")
    if tag == "blockquote":
        out.mark(_QUOTE if entered else _UNQUOTE)
    if tag == "li" and entered:
        out.add("- ")
