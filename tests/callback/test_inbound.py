"""Calls that come in, through the phone network in a box: what callers hear, who is rung, and what becomes of them."""

import io
import wave
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from channels_app.callback.arriving import MOST_HIDDEN, OFTEN, arrive
from channels_app.callback.dialler import dial_due, start_held
from channels_app.callback.hearing import Asked, hear_all
from channels_app.callback.models import AgentPhone, CallbackRequest, CallLeg, PhoneCall
from channels_app.callback.simulator.phones import Action, Script
from channels_app.callback.simulator.webhooks import WebhookAnswer, WebhookRequest
from channels_app.callback.tokens import token_of
from interaction_center.access.policy import SUPERVISOR
from interaction_center.customers.models import ContactPoint
from interaction_center.customers.services import identify, verify_contact_point
from interaction_center.due_work import free_leases
from interaction_center.queue import by_channel
from interaction_center.queue.models import Interaction, State
from interaction_center.routing.models import Agent
from interaction_center.routing.services import offer_due, release_interaction
from tests.access.builders import a_calendar
from tests.builders import fresh, happened, in_parallel, said
from tests.callback.builders import (
    ACCEPTS,
    MARIA,
    NOON,
    OURS,
    World,
    a_line,
    a_request,
    a_world,
    an_agent_with_phone,
    legs_of,
    receive,
    stands,
    taken_by,
    the_call,
)
from tests.callback.callers import (
    ANNA,
    BERND,
    HIDDEN,
    STAYS,
    a_hotline,
    an_agent_who_answers,
    call_of,
    calls_us,
    has_heard,
    interaction_of,
    longest_silence,
    presses,
    spoken_to,
    takes,
)

pytestmark = pytest.mark.django_db


def test_a_call_is_an_interaction_in_the_queue_and_its_caller_is_greeted() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = calls_us(world)
        call = call_of(sid)
        assert (call.direction, call.number, call.caller) == ("in", MARIA, MARIA)
        interaction = interaction_of(sid)
        assert (interaction.channel, interaction.state, interaction.subject) == ("callback", State.WAITING, "Anruf")
        assert spoken_to(world, sid)[0] == "Guten Tag, hier ist Service."
        assert world.rings(MARIA) == 0


def test_a_caller_hears_their_place_and_the_keys_twice_a_minute_and_is_never_left_in_silence() -> None:
    with a_world() as world:
        a_hotline(world)
        first = calls_us(world, "+442071838750")
        second = calls_us(world, "+442071838751")
        world.run(120)
        assert has_heard(world, first, "You are next. Somebody will answer as soon as somebody is free.")
        places = [heard.at for heard in world.network.transcript(second) if "You are number 2" in heard.text]
        assert len(places) >= 4
        assert max(later - earlier for earlier, later in pairwise(places)) <= 31
        assert has_heard(world, second, "To be called back and keep your place, press 1.")
        assert longest_silence(world, second) <= 2


def test_an_agent_who_takes_the_call_is_rung_and_talks_with_the_caller() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_who_answers(world)
        sid = calls_us(world)
        world.run(40)
        assert world.rings(ANNA) == 0
        takes(anna, sid)
        world.run(20)
        assert world.network.bridged_agents(sid) == [ANNA]
        assert interaction_of(sid).exclusive
        assert world.heard(ANNA)[0].startswith("+49 30 123456 is calling and has waited for 1 minute.")
        world.network.hang_up(ANNA)
        world.run(10)
        assert world.network.current_call(MARIA) is None
        assert call_of(sid).outcome == "talked"
        assert longest_silence(world, sid) <= 2
        world.run(140, step=5)
        assert call_of(sid).wrapped_up_at is not None
        interaction = interaction_of(sid)
        assert (interaction.assigned_to, interaction.exclusive) == (anna, False)


def test_the_same_web_hook_twice_is_the_same_call() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = calls_us(world)
        hook = next(request for _, request in world.network.webhooks.sent if "/cb/in/" in request.path)
        answer = world.network.send(hook)
        assert answer is not None
        assert "Guten Tag" in answer.body
        assert (PhoneCall.objects.count(), CallLeg.objects.count(), Interaction.objects.count()) == (1, 1, 1)
        assert call_of(sid).ended_at is None


