"""What became of the wish to be called: asked, kept, reached, and how long nobody had to hold a receiver.

Counted by the day on which it was asked, on the clock of the centre; one who has not been reached yet counts as asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from channels_app.callback.models import CallbackRequest, PhoneLine
from channels_app.callback.promise import Asked, wait_saved, was_kept
from channels_app.callback.selectors import all_lines, calendars_of
from channels_app.callback.stages import RequestStage
from interaction_center.business_hours import Calendar
from interaction_center.errors import InvalidError

MAX_DAYS = 400
Key = TypeVar("Key")
_READ_AT_ONCE = 2_000
_COLUMNS = ("line_id", "requested_at", "wanted_at", "promised_at", "connected_at", "ended_at", "stage", "calls_made")
_CALLED_OFF = (RequestStage.CANCELLED, RequestStage.REFUSED)


@dataclass(slots=True)
class Sums:
    """Numbers of requests, of calls, and of seconds.

    promised    whose promise has come due, or was kept before; without those who called it off
    kept        of these, reached in time
    ended       came to an end, without those who called it off
    reached     of all, talked with somebody
    waits       of those reached who had asked for as soon as possible; `waited` their opening time in seconds
    """

    asked: int = 0
    promised: int = 0
    kept: int = 0
    ended: int = 0
    reached: int = 0
    calls: int = 0
    waits: int = 0
    waited: float = 0.0

    def add(self, other: "Sums") -> None:
        """Both together."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def wire(self) -> dict[str, Any]:
        """With what they come to; a rate of nothing is None."""
        return {
            "asked": self.asked,
            "promised": self.promised,
            "kept": self.kept,
            "reached": self.reached,
            "calls": self.calls,
            "kept_rate": _share(self.kept, self.promised),
            "reach_rate": _share(self.reached, self.ended),
            "attempts_per_contact": _share(self.calls, self.reached),
            "wait_saved_seconds": _share(self.waited, self.waits),
        }


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days of the centre's clock, both included."""

    first: date
    last: date

    def requests(self) -> "QuerySet[CallbackRequest]":
        """Those asked on these days."""
        start, end = _midnight(self.first), _midnight(self.last + timedelta(days=1))
        return CallbackRequest.objects.filter(requested_at__gte=start, requested_at__lt=end)


def days_of(first: date | None, last: date | None, now: datetime) -> Days:
    """From and to, the last 30 days unless told otherwise. InvalidError for too many, or the wrong way round."""
    until = last or timezone.localdate(now)
    since = first or until - timedelta(days=29)
    if not 0 <= (until - since).days < MAX_DAYS:
        sentence = f"Choose at most {MAX_DAYS} days, the first one before the last."
        raise InvalidError(sentence, **{"from": sentence})
    return Days(since, until)


def callback_report(days: Days, line: PhoneLine | None, now: datetime) -> dict[str, Any]:
    """Sums over all, by day and by line: three or four queries, however many requests there were."""
    lines = [line] if line else list(all_lines())
    cells: defaultdict[tuple[int, date], Sums] = defaultdict(Sums)
    for cell, sums in _each(days.requests().filter(line__in=lines), calendars_of(lines), now):
        cells[cell].add(sums)
    by_day = _together(cells, lambda cell: cell[1])
    return {
        "from": days.first,
        "to": days.last,
        "whole": _together(cells, lambda _cell: 0).get(0, Sums()).wire(),
        "series": [{"day": day} | by_day[day].wire() for day in sorted(by_day)],
        "lines": _by_line(lines, _together(cells, lambda cell: cell[0])),
    }


def _together(cells: Mapping[tuple[int, date], Sums], key: Callable[[tuple[int, date]], Key]) -> dict[Key, Sums]:
    """The sums of lines and days, by one of the two."""
    found: defaultdict[Key, Sums] = defaultdict(Sums)
    for cell, sums in cells.items():
        found[key(cell)].add(sums)
    return found


def _by_line(lines: Iterable[PhoneLine], sums: Mapping[int, Sums]) -> list[dict[str, Any]]:
    named = ({"id": one.public_id, "name": str(one)} | sums[one.pk].wire() for one in lines if one.pk in sums)
    return sorted(named, key=lambda row: (-row["asked"], row["name"]))


def _each(
    requests: "QuerySet[CallbackRequest]", calendars: dict[int, Calendar], now: datetime
) -> Iterator[tuple[tuple[int, date], Sums]]:
    """Line, day and what one request adds; read in pieces, so that a year of them is no year in memory."""
    for row in requests.order_by("pk").values(*_COLUMNS).iterator(chunk_size=_READ_AT_ONCE):
        asked = Asked(row["requested_at"], row["wanted_at"], row["promised_at"], row["connected_at"])
        sums = _sums(asked, row, calendars[row["line_id"]], now)
        yield (row["line_id"], timezone.localdate(asked.requested_at)), sums


def _sums(asked: Asked, row: dict[str, Any], calendar: Calendar, now: datetime) -> Sums:
    called_off = row["stage"] in _CALLED_OFF
    kept = was_kept(asked)
    waited = wait_saved(asked, calendar)
    return Sums(
        asked=1,
        promised=int(kept or (not called_off and (row["ended_at"] is not None or asked.promised_at <= now))),
        kept=int(kept),
        ended=int(asked.connected_at is not None or (row["ended_at"] is not None and not called_off)),
        reached=int(asked.connected_at is not None),
        calls=row["calls_made"],
        waits=int(waited is not None),
        waited=waited.total_seconds() if waited is not None else 0.0,
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
