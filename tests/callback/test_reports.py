"""What became of the wish to be called."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from channels_app.callback.models import PhoneLine
from channels_app.callback.stages import RequestStage
from tests.access.builders import a_calendar, a_user, signed_in
from tests.callback.console_builders import NOW, a_line, a_request
from tests.console.builders import get, refused

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def line() -> PhoneLine:
    return a_line(calendar=a_calendar().public_id)


@pytest.fixture
def client() -> Client:
    return signed_in(a_user())


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW + timedelta(hours=6), tick=False):
        yield


def report(client: Client, **query: Any) -> Any:
    return get(client, "/callback/report", **{name.removesuffix("_"): value for name, value in query.items()})


def reached(line: PhoneLine, after: timedelta, **values: Any) -> None:
    asked = values.setdefault("requested_at", NOW)
    values.setdefault("calls_made", 1)
    a_request(line, stage=RequestStage.DONE, connected_at=asked + after, ended_at=asked + after, **values)


def test_promises_kept_reach_attempts_and_waiting_are_counted(line: PhoneLine, client: Client) -> None:
    reached(line, 10 * MINUTE)
    reached(line, 50 * MINUTE, calls_made=3)
    a_request(line, stage=RequestStage.FAILED, ended_at=NOW, calls_made=3)
    a_request(line, stage=RequestStage.CANCELLED, ended_at=NOW)
    whole = report(client)["whole"]
    assert (whole["asked"], whole["promised"], whole["kept"], whole["reached"]) == (4, 3, 1, 2)
    assert (whole["kept_rate"], whole["reach_rate"]) == pytest.approx((1 / 3, 2 / 3))
    assert whole["attempts_per_contact"] == 3.5
    assert whole["wait_saved_seconds"] == 1800


def test_a_promise_whose_time_has_not_come_is_not_broken_yet(line: PhoneLine, client: Client) -> None:
    a_request(line, stage=RequestStage.SCHEDULED, wanted_at=NOW + timedelta(days=1))
    a_request(line, requested_at=NOW + timedelta(hours=5, minutes=50))
    assert report(client)["whole"]["promised"] == 0
    a_request(line, requested_at=NOW)
    whole = report(client)["whole"]
    assert (whole["promised"], whole["kept_rate"], whole["reach_rate"]) == (1, 0.0, None)


def test_who_chose_a_time_has_waited_for_nothing_and_is_on_time_until_it_ends(line: PhoneLine, client: Client) -> None:
    wanted = NOW + timedelta(hours=2)
    reached(line, timedelta(hours=2, minutes=29), wanted_at=wanted)
    reached(line, timedelta(hours=2, minutes=46), wanted_at=wanted, slot_minutes=45)
    whole = report(client)["whole"]
    assert (whole["promised"], whole["kept"], whole["wait_saved_seconds"]) == (2, 1, None)


def test_a_closed_night_is_no_waiting(line: PhoneLine, client: Client) -> None:
    morning = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    reached(line, timedelta(hours=11), requested_at=datetime(2026, 11, 24, 21, 10, tzinfo=UTC), promised_at=morning)
    assert report(client)["whole"] | {"wait_saved_seconds": 600, "kept": 1} == report(client)["whole"]


def test_a_promise_is_what_the_customer_was_told_and_not_half_an_hour(line: PhoneLine, client: Client) -> None:
    reached(line, 20 * MINUTE, promised_at=NOW + 10 * MINUTE)
    reached(line, 50 * MINUTE, promised_at=NOW + 60 * MINUTE)
    assert (report(client)["whole"]["promised"], report(client)["whole"]["kept"]) == (2, 1)


def test_days_are_those_of_the_centres_clock_and_lines_are_told_apart(line: PhoneLine, client: Client) -> None:
    other = a_line("Other", "+4930901821")
    late_evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    reached(line, MINUTE, requested_at=late_evening)
    reached(line, MINUTE)
    reached(other, MINUTE)
    found = report(client)
    assert [(day["day"], day["asked"]) for day in found["series"]] == [("2026-11-24", 1), ("2026-11-25", 2)]
    assert [(one["name"], one["asked"]) for one in found["lines"]] == [("Service", 2), ("Other", 1)]
    assert report(client, line=other.public_id)["whole"]["asked"] == 1
    assert report(client, from_="2026-11-25", to="2026-11-25")["whole"]["asked"] == 2
    assert (found["from"], found["to"]) == ("2026-10-27", "2026-11-25")


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-25", "to": "2026-11-24"},
        {"from": "2024-01-01"},
        {"from": "yesterday"},
        {"to": "0001-01-05"},
        {"from": "9999-12-01", "to": "9999-12-31"},
    ],
)
def test_days_that_are_none_are_refused(client: Client, query: dict[str, str]) -> None:
    refused(client.get("/api/callback/report", query), 422, "invalid")


def test_a_line_that_is_none_is_not_found(client: Client) -> None:
    refused(client.get("/api/callback/report?line=gone"), 404, "not_found")


def test_many_requests_cost_as_many_queries_as_one(
    line: PhoneLine, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reached(line, MINUTE)
    with django_assert_num_queries(6) as one:
        report(client)
    for minutes in range(20):
        reached(a_line(f"Line {minutes}", f"+493090{2000 + minutes}"), minutes * 10 * MINUTE)
    with django_assert_num_queries(len(one.captured_queries)):
        assert report(client)["whole"]["asked"] == 21