def test_an_agent_who_does_not_answer_loses_the_call_and_its_caller_keeps_line_and_place() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_who_answers(world)
        world.network.script(ANNA, Script(reaction="no-answer"))
        sid = calls_us(world)
        promised = interaction_of(sid).promised_at
        takes(anna, sid)
        world.run(45)
        interaction = interaction_of(sid)
        assert (interaction.state, interaction.promised_at) == (State.WAITING, promised)
        assert world.network.current_call(MARIA) is not None
        assert Agent.objects.get(user=anna).wanted == "away"
        world.network.script(ANNA, Script())
        assert longest_silence(world, sid) <= 2
        assert CallbackRequest.objects.count() == 0
        assert "call_missed" in happened(interaction)


# A callback in place of waiting.


def test_who_presses_1_is_called_back_and_keeps_the_place_of_the_moment_in_which_they_called() -> None:
    with a_world() as world:
        a_hotline(world)
        script = presses(("drücken Sie die 1", "1"), ("Wenn das stimmt", "1"))
        sid = calls_us(world, MARIA, script)
        call, promised = call_of(sid), interaction_of(sid).promised_at
        world.run(60)
        assert spoken_to(world, sid)[-1] == "Danke. Wir rufen Sie an, Ihr Platz bleibt Ihnen. Auf Wiederhören."
        request = CallbackRequest.objects.get()
        assert (request.number, request.source, request.stage) == (MARIA, "phone", "due")
        assert (request.interaction, request.requested_at) == (call.interaction, call.created_at)
        interaction = interaction_of(sid)
        assert (interaction.state, interaction.promised_at) == (State.WAITING, promised)
        assert (call_of(sid).outcome, call_of(sid).ended_at is not None) == ("moved", True)
        anna = an_agent_who_answers(world)
        takes(anna, sid)
        world.network.script(MARIA, STAYS)
        world.run(30)
        assert (world.rings(ANNA), world.rings(MARIA)) == (1, 1)
        assert stands(request).stage == "connected"
        assert Interaction.objects.count() == 1


def test_another_number_is_typed_read_back_and_checked_as_any_other() -> None:
    with a_world() as world:
        a_hotline(world)
        script = presses(("drücken Sie die 1", "1"), ("+ 4 9 3 0 1 2 3 4 5 6.", "2"), ("dann die Raute", "030222333#"))
        sid = calls_us(world, MARIA, script)
        world.run(70)
        assert has_heard(world, sid, "Wir rufen Sie an unter + 4 9 3 0 2 2 2 3 3 3.")
        assert CallbackRequest.objects.get().number == "+4930222333"
        assert has_heard(world, sid, "Danke. Wir rufen Sie an")


@pytest.mark.parametrize("typed", ["110#", "0900123456#", "0018765550000#", "123#", "#"])
def test_no_number_that_costs_or_does_not_exist_is_ever_taken_from_a_keypad(typed: str) -> None:
    with a_world() as world:
        a_hotline(world)
        script = presses(("drücken Sie die 1", "1"), ("dann die Raute", typed))
        sid = calls_us(world, HIDDEN, script)
        world.run(60)
        assert sum("und dann die Raute" in text for text in spoken_to(world, sid)) >= 2
        assert not CallbackRequest.objects.exists()
        assert not CallLeg.objects.exclude(to="").exists()


def test_who_hides_their_number_is_called_back_only_at_one_that_they_type() -> None:
    with a_world() as world:
        a_hotline(world)
        script = presses(("drücken Sie die 1", "1"), ("dann die Raute", "030222333#"), ("Wenn das stimmt", "1"))
        sid = calls_us(world, HIDDEN, script)
        world.run(70)
        call = call_of(sid)
        assert (call.number, call.caller) == ("", "")
        assert CallbackRequest.objects.get().number == "+4930222333"


def test_whoever_types_number_after_number_is_stopped_by_the_limits_and_stays_on_the_line() -> None:
    with a_world() as world:
        a_hotline(world)
        for last in range(6):
            script = presses(("drücken Sie die 1", "1"), ("dann die Raute", f"03022233{last}#"), ("stimmt", "1"))
            sid = calls_us(world, HIDDEN, script)
            world.run(60, step=2)
        assert CallbackRequest.objects.count() == 5
        assert has_heard(world, sid, "Für diese Nummer können wir gerade keinen Rückruf zusagen")
        assert world.network.current_call(HIDDEN) is not None
        assert longest_silence(world, sid) <= 3  # of their own typing


