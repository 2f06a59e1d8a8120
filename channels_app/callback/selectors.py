"""Questions about lines, their hours and slots, telephones, requests and calls: constant numbers of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.timezone import get_default_timezone_name

from channels_app.callback.models import (
    AgentPhone,
    CallbackRequest,
    CallLeg,
    DoNotCall,
    Mode,
    Party,
    PhoneCall,
    PhoneLine,
)
from channels_app.callback.numbers import Number, read_number, region_of
from channels_app.callback.policy import RetryRules
from channels_app.callback.promise import always_open
from channels_app.callback.stages import OPEN_STAGES
from channels_app.callback.windows import Slot, SlotRules, Whereabouts, Window, ZoneSource, read_zone, slots
from channels_app.callback.wire import line_wire
from interaction_center.access.selectors import hours_of_doors
from interaction_center.bulk import rows_of
from interaction_center.business_hours import Calendar
from interaction_center.errors import NotFoundError
from interaction_center.queue.wire import moment

SECOND = timedelta(seconds=1)


def mail_of(interaction: str) -> tuple[str, str]:
    """The mail address that came with the request of this interaction, and the key of its site; "" for none."""
    found = CallbackRequest.objects.filter(interaction=interaction).values_list("email", "line__site").first()
    return found or ("", "")


# Lines, numbers and telephones


def all_lines() -> QuerySet[PhoneLine]:
    """By name."""
    return PhoneLine.objects.order_by("name", "pk")


def line_by_id(public_id: str) -> PhoneLine:
    """NotFoundError when there is none."""
    found = PhoneLine.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError("There is no such telephone line.")
    return found


def lines_with_hours(calendar: str) -> list[str]:
    """The names of the lines that keep these opening hours."""
    return [str(line) for line in all_lines().filter(calendar=calendar)]


def lines_of_team(team: str) -> list[str]:
    """The names of the lines whose callbacks come to this team."""
    return [str(line) for line in all_lines().filter(team=team)]


def countries_rung() -> set[str]:
    """ISO codes of every country that some line rings."""
    return {country for line in PhoneLine.objects.filter(active=True) for country in countries_of(line)}


def countries_of(line: PhoneLine) -> list[str]:
    """ISO codes that this line may ring: those it names, else its own."""
    own = region_of(line.number)
    return list(line.countries) or ([own] if own else [])


def number_for(line: PhoneLine, text: str) -> Number:
    """What somebody has typed, for this line to ring. NumberProblem."""
    return read_number(text, region_of(line.number), countries_of(line))


def line_for(site: str) -> PhoneLine | None:
    """The line whose callbacks the customers of this site (a key) get: its own, else that of all."""
    found = PhoneLine.objects.filter(active=True, site__in={site, ""})
    return found.order_by("-site", "pk").first()


def calendars_of(lines: Sequence[PhoneLine]) -> dict[int, Calendar]:
    """Primary key of a line -> its hours; a line without any is always open."""
    found = hours_of_doors([(line.team, line.calendar) for line in lines])
    zone = ZoneInfo(get_default_timezone_name())
    return {line.pk: found[line.team, line.calendar] or always_open(zone) for line in lines}


def window_of(line: PhoneLine, calendar: Calendar, zones: Sequence[str] = ()) -> Window:
    """When this line may ring a customer of these zones; without any, one who lives by the line's clock."""
    known = tuple(zone for name in zones if (zone := read_zone(name)) is not None)
    where = Whereabouts(known, ZoneSource.CANDIDATES) if known else Whereabouts((calendar.zone,), ZoneSource.SITE)
    return Window(calendar, where, (_minutes(line.quiet_until), _minutes(line.quiet_from)))


def windows_of(requests: Sequence[CallbackRequest]) -> dict[int, Window]:
    """Primary key of a request -> when its customer may be rung. Reads `line`."""
    calendars = calendars_of([request.line for request in requests])
    one_of_each = cache(lambda line, zones: window_of(line, calendars[line.pk], zones))
    return {request.pk: one_of_each(request.line, tuple(request.zones)) for request in requests}


def retry_rules(line: PhoneLine) -> RetryRules:
    """How often and how soon this line tries again."""
    return RetryRules(max_attempts=line.max_attempts, ring_seconds=line.ring_seconds)


def leg_with_call(sid: str) -> str:
    """The digest that names the leg of this call of Twilio's; "" for none of ours."""
    digests = CallLeg.objects.filter(call_sid=sid).values_list("token_digest", flat=True)
    return digests.first() or ""


