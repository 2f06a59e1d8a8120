"""Error codes inside any text: E-04 = e04 = "E 04", found in sentences and log lines alike. Pure.

Umlaut folding and stemming are not applied to codes: they would make different codes equal.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

MAX_PIECES = 9
MAX_CODE = 24
STRONG, WEAK = 1.0, 0.35
MISREAD, SWAPPED, DOUBLED, LEFT_OUT, CHANGED = 0.9, 0.7, 0.65, 0.4, 0.2
_FOR_LENGTH, _MOST_FOR_LENGTH = 0.02, 0.2
_ALIKE = 0.5  # of 1: half of the letters
_LONG_TEXT = 6  # words: in longer texts only a piece by itself may be a mistyped code
_MAX_TRIED = 24
_PIECE = re.compile(r"[A-Za-z0-9]+")
_DIGIT = re.compile(r"[0-9]")
_NOT_CODE = re.compile(r"[^a-z0-9]")
_WITH_DIGIT = re.compile(r"[A-Za-z0-9]*\d[A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")
_CONSTANT = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b0x[0-9A-Fa-f]{2,}\b")
_LOOK_ALIKE = str.maketrans("odilsbz", "0011582")


def fold_code(code: str) -> str:
    """The compared form of a code: lower case, everything but a-z and 0-9 removed."""
    return _NOT_CODE.sub("", code.lower())


def look_alike(key: str) -> str:
    """The same for codes that are easily misread for each other (O and 0, I, L and 1, S and 5, B and 8, Z and 2)."""
    return key.translate(_LOOK_ALIKE)


def nearest(key: str, known: Iterable[str], *, limit: int) -> list[str]:
    """Known codes that are written most like this one; misread letters count as right. [] when none is alike."""
    scorer = OSA.normalized_similarity
    seen = {one: look_alike(one) for one in known}
    found = process.extract(look_alike(key), seen, scorer=scorer, processor=None, score_cutoff=_ALIKE, limit=limit)
    return [one for _, _, one in found]


def is_strong(key: str) -> bool:
    """Whether a code means something by itself; "404" or "on" count only beside device or description words."""
    return len(key) >= 5 or (len(key) >= 3 and any(c.isalpha() for c in key) and any(c.isdigit() for c in key))


def codes_in_title(title: str) -> set[str]:
    """What an article's title names by a word with a digit, such as a code it is about."""
    return {key for key in map(fold_code, _WITH_DIGIT.findall(title)) if 3 <= len(key) <= MAX_CODE}


