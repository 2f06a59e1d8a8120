"""When a customer may be rung: calling hours where they are, while somebody is there to talk to them. Pure.

A number often leaves open in which of several time zones its telephone lies; then only the hours that are allowed in
all of them are used. A ring lasts: the whole of it must lie inside, not only its begin.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from interaction_center.business_hours import MINUTES_PER_DAY, Calendar, Frame, Segment, localize
from interaction_center.errors import AlreadyTakenError, InvalidError

# German law sets no hours for a call that was asked for; 47 CFR 64.1200(c)(1) allows 8 to 21. The evening is theirs.
CALLING_HOURS: Frame = (8 * 60, 20 * 60)
A_DAY = timedelta(days=1)

_SOLSTICES = (datetime(2026, 12, 21, tzinfo=UTC), datetime(2026, 6, 21, tzinfo=UTC))


class ZoneSource(StrEnum):
    """How we know where the customer is."""

    BROWSER = "browser"
    CUSTOMER = "customer"
    NUMBER = "number"
    CANDIDATES = "candidates"  # the number leaves several open: hours that suit all of them
    SITE = "site"  # nothing is known; the site's own zone, or added to what little is known


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The time zones in which the customer may be, and how we know."""

    zones: tuple[ZoneInfo, ...]
    source: ZoneSource

    @property
    def is_guess(self) -> bool:
        """Whether a person should look at it: nothing of what we know says where the customer is."""
        return self.source is ZoneSource.SITE


def whereabouts(*, browser: str, customer: str, candidates: Collection[str], site: ZoneInfo) -> Whereabouts:
    """Where the customer is, by the most trustworthy of what we know.

    `browser` is what the customer's browser says, `customer` what their record says ("" or anything, used if it is the
    name of a zone); `candidates` are the zones of their number. One among them that is no zone ("Etc/Unknown") says
    that they may be anywhere: then the site's own zone stands in for it.

    A browser alone turns no night into day: whoever types a number need not be whose it is, and some browsers say UTC
    to everybody. Where its clock is none that the number can have, it has to be day by both.
    """
    zones = tuple(zone for name in sorted(candidates) if (zone := read_zone(name)) is not None)
    seen = read_zone(browser)
    if seen is not None and zones and not any(_is_same_clock(seen, zone) for zone in zones):
        return Whereabouts((seen, *zones), ZoneSource.CANDIDATES)
    for known, source in ((seen, ZoneSource.BROWSER), (read_zone(customer), ZoneSource.CUSTOMER)):
        if known is not None:
            return Whereabouts((known,), source)
    if len(zones) < len(candidates) or not zones:
        return Whereabouts(tuple(dict.fromkeys((*zones, site))), ZoneSource.SITE)
    return Whereabouts(zones, ZoneSource.NUMBER if len(zones) == 1 else ZoneSource.CANDIDATES)


