"""Reports, recordings and text messages that could not be dealt with, for the screen on which people try them again."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet

from channels_app.callback.models import PhoneCall, ShownWork
from interaction_center.due_work import DueRow, WorkState, in_work_order, revive, revive_all, wake
from interaction_center.errors import NotFoundError

Work = TypeVar("Work", bound=ShownWork)
Words = Callable[[Work], tuple[str, str]]


def rows_of(
    kind: str, found: "QuerySet[Work]", words: "Words[Work]", *, after: Sequence[Any] | None, limit: int
) -> list[DueRow]:
    """One page of them. `words`: what each is called, and its interaction."""
    return [_row(kind, work, *words(work)) for work in in_work_order(found, after=after, limit=limit)]


def _row(kind: str, work: ShownWork, title: str, interaction: str) -> DueRow:
    return DueRow(
        kind=kind,
        id=work.public_id,
        title=title,
        state=work.state,
        due_at=work.due_at,
        attempts=work.attempts,
        last_error=work.last_error,
        interaction=interaction,
    )


def retry_one(kind: str, model: type[ShownWork], row_id: str) -> None:
    """A person wants it tried again now. NotFoundError when there is none."""
    work = model._base_manager.filter(public_id=row_id).exclude(state=WorkState.DONE).first()
    if work is None:
        raise NotFoundError("There is no such work waiting.")
    revive(work)
    wake(kind)


def retry_dead(kind: str, model: type[ShownWork]) -> int:
    """All that were laid aside; how many."""
    revived = revive_all(model._base_manager.filter(state=WorkState.DEAD))
    wake(kind)
    return revived


def caller_of(call: PhoneCall) -> str:
    """By which number people know a call."""
    return call.number or call.caller
