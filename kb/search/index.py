"""The index: made once from documents, never changed, asked by any number of threads. Pure.

A question passes the code lane, BM25F over stems, and a ranking of the few dozen best candidates; at the end stands
how likely each of them is right. docs/knowledge-search.md has the figures.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kb.search.codes import STRONG
from kb.search.documents import Document, Hit
from kb.search.families import Families, Family
from kb.search.fold import TOLD_STEMS, name_of, terms_of
from kb.search.question import MAX_TEXT, Question, Reader
from kb.search.ranking import FEATURES, LEARNED_WORTH, RELATED, WEIGHTS, Matrix, Weights, features, lane_of, sureness
from kb.search.segment import Floats, Ints, Segment

THRESHOLD = 0.5
_CANDIDATES = 40
_CODE_WORTH = 3.0  # times the rarest term: a code leads before any words
_DEVICE_WORTH = _LOCALE_WORTH = 2.0  # in the unit of the ranking: what is known of the asker, beside what was asked
_ASKED_TITLE = 0.5  # words that only tell a story answer when they are most of the title
_LONG = 25  # words: a mail, whose question stands in one of its sentences
_MAX_SENTENCES, _MIN_SENTENCE, _SENTENCE_WORTH = 8, 3, 0.9
Hidden = Sequence[int] | npt.NDArray[np.int64]
_SENTENCE_END = re.compile(r"[.!?\n]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One document that may answer, with its row of features."""

    segment: Segment
    number: int
    row: Matrix
    score: float

    @property
    def document(self) -> Document:
        """What it is."""
        return self.segment.documents[self.number]

    def feature(self, name: str) -> float:
        """One of `FEATURES`."""
        return float(self.row[FEATURES.index(name)])


@dataclass(frozen=True, slots=True)
class _Asker:
    """What is known beside the question; `named` are the device families that it is about."""

    device: str
    locale: str
    named: set[Family]


class Index:
    """Documents to be asked. `changed` gives another index with a few of them new, replaced or removed."""

    def __init__(self, documents: Iterable[Document] = (), *, weights: Weights = WEIGHTS) -> None:
        base = Segment(documents)
        self._set_up([base], frozenset(), Families(base.documents), weights)

    def _set_up(self, segments: list[Segment], hidden: Collection[str], families: Families, weights: Weights) -> None:
        self._segments, self._hidden, self._families, self._weights = segments, hidden, families, weights
        self._reader = Reader(segments)
        base = segments[0]
        self._hidden_numbers = np.array([n for n, d in enumerate(base.documents) if d.id in hidden], np.int64)

    def __len__(self) -> int:
        return sum(len(segment) for segment in self._segments) - len(self._hidden_numbers)

    def changed(self, documents: Iterable[Document], removed: Collection[str] = ()) -> "Index":
        """The same with these documents new or replaced and those (ids) removed. Costs what the changes weigh.

        The changes are kept beside the base, which stays as it is; make a new index when they have become many.
        """
        base, delta = self._segments[0], self._segments[1:]
        fresh = {document.id: document for segment in delta for document in segment.documents}
        fresh |= {document.id: document for document in documents}
        fresh = {name: document for name, document in fresh.items() if name not in removed}
        hidden = (set(self._hidden) | set(fresh) | set(removed)) & base.ids
        families = self._families
        if not families.know_all(device for document in fresh.values() for device in document.devices):
            families = Families([*base.documents, *fresh.values()])
        index = Index.__new__(Index)
        index._set_up([base, Segment(fresh.values(), beside=base)], hidden, families, self._weights)
        return index

    @property
    def changes(self) -> int:
        """How many documents stand beside the base, or are hidden in it."""
        return sum(len(segment) for segment in self._segments[1:]) + len(self._hidden_numbers)

    def search(
        self, question: str, *, device: str = "", locale: str = "", limit: int = 3, threshold: float = THRESHOLD
    ) -> list[Hit]:
        """The best answers, best first; [] when nothing reaches `threshold`. Any text is allowed, long ones are cut.

        device   what the question is about, if known; tells equal codes of several devices apart
        locale   language of the reader, preferred when both languages fit; "" = guessed from the question
        """
        named = self._families.named_in(terms_of(f"{device[:MAX_TEXT]} {question[:MAX_TEXT]}"))
        asker = _Asker(device[:MAX_TEXT], locale, named)
        hits = self._hits(question, asker, limit, threshold)
        if not hits and named:
            hits = self._hits(_without_names(question, named), asker, limit, threshold)
        if not hits and len(question[:MAX_TEXT].split()) > _LONG:
            hits = self._by_sentence(question[:MAX_TEXT], asker, limit, threshold)
        return hits

    def read(self, question: str, *, device: str = "") -> Question:
        """What a question says."""
        return self._reader.read(question, device=device)

    def ranked(self, question: Question, *, locale: str = "") -> list[Candidate]:
        """The candidates, best first."""
        found = [candidate for segment in self._segments for candidate in self._candidates(segment, question)]
        worth = {id(c): c.score + _worth_of_asker(c, question, locale) for c in found}
        return sorted(found, key=lambda candidate: (-worth[id(candidate)], candidate.document.id))

    def _hits(self, text: str, asker: "_Asker", limit: int, threshold: float) -> list[Hit]:
        question = self.read(text, device=asker.device)
        ranked = self.ranked(question, locale=asker.locale)
        shown: dict[str, Hit] = {}
        for candidate, share in zip(ranked, self._sureness(question, ranked), strict=True):
            document = candidate.document
            if share < threshold or len(shown) == limit:
                break
            if document.group not in shown and _may_answer(candidate, question) and _is_about(document, asker.named):
                shown[document.group] = _hit(candidate, question, share)
        return list(shown.values())

    def _by_sentence(self, text: str, asker: "_Asker", limit: int, threshold: float) -> list[Hit]:
        """A mail tells a story; one of its sentences holds the question."""
        sentences = [part for part in _SENTENCE_END.split(text) if len(part.split()) >= _MIN_SENTENCE]
        found = [hit for part in sentences[:_MAX_SENTENCES] for hit in self._hits(part, asker, 1, threshold)]
        best = {hit.id: hit for hit in sorted(found, key=lambda hit: hit.score)}
        weaker = [replace(hit, score=round(hit.score * _SENTENCE_WORTH, 4)) for hit in best.values()]
        sure = [hit for hit in weaker if hit.score >= threshold]
        return sorted(sure, key=lambda hit: -hit.score)[:limit]

    def _sureness(self, question: Question, ranked: Sequence[Candidate]) -> list[float]:
        """Never more for a later one: they are shown in this order."""
        if not ranked:
            return []
        scores = [candidate.score for candidate in ranked]
        table = np.array([candidate.row for candidate in ranked])
        first = ranked[0].feature("code")
        owners = sum(candidate.feature("code") >= first > 0 for candidate in ranked)
        shares = sureness(question, scores, table, owners, self._weights)
        sure: list[float] = np.minimum.accumulate(shares).tolist()
        return sure

    def _candidates(self, segment: Segment, question: Question) -> list[Candidate]:
        clearness = _clearness(segment, question)
        hidden = self._hidden_numbers if segment is self._segments[0] else ()
        numbers = _best(clearness, segment, question, hidden)
        if not len(numbers):
            return []
        table, learned = features(segment, question, numbers, clearness[numbers])
        scores = table @ self._weights.rank[lane_of(question)] + LEARNED_WORTH * learned
        return [
            Candidate(segment, int(number), row, float(score))
            for number, row, score in zip(numbers, table, scores, strict=True)
        ]


