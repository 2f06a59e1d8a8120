"""The words that the documents use, and what an unknown word of a question may have meant. Pure.

Only unknown words are guessed at: spelling tolerance on known ones makes every answer worse.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_GUESSED = 4
MIN_PART = 4
_LINKS = ("", "s", "n", "en", "es")
_MAX_CACHE = 20_000


class Vocabulary:
    """Folded words with how often they occur. Answers are cached, bounded; they never change."""

    def __init__(self, words: Iterable[str]) -> None:
        self._count = Counter(words)
        self._sorted = sorted(self._count)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._sorted:
            if word.isalpha():
                self._by_length[len(word)].append(word)
        self._cache: dict[str, tuple[tuple[str, float], ...]] = {}

    def __contains__(self, word: object) -> bool:
        return word in self._count

    def guesses(self, word: str) -> tuple[tuple[str, float], ...]:
        """Known words that an unknown one may stand for, with a weight 0..1, best first; at most six."""
        if (cached := self._cache.get(word)) is not None:
            return cached
        found = self._misspelt(word) or self._begun(word) or tuple((part, 0.8) for part in self.parts(word))
        if len(self._cache) >= _MAX_CACHE:
            self._cache.clear()
        self._cache[word] = found
        return found

    def parts(self, word: str) -> tuple[str, ...]:
        """The two known words of which a compound is made, the most even split; () when it is none."""
        if not 2 * MIN_PART <= len(word) <= 40:
            return ()
        splits = [
            (abs(len(word) - 2 * cut), head, word[cut:])
            for cut in range(MIN_PART, len(word) - MIN_PART + 1)
            if word[cut:] in self._count and (head := self._head(word[:cut]))
        ]
        return min(splits)[1:] if splits else ()

    def _head(self, text: str) -> str:
        """The known word of which `text` is the first part of a compound, its linking letters removed."""
        for link in _LINKS:
            head = text.removesuffix(link) if link else text
            if text.endswith(link) and len(head) >= MIN_PART and head in self._count:
                return head
        return ""

    def _misspelt(self, word: str) -> tuple[tuple[str, float], ...]:
        if not word.isalpha() or not MIN_GUESSED <= len(word) <= 30:
            return ()
        limit = 1 if len(word) <= 5 else 2 if len(word) < 10 else 3
        near = [w for size in range(len(word) - limit, len(word) + limit + 1) for w in self._by_length.get(size, ())]
        matches = process.extract(word, near, scorer=OSA.distance, processor=None, score_cutoff=limit, limit=12)
        rated = ((known, _likeness(word, known, distance)) for known, distance, _ in matches)
        likely = [(known, rate) for known, rate in rated if rate > 0.55]
        return tuple(sorted(likely, key=lambda pair: (-pair[1], -self._count[pair[0]]))[:6])

    def _begun(self, word: str) -> tuple[tuple[str, float], ...]:
        """Known words that begin with `word`: somebody is still typing."""
        if len(word) < MIN_GUESSED:
            return ()
        start = bisect_left(self._sorted, word)
        longer = [known for known in self._sorted[start : start + 40] if known.startswith(word)]
        return tuple((known, 0.75) for known in sorted(longer, key=lambda known: -self._count[known])[:4])


def _likeness(word: str, known: str, distance: float) -> float:
    """1 is equal. A wrong first letter is rare in real misspellings, so an equal one counts for the guess."""
    first = 0.05 if word[0] == known[0] else -0.08
    return min(0.95, 1 - distance / max(len(word), len(known)) - 0.05 + first)
