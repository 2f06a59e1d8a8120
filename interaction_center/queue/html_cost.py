"""Would this HTML cost a parser too much? Asked before one sees it. Pure, and linear in the size of the HTML.

HTML parsers are fast for what people write and easily ruined on purpose: elements inside each other and attributes of
one tag take quadratic time, and every paragraph opens all formatting elements again that were left open (18 kB of
`<b title=1><b title=2>… <p>x<p>x…` become 28 MB and hundreds of megabytes of memory).

So open elements are counted, from above: an end tag counts only where every parser closes something too, and after
tags that change the rules for what follows (`<svg>`, `<select>` …) nothing is closed any more. Sloppy HTML comes out a
little too high, hostile HTML never too low. The names are those of the HTML standard, section 13.2 (parsing).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_SIZE = 1024 * 1024  # characters, pictures written inside left out: they are one long word to a parser
MAX_DEPTH = 1_000  # open elements; 100,000 nested divs took 22 s, 1,000 take 1 ms
MAX_FORMATTING = 50  # of them formatting elements
MAX_REOPENED = 2_000_000  # characters of formatting tags that a parser may have to open again
MAX_TAGS = 100_000
MAX_ATTRIBUTES = 200  # of one tag; 40,000 took 7 s
MAX_REFERENCES = 100_000  # `&…`: to a parser each is a piece of text of its own

_PICTURE = re.compile(r";base64,[A-Za-z0-9+/=]*+")
_ATTRIBUTE = (
    r"[^\t\n\f\r />][^\t\n\f\r />=]*+(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >"'][^\t\n\f\r >]*+|(?=>)))?+"""
)
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TOKEN = re.compile(  # a comment, something like a comment, or a tag to the `>` that ends it
    r"(?P<comment><!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-zA-Z]))[^>]*+)|"
    rf"<(?P<end>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?P<rest>(?:[\t\n\f\r /]++|{_ATTRIBUTE})*+)",
    re.DOTALL,
)
_BARE_TOKEN = re.compile(r"(?P<comment><!--)|<(?P<end>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?P<rest>)")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EMPTY = _names(
    "area base basefont bgsound body br col embed frame head hr html image img input keygen link meta param source "
    "track wbr"
)
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
_TEXT_ONLY = _names("iframe noembed noframes script style textarea title xmp")
_RULE_CHANGING = _names("frameset math noscript plaintext select svg template")
_REPLACED = _names("dd dt li p")  # the next one of the same name ends it; so it is with `a` and `nobr`
_CELLS = _names("caption td th")
_ROWS = _names("colgroup tbody tfoot thead tr")  # not counted: three in a table at most
_BLOCKS = _names(
    "address applet article aside blockquote button center details dialog dir div dl fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hgroup listing main marquee menu nav object ol pre search section summary ul"
)
_SPECIAL = _BLOCKS | _REPLACED | _CELLS | _ROWS | {"form", "table"}
_LOOKED_THROUGH = 8  # an end tag closes nothing further up; parsers move formatting out of no more blocks either
_ELEMENT_COST = 64  # in characters, beside those of its tag


def is_too_costly(raw: str) -> bool:
    """Whether a parser could take seconds or hundreds of megabytes for this."""
    if raw.count("&") > MAX_REFERENCES:
        return True
    if len(raw) > MAX_SIZE and len(_PICTURE.sub("", raw)) > MAX_SIZE:
        return True
    return _has_hostile_tags(raw)


def _has_hostile_tags(raw: str) -> bool:
    opened, position, tags = _Opened(), 0, 0
    while (match := opened.token.search(raw, position)) is not None:
        position, tags = match.end(), tags + 1
        if match["name"] is None:
            opened.take_comment()
        else:
            if _has_many_attributes(match["rest"]):
                return True
            name = match["name"].lower() if match["name"].isascii() else match["name"]
            opened.take_tag(name, len(match[0]), is_end=bool(match["end"]))
        if tags > MAX_TAGS or opened.is_too_much:
            return True
    return False


def _has_many_attributes(text: str) -> bool:
    return len(text) > MAX_ATTRIBUTES and sum(1 for _ in _ONE_ATTRIBUTE.finditer(text)) > MAX_ATTRIBUTES


def _is_no_formatting(name: str) -> bool:
    return name not in _FORMATTING


