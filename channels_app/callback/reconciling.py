"""Looks at Twilio for calls that we have lost: those whose POST had no answer, and those of which nothing is heard.

By number and time, as a POST knows no name of ours: the one call there that belongs to no leg is adopted. Found absent
is only what was not there twice, some time apart; nothing is rung again before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from channels_app.callback import rest
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.legs import find_absent, take_status
from channels_app.callback.models import CallLeg
from channels_app.callback.orders import order
from channels_app.callback.policy import CallStatus, CallStatusEvent
from channels_app.callback.scenes import Scene
from channels_app.callback.settling import LIMIT_SECONDS, RING_MARGIN
from channels_app.callback.stages import LegStage

CLOCKS = timedelta(seconds=60)  # by which ours and Twilio's may differ
LONGEST_SILENCE = timedelta(seconds=110)  # after the ring time a call that is not there was never there
LOOK_AGAIN = timedelta(seconds=10)  # when Twilio could not be asked
NEXT_LOOK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Lost:
    """A leg to look for, as values for a thread that asks the database nothing."""

    leg: int
    call: int
    to: str
    sid: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """What was there; `calls` None when Twilio could not be asked."""

    leg: int
    call: int
    calls: tuple[rest.Call, ...] | None


def lost_of(scene: Scene, leg: CallLeg) -> Lost:
    """For `look`. The leg was posted."""
    return Lost(leg.pk, scene.call.pk, leg.to, leg.call_sid or "", leg.posted_at or leg.created_at)


def look(lost: Lost) -> Sight:
    """Ask Twilio: by the name of the call, or by its number."""
    try:
        return Sight(lost.leg, lost.call, _calls(lost))
    except CallFailure as failure:
        return Sight(lost.leg, lost.call, () if failure.action == Action.GONE else None)


def _calls(lost: Lost) -> tuple[rest.Call, ...]:
    return (rest.fetch_call(lost.sid),) if lost.sid else rest.calls_to(lost.to, lost.posted_at - CLOCKS)


def take_sight(scene: Scene, leg: CallLeg, sight: Sight, now: datetime) -> None:
    """What it means for the leg, which may have been heard of meanwhile."""
    if leg.ended_at is not None:
        return
    if sight.calls is None:
        leg.due_at = now + LOOK_AGAIN
    elif leg.call_sid:
        _take_named(scene, leg, sight.calls, now)
    else:
        _take_nameless(scene, leg, _strangers(leg, sight.calls), now)


def _strangers(leg: CallLeg, calls: tuple[rest.Call, ...]) -> list[rest.Call]:
    """Those to this telephone that no other leg has, oldest first: one number has one living leg, so they are ours."""
    known = set(CallLeg.objects.filter(call_sid__in=[call.sid for call in calls]).values_list("call_sid", flat=True))
    ours = [call for call in calls if call.sid not in known and call.to == leg.to]
    return sorted(ours, key=lambda call: (call.created_at is None, call.created_at, call.sid))


def _take_nameless(scene: Scene, leg: CallLeg, found: list[rest.Call], now: datetime) -> None:
    for call in found:
        take_status(scene, leg, _event(call), now)  # the first is adopted; a second one is a stray, and ended
    if not found:
        _take_absence(scene, leg, now)


def _take_absence(scene: Scene, leg: CallLeg, now: datetime) -> None:
    silent_since = (leg.posted_at or leg.created_at) + timedelta(seconds=scene.line.ring_seconds)
    leg.absences += 1
    if leg.absences > 1 or now > silent_since + LONGEST_SILENCE:
        find_absent(leg, now)
    else:
        leg.due_at = now + timedelta(seconds=settings.CONFIG.call_absence_seconds)


def _take_named(scene: Scene, leg: CallLeg, found: tuple[rest.Call, ...], now: datetime) -> None:
    leg.due_at = now + NEXT_LOOK
    if not found:
        leg.stage, leg.ended_at = LegStage.ENDED, now  # Twilio knows it no more: what came of it is not to be learnt
    for call in found:
        take_status(scene, leg, _event(call), now)
    if leg.ended_at is None and (scene.call.outcome or _lasts_too_long(scene, leg, now)):
        order(leg, "hang_up")


def _lasts_too_long(scene: Scene, leg: CallLeg, now: datetime) -> bool:
    """Twilio keeps both limits by itself; a call beyond them is one that its reports have forgotten."""
    seconds = LIMIT_SECONDS if leg.answered_at else scene.line.ring_seconds
    since = leg.answered_at or leg.posted_at or leg.created_at
    return now > since + timedelta(seconds=seconds) + RING_MARGIN


def _event(call: rest.Call) -> CallStatusEvent:
    return CallStatusEvent(call.sid, CallStatus(call.status))