def addresses_of(users: Sequence[str], mode: str) -> dict[str, str]:
    """Agent (public id) -> the telephone to ring, as Twilio names it; nobody who has none. A line of softphones rings
    those alone: who is rung elsewhere has none open in the browser."""
    phones = rows_of(AgentPhone, "user", users)
    only = [phone for phone in phones if not phone.number] if mode == Mode.SOFTPHONE else phones
    return {phone.user: phone.number or f"client:{phone.user}" for phone in only}


@dataclass(frozen=True, slots=True)
class Use:
    """What a line has placed: calls to customers since midnight, calls of any kind within the last second."""

    today: int = 0
    last_second: int = 0


def use_of_lines(now: datetime) -> dict[int, Use]:
    """Primary key of a line -> its use, by the clock of the house; a line that was not used is missing. One query."""
    midnight = now.astimezone(ZoneInfo(get_default_timezone_name())).replace(hour=0, minute=0, second=0, microsecond=0)
    since = min(midnight, now - SECOND)
    customers = Q(party=Party.CUSTOMER, posted_at__gte=midnight)
    rows = CallLeg.objects.filter(posted_at__gte=since, posted_at__isnull=False).order_by()
    counted = rows.values("call__line").annotate(
        today=Count("pk", filter=customers), last_second=Count("pk", filter=Q(posted_at__gt=now - SECOND))
    )
    return {row["call__line"]: Use(row["today"], row["last_second"]) for row in counted}


def do_not_call_by_id(public_id: str) -> DoNotCall:
    """NotFoundError when there is none."""
    found = DoNotCall.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError("This number is not on the list any more.")
    return found


def call_by_id(public_id: str) -> PhoneCall:
    """NotFoundError when there is none."""
    found = PhoneCall.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError("There is no such call.")
    return found


def calls_in_hand(agent: str) -> "QuerySet[PhoneCall]":
    """The calls that keep this person from another one: those that they have and that are not written up, without a
    talk that they have left to somebody outside."""
    is_theirs = CallLeg.objects.filter(call=OuterRef("pk"), user=agent, ended_at=None)
    left = Q(~Exists(is_theirs), ended_at=None, bridged_at__isnull=False, transfer={})
    return PhoneCall.objects.filter(agent=agent, wrapped_up_at=None).exclude(left)


def phone_of(user: str) -> AgentPhone | None:
    """Where this person is rung; None: nowhere."""
    return AgentPhone.objects.filter(user=user).first()


# Slots


def slots_of(line: PhoneLine, zones: Sequence[str], now: datetime, first: date, days: int) -> dict[str, Any]:
    """The times on offer for `days` days from `first` on, with what is taken: by day of the line's own clock."""
    window = window_of(line, calendars_of([line])[line.pk], zones)
    zone = window.calendar.zone
    ahead = (first - now.astimezone(zone).date()).days + days
    rules = replace(slot_rules(line), days=max(min(ahead, line.days_ahead), 0))
    taken = taken_slots(line, now)
    found = [slot for slot in slots(now, window, rules, taken) if slot.start.astimezone(zone).date() >= first]
    return {
        "line": line_wire(line),
        "zone": str(zone),
        "minutes": line.slot_minutes,
        "capacity": line.slot_capacity,
        "days": _by_day(found, taken, zone),
    }


def slot_rules(line: PhoneLine) -> SlotRules:
    """Which times this line offers."""
    return SlotRules(line.slot_minutes, line.days_ahead, capacity=line.slot_capacity)


def taken_slots(line: PhoneLine, now: datetime, *, but: CallbackRequest | None = None) -> dict[datetime, int]:
    """Begin of a slot -> how many are promised a call then, `but` not counted."""
    wanted = CallbackRequest.objects.filter(line=line, stage__in=OPEN_STAGES, wanted_at__gt=now - timedelta(days=1))
    wanted = wanted.exclude(pk=but.pk) if but else wanted
    return dict(wanted.order_by().values_list("wanted_at").annotate(n=Count("pk")))


def _by_day(found: Sequence[Slot], taken: Mapping[datetime, int], zone: ZoneInfo) -> list[dict[str, Any]]:
    days: dict[str, list[dict[str, Any]]] = {}
    for slot in found:
        wire = {"start": moment(slot.start), "end": moment(slot.end), "free": slot.free}
        day = slot.start.astimezone(zone).date().isoformat()
        days.setdefault(day, []).append(wire | {"taken": taken.get(slot.start, 0)})
    return [{"date": day, "slots": listed} for day, listed in days.items()]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
