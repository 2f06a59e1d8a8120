"""Two of us at the same call, request or line in the same moment: nobody waits for the other crosswise, and nobody
trusts what they read before they had the lock."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels_app.callback.answering import follow_up_missed
from channels_app.callback.arriving import arrive
from channels_app.callback.changing import cancel_request
from channels_app.callback.dialler import look_at_due, start_held
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.models import CallbackRequest, CallLeg, PhoneCall, PhoneLine
from channels_app.callback.posting import Posted, prepare, store_posted
from channels_app.callback.scenes import locked_scenes
from interaction_center.queue.models import Interaction
from tests.builders import crossing
from tests.callback.builders import (
    ACCEPTS,
    MARIA,
    NOON,
    World,
    a_line,
    a_request,
    a_world,
    an_agent_with_phone,
    stands,
    taken_by,
    the_call,
)
from tests.callback.callers import ANNA, a_hotline, call_of, calls_us

pytestmark = pytest.mark.django_db(transaction=True)


def a_held_request() -> CallbackRequest:
    """Anna holds it, and nobody is rung yet."""
    request = a_request(a_line())
    taken_by(an_agent_with_phone("Anna Agent", ANNA), request)
    return request


def a_talk_that_has_ended(world: World) -> CallbackRequest:
    request = a_held_request()
    world.network.script(ANNA, ACCEPTS)
    world.run(25)
    world.network.hang_up(MARIA)
    world.run(5)
    assert stands(request).stage == "wrapup"
    return request


def the_failures_of(came: Sequence[object]) -> list[object]:
    return [one for one in came if isinstance(one, BaseException)]


def test_a_report_of_a_call_comes_as_the_time_to_write_it_up_runs_out() -> None:
    with a_world() as world:
        request = a_talk_that_has_ended(world)
        world.clock.shift(timedelta(minutes=5))
        came = crossing(
            lambda: PhoneCall.objects.select_for_update(no_key=True).get(request=request),
            lambda: CallbackRequest.objects.select_for_update(no_key=True).get(pk=request.pk).pk,
            lambda: look_at_due(timezone.now()),
        )
        assert the_failures_of(came) == []
        assert (stands(request).stage, the_call(request).wrapped_up_at) == ("done", timezone.now())


def test_a_line_whose_account_is_refused_stops_while_somebody_has_it_in_hand() -> None:
    with time_machine.travel(NOON, tick=False):
        request = a_held_request()
        start_held(NOON)
        (post,) = prepare(NOON).posts
        failure = CallFailure(Action.STOP_DIALLING)
        came = crossing(
            lambda: PhoneLine.objects.select_for_update(no_key=True).get(),
            lambda: len(locked_scenes([post.call])),
            lambda: store_posted([Posted(post, failure=failure)]) or 0,
        )
        assert the_failures_of(came) == []
        assert stands(request).line.paused_by == "twilio"


def test_a_request_that_is_cancelled_as_its_call_begins_rings_nobody_on() -> None:
    with time_machine.travel(NOON, tick=False):
        request = a_held_request()
        came = crossing(lambda: start_held(NOON), lambda: 0, lambda: cancel_request(request=request).pk)
        assert the_failures_of(came) == []
        assert stands(request).stage == "cancelled"
        assert CallLeg.objects.get().orders == [{"do": "hang_up"}]


def test_a_customer_who_calls_again_as_their_missed_call_becomes_a_callback_goes_on_in_it() -> None:
    with a_world() as world:
        line = a_hotline(world)
        missed = calls_us(world)
        world.network.hang_up(MARIA)
        world.run(5)
        world.clock.shift(timedelta(minutes=6))
        form = {"CallSid": f"CA{'3' * 32}", "From": MARIA, "CallStatus": "ringing"}
        came = crossing(lambda: follow_up_missed(timezone.now()), lambda: "", lambda: arrive(line.public_id, form))
        assert the_failures_of(came) == []
        again = call_of(form["CallSid"])
        assert again.request == CallbackRequest.objects.get(), "else they are called after they have talked"
        assert (again.interaction, Interaction.objects.count()) == (call_of(missed).interaction, 1)