def test_a_number_that_calls_again_and_again_is_told_so_and_makes_no_more_rows() -> None:
    with a_world() as world:
        a_hotline(world)
        for _ in range(OFTEN):
            calls_us(world)
            world.network.hang_up(MARIA)
            world.run(5, step=1)
        sid = calls_us(world)
        world.run(10)
        assert spoken_to(world, sid)[0].startswith("Sie haben in den letzten Minuten sehr oft angerufen.")
        assert world.network.current_call(MARIA) is None
        assert PhoneCall.objects.count() == OFTEN


# Hours.


def test_outside_the_hours_callers_hear_when_we_open_and_can_be_called_then() -> None:
    with a_world(NOON.replace(hour=20)) as world:
        a_hotline(world, calendar=a_calendar().public_id)
        anna = an_agent_who_answers(world)
        sid = calls_us(world, MARIA, presses(("drücken Sie die 1", "1"), ("Wenn das stimmt", "1")))
        world.run(60)
        assert has_heard(world, sid, "Wir haben jetzt geschlossen und öffnen wieder: Dienstag, 3. März, 09:00 Uhr.")
        assert spoken_to(world, sid)[-1].startswith("Danke. Wir rufen Sie an, sobald wir wieder geöffnet haben.")
        request = CallbackRequest.objects.get()
        assert (request.stage, request.due_at.isoformat()) == ("scheduled", "2026-03-03T08:00:00+00:00")
        assert interaction_of(sid).not_before == request.due_at
        assert (anna, world.rings(ANNA)) == (anna, 0)


def test_no_agent_is_offered_the_call_of_somebody_who_hears_that_we_are_closed() -> None:
    with a_world(NOON.replace(hour=20)) as world:
        a_hotline(world, calendar=a_calendar().public_id, takes_voicemail=False)
        an_agent_who_answers(world)
        sid = calls_us(world)
        offer_due()
        assert interaction_of(sid).state == State.WAITING
        world.run(60)
        assert spoken_to(world, sid)[-1] == "Auf Wiederhören."


# Missed.


def test_who_hangs_up_while_waiting_is_called_back_after_five_minutes_once() -> None:
    with a_world() as world:
        a_hotline(world)
        an_agent_who_answers(world)
        sid = calls_us(world)
        offer_due()
        world.run(20)
        world.network.hang_up(MARIA)
        world.run(10)
        assert (call_of(sid).outcome, interaction_of(sid).state) == ("hung_up", State.WAITING)
        assert not offer_due()
        world.run(285, step=5)
        assert not CallbackRequest.objects.exists()
        world.run(60, step=5)
        request = CallbackRequest.objects.get()
        assert (request.number, request.interaction, request.source) == (MARIA, call_of(sid).interaction, "call")
        assert "call_missed_inbound" in happened(call_of(sid).interaction)
        world.run(60, step=5)
        assert CallbackRequest.objects.count() == 1


def test_who_calls_again_within_five_minutes_was_not_missed_and_has_the_old_place() -> None:
    with a_world() as world:
        a_hotline(world)
        first = calls_us(world)
        world.network.hang_up(MARIA)
        world.run(120, step=5)
        other = calls_us(world, "+442071838750")
        second = calls_us(world)
        assert call_of(second).interaction == call_of(first).interaction
        assert call_of(second).waiting_since == call_of(first).created_at
        assert has_heard(world, second, "Ihr Platz bleibt Ihnen")
        world.run(40)
        assert has_heard(world, second, "Sie sind als Nächstes dran.")
        assert has_heard(world, other, "You are number 2 in the queue.")
        world.run(300, step=5)
        assert not CallbackRequest.objects.exists()


def test_a_line_that_does_not_call_back_closes_what_was_missed() -> None:
    with a_world() as world:
        a_hotline(world, calls_back_missed=False)
        sid = calls_us(world)
        world.network.hang_up(MARIA)
        world.run(10)
        assert interaction_of(sid).state == State.CLOSED
        world.run(320, step=10)
        assert not CallbackRequest.objects.exists()


