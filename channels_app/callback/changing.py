"""A callback that was asked for is moved, brought forward or cancelled: each in one transaction.

Locks are taken in one order: line, calls, legs, request, then what is the hub's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from channels_app.callback import letters
from channels_app.callback.booking import Booking, appoint, book, locked_line
from channels_app.callback.hub_acts import close_interaction
from channels_app.callback.models import CallbackRequest, CallLeg, Mode, PhoneCall
from channels_app.callback.orders import order
from channels_app.callback.policy import Command, allows, next_stage
from channels_app.callback.selectors import windows_of
from channels_app.callback.stages import RequestStage
from interaction_center.due_work import WorkState, wake
from interaction_center.errors import ConflictError
from interaction_center.queue import by_channel
from interaction_center.queue.wire import moment

if TYPE_CHECKING:
    from interaction_center.access.models import User


@transaction.atomic
def move_request(*, request: CallbackRequest, wanted_at: datetime | None, by: "User | None" = None) -> CallbackRequest:
    """Another time; None for as soon as possible. `by` None: the customer. To the time that it has: nothing.

    A telephone that rings for it is hung up. ConflictError in a talk or when it is over, and as `slot_at` says.
    """
    line, now = locked_line(request.line_id), timezone.now()
    calls, row = _locked(request)
    if row.stage == RequestStage.SCHEDULED and row.wanted_at == wanted_at and wanted_at is not None:
        return row
    next_stage(row.stage, Command.MOVE)
    booking = book(line, windows_of([row])[row.pk], wanted_at, now, but=row)
    _reschedule(row, booking, RequestStage.SCHEDULED)
    _hang_up(calls, now)
    if not calls:
        by_channel.put_back(row.interaction, not_before=booking.due_at)
    appoint(row, booking, now)
    by_channel.note(row.interaction, "call_moved", user=by, wanted_at=moment(booking.wanted_at or booking.due_at))
    letters.write(row, "moved", f"{row.public_id}:{now:%y%m%d%H%M%S}")
    wake("callbacks")
    return row


@transaction.atomic
def cancel_request(*, request: CallbackRequest, by: "User | None" = None) -> CallbackRequest:
    """It is not made, also while the telephone rings for it, which is hung up. Cancelled before: nothing.

    ConflictError in a talk, or when it is over in another way.
    """
    now = timezone.now()
    calls, row = _locked(request)
    if row.stage == RequestStage.CANCELLED:
        return row
    row.stage = next_stage(row.stage, Command.CANCEL).value
    row.reason, row.ended_at = ("agent" if by else "customer"), now
    row.state, row.lease_until = WorkState.DONE, None
    row.save(update_fields=["stage", "reason", "ended_at", "state", "lease_until"])
    _hang_up(calls, now)
    by_channel.note(row.interaction, "call_cancelled", user=by)
    letters.write(row, "cancelled", row.public_id)
    if not calls:  # else the end of the call closes it
        close_interaction(row.interaction)
    wake("callbacks")
    return row


@transaction.atomic
def call_now(*, request: CallbackRequest, by: "User | None" = None) -> CallbackRequest:
    """Bring it forward: called as soon as somebody is free. Due already: nothing. ConflictError outside the hours in
    which this customer may be rung, and while a telephone rings."""
    line, now = locked_line(request.line_id), timezone.now()
    calls, row = _locked(request)
    if row.stage in (RequestStage.DUE, RequestStage.CLAIMED):
        return row
    window = windows_of([row])[row.pk]
    if calls or not allows(row.stage, Command.FALL_DUE):
        next_stage(row.stage, Command.FALL_DUE)
    if not window.may_ring(now, line.ring_seconds):
        raise ConflictError("This customer can't be rung at this hour. The callback keeps its time.", "outside_hours")
    _reschedule(row, book(line, window, None, now, but=row), RequestStage.DUE)
    by_channel.appoint(
        row.interaction, not_before=None, promised_at=now, routed_by_channel=line.mode == Mode.CUSTOMER_FIRST
    )
    by_channel.note(row.interaction, "call_brought_forward", user=by)
    wake("callbacks")
    return row


class _CallBegunError(Exception):
    """A call for the request was begun while its lock was waited for: there is more to lock, and before it."""


def _locked(request: CallbackRequest) -> tuple[list[PhoneCall], CallbackRequest]:
    """Its open call, if there is one, and the request as it is now."""
    try:
        return _locked_at_once(request)
    except _CallBegunError:  # the savepoint has given the locks back
        return _locked(request)


@transaction.atomic
def _locked_at_once(request: CallbackRequest) -> tuple[list[PhoneCall], CallbackRequest]:
    there = PhoneCall.objects.filter(request=request, ended_at=None).order_by("pk")
    calls = list(there.select_for_update(of=("self",), no_key=True))
    list(CallLeg.objects.select_for_update(of=("self",), no_key=True).filter(call__in=calls).order_by("pk"))
    locked = CallbackRequest.objects.select_for_update(of=("self",), no_key=True).select_related("line")
    row = locked.get(pk=request.pk)
    if list(there) != calls:
        raise _CallBegunError
    return calls, row


def _reschedule(row: CallbackRequest, booking: Booking, stage: RequestStage) -> None:
    row.stage, row.state, row.lease_until = stage.value, WorkState.DUE, None
    row.wanted_at, row.slot_minutes = booking.wanted_at, booking.slot_minutes
    row.due_at, row.expires_at, row.promised_at = booking.due_at, booking.expires_at, booking.promised_at
    times = ["wanted_at", "slot_minutes", "due_at", "expires_at", "promised_at"]
    row.save(update_fields=["stage", "state", "lease_until", *times])


def _hang_up(calls: Sequence[PhoneCall], now: datetime) -> None:
    """Every telephone that rings for it: the order is in the commit, Twilio is told right after it."""
    for leg in CallLeg.objects.filter(call__in=calls, ended_at=None):
        order(leg, "hang_up")
        leg.state, leg.due_at = WorkState.DUE, now
        leg.save(update_fields=["orders", "state", "due_at"])
    wake("call_legs")