def _clearness(segment: Segment, question: Question) -> Floats:
    """BM25F of every document. The array is this call's own: two threads must not mix their results."""
    total = np.zeros(len(segment), np.float32)
    for term in question.terms:
        meant = (*term.stems, *((key, RELATED * likeness) for key, likeness in term.related))
        known = [(segment.terms[key], weight) for key, weight in meant if key in segment.terms]
        if len(known) == 1:
            posted, weights = segment.postings(known[0][0])
            total[posted] += weights * np.float32(term.idf * known[0][1])
        elif known:
            best = np.zeros(len(segment), np.float32)
            for number, weight in known:
                posted, weights = segment.postings(number)
                best[posted] = np.maximum(best[posted], weights * np.float32(weight))
            total += best * np.float32(term.idf)
    return total


def _best(
    clearness: Floats, segment: Segment, question: Question, hidden: Sequence[int] | npt.NDArray[np.int64]
) -> Ints:
    """The numbers of those worth a closer look: the clearest, and all that have a code of the question."""
    order = clearness.copy()
    worth = _CODE_WORTH * max((term.idf for term in question.terms), default=1.0)
    for code in question.codes:
        owners = np.array(segment.codes.owners.get(code.key, ()), np.int64)
        order[owners] += np.float32(worth * code.strength)
    if len(hidden):
        order[hidden] = 0
    found = np.flatnonzero(order > 0)
    if len(found) > _CANDIDATES:
        found = found[np.argpartition(-order[found], _CANDIDATES)[:_CANDIDATES]]
    return found.astype(np.int32)


def _worth_of_asker(candidate: Candidate, question: Question, locale: str) -> float:
    """What is known of the asker: the device in front of them, and the language in which they read a code."""
    own = candidate.segment.devices_of(candidate.number)
    about = _DEVICE_WORTH * max((len(name & question.about) / len(name) for name in own if name), default=0.0)
    decides = locale and (not question.language or candidate.feature("code") >= STRONG / 2)
    return about + (_LOCALE_WORTH if decides and candidate.document.locale == locale else 0.0)


def _without_names(text: str, named: set[Family]) -> str:
    """The question without the device: an article that holds for all devices names none."""
    names = frozenset().union(*named)
    return " ".join(word for word in text[:MAX_TEXT].split() if not names.intersection(terms_of(word)))


def _may_answer(candidate: Candidate, question: Question) -> bool:
    """Not by words alone with which everybody tells a story, unless they are what the title is made of; and who names
    a code that nobody knows is not answered with another one."""
    if question.doubtful and candidate.document.codes and not candidate.feature("code"):
        return False
    if candidate.feature("code") or candidate.feature("title_asked") >= _ASKED_TITLE:
        return True
    telling = [term for term in question.terms if not _only_tells(term.stems)]
    if len(telling) == len(question.terms):
        return True
    return any(candidate.segment.says(candidate.number, key) for term in telling for key, _ in term.stems)


def _only_tells(stems: Sequence[tuple[str, float]]) -> bool:
    return all(key in TOLD_STEMS for key, _ in stems)


def _is_about(document: Document, named: set[Family]) -> bool:
    """Who names a device is not helped by what holds for another one, and may be harmed.

    "Aurora MR" and "Aurora MR 3 T" are the same for that.
    """
    devices = [name_of(device) for device in document.devices]
    either = ((device, family) for device in devices for family in named)
    return not named or not devices or any(device <= family or family <= device for device, family in either)


def _hit(candidate: Candidate, question: Question, share: float) -> Hit:
    """With the reason: the code, else the words of the question that stand here."""
    document = candidate.document
    if candidate.feature("code") and document.codes:
        return Hit(document.id, round(share, 4), code=document.codes[0])
    said = [
        term.surface
        for term in question.terms
        if any(candidate.segment.says(candidate.number, key) for key, _ in term.stems)
    ]
    return Hit(document.id, round(share, 4), words=tuple(said))
