"""Whether a call may be recorded: the customer is asked by a key, the agent says so by their own button.

Each answer is a row, with the wording that it answers, and a line of the log. Nothing is recorded before there is a
yes of both who talk, and nothing while a third hears them who was not asked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from channels_app.callback.models import CallLeg, Consent, Listening, Party, RecordingState
from channels_app.callback.orders import order
from channels_app.callback.scenes import Scene
from channels_app.callback.steps import STAFF
from channels_app.callback.twiml import Gather, Redirect, Verb
from interaction_center.queue.wire import moment

if TYPE_CHECKING:
    from channels_app.callback.talks import Turn

ASKED_ALOUD = "key-2026-11"  # the wording of `consent` in words.py; another one gets another name
BY_BUTTON = "button-2026-11"
ANSWER_SECONDS = 6


def ask_customer(scene: Scene, customer: CallLeg) -> None:
    """They leave the room for the question; whoever talks with them hears why."""
    scene.call.recording = RecordingState.ASKED
    for leg in _talking(scene):
        leg.on_hold = True
        order(leg, "hold", step="asking")
    order(customer, "say", step="consent")


def agree(scene: Scene, leg: CallLeg, *, wording: str, given: bool, now: datetime) -> None:
    """An answer, once for each telephone and wording."""
    _row, is_new = Consent.objects.get_or_create(
        leg=leg, wording=wording, defaults={"call": scene.call, "given": given, "at": now}
    )
    if is_new:
        scene.note("recording_consent", party=leg.party, given=given, wording=wording, at=moment(now))


def answer_of(leg: CallLeg, wording: str) -> bool | None:
    """What this party said; None when it was not asked."""
    found = Consent.objects.filter(leg=leg, wording=wording).values_list("given", flat=True).first()
    return found


def may_record(scene: Scene) -> bool:
    """Both who talk have said yes, and nobody else is heard."""
    customer, agent = scene.living(Party.CUSTOMER), scene.living(Party.AGENT)
    if customer is None or agent is None or third_parties(scene):
        return False
    return bool(answer_of(customer, ASKED_ALOUD) and answer_of(agent, BY_BUTTON))


def third_parties(scene: Scene) -> list[CallLeg]:
    """Who else may be heard by the customer."""
    return [
        leg
        for leg in scene.legs
        if leg.ended_at is None and (leg.party == Party.COLLEAGUE or leg.listens == Listening.BARGE)
    ]


def pause_recording(scene: Scene, before: CallLeg | None = None) -> None:
    """What is said from now on is not recorded. `before`: the telephone whose next order must come after it."""
    customer = scene.living(Party.CUSTOMER)
    if customer is None or scene.call.recording not in (RecordingState.STARTING, RecordingState.ON):
        return
    scene.call.recording = RecordingState.PAUSED
    order(before if before is not None else customer, "pause_recording", sid=customer.call_sid or "")


def start_recording(scene: Scene, customer: CallLeg) -> None:
    """From now on, or again after a pause; nothing unless both have said yes."""
    if not may_record(scene):
        scene.call.recording = (
            RecordingState.OFF if scene.call.recording == RecordingState.ASKED else RecordingState.PAUSED
        )
    elif scene.call.recording == RecordingState.PAUSED:
        scene.call.recording = RecordingState.ON
        order(customer, "resume_recording")
    else:
        scene.call.recording = RecordingState.STARTING
        order(customer, "record")


def consent(turn: "Turn") -> list[Verb]:
    """The question."""
    return [Gather(turn.url("consented"), ANSWER_SECONDS, [turn.say("consent")])]


def consented(turn: "Turn") -> list[Verb]:
    """The answer; no key is no."""
    agree(turn.scene, turn.leg, wording=ASKED_ALOUD, given=turn.digit == "1", now=turn.now)
    said = "consent_given" if may_record(turn.scene) else "consent_refused"
    return [turn.say(said), Redirect(turn.url("asked"))]


def asked(turn: "Turn") -> list[Verb]:
    """Back into the room after the last word: until then whoever waits there hears words of their own."""
    scene, turn.leg.joined_at = turn.scene, turn.now
    if scene.call.recording == RecordingState.ASKED:
        for leg in _talking(scene):
            leg.on_hold = False
            order(leg, "unhold")
        start_recording(scene, turn.leg)
    return [turn.room("connecting")]


def _talking(scene: Scene) -> Sequence[CallLeg]:
    return [leg for leg in scene.legs if leg.party in STAFF and leg.ended_at is None and leg.joined_at is not None]
