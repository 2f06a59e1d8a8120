"""From "this request is due" to a talk, through the phone network in a box: who is rung, when, and what they hear."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from channels_app.callback import controls, dialler
from channels_app.callback.models import AgentPhone, CallbackRequest, CallLeg, DoNotCall, Mode, PhoneCall, PhoneLine
from channels_app.callback.requests import open_request
from channels_app.callback.simulator.faults import Fault
from channels_app.callback.simulator.phones import Action, Script
from interaction_center.access.models import User
from interaction_center.access.policy import SUPERVISOR
from interaction_center.queue.models import State
from interaction_center.routing.models import Agent
from interaction_center.routing.services import close_interaction, release_interaction
from tests.builders import fresh, happened, said
from tests.callback.builders import (
    ACCEPTS,
    MARIA,
    NOON,
    PRESSES_1,
    World,
    a_line,
    a_request,
    a_world,
    an_agent_with_phone,
    legs_of,
    stands,
    taken_by,
    the_call,
)

pytestmark = pytest.mark.django_db
ANNA = "+4930555001"
BUSY, SILENT = Script(reaction="busy", after=1), Script(reaction="no-answer")


def a_taken_request(world: World, customer: Script | None = None, **values: Any) -> tuple[User, CallbackRequest]:
    """An agent who picks up has taken it; the customer does what the script says."""
    anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line(), **values)
    world.network.script(ANNA, ACCEPTS)
    if customer is not None:
        world.network.script(MARIA, customer)
    taken_by(anna, request)
    return anna, request


def call_events(request: CallbackRequest) -> list[str]:
    return [name for name in happened(request.interaction) if name.startswith("call")]


def wanted(user: User) -> str:
    return Agent.objects.get(user=user).wanted


# Agent first.


def test_an_agent_who_takes_a_due_request_is_rung_accepts_and_talks_with_the_customer() -> None:
    with a_world() as world:
        anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line())
        world.network.script(ANNA, ACCEPTS)
        world.run(2)
        assert (world.rings(ANNA), world.rings(MARIA)) == (0, 0)
        taken_by(anna, request)
        world.run(25)
        assert (world.rings(ANNA), world.rings(MARIA)) == (1, 1)
        call = the_call(request)
        assert stands(request).stage == "connected"
        assert call.bridged_at is not None
        legs = legs_of(call)
        assert world.network.bridged_agents(str(legs["customer"].call_sid)) == [ANNA]
        assert fresh(request.interaction).exclusive
        world.network.hang_up(MARIA)
        world.run(10)
        assert stands(request).stage == "wrapup"
        assert the_call(request).outcome == "talked"
        assert world.network.current_call(ANNA) is None
        assert call_events(request) == ["call_started", "call_connected", "call_ended"]


def test_wrap_up_ends_by_itself_and_leaves_the_interaction_with_its_agent() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        world.run(25)
        world.network.hang_up(MARIA)
        world.run(200, step=5)
        assert stands(request).stage == "done"
        assert the_call(request).wrapped_up_at is not None
        interaction = fresh(request.interaction)
        assert (interaction.assigned_to, interaction.exclusive) == (anna, False)


def test_the_agent_hears_who_is_called_and_why_before_the_customer_is_rung() -> None:
    with a_world() as world:
        a_taken_request(world)
        world.run(8)
        assert world.heard(ANNA)[0] == "A callback for Maria. My printer shows E-04"
        assert world.rings(MARIA) <= 1


def test_the_agent_hears_what_it_is_about_where_the_customer_wrote_nothing() -> None:
    with a_world() as world:
        anna = an_agent_with_phone("Anna Agent", ANNA)
        a_line()
        request = open_request(line=PhoneLine.objects.get(), number=MARIA, key="form", name="Maria", subject="invoice")
        taken_by(anna, request)
        world.run(8)
        assert world.heard(ANNA)[0] == "A callback for Maria. Callback: An invoice"


def test_everybody_hears_the_language_that_they_speak_themselves() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        world.run(25)
        sue = an_agent_with_phone("Sue Supervisor", "+4930555003", role=SUPERVISOR)
        User.objects.filter(pk=sue.pk).update(language="de")
        sue.refresh_from_db()
        controls.listen(the_call(request), sue, "listen")
        controls.add(the_call(request), anna, {"number": "030 777888"})
        world.run(10)
        assert world.heard(ANNA)[0].startswith("A callback for Maria")
        assert world.heard("+4930555003")[0].startswith("Ein Gespräch mit Maria, zum Mithören")
        assert world.heard("+4930777888")[0].startswith("A call for you from")


def test_a_mailbox_is_no_agent() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        world.network.script(ANNA, Script(answered_by="machine"))
        world.run(60)
        assert world.rings(MARIA) == 0
        assert the_call(request).outcome == "agent_missed"
        assert wanted(anna) == "away"


def test_an_agent_who_does_not_pick_up_is_away_and_the_request_is_due_again_without_an_attempt() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        world.network.script(ANNA, SILENT)
        world.run(60)
        now = stands(request)
        assert (now.stage, now.calls_made, world.rings(MARIA)) == ("due", 0, 0)
        assert wanted(anna) == "away"
        assert fresh(request.interaction).state == State.WAITING


def test_an_agent_without_a_telephone_gives_the_request_back_with_a_word_why() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        AgentPhone.objects.all().delete()
        world.run(3)
        assert "call_failed" in call_events(request)
        assert fresh(request.interaction).state == State.WAITING
        assert not PhoneCall.objects.exists()
        assert wanted(anna) == "away"


def test_whoever_takes_a_request_over_while_its_first_agent_is_rung_keeps_it_and_is_rung_next() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        world.network.script(ANNA, SILENT)
        world.run(5)
        release_interaction(interaction=fresh(request.interaction), user=anna)
        ben = an_agent_with_phone("Ben Agent", "+4930555002")
        world.network.script("+4930555002", ACCEPTS)
        taken_by(ben, request)
        world.run(60)
        assert wanted(ben) == "available", "it was not Ben who did not answer"
        assert the_call(request).agent == ben.public_id
        assert the_call(request).bridged_at is not None


@pytest.mark.parametrize("has_phone", [True, False])
def test_somebody_who_is_no_agent_and_does_not_answer_gives_the_request_back_as_any_other(has_phone: bool) -> None:
    with a_world() as world:
        _anna, request = a_taken_request(world)
        world.network.script(ANNA, SILENT)
        Agent.objects.all().delete()
        if not has_phone:
            AgentPhone.objects.all().delete()
        world.run(40)
        assert not PhoneCall.objects.filter(ended_at=None).exists()
        assert (stands(request).stage, fresh(request.interaction).state) == ("due", State.WAITING)


def test_a_softphone_is_rung_by_its_name_and_need_not_press_a_key() -> None:
    with a_world() as world:
        anna, request = an_agent_with_phone("Anna Agent", ""), a_request(a_line(Mode.SOFTPHONE))
        taken_by(anna, request)
        world.run(25)
        assert world.rings(f"client:{anna.public_id}") == 1
        assert stands(request).stage == "connected"


@pytest.mark.parametrize(
    ("script", "outcome", "minutes"),
    [(BUSY, "busy", (5, 6)), (SILENT, "no_answer", (15, 18)), (Script(reaction="failed"), "failed", (15, 18))],
)
def test_a_customer_who_is_not_reached_is_tried_again_by_rule(
    script: Script, outcome: str, minutes: tuple[int, int]
) -> None:
    with a_world() as world:
        _, request = a_taken_request(world, script, email="maria@example.org")
        world.run(80)
        now = stands(request)
        assert (now.stage, now.calls_made, the_call(request).outcome) == ("retry_wait", 1, outcome)
        ended = the_call(request).ended_at
        assert ended is not None
        assert timedelta(minutes=minutes[0]) <= now.due_at - ended <= timedelta(minutes=minutes[1])
        interaction = fresh(request.interaction)
        assert (interaction.state, interaction.not_before) == (State.WAITING, now.due_at)
        assert world.network.current_call(ANNA) is None
        assert "call_retry" in call_events(request)


def test_the_agent_is_told_why_the_customer_is_not_there() -> None:
    with a_world() as world:
        a_taken_request(world, BUSY)
        world.run(40)
        assert world.heard(ANNA)[-1] == "The line is busy."


def test_after_the_last_attempt_the_request_has_failed_and_its_customer_is_written() -> None:
    with a_world() as world:
        _, request = a_taken_request(world, BUSY, email="maria@example.org", calls_made=2)
        world.run(60)
        now = stands(request)
        assert (now.stage, now.reason, now.calls_made) == ("failed", "busy", 3)
        assert fresh(request.interaction).state == State.CLOSED
        assert said(request.interaction)[-1].startswith("We could not reach you")


def an_answered_call(world: World, customer: Script) -> tuple[User, CallbackRequest]:
    """The agent is connected with whatever has answered; it was found to be a machine, or not."""
    anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line(detects_machines=True))
    world.network.script(ANNA, ACCEPTS)
    world.network.script(MARIA, customer)
    taken_by(anna, request)
    while not the_call(request).answered_by if request.calls.exists() else True:
        world.run(1)
    return anna, request


@pytest.mark.parametrize("by_button", [True, False])
def test_a_machine_on_which_the_agent_hangs_up_hears_one_message_and_counts(by_button: bool) -> None:
    with a_world() as world:
        anna, request = an_answered_call(world, Script(answered_by="machine"))
        if by_button:
            controls.hang_up(the_call(request), anna)
        else:
            world.network.hang_up(ANNA)
        world.run(20)
        assert (the_call(request).outcome, stands(request).calls_made) == ("machine", 1)
        assert (stands(request).stage, stands(request).connected_at) == ("retry_wait", None)
        assert [text for text in world.heard() if "We could not reach you" in text]
        assert world.network.current_call(MARIA) is None


def test_a_person_who_is_taken_for_a_machine_while_they_talk_goes_on_talking() -> None:
    with a_world() as world:
        _, request = an_answered_call(world, Script(answered_by="machine", greeting=1))
        world.run(40)
        assert (the_call(request).answered_by, stands(request).stage) == ("machine", "connected")
        world.network.hang_up(ANNA)
        world.run(5)
        assert (the_call(request).outcome, stands(request).stage) == ("talked", "wrapup")


def test_a_person_who_answers_is_not_taken_for_a_machine() -> None:
    with a_world() as world:
        anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line(detects_machines=True))
        world.network.script(ANNA, ACCEPTS)
        taken_by(anna, request)
        world.run(30)
        assert (stands(request).stage, the_call(request).answered_by) == ("connected", "human")


def test_an_agent_on_a_call_is_rung_for_no_other_one() -> None:
    with a_world() as world:
        anna, first = a_taken_request(world)
        second = a_request(first.line, "+4930123457")
        taken_by(anna, second)
        world.run(40)
        assert (world.rings(MARIA), world.rings("+4930123457")) == (1, 0)
        world.network.hang_up(MARIA)
        world.run(200, step=2)
        assert world.rings("+4930123457") == 1


# What must not be rung.


@pytest.mark.parametrize("how", ["transfer", "add"])
def test_an_agent_who_has_left_the_customer_with_somebody_outside_gets_the_next_callback(how: str) -> None:
    with a_world() as world:
        anna, first = a_taken_request(world)
        second = a_request(first.line, "+4930123457")
        world.run(25)
        outside = "+4930777888"
        world.network.script(outside, ACCEPTS)
        {"transfer": controls.transfer, "add": controls.add}[how](the_call(first), anna, {"number": outside})
        world.run(20)
        if how == "add":
            world.network.hang_up(ANNA)
            world.run(3)
        assert (the_call(first).ended_at, fresh(first.interaction).exclusive) == (None, False)
        taken_by(anna, second)
        world.run(25)
        assert (the_call(second).bridged_at is not None, the_call(first).ended_at) == (True, None)
        world.network.hang_up(outside)
        world.run(5)
        assert (stands(first).stage, stands(second).stage) == ("wrapup", "connected")


@pytest.mark.parametrize("mode", [Mode.AGENT_FIRST, Mode.CUSTOMER_FIRST])
def test_a_line_that_can_not_be_dialled_holds_up_no_other(mode: str) -> None:
    with a_world() as world:
        broken, line = a_line(mode, quiet_from="never"), a_line(mode, number="+4930987655")
        for number, at in (("+4930123456", broken), ("+4930123457", line)):
            agent = an_agent_with_phone(f"Agent{number[-1]} Smith", f"+49305550{number[-2:]}")
            request = a_request(at, number)
            if mode == Mode.AGENT_FIRST:
                taken_by(agent, request)
        world.network.add_number(line.number)
        world.run(3)
        assert [call.line for call in PhoneCall.objects.all()] == [line]


def test_a_request_whose_customer_is_on_the_line_holds_up_no_other() -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        call = PhoneCall.objects.create(  # another telephone of the same number, which has hung up, came first
            direction="in", line=request.line, request=request, number="", mode=request.line.mode, created_at=NOON
        )
        ben, other = an_agent_with_phone("Ben Agent", "+4930555002"), a_request(request.line, "+4930123457")
        taken_by(ben, other)
        world.run(3)
        assert (world.rings(ANNA), world.rings("+4930555002")) == (0, 1)
        assert call.ended_at is None


def test_nobody_is_rung_outside_their_hours_but_at_the_next_ones() -> None:
    with a_world(NOON.replace(hour=20)) as world:  # nine in the evening in Berlin
        request = a_request(a_line())
        world.run(3)
        now = stands(request)
        assert now.due_at == NOON.replace(day=3, hour=7)
        assert fresh(request.interaction).not_before == now.due_at


def test_a_request_that_waits_as_the_evening_comes_waits_for_the_morning() -> None:
    with a_world(NOON.replace(hour=18, minute=59, second=40)) as world:
        anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line())
        taken_by(anna, request)
        world.run(60)
        assert world.rings(ANNA) == 0
        assert stands(request).due_at == NOON.replace(day=3, hour=7)


def test_a_request_that_nobody_called_in_time_expires_with_a_word() -> None:
    with a_world() as world:
        request = a_request(a_line(), expires_at=NOON + timedelta(seconds=20), email="maria@example.org")
        world.run(30)
        assert stands(request).stage == "expired"
        assert fresh(request.interaction).state == State.CLOSED
        assert said(request.interaction)[-1].startswith("We are sorry")


def test_a_paused_line_rings_nobody_until_it_goes_on() -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        PhoneLine.objects.update(paused_at=timezone.now())
        world.run(5)
        assert world.rings(ANNA) == 0
        PhoneLine.objects.update(paused_at=None)
        world.run(20)
        assert world.rings(ANNA) == 1
        assert stands(request).stage == "connected"


def test_a_pause_while_the_agent_is_rung_stops_the_customers_call() -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        world.run(2)
        PhoneLine.objects.update(paused_at=timezone.now())
        world.run(30)
        assert (world.rings(ANNA), world.rings(MARIA)) == (1, 0)
        assert (stands(request).stage, stands(request).calls_made) == ("due", 0)


def test_a_number_on_the_list_is_not_rung_even_when_its_agent_waits() -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        world.run(2)
        DoNotCall.objects.create(number=MARIA, created_at=timezone.now())
        world.run(30)
        assert world.rings(MARIA) == 0
        assert (stands(request).stage, stands(request).reason) == ("refused", "refused")
        assert CallLeg.objects.get(party="customer").error_code == "do_not_call"


def test_a_closed_interaction_is_not_called() -> None:
    with a_world() as world:
        anna, request = a_taken_request(world)
        world.run(2)
        close_interaction(interaction=fresh(request.interaction), user=anna)
        world.run(30)
        assert world.rings(MARIA) == 0
        assert world.network.current_call(ANNA) is None


def test_a_line_places_no_more_calls_a_day_than_it_may() -> None:
    with a_world() as world:
        anna, first = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line(calls_a_day=1))
        world.network.script(ANNA, ACCEPTS)
        taken_by(anna, first)
        world.run(25)
        ben, second = an_agent_with_phone("Ben Agent", "+4930555002"), a_request(first.line, "+4930123457")
        taken_by(ben, second)
        world.run(10)
        assert (world.rings(MARIA), world.rings("+4930555002")) == (1, 0)


def test_a_line_places_no_more_calls_a_second_than_it_may() -> None:
    with a_world() as world:
        line = a_line(calls_a_second=1)
        for number in range(4):
            agent = an_agent_with_phone(f"Agent{number} Smith", f"+493055510{number}")
            taken_by(agent, a_request(line, f"+493012350{number}"))
        world.run(10)
        placed = sorted(ring.placed for ring in world.network.ledger.rings if ring.number.startswith("+493055510"))
        assert len(placed) == 4
        assert all(later - earlier >= 1 for earlier, later in pairwise(placed))


def test_an_agent_for_whom_a_customer_waits_is_rung_before_the_next_customers() -> None:
    with a_world() as world:
        line = a_line(Mode.CUSTOMER_FIRST, calls_a_second=1)
        for number in range(25):
            an_agent_with_phone(f"Agent{number} Smith", f"+4930555{number:03}")
            world.network.script(f"+4930555{number:03}", ACCEPTS)
            a_request(line, f"+49301235{number:03}")
            world.network.script(f"+49301235{number:03}", Script(after=0.5, actions=PRESSES_1.actions))
        world.run(35)
        rings = sorted(world.network.ledger.rings, key=lambda ring: ring.placed)
        agents = [place for place, ring in enumerate(rings) if ring.number.startswith("+4930555")]
        assert agents[0] < 15, "whoever pressed 1 does not wait until all others have been rung"


# What the network says.


@pytest.mark.parametrize(
    ("code", "stage", "outcome"),
    [
        (21211, "failed", "invalid"),
        (13224, "failed", "invalid"),
        (21202, "refused", "refused"),
        (21216, "refused", "refused"),
    ],
)
def test_what_twilio_refuses_for_good_ends_the_request(code: int, stage: str, outcome: str) -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        world.network.faults.add(Fault("error", match=MARIA, code=code))
        world.run(40)
        assert (stands(request).stage, the_call(request).outcome) == (stage, outcome)
        assert ("premium" in stands(request).flags) == (code == 21202)
        assert world.network.current_call(ANNA) is None


@pytest.mark.parametrize("code", [20429, 10004])
def test_what_is_too_much_just_now_is_tried_a_little_later_and_is_no_attempt(code: int) -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        world.network.faults.add(Fault("error", match=MARIA, code=code, times=2, retry_after=3))
        world.run(40)
        assert (world.rings(MARIA), stands(request).stage, stands(request).calls_made) == (1, "connected", 0)


def test_a_failed_call_that_is_tried_again_is_not_mailed_as_the_end_of_the_callback() -> None:
    with a_world() as world:
        _, request = a_taken_request(world, Script(reaction="failed"), email="maria@example.org")
        world.run(80)
        assert (stands(request).stage, the_call(request).outcome) == ("retry_wait", "failed")
        assert said(request.interaction)[-1] == "We called you and did not reach you. We will call you again."


@pytest.mark.parametrize("code", [20429, 20003])
def test_a_customer_whose_agent_can_not_be_rung_hears_so_soon_and_is_not_rung_again_at_once(code: int) -> None:
    with a_world() as world:
        request = a_request(a_line(Mode.CUSTOMER_FIRST))
        anna = an_agent_with_phone("Anna Agent", ANNA)
        world.network.script(MARIA, PRESSES_1)
        world.network.faults.add(Fault("error", match=ANNA, code=code, times=1_000))
        world.run(60)
        assert world.heard()[-1].startswith("I am sorry, we can't connect you now. We will call you again")
        assert (world.rings(MARIA), world.rings(ANNA), wanted(anna)) == (1, 0, "available")
        assert (stands(request).stage, stands(request).calls_made) == ("retry_wait", 1)
        assert stands(request).due_at >= timezone.now() + timedelta(minutes=14)


def test_refused_credentials_stop_the_line() -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        world.network.faults.add(Fault("error", match=ANNA, code=20003))
        world.run(10)
        assert PhoneLine.objects.get().paused_at is not None
        assert stands(request).stage == "due"


def test_a_call_that_the_network_makes_twice_is_ended_once_it_shows() -> None:
    with a_world() as world:
        _, request = a_taken_request(world)
        world.network.faults.add(Fault("twice", match=MARIA))
        world.run(40)
        rings = world.network.ledger.rings_to(MARIA)
        assert sorted(ring.by_fault for ring in rings) == [False, True]
        assert len([ring for ring in rings if ring.ended is None]) == 1
        assert stands(request).stage == "connected"


# Customer first.


def a_customer_first(world: World, *scripts: Script, agents: int = 1, **values: Any) -> CallbackRequest:
    """Free agents with telephones, and a customer who is rung before them."""
    for number in range(agents):
        an_agent_with_phone(f"Agent{number} Smith", f"+493055500{number}")
        world.network.script(f"+493055500{number}", ACCEPTS)
    world.network.script(MARIA, *scripts)
    return a_request(a_line(Mode.CUSTOMER_FIRST), **values)


def test_a_customer_who_presses_1_is_connected_with_a_reserved_agent() -> None:
    with a_world() as world:
        request = a_customer_first(world, PRESSES_1)
        world.run(35)
        assert stands(request).stage == "connected"
        customer = legs_of(the_call(request))["customer"]
        assert world.network.bridged_agents(str(customer.call_sid)) == ["+4930555000"]
        assert "Maria is on the line" in world.heard("+4930555000")[0]


def test_no_customer_is_rung_without_an_agent_who_is_free_for_them() -> None:
    with a_world() as world:
        request = a_customer_first(world, PRESSES_1, agents=2)
        others = [a_request(request.line, f"+493012350{number}") for number in range(4)]
        world.run(3)
        assert PhoneCall.objects.count() == 2
        assert [stands(one).stage for one in (request, *others)] == ["dialling", "dialling", "due", "due", "due"]


def test_a_customer_who_presses_2_is_called_later_and_it_is_no_attempt() -> None:
    with a_world() as world:
        script = Script(actions=(Action("press", heard="press 1", after=0.5, digits="2"),))
        request = a_customer_first(world, script, email="maria@example.org")
        world.run(40)
        now = stands(request)
        assert (now.stage, now.calls_made, the_call(request).outcome) == ("retry_wait", 0, "moved")
        assert now.due_at >= NOON + timedelta(hours=1)
        assert world.rings("+4930555000") == 0
        assert fresh(request.interaction).state == State.WAITING
        assert said(request.interaction)[-1].startswith("You asked us to call at another time")


def test_a_customer_who_presses_3_has_cancelled() -> None:
    with a_world() as world:
        script = Script(actions=(Action("press", heard="press 1", after=0.5, digits="3"),))
        request = a_customer_first(world, script)
        world.run(40)
        assert (stands(request).stage, the_call(request).outcome) == ("cancelled", "cancelled")
        assert fresh(request.interaction).state == State.CLOSED
        assert world.network.current_call(MARIA) is None
        assert world.rings("+4930555000") == 0


def test_who_presses_nothing_is_asked_twice_and_then_counts_as_a_machine() -> None:
    with a_world() as world:
        request = a_customer_first(world, Script())
        world.run(70)
        assert (the_call(request).outcome, stands(request).calls_made) == ("machine", 1)
        assert world.heard().count(world.heard()[0]) == 2
        assert world.rings("+4930555000") == 0


def test_an_agent_who_does_not_come_costs_the_customer_an_apology_and_no_attempt() -> None:
    with a_world() as world:
        request = a_customer_first(world, PRESSES_1)
        world.network.script("+4930555000", SILENT)
        world.run(60)
        assert (the_call(request).outcome, stands(request).calls_made) == ("agent_missed", 0)
        assert world.heard()[-1].startswith("I am sorry, we can't connect you")
        assert stands(request).stage == "due"
        assert Agent.objects.get().wanted == "away"


def test_a_customer_who_waits_hears_words_all_the_time_and_an_apology_after_ten_seconds() -> None:
    with a_world() as world:
        request = a_customer_first(world, PRESSES_1)
        world.network.script("+4930555000", Script(after=15.0, actions=ACCEPTS.actions))
        world.run(60)
        customer = str(legs_of(the_call(request))["customer"].call_sid)
        assert all(end - start <= 2 for start, end in world.network.silences(customer))
        said_so = [heard for heard in world.network.transcript(customer) if heard.text.startswith("I am sorry that it")]
        ring = world.network.ledger.rings_to(MARIA)[0]
        assert ring.answered is not None
        assert said_so
        assert stands(request).stage == "connected"


def test_a_customer_hears_german_who_asked_in_german() -> None:
    with a_world() as world:
        a_customer_first(world, Script(), language="de")
        world.run(15)
        assert world.heard()[0].startswith("Guten Tag")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="The planner of PostgreSQL reads a small table as a whole.")
def test_those_that_wait_for_their_time_are_not_read_to_find_those_that_are_due() -> None:
    startable = dialler._startable()
    plans = [startable.explain(), startable.order_by().values_list("line", flat=True).distinct().explain()]
    assert all("USING INDEX request_stage" in plan for plan in plans)
