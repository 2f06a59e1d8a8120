"""A talk with somebody who called us: put through, declined, ended, and what becomes of the callback that they had."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.callback import answering, controls
from channels_app.callback.answering import ring_holders
from channels_app.callback.models import CallbackRequest, Mode
from channels_app.callback.simulator.phones import Action, Script
from channels_app.callback.wrapping_up import wrap_up
from interaction_center.access.models import User
from interaction_center.queue.models import State
from interaction_center.routing.services import release_interaction
from tests.access.builders import a_team
from tests.callback.builders import MARIA, World, a_request, a_world, an_agent_with_phone, stands, the_call
from tests.callback.callers import (
    ANNA,
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
from tests.callback.talking import BEN, SILENT, a_colleague, a_supervisor, hears

pytestmark = pytest.mark.django_db


def a_caller_talks(world: World) -> tuple[User, str]:
    """Maria has called the line, and Anna has taken it."""
    anna = an_agent_who_answers(world)
    sid = calls_us(world)
    takes(anna, sid)
    world.run(10)
    assert call_of(sid).bridged_at is not None
    return anna, sid


def test_a_caller_whom_a_colleague_does_not_answer_comes_back_to_the_agent() -> None:
    with a_world() as world:
        a_hotline(world)
        anna, sid = a_caller_talks(world)
        ben = a_colleague(world, script=SILENT)
        controls.transfer(call_of(sid), anna, {"user": ben.public_id})
        world.run(60)
        assert (world.rings(BEN), world.rings(ANNA)) == (1, 2)
        assert (call_of(sid).agent, call_of(sid).outcome, call_of(sid).transfer) == (anna.public_id, "", {})
        assert hears(world, ANNA), "the caller"
        assert longest_silence(world, sid) <= 2


def test_a_caller_who_is_put_through_to_a_team_reaches_whoever_of_it_answers() -> None:
    with a_world() as world:
        a_hotline(world)
        anna, sid = a_caller_talks(world)
        ben, cem = a_colleague(world, script=SILENT), a_colleague(world, "Cem Agent", "+4930555004")
        controls.transfer(call_of(sid), anna, {"team": a_team("Spare parts", ben, cem).public_id})
        world.run(60)
        assert (call_of(sid).agent, call_of(sid).ended_at) == (cem.public_id, None)


def test_a_caller_for_whom_nobody_is_left_hears_an_apology_and_is_called_back() -> None:
    with a_world() as world:
        a_hotline(world)
        anna, sid = a_caller_talks(world)
        ben = a_colleague(world, script=SILENT)
        world.network.script(ANNA, SILENT)
        controls.transfer(call_of(sid), anna, {"user": ben.public_id})
        world.run(100)
        assert "Wir rufen Sie wieder an" in spoken_to(world, sid)[-1]
        assert call_of(sid).outcome == "agent_missed"
        world.run(300)
        assert CallbackRequest.objects.get().number == MARIA


def test_the_request_of_a_caller_for_whom_nobody_is_left_is_due_again() -> None:
    with a_world() as world:
        request = a_request(a_hotline(world))
        anna, sid = a_caller_talks(world)
        ben = a_colleague(world, script=SILENT)
        world.network.script(ANNA, SILENT)
        controls.transfer(call_of(sid), anna, {"user": ben.public_id})
        world.run(100)
        assert call_of(sid).outcome == "agent_missed"
        assert stands(request).stage == "due"
        assert interaction_of(sid).state == State.WAITING


def test_an_agent_who_declines_by_hanging_up_leaves_the_caller_to_the_next_one() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_with_phone("Anna Agent", ANNA)
        world.network.script(ANNA, SILENT)
        sid = calls_us(world)
        takes(anna, sid)
        world.run(5)
        controls.hang_up(call_of(sid), anna)
        world.run(5)
        assert world.network.current_call(ANNA) is None
        assert (interaction_of(sid).state, call_of(sid).agent) == (State.WAITING, "")
        takes(a_colleague(world), sid)
        world.run(20)
        assert call_of(sid).bridged_at is not None
        assert hears(world, BEN), "the caller"


def test_a_caller_who_confirms_a_number_as_an_agent_comes_is_connected_and_not_called_back() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_who_answers(world)
        key = Action("press", heard="Wenn das stimmt", after=4, digits="1")
        script = Script(actions=(Action("press", heard="drücken Sie die 1", after=1, digits="1"), key))
        sid = calls_us(world, script=script)
        while not has_heard(world, sid, "Wenn das stimmt"):
            world.run(0.5)
        takes(anna, sid)
        world.run(25)
        assert hears(world, ANNA), "the caller"
        assert not CallbackRequest.objects.exists()


def test_a_caller_who_looks_for_their_number_is_not_left_in_silence() -> None:
    with a_world() as world:
        a_hotline(world)
        types = Action("press", heard="Raute", after=18, digits="01701234567#")
        other = presses(("drücken Sie die 1", "1"), ("Wenn das stimmt", "2"))
        sid = calls_us(world, script=Script(actions=(*other.actions, types)))
        while not call_of(sid).typed_number:
            world.run(1)
        assert longest_silence(world, sid) <= 4, "while the keys are pressed"


def test_an_agent_from_whom_a_call_is_taken_before_they_are_rung_never_is() -> None:
    with a_world() as world:
        a_hotline(world)
        anna = an_agent_who_answers(world)
        sid = calls_us(world)
        takes(anna, sid)
        ring_holders(timezone.now())
        release_interaction(interaction=interaction_of(sid), user=anna)
        ring_holders(timezone.now())
        world.run(10)
        assert world.rings(ANNA) == 0
        assert world.network.current_call(MARIA) is not None


def test_a_missed_call_that_can_not_be_followed_up_keeps_no_agent_from_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ValueError("no")

    with a_world() as world:
        a_hotline(world, wrap_up_seconds=60)
        _, sid = a_caller_talks(world)
        missed = calls_us(world, "+4930123457")
        world.network.hang_up("+4930123457")
        world.network.hang_up(MARIA)
        monkeypatch.setattr(answering, "open_missed", fail)
        world.run(400, step=10)
        assert call_of(missed).follow_up_at is not None, "it is tried again"
        assert call_of(sid).wrapped_up_at is not None
        assert not interaction_of(sid).exclusive


def test_a_caller_whose_call_a_supervisor_ends_is_not_told_that_they_were_troubled() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = calls_us(world)
        controls.hang_up(call_of(sid), a_supervisor(world))
        world.run(10)
        assert spoken_to(world, sid)[-1].startswith("Es tut mir leid, dieser Anruf kann nicht mehr beantwortet werden")


def test_a_caller_who_wants_to_be_called_where_a_call_is_promised_already_is_called_there_alone() -> None:
    with a_world() as world:
        elsewhere = {"stage": "scheduled", "due_at": timezone.now() + timedelta(hours=3)}
        request = a_request(a_hotline(world), "+491701234567", **elsewhere)
        keys = [
            ("drücken Sie die 1", "1"),
            ("Wenn das stimmt", "2"),
            ("Raute", "01701234567#"),
            ("Wenn das stimmt", "1"),
        ]
        sid = calls_us(world, script=presses(*keys))
        world.run(120)
        assert has_heard(world, sid, "Danke. Wir rufen Sie an")
        world.run(400)
        assert list(CallbackRequest.objects.all()) == [request]
        assert interaction_of(sid).state == State.CLOSED


def test_a_further_try_after_a_call_that_came_in_reserves_an_agent_as_the_line_does() -> None:
    with a_world() as world:
        later = timezone.now() + timedelta(hours=3)
        request = a_request(a_hotline(world, Mode.CUSTOMER_FIRST), stage="scheduled", due_at=later)
        anna, sid = a_caller_talks(world)
        world.network.hang_up(MARIA)
        world.run(5)
        wrap_up(call_of(sid), anna, disposition="follow_up", notes="", next="retry")
        assert (interaction_of(sid).state, interaction_of(sid).routed_by_channel) == (State.WAITING, True)
        world.run(60 * 30, step=10)
        assert (world.rings(MARIA), the_call(request).direction) == (1, "out")
