"""What learned questions bring: real questions to one bank, some given to the articles that answer them, others asked.

Part of `python -m bench.kb`. In five folds, so that each question is asked once, and never of an index that knows it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.kb_adapter import document_of
from bench.kb_fit import FOLDS
from bench.report import table, verdict
from kb.search.documents import Document
from kb.search.index import Index

SOURCE = "banking77"
GIVEN = (0, 1, 2, 4, 8, None)  # None: all that are not asked
RIGHT_FIRST = 0.78
FEW = 4

Questions = Mapping[str, Sequence[str]]  # by the id of the article that answers them


@dataclass(frozen=True, slots=True)
class Asked:
    """How many questions, and the shares of those that find their article first and among the first five."""

    n: int
    first: float
    five: float

    def __str__(self) -> str:
        return f"{self.first:.3f} / {self.five:.3f}"


def learned(tool: Any, queries: list[dict[str, Any]]) -> bool:
    """Prints the curve and what it costs articles that have learnt nothing; whether enough is right."""
    documents = [document_of(doc) for doc in tool.corpus("10k", queries)]
    questions = questions_of(tool, queries)
    rows = [after(given, documents, questions) for given in GIVEN]
    last = rows[-1][1]
    print(f"\nLearned questions, 10k: {last.n} to {len(questions)} articles of a bank\n")
    print(table(("known to each article", "right first / in the first five"), rows), flush=True)
    _print_cost(documents, questions)
    words = f"with {rows[-1][0]} learned questions, right first {last.first:.3f} (>= {RIGHT_FIRST})"
    return verdict(words, is_met=last.first >= RIGHT_FIRST)


def after(given: int | None, documents: Sequence[Document], questions: Questions) -> tuple[str, Asked]:
    """How many each article has learnt at most (on the average, as text), and what became of all questions."""
    known = [_known(questions, fold, given) for fold in range(FOLDS)]
    mean = sum(len(own) for folds in known for own in folds.values()) / len(questions) / FOLDS
    asked = [{name: own[fold::FOLDS] for name, own in questions.items()} for fold in range(FOLDS)]
    return f"{mean:.1f}", _asked_all(documents, known, asked)


def _print_cost(documents: Sequence[Document], questions: Questions) -> None:
    """Half of the articles have learnt: what of the others, which are about the same things?"""
    names = sorted(questions)
    halves = [set(names[::2]), set(names[1::2])]
    others = [{name: own for name, own in questions.items() if name not in half} for half in halves]
    rows = []
    for given in (0, FEW):
        known = [{name: questions[name][:given] for name in half} for half in halves]
        rows.append((given, _asked_all(documents, known, others)))
    print("\n" + table(("known to the other half", "articles that know none: right first / in the first five"), rows))


def questions_of(tool: Any, queries: Sequence[dict[str, Any]]) -> Questions:
    """The questions to the bank, in a stable order of chance."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for query in queries:
        if query["slice"] == "faq_en" and query.get("note") == SOURCE:
            found[query["relevant"][0]].append(query["query"])
    return {name: sorted(own, key=lambda text: tool.order("learned", text)) for name, own in found.items()}


def _known(questions: Questions, fold: int, given: int | None) -> Questions:
    others = {name: [text for n, text in enumerate(own) if n % FOLDS != fold] for name, own in questions.items()}
    return {name: own[:given] for name, own in others.items()}


def _asked_all(documents: Sequence[Document], known: Sequence[Questions], asked: Sequence[Questions]) -> Asked:
    places = [place for one, other in zip(known, asked, strict=True) for place in _places(documents, one, other)]
    return Asked(len(places), sum(p == 0 for p in places) / len(places), sum(p < 5 for p in places) / len(places))


def _places(documents: Sequence[Document], known: Questions, asked: Questions) -> Iterator[int]:
    """The rank of the right article for each question."""
    index = Index(replace(document, questions=tuple(known.get(document.id, ()))) for document in documents)
    for name, own in asked.items():
        for text in own:
            yield _place(name, [hit.id for hit in index.search(text, limit=5, threshold=0.0)])


def _place(name: str, found: Collection[str]) -> int:
    return next((place for place, one in enumerate(found) if one == name), 5)
