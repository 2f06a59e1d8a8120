"""What a question says, as the index can compare it: terms with their rarity, codes, language, devices. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kb.search.codes import STRONG, WEAK, FoundCode, find_codes, unknown_codes
from kb.search.fold import STOP_WORDS, TOLD_STEMS, fold, language_of, stem, terms_of, words_of
from kb.search.segment import Segment, rarity

MAX_TEXT = 600
MAX_CODE_TEXT = 4_000
MAX_TERMS = 20  # the rarest ones: further words of a long text cost time and decide nothing
_MAX_GUESSED = 8
_LINKS = ("", "s", "n")
BESIDE_DEVICE = 0.9


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the question: the stems that it may stand for with their weights, and how rare it is."""

    surface: str
    stems: tuple[tuple[str, float], ...]
    idf: float
    is_known: bool
    related: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """`idf` is the sum over the terms; `about` are the stems of the text and of the device it is about, if known;
    `doubtful` are words that look like a code which no document knows; `documents` says how many were looked at."""

    folded: str
    terms: tuple[Term, ...]
    words: int
    idf: float
    language: str
    codes: tuple[FoundCode, ...]
    about: frozenset[str]
    doubtful: tuple[str, ...]
    documents: int

    @property
    def has_digit(self) -> bool:
        """Whether any number or code was written."""
        return any(c.isdigit() for c in self.folded)

    @property
    def names_a_code(self) -> bool:
        """Whether a code was found that means something by itself."""
        return any(code.strength >= STRONG / 2 for code in self.codes)


class Reader:
    """Reads questions for one set of segments."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._total = sum(len(segment) for segment in segments)
        self._books = [segment.codes for segment in segments]

    def read(self, text: str, *, device: str = "") -> Question:
        """Any text; of a long one only the beginning is looked at. `device` is what it is about, if that is known."""
        folded = fold(text[:MAX_TEXT])
        words = words_of(text[:MAX_TEXT])
        terms = self._terms(words)
        about = frozenset(terms_of(f"{device[:MAX_TEXT]} {text[:MAX_TEXT]}"))
        doubtful = tuple(unknown_codes(text[:MAX_TEXT], self._books, self))
        return Question(
            folded=folded[:200],
            terms=terms,
            words=len(words),
            idf=sum(term.idf for term in terms),
            language=language_of(words),
            codes=tuple(self._codes(text[:MAX_CODE_TEXT], about, is_doubtful=bool(doubtful))),
            about=about,
            doubtful=doubtful,
            documents=self._total,
        )

    def _codes(self, text: str, about: frozenset[str], *, is_doubtful: bool) -> list[FoundCode]:
        """A short code means something beside its device; the "76" of an unknown "X827-76" means nothing."""
        found = find_codes(text, self._books)
        said = [replace(code, strength=BESIDE_DEVICE) if self._is_of(code, about) else code for code in found]
        return [code for code in said if not (is_doubtful and code.strength == WEAK)]

    def _is_of(self, code: FoundCode, about: frozenset[str]) -> bool:
        return code.strength == WEAK and any(
            device and device <= about
            for segment in self._segments
            for number in segment.codes.owners.get(code.key, ())
            for device in segment.devices_of(number)
        )

    def __contains__(self, word: object) -> bool:
        return any(word in segment.vocabulary for segment in self._segments)

    def seen(self, key: str) -> int:
        """How many documents say a stem."""
        return sum(segment.seen(key) for segment in self._segments)

    def idf(self, key: str) -> float:
        """How rare it is."""
        return rarity(key, self.seen(key), self._total)

    def _terms(self, words: Sequence[str]) -> tuple[Term, ...]:
        said = [word for word in words if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]
        joined = self._joined(said)
        parts = {part for _, pair in joined for part in pair}
        terms: dict[str, Term] = {}
        guessed = 0
        for word in dict.fromkeys(said):
            if word in parts and word not in self:
                continue
            term, is_guess = self._term(word, may_guess=guessed < _MAX_GUESSED)
            guessed += is_guess
            terms.setdefault(term.stems[0][0] if term.stems else word, term)
        for word, pair in joined:
            terms.setdefault(stem(word), Term(" ".join(pair), ((stem(word), 1.0),), self.idf(stem(word)), True))
        kept = sorted(terms.values(), key=lambda term: -term.idf)[:MAX_TERMS]
        return tuple(term for term in terms.values() if term in kept)

    def _term(self, word: str, *, may_guess: bool) -> tuple[Term, bool]:
        key = stem(word)
        seen = self.seen(key)
        if seen:
            return Term(word, ((key, 1.0),), rarity(key, seen, self._total), True, self._related(key)), False
        stems = self._guessed(word) if may_guess and key not in TOLD_STEMS else ()
        known = [self.idf(key) for key, _ in stems]
        return Term(word, stems, max(known, default=rarity(key, 0, self._total)), False), True

    def _related(self, key: str) -> tuple[tuple[str, float], ...]:
        best: dict[str, float] = {}
        for segment in self._segments:
            for other, likeness in segment.related(key):
                best[other] = max(likeness, best.get(other, 0.0))
        return tuple(best.items())

    def _guessed(self, word: str) -> tuple[tuple[str, float], ...]:
        best: dict[str, float] = {}
        for segment in self._segments:
            for known, weight in segment.vocabulary.guesses(word):
                key = stem(known)
                best[key] = max(weight, best.get(key, 0.0))
        return tuple(sorted(best.items(), key=lambda pair: -pair[1]))

    def _joined(self, words: Sequence[str]) -> list[tuple[str, tuple[str, str]]]:
        """Neighbours that the documents write as one word."""
        found = []
        for one, two in pairwise(words):
            if len(one) < 3 or len(two) < 3 or not (one + two).isalpha():
                continue
            known = next((one + link + two for link in _LINKS if one + link + two in self), "")
            if known:
                found.append((known, (one, two)))
        return found
