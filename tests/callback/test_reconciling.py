"""Calls whose POST had no answer, and calls of which nothing is heard: found, ended, or found never to have been."""

from datetime import timedelta
from typing import Any

import pytest

from channels_app.callback import posting
from channels_app.callback.models import CallbackRequest, CallLeg, Mode
from channels_app.callback.simulator.faults import Fault, Faults
from channels_app.callback.simulator.phones import Script
from interaction_center.due_work import free_leases
from tests.callback.builders import (
    ACCEPTS,
    MARIA,
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


def a_taken_request(world: World, *faults: Fault) -> CallbackRequest:
    anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line())
    world.network.script(ANNA, ACCEPTS)
    world.network.faults.add(*faults)
    taken_by(anna, request)
    return request


def a_customer_first(world: World, *faults: Fault, **line: Any) -> CallbackRequest:
    an_agent_with_phone("Anna Agent", ANNA)
    world.network.script(ANNA, ACCEPTS)
    world.network.script(MARIA, PRESSES_1)
    world.network.faults.add(*faults)
    return a_request(a_line(Mode.CUSTOMER_FIRST, **line))


@pytest.mark.parametrize("fault", ["lost_answer", "unavailable_after"])
def test_a_call_whose_answer_was_lost_is_adopted_by_its_reports_and_rung_once(fault: str) -> None:
    with a_world() as world:
        request = a_customer_first(world, Fault(fault, match=MARIA))
        world.run(40, step=1)
        assert (world.rings(), stands(request).stage) == (1, "connected")


@pytest.mark.parametrize("fault", ["lost_answer", "unavailable_after"])
def test_a_call_whose_answer_and_reports_were_lost_is_found_by_its_number(fault: str) -> None:
    with a_world() as world:
        drops = Fault("drop", match="", times=1_000)
        world.network.script(MARIA, Script(reaction="manual"))
        request = a_customer_first(world, Fault(fault, match=MARIA), drops)
        world.network.script(MARIA, Script(reaction="manual"))
        world.run(1, step=0.5)
        assert stands(request).stage == "unknown"
        world.run(5, step=0.5)
        assert stands(request).stage == "dialling"
        leg = CallLeg.objects.get()
        assert (leg.call_sid, leg.stage) == (world.network.ledger.rings_to(MARIA)[0].call, "ringing")


@pytest.mark.parametrize("fault", ["reset", "unavailable"])
def test_a_call_that_was_never_placed_is_due_again_after_two_looks_and_is_no_attempt(fault: str) -> None:
    with a_world() as world:
        request = a_customer_first(world, Fault(fault, match=MARIA))
        world.run(25, step=1)
        assert (world.rings(), stands(request).stage) == (0, "unknown")
        world.run(60, step=1)
        assert (world.rings(), stands(request).stage, stands(request).calls_made) == (1, "connected", 0)


def test_a_process_that_dies_between_commit_and_post_leaves_a_call_that_is_looked_for_not_posted() -> None:
    with a_world() as world:
        request = a_customer_first(world)
        world.run(0.1)
        CallLeg.objects.all().delete()
        call = the_call(request)
        leg = call.legs.create(party="customer", to=MARIA, created_at=world.network.now, due_at=world.network.now)
        rings = world.rings()
        assert posting.prepare(world.network.now).posts  # and nobody posts it
        leg.refresh_from_db()
        assert leg.posted_at is not None
        free_leases()
        world.clock.shift(timedelta(seconds=1))
        batch = posting.prepare(world.network.now + timedelta(seconds=1))
        assert not batch.posts
        leg.refresh_from_db()
        assert (leg.stage, world.rings()) == ("unknown", rings)


def test_what_stays_silent_while_it_rings_is_looked_at_and_ended() -> None:
    with a_world() as world:
        drops = Fault("drop", match="", times=1_000)
        request = a_customer_first(world, drops)
        world.network.script(MARIA, Script(reaction="no-answer"))
        world.run(90, step=1)
        assert (the_call(request).outcome, stands(request).stage) == ("no_answer", "retry_wait")


def test_a_talk_whose_end_was_not_reported_is_noticed() -> None:
    with a_world() as world:
        request = a_taken_request(world)
        world.run(25, step=1)
        world.network.faults.add(Fault("drop", match="", times=1_000))
        world.network.hang_up(MARIA)
        world.run(130, step=2)
        assert the_call(request).outcome == "talked"
        assert world.network.current_call(ANNA) is None


def test_nothing_is_rung_twice_while_every_answer_is_lost_and_reports_come_late() -> None:
    with a_world(faults=Faults(seed=7, rates={"lost_answer": 1.0, "delay": 0.5})) as world:
        request = a_customer_first(world)
        world.run(240, step=2)
        assert world.network.ledger.overlaps() == []
        assert stands(request).calls_made <= 1


def test_when_twilio_can_not_be_asked_it_is_asked_again() -> None:
    with a_world() as world:
        request = a_taken_request(world, Fault("lost_answer", match=ANNA), Fault("drop", match="", times=1_000))
        world.run(40, step=1)
        assert stands(request).stage in ("dialling", "connected")
        assert legs_of(the_call(request))["agent"].call_sid is not None
