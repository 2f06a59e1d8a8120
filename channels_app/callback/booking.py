"""A place at a line: the time at which a customer is called, and what they are promised.

The line's lock is what two customers meet at who want the last place of a slot. It is the first of all locks.
"""

from dataclasses import dataclass
from datetime import datetime

from channels_app.callback import offers
from channels_app.callback.models import CallbackRequest, Mode, PhoneLine
from channels_app.callback.problems import words
from channels_app.callback.selectors import slot_rules, taken_slots
from channels_app.callback.windows import Window, slot_at
from interaction_center.errors import InvalidError
from interaction_center.queue import by_channel


@dataclass(frozen=True, slots=True)
class Booking:
    """When they are called: `wanted_at` None for as soon as possible; first rung at `due_at`."""

    wanted_at: datetime | None
    slot_minutes: int
    due_at: datetime
    promised_at: datetime
    expires_at: datetime


def locked_line(key: int) -> PhoneLine:
    """Nobody else books a place at it, before the transaction ends."""
    return PhoneLine.objects.select_for_update(no_key=True).get(pk=key)


def book(
    line: PhoneLine, window: Window, wanted_at: datetime | None, now: datetime, *, but: CallbackRequest | None = None
) -> Booking:
    """A place for this customer: of the slot, which may be full by now, or as soon as possible.

    Under the line's lock. `but`: a request whose own place is given up for it.
    """
    if wanted_at is not None:
        taken = taken_slots(line, now, but=but)
        slot = slot_at(wanted_at, now, window, slot_rules(line), taken)
        give_up = offers.give_up_at(slot.start, window.calendar)
        return Booking(slot.start, line.slot_minutes, slot.start, slot.end, give_up)
    soonest = offers.soonest(line, window, now)
    if soonest is None:
        sentence = words("no_hour", "en")
        raise InvalidError(sentence, "no_hour", wanted_at=sentence)
    return Booking(None, 0, soonest.at, soonest.promised_at, offers.give_up_at(soonest.at, window.calendar))


def appoint(request: CallbackRequest, booking: Booking, now: datetime, kept: datetime | None = None) -> None:
    """Tell the queue. `kept`: what they were promised when they called; it stays theirs if they are called now."""
    is_later = booking.due_at > now
    by_channel.appoint(
        request.interaction,
        not_before=booking.due_at if is_later else None,
        promised_at=kept if kept and not is_later else booking.promised_at,
        routed_by_channel=request.line.mode == Mode.CUSTOMER_FIRST,
    )
