"""What a door can offer a customer who wants to be called: a line, an honest estimate, and times to choose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean, pstdev
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from channels_app.callback.estimate import SPREAD, estimated_wait, wait_words
from channels_app.callback.models import CallbackRequest, Direction, PhoneCall, PhoneLine
from channels_app.callback.numbers import Number
from channels_app.callback.policy import expiry
from channels_app.callback.promise import ANSWER_WITHIN
from channels_app.callback.selectors import addresses_of, calendars_of, slot_rules, taken_slots, window_of
from channels_app.callback.stages import CallOutcome, RequestStage
from channels_app.callback.times import clock_words, day_words, moment_words, slot_words, zone_words
from channels_app.callback.windows import Slot, Window, ZoneSource, slots, whereabouts
from interaction_center.business_hours import Calendar
from interaction_center.routing.selectors import agents_with_load

MEASURED_TALKS = 50
MEASURED_AT_LEAST = 5  # fewer talks say nothing


@dataclass(frozen=True, slots=True)
class Soonest:
    """A call as soon as possible. `at`: when they can be rung first; `wait`: seconds of opening time from then on,
    None while nothing is known; `promised_at`: when we hold ourselves to have called; `is_open` now."""

    at: datetime
    wait: tuple[int, int] | None
    promised_at: datetime
    is_open: bool

    def words(self, now: datetime, zone: ZoneInfo, language: str) -> str:
        """ "in 5 to 10 minutes"; outside business hours from when on."""
        if self.at <= now:
            return wait_words(self.wait, language)
        first = f"{moment_words(self.at, zone, language)} ({zone_words(zone, language)})"
        if language == "de":
            return f"ab {first}" if self.is_open else f"wenn wir wieder öffnen, ab {first}"
        return f"from {first} on" if self.is_open else f"when we open again, from {first} on"


@dataclass(frozen=True, slots=True)
class Choice:
    """A time to choose: its begin as it is sent back, and on the customer's clock."""

    start: str
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    """The times of one day."""

    words: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a door shows. `zone`: whose clock it is, `clock` the same in words; `soonest`: None when nobody may be rung
    at any hour; `who` answers."""

    who: str
    zone: str
    clock: str
    soonest: str | None
    days: tuple[Day, ...]


def offer_of(line: PhoneLine, *, zone: str, now: datetime, language: str, but: CallbackRequest | None = None) -> Offer:
    """For a customer whose browser says `zone`; "" for unknown: then by the line's own clock."""
    window, _ = customer_window(line, zone=zone)
    shown = window.shown_zone
    first = soonest(line, window, now)
    free = free_slots(line, window, now, but=but)
    by_day = [(day, tuple(group)) for day, group in groupby(free, lambda slot: day_words(slot.start, shown, language))]
    return Offer(
        who=str(line),
        zone=str(shown),
        clock=zone_words(shown, language),
        soonest=first.words(now, shown, language) if first else None,
        days=tuple(Day(day, tuple(_choice(slot, shown, language) for slot in group)) for day, group in by_day),
    )


def promise_words(
    line: PhoneLine, number: Number, *, zone: str, wanted_at: datetime | None, now: datetime, language: str
) -> str:
    """The chosen slot, or how soon, by the clock of the customer. Of what was typed alone, before it is counted: the
    same for a number at which somebody waits."""
    window, _ = customer_window(line, zone=zone, candidates=number.zones)
    shown = window.shown_zone
    if wanted_at is not None:
        end = wanted_at + timedelta(minutes=line.slot_minutes)
        return f"{slot_words(wanted_at, end, shown, language)} ({zone_words(shown, language)})"
    first = soonest(line, window, now)
    return first.words(now, shown, language) if first else ""


def _choice(slot: Slot, zone: ZoneInfo, language: str) -> Choice:
    start = slot.start.isoformat().replace("+00:00", "Z")
    return Choice(start, f"{clock_words(slot.start, zone, '')}–{clock_words(slot.end, zone, language)}")


def customer_window(line: PhoneLine, *, zone: str, candidates: Collection[str] = ()) -> tuple[Window, list[str]]:
    """When this customer may be rung, and the zones to keep. `zone`: what their browser says; "" or wrong: unknown."""
    calendar = calendars_of([line])[line.pk]
    if not zone and not candidates:
        return window_of(line, calendar), []
    where = whereabouts(browser=zone, customer="", candidates=candidates, site=calendar.zone)
    kept = [str(one) for one in where.zones]
    return window_of(line, calendar, kept), kept


