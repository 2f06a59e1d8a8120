"""What agents do with requests over HTTP: promise a call, move it, bring it forward, call it off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from channels_app.callback.models import CallbackRequest, PhoneLine
from channels_app.callback.stages import RequestStage
from interaction_center.access.models import User
from interaction_center.access.policy import KNOWLEDGE_AUTHOR, SUPERVISOR
from interaction_center.routing.services import take_interaction
from tests.access.builders import a_calendar, a_team, a_user, signed_in
from tests.builders import fresh, happened
from tests.callback.console_builders import NOW, a_line, a_request
from tests.console.builders import a_mail, post, read, refused, send

pytestmark = pytest.mark.django_db
SLOT = "2026-11-26T09:00:00Z"


@pytest.fixture
def line() -> PhoneLine:
    return a_line(calendar=a_calendar().public_id)


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def a_wish(line: PhoneLine, /, **values: Any) -> dict[str, Any]:
    return {
        "key": "key-1234",
        "line": line.public_id,
        "number": "030 901855",
        "name": "Mia",
        "reason": "E-04",
        **values,
    }


def held(request: CallbackRequest, user: User) -> CallbackRequest:
    take_interaction(interaction=fresh(request.interaction), user=user)
    return request


def test_an_agent_promises_a_call_once_however_often_it_is_sent(line: PhoneLine, anna: User) -> None:
    mail = a_mail()
    made = [post(signed_in(anna), "/callback/requests", a_wish(line, origin=mail.public_id)) for _ in range(2)]
    request = CallbackRequest.objects.get()
    assert {one["interaction"] for one in made} == {request.interaction}
    assert (request.number, request.source, request.wanted_at) == ("+4930901855", "agent", None)
    assert "call_requested" in happened(request.interaction)
    assert "call_requested" in happened(mail.public_id)


def test_a_call_is_promised_for_a_slot(line: PhoneLine, anna: User) -> None:
    post(signed_in(anna), "/callback/requests", a_wish(line, wanted_at=SLOT))
    request = CallbackRequest.objects.get()
    assert (request.stage, request.wanted_at) == (RequestStage.SCHEDULED, datetime(2026, 11, 26, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"number": "112"}, 422, "number_emergency"),
        ({"number": "+49 900 1234567"}, 422, "number_costly"),
        ({"wanted_at": "2026-11-26T03:00:00Z"}, 422, "slot_not_offered"),
        ({"line": "gone"}, 404, "not_found"),
        ({"origin": "gone"}, 404, "not_found"),
        ({"key": ""}, 422, "invalid"),
        ({"wanted_at": "soon"}, 422, "invalid"),
        ({"wanted_at": "0001-01-01T00:00:00+14:00"}, 422, "invalid"),
        ({"wanted_at": "9999-12-31T23:59:59-14:00"}, 422, "invalid"),
        ({"email": "mia"}, 422, "invalid"),
        ({"email": "mia@example.org\nBcc: everybody@example.org"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_promised_is_refused(
    line: PhoneLine, anna: User, values: dict[str, Any], status: int, code: str
) -> None:
    refused(send(signed_in(anna), "POST", "/callback/requests", a_wish(line, **values)), status, code)
    assert not CallbackRequest.objects.exists()


def test_a_line_that_is_off_promises_nothing(anna: User) -> None:
    line = a_line(active=False)
    refused(send(signed_in(anna), "POST", "/callback/requests", a_wish(line)), 409, "line_off")


def test_a_second_one_about_the_same_leads_to_the_first(line: PhoneLine, anna: User) -> None:
    first = post(signed_in(anna), "/callback/requests", a_wish(line))["interaction"]
    again = send(signed_in(anna), "POST", "/callback/requests", a_wish(line, key="key-5678"))
    assert refused(again, 409, "callback_open")["details"]["interaction"] == first


def test_whoever_holds_it_moves_it_and_calls_it_off(line: PhoneLine, anna: User) -> None:
    request = held(a_request(line), anna)
    path = f"/callback/requests/{request.interaction}"
    post(signed_in(anna), f"{path}/move", {"wanted_at": SLOT})
    request.refresh_from_db()
    assert request.wanted_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    take_interaction(interaction=fresh(request.interaction), user=anna)
    post(signed_in(anna), f"{path}/cancel")
    request.refresh_from_db()
    assert request.stage == RequestStage.CANCELLED
    read(send(signed_in(anna), "POST", f"{path}/cancel"))


def test_a_supervisor_brings_forward_what_nobody_holds(line: PhoneLine) -> None:
    request = a_request(line, stage=RequestStage.SCHEDULED, due_at=NOW + timedelta(hours=3))
    supervisor = signed_in(a_user("Sue Supervisor", role=SUPERVISOR))
    post(supervisor, f"/callback/requests/{request.interaction}/call-now")
    request.refresh_from_db()
    assert request.stage == RequestStage.DUE


@pytest.mark.parametrize("act", ["move", "cancel", "call-now"])
def test_somebody_else_changes_nothing(line: PhoneLine, anna: User, act: str) -> None:
    ben = a_user("Ben Agent")
    request = held(a_request(line), ben)
    path = f"/callback/requests/{request.interaction}/{act}"
    refused(send(signed_in(anna), "POST", path), 403, "take_first")
    refused(send(signed_in(a_user("Will Writer", role=KNOWLEDGE_AUTHOR)), "POST", path), 403, "forbidden")
    hidden = a_request(line, team=a_team("Others"))
    refused(send(signed_in(anna), "POST", f"/callback/requests/{hidden.interaction}/{act}"), 404, "not_found")
    request.refresh_from_db()
    assert request.stage == RequestStage.DUE


def test_an_interaction_in_which_nobody_asked_has_nothing_to_move(anna: User) -> None:
    mail = a_mail()
    refused(send(signed_in(anna), "POST", f"/callback/requests/{mail.public_id}/cancel"), 404, "not_found")