def test_a_missed_customer_whose_address_is_proved_is_told_by_mail() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = calls_us(world)
        verify_contact_point(
            customer=interaction_of(sid).customer, kind="email", value="maria@example.org", by="mail_link"
        )
        world.network.hang_up(MARIA)
        world.run(330, step=10)
        assert "wir haben Sie verpasst" in said(call_of(sid).interaction)[-1]
        assert CallbackRequest.objects.get().email == "maria@example.org"


# Both call each other.


def test_a_customer_whom_we_are_just_calling_is_connected_to_their_own_request() -> None:
    """The agent's telephone rings already; the customer's is not rung any more."""
    with a_world() as world:
        line, anna = a_hotline(world), an_agent_who_answers(world)
        request = a_request(line)
        world.network.script(ANNA, Script(after=15, actions=ACCEPTS.actions))
        taken_by(anna, request)
        world.run(3)
        sid = calls_us(world)
        world.run(40)
        assert (world.rings(ANNA), world.rings(MARIA)) == (1, 0)
        assert world.network.bridged_agents(sid) == [ANNA]
        assert stands(request).stage == "connected"
        assert (PhoneCall.objects.count(), Interaction.objects.count()) == (1, 1)
        assert longest_silence(world, sid) <= 2
        world.network.hang_up(MARIA)
        world.run(10)
        assert (stands(request).stage, the_call(request).outcome) == ("wrapup", "talked")


def test_a_customer_who_calls_while_our_call_rings_them_stops_it_and_is_connected() -> None:
    with a_world() as world:
        line, anna = a_hotline(world), an_agent_who_answers(world)
        request = a_request(line)
        world.network.script(MARIA, Script(reaction="no-answer"))
        taken_by(anna, request)
        world.run(9)
        assert stands(request).stage == "dialling"
        sid = world.network.inbound(MARIA, OURS, another=True)
        world.run(20)
        assert world.network.bridged_agents(sid) == [ANNA]
        assert (stands(request).stage, world.rings(MARIA)) == ("connected", 1)
        assert all(ring.ended for ring in world.network.ledger.rings_to(MARIA))
        world.network.hang_up(MARIA)
        world.run(10)
        assert (stands(request).stage, stands(request).calls_made) == ("wrapup", 1)


def test_a_customer_who_calls_before_we_call_them_is_not_rung_and_their_request_is_done_by_it() -> None:
    with a_world() as world:
        line, anna = a_hotline(world), an_agent_who_answers(world)
        request = a_request(line, stage="retry_wait", due_at=NOON + timedelta(minutes=10), calls_made=1)
        by_channel.appoint(request.interaction, not_before=request.due_at, promised_at=request.due_at)
        sid = calls_us(world)
        assert call_of(sid).interaction == request.interaction
        assert fresh(request.interaction).not_before is None
        takes(anna, sid)
        world.run(30)
        assert (world.network.bridged_agents(sid), stands(request).stage) == ([ANNA], "connected")
        world.run(700, step=10)
        assert world.rings(MARIA) == 0
        world.network.hang_up(MARIA)
        world.run(10)
        assert stands(request).stage == "wrapup"


def test_a_customer_with_an_appointment_who_calls_and_hangs_up_keeps_it() -> None:
    with a_world() as world:
        line = a_hotline(world)
        at = NOON + timedelta(hours=2)
        request = a_request(line, stage="scheduled", wanted_at=at, due_at=at, promised_at=at + timedelta(minutes=30))
        sid = calls_us(world)
        world.network.hang_up(MARIA)
        world.run(400, step=10)
        assert (call_of(sid).request, stands(request).stage) == (request, "scheduled")
        interaction = fresh(request.interaction)
        assert (interaction.not_before, interaction.promised_at) == (request.due_at, request.promised_at)
        assert CallbackRequest.objects.count() == 1


def test_a_customer_who_waits_on_the_line_is_not_sent_away_as_their_callback_runs_out_of_hours() -> None:
    with a_world(NOON.replace(hour=18, minute=59)) as world:
        line, anna = a_hotline(world, quiet_from="20:00", quiet_until="08:00"), an_agent_who_answers(world)
        request = a_request(line, due_at=NOON.replace(hour=19))
        sid = calls_us(world)
        world.run(120, step=2)
        assert (stands(request).stage, fresh(request.interaction).not_before) == ("due", None)
        takes(anna, sid)
        world.run(20)
        assert world.network.bridged_agents(sid) == [ANNA]