def knows_place(window: Window) -> bool:
    """Whether times are told by the customer's own clock, so that it need not be named."""
    return window.where.source is not ZoneSource.SITE and len(window.where.zones) == 1


def free_slots(line: PhoneLine, window: Window, now: datetime, *, but: CallbackRequest | None = None) -> list[Slot]:
    """The times that this customer can have."""
    found = slots(now, window, slot_rules(line), taken_slots(line, now, but=but))
    return [slot for slot in found if slot.free]


def soonest(line: PhoneLine, window: Window, now: datetime) -> Soonest | None:
    """As soon as possible; None when no hour suits all places where the customer may be."""
    at = window.next_allowed(now, line.ring_seconds, give_up_at(now, window.calendar))
    if at is None:
        return None
    wait = measured_wait(line, now)
    within = wait[1] if wait else round(ANSWER_WITHIN.total_seconds())
    return Soonest(at, wait, window.calendar.add_open_time(at, within), window.calendar.is_open(now))


def give_up_at(wanted: datetime, calendar: Calendar) -> datetime:
    """When a request for this time is given up."""
    return expiry(wanted, calendar)


def measured_wait(line: PhoneLine, now: datetime, place: int = 0) -> tuple[int, int] | None:
    """Seconds until whoever is at this place is called, without it the next one who asks, in eight of ten cases; None
    when too little is known."""
    talk = _talk_seconds(line)
    if talk is None:
        return None
    average, spread = talk
    return estimated_wait(place or _waiting(line, now) + 1, people_of(line, now), average, spread)


def place_of(call: PhoneCall, since: datetime, now: datetime) -> int:
    """Which number a caller who waits since then has in the queue of their line: 1 is answered next."""
    earlier = Q(waiting_since__lt=since) | Q(waiting_since=since, pk__lt=call.pk)
    callers = waiting_callers(call.line).filter(earlier).count()
    return callers + _called_before(call.line, now).filter(requested_at__lt=since).count() + 1


def waiting_callers(line: PhoneLine) -> "QuerySet[PhoneCall]":
    """Who is on the line and waits for a person."""
    waits = PhoneCall.objects.filter(line=line, direction=Direction.IN, ended_at=None, bridged_at=None, outcome="")
    return waits.exclude(waiting_since=None)


def _talk_seconds(line: PhoneLine) -> tuple[float, float] | None:
    """Average and spread of the last talks with their wrap-up."""
    talks = PhoneCall.objects.filter(line=line, outcome=CallOutcome.TALKED, bridged_at__isnull=False)
    ends = talks.filter(ended_at__isnull=False).order_by("-created_at")
    rows = list(ends.values_list("created_at", "ended_at", "wrapped_up_at")[:MEASURED_TALKS])
    if len(rows) < MEASURED_AT_LEAST:
        return None
    seconds = [((wrapped or ended) - begun).total_seconds() for begun, ended, wrapped in rows if ended]
    average = fmean(seconds)
    return (average, pstdev(seconds) / average if average else SPREAD) if average > 0 else None


def _waiting(line: PhoneLine, now: datetime) -> int:
    """Who is called, or answered, before somebody who asks now."""
    return _called_before(line, now).count() + waiting_callers(line).count()


def _called_before(line: PhoneLine, now: datetime) -> "QuerySet[CallbackRequest]":
    """Requests that are to be called now and have no call: whoever is on the line is counted there."""
    now_or_never = Q(stage__in=[RequestStage.DUE, RequestStage.CLAIMED])
    their_time = Q(stage__in=[RequestStage.SCHEDULED, RequestStage.RETRY_WAIT], due_at__lte=now)
    on_the_line = PhoneCall.objects.filter(request=OuterRef("pk"), direction=Direction.IN, ended_at=None)
    return CallbackRequest.objects.filter(now_or_never | their_time, ~Exists(on_the_line), line=line)


def people_of(line: PhoneLine, now: datetime) -> int:
    """Who works for this line just now and has a telephone."""
    there = agents_with_load(now).filter(wanted="available", connected=True)
    there = there.filter(user__teams__public_id=line.team) if line.team else there
    return len(addresses_of(list(there.values_list("user__public_id", flat=True)), line.mode))
