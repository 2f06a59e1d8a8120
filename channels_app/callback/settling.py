"""Carries out what `steps.py` decides: rows, orders, the log, the queue and the mail, in the transaction in hand."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from channels_app.callback import policy
from channels_app.callback.departing import back_to, conclude_inbound
from channels_app.callback.hub_acts import close_interaction, send_away, take_from
from channels_app.callback.mails import mail_outcome, mail_try
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Party, PhoneCall
from channels_app.callback.orders import order
from channels_app.callback.policy import Command
from channels_app.callback.scenes import HubAct, Scene, store
from channels_app.callback.selectors import retry_rules, windows_of
from channels_app.callback.stages import ENDS, CallOutcome, LegStage, RequestStage
from channels_app.callback.steps import (
    EVENTS,
    Bridge,
    Consequence,
    Decide,
    Drop,
    Finish,
    HandOver,
    Order,
    Park,
    PassOn,
    Requeue,
    Step,
    consequence,
    ending,
    next_steps,
)
from channels_app.callback.telling import tell_in_hand
from channels_app.callback.transfers import free_agent, hand_over, park, pass_on
from interaction_center.due_work import WorkState, wake
from interaction_center.queue import by_channel
from interaction_center.queue.wire import moment

LIMIT_SECONDS = 2 * 60 * 60  # how long a call may last; Twilio ends it then
RING_MARGIN = timedelta(seconds=25)  # after the ring time: what Twilio adds to it, and the way of its report
GOODBYE = timedelta(seconds=30)  # the longest of our last words, and the way of the report that it is down
WAIT_LOOK = timedelta(seconds=75)  # whoever waits in the queue asks for more to hear twice a minute
TALK_LOOK = timedelta(minutes=2)  # how often a talk of which nothing is heard is looked at


def settle(scenes: Sequence[Scene], now: datetime) -> None:
    """Go on with these locked calls as far as they can go now, and store and tell it."""
    for scene in scenes:
        while steps := next_steps(scene.call, scene.legs, scene.request):
            for step in steps:
                _carry_out(scene, step, now)
        free_agent(scene)
        for leg in scene.legs:
            if scene.changes_of(leg):
                schedule(scene, leg, now)
    has_work = any(_is_due(leg, now) for scene in scenes for leg in scene.legs)
    changed = store(scenes)
    note_all(scenes)
    for act in [act for scene in scenes for act in scene.acts]:
        act()
    tell_in_hand([(scene.call, scene.legs) for scene in changed])
    if has_work:
        wake("call_legs")


def _is_due(leg: CallLeg, now: datetime) -> bool:
    return leg.state == WorkState.DUE and leg.due_at <= now and leg.lease_until is None


def _carry_out(scene: Scene, step: Step, now: datetime) -> None:
    match step:
        case Bridge():
            _bridge(scene, now)
        case Decide(outcome=outcome):
            scene.call.outcome = outcome
        case Order(leg=leg, do=do, say=say):
            leg.orders = [*leg.orders, {"do": do, "step": say} if say else {"do": do}]
        case Requeue(missed=missed):
            _requeue(scene, missed=missed)
        case Drop(leg=leg):
            leave_out(leg, leg.error_code or "not_needed", now)
        case Finish():
            _finish(scene, now)
        case Park():
            park(scene)
        case HandOver(leg=leg):
            hand_over(scene, leg)
        case PassOn():
            if not pass_on(scene, now):
                end_call(scene, CallOutcome.AGENT_MISSED, now)


def end_call(scene: Scene, outcome: CallOutcome, now: datetime) -> None:
    """It has come to this. Where nobody could take a customer over they hear an apology, and are called again."""
    for step in ending(scene.legs, outcome):
        _carry_out(scene, step, now)


def leave_out(leg: CallLeg, reason: str, now: datetime) -> None:
    """This telephone has not been rung, and will not be."""
    leg.stage, leg.error_code, leg.ended_at = LegStage.ABSENT, reason[:16], now


def put_down(leg: CallLeg, now: datetime) -> None:
    """This telephone is needed no longer, whether it was rung or not."""
    if leg.posted_at is None and leg.call_sid is None:
        leave_out(leg, "not_needed", now)
    else:
        order(leg, "hang_up")


def _bridge(scene: Scene, now: datetime) -> None:
    scene.call.bridged_at = now
    scene.note("call_connected", attempt=scene.call.attempt)
    if scene.request is not None:
        _connect(scene.request, now)


# A customer who calls us before we call them takes their request through all of it at once.
_TO_A_TALK = (Command.FALL_DUE, Command.CLAIM, Command.DIAL, Command.CONNECT)


def _connect(request: CallbackRequest, now: datetime) -> None:
    for command in _TO_A_TALK:
        if policy.allows(request.stage, command):
            request.stage = policy.next_stage(request.stage, command).value
    if request.stage == RequestStage.CONNECTED:
        request.connected_at = request.connected_at or now


def _requeue(scene: Scene, *, missed: bool) -> None:
    """The agent is not there after all: the caller stays on the line, and somebody else is asked."""
    call, customer = scene.call, scene.living(Party.CUSTOMER)
    agent, call.agent = call.agent, ""
    if missed:
        scene.note("call_missed", reason="agent_missed")
        scene.acts.append(partial(send_away, call.interaction, agent))
    scene.acts.append(partial(take_from, call.interaction, agent))
    if customer is not None and customer.joined_at is not None:
        customer.joined_at = None
        customer.orders = [*customer.orders, {"do": "say", "step": "queue"}]


def _finish(scene: Scene, now: datetime) -> None:
    call, outcome = scene.call, CallOutcome(scene.call.outcome)
    call.ended_at = now
    if outcome != CallOutcome.TALKED:
        call.wrapped_up_at = now  # there is nothing to note
    if outcome in EVENTS:
        scene.note(EVENTS[outcome], attempt=call.attempt, **_facts(call, outcome, now))
    wake("callbacks")
    was_talk = call.bridged_at is not None  # which has taken the request of a caller along
    if scene.request is not None and (call.direction == Direction.OUT or was_talk):
        scene.acts += _conclude(scene, scene.request, now)
    elif outcome != CallOutcome.TALKED:
        scene.acts += conclude_inbound(scene, now)


def _facts(call: PhoneCall, outcome: CallOutcome, now: datetime) -> dict[str, Any]:
    if outcome == CallOutcome.TALKED and call.bridged_at is not None:
        return {"seconds": round((now - call.bridged_at).total_seconds())}
    return {"reason": str(outcome)}


def _conclude(scene: Scene, request: CallbackRequest, now: datetime) -> list[HubAct]:
    """What the end of the call means for its request."""
    found = consequence(
        scene.call,
        request,
        window=lambda: windows_of([request])[request.pk],
        rules=retry_rules(scene.line),
        now=now,
        jitter=random.random(),  # noqa: S311 - spreads calls, guards nothing
    )
    request.calls_made += found.counts
    if scene.call.outcome == CallOutcome.MACHINE and request.connected_at == scene.call.bridged_at:
        request.connected_at = None  # they were not reached after all
    if found.command is None:
        return _leave_alone(request, found)
    request.stage = policy.next_stage(request.stage, found.command).value
    if request.stage == RequestStage.WRAPUP:
        request.state, request.due_at = WorkState.DUE, now + timedelta(seconds=scene.line.wrap_up_seconds)
        return []
    if request.stage in ENDS:
        return end_request(request, scene.call.outcome, now)
    return _try_again(scene, request, found.at or now)


def _leave_alone(request: CallbackRequest, found: Consequence) -> list[HubAct]:
    """Moved or cancelled while the telephone rang: the request stands as it was left."""
    if found.at is None:
        return [partial(close_interaction, request.interaction)]
    return [partial(by_channel.put_back, request.interaction, not_before=found.at)]


def _try_again(scene: Scene, request: CallbackRequest, at: datetime) -> list[HubAct]:
    request.state, request.due_at, request.lease_until = WorkState.DUE, at, None
    is_later = request.stage == RequestStage.RETRY_WAIT
    acts: list[HubAct] = [partial(put_back, scene.call, request, at if is_later else None)]
    if scene.call.outcome == CallOutcome.AGENT_MISSED:
        return [partial(send_away, request.interaction, scene.call.agent), *acts]
    if is_later:
        scene.note("call_retry", at=moment(at), attempt=request.calls_made)
        return [*acts, partial(mail_try, request, scene.call.outcome, scene.call.public_id)]
    return acts


def put_back(call: PhoneCall, request: CallbackRequest, not_before: datetime | None) -> None:
    """Its agent has it no longer. Who has taken it over meanwhile keeps it while it is due: they are rung next."""
    if call.direction == Direction.IN:  # agents were asked about the caller
        back_to(request, not_before)
    elif not_before is not None:
        by_channel.put_back(request.interaction, not_before=not_before)
    else:
        take_from(request.interaction, call.agent)


def end_request(request: CallbackRequest, reason: str, now: datetime) -> list[HubAct]:
    """It is over, and its customer is told; `stage` says how. Gives what the hub has to do."""
    request.reason, request.ended_at, request.state = str(reason)[:32], now, WorkState.DONE
    request.lease_until = None
    return [
        partial(mail_outcome, request, request.stage, request.public_id),
        partial(close_interaction, request.interaction),
    ]


def schedule(scene: Scene, leg: CallLeg, now: datetime) -> None:
    """When this leg is to be looked at next. A lease stays: whoever has the leg in hand schedules it anew."""
    if leg.ended_at is not None:
        leg.orders = [order for order in leg.orders if "sid" in order]  # of calls that should not be there at all
        leg.state = WorkState.DUE if leg.orders else WorkState.DONE
    if scene.has_new_order(leg) and (leg.call_sid or leg.posted_at is None or leg.ended_at):
        leg.due_at = now
    elif leg.call_sid and leg.ended_at is None and not leg.orders:
        leg.due_at = _look_at(scene, leg, now)


def _look_at(scene: Scene, leg: CallLeg, now: datetime) -> datetime:
    """By then something was reported, or somebody looks."""
    if scene.call.outcome:
        return now + (GOODBYE if leg.answered_at else RING_MARGIN / 2)
    if scene.call.waiting_since is not None and scene.call.bridged_at is None and leg.came_in:
        return now + WAIT_LOOK
    if leg.answered_at is not None or leg.posted_at is None:
        return now + TALK_LOOK
    return max(leg.posted_at + timedelta(seconds=scene.line.ring_seconds) + RING_MARGIN, now + RING_MARGIN / 2)


def note_all(scenes: Sequence[Scene]) -> None:
    """What happened, into the logs: a constant number of statements for each turn."""
    left = [(scene.call.interaction, note) for scene in scenes for note in scene.notes if scene.call.interaction]
    while left:
        turn: dict[str, Mapping[str, Any]] = {}
        rest = [pair for pair in left if turn.setdefault(*pair) is not pair[1]]
        by_channel.note_all(turn)
        left = rest
    for scene in scenes:
        scene.notes.clear()
