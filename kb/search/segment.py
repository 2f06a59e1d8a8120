"""Documents as flat arrays: which terms they say, how clearly, and in which sentence. Made once, never changed. Pure.

Dictionaries of Python objects for 100,000 documents take half a gigabyte; arrays take a tenth of that, and are read
by NumPy without a loop.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

import numpy as np
import numpy.typing as npt

from kb.search.codes import CodeBook, codes_in_title, constants_in, fold_code
from kb.search.documents import Document
from kb.search.fold import STOP_WORDS, TOLD_STEMS, fold, name_of, stem, words_of
from kb.search.relatives import Relatives
from kb.search.vocabulary import MIN_COMPOUND, Vocabulary

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

K1, B = 1.2, 0.45
TITLE, QUESTIONS, DEVICE, BODY = 3.0, 2.0, 1.0, 1.0
QUESTIONS_AT = 2  # sentences before them: title and keywords
PART = 0.5  # what a part of a compound counts beside a word that is written by itself
_SENTENCE = re.compile(r"[.!?;\n]+(?:\s|$)")
_MAX_BODY = 20_000
_TITLES_OF_A_CODE = 3
_TOLD = 0.6


class Segment:
    """Some documents. Terms are stems, known by number; `tokens` holds those of all documents in reading order.

    A few documents `beside` many are measured as those are: by their usual lengths, and by how rare words are there.
    """

    def __init__(self, documents: Iterable[Document], *, beside: "Segment | None" = None) -> None:
        self.documents = list(documents)
        self.ids = frozenset(document.id for document in self.documents)
        texts = _Tokens(self.documents, beside.usual if beside else {})
        self.usual: Mapping[int, float] = texts.usual
        self.vocabulary = Vocabulary(texts.counts())
        self.terms: dict[str, int] = {}
        of_word, parts = self._numbered(texts.words)
        self.tokens: Ints = of_word[texts.word_numbers]
        self.sentence_starts: Ints = texts.sentence_starts
        # Numbers of sentences: the first one of a document is its title, the second are its keywords.
        self.document_starts: Ints = texts.document_starts
        self._make_postings(texts, parts)
        self.rarities: Floats = self._rarities(beside)
        self.names = list(self.terms)
        self.relatives = Relatives(self.names)
        self.codes = CodeBook(_codes_of(self.documents))
        self.folded_titles = [fold(document.title[:200]) for document in self.documents]
        self.is_entry = np.fromiter((bool(d.codes) for d in self.documents), np.bool_, len(self.documents))
        self.locales = [document.locale for document in self.documents]

    def __len__(self) -> int:
        return len(self.documents)

    def postings(self, term: int) -> tuple[Ints, Floats]:
        """The documents that say a term, in order, and how clearly (0 to 1)."""
        between = slice(self._starts[term], self._starts[term + 1])
        return self._posted[between], self._weights[between]

    def says(self, number: int, key: str) -> bool:
        """Whether a document says a stem."""
        term = self.terms.get(key)
        if term is None:
            return False
        posted, _ = self.postings(term)
        at = int(np.searchsorted(posted, number))
        return at < len(posted) and int(posted[at]) == number

    def related(self, key: str) -> list[tuple[str, float]]:
        """Stems that share most letters with this one, with their likeness."""
        number = self.terms.get(key)
        if number is None:
            return []
        names = self.names
        return [(names[other], likeness) for other, likeness in self.relatives.of(key, number)]

    def seen(self, key: str) -> int:
        """How many documents say a stem."""
        term = self.terms.get(key)
        return 0 if term is None else int(self._starts[term + 1] - self._starts[term])

    def _numbered(self, words: Sequence[str]) -> tuple[Ints, Ints]:
        """The term of each word, and the terms of its two parts where it is a compound (else -1)."""
        terms = self.terms
        of_word = np.fromiter((terms.setdefault(stem(word), len(terms)) for word in words), np.int32, len(words))
        parts = np.full((len(words), 2), -1, np.int32)
        for number, word in enumerate(words):
            found = self.vocabulary.parts(word, seen=2) if len(word) >= MIN_COMPOUND else ()
            for place, part in enumerate(found):
                parts[number, place] = terms.setdefault(stem(part), len(terms))
        return of_word, parts

    def _make_postings(self, texts: "_Tokens", parts: Ints) -> None:
        """BM25F: the clearness of a term in a document, from its weighted and length-normalised occurrences."""
        count = max(1, len(self.documents))
        chunks = [(self.tokens, texts.documents, texts.weights)]
        for place in (0, 1):
            part = parts[texts.word_numbers, place]
            is_part = part >= 0
            chunks.append((part[is_part], texts.documents[is_part], texts.weights[is_part] * np.float32(PART)))
        terms, documents, weights = (np.concatenate(column) for column in zip(*chunks, strict=True))
        keys, where = np.unique(terms.astype(np.int64) * count + documents, return_inverse=True)
        summed = np.bincount(where, weights=weights, minlength=len(keys)).astype(np.float32)
        self._weights: Floats = summed / (summed + np.float32(K1))
        self._posted: Ints = (keys % count).astype(np.int32)
        self._starts = np.searchsorted(keys // count, np.arange(len(self.terms) + 1))

    def _rarities(self, beside: "Segment | None") -> Floats:
        seen, total = np.diff(self._starts).astype(float), len(self.documents)
        if beside is not None:
            seen, total = seen + [beside.seen(name) for name in self.terms], total + len(beside)
        rarities: Floats = np.log(1 + (total - seen + 0.5) / (seen + 0.5)).astype(np.float32)
        rarities[[self.terms[key] for key in TOLD_STEMS if key in self.terms]] *= np.float32(_TOLD)
        return rarities

    def devices_of(self, number: int) -> list[frozenset[str]]:
        """The devices that a document is about, each as the stems of its name."""
        return [name_of(device) for device in self.documents[number].devices]


class _Tokens:
    """All words of all documents in reading order: title, keywords, questions, device, sentences of the body."""

    def __init__(self, documents: Sequence[Document], usual: Mapping[int, float]) -> None:
        self.usual = dict(usual)
        self.words: list[str] = []
        self._number: dict[str, int] = {}
        numbers: list[int] = []
        sentences: list[int] = []
        fields: list[tuple[int, float, int, int]] = []  # document, weight, tokens, and whose length is usual there
        starts: list[int] = []
        for at, document in enumerate(documents):
            starts.append(len(sentences))
            for place, (sentence_texts, weight) in enumerate(_fields(document)):
                before = len(numbers)
                for text in sentence_texts:
                    sentences.append(len(numbers))
                    numbers += [self._numbered(word) for word in words_of(text) if word not in STOP_WORDS]
                fields.append((at, weight, len(numbers) - before, 2 * place + bool(document.codes)))
        self.word_numbers: Ints = np.array(numbers, np.int32)
        self.sentence_starts: Ints = np.array([*sentences, len(numbers)], np.int32)
        self.document_starts: Ints = np.array([*starts, len(sentences)], np.int32)
        self._weigh(fields)

    def counts(self) -> dict[str, int]:
        """How often each word occurs."""
        counted = np.bincount(self.word_numbers, minlength=len(self.words)).tolist()
        return dict(zip(self.words, counted, strict=True))

    def _numbered(self, word: str) -> int:
        number = self._number.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        return number

    def _weigh(self, fields: Sequence[tuple[int, float, int, int]]) -> None:
        """A word counts less in a field that is longer than usual. Articles and error codes are usual by themselves:
        beside ten thousand codes of ten words every article would be far too long."""
        table = np.array(fields, float).reshape(-1, 4)
        documents, weights, lengths, kinds = table.T
        counts = lengths.astype(int)
        norms = np.ones(len(table))
        for kind in np.unique(kinds):
            own = kinds == kind
            filled = lengths[own & (lengths > 0)]
            usual = self.usual.setdefault(int(kind), float(filled.mean()) if len(filled) else 1.0)
            norms[own] = 1 - B + B * lengths[own] / usual
        self.documents: Ints = np.repeat(documents.astype(np.int32), counts)
        self.weights: Floats = np.repeat((weights / norms).astype(np.float32), counts)


def rarity(key: str, seen: int, total: int) -> float:
    """The idf of a stem that `seen` of `total` documents say; less for one with which everybody tells what happened."""
    return log(1 + (total - seen + 0.5) / (seen + 0.5)) * (_TOLD if key in TOLD_STEMS else 1.0)


def _fields(document: Document) -> tuple[tuple[Sequence[str], float], ...]:
    return (
        ((document.title,), TITLE),
        ((document.keywords,), TITLE),
        (document.questions, QUESTIONS),
        (document.devices, DEVICE),
        ([part for part in _SENTENCE.split(document.body[:_MAX_BODY]) if part.strip()], BODY),
    )


def _codes_of(documents: Sequence[Document]) -> Iterator[tuple[str, int]]:
    """Every code with the number of its document. A word with a digit that many titles have is a topic, not a code."""
    in_titles: defaultdict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        own = {fold_code(code) for code in document.codes} - {""}
        if own:
            named = own | constants_in(f"{document.title} {document.body[:_MAX_BODY]}")
            yield from ((key, number) for key in named)
        else:
            for key in codes_in_title(f"{document.title} {document.keywords}"):
                in_titles[key].append(number)
    for key, numbers in in_titles.items():
        if len(numbers) <= _TITLES_OF_A_CODE:
            yield from ((key, number) for number in numbers)
