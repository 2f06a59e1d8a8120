"""Words that share most of their letters with a known one, in any form: krank, Erkrankung, Krankheit. Pure.

Stemming cuts endings only. Whoever asks "bin ich krank?" is answered by what is written of an "Erkrankung".
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
MIN_LETTERS = 5
MOST = 12
LEAST_LIKE = 0.5
_MAX_CACHE = 20_000


class Relatives:
    """The stems of some documents by their runs of three letters. Answers are cached, bounded; they never change."""

    def __init__(self, stems: Sequence[str]) -> None:
        self._stems = stems
        self._cache: dict[int, tuple[tuple[int, float], ...]] = {}
        posted: defaultdict[str, list[int]] = defaultdict(list)
        sizes = np.zeros(len(stems), np.int32)
        for number, stem in enumerate(stems):
            runs = runs_of(stem)
            sizes[number] = len(runs)
            for run in runs:
                posted[run].append(number)
        self._sizes = sizes
        self._posted: dict[str, Ints] = {run: np.array(numbers, np.int32) for run, numbers in posted.items()}

    def of(self, stem: str, number: int) -> tuple[tuple[int, float], ...]:
        """Other stems (by number) with their likeness 0..1, the likest first."""
        if (cached := self._cache.get(number)) is not None:
            return cached
        found = self._alike(stem, number)
        if len(self._cache) >= _MAX_CACHE:
            self._cache.clear()
        self._cache[number] = found
        return found

    def _alike(self, stem: str, number: int) -> tuple[tuple[int, float], ...]:
        runs = runs_of(stem)
        postings = [self._posted[run] for run in runs if run in self._posted]
        if not postings:
            return ()
        shared = np.bincount(np.concatenate(postings), minlength=len(self._sizes))
        near = np.flatnonzero(shared >= max(2, len(runs) // 2))
        likeness = shared[near] / np.minimum(len(runs), self._sizes[near]) * 0.5 + shared[near] / (
            len(runs) + self._sizes[near]
        )
        best = near[np.argsort(-likeness, kind="stable")][: MOST + 1]
        rated = {int(n): float(rate) for n, rate in zip(near, likeness, strict=True)}
        return tuple((int(n), round(rated[int(n)], 3)) for n in best if n != number and rated[int(n)] >= LEAST_LIKE)


def runs_of(stem: str) -> set[str]:
    """Every three letters in a row, the beginning marked (two words that begin alike are relatives, mostly).

    None of a short word: with so few letters everything is alike.
    """
    if not stem.isalpha() or len(stem) < MIN_LETTERS:
        return set()
    marked = f"^{stem}"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}