def _is_same_clock(one: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether both show the same time, in winter and in summer."""
    return all(at.astimezone(one).utcoffset() == at.astimezone(other).utcoffset() for at in _SOLSTICES)


def read_zone(name: str) -> ZoneInfo | None:
    """The time zone of this name, or None. "EST" says no place, and "right/…" counts leap seconds: neither is taken."""
    if name != "UTC" and ("/" not in name or name.startswith(("posix/", "right/"))):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


@dataclass(frozen=True, slots=True)
class Window:
    """When one customer may be rung by one line.

    calendar     business hours and holidays of the line
    where        the zones in which the customer may be
    hours        calling hours as minutes of their day; the end is outside
    """

    calendar: Calendar
    where: Whereabouts
    hours: Frame = CALLING_HOURS

    def __post_init__(self) -> None:
        start, end = self.hours
        if not 0 <= start < end <= MINUTES_PER_DAY:
            sentence = "Calling hours begin before they end and lie within one day, for example 08:00 to 20:00."
            raise InvalidError(sentence, "invalid_calling_hours", calling_hours=sentence)
        if not self.where.zones:
            raise ValueError("a window needs at least one time zone")

    @property
    def shown_zone(self) -> ZoneInfo:
        """The zone in which times are told to the customer: theirs if there is one, else the line's, to be named."""
        zones = self.where.zones
        return zones[0] if len(zones) == 1 else self.calendar.zone

    def may_ring(self, at: datetime, ring_seconds: int) -> bool:
        """Whether a telephone that rings from `at` on for so long stays inside the window."""
        start = at.astimezone(UTC)
        end = start + timedelta(seconds=max(ring_seconds, 1))
        return (start, end) in self.segments(start, end)

    def open_until(self, at: datetime, ring_seconds: int) -> datetime | None:
        """Until when it may ring without a break, looking one day ahead; None where it may not ring from `at` on."""
        start = at.astimezone(UTC)
        first = next(self.segments(start, start + A_DAY), None)
        if first is None or first[0] != start or first[1] - start < timedelta(seconds=max(ring_seconds, 1)):
            return None
        return first[1]

    def next_allowed(self, at: datetime, ring_seconds: int, before: datetime) -> datetime | None:
        """The first instant from `at` on when it may ring, if the ring is over by `before`.

        None is for a person to see: no hour suits all places where the customer may be, or none in time.
        """
        ring = timedelta(seconds=max(ring_seconds, 1))
        return next((start for start, end in self.segments(at, before) if end - start >= ring), None)

    def segments(self, start: datetime, end: datetime) -> Iterator[Segment]:
        """The allowed stretches between two instants as UTC, in order; stretches that touch are one."""
        return _joined(self._pieces(start.astimezone(UTC), end.astimezone(UTC)))

    def _pieces(self, start: datetime, end: datetime) -> Iterator[Segment]:
        for day in _days(start, end, self.calendar.zone):
            pieces: Iterable[Segment] = _common(self.calendar.day_segments(day), [(start, end)])
            for zone in self.where.zones:
                pieces = _common(pieces, self._calling_hours(start, end, day, zone))
            yield from pieces

    def _calling_hours(self, start: datetime, end: datetime, day: date, zone: ZoneInfo) -> list[Segment]:
        """What lies over one day of the line; seen from the other side of the date line that is up to three days."""
        first = max(localize(day, 0, self.calendar.zone), start)
        last = min(localize(day, MINUTES_PER_DAY, self.calendar.zone), end)
        return [part for local in _days(first, last, zone) for part in _hours_of_day(local, self.hours, zone)]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time to choose for a call, as UTC instants; `free` more customers can have it."""

    start: datetime
    end: datetime
    free: int

    def shown_in(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Begin and end on the clock of a zone."""
        return self.start.astimezone(zone), self.end.astimezone(zone)


@dataclass(frozen=True, slots=True)
class SlotRules:
    """Which times a line offers: every `minutes` on its own clock, for `days` days, none sooner than `lead`."""

    minutes: int = 30
    days: int = 14
    lead: timedelta = timedelta(minutes=30)
    capacity: int = 1


def slots(now: datetime, window: Window, rules: SlotRules, taken: Mapping[datetime, int]) -> list[Slot]:
    """The times that this customer can choose, full ones with `free` 0; empty if no hour suits.

    `taken` counts the calls promised for a begin. Times stand on the line's clock (so that customers of all zones share
    them), and a slot lies wholly inside the window.
    """
    zone = window.calendar.zone
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=offset) for offset in range(rules.days))
    return _offered([start for day in days for start in _starts(day, zone, rules)], now, window, rules, taken)


