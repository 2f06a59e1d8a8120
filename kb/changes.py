"""Tells every process which rows of knowledge were written, so that each reads them again."""

from collections.abc import Sequence

from django.db import transaction

from kb.models import Article, ErrorCode, KnowledgeChange
from kb.search_process import SEARCH

KEPT_CHANGES = 1_000  # a process that has seen none of them loads everything anew
MAX_TARGETS = 1_000  # of more the ids are not kept: whoever reads them again loads everything


def knowledge_changed(*rows: Article | ErrorCode) -> None:
    """Every process reads these rows again within its `check_every`, this one at the next question; nothing, if none.

    Belongs into the transaction that writes them. Writers wait for each other at the newest number, so that whoever
    has seen one has seen all before it.
    """
    if rows:
        targets_changed([row.public_id for row in rows])


def targets_changed(public_ids: Sequence[str]) -> None:
    """The same by their public ids."""
    newest = KnowledgeChange.objects.select_for_update().order_by("-number").first()
    number = newest.number + 1 if newest else 1
    KnowledgeChange.objects.create(number=number, targets=public_ids if len(public_ids) <= MAX_TARGETS else [])
    KnowledgeChange.objects.filter(number__lte=number - KEPT_CHANGES).delete()
    transaction.on_commit(SEARCH.forget)
