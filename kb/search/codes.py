"""Error codes inside any text: E-04 = e04 = "E 04", found in sentences and log lines alike. Pure.

Umlaut folding and stemming are not applied to codes: they would make different codes equal.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

MAX_PIECES = 6
MAX_CODE = 24
_PIECE = re.compile(r"[A-Za-z0-9]+")
_CODE_LIKE = re.compile(r"\b[A-Za-z]{1,4}[-_ .]?\d{2,6}[A-Za-z]?\b")
_NOT_CODE = re.compile(r"[^a-z0-9]")
_LOOK_ALIKE = str.maketrans("odilsbz", "0011582")


def fold_code(code: str) -> str:
    """The compared form of a code: lower case, everything but a-z and 0-9 removed."""
    return _NOT_CODE.sub("", code.lower())


def look_alike(key: str) -> str:
    """The same for codes that are easily misread for each other (O and 0, I, L and 1, S and 5, B and 8, Z and 2)."""
    return key.translate(_LOOK_ALIKE)


def is_strong(key: str) -> bool:
    """Whether a code means something by itself; "404" or "on" count only beside device or description words."""
    return len(key) >= 5 or (len(key) >= 3 and any(c.isalpha() for c in key) and any(c.isdigit() for c in key))


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A known code in a text. `strength` is 0..1; `start` and `end` number the pieces of the text that it covers."""

    key: str
    strength: float
    start: int
    end: int


def find_codes(text: str, known: Collection[str], skeletons: dict[str, str]) -> list[FoundCode]:
    """Known codes in `text`, longest first; look-alikes only when nothing is spelt right.

    `skeletons` maps `look_alike(key)` to the key for every known code.
    """
    runs = _runs(text)
    found = _longest([FoundCode(run, 1.0 if is_strong(run) else 0.35, *at) for run, at in runs if run in known])
    if any(code.strength == 1.0 for code in found):
        return found
    shapes = [(look_alike(run), at) for run, at in runs if is_strong(run)]
    misread = [FoundCode(skeletons[shape], 0.8, *at) for shape, at in shapes if shape in skeletons]
    return _longest(misread) or found


def unknown_codes(text: str, known: Collection[str]) -> list[str]:
    """Words that look like a code (a letter and two digits, or five digits) and that no document knows."""
    words = [fold_code(word) for word in _CODE_LIKE.findall(text)] + [word.lower() for word in _pieces(text)]
    return [word for word in words if word not in known and _looks_like_code(word)]


def _looks_like_code(word: str) -> bool:
    digits = sum(c.isdigit() for c in word)
    return (digits >= 2 and digits < len(word) <= 12) or 5 <= digits == len(word) <= 8


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def _runs(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Every run of neighbouring pieces that could be one code, joined; it holds a digit or is one single piece."""
    pieces = [piece.lower() for piece in _pieces(text)]
    runs: list[tuple[str, tuple[int, int]]] = []
    for start in range(len(pieces)):
        joined = ""
        for end in range(start, min(start + MAX_PIECES, len(pieces))):
            joined += pieces[end]
            if len(joined) > MAX_CODE:
                break
            if end == start or any(c.isdigit() for c in joined):
                runs.append((joined, (start, end)))
    return runs


def _longest(found: list[FoundCode]) -> list[FoundCode]:
    """Without those that lie inside a longer one, and each key once."""
    kept: dict[str, FoundCode] = {}
    for code in sorted(found, key=lambda c: (-c.strength, -(c.end - c.start), -len(c.key), c.start)):
        if code.key not in kept and not any(k.start <= code.start and code.end <= k.end for k in kept.values()):
            kept[code.key] = code
    return list(kept.values())
