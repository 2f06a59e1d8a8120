"""Against toll fraud and harassment: who may have how many numbers called, counted over the rows of requests.

Rows, not memory: the limits hold over restarts and for all processes. They are checked while the line is locked.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.timezone import get_default_timezone_name

from channels_app.callback.models import CallbackRequest, DoNotCall, PhoneLine
from channels_app.callback.problems import words
from channels_app.callback.stages import RequestStage
from interaction_center.errors import InvalidError, RateLimitedError

PER_NUMBER_A_DAY = 3
NUMBER_RESTS = timedelta(minutes=10)
PER_NETWORK_AN_HOUR = 5
PER_PERSON_AN_HOUR = 5  # who has proved an address, from wherever they ask
PER_SITE_AN_HOUR = 30  # by people who have proved nothing
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as limits go. `network`: see `network_of`; `proved`: their mail address if it is proved;
    `is_staff`: one of us, who is accountable."""

    site: str = ""
    network: str = ""
    proved: str = ""
    is_staff: bool = False


def network_of(address: str) -> str:
    """The network of an address, as far as one household or company has it: IPv4 /24, IPv6 /64; "" for none."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = read.ipv4_mapped if isinstance(read, ipaddress.IPv6Address) else None
    own = mapped or read
    return str(ipaddress.ip_network((own, 24 if own.version == 4 else 64), strict=False))


def check_door(line: PhoneLine, asker: Asker, now: datetime) -> None:
    """RateLimitedError when too many came from here, this site or for this line. Says nothing of any number."""
    if asker.is_staff:
        return
    today = now.astimezone(ZoneInfo(get_default_timezone_name())).replace(hour=0, minute=0, second=0, microsecond=0)
    recent = CallbackRequest.objects.filter(requested_at__gt=now - HOUR)
    if asker.network and recent.filter(ip=asker.network).count() >= PER_NETWORK_AN_HOUR:
        _refuse("network_limit", HOUR)
    of_line = recent.filter(line=line)
    if asker.proved and of_line.filter(email=asker.proved, is_proved=True).count() >= PER_PERSON_AN_HOUR:
        _refuse("person_limit", HOUR)
    unproved = of_line.filter(site=asker.site, is_proved=False).exclude(source="call")
    if not asker.proved and unproved.count() >= PER_SITE_AN_HOUR:
        _refuse("site_limit", HOUR)
    if CallbackRequest.objects.filter(line=line, requested_at__gte=today).count() >= line.calls_a_day:
        _refuse("line_limit", DAY)


def check_number(number: str, now: datetime) -> None:
    """RateLimitedError when this number was asked for too often. What was cancelled before it rang does not count."""
    recent = CallbackRequest.objects.filter(number=number, requested_at__gt=now - DAY)
    counted = recent.exclude(stage=RequestStage.CANCELLED, calls_made=0).aggregate(
        today=Count("pk"), just_now=Count("pk", filter=Q(requested_at__gt=now - NUMBER_RESTS))
    )
    if counted["today"] >= PER_NUMBER_A_DAY:
        _refuse("number_limit", DAY)
    if counted["just_now"]:
        _refuse("number_rests", NUMBER_RESTS)


def check_may_be_rung(number: str) -> None:
    """InvalidError for a number that is never rung, and for one of ours: we would call ourselves, and pay for both."""
    if DoNotCall.objects.filter(number=number).exists():
        raise _not_this_number("number_do_not_call")
    if PhoneLine.objects.filter(number=number).exists():
        raise _not_this_number("number_ours")


def _not_this_number(code: str) -> InvalidError:
    sentence = words(code, "en")
    return InvalidError(sentence, code, phone=sentence)


def _refuse(code: str, wait: timedelta) -> NoReturn:
    raise RateLimitedError(words(code, "en"), code, retry_after=round(wait.total_seconds()))