@dataclass(slots=True)
class _Opened:
    """The elements that may be open: (name, cost of opening it again; 0 for all but formatting elements)."""

    elements: list[tuple[str, int]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)  # where the tables and cells are: what is inside ends with them
    formatting: int = 0
    cost: int = 0  # of opening all formatting elements again
    reopened: int = 0
    inside_text: str = ""  # what looks like a tag is text, up to the end tag of this name
    is_certain: bool = True

    @property
    def token(self) -> re.Pattern[str]:
        """Quotes and comments mean nothing inside of text, and who knows what after a change of rules."""
        return _TOKEN if self.is_certain and not self.inside_text else _BARE_TOKEN

    @property
    def is_too_much(self) -> bool:
        """Whether a bound is broken."""
        crowded = len(self.elements) > MAX_DEPTH or self.formatting > MAX_FORMATTING
        return crowded or self.reopened > MAX_REOPENED

    def take_comment(self) -> None:
        """A script with a comment inside ends by rules of its own."""
        if self.inside_text == "script":
            self.inside_text, self.is_certain = "", False

    def take_tag(self, name: str, size: int, *, is_end: bool) -> None:
        """The next tag."""
        if self.inside_text:
            self.inside_text = "" if is_end and name == self.inside_text else self.inside_text
            return
        self.is_certain = self.is_certain and name not in _RULE_CHANGING
        if name in _SPECIAL or not self.is_certain:
            self.reopened += self.cost
        if not is_end:
            self._start(name, size)
        elif self.is_certain:
            self._end(name)

    def _start(self, name: str, size: int) -> None:
        if name in _TEXT_ONLY and self.is_certain:
            self.inside_text = name
        elif name in _ROWS or name in _CELLS:
            self._start_table_part(name)
        elif name == "table":
            self.is_certain = self.is_certain and self._frame != "table"  # parsers move it out of the other one
            self._add_frame(name)
        elif name not in _EMPTY:
            self._end_former(name)
            self._add(name, size)

    def _end_former(self, name: str) -> None:
        if self.is_certain and name in ("a", "nobr"):
            self._close(name, stopped_by=_BLOCKS.__contains__)
        elif self.is_certain and name in _REPLACED:
            self._close(name, stopped_by=_is_no_formatting)

    def _start_table_part(self, name: str) -> None:
        if not self.frames:
            return  # no parser takes it without a table
        if self.is_certain:
            self._leave_cell()
        if name in _CELLS:
            self._add_frame(name)

    def _end(self, name: str) -> None:
        if name in _CELLS or name in _ROWS or name == "table":
            self._end_table_part(name)
        elif name in _SPECIAL or name in _FORMATTING:
            if name != "form":  # whether that closes anything depends on more than what is open
                self._close(name, stopped_by=_BLOCKS.__contains__)
        elif name not in _EMPTY:
            self._close(name, stopped_by=_SPECIAL.__contains__)

    def _end_table_part(self, name: str) -> None:
        is_in_cell = self._frame in ("td", "th")
        if name == self._frame or (name == "tr" and is_in_cell) or (name == "table" and self.frames):
            self._leave_cell()
        if name == "table" and self.frames:
            self._remove(self.frames.pop())
        elif name in _ROWS and name != "tr":
            self.is_certain = not is_in_cell  # some of them leave the cell, others don't

    @property
    def _frame(self) -> str:
        """The innermost table or cell, "" if there is none."""
        return self.elements[self.frames[-1]][0] if self.frames else ""

    def _leave_cell(self) -> None:
        """Back to the table, if in a cell: whatever the cell left open, formatting too, ends with it."""
        if self._frame in _CELLS:
            start = self.frames.pop()
            while len(self.elements) > start:
                self._remove(-1)

    def _close(self, name: str, *, stopped_by: Callable[[str], bool]) -> None:
        """Takes the nearest one of this name away, and nothing else: what it contains may be kept by a parser."""
        lowest = max(len(self.elements) - _LOOKED_THROUGH, self.frames[-1] + 1 if self.frames else 0)
        for index in range(len(self.elements) - 1, lowest - 1, -1):
            if self.elements[index][0] == name:
                self.reopened += 0 if index == len(self.elements) - 1 else self.cost
                self._remove(index)
                return
            if stopped_by(self.elements[index][0]):
                break
        self.reopened += self.cost

    def _add_frame(self, name: str) -> None:
        self.frames.append(len(self.elements))
        self._add(name, 0)

    def _add(self, name: str, size: int) -> None:
        cost = size + _ELEMENT_COST if name in _FORMATTING else 0
        self.elements.append((name, cost))
        self.formatting += cost > 0
        self.cost += cost

    def _remove(self, index: int) -> None:
        cost = self.elements.pop(index)[1]
        self.formatting -= cost > 0
        self.cost -= cost
