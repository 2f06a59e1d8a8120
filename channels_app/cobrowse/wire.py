"""Frames of `cic.cobrowse.v1` as they come in: read, bounded, and every operation held against the allow-list. Pure.

The list is `allowed.json`, which the customer's page and the agent's view read as well. The page has masked what it
sends; here it is made sure that nothing else is in it than what a picture of a page is made of.
"""

import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from channels_app.cobrowse.css import is_harmless
from interaction_center.errors import BadRequestError, TooLargeError

ALLOWED: dict[str, Any] = json.loads((Path(__file__).parent / "allowed.json").read_text())
LIMITS: dict[str, int] = ALLOWED["limits"]
HEADER = struct.Struct(">BBBBII")
VERSION, SNAPSHOT, CHANGES = 1, 1, 2
FIRST, LAST, DEFLATED = 1, 2, 4
MAX_OPS = 20_000
CACHED_LENGTH = 200
MAX_ID = 2**32
MAX_SIZE = 10_000_000  # of a viewport or a box, in pixels

_TAGS, _SVG_TAGS = frozenset(ALLOWED["tags"]), frozenset(ALLOWED["svgTags"])
_ATTRIBUTES = frozenset(ALLOWED["attributes"]["*"])
_SVG_ATTRIBUTES = _ATTRIBUTES | frozenset(ALLOWED["attributes"]["svg"])
_VALUES = {name: re.compile(rule, re.ASCII) for name, rule in ALLOWED["values"].items()}
_NAME = re.compile(ALLOWED["name"], re.ASCII)
_LABELS = frozenset(ALLOWED["labels"])
_WORDS = frozenset({"value", "placeholder"})  # what people read; an address has no business in any other attribute
_ADDRESS = re.compile(r"url\(|//", re.IGNORECASE)
_PATH = re.compile(r"[\w/.~-]{0,200}", re.ASCII)
_CHILD_OF_SHADOW, _IN_SVG, _HAS_SHADOW, _MASKED = 1, 2, 4, 8
_MAX_FLAGS = _CHILD_OF_SHADOW | _IN_SVG | _HAS_SHADOW | _MASKED


class FrameError(BadRequestError):
    """Something that may not be in a frame. The message names the kind of operation, never what was in it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a binary frame, and the whole of it, to be handed on as it is once its content was checked."""

    kind: int
    flags: int
    epoch: int
    s: int
    data: bytes

    @property
    def begins_snapshot(self) -> bool:
        """Whether whoever has nothing can begin here."""
        return self.kind == SNAPSHOT and bool(self.flags & FIRST)


def read_head(data: bytes) -> Head:
    """FrameError, TooLargeError."""
    if len(data) > HEADER.size + LIMITS["payload"]:
        raise TooLargeError(f"A frame has at most {LIMITS['payload']} bytes.", limit=LIMITS["payload"])
    if len(data) <= HEADER.size:
        raise FrameError("This frame is too short.")
    version, kind, flags, zero, epoch, s = HEADER.unpack_from(data)
    if version != VERSION or kind not in (SNAPSHOT, CHANGES) or flags & ~(FIRST | LAST | DEFLATED) or zero or not s:
        raise FrameError("This frame has a wrong head.")
    return Head(kind, flags, epoch, s, data)


class Checker:
    """Holds the frames of one session against the list, in their order. Of the page it knows which nodes are style."""

    def __init__(self) -> None:
        self._styles: set[int] = set()

    def check(self, head: Head) -> int:
        """Everything that is in this frame; how many bytes that is, unpacked. FrameError, TooLargeError."""
        if head.begins_snapshot:
            self._styles.clear()
        raw = _unpacked(head)
        for op in _read_ops(raw):
            check_op(op)
            if op[0] == "y":
                self._styles.add(op[1])
                self._check_styles()
            elif op[0] == "=" and op[1] in self._styles and not is_harmless(op[2]):
                raise FrameError("A style sheet asks for something.")
        return len(raw)

    def _check_styles(self) -> None:
        if len(self._styles) > LIMITS["elements"]:
            raise FrameError("There are too many style sheets.")


def _unpacked(head: Head) -> bytes:
    payload = head.data[HEADER.size :]
    return _inflated(payload) if head.flags & DEFLATED else payload


def _read_ops(raw: bytes) -> list[Any]:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise FrameError("The content of this frame is not JSON.") from error
    ops = content.get("o") if isinstance(content, dict) else None
    if not isinstance(ops, list) or len(ops) > MAX_OPS or len(content) != 1:
        raise FrameError("The content of this frame is no list of operations.")
    return ops


