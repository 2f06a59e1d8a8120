"""How well a document answers a question: named features of each candidate, and what they are worth. Pure.

The worth is data: `weights.json`, made by `python -m bench.kb_fit` (docs/knowledge-search.md says how and from what).
"""

import json
from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from kb.search.question import Question
from kb.search.segment import QUESTIONS_AT, Ints, Segment

Matrix = npt.NDArray[np.float64]

FEATURES = (
    "coverage",  # share of what the question says (by rarity) that the document says too
    "coverage_squared",
    "related_coverage",  # the same, where words of the same family count too
    "related_sentence",  # the same in one sentence
    "clearness",  # BM25F, as a share of the most there could be
    "relative_clearness",  # BM25F against the best candidate
    "title_coverage",  # share of the question in the title
    "title_asked",  # share of the title that the question says
    "title_likeness",  # Dice's coefficient of question and title, by rarity
    "title_letters",  # the best matching part of the title, letter by letter
    "sentence_coverage",  # share of the question in one sentence
    "sentence_likeness",  # Dice's coefficient of question and its best sentence
    "missing",  # the rarest word of the question that the document does not say
    "pairs",  # share of neighbouring words of the question that are neighbours here
    "code",  # strength of the code of the question that this document has
    "same_language",
    "other_language",
    "entry_without_digit",  # an error code for a question without any number
    "entry_for_sentence",  # an error code for a question of many words
    "other_code",  # the question names a code, and this document has another one
)
SURE = (
    *FEATURES,
    "score",  # what the ranking says
    "lead",  # over the best other candidate
    "words",  # how many words the question has
    "unknown_words",  # share of its words that are not known as they are spelt
    "doubtful_code",  # it names something like a code that nobody knows
    "rarity",  # how rare its words are on the whole
    "one_of_many",  # how many documents have its code
    "documents",  # how many there are to be mistaken for it
)
_LONG = 4
_FEW_WORDS = 6  # in longer questions what looks like a code is a year, an invoice, a telephone
LEARNED_WORTH = 6.0  # of the same question: in the unit of the ranking; `bench.kb` shows what it costs others
RELATED = 0.6  # what a relative of a word counts beside the word itself, at full likeness


class Weights:
    """The fitted numbers."""

    def __init__(self, data: Mapping[str, object]) -> None:
        rank: Mapping[str, Mapping[str, float]] = data["rank"]  # type: ignore[assignment]
        self.rank = {lane: np.array([worth[name] for name in FEATURES]) for lane, worth in rank.items()}
        lanes: Mapping[str, Mapping[str, float]] = data["lanes"]  # type: ignore[assignment]
        self.lanes = {lane: (np.array([worth[name] for name in SURE]), worth["bias"]) for lane, worth in lanes.items()}


WEIGHTS = Weights(json.loads((Path(__file__).parent / "weights.json").read_text()))


def features(
    segment: Segment, question: Question, numbers: Ints, clearness: npt.NDArray[np.float32]
) -> tuple[Matrix, Matrix]:
    """One row a candidate (numbers of documents, in any order), one column a feature; and how close each comes to the
    question by one that it has answered before, 0 to 1."""
    seen = _Presence(segment, question, numbers)
    table = np.zeros((len(numbers), len(FEATURES)))
    idf = question.idf or 1.0
    columns = {name: table[:, place] for place, name in enumerate(FEATURES)}
    columns["coverage"][:] = seen.documents() / idf
    columns["coverage_squared"][:] = columns["coverage"] ** 2
    columns["related_coverage"][:], columns["related_sentence"][:] = (share / idf for share in seen.related())
    columns["clearness"][:] = clearness / idf
    columns["relative_clearness"][:] = clearness / max(float(clearness.max()), 1e-9)
    columns["title_coverage"][:] = seen.titles / idf
    columns["title_asked"][:] = seen.titles / np.maximum(seen.title_rarity, 1e-9)
    columns["title_likeness"][:] = 2 * seen.titles / (idf + seen.title_rarity)
    columns["sentence_coverage"][:], columns["sentence_likeness"][:] = seen.best_sentences(idf)
    columns["missing"][:] = seen.missing()
    columns["pairs"][:] = seen.pairs() / max(1, len(question.terms))
    columns["title_letters"][:] = [
        fuzz.partial_ratio(question.folded, segment.folded_titles[number]) / 100 for number in numbers
    ]
    columns["code"][:] = _code_strengths(segment, question, numbers)
    other = np.array([bool(question.language) and segment.locales[n] != question.language for n in numbers], bool)
    same = np.array([bool(question.language) and segment.locales[n] == question.language for n in numbers], bool)
    entry = segment.is_entry[numbers]
    columns["same_language"][:], columns["other_language"][:] = same, other
    columns["entry_without_digit"][:] = entry & (not question.has_digit)
    columns["entry_for_sentence"][:] = entry & (question.words > _LONG)
    columns["other_code"][:] = entry & question.names_a_code & (columns["code"] == 0)
    return table, seen.learned(np.array([len(segment.documents[number].questions) for number in numbers]))


