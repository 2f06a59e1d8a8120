"""Opening hours: when a calendar is open, and what a budget of open time comes to. Pure; every instant is aware.

The conventions, all of them checked against published cases of other systems:
a budget used up at closing time ends at closing time, not at the next opening; "24:00" is the midnight that ends the
day; a wall time inside a gap of summer time moves forward by the gap, an ambiguous one is its first occurrence; a day
of 23 or 25 hours counts its real length; a holiday is the whole local day; a calendar without hours is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as public_holidays

from interaction_center.errors import InvalidError

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_PER_DAY = 24 * 60
HORIZON_DAYS = 3700  # ten years: a calendar that does not open in that time never opens

Segment = tuple[datetime, datetime]
Frame = tuple[int, int]
_WALL_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


class CalendarError(InvalidError):
    """A calendar that can't be used: no hours, an unknown zone, a wrong frame, or it never opens."""

    code = "invalid_calendar"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours of a week in one zone, less holidays. Made by `read_calendar`, which checks its input.

    frames       seven tuples, Monday first, of half-open stretches in minutes after local midnight
    closed       closed local dates; `closed_yearly` as (month, day)
    country      ISO code whose public holidays close the day ("" = none), with an optional subdivision ("BY")
    """

    zone: ZoneInfo
    frames: tuple[tuple[Frame, ...], ...]
    closed: frozenset[date] = frozenset()
    closed_yearly: frozenset[tuple[int, int]] = frozenset()
    country: str = ""
    subdivision: str = ""

    def is_holiday(self, day: date) -> bool:
        """Whether this local day is closed as a holiday."""
        if day in self.closed or (day.month, day.day) in self.closed_yearly:
            return True
        return bool(self.country) and day in _public_holidays(self.country, self.subdivision, day.year)

    def holiday_name(self, day: date, language: str = "en") -> str:
        """The name of the public holiday, or ""; German where the country's list has it, else English."""
        names = _public_holidays(self.country, self.subdivision, day.year, language) if self.country else {}
        return names.get(day, "")

    def day_segments(self, day: date) -> list[Segment]:
        """The open stretches of one local day as UTC instants, in order and without overlap."""
        frames = () if self.is_holiday(day) else self.frames[day.weekday()]
        borders = ((localize(day, start, self.zone), localize(day, end, self.zone)) for start, end in frames)
        return list(_disjoint(borders))

    def segments(self, start: datetime, pauses: Sequence[Segment] = ()) -> Iterator[Segment]:
        """The counted stretches at or after `start`, pauses cut out, up to the horizon of ten years."""
        first = start.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(HORIZON_DAYS):
            for opening, closing in self.day_segments(first + timedelta(days=offset)):
                if closing > start:
                    yield from _without((max(opening, start.astimezone(UTC)), closing), pauses)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies inside opening hours (closing time itself is outside)."""
        return any(opening <= at < closing for opening, closing in self.day_segments(at.astimezone(self.zone).date()))

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after `at`. Raises CalendarError when there is none within ten years."""
        for opening, _closing in self.segments(at):
            return opening
        raise CalendarError("This calendar never opens: its holidays cover all its hours.")

    def add_open_time(self, start: datetime, seconds: int, pauses: Sequence[Segment] = ()) -> datetime:
        """The instant at which `seconds` of open time after `start` are used up; 0 means the first counted instant."""
        left = timedelta(seconds=seconds)
        for opening, closing in self.segments(start, pauses):
            if left <= closing - opening:
                return opening + left
            left -= closing - opening
        raise CalendarError("This calendar does not open often enough to reach that time.")

    def elapsed(self, start: datetime, end: datetime, pauses: Sequence[Segment] = ()) -> timedelta:
        """The open time between two instants, pauses left out; nothing when `end` is not after `start`."""
        total = timedelta()
        for opening, closing in self.segments(start, pauses):
            if opening >= end:
                break
            total += min(closing, end) - opening
        return total


