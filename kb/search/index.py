"""The index: made once from documents, never changed, asked by any number of threads. Pure.

Score: how much of what the question says (weighted by how rare its words are) the document says too, 0..1. Raw BM25
grows with the length of the question, so no threshold on it could mean "nothing fits"; this share can.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from kb.search.codes import FoundCode, find_codes, fold_code, look_alike, unknown_codes
from kb.search.documents import Document, Hit
from kb.search.families import Families, Family
from kb.search.fold import STOP_WORDS, TOLD_STEMS, language_of, stem, terms_of, words_of
from kb.search.vocabulary import Vocabulary

THRESHOLD = 0.45
MAX_TEXT = 600
MAX_CODE_TEXT = 4000
_K1, _B = 1.2, 0.45
_TITLE, _KEYWORDS, _DEVICE, _BODY = 3.0, 2.5, 1.0, 1.0
_FULL = 0.68  # saturation that counts as "says this word": once in a title of usual length
_RARE_WORDS = 6  # a mail holds many words; the rarest few decide how much of it is answered
_CANDIDATES = 40
_MAX_GUESSED_WORDS = 8
_OTHER_LANGUAGE = 0.9
_CODE_ENTRY_WITHOUT_CODE = 0.8
_UNKNOWN_CODE = 0.55
_SENTENCE_END = re.compile(r"[.!?\n]+")
_MAX_SENTENCES, _MIN_SENTENCE, _SENTENCE = 8, 3, 0.9
_TOLD, _ASKED_TITLE = 0.6, 0.5  # weight of a word that only tells; such words answer when they are most of the title
_LONG = 6  # words with a meaning: in longer questions numbers are orders, invoices and telephones


@dataclass(frozen=True, slots=True)
class _Term:
    """One word of the question: the stems that it may stand for with their weights, and how rare it is."""

    surface: str
    stems: tuple[tuple[str, float], ...]
    idf: float

    @property
    def only_tells(self) -> bool:
        """Whether this word says nothing about what the matter is."""
        return all(key in TOLD_STEMS for key, _ in self.stems)


class Index:
    """BM25F over title, keywords, device and body, with a lane of its own for error codes."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = list(documents)
        bodies = [f"{d.title} {d.keywords} {d.device} {d.body}" for d in self._documents]
        self._vocabulary = Vocabulary(word for text in bodies for word in words_of(text) if word not in STOP_WORDS)
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        self._codes: defaultdict[str, list[int]] = defaultdict(list)
        self._titles = [frozenset(terms_of(d.title)) for d in self._documents]
        self._devices = [frozenset(terms_of(d.device)) for d in self._documents]
        self._families = Families(self._documents)
        self._index_words()
        self._idfs = {term: self._rarity(term) for term in self._postings}
        self._title_idfs = [sum(self._idf(term) for term in title) for title in self._titles]
        self._index_codes()
        self._skeletons = {look_alike(key): key for key in self._codes}

    def __len__(self) -> int:
        return len(self._documents)

    def search(
        self, question: str, *, device: str = "", locale: str = "", limit: int = 3, threshold: float = THRESHOLD
    ) -> list[Hit]:
        """The best answers, best first; [] when nothing reaches `threshold`. Any text is allowed, long ones are cut.

        device   what the question is about, if known; tells equal codes of several devices apart
        locale   language of the reader, preferred when both languages fit; "" = guessed from the question
        """
        text = question[:MAX_TEXT]
        words = words_of(text)
        about = frozenset(terms_of(f"{device[:MAX_TEXT]} {text}"))
        codes = find_codes(question[:MAX_CODE_TEXT], self._codes, self._skeletons)
        hits = self._text_hits(text, words, codes)
        hits |= self._code_hits(codes, about, hits)
        hits = self._of_named_devices(hits, about)
        return self._shown(hits, language_of(words) or locale, locale, limit, threshold)

    def _text_hits(self, text: str, words: Sequence[str], codes: Sequence[FoundCode]) -> dict[int, Hit]:
        """A long text is also read sentence by sentence: one of them holds the question, the others tell the story."""
        terms = self._terms(words)
        if len(terms) <= _LONG:
            return self._word_hits(terms, self._doubt(text, codes))
        hits = self._word_hits(terms, 1.0)
        for sentence in _SENTENCE_END.split(text)[:_MAX_SENTENCES]:
            part = self._terms(words_of(sentence))
            if len(part) >= _MIN_SENTENCE:
                hits = _better(hits, self._word_hits(part, _SENTENCE))
        return hits

    def _of_named_devices(self, hits: dict[int, Hit], about: frozenset[str]) -> dict[int, Hit]:
        """Who names a device is not helped by what holds for another one, and may be harmed."""
        named = self._families.named_in(about)
        return {n: hit for n, hit in hits.items() if not named or self._is_about_any(named, n)}

    def _is_about_any(self, named: set[Family], number: int) -> bool:
        """Whether a document is about one of the families; "Aurora MR" and "Aurora MR 3 T" are the same for that."""
        device = self._devices[number]
        return any(device <= family or family <= device for family in named)

    def _index_words(self) -> None:
        counts = [self._weighted_counts(document) for document in self._documents]
        lengths = [sum(count.values()) for count in counts]
        average = sum(lengths) / len(lengths) if lengths else 1.0
        for number, count in enumerate(counts):
            norm = _K1 * (1 - _B + _B * lengths[number] / (average or 1.0))
            for term, weight in count.items():
                self._postings[term].append((number, weight / (weight + norm)))

    def _weighted_counts(self, document: Document) -> dict[str, float]:
        count: defaultdict[str, float] = defaultdict(float)
        texts = (document.title, document.keywords, document.device, document.body)
        for text, weight in zip(texts, (_TITLE, _KEYWORDS, _DEVICE, _BODY), strict=True):
            for word in words_of(text):
                if word not in STOP_WORDS:
                    self._count_word(count, word, weight)
        return count

    def _count_word(self, count: defaultdict[str, float], word: str, weight: float) -> None:
        """Counts a word, and the parts of a compound at half of its weight."""
        count[stem(word)] += weight
        for part in self._vocabulary.parts(word) if len(word) >= 9 else ():
            count[stem(part)] += weight / 2

    def _index_codes(self) -> None:
        for number, document in enumerate(self._documents):
            for key in {fold_code(code) for code in document.codes} - {""}:
                self._codes[key].append(number)

    def _idf(self, term: str) -> float:
        known = self._idfs.get(term)
        return self._rarity(term) if known is None else known

    def _rarity(self, term: str) -> float:
        seen = len(self._postings.get(term, ()))
        rare = log(1 + (len(self._documents) - seen + 0.5) / (seen + 0.5))
        return rare * _TOLD if term in TOLD_STEMS else rare

    def _terms(self, words: Sequence[str]) -> list[_Term]:
        """The words of the question that say something, each once, unknown ones with what they may stand for."""
        meaningful = [word for word in dict.fromkeys(words) if word not in STOP_WORDS and len(word) > 1]
        meaningful = [word for word in meaningful if word.isalpha() or stem(word) in self._postings]
        joined = {part for pair in pairwise(words) if "".join(pair) in self._vocabulary for part in pair}
        terms = [self._joined(pair) for pair in pairwise(words) if "".join(pair) in self._vocabulary]
        guessed = 0
        for word in meaningful:
            known = stem(word) in self._postings
            guessed += not known
            stems = ((stem(word), 1.0),) if known else self._guessed(word) if guessed <= _MAX_GUESSED_WORDS else ()
            if known or word not in joined:
                terms.append(_Term(word, stems, max((self._idf(s) for s, _ in stems), default=self._idf(""))))
        return terms

    def _joined(self, pair: tuple[str, str]) -> _Term:
        word = stem("".join(pair))
        return _Term(" ".join(pair), ((word, 1.0),), self._idf(word))

    def _guessed(self, word: str) -> tuple[tuple[str, float], ...]:
        return tuple((stem(known), weight) for known, weight in self._vocabulary.guesses(word))

    def _doubt(self, text: str, codes: Sequence[FoundCode]) -> float:
        """Below 1 when the question names a code that nobody knows: the words around it must not answer for it."""
        known = any(code.strength >= 0.8 for code in codes)
        unknown = [code for code in unknown_codes(text, self._codes) if stem(code) not in self._postings]
        return _UNKNOWN_CODE if unknown and not known else 1.0

    def _word_hits(self, terms: Sequence[_Term], doubt: float) -> dict[int, Hit]:
        said_by = [(term, self._said(term)) for term in terms]
        said: defaultdict[int, float] = defaultdict(float)
        for term, shares in said_by:
            for number, share in shares.items():
                said[number] += share * term.idf
        asked = sum(sorted((term.idf for term in terms), reverse=True)[:_RARE_WORDS])
        stems = {key for term in terms for key, _ in term.stems}
        answered = {number for term, shares in said_by if not term.only_tells for number in shares}
        hits: dict[int, Hit] = {}
        for number in sorted(said, key=lambda n: (-said[n], n))[:_CANDIDATES]:
            title_asked = self._title_asked(number, stems)
            saying = [term for term, shares in said_by if number in shares]
            if title_asked < _ASKED_TITLE and number not in answered:
                continue
            score = self._word_score(number, min(1.0, said[number] / asked), title_asked) * doubt
            hits[number] = Hit(self._documents[number].id, score, words=tuple(term.surface for term in saying))
        return hits

    def _said(self, term: _Term) -> dict[int, float]:
        """How clearly each document says this word, 0..1."""
        said: dict[int, float] = {}
        for key, weight in term.stems:
            for number, saturation in self._postings.get(key, ()):
                share = weight * min(1.0, saturation / _FULL)
                said[number] = max(share, said.get(number, 0.0))
        return said

    def _title_asked(self, number: int, stems: set[str]) -> float:
        """How much of the title the question says, 0..1."""
        title_idf = self._title_idfs[number]
        return sum(self._idf(term) for term in self._titles[number] & stems) / title_idf if title_idf else 0.0

    def _word_score(self, number: int, coverage: float, title_asked: float) -> float:
        """Three parts how much of the question is said, one part how much of the title was asked for."""
        kind = _CODE_ENTRY_WITHOUT_CODE if self._documents[number].codes else 1.0
        return (0.75 * coverage + 0.25 * title_asked) * kind

    def _code_hits(
        self, codes: Sequence[FoundCode], about: frozenset[str], word_hits: dict[int, Hit]
    ) -> dict[int, Hit]:
        hits: dict[int, Hit] = {}
        for code in codes:
            for number in self._codes[code.key]:
                score = self._code_score(code, number, about, word_hits)
                if number not in hits or hits[number].score < score:
                    hits[number] = Hit(self._documents[number].id, score, code=self._documents[number].codes[0])
        return hits

    def _code_score(self, code: FoundCode, number: int, about: frozenset[str], word_hits: dict[int, Hit]) -> float:
        """A strong code answers by itself; the device, then the other words, order devices that share it."""
        device = self._devices[number]
        same_device = len(device & about) / len(device) if device else 0.5
        words = word_hits[number].score if number in word_hits else 0.0
        if code.strength < 0.5:
            return 0.4 * code.strength + 0.4 * same_device + 0.4 * words
        return min(1.0, 0.85 * code.strength + 0.1 * same_device + 0.05 * words)

    def _shown(self, hits: dict[int, Hit], spoken: str, locale: str, limit: int, threshold: float) -> list[Hit]:
        """The best of each group, in the reader's language where it says the same."""
        best: dict[str, Hit] = {}
        ranked = sorted(hits, key=lambda n: (-self._for_reader(hits[n], n, spoken, locale), n))
        for number in ranked:
            group = self._documents[number].group
            score = self._for_reader(hits[number], number, spoken, locale)
            if score >= threshold and group not in best:
                best[group] = Hit(hits[number].id, round(score, 3), hits[number].code, hits[number].words)
        return list(best.values())[:limit]

    def _for_reader(self, hit: Hit, number: int, spoken: str, locale: str) -> float:
        """A code says the same in every language: there the reader's decides; else that of the question."""
        wanted = (locale or spoken) if hit.code else spoken
        return hit.score * (_OTHER_LANGUAGE if wanted and self._documents[number].locale != wanted else 1.0)


def _better(one: dict[int, Hit], two: dict[int, Hit]) -> dict[int, Hit]:
    """For each document the hit with the higher score."""
    return one | {number: hit for number, hit in two.items() if number not in one or one[number].score < hit.score}
