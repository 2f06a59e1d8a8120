"""Who types numbers into a form costs money and annoys strangers: how often that can be done."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from channels_app.callback.changing import cancel_request
from channels_app.callback.limits import (
    PER_NETWORK_AN_HOUR,
    PER_NUMBER_A_DAY,
    PER_PERSON_AN_HOUR,
    PER_SITE_AN_HOUR,
    network_of,
)
from channels_app.callback.models import CallbackRequest, PhoneLine
from channels_app.callback.requests import Visitor, open_missed
from interaction_center.errors import RateLimitedError
from interaction_center.queue.models import Interaction
from tests.access.builders import a_site, a_user
from tests.callback.test_requests import a_missed_call
from tests.callback.wishes import E164, a_line, a_number, wishes

pytestmark = pytest.mark.django_db


def earlier(request: CallbackRequest, **ago: float) -> CallbackRequest:
    """As if it had been asked for so long ago, and were over."""
    at = timezone.now() - timedelta(**ago)
    CallbackRequest.objects.filter(pk=request.pk).update(requested_at=at, stage="done", calls_made=1, ended_at=at)
    return request


def by_others(line: PhoneLine, count: int, **values: Any) -> None:
    for place in range(count):
        wishes(line, number=a_number(), **{"ip": f"10.{place}.0.1", **values})


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_counts_with_its_neighbours(address: str, network: str) -> None:
    assert network_of(address) == network


def test_only_the_network_of_an_address_is_kept() -> None:
    assert wishes(a_line(), ip="203.0.113.7").ip == "203.0.113.0/24"


def test_a_number_rests_for_ten_minutes() -> None:
    line = a_line()
    earlier(wishes(line), minutes=9)
    with pytest.raises(RateLimitedError, match="ten minutes"):
        wishes(line)
    earlier(CallbackRequest.objects.get(), minutes=11)
    assert wishes(line).stage == "due"


def test_a_number_is_called_for_three_requests_a_day() -> None:
    line = a_line()
    for hours in range(PER_NUMBER_A_DAY):
        earlier(wishes(line), hours=hours + 1)
    with pytest.raises(RateLimitedError, match="tomorrow"):
        wishes(line)


def test_whoever_cancels_before_it_rings_may_ask_again() -> None:
    line = a_line()
    cancel_request(request=wishes(line))
    assert wishes(line).stage == "due"


def test_one_network_asks_five_times_an_hour_over_all_lines() -> None:
    for place in range(PER_NETWORK_AN_HOUR):
        wishes(a_line(), number=a_number(), ip=f"203.0.113.{place}")
    with pytest.raises(RateLimitedError, match="your network"):
        wishes(a_line(), ip="203.0.113.99")
    assert wishes(a_line(), ip="203.0.114.99").stage == "due"


def test_a_full_network_is_told_nothing_of_a_number() -> None:
    line = a_line()
    wishes(line, ip="10.9.9.9")
    by_others(line, PER_NETWORK_AN_HOUR, ip="203.0.113.1")
    for number in (E164, a_number()):
        with pytest.raises(RateLimitedError, match="your network"):
            wishes(line, number=number, ip="203.0.113.1")


def test_a_site_takes_thirty_an_hour_of_people_who_have_proved_nothing() -> None:
    line, site = a_line(), a_site()
    by_others(line, PER_SITE_AN_HOUR, site=site)
    with pytest.raises(RateLimitedError, match="just now"):
        wishes(line, site=site)
    assert wishes(line, site=site, visitor=Visitor("v-1", "jo@example.org")).is_proved


def test_one_proved_address_asks_five_times_an_hour_from_wherever() -> None:
    line, jo = a_line(), Visitor("v-1", "jo@example.org")
    by_others(line, PER_PERSON_AN_HOUR, visitor=jo, email="jo@example.org")
    with pytest.raises(RateLimitedError, match="within the hour"):
        wishes(line, ip="192.0.2.1", visitor=Visitor("v-2", "jo@example.org"))
    assert wishes(line, ip="192.0.2.1", visitor=Visitor("v-3", "maria@example.org")).is_proved


def test_a_line_takes_no_more_a_day_than_it_may_place() -> None:
    line = a_line(calls_a_day=2)
    by_others(line, 2)
    with pytest.raises(RateLimitedError, match="today"):
        wishes(line)


def test_one_of_us_is_limited_by_no_address() -> None:
    line, anna = a_line(calls_a_day=1), a_user()
    for _ in range(PER_NETWORK_AN_HOUR + 1):
        wishes(line, number=a_number(), user=anna, source="agent", ip="203.0.113.1")
    assert Interaction.objects.count() == PER_NETWORK_AN_HOUR + 1


def test_a_missed_call_is_limited_by_its_number_alone() -> None:
    line = a_line(calls_a_day=0)
    call = a_missed_call(line)
    request = open_missed(line=line, number=E164, at=call.created_at, call=call)
    assert request is not None
    earlier(request, minutes=5)
    again = a_missed_call(line)
    assert open_missed(line=line, number=E164, at=again.created_at, call=again) is None
