"""What a customer who asked to be called was promised, and whether it was kept. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from interaction_center.business_hours import MINUTES_PER_DAY, Calendar

ANSWER_WITHIN = timedelta(minutes=30)  # of opening time, while no wait is measured
_ALL_DAY = ((0, MINUTES_PER_DAY),)


def always_open(zone: ZoneInfo) -> Calendar:
    """The hours of a line that has none."""
    return Calendar(zone, (_ALL_DAY,) * 7)


@dataclass(frozen=True, slots=True)
class Asked:
    """The times of one request. `wanted_at` None: as soon as possible."""

    requested_at: datetime
    wanted_at: datetime | None
    promised_at: datetime
    connected_at: datetime | None


def was_kept(asked: Asked) -> bool:
    """Whether they were reached in time."""
    return asked.connected_at is not None and asked.connected_at <= asked.promised_at


def wait_saved(asked: Asked, calendar: Calendar) -> timedelta | None:
    """The opening time that they waited with no receiver in their hand; None for others, or for a chosen time."""
    if asked.connected_at is None or asked.wanted_at is not None:
        return None
    return calendar.elapsed(asked.requested_at, asked.connected_at)
