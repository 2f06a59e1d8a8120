"""Callbacks and calls at the console, over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from channels_app.callback.models import CallbackRequest, Consent, Party, PhoneCall, PhoneLine
from channels_app.callback.stages import LegStage, RequestStage
from channels_app.callback.telling import call_wires
from interaction_center.access.models import User
from interaction_center.access.policy import KNOWLEDGE_AUTHOR, SUPERVISOR
from interaction_center.queue.by_channel import appoint
from interaction_center.routing.services import take_interaction
from tests.access.builders import a_calendar, a_team, a_user, signed_in
from tests.builders import fresh
from tests.callback.console_builders import NOW, a_call, a_leg, a_line, a_request
from tests.console.builders import get, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> PhoneLine:
    return a_line(calendar=a_calendar().public_id)


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def listed(client: Client, **query: Any) -> list[str]:
    return [item["id"] for item in get(client, "/callback/requests", **query)["items"]]


def test_requests_are_listed_by_where_they_stand(line: PhoneLine, anna: User) -> None:
    second = a_request(line)
    first = a_request(line, requested_at=NOW - timedelta(hours=1), stage=RequestStage.DIALLING)
    later = a_request(line, stage=RequestStage.SCHEDULED, due_at=NOW + timedelta(hours=3))
    retry = a_request(line, stage=RequestStage.RETRY_WAIT, due_at=NOW + timedelta(minutes=5))
    over = a_request(line, stage=RequestStage.DONE, ended_at=NOW)
    client = signed_in(anna)
    assert listed(client) == [first.public_id, second.public_id], "due, by when they asked"
    assert listed(client, view="scheduled") == [retry.public_id, later.public_id], "by their time"
    assert listed(client, view="ended") == [over.public_id]
    assert len(listed(client, view="open")) == 4
    other = a_line("Other", "+4930901821")
    assert listed(client, view="open", line=other.public_id) == []


def test_a_request_says_who_it_is_for_and_how_its_promise_stands(line: PhoneLine, anna: User) -> None:
    request = a_request(line, requested_at=NOW - timedelta(minutes=40))
    take_interaction(interaction=fresh(request.interaction), user=anna)
    (item,) = get(signed_in(anna), "/callback/requests")["items"]
    assert (item["customer"]["name"], item["first_words"]) == ("Mia Customer", "The printer shows E-04")
    assert item["assigned_to"]["name"] == "Anna Agent"
    assert (item["promised_at"], item["late_seconds"]) == ("2026-11-25T09:50:00Z", 600)
    assert (item["calls_made"], item["max_attempts"]) == (0, 3)


def test_a_promise_that_was_kept_is_not_late_and_one_called_off_is_neither(line: PhoneLine, anna: User) -> None:
    a_request(line, stage=RequestStage.DONE, connected_at=NOW + timedelta(minutes=10), ended_at=NOW)
    a_request(line, stage=RequestStage.CANCELLED, ended_at=NOW)
    late = [item["late_seconds"] for item in get(signed_in(anna), "/callback/requests", view="ended")["items"]]
    assert late == [None, 0]


def test_another_teams_requests_are_seen_by_supervisors_only(line: PhoneLine, anna: User) -> None:
    hidden = a_request(line, team=a_team("Others"))
    assert listed(signed_in(anna)) == []
    refused(signed_in(anna).get(f"/api/callback/requests/{hidden.interaction}"), 404, "not_found")
    supervisor = signed_in(a_user("Sue Supervisor", role=SUPERVISOR))
    assert listed(supervisor) == [hidden.public_id]
    assert get(supervisor, f"/callback/requests/{hidden.interaction}")["request"]["id"] == hidden.public_id


def test_a_page_of_requests_goes_on_where_the_last_one_ended(line: PhoneLine, anna: User) -> None:
    wanted = [a_request(line, requested_at=NOW + timedelta(seconds=n)).public_id for n in range(5)]
    client = signed_in(anna)
    page = get(client, "/callback/requests", limit=2)
    found = page["items"]
    while page["next"]:
        page = get(client, "/callback/requests", limit=2, cursor=page["next"])
        found += page["items"]
    assert [item["id"] for item in found] == wanted
    first = get(client, "/callback/requests", limit=2)["next"]
    refused(client.get(f"/api/callback/requests?view=ended&cursor={first}"), 400, "bad_request")


def test_ten_requests_cost_as_many_queries_as_one(
    line: PhoneLine, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(anna)
    a_request(line)
    with django_assert_num_queries(5) as one:
        get(client, "/callback/requests")
    for _ in range(9):
        a_request(line, team=None)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(get(client, "/callback/requests")["items"]) == 10


def test_a_request_is_shown_with_its_calls_and_their_telephones(line: PhoneLine, anna: User) -> None:
    request = a_request(line)
    call = a_call(request, anna)
    a_leg(call, Party.CUSTOMER, to=request.number, stage=LegStage.RINGING)
    detail = get(signed_in(anna), f"/callback/requests/{request.interaction}")
    (shown,) = detail["calls"]
    assert (shown["id"], shown["stage"], shown["agent"]["name"]) == (call.public_id, "calling_customer", "Anna Agent")
    assert [(leg["party"], leg["to"]) for leg in shown["legs"]] == [("agent", ""), ("customer", request.number)]


def test_nobody_is_shown_the_telephone_of_a_colleague(line: PhoneLine, anna: User) -> None:
    ben, sue = a_user("Ben Agent"), a_user("Sue Supervisor", role=SUPERVISOR)
    request = a_request(line)
    call = a_call(request, anna)
    a_leg(call, Party.COLLEAGUE, user=ben.public_id)
    a_leg(call, Party.SUPERVISOR, user=sue.public_id, listens="listen")
    a_leg(call, Party.COLLEAGUE, to="+4930901877")  # a number outside, which whoever added it has typed
    (shown,) = get(signed_in(anna), f"/callback/requests/{request.interaction}")["calls"]
    assert [leg["to"] for leg in shown["legs"]] == ["", "", "", "+4930901877"]
    assert [leg["name"] for leg in shown["legs"]] == ["Anna Agent", "Ben Agent", "Sue Supervisor", ""]


def test_who_has_left_a_call_is_told_nothing_more_of_it(line: PhoneLine, anna: User) -> None:
    ben, sue, tom = (a_user(name).public_id for name in ("Ben Agent", "Sue Agent", "Tom Agent"))
    call = a_call(a_request(line), anna)
    call.legs.update(ended_at=NOW - timedelta(minutes=2))
    PhoneCall.objects.update(agent=ben)  # Anna has put it through
    a_leg(call, Party.AGENT, user=ben, ended_at=NOW - timedelta(minutes=1))
    a_leg(call, Party.COLLEAGUE, user=sue, ended_at=NOW)
    a_leg(call, Party.COLLEAGUE, user=tom)
    ((_wire, people),) = call_wires([call])
    assert set(people) == {ben, sue, tom}


def test_an_answer_about_a_recording_is_shown_with_its_telephone(line: PhoneLine, anna: User) -> None:
    request = a_request(line)
    call = a_call(request, anna)
    leg = a_leg(call, Party.CUSTOMER, to=request.number)
    Consent.objects.create(call=call, leg=leg, wording="key-2026-11", given=False, at=NOW)
    (shown,) = get(signed_in(anna), f"/callback/requests/{request.interaction}")["calls"]
    assert shown["consents"] == [{"leg": leg.public_id, "given": False}]


def test_a_customer_on_the_line_for_whom_nobody_is_rung_yet_waits(line: PhoneLine, anna: User) -> None:
    request = a_request(line)
    call = a_call(request, anna)
    a_leg(call, Party.CUSTOMER, to=request.number, stage=LegStage.ANSWERED)
    call.legs.filter(party=Party.AGENT).delete()
    (shown,) = get(signed_in(anna), f"/callback/requests/{request.interaction}")["calls"]
    assert shown["stage"] == "waiting"


def test_a_reloaded_page_finds_the_call_again_until_it_is_written_up(line: PhoneLine, anna: User) -> None:
    client = signed_in(anna)

    def mine() -> list[str]:
        return [call["stage"] for call in get(client, "/callback/calls/mine")["items"]]

    call = a_call(a_request(line), anna)
    assert mine() == ["calling_agent"]
    call.bridged_at, call.ended_at, call.outcome = NOW, NOW, "talked"
    call.save()
    assert mine() == ["wrapup"]
    call.wrapped_up_at = NOW
    call.save()
    assert mine() == ["wrapup"], "the time for it alone is over, the form stays"
    call.disposition = "solved"
    call.save()
    assert mine() == []


def test_a_call_that_reached_nobody_needs_no_writing_up(line: PhoneLine, anna: User) -> None:
    a_call(a_request(line), anna, ended_at=NOW)
    assert get(signed_in(anna), "/callback/calls/mine")["items"] == []


def test_a_colleague_who_was_added_is_on_the_call_too(line: PhoneLine, anna: User) -> None:
    ben = a_user("Ben Agent")
    call = a_call(a_request(line), anna)
    leg = a_leg(call, Party.COLLEAGUE, user=ben.public_id)
    assert [one["id"] for one in get(signed_in(ben), "/callback/calls/mine")["items"]] == [call.public_id]
    leg.ended_at = NOW
    leg.save()
    assert get(signed_in(ben), "/callback/calls/mine")["items"] == []


def test_slots_say_by_day_what_is_free_and_what_is_taken(line: PhoneLine, anna: User) -> None:
    taken = datetime(2026, 11, 26, 9, tzinfo=UTC)
    for stage in (RequestStage.SCHEDULED, RequestStage.SCHEDULED, RequestStage.CANCELLED):
        a_request(line, stage=stage, wanted_at=taken)
    found = get(signed_in(anna), "/callback/slots", line=line.public_id, **{"from": "2026-11-26"}, days=3)
    assert (found["zone"], found["minutes"], found["capacity"]) == ("Europe/Berlin", 30, 2)
    assert [day["date"] for day in found["days"]] == ["2026-11-26", "2026-11-27"], "nobody is there on Saturday"
    slots = {slot["start"]: (slot["free"], slot["taken"]) for slot in found["days"][0]["slots"]}
    assert (slots["2026-11-26T09:00:00Z"], slots["2026-11-26T09:30:00Z"]) == ((0, 2), (2, 0))


def test_slots_for_a_request_keep_to_the_hours_of_its_customer(line: PhoneLine, anna: User) -> None:
    request = a_request(line, zones=["America/New_York"])
    query = {"line": line.public_id, "from": "2026-11-26", "days": 1}
    every = get(signed_in(anna), "/callback/slots", **query)["days"][0]["slots"]
    theirs = get(signed_in(anna), "/callback/slots", **query, interaction=request.interaction)["days"][0]["slots"]
    assert (every[0]["start"], theirs[0]["start"]) == ("2026-11-26T08:00:00Z", "2026-11-26T13:00:00Z")


@pytest.mark.parametrize("query", [{"from": "1000-01-01"}, {"days": 40}, {"from": "soon"}, {"line": "gone"}])
def test_slots_of_nonsense_are_refused(line: PhoneLine, anna: User, query: dict[str, Any]) -> None:
    answer = signed_in(anna).get("/api/callback/slots", {"line": line.public_id, **query})
    assert answer.status_code in (404, 422)


DOORS: list[Callable[[CallbackRequest], str]] = [
    lambda request: "requests",
    lambda request: f"requests/{request.interaction}",
    lambda request: f"slots?line={request.line.public_id}",
    lambda request: "calls/mine",
    lambda request: "report",
]


@pytest.mark.parametrize("door", DOORS)
def test_who_does_not_work_in_the_queue_sees_nothing_of_calls(
    line: PhoneLine, door: Callable[[CallbackRequest], str]
) -> None:
    path = f"/api/callback/{door(a_request(line))}"
    refused(signed_in(a_user("Will Writer", role=KNOWLEDGE_AUTHOR)).get(path), 403, "forbidden")
    refused(Client().get(path), 401, "unauthorized")


def test_an_appointment_still_waits_in_the_queue_and_says_from_when(line: PhoneLine, anna: User) -> None:
    request = a_request(line, stage=RequestStage.SCHEDULED)
    due = NOW + timedelta(hours=3)
    appoint(request.interaction, not_before=due, promised_at=due + timedelta(minutes=30))
    (row,) = get(signed_in(anna), "/queue", view="waiting")["items"]
    assert (row["id"], row["not_before"]) == (request.interaction, "2026-11-25T13:00:00Z")
