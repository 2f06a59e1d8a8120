"""Fit the weights of the knowledge search: `python -m bench.kb_fit` writes kb/search/weights.json.

From the yardstick's questions, each slice with the same weight, over a small and a large set of documents. What is
printed is cross-validated: every question is judged by weights that have seen none of its group (an article, a topic,
a code with all its variants). What is written is fitted on all.
"""

import importlib.util
import json
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.kb_adapter import document_of
from kb.search.index import Index
from kb.search.question import Question
from kb.search.ranking import CODE_LANE, FEATURES, SURE, lane_of, sure_features

ROOT = Path(__file__).resolve().parent.parent
YARDSTICK = ROOT.parent / "shared" / "yardsticks" / "kb"
TARGET = ROOT / "kb" / "search" / "weights.json"
FOLDS = 5
SHELVES = 5
LANES = ("code", "german", "english")
# Aimed at: below the tenth that may be wrongly suggested, so that new questions stay below it too.
FALSE_SHARE = {"code": 0.08, "german": 0.08, "english": 0.1}

Matrix = npt.NDArray[np.float64]


@dataclass
class Asked:
    """One question of the yardstick with its candidates."""

    slice: str
    group: str
    fold: int
    question: Question
    table: Matrix
    right: npt.NDArray[np.bool_]
    is_answerable: bool
    size: str
    order: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    scores: Matrix = field(default_factory=lambda: np.zeros(0))
    sure: float = 0.0


