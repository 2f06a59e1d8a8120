"""Tells every process which rows of knowledge were written, so that each reads them again."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Max

from kb.models import Article, ErrorCode, KnowledgeChange, KnowledgeCounter
from kb.search_process import SEARCH

KEPT_CHANGES = 1_000  # a process that has seen none of them loads everything anew
MAX_TARGETS = 1_000  # of more the ids are not kept: whoever reads them again loads everything


def knowledge_changed(*rows: Article | ErrorCode) -> None:
    """Every process reads these rows again within its `check_every`, this one at the next question; nothing, if none.

    Belongs into the transaction that writes them, at its end: writers wait for each other at the counter, so that
    whoever has seen a number has seen all before it.
    """
    if rows:
        targets_changed([row.public_id for row in rows])


def targets_changed(public_ids: Sequence[str]) -> None:
    """The same by their public ids."""
    number = _next_number()
    KnowledgeChange.objects.create(number=number, targets=public_ids if len(public_ids) <= MAX_TARGETS else [])
    KnowledgeChange.objects.filter(number__lte=number - KEPT_CHANGES).delete()
    transaction.on_commit(SEARCH.forget)


def _next_number() -> int:
    """Gapless. The counter is one row that every writer moves: waiting for a lock at the newest change would, under
    READ COMMITTED, give two writers the same number."""
    if not _moved():
        newest = KnowledgeChange.objects.aggregate(newest=Max("number"))["newest"] or 0
        KnowledgeCounter.objects.bulk_create([KnowledgeCounter(pk=1, number=newest)], ignore_conflicts=True)
        _moved()
    return KnowledgeCounter.objects.get(pk=1).number


def _moved() -> bool:
    return KnowledgeCounter.objects.filter(pk=1).update(number=F("number") + 1) > 0
