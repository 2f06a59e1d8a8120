"""Requests and calls as the console shows them: with the customer, who has it, and what was promised.

Everybody sees those of the interactions that they may see. Constant numbers of queries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from channels_app.callback.models import CallbackRequest, CallLeg, PhoneCall
from channels_app.callback.stages import ENDS, OPEN_STAGES, CallOutcome, RequestStage
from channels_app.callback.telling import call_wires
from channels_app.callback.wire import request_wire
from interaction_center.access.doors import Actor
from interaction_center.paging import first_rows
from interaction_center.queue.selectors import interaction_for, rows, visible_to
from interaction_center.queue.wire import moment, row_wire

SCHEDULED = (RequestStage.SCHEDULED, RequestStage.RETRY_WAIT)
WRITTEN_UP_WITHIN = timedelta(hours=12)  # a working day: after it nobody remembers
MAX_CALLS = 50  # of one interaction; attempts end long before
_SHOWN_OF_ROW = ("customer", "first_words", "assigned_to", "team")


@dataclass(frozen=True, slots=True)
class View:
    """Which requests, in which order: due ones keep their place, scheduled ones go by their time."""

    chosen: Q
    order: tuple[str, ...]


VIEWS = {
    "due": View(Q(stage__in=[stage for stage in OPEN_STAGES if stage not in SCHEDULED]), ("requested_at", "pk")),
    "scheduled": View(Q(stage__in=SCHEDULED), ("due_at", "pk")),
    "open": View(Q(stage__in=OPEN_STAGES), ("requested_at", "pk")),
    "ended": View(Q(stage__in=ENDS), ("-pk",)),
}


def request_page(
    who: Actor, *, view: str, line: str, after: Sequence[Any] | None, limit: int, now: datetime
) -> tuple[list[dict[str, Any]], tuple[Any, ...] | None]:
    """One page of requests, and the key of its last row when there are more."""
    found = CallbackRequest.objects.filter(VIEWS[view].chosen).select_related("line")
    if line:
        found = found.filter(line__public_id=line)
    if not who.sees_everything:
        found = found.filter(interaction__in=visible_to(who.user, everything=False).values("public_id"))
    page, last = first_rows(found, VIEWS[view].order, after=after, limit=limit)
    return _with_rows(who, page, now), last


def request_detail(who: Actor, interaction: str, now: datetime) -> dict[str, Any]:
    """The request of this interaction, None for who called us, and its calls, the latest first. NotFoundError."""
    shown = interaction_for(who.user, interaction, everything=who.sees_everything)
    found = list(CallbackRequest.objects.filter(interaction=shown.public_id).select_related("line"))
    calls = PhoneCall.objects.filter(interaction=shown.public_id).order_by("-pk")[:MAX_CALLS]
    wires = [wire for wire, _people in call_wires(calls)]
    return {"request": next(iter(_with_rows(who, found, now)), None), "calls": wires[::-1]}


def calls_of(user: str, now: datetime) -> list[dict[str, Any]]:
    """The calls that this person is on, or still has to write up: also when the time for it alone is over."""
    unwritten = Q(agent=user, outcome=CallOutcome.TALKED, disposition="", ended_at__gt=now - WRITTEN_UP_WITHIN)
    legs = CallLeg.objects.filter(user=user, ended_at=None).exclude(user="").values("call")
    has = Q(agent=user, wrapped_up_at=None, ended_at=None)
    calls = PhoneCall.objects.filter(has | unwritten | Q(pk__in=legs, ended_at=None))
    return [wire for wire, _people in call_wires(calls)]


def _with_rows(who: Actor, page: Sequence[CallbackRequest], now: datetime) -> list[dict[str, Any]]:
    names = [request.interaction for request in page]
    seen = visible_to(who.user, everything=who.sees_everything).filter(public_id__in=names)
    shown = {row.public_id: row_wire(row) for row in rows(seen)}
    return [
        request_wire(request)
        | {name: shown[request.interaction][name] for name in _SHOWN_OF_ROW}
        | _promise(request, now)
        for request in page
        if request.interaction in shown
    ]


def _promise(request: CallbackRequest, now: datetime) -> dict[str, Any]:
    """`late_seconds`: how long after its promise they were reached, or wait already; 0 for a kept one.

    None once it has ended without a call: nobody was late for who called it off.
    """
    by = request.promised_at
    until = request.connected_at or (None if request.ended_at else now)
    late = None if until is None else max((until - by) // timedelta(seconds=1), 0)
    return {"promised_at": moment(by), "late_seconds": late}
