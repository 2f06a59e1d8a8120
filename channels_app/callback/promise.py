"""What a customer who asked to be called was promised, and whether it was kept. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from interaction_center.business_hours import MINUTES_PER_DAY, Calendar

ANSWER_WITHIN = timedelta(minutes=30)  # of opening time
_ALL_DAY = ((0, MINUTES_PER_DAY),)


def always_open(zone: ZoneInfo) -> Calendar:
    """The hours of a line that has none."""
    return Calendar(zone, (_ALL_DAY,) * 7)


@dataclass(frozen=True, slots=True)
class Asked:
    """The times of one request. `wanted_at` None: as soon as possible; `slot_minutes`: how long the chosen slot is."""

    requested_at: datetime
    wanted_at: datetime | None
    slot_minutes: int
    connected_at: datetime | None


def promised_at(asked: Asked, calendar: Calendar) -> datetime:
    """By when they are called: the end of their slot, else so much opening time after they asked."""
    if asked.wanted_at is not None:
        return asked.wanted_at + timedelta(minutes=asked.slot_minutes)
    return calendar.add_open_time(asked.requested_at, int(ANSWER_WITHIN.total_seconds()))


def was_kept(asked: Asked, calendar: Calendar) -> bool:
    """Whether they were reached in time. Opening time never outruns the clock: most need no look."""
    if asked.connected_at is None:
        return False
    if asked.wanted_at is None and asked.connected_at <= asked.requested_at + ANSWER_WITHIN:
        return True
    return asked.connected_at <= promised_at(asked, calendar)


def wait_saved(asked: Asked, calendar: Calendar) -> timedelta | None:
    """The opening time that they waited with no receiver in their hand; None for others, or for a chosen time."""
    if asked.connected_at is None or asked.wanted_at is not None:
        return None
    return calendar.elapsed(asked.requested_at, asked.connected_at)
