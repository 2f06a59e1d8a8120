"""Questions about lines, requests and calls: constant numbers of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.timezone import get_default_timezone_name

from channels_app.callback.models import AgentPhone, CallbackRequest, CallLeg, Mode, Party, PhoneLine
from channels_app.callback.policy import RetryRules
from channels_app.callback.windows import Whereabouts, Window, ZoneSource, read_zone
from interaction_center.access.selectors import hours_of_doors
from interaction_center.business_hours import MINUTES_PER_DAY, Calendar

SECOND = timedelta(seconds=1)


def mail_of(interaction: str) -> tuple[str, str]:
    """The mail address that came with the request of this interaction, and the key of its site; "" for none."""
    found = CallbackRequest.objects.filter(interaction=interaction).values_list("email", "line__site").first()
    return found or ("", "")


def calendars_of(lines: Sequence[PhoneLine]) -> dict[int, Calendar]:
    """Primary key of a line -> its hours; a line without any is always open."""
    found = hours_of_doors([(line.team, line.calendar) for line in lines])
    always = Calendar(ZoneInfo(get_default_timezone_name()), (((0, MINUTES_PER_DAY),),) * 7)
    return {line.pk: found[line.team, line.calendar] or always for line in lines}


def window_of(line: PhoneLine, calendar: Calendar, zones: Sequence[str] = ()) -> Window:
    """When this line may ring a customer of these zones; without any, one who lives by the line's clock."""
    known = tuple(zone for name in zones if (zone := read_zone(name)) is not None)
    where = Whereabouts(known, ZoneSource.CANDIDATES) if known else Whereabouts((calendar.zone,), ZoneSource.SITE)
    return Window(calendar, where, (_minutes(line.quiet_until), _minutes(line.quiet_from)))


def windows_of(requests: Sequence[CallbackRequest]) -> dict[int, Window]:
    """Primary key of a request -> when its customer may be rung. Reads `line`."""
    calendars = calendars_of([request.line for request in requests])
    return {request.pk: window_of(request.line, calendars[request.line_id], request.zones) for request in requests}


def retry_rules(line: PhoneLine) -> RetryRules:
    """How often and how soon this line tries again."""
    return RetryRules(max_attempts=line.max_attempts, ring_seconds=line.ring_seconds)


def addresses_of(users: Sequence[str], mode: str) -> dict[str, str]:
    """Agent (public id) -> the telephone to ring, as Twilio names it; nobody who has none."""
    if mode == Mode.SOFTPHONE:
        return {user: f"client:{user}" for user in users}
    phones = AgentPhone.objects.filter(user__in=users)
    return {phone.user: phone.number or f"client:{phone.user}" for phone in phones}


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


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
