"""Text frames that one end has for the other: read field by field, so that nothing else is handed on. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from interaction_center.access.site_doors import clean_text
from interaction_center.errors import BadRequestError, TooLargeError

MAX_TEXT = 2_000
MAX_POINTS = 64
MAX_PIXELS = 100_000_000
MAX_SIGNAL = 16 * 1024
REFUSALS = frozenset({"stale", "masked", "forbidden", "submit", "gone"})
_HASH = re.compile(r"[0-9a-f]{16}")

Frame = Mapping[str, Any]


def read_frame(kind: str, frame: Frame) -> dict[str, Any]:
    """The frame with the fields that its type has, and no others. BadRequestError, TooLargeError."""
    return {"t": kind} | {name: read(frame.get(name)) for name, read in _FIELDS[kind].items()}


def _pixel(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequestError("A place is a number of pixels.")
    if not abs(value) <= MAX_PIXELS:  # NaN as well; and a whole number may be more than a float can hold
        raise BadRequestError("This place is on no page.")
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadRequestError("This is a whole number.")
    return value


def _index(value: object) -> int:
    if type(value) is not int or not -1 <= value <= 100_000:
        raise BadRequestError("An index is a whole number, or -1.")
    return value


def _name(value: object) -> str | int:
    if isinstance(value, str) and 0 < len(value) <= 64 and value.isascii() and value.isprintable():
        return value
    return _number(value)


def _points(value: object) -> list[list[float]]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_POINTS:
        raise BadRequestError(f"A line has 1 to {MAX_POINTS} points.")
    if not all(isinstance(point, list) and len(point) == 2 for point in value):
        raise BadRequestError("A point is [x, y].")
    return [[_pixel(x), _pixel(y)] for x, y in value]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequestError("text is missing.")
    if len(value) > MAX_TEXT:
        raise TooLargeError(f"At most {MAX_TEXT:,} characters are typed at once.", limit=MAX_TEXT)
    return clean_text(value)


def _switch(value: object) -> bool:
    return value is True


def _refusal(value: object) -> str:
    return value if isinstance(value, str) and value in REFUSALS else ""


def _hash(value: object) -> str:
    return value if isinstance(value, str) and _HASH.fullmatch(value) else ""


def _peer(value: object) -> str:
    return value[:16] if isinstance(value, str) else ""


def _description(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or value.get("type") not in ("offer", "answer", "pranswer", "rollback"):
        raise BadRequestError("desc is a session description.")
    return {"type": str(value["type"]), "sdp": _signal(value.get("sdp") or "")}


def _candidate(value: object) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise BadRequestError("candidate is an ICE candidate, or null at the end.")
    line = value.get("sdpMLineIndex")
    words = {key: _signal(value[key]) for key in ("candidate", "sdpMid", "usernameFragment") if value.get(key)}
    return {"candidate": "", **words, "sdpMLineIndex": None if line is None else _number(line)}


def _signal(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_SIGNAL:
        raise TooLargeError(f"A description has at most {MAX_SIGNAL} characters.", limit=MAX_SIGNAL)
    return clean_text(value)


_PLACE: dict[str, Callable[[object], Any]] = {"x": _pixel, "y": _pixel}
_NODE: dict[str, Callable[[object], Any]] = {"e": _number, "n": _number}
_ACT: dict[str, Callable[[object], Any]] = {"id": _name, **_NODE}
_FIELDS: dict[str, dict[str, Callable[[object], Any]]] = {
    "pointer": _PLACE,
    "draw": {"id": _name, "points": _points},
    "clear": {},
    "highlight": _NODE,
    "input.click": _ACT,
    "input.scroll": _ACT | _PLACE,
    "input.type": _ACT | {"text": _text},
    "input.select": _ACT | {"index": _index},
    "input.done": {"id": _name, "ok": _switch, "code": _refusal, "what": _hash},
    "sdp": {"to": _peer, "desc": _description},
    "ice": {"to": _peer, "candidate": _candidate},
    "p2p": {"to": _peer, "up": _switch, "s": _number},
}
