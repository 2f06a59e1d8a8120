"""Gives Twilio the orders that a leg has: everything that leaves for a call that rings or talks is a row before."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels_app.callback import rest
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.models import CallLeg, Listening, RecordingState
from channels_app.callback.scenes import Scene
from channels_app.callback.tokens import hook_url, token_of

log = logging.getLogger(__name__)
AGAIN = 2.0  # seconds until an order is given again that Twilio may not have got
AS_GOOD_AS_DONE = (Action.IGNORE, Action.GONE)  # the call, or the recording, has ended meanwhile
TRY_AGAIN = (Action.BACK_OFF, Action.RECONCILE, Action.STOP_DIALLING)
ON_THE_WAY = timedelta(seconds=10)  # for so long Twilio may not have a telephone in the room that we have sent there
Instruction = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A leg with its orders, as values for a thread that asks the database nothing."""

    leg: int
    call: int
    sid: str
    token: str
    conference: str
    orders: Sequence[Instruction]
    is_new: bool = False  # it was sent into the room just now


@dataclass(frozen=True, slots=True)
class Obedience:
    """Which orders are done with, which of them Twilio has refused, and what keeps the next one from being given."""

    leg: int
    call: int
    done: Sequence[Instruction]
    refused: Sequence[Instruction] = ()
    failure: CallFailure | None = None


def target_of(scene: Scene, leg: CallLeg, now: datetime) -> Target:
    """For `obey`."""
    conference = scene.call.conference_sid or scene.call.conference
    is_new = leg.ended_at is None and leg.joined_at is not None and now < leg.joined_at + ON_THE_WAY
    return Target(leg.pk, scene.call.pk, leg.call_sid or "", token_of(leg), conference, tuple(leg.orders), is_new)


def obey(target: Target) -> Obedience:
    """One order after the other, until one has to wait. That a call has ended meanwhile is as good as done."""
    done: list[Instruction] = []
    refused: list[Instruction] = []
    for order in target.orders:
        try:
            ORDERS[order["do"]](target, order)
        except CallFailure as failure:
            if failure.action in TRY_AGAIN or (failure.action == Action.GONE and target.is_new):
                return Obedience(target.leg, target.call, done, refused, failure)
            if failure.action not in AS_GOOD_AS_DONE:
                log.error("Twilio refuses to %s: %s", order["do"], failure.text)
                refused.append(order)
        done.append(order)
    return Obedience(target.leg, target.call, done, refused)


def take_obedience(scene: Scene, leg: CallLeg, answer: Obedience, now: datetime) -> None:
    """What is done with leaves the row; what came meanwhile stays. Nobody is to think that a call is recorded that is
    not."""
    if any(order["do"] == "record" for order in answer.refused):
        scene.call.recording = RecordingState.OFF
    left = list(leg.orders)
    for order in answer.done:
        if order in left:
            left.remove(order)
    leg.orders = left
    if answer.failure is not None:
        leg.last_error = answer.failure.text[:500]
        leg.due_at = now + timedelta(seconds=answer.failure.retry_after or AGAIN)


def _hang_up(target: Target, order: Instruction) -> None:
    rest.end_call(order.get("sid") or target.sid)


def _say(target: Target, order: Instruction) -> None:
    """Leaves the room, if it is in one, and hears this step of the talk."""
    rest.redirect_call(target.sid, hook_url("t", target.token, f"?step={order['step']}"))


def _change(target: Target, **change: Any) -> None:
    """Of this telephone in its room. Twilio knows a room by its SID; until a report has told us that, we ask."""
    room = target.conference
    if not room.startswith("CF"):
        room = rest.running_conference(room)
    if not room:
        raise CallFailure(Action.GONE)
    rest.update_participant(room, target.sid, **change)


def _hold(target: Target, order: Instruction) -> None:
    """`step`: what is heard meanwhile."""
    url = hook_url("t", target.token, f"?step={order['step']}")
    _change(target, hold=True, hold_url=url)


def _unhold(target: Target, _order: Instruction) -> None:
    _change(target, hold=False)


def _mute(target: Target, _order: Instruction) -> None:
    _change(target, muted=True)


def _unmute(target: Target, _order: Instruction) -> None:
    _change(target, muted=False)


def _listen(target: Target, order: Instruction) -> None:
    """`how` a supervisor is heard: by nobody, by the call `of` an agent alone, by all. A whisper to nobody is none."""
    coach_of = order.get("of", "") if order["how"] == Listening.WHISPER else ""
    is_mute = order["how"] != Listening.BARGE and not coach_of
    _change(target, muted=is_mute, coach_of=coach_of)


def _record(target: Target, _order: Instruction) -> None:
    """Not a second time when the answer to the first was lost."""
    if not rest.is_recorded(target.sid):
        rest.start_recording(target.sid, status_callback=hook_url("r", target.token))


def _pause_recording(target: Target, order: Instruction) -> None:
    rest.pause_recording(order.get("sid") or target.sid, rest.CURRENT)


def _resume_recording(target: Target, _order: Instruction) -> None:
    rest.resume_recording(target.sid, rest.CURRENT)


ORDERS: Mapping[str, Callable[[Target, Instruction], None]] = {
    "hang_up": _hang_up,
    "say": _say,
    "hold": _hold,
    "unhold": _unhold,
    "mute": _mute,
    "unmute": _unmute,
    "listen": _listen,
    "record": _record,
    "pause_recording": _pause_recording,
    "resume_recording": _resume_recording,
}
