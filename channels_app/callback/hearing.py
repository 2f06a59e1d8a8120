"""What a telephone hears next: Twilio asks by the address of its leg, and is answered by a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from channels_app.callback import inbound, talks, voicemail
from channels_app.callback.admission import locked_lines
from channels_app.callback.legs import take_status
from channels_app.callback.models import CallLeg, Direction, Party
from channels_app.callback.policy import CallStatus, CallStatusEvent
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.settling import settle
from channels_app.callback.steps import last_leg
from channels_app.callback.talks import LAST_WORDS, Step, Turn
from channels_app.callback.tokens import digest_of, token_of
from channels_app.callback.twiml import Hangup, Verb, document
from interaction_center.bulk import rows_of

STEPS: Mapping[str, Step] = {**talks.STEPS, **inbound.STEPS, **voicemail.STEPS}

BOOKING = ("confirm",)  # steps that book a place at the line, which is locked before any call


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of Twilio: what does the telephone with this token hear at this step?"""

    token: str
    step: str
    form: Mapping[str, str]


def hear_all(asked: Sequence[Asked]) -> list[str]:
    """For the group commit: a document for each; one that hangs up for whoever may not speak now."""
    now = timezone.now()
    found = rows_of(CallLeg, "token_digest", {digest_of(one.token) for one in asked})
    legs = {leg.token_digest: (leg.pk, leg.call_id) for leg in found}
    booking = {legs[digest][0] for one in asked if one.step in BOOKING and (digest := digest_of(one.token)) in legs}
    if booking:
        locked_lines(booking)
    scenes = {scene.call.pk: scene for scene in locked_scenes({call for _, call in legs.values()})}
    documents = [_document(one, legs.get(digest_of(one.token)), scenes, now) for one in asked]
    settle(list(scenes.values()), now)
    return documents


def _document(asked: Asked, found: tuple[int, int] | None, scenes: Mapping[int, Scene], now: datetime) -> str:
    if found is None:
        return document(Hangup())
    leg, call = found
    scene = scenes[call]
    return document(*_heard(Turn(scene, scene.leg(leg), asked.token, asked.form, now), asked.step))


def first_words(scene: Scene, leg: CallLeg, now: datetime) -> str:
    """For a telephone that has just rung us, in its locked scene."""
    turn = Turn(scene, leg, token_of(leg), {"CallSid": leg.call_sid or ""}, now)
    verbs = _heard(turn, "welcome")
    settle([scene], now)
    return document(*verbs)


def _heard(turn: Turn, step: str) -> list[Verb]:
    """Whoever hears something has picked up, whatever else was reported."""
    take_status(turn.scene, turn.leg, _picked_up(turn), turn.now)
    if not _may_speak(turn) or step not in STEPS:
        return [Hangup()]
    if turn.scene.call.outcome and step not in LAST_WORDS:
        return _after_the_end(turn)
    return STEPS[step](turn)


def _after_the_end(turn: Turn) -> list[Verb]:
    if turn.leg.party != Party.CUSTOMER:
        return talks.told(turn)
    if turn.scene.call.direction == Direction.IN:
        return inbound.last_words(turn)
    return [turn.say("stopped"), Hangup()]


def _picked_up(turn: Turn) -> CallStatusEvent:
    return CallStatusEvent(turn.form.get("CallSid") or turn.leg.call_sid or "", CallStatus.IN_PROGRESS)


def _may_speak(turn: Turn) -> bool:
    """This leg and this call of it: not a second one that the network made of the same POST, none that has ended, and
    not the telephone that we rang when its owner has called us meanwhile."""
    is_this = turn.form.get("CallSid", turn.leg.call_sid) == turn.leg.call_sid
    is_last = turn.leg.party != Party.CUSTOMER or last_leg(turn.scene.legs, Party.CUSTOMER) is turn.leg
    return is_this and is_last and turn.leg.ended_at is None and turn.scene.call.ended_at is None