def main() -> None:
    """The command."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="*", default=["tiny", "10k", "100k"])
    parser.add_argument("--per-slice", type=int, default=300)
    parser.add_argument("--yardstick", type=Path, default=YARDSTICK)
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    asked = [one for size in given.sizes for one in _asked(given.yardstick, size, given.per_slice)]
    for fold in range(FOLDS):
        train = [one for one in asked if one.fold != fold]
        rank = fit_ranks(train)
        _rank(asked, rank)
        lanes = fit_lanes(train)
        for one in asked:
            if one.fold == fold:
                one.sure = _sureness(one, lanes)
    _report(asked, given.sizes)
    rank = fit_ranks(asked)
    _rank(asked, rank)
    data = {"rank": {lane: _named(FEATURES, worth) for lane, worth in rank.items()}, "lanes": fit_lanes(asked)}
    print(json.dumps(data, indent=1))
    if not given.dry:
        TARGET.write_text(json.dumps(data, indent=1) + "\n")


def yardstick(folder: Path) -> Any:
    """The yardstick's own program, which knows its corpora and samples."""
    spec = importlib.util.spec_from_file_location("kb_yardstick", folder / "bench.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _asked(folder: Path, size: str, per_slice: int) -> list[Asked]:
    tool = yardstick(folder)
    queries = tool.read(folder / "queries.jsonl")
    if size == "tiny":
        return [one for shelf in range(SHELVES) for one in _of_shelf(tool, queries, shelf, per_slice // SHELVES)]
    index = Index(document_of(doc) for doc in tool.corpus(size, queries))
    drawn = tool.sample(queries, size, per_slice, "fit")
    return [one for query in drawn if (one := _candidates(index, query, size)) is not None]


def _of_shelf(tool: Any, queries: list[dict[str, Any]], shelf: int, per_slice: int) -> list[Asked]:
    """A team that begins has a hundred documents: some of the yardstick's, and what it asks of the others has no
    answer then."""
    docs = sorted(tool.corpus("10k", queries), key=lambda doc: tool.order(f"shelf {shelf}", doc["id"]))
    kept = [doc for doc in docs if doc["kind"] == "faq"][:60] + [doc for doc in docs if doc["kind"] == "code"][:40]
    names = {doc["id"] for doc in kept}
    index = Index(document_of(doc) for doc in kept)
    answered = [query for query in queries if names & set(query["relevant"])]
    others = [
        query | {"relevant": [], "slice": "noanswer_shelf"}
        for query in tool.sample(queries, "10k", per_slice, f"shelf {shelf}")
        if query["slice"].startswith(("faq", "noanswer")) and not names & set(query["relevant"])
    ]
    asked = [_candidates(index, query, "tiny") for query in [*answered, *others]]
    return [one for one in asked if one is not None]


def _candidates(index: Index, query: dict[str, Any], size: str) -> Asked | None:
    question = index.read(query["query"])
    found = index.ranked(question)
    wanted = set(query["relevant"])
    fold = int(sha256(query["group"].encode()).hexdigest(), 16) % FOLDS
    table = np.array([candidate.row for candidate in found]) if found else np.zeros((0, len(FEATURES)))
    right = np.array([candidate.document.id in wanted for candidate in found], bool)
    return Asked(query["slice"], query["group"], fold, question, table, right, bool(wanted), size)


def fit_ranks(asked: Sequence[Asked]) -> dict[str, Matrix]:
    """What each feature is worth, for each lane. In the lane of codes, too, words decide as they do elsewhere."""
    own = {lane: [one for one in asked if lane == "code" or lane_of(one.question) == lane] for lane in LANES}
    return {lane: fit_rank(questions) for lane, questions in own.items()}


def fit_rank(asked: Sequence[Asked]) -> Matrix:
    """Listwise: the probability of the right candidates under a softmax over all, each slice weighted equally."""
    usable = [one for one in asked if one.right.any() and len(one.right) > 1]
    share = _equal_shares([f"{one.slice} {one.size}" for one in usable])
    table = np.concatenate([one.table for one in usable])
    right = np.concatenate([one.right for one in usable])
    starts = np.concatenate([[0], np.cumsum([len(one.right) for one in usable])])[:-1]
    sizes = np.array([len(one.right) for one in usable])
    spread = table.std(axis=0) + 1e-6
    scaled = table / spread

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = scaled @ weights
        exps = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        whole = np.add.reduceat(exps, starts)
        good = np.add.reduceat(exps * right, starts)
        pull = exps * right / np.repeat(good, sizes) - exps / np.repeat(whole, sizes)
        gradient = -(scaled * (pull * np.repeat(share, sizes))[:, None]).sum(axis=0) + 2e-3 * weights
        return float(-(share * np.log(good / whole)).sum() + 1e-3 * weights @ weights), gradient

    fitted: Matrix = descend(loss, len(FEATURES)) / spread
    return fitted


def fit_lanes(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """For each lane: how likely the first candidate is right, moved so that 0.5 lets few wrong ones pass."""
    lanes: dict[str, dict[str, float]] = {}
    for lane in LANES:
        own = [one for one in asked if len(one.right) and lane_of(one.question) == lane]
        rows = np.array([_sure_row(one) for one in own])
        if lane == "code":
            rows *= np.array([name in CODE_LANE for name in SURE])
        labels = np.array([float(one.right[one.order[0]]) for one in own])
        share = _equal_shares([f"{one.slice} {one.size}" for one in own])
        weights, bias = _logistic(rows, labels, share)
        logits = rows @ weights + bias
        cut = _cut(own, logits, FALSE_SHARE[lane])
        lanes[lane] = _named(SURE, weights) | {"bias": round(float(bias - cut), 4)}
    return lanes


def _cut(own: Sequence[Asked], logits: Matrix, share: float) -> float:
    """The lowest logit above which no kind of question without an answer is answered more often than it may."""
    by_slice: defaultdict[str, list[float]] = defaultdict(list)
    for one, logit in zip(own, logits, strict=True):
        if not one.is_answerable:
            by_slice[f"{one.slice} {one.size}"].append(float(logit))
    cuts = [sorted(found)[int(len(found) * (1 - share))] for found in by_slice.values() if len(found) >= 20]
    return max(cuts, default=0.0)


def _logistic(rows: Matrix, labels: Matrix, share: Matrix) -> tuple[Matrix, float]:
    spread = rows.std(axis=0) + 1e-6
    scaled = np.hstack([rows / spread, np.ones((len(rows), 1))])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        logits = np.clip(scaled @ weights, -30, 30)
        chance = 1 / (1 + np.exp(-logits))
        gradient = (scaled * (share * (chance - labels))[:, None]).sum(axis=0) + 2e-3 * weights
        known = np.where(labels > 0.5, chance, 1 - chance)
        return float(-(share * np.log(known + 1e-12)).sum() + 1e-3 * weights @ weights), gradient

    fitted = descend(loss, scaled.shape[1])
    return fitted[:-1] / spread, float(fitted[-1])


def descend(loss: Callable[[Matrix], tuple[float, Matrix]], size: int, steps: int = 300) -> Matrix:
    """Adam with a falling pace, from zero; the losses here are convex or nearly so."""
    weights, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        _, gradient = loss(weights)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        pace = 0.05 * (1 - step / (steps + 1))
        weights -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
    return weights


def _equal_shares(slices: Sequence[str]) -> Matrix:
    """One weight for each question so that every slice weighs the same; together 1."""
    count: defaultdict[str, int] = defaultdict(int)
    for name in slices:
        count[name] += 1
    return np.array([1 / (count[name] * len(count)) for name in slices])


def _rank(asked: Sequence[Asked], rank: dict[str, Matrix]) -> None:
    for one in asked:
        scores = one.table @ rank[lane_of(one.question)]
        one.order = np.argsort(-scores, kind="stable")
        one.scores = scores[one.order]


def _sure_row(one: Asked) -> Matrix:
    table = one.table[one.order]
    place = FEATURES.index("code")
    owners = int(((table[:, place] >= table[0, place]) & (table[0, place] > 0)).sum())
    row: Matrix = sure_features(one.question, list(one.scores[:2]), table[:2], owners)[0]
    return row


def _sureness(one: Asked, lanes: dict[str, dict[str, float]]) -> float:
    if not len(one.right):
        return 0.0
    lane = lanes[lane_of(one.question)]
    logit = sum(lane[name] * value for name, value in zip(SURE, _sure_row(one), strict=True)) + lane["bias"]
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def _named(names: Sequence[str], values: Matrix) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _report(asked: Sequence[Asked], sizes: Sequence[str]) -> None:
    for size in sizes:
        rows: defaultdict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
        for one in asked:
            if one.size == size:
                first = bool(len(one.right)) and bool(one.right[one.order[0]])
                five = bool(len(one.right)) and bool(one.right[one.order[:5]].any())
                rows[one.slice].append((first, five, one.sure >= 0.5))
        print(f"\n{size}, cross-validated\n{'slice':16}{'n':>5}{'R@1':>7}{'R@5':>7}{'shown':>7}{'false':>7}")
        macro = []
        for name, found in sorted(rows.items()):
            table = np.array(found)
            if name.startswith("noanswer"):
                print(f"{name:16}{len(found):5}{'':21}{table[:, 2].mean():7.2f}")
            else:
                macro.append(table[:, :2].mean(axis=0))
                shown = (table[:, 0] & table[:, 2]).mean()
                print(f"{name:16}{len(found):5}{macro[-1][0]:7.2f}{macro[-1][1]:7.2f}{shown:7.2f}")
        one, many = np.mean(macro, axis=0)
        print(f"macro R@1 {one:.3f} R@5 {many:.3f}")


if __name__ == "__main__":
    main()
