"""What an agent notes of a call, and what happens next; the doors of the console to a call."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.callback import api_calls
from channels_app.callback.models import AgentPhone, CallbackRequest, DoNotCall, Party
from channels_app.callback.wrapping_up import wrap_up
from interaction_center.access.models import User
from interaction_center.errors import AlreadyTakenError, ConflictError, ForbiddenError, InvalidError
from interaction_center.queue.models import Entry, State
from interaction_center.routing.services import transfer_interaction
from tests.access.builders import a_user, an_api_key, signed_in, with_key
from tests.builders import fresh, happened
from tests.callback.builders import MARIA, NOON, World, a_request, a_world, stands, the_call
from tests.callback.talking import ANNA, BEN, a_colleague, a_supervisor, a_talk, hears, leg
from tests.console.builders import get, post, refused

pytestmark = pytest.mark.django_db
SLOT = NOON + timedelta(days=1, hours=1)


def a_talk_that_is_over(world: World, **line: Any) -> tuple[User, CallbackRequest]:
    anna, request = a_talk(world, **line)
    world.network.hang_up(MARIA)
    world.run(3)
    assert stands(request).stage == "wrapup"
    return anna, request


def written(request: CallbackRequest, anna: User, **values: Any) -> None:
    facts = {"disposition": "solved", "notes": "New toner.", "next": "done"}
    wrap_up(the_call(request), anna, **facts | values)


def test_a_call_that_is_written_up_ends_its_request_and_frees_the_agent() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world)
        for _ in range(2):
            written(request, anna)
        now, interaction = stands(request), fresh(request.interaction)
        assert (now.stage, now.disposition, interaction.state) == ("done", "solved", State.CLOSED)
        assert not interaction.exclusive
        assert list(Entry.objects.filter(kind="note").values_list("body", flat=True)) == ["New toner."]
        call = the_call(request)
        assert (call.disposition, call.notes, call.wrapped_up_at) == ("solved", "New toner.", timezone.now())
        world.run(200, step=5)
        assert world.rings() == 1


def test_a_call_that_goes_on_can_not_be_written_up() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        with pytest.raises(ConflictError, match="Hang up"):
            written(request, anna)


def test_only_whoever_has_the_call_writes_it_up() -> None:
    with a_world() as world:
        _, request = a_talk_that_is_over(world)
        with pytest.raises(ForbiddenError):
            written(request, a_supervisor(world))
        assert the_call(request).disposition == ""


def test_another_try_follows_by_the_rule_and_the_customer_keeps_the_number_of_tries() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world)
        written(request, anna, next="retry", disposition="follow_up")
        now = stands(request)
        assert now.stage == "retry_wait"
        assert now.due_at >= timezone.now() + timedelta(minutes=15)
        assert (fresh(request.interaction).state, fresh(request.interaction).not_before) == (State.WAITING, now.due_at)
        assert "call_retry" in happened(request.interaction)


def test_when_all_tries_are_used_up_the_agent_hears_so_and_loses_nothing() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world, max_attempts=1)
        with pytest.raises(ConflictError, match="All tries are used up"):
            written(request, anna, next="retry")
        assert (stands(request).stage, the_call(request).disposition) == ("wrapup", "")
        written(request, anna)
        assert stands(request).stage == "done"


def test_another_slot_is_an_appointment_and_nobody_is_rung_before() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world)
        written(request, anna, next="move", wanted_at=SLOT)
        now = stands(request)
        assert (now.stage, now.wanted_at, now.due_at, now.slot_minutes) == ("scheduled", SLOT, SLOT, 30)
        interaction = fresh(request.interaction)
        assert (interaction.not_before, interaction.promised_at) == (SLOT, SLOT + timedelta(minutes=30))
        assert now.promised_at == interaction.promised_at
        world.run(600, step=20)
        assert world.rings() == 1


@pytest.mark.parametrize("wanted_at", [None, SLOT + timedelta(minutes=7), NOON.replace(hour=23), NOON - timedelta(1)])
def test_a_time_that_is_not_on_offer_is_refused(wanted_at: datetime | None) -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world)
        with pytest.raises(InvalidError):
            written(request, anna, next="move", wanted_at=wanted_at)
        assert stands(request).stage == "wrapup"


def test_a_slot_that_is_full_is_refused() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world, slot_capacity=1)
        a_request(request.line, "+4930123457", stage="scheduled", wanted_at=SLOT, due_at=SLOT)
        with pytest.raises(AlreadyTakenError):
            written(request, anna, next="move", wanted_at=SLOT)


def test_never_again_puts_the_number_on_the_list_and_ends_the_request() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world)
        other = a_request(request.line, MARIA, subject="invoice")
        written(request, anna, disposition="do_not_call", next="retry")
        listed = DoNotCall.objects.get()
        assert (listed.number, listed.user) == (MARIA, anna.public_id)
        assert (stands(request).stage, stands(request).reason) == ("done", "do_not_call")
        assert "do_not_call" in happened(request.interaction)
        a_colleague(world)
        world.run(120, step=5)
        assert world.rings() == 1
        assert stands(other).stage != "connected"


def test_after_its_time_the_agent_is_free_and_the_form_stays() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world, wrap_up_seconds=30)
        assert fresh(request.interaction).exclusive
        world.run(40)
        assert (stands(request).stage, fresh(request.interaction).exclusive) == ("done", False)
        (shown,) = get(signed_in(anna), "/callback/calls/mine")["items"]
        assert (shown["stage"], shown["wrap_up_until"]) == ("wrapup", None)
        with pytest.raises(ConflictError, match="make a new callback"):
            written(request, anna, next="retry")
        written(request, anna)
        assert (stands(request).disposition, fresh(request.interaction).state) == ("solved", State.CLOSED)
        assert get(signed_in(anna), "/callback/calls/mine")["items"] == []


def test_an_interaction_that_somebody_else_has_by_now_stays_open() -> None:
    with a_world() as world:
        anna, request = a_talk_that_is_over(world)
        sue = a_supervisor(world)
        transfer_interaction(interaction=fresh(request.interaction), user=sue, to=sue)
        written(request, anna)
        assert (stands(request).stage, fresh(request.interaction).state) == ("done", State.ASSIGNED)


# Over HTTP.


def test_the_doors_do_what_the_buttons_say() -> None:
    with a_world() as world:
        anna, request = a_talk(world, records=True)
        ben, client = a_colleague(world), signed_in(anna)
        path = f"/callback/calls/{the_call(request).public_id}"
        agents = leg(the_call(request), Party.AGENT).public_id
        assert post(client, f"{path}/hold", {"on": True}) == {"ok": True}
        post(client, f"{path}/hold", {"on": False})
        post(client, f"{path}/mute", {"leg": agents, "on": True})
        post(client, f"{path}/mute", {"leg": agents, "on": False})
        post(client, f"{path}/add", {"user": ben.public_id})
        world.run(15)
        (shown,) = get(signed_in(ben), "/callback/calls/mine")["items"]
        assert (shown["stage"], shown["recording"]) == ("talking", "")
        post(client, f"{path}/remove", {"leg": leg(the_call(request), Party.COLLEAGUE).public_id})
        world.run(5)
        post(client, f"{path}/record", {"on": True})
        world.run(20)
        post(signed_in(a_supervisor(world)), f"{path}/listen", {"how": "listen"})
        post(client, f"{path}/transfer", {"user": ben.public_id})
        world.run(20)
        assert hears(world, MARIA) == {BEN}
        post(signed_in(ben), f"{path}/hang-up")
        world.run(5)
        body = {"disposition": "solved", "notes": "", "next": "done", "wanted_at": None}
        post(signed_in(ben), f"{path}/wrap-up", body)
        assert stands(request).stage == "done"


def put(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"/api{path}", body, content_type="application/json")


def test_the_doors_refuse_strangers_keys_and_nonsense() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        path = f"/callback/calls/{the_call(request).public_id}"
        refused(put(Client(), f"{path}/hang-up"), 401, "unauthorized")
        refused(put(signed_in(a_user("Eve Agent")), f"{path}/hang-up"), 403, "not_your_call")
        refused(put(signed_in(anna), f"{path}/listen", {"how": "listen"}), 403, "forbidden")
        refused(put(with_key(an_api_key()[1]), f"{path}/hang-up"), 403, "forbidden")
        refused(put(signed_in(anna), "/callback/calls/nobody/hang-up"), 404, "not_found")
        refused(put(signed_in(anna), f"{path}/transfer", {}), 422, "invalid")
        refused(put(signed_in(anna), f"{path}/transfer", {"user": "a", "team": "b"}), 422, "invalid")
        world.run(2)
        assert hears(world, MARIA) == {ANNA}


def test_a_softphone_gets_a_token_and_all_others_the_reason_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = a_user()
    client = signed_in(anna)
    assert get(client, "/callback/token")["reason"].startswith("Your telephone is not the softphone")
    AgentPhone.objects.create(user=anna.public_id, number="")
    assert "docs/twilio.md" in get(client, "/callback/token")["reason"]
    monkeypatch.setattr(api_calls, "voice_token", "token of {}".format)
    assert get(client, "/callback/token") == {"token": f"token of {anna.public_id}", "reason": ""}
    AgentPhone.objects.update(number="+4930555001")
    assert get(client, "/callback/token")["token"] is None