def _inflated(payload: bytes) -> bytes:
    """At most so much as a frame may have, whatever it would become."""
    reader = zlib.decompressobj(-15)
    try:
        raw = reader.decompress(payload, LIMITS["raw"] + 1)
    except zlib.error as error:
        raise FrameError("The content of this frame can't be unpacked.") from error
    if len(raw) > LIMITS["raw"] or not reader.eof or reader.unused_data:
        raise TooLargeError(f"The content of a frame has at most {LIMITS['raw']} bytes.", limit=LIMITS["raw"])
    return raw


def check_op(op: object) -> None:
    """One operation. FrameError when anything in it is not on the list."""
    if not isinstance(op, list) or not op or not isinstance(op[0], str):
        raise FrameError("An operation is a list that begins with its name.")
    rule = _OPS.get(op[0])
    if rule is None or len(op) != len(rule) + 1:
        raise FrameError(f"There is no such operation: {op[0][:4]!r}.")
    for is_good, value in zip(rule, op[1:], strict=True):
        if not is_good(value):
            raise FrameError(f"An operation {op[0]!r} holds what is not allowed.")
    if op[0] == "+":
        _check_element(op[4], op[5], op[6])


def _check_element(tag: str, attributes: Mapping[str, object], flags: int) -> None:
    is_svg = bool(flags & _IN_SVG)
    if tag not in (_SVG_TAGS if is_svg else _TAGS):
        raise FrameError("An element is not on the list.")
    if any(value is None for value in attributes.values()):
        raise FrameError("An attribute has no value.")


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value < MAX_ID


def _is_id_or_none(value: object) -> bool:
    return type(value) is int and 0 <= value < MAX_ID


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LIMITS["string"]


def _is_css(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LIMITS["css"] and is_harmless(value)


def _is_long_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LIMITS["css"]


def _is_flags(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAX_FLAGS


def _is_size(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -MAX_SIZE <= value <= MAX_SIZE


def _is_switch(value: object) -> bool:
    return type(value) is int and value in (0, 1)


def _is_index(value: object) -> bool:
    return type(value) is int and -1 <= value <= 100_000


def _is_label(value: object) -> bool:
    return isinstance(value, str) and value in _LABELS


def _is_path(value: object) -> bool:
    return isinstance(value, str) and _PATH.fullmatch(value) is not None


def _is_tag(value: object) -> bool:
    return isinstance(value, str) and (value in _TAGS or value in _SVG_TAGS)


def _are_attributes(value: object) -> bool:
    return isinstance(value, dict) and all(_is_attribute(name, text) for name, text in value.items())


def _is_attribute(name: str, text: object) -> bool:
    """By name and value; None removes it."""
    if name not in _SVG_ATTRIBUTES:
        return False
    if text is None:
        return True
    if not isinstance(text, str) or len(text) > LIMITS["string"]:
        return False
    return _is_known_value(name, text) if len(text) < CACHED_LENGTH else _is_value(name, text)


def _is_value(name: str, text: str) -> bool:
    rule = _VALUES.get(name)
    if rule is not None:
        return rule.fullmatch(text) is not None
    if name in ("class", "id"):
        return all(_NAME.fullmatch(token) for token in text.split())
    if name == "style":
        return is_harmless(text)
    return name in _WORDS or _ADDRESS.search(text) is None


_is_known_value = lru_cache(8_192)(_is_value)  # rows of a table have the same few: half the time of a large frame


_OPS: dict[str, tuple[Callable[[object], bool], ...]] = {
    "+": (_is_id, _is_id, _is_id_or_none, _is_tag, _are_attributes, _is_flags),
    "t": (_is_id, _is_id, _is_id_or_none, _is_text, _is_flags),
    "y": (_is_id, _is_id, _is_id_or_none, _is_css, _is_flags),
    "b": (_is_id, _is_id, _is_id_or_none, _is_size, _is_size, _is_label, _is_flags),
    "-": (_is_id,),
    "=": (_is_id, _is_long_text),
    "@": (_is_id, _are_attributes),
    "v": (_is_id, _is_text),
    "k": (_is_id, _is_switch),
    "l": (_is_id, _is_index),
    "s": (_is_id, _is_size, _is_size),
    "w": (_is_size, _is_size),
    "p": (_is_path,),
}