def read_calendar(
    *,
    zone: str,
    hours: Mapping[str, Sequence[Sequence[str]]],
    country: str = "",
    subdivision: str = "",
    closed: Iterable[str] = (),
) -> Calendar:
    """A calendar from stored values.

    `hours` maps mon..sun to frames ["09:00", "12:30"]; `closed` holds local dates "YYYY-MM-DD", or "MM-DD" for every
    year. Raises CalendarError with a sentence about the first value that is wrong.
    """
    unknown = sorted(set(hours) - set(WEEKDAYS))
    if unknown:
        raise CalendarError(f"“{unknown[0]}” is no weekday: use mon, tue, wed, thu, fri, sat, sun.")
    frames = tuple(tuple(sorted(_read_frame(frame) for frame in hours.get(day, ()))) for day in WEEKDAYS)
    if not any(frames):
        raise CalendarError("The calendar has no opening hours: give at least one day a frame.")
    check_holidays(country, subdivision)
    dates = list(closed)
    return Calendar(
        zone=_read_zone(zone),
        frames=frames,
        closed=frozenset(_read_date(text) for text in dates if len(text) != 5),
        closed_yearly=frozenset(_read_yearly(text) for text in dates if len(text) == 5),
        country=country,
        subdivision=subdivision,
    )


def refuse_overlaps(calendar: Calendar) -> None:
    """Raises CalendarError with a sentence about the first day whose frames overlap.

    Only for what somebody writes now: a stored calendar with an overlap is read as one stretch.
    """
    for name, frames in zip(DAY_NAMES, calendar.frames, strict=True):
        for one, two in pairwise(frames):
            if two[0] < one[1]:
                sentence = f"On {name}, {_clock(one)} and {_clock(two)} overlap: make one of them, or leave a gap."
                raise CalendarError(sentence, hours=sentence)


def localize(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time, given in minutes after midnight of `day` (1440 = the midnight that ends it).

    `fold=0` gives both rules of summer time: an ambiguous time is its first occurrence, and a time inside a gap is
    read with the offset before the gap, which moves it forward by the gap.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def check_holidays(country: str, subdivision: str) -> None:
    """Refuse a country or subdivision whose public holidays are not known (CalendarError)."""
    known = public_holidays.list_supported_countries(include_aliases=False)
    if country and country not in known:
        raise CalendarError(f"No public holidays are known for the country “{country}”.")
    if subdivision and subdivision not in known.get(country, []):
        raise CalendarError(f"No public holidays are known for “{country}-{subdivision}”.")


def opening_days(calendar: Calendar, start: date, days: int, language: str) -> list[tuple[date, list[Segment], str]]:
    """A preview: local day, open stretches, name of the public holiday, for `days` days from `start`."""
    span = (start + timedelta(days=offset) for offset in range(days))
    return [(day, calendar.day_segments(day), calendar.holiday_name(day, language)) for day in span]


def first_segments(calendar: Calendar, start: datetime, count: int) -> list[Segment]:
    """The first `count` open stretches at or after `start`."""
    return list(islice(calendar.segments(start), count))


@lru_cache(maxsize=512)
def _public_holidays(country: str, subdivision: str, year: int, language: str = "en") -> dict[date, str]:
    # Without a language the package would ask the environment of the process.
    words = "de" if language == "de" else "en_US"
    days = public_holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=words)
    return dict(days.items())


def _disjoint(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Cut overlaps and drop what is empty; summer time can push one border past another."""
    reached: datetime | None = None
    for start, end in segments:
        begin = start if reached is None else max(start, reached)
        if end > begin:
            yield begin, end
            reached = end


def _without(segment: Segment, pauses: Sequence[Segment]) -> Iterator[Segment]:
    start, end = segment
    for pause_start, pause_end in sorted(pauses):
        if pause_end <= start or pause_start >= end:
            continue
        if pause_start > start:
            yield start, pause_start
        start = pause_end
        if start >= end:
            return
    yield start, end


def _read_frame(frame: Sequence[str]) -> Frame:
    if len(frame) != 2:
        raise CalendarError("A frame has two times, for example 09:00 and 17:00.")
    start, end = _read_minutes(frame[0]), _read_minutes(frame[1])
    if start >= end:
        raise CalendarError(f"The frame {frame[0]}-{frame[1]} ends before it starts; after midnight is the next day.")
    return start, end


def _clock(frame: Frame) -> str:
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in frame)


def _read_minutes(text: str) -> int:
    match = _WALL_TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else MINUTES_PER_DAY + 1
    if minutes > MINUTES_PER_DAY:
        raise CalendarError(f"“{text}” is no time of day: write HH:MM, from 00:00 to 24:00.")
    return minutes


def _read_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError(f"“{name}” is no time zone: use a name like Europe/Berlin.") from error


def _read_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CalendarError(f"“{text}” is no date: write YYYY-MM-DD, or MM-DD for every year.") from error


def _read_yearly(text: str) -> tuple[int, int]:
    day = _read_date(f"2024-{text}")  # a leap year: 02-29 is allowed
    return day.month, day.day