def test_whoever_presses_1_with_an_open_request_has_that_one() -> None:
    with a_world() as world:
        line = a_hotline(world)
        request = a_request(line)
        sid = calls_us(world, MARIA, presses(("press 1", "1")))
        world.run(30)
        assert has_heard(world, sid, "Thank you. We will call you, and your place is kept.")
        assert (CallbackRequest.objects.get(), stands(request).stage) == (request, "due")


def test_two_people_behind_one_number_are_two_calls() -> None:
    with a_world() as world:
        a_hotline(world)
        first = calls_us(world)
        second = world.network.inbound(MARIA, OURS, another=True)
        world.run(1)
        assert call_of(first).interaction != call_of(second).interaction
        assert (call_of(first).number, call_of(second).number, call_of(second).caller) == (MARIA, "", MARIA)


# Whatever else goes wrong.


def test_a_caller_whose_hanging_up_nobody_reports_is_found_gone() -> None:
    with a_world() as world:
        line = a_hotline(world)
        world.network.add_number(OURS, voice_url=f"{settings.PUBLIC_BASE_URL}/cb/in/{line.public_id}")
        sid = calls_us(world)
        world.network.hang_up(MARIA)
        world.run(100, step=2)
        assert call_of(sid).outcome == "hung_up"


def test_a_call_to_a_number_that_we_have_given_up_is_told_so() -> None:
    with a_world() as world:
        line = a_hotline(world)
        type(line).objects.update(active=False)
        sid = calls_us(world)
        world.run(5)
        assert spoken_to(world, sid) == ["Diese Nummer ist nicht vergeben. Auf Wiederhören."]
        assert not PhoneCall.objects.exists()


def test_a_customer_is_known_by_their_number_only_as_well_as_it_was_proved() -> None:
    with a_world() as world:
        a_hotline(world)
        maria = verify_contact_point(customer=identify([]), kind="phone", value=MARIA, by="agent")
        sid = calls_us(world)
        assert interaction_of(sid).customer == maria
        other = calls_us(world, "+4930777888")
        points = ContactPoint.objects.filter(customer=interaction_of(other).customer)
        assert [point.proof for point in points] == ["received"]


def test_a_call_that_is_taken_from_an_agent_whose_telephone_rings_rings_the_new_one() -> None:
    with a_world() as world:
        a_hotline(world)
        anna, sue = an_agent_who_answers(world), an_agent_who_answers(world, "Sue", BERND, role=SUPERVISOR)
        world.network.script(ANNA, Script(reaction="no-answer"))
        sid = calls_us(world)
        takes(anna, sid)
        world.run(5)
        takes(sue, sid)
        world.run(30)
        assert world.network.bridged_agents(sid) == [BERND]
        assert interaction_of(sid).assigned_to == sue


def twice(world: World) -> None:
    """From now on every answer of ours is lost once on its way, as by a crash after the commit, and asked for again.
    What was in hand when it crashed is due again."""

    def send(request: WebhookRequest) -> WebhookAnswer:
        receive(request)
        free_leases()
        return receive(request)

    world.network.send = send


def test_a_talk_survives_that_every_web_hook_comes_twice() -> None:
    with a_world() as world:
        a_hotline(world)
        twice(world)
        anna = an_agent_who_answers(world)
        sid = calls_us(world)
        takes(anna, sid)
        world.run(30)
        assert world.network.bridged_agents(sid) == [ANNA]
        world.network.hang_up(MARIA)
        world.run(10)
        assert (call_of(sid).outcome, world.rings(ANNA), PhoneCall.objects.count()) == ("talked", 1, 1)
        assert happened(call_of(sid).interaction).count("call_connected") == 1


def test_a_callback_and_a_message_survive_that_every_web_hook_comes_twice() -> None:
    with a_world() as world:
        a_hotline(world)
        twice(world)
        back = calls_us(world, MARIA, presses(("drücken Sie die 1", "1"), ("Wenn das stimmt", "1")))
        speaks = Action("say", heard="nach dem Ton", after=6, text="E-04", seconds=5)
        message = calls_us(world, "+4930777888", Script(actions=(*presses(("die 2", "2")).actions, speaks)))
        world.run(80)
        assert (call_of(back).outcome, call_of(message).outcome) == ("moved", "voicemail")
        assert spoken_to(world, back)[-1].startswith("Danke. Wir rufen Sie an")
        assert CallbackRequest.objects.count() == 1
        assert sum(text.startswith("Voicemail") for text in said(call_of(message).interaction)) == 1


