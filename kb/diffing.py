"""What is different between two texts, line by line. Pure.

The cost is bounded: long runs of changed lines are shown as removed and added instead of being compared.
"""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Literal, TypedDict

MOST_LINES = 2_000  # on either side, without the equal ones at both ends; more would take seconds
Op = Literal["same", "add", "del"]


class DiffLine(TypedDict):
    """A line that both texts have, or only the newer (`add`) or older (`del`) one."""

    op: Op
    text: str


class FieldDiff(TypedDict):
    """The lines of one field."""

    field: str
    lines: list[DiffLine]


def diff_fields(old: Mapping[str, str], new: Mapping[str, str]) -> list[FieldDiff]:
    """Every field that differs, in the order of `new`."""
    changed = (name for name in new if new[name] != old[name])
    return [{"field": name, "lines": diff_lines(old[name], new[name])} for name in changed]


def diff_lines(old: str, new: str) -> list[DiffLine]:
    """All lines of both texts in their order; what was replaced comes before what replaces it."""
    before, after = old.splitlines(), new.splitlines()
    head = _equal_from_start(before, after)
    tail = _equal_from_start(before[head:][::-1], after[head:][::-1])
    middle = _compared(before[head : len(before) - tail], after[head : len(after) - tail])
    return [*_lines("same", before[:head]), *middle, *_lines("same", before[len(before) - tail :])]


def _compared(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    if max(len(before), len(after)) > MOST_LINES:
        yield from _lines("del", before)
        yield from _lines("add", after)
        return
    for tag, i, j, k, n in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            yield from _lines("same", before[i:j])
        else:
            yield from _lines("del", before[i:j])
            yield from _lines("add", after[k:n])


def _equal_from_start(one: list[str], other: list[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def _lines(op: Op, texts: list[str]) -> Iterator[DiffLine]:
    for text in texts:
        yield {"op": op, "text": text}