def slot_at(start: datetime, now: datetime, window: Window, rules: SlotRules, taken: Mapping[datetime, int]) -> Slot:
    """The slot that a customer has chosen, checked anew: it may have become full or too soon since it was shown.

    Raises AlreadyTakenError (`slot_full`) and InvalidError (`slot_not_offered`).
    """
    day, today = (instant.astimezone(window.calendar.zone).date() for instant in (start, now))
    starts = _starts(day, window.calendar.zone, rules) if 0 <= (day - today).days < rules.days else []
    offered = _offered([begin for begin in starts if begin == start], now, window, rules, taken)
    if not offered:
        sentence = "We can't call at this time. Choose one of those on offer."
        raise InvalidError(sentence, "slot_not_offered", slot=sentence)
    if not offered[0].free:
        sentence = "Somebody else has just taken this time. Choose another one."
        raise AlreadyTakenError(sentence, "slot_full", slot=sentence)
    return offered[0]


def _offered(
    starts: list[datetime], now: datetime, window: Window, rules: SlotRules, taken: Mapping[datetime, int]
) -> list[Slot]:
    if not starts:
        return []
    length, earliest = timedelta(minutes=rules.minutes), now.astimezone(UTC) + rules.lead
    allowed = list(window.segments(starts[0], starts[-1] + length))
    return [
        Slot(start, start + length, max(rules.capacity - taken.get(start, 0), 0))
        for start in starts
        if start >= earliest and any(first <= start and start + length <= last for first, last in allowed)
    ]


def _starts(day: date, zone: ZoneInfo, rules: SlotRules) -> list[datetime]:
    """The instants of a local day at which its clock shows a multiple of the slot's length.

    An hour that the clock repeats is offered twice, one that it leaves out never. A slot that would begin inside the
    one before is left out: slots can be longer than the change of the clock.
    """
    found: list[datetime] = []
    for begin, end, offset in _offsets(day, zone):
        midnight = _on_utc(day, offset)
        for minute in range(0, MINUTES_PER_DAY, rules.minutes):
            start = midnight + timedelta(minutes=minute)
            if begin <= start < end and not (found and start < found[-1] + timedelta(minutes=rules.minutes)):
                found.append(start)
    return found


@lru_cache(maxsize=8192)
def _hours_of_day(day: date, hours: Frame, zone: ZoneInfo) -> tuple[Segment, ...]:
    """The calling hours of one local day, by what the clock on the wall shows: also the hour that it repeats."""
    opening, closing = (timedelta(minutes=minutes) for minutes in hours)
    parts = [(begin, end, _on_utc(day, offset)) for begin, end, offset in _offsets(day, zone)]
    stretches = [(max(begin, midnight + opening), min(end, midnight + closing)) for begin, end, midnight in parts]
    return tuple((first, last) for first, last in stretches if first < last)


@lru_cache(maxsize=8192)
def _offsets(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """One local day in UTC, cut where its clock is put forward or back, each part with its distance from UTC."""
    start, end = localize(day, 0, zone), localize(day, MINUTES_PER_DAY, zone)
    before, after = _offset(start, zone), _offset(end, zone)
    if before == after:
        return ((start, end, before),)
    minutes = range(int((end - start).total_seconds()) // 60)
    change = bisect_left(minutes, True, key=lambda minute: _offset(start + timedelta(minutes=minute), zone) != before)
    edge = start + timedelta(minutes=change)
    return ((start, edge, before), (edge, end, after))


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _on_utc(day: date, offset: timedelta) -> datetime:
    return datetime.combine(day, time(), UTC) - offset


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The local days that a stretch touches."""
    if start >= end:
        return
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _common(some: Iterable[Segment], others: Iterable[Segment]) -> list[Segment]:
    """What two lists of stretches have in common; both are in order, so the result is."""
    rest = list(others)
    pairs = ((max(one[0], two[0]), min(one[1], two[1])) for one in some for two in rest)
    return [(start, end) for start, end in pairs if start < end]


def _joined(pieces: Iterable[Segment]) -> Iterator[Segment]:
    """Pieces in order, those that touch put together: midnight and a noon without a break end no ring."""
    held: Segment | None = None
    for piece in pieces:
        if held is not None and piece[0] == held[1]:
            held = (held[0], piece[1])
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