class _Presence:
    """Where the terms of the question stand in the candidates: sentences by terms.

    titles        how much of the question the title says, or the words of customers that stand for it
    title_rarity  how much the title says in all; of the customers' words those that were said
    """

    def __init__(self, segment: Segment, question: Question, numbers: Ints) -> None:
        self._idfs = np.array([term.idf for term in question.terms])
        first, last = segment.document_starts[numbers], segment.document_starts[numbers + 1]
        counts = last - first
        self._starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
        sentences = np.repeat(first - self._starts, counts) + np.arange(counts.sum())
        lengths = segment.sentence_starts[sentences + 1] - segment.sentence_starts[sentences]
        begins, ends = segment.sentence_starts[first], segment.sentence_starts[last]
        tokens = np.concatenate([segment.tokens[a:b] for a, b in zip(begins, ends, strict=True)])
        self._sentence = np.repeat(np.arange(len(sentences)), lengths)
        self._document = np.repeat(np.arange(len(numbers)), counts)
        self._rarities = segment.rarities[tokens]
        self._rarity = np.bincount(self._sentence, weights=self._rarities, minlength=len(sentences))
        self._place, weight = _places(segment, tokens, [term.stems for term in question.terms])
        self._table = self._filled(len(sentences), self._place, weight)
        place, weight = _places(segment, tokens, [term.related for term in question.terms])
        self._related = np.maximum(self._table, self._filled(len(sentences), place, weight * RELATED))
        self._count = len(numbers)
        heads = self._heads(self._table)
        self.titles: Matrix = heads @ self._idfs
        self.title_rarity: Matrix = self._rarity[self._starts] + self.titles - self._table[self._starts] @ self._idfs
        self._whole_related: Matrix = np.maximum.reduceat(self._related, self._starts, axis=0)

    def _filled(self, sentences: int, place: Ints, weight: Matrix) -> Matrix:
        table = np.zeros((sentences, len(self._idfs)))
        hit = place >= 0
        np.maximum.at(table, (self._sentence[hit], place[hit]), weight[hit])
        return table

    def related(self) -> tuple[Matrix, Matrix]:
        """How much of the question each candidate says, and one sentence of it, counting relatives of its words."""
        whole: Matrix = self._whole_related @ self._idfs
        head: Matrix = self._heads(self._related) @ self._idfs
        return whole, np.maximum(np.maximum.reduceat(self._related @ self._idfs, self._starts), head)

    def learned(self, counts: Ints) -> Matrix:
        """The likest of the questions that each candidate (it has so many) is known to answer: what the cosine of their
        words by rarity is above a half. What is less alike shares a topic, as the questions of other documents do."""
        nearest = np.zeros(self._count)
        if not counts.any():
            return nearest
        place = np.arange(len(self._document)) - self._starts[self._document] - QUESTIONS_AT
        is_learned = (place >= 0) & (place < counts[self._document])
        squares = np.bincount(self._sentence, weights=self._rarities.astype(float) ** 2, minlength=len(place))
        shared = self._table[is_learned] @ self._idfs**2
        cosines = shared / np.sqrt(np.maximum(squares[is_learned] * (self._idfs**2).sum(), 1e-9))
        np.maximum.at(nearest, self._document[is_learned], cosines)
        return np.clip(2 * nearest - 1, 0, 1)

    def _heads(self, table: Matrix) -> Matrix:
        """Title and keywords of each candidate, as one."""
        heads: Matrix = np.maximum(table[self._starts], table[self._starts + 1])
        return heads

    def documents(self) -> Matrix:
        """How much of the question each candidate says."""
        whole = np.maximum.reduceat(self._table, self._starts, axis=0)
        said: Matrix = whole @ self._idfs
        return said

    def missing(self) -> Matrix:
        """The rarity of the rarest word that is not there at all, as a share of the rarest one."""
        absent: Matrix = ((1 - self._whole_related) * self._idfs).max(axis=1, initial=0.0)
        return absent / max(float(self._idfs.max(initial=0.0)), 1e-9)

    def best_sentences(self, idf: float) -> tuple[Matrix, Matrix]:
        """The largest share of the question in one sentence, and the largest likeness. Title and keywords are one."""
        said: Matrix = self._table @ self._idfs
        likeness = 2 * said / (idf + self._rarity)
        return (
            np.maximum(np.maximum.reduceat(said, self._starts), self.titles) / idf,
            np.maximum(np.maximum.reduceat(likeness, self._starts), 2 * self.titles / (idf + self.title_rarity)),
        )

    def pairs(self) -> Matrix:
        """How many neighbours of the question stand side by side here too."""
        place, sentence = self._place, self._sentence
        beside = (place[:-1] >= 0) & (place[1:] == place[:-1] + 1) & (sentence[:-1] == sentence[1:])
        terms = max(1, len(self._idfs))
        found = np.unique(self._document[sentence[:-1][beside]] * terms + place[:-1][beside]) // terms
        counted: Matrix = np.bincount(found, minlength=self._count).astype(float)
        return counted


