"""Every request of our client is taken by the phone network in a box and does there what it says."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from channels_app.callback import account_rest, rest
from channels_app.callback.simulator.phones import Script
from channels_app.callback.simulator.webhooks import WebhookAnswer, WebhookRequest
from tests.callback.builders import MARIA, NOON, OURS, World, a_world

ANNA, BOSS = "+4930555001", "+4930555002"
SITE = "https://centre.example"
TALK = "<Response><Pause length='60'/></Response>"
STATUS = f"{SITE}/cb/s/nobody"


def talk(request: WebhookRequest) -> WebhookAnswer:
    """Whatever a telephone asks for, it hears a minute of silence."""
    return WebhookAnswer(200, TALK) if request.kind == "twiml" else WebhookAnswer(204)


@pytest.fixture
def world() -> Iterator[World]:
    """Everybody picks up at once; our server is never asked for more than what a test gives."""
    with a_world() as made:
        for number in (MARIA, ANNA, BOSS):
            made.network.script(number, Script(after=0))
        made.network.send = talk
        yield made


def ring(to: str = MARIA, machine_callback: str = "") -> rest.Call:
    """A call that is answered."""
    return rest.place_call(
        to=to,
        from_=OURS,
        url=f"{SITE}/cb/t/nobody",
        status_callback=STATUS,
        ring_seconds=25,
        limit_seconds=600,
        machine_callback=machine_callback,
    )


def invite(to: str, label: str, coach_of: str = "") -> rest.Participant:
    """Somebody is rung for the conference."""
    return rest.add_participant(
        conference="cb-1",
        to=to,
        from_=OURS,
        label=label,
        status_callback=STATUS,
        ring_seconds=25,
        limit_seconds=600,
        coach_of=coach_of,
    )


def test_a_call_is_placed_found_led_on_and_ended(world: World) -> None:
    call = ring(machine_callback=f"{SITE}/cb/a/nobody")
    world.network.advance(2)
    assert rest.fetch_call(call.sid).status == "in-progress"
    assert [one.sid for one in rest.calls_to(MARIA, NOON - timedelta(minutes=1))] == [call.sid]
    assert rest.redirect_call(call.sid, f"{SITE}/cb/t/other").sid == call.sid
    assert rest.end_call(call.sid).status == "completed"


def test_a_call_that_rings_is_taken_back(world: World) -> None:
    world.network.script(MARIA, Script(reaction="manual"))
    call = ring()
    world.network.advance(2)
    assert rest.cancel_call(call.sid).status == "canceled"


def test_a_conference_is_filled_changed_emptied_and_ended(world: World) -> None:
    agent = invite(ANNA, "agent")
    world.network.advance(1)
    customer, boss = invite(MARIA, "customer"), invite(BOSS, "supervisor", coach_of=agent.call_sid)
    world.network.advance(1)
    room = rest.running_conference("cb-1")
    assert {one.label for one in rest.participants_of(room)} == {"agent", "customer", "supervisor"}
    held = rest.update_participant(room, customer.call_sid, hold=True, hold_url=f"{SITE}/cb/t/hold")
    barged = rest.update_participant(room, boss.call_sid, coach_of="", muted=False, ends_conference=False)
    assert (held.hold, barged.coaching) == (True, False)
    rest.remove_participant(room, boss.call_sid)
    assert {one.label for one in rest.participants_of(room)} == {"agent", "customer"}
    rest.end_conference(room)
    assert rest.running_conference("cb-1") == ""


def test_a_recording_is_made_paused_heard_and_deleted(world: World) -> None:
    call = ring()
    world.network.advance(2)
    recording = rest.start_recording(call.sid, status_callback=f"{SITE}/cb/r/nobody")
    world.network.advance(3)
    rest.pause_recording(call.sid, recording)
    rest.resume_recording(call.sid, recording)
    rest.stop_recording(call.sid, recording)
    world.network.advance(5)
    assert rest.fetch_media(recording)[:4] == b"RIFF"
    rest.delete_recording(recording)
    assert recording not in world.network.recordings.all


def test_a_text_message_is_sent(world: World) -> None:
    rest.send_message(to=MARIA, from_=OURS, body="At nine", status_callback=f"{SITE}/cb/m/nobody")
    world.network.advance(5)
    assert [message["text"] for message in world.network.phone(MARIA).messages] == ["At nine"]


def test_the_account_is_looked_at_and_its_numbers_are_led_to_the_centre(world: World) -> None:
    assert account_rest.account_state().status == "active"
    assert account_rest.balance()[1]
    assert account_rest.twilio_time() == NOON
    (own,) = account_rest.owned_numbers()
    assert account_rest.set_voice_url(own.sid, f"{SITE}/cb/in/line").voice_url == f"{SITE}/cb/in/line"