def test_a_flood_of_hidden_callers_is_told_to_try_later() -> None:
    with a_world() as world:
        line = a_hotline(world)
        now = timezone.now()
        PhoneCall.objects.bulk_create(
            PhoneCall(direction="in", line=line, mode=line.mode, number="", created_at=now) for _ in range(MOST_HIDDEN)
        )
        hidden, known = calls_us(world, HIDDEN), calls_us(world)
        assert spoken_to(world, hidden)[0].startswith("Alle unsere Leitungen sind besetzt.")
        assert spoken_to(world, known)[0].startswith("Guten Tag")


def test_a_web_hook_for_a_call_is_refused_unless_it_is_signed(client: Client) -> None:
    line = a_line()
    form = {"CallSid": f"CA{'0' * 32}", "From": MARIA, "CallStatus": "ringing"}
    assert client.post(f"/cb/in/{line.public_id}", form).status_code == 403
    assert not PhoneCall.objects.exists()


def test_the_music_is_a_sound_of_four_seconds_for_everybody(client: Client) -> None:
    answer = client.get("/cb/hold.wav")
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() == 4 * sound.getframerate()
        assert max(sound.readframes(sound.getnframes())) > 0


def test_a_word_in_the_queue_costs_the_same_however_many_wait(django_assert_max_num_queries: Any) -> None:
    with a_world() as world:
        line = a_hotline(world)
        now = timezone.now()
        PhoneCall.objects.bulk_create(
            PhoneCall(
                direction="in", line=line, mode=line.mode, number="", caller="+49301", created_at=now, waiting_since=now
            )
            for _ in range(100)
        )
        sid = calls_us(world)
        token = token_of(CallLeg.objects.get(call_sid=sid))
        with django_assert_max_num_queries(25):
            assert "Position 101" in hear_all([Asked(token, "queue", {"CallSid": sid})])[0]


def test_a_call_that_is_given_back_while_the_agents_telephone_rings_stops_it() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_who_answers(world)
        world.network.script(ANNA, Script(reaction="no-answer"))
        sid = calls_us(world)
        takes(anna, sid)
        world.run(5)
        release_interaction(interaction=interaction_of(sid), user=anna)
        world.run(3)
        assert world.network.current_call(ANNA) is None
        assert (interaction_of(sid).state, Agent.objects.get(user=anna).wanted) == (State.WAITING, "available")
        assert world.network.current_call(MARIA) is not None


def test_an_agent_without_a_telephone_gives_the_call_back_and_its_caller_stays() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_who_answers(world)
        AgentPhone.objects.all().delete()
        sid = calls_us(world)
        takes(anna, sid)
        world.run(5)
        assert (interaction_of(sid).state, Agent.objects.get(user=anna).wanted) == (State.WAITING, "away")
        assert "call_failed" in happened(call_of(sid).interaction)
        assert world.network.current_call(MARIA) is not None


@pytest.mark.django_db(transaction=True)
def test_the_same_call_at_two_processes_at_once_is_one() -> None:
    line = a_line()
    form = {"CallSid": f"CA{'1' * 32}", "From": MARIA, "CallStatus": "ringing"}
    answers = in_parallel([lambda: arrive(line.public_id, form)] * 2)
    assert all("Guten Tag" in str(answer) for answer in answers)
    assert (PhoneCall.objects.count(), Interaction.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_we_and_the_customer_who_call_each_other_in_the_same_moment_are_one_call() -> None:
    form = {"CallSid": f"CA{'2' * 32}", "From": MARIA, "CallStatus": "ringing"}
    with time_machine.travel(NOON, tick=False):
        line, anna = a_line(), an_agent_with_phone("Anna Agent", ANNA)
        request = a_request(line)
        taken_by(anna, request)
        in_parallel([lambda: arrive(line.public_id, form), lambda: start_held(NOON)])
        dial_due()
    call = PhoneCall.objects.get()
    assert (call.request, Interaction.objects.count()) == (request, 1)
    assert set(legs_of(call)) == {"customer", "agent"}