def _places(segment: Segment, tokens: Ints, meant: Sequence[Sequence[tuple[str, float]]]) -> tuple[Ints, Matrix]:
    """For each token the place of the question's term that it may be, with the weight; -1 for all others."""
    known = sorted(
        (segment.terms[key], place, weight)
        for place, stems in enumerate(meant)
        for key, weight in stems
        if key in segment.terms
    )
    if not known:
        return np.full(len(tokens), -1, np.int32), np.zeros(len(tokens))
    numbers, places, weights = (np.array(column) for column in zip(*known, strict=True))
    at = np.minimum(np.searchsorted(numbers, tokens), len(numbers) - 1)
    is_one = numbers[at] == tokens
    return np.where(is_one, places[at], -1), np.where(is_one, weights[at], 0.0)


def _code_strengths(segment: Segment, question: Question, numbers: Ints) -> list[float]:
    strengths: dict[int, float] = {}
    for code in question.codes:
        for number in segment.codes.owners.get(code.key, ()):
            strengths[number] = max(code.strength, strengths.get(number, 0.0))
    return [strengths.get(int(number), 0.0) for number in numbers]


CODE_LANE = (
    *("code", "coverage", "title_likeness", "sentence_likeness", "pairs", "score", "lead", "words", "unknown_words"),
    *("doubtful_code", "rarity", "one_of_many", "documents"),
)


def lane_of(question: Question) -> str:
    """Which model says how sure an answer is: questions that name a code, or seem to, and others by their language."""
    if question.names_a_code or (question.doubtful and question.words <= _FEW_WORDS):
        return "code"
    return "german" if question.language == "de" else "english"


def sureness(
    question: Question, scores: Sequence[float], table: Matrix, owners: int, weights: Weights = WEIGHTS
) -> Matrix:
    """How likely each candidate (best first) is the right answer, 0 to 1; one threshold serves all lanes."""
    worth, bias = weights.lanes[lane_of(question)]
    logits = sure_features(question, scores, table, owners) @ worth + bias
    shares: Matrix = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return shares


def sure_features(question: Question, scores: Sequence[float], table: Matrix, owners: int) -> Matrix:
    """One row for each candidate, best first, in the order of `SURE`."""
    terms = max(1, len(question.terms))
    own = np.array(scores)
    best_other = np.full(len(own), own[0])
    best_other[0] = own[1] if len(own) > 1 else own[0] - 3
    of_question = [
        min(20, len(question.terms)) / 10,
        sum(not term.is_known for term in question.terms) / terms,
        float(bool(question.doubtful)),
        question.idf / terms / 10,
        min(10, owners) / 10,
        log10(1 + question.documents) / 5,
    ]
    return np.hstack([table, np.c_[own, np.clip(own - best_other, -3, 3)], np.tile(of_question, (len(own), 1))])
