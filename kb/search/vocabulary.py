"""The words that the documents use, and what an unknown word of a question may have meant. Pure.

Only unknown words are guessed at: spelling tolerance on known ones makes every answer worse.
"""

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_GUESSED = 4
MIN_PART = 4
MIN_COMPOUND = 9
_LINKS = ("", "s", "n", "en", "es")
_MAX_CACHE = 20_000
_LEAST_LIKE = 0.58
_MAX_WORD = 30

Guesses = tuple[tuple[str, float], ...]


class Vocabulary:
    """Folded words with how often they occur. Answers are cached, bounded; they never change."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._count = counts
        self._sorted = sorted(counts)
        self._by_length = _by_length(self._sorted)
        self._cache: dict[str, Guesses] = {}

    def __contains__(self, word: object) -> bool:
        return word in self._count

    def guesses(self, word: str) -> Guesses:
        """Known words that an unknown one may stand for, with a weight 0..1, best first; at most six."""
        if (cached := self._cache.get(word)) is not None:
            return cached
        found = self._misspelt(word) or tuple((part, 0.8) for part in self.parts(word)) or self._begun(word)
        found = found or self._inside(word)
        if len(self._cache) >= _MAX_CACHE:
            self._cache.clear()
        self._cache[word] = found
        return found

    def parts(self, word: str, *, seen: int = 1) -> tuple[str, ...]:
        """The two known words (each used `seen` times) of which a compound is made, the most even split; else ()."""
        if not 2 * MIN_PART <= len(word) <= 40 or not word.isalpha():
            return ()
        splits = [
            (abs(len(word) - 2 * cut), head, word[cut:])
            for cut in range(MIN_PART, len(word) - MIN_PART + 1)
            if self._count.get(word[cut:], 0) >= seen and (head := self._head(word[:cut], seen))
        ]
        return min(splits)[1:] if splits else ()

    def _head(self, text: str, seen: int) -> str:
        """The known word of which `text` is the first part of a compound, its linking letters removed."""
        for link in _LINKS:
            head = text.removesuffix(link) if link else text
            if text.endswith(link) and len(head) >= MIN_PART and self._count.get(head, 0) >= seen:
                return head
        return ""

    def _misspelt(self, word: str) -> Guesses:
        """Letters are compared first, as one number for each word: few words are left for the true distance."""
        if not word.isalpha() or not MIN_GUESSED <= len(word) <= _MAX_WORD:
            return ()
        limit = 1 if len(word) < 5 else 2 if len(word) < 10 else 3
        mask = np.uint64(letters_of(word))
        near: list[str] = []
        for size in range(len(word) - limit, len(word) + limit + 1):
            words, masks = self._by_length.get(size, ((), np.zeros(0, np.uint64)))
            differing = np.bitwise_count(masks ^ mask)
            near += [words[n] for n in np.flatnonzero(differing <= 2 * min(limit, 2))]
        matches = process.extract(word, near, scorer=OSA.distance, processor=None, score_cutoff=limit, limit=12)
        rated = ((known, self._likeness(word, known, distance)) for known, distance, _ in matches)
        likely = [(known, rate) for known, rate in rated if rate >= _LEAST_LIKE]
        return tuple(sorted(likely, key=lambda pair: (-pair[1], pair[0]))[:6])

    def _likeness(self, word: str, known: str, distance: float) -> float:
        """1 is equal. A wrong first letter is rare in real misspellings; a word that is often used is often meant."""
        first = 0.06 if word[0] == known[0] else -0.06
        often = min(0.04, 0.01 * self._count[known].bit_length())
        return min(0.95, 1 - distance / max(len(word), len(known)) + first + often - 0.05)

    def _begun(self, word: str) -> Guesses:
        """Known words that begin with `word`: somebody is still typing."""
        if len(word) < MIN_GUESSED:
            return ()
        start = bisect_left(self._sorted, word)
        longer = [known for known in self._sorted[start : start + 40] if known.startswith(word)]
        return tuple((known, 0.75) for known in sorted(longer, key=lambda known: -self._count[known])[:4])

    def _inside(self, word: str) -> Guesses:
        """A known word that begins or ends a longer one whose rest is unknown, the longest."""
        if not word.isalpha() or len(word) > 40:
            return ()
        pieces = [piece for cut in range(5, len(word) - 2) for piece in (word[:cut], word[-cut:])]
        known = [piece for piece in pieces if piece in self._count and 10 * len(piece) >= 6 * len(word)]
        return ((max(known, key=len), 0.6),) if known else ()


def letters_of(word: str) -> int:
    """A bit for each letter that occurs."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 63)
    return mask


def _by_length(words: list[str]) -> dict[int, tuple[list[str], npt.NDArray[np.uint64]]]:
    grouped: dict[int, list[str]] = {}
    for word in words:
        if word.isalpha() and MIN_GUESSED - 1 <= len(word) <= _MAX_WORD + 3:
            grouped.setdefault(len(word), []).append(word)
    return {
        size: (found, np.fromiter(map(letters_of, found), np.uint64, len(found))) for size, found in grouped.items()
    }