def constants_in(text: str) -> set[str]:
    """Names under which programs know an error: CONSTANT_NAMES and hexadecimal numbers."""
    return {key for key in map(fold_code, _CONSTANT.findall(text)) if 3 <= len(key) <= MAX_CODE}


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A known code in a text. `strength` is 0..1; `start` and `end` number the pieces of the text that it covers."""

    key: str
    strength: float
    start: int
    end: int


class CodeBook:
    """Every known code with the documents that it belongs to, and what may have been meant by an unknown one."""

    def __init__(self, codes: Iterable[tuple[str, int]]) -> None:
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for key, number in codes:
            owners[key].append(number)
        self.owners: Mapping[str, Sequence[int]] = dict(owners)
        self._skeletons: defaultdict[str, list[str]] = defaultdict(list)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for key in self.owners:
            if is_strong(key):
                self._skeletons[look_alike(key)].append(key)
                self._by_length[len(key)].append(key)

    def __contains__(self, key: object) -> bool:
        return key in self.owners

    def misread(self, run: str) -> list[str]:
        """Known codes that look the same."""
        return self._skeletons.get(look_alike(run), [])

    def mistyped(self, run: str) -> list[tuple[str, float]]:
        """Known codes at one edit, with their strength."""
        lists = [self._by_length.get(size, []) for size in (len(run) - 1, len(run), len(run) + 1)]
        found = [
            match
            for near in lists
            for match in process.extract(run, near, scorer=OSA.distance, processor=None, score_cutoff=1, limit=12)
        ]
        return [(key, _strength_of_edit(run, key)) for key, _, _ in found]


def find_codes(text: str, books: Sequence[CodeBook]) -> list[FoundCode]:
    """Known codes in `text`, the strongest and longest first; misread and mistyped ones only when nothing is right."""
    runs = _runs(text)
    found = _longest(_spelt(runs, books))
    if any(code.strength == STRONG for code in found):
        return found
    candidates = [(run, at) for run, at in runs if _could_be_wrong(run)][:_MAX_TRIED]
    misread = [FoundCode(key, MISREAD, *at) for run, at in candidates for book in books for key in book.misread(run)]
    if misread:
        return _longest(misread)
    is_long = len(_PIECE.findall(text)) > _LONG_TEXT
    tried = [(run, at) for run, at in candidates if 4 <= len(run) <= 20 and (not is_long or at[0] == at[1])]
    mistyped = [
        FoundCode(key, strength, *at) for run, at in tried for book in books for key, strength in book.mistyped(run)
    ]
    return _longest(mistyped) or found


def unknown_codes(text: str, books: Sequence[CodeBook], words: Container[str]) -> list[str]:
    """Runs that look like a code and that no document knows."""
    pieces = [piece.lower() for piece in _PIECE.findall(text)]
    singles = [piece for piece in pieces if _looks_like_code(piece) and piece not in words]
    pairs = [a + b for a, b in pairwise(pieces) if len(a) <= 2 and a.isalpha() and b.isdigit()]
    known = [run for run in (*singles, *pairs) if not any(run in book for book in books)]
    return [run for run in known if len(run) >= 3]


def _spelt(runs: Sequence[tuple[str, tuple[int, int]]], books: Sequence[CodeBook]) -> list[FoundCode]:
    return [
        FoundCode(run, STRONG if is_strong(run) else WEAK, *at)
        for run, at in runs
        if any(run in book for book in books)
    ]


def _strength_of_edit(run: str, key: str) -> float:
    """How likely `run` was written for `key`: fingers swap and double, they seldom change one digit for any other.

    Whoever reads a code aloud that nobody knows must not be answered with the code beside it. In a long code little
    is left to chance.
    """
    return _edit(run, key) + min(_MOST_FOR_LENGTH, _FOR_LENGTH * (len(key) - 4))


def _edit(run: str, key: str) -> float:
    if len(run) == len(key):
        return SWAPPED if sorted(run) == sorted(key) else CHANGED
    if len(run) < len(key):
        return LEFT_OUT
    at = next((n for n in range(len(key)) if run[n] != key[n]), len(key))
    return DOUBLED if at and run[at] == run[at - 1] else LEFT_OUT


def _could_be_wrong(run: str) -> bool:
    digits = sum(c.isdigit() for c in run)
    return digits >= 2 and (digits < len(run) or len(run) >= 5) and is_strong(run)


def _looks_like_code(word: str) -> bool:
    digits = sum(c.isdigit() for c in word)
    return (digits >= 2 and digits < len(word) <= MAX_CODE) or 5 <= digits == len(word) <= MAX_CODE


def _runs(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Every run of neighbouring pieces that could be one code, joined; it holds a digit or is one single piece."""
    pieces = [piece.lower() for piece in _PIECE.findall(text)]
    numbered = [_DIGIT.search(piece) is not None for piece in pieces]
    runs: list[tuple[str, tuple[int, int]]] = []
    for start in range(len(pieces)):
        joined, is_numbered = "", False
        for end in range(start, min(start + MAX_PIECES, len(pieces))):
            joined += pieces[end]
            if len(joined) > MAX_CODE:
                break
            is_numbered = is_numbered or numbered[end]
            if end == start or is_numbered:
                runs.append((joined, (start, end)))
    return runs


def _longest(found: Iterable[FoundCode]) -> list[FoundCode]:
    """Without those that lie inside a longer one, and each key once."""
    kept: dict[str, FoundCode] = {}
    for code in sorted(found, key=lambda c: (-c.strength, -(c.end - c.start), -len(c.key), c.start)):
        inside = any(k.start <= code.start and code.end <= k.end and k.strength > WEAK for k in kept.values())
        same_place = any((k.start, k.end) == (code.start, code.end) for k in kept.values())
        if code.key not in kept and (same_place or not inside):
            kept[code.key] = code
    return list(kept.values())
