"""A message on the tape: a tone, what is said, and the sound as a file of the interaction.

It is known by the report of its recording, which comes whether the caller presses a key, falls silent or hangs up; one
that holds nothing is never reported as completed. `recordings.py` fetches it.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from channels_app.callback.hub_acts import recall_interaction
from channels_app.callback.models import CallLeg, Direction, PhoneCall, Recording
from channels_app.callback.scenes import Scene
from channels_app.callback.stages import CallOutcome
from channels_app.callback.talks import Step, Turn
from channels_app.callback.tokens import hook_url
from channels_app.callback.twiml import Hangup, Record, Verb
from interaction_center.due_work import wake
from interaction_center.envelope import Address, FilePart, InboundEnvelope, Proof
from interaction_center.queue import by_channel
from interaction_center.queue.intake import prepare, receive_envelope

KIND = "voicemail"
LONGEST_SECONDS = 180
SPEAKING = timedelta(seconds=LONGEST_SECONDS + 60)  # nobody is asked while they speak
READY_AFTER = timedelta(seconds=2)  # the end of the message is told before its file can be had
SID = re.compile(r"RE[0-9a-f]{32}")


# What is heard.


def take_message(turn: Turn) -> list[Verb]:
    """They wait for nobody any more. Twilio writes down what is said in English alone."""
    call = turn.scene.call
    call.waiting_since = None
    turn.scene.acts.append(partial(recall_interaction, call.interaction, not_before=turn.now + SPEAKING))
    record = Record(
        action=turn.url("recorded"),
        status_url=hook_url("r", turn.token),
        seconds=LONGEST_SECONDS,
        transcription_url=hook_url("x", turn.token) if turn.language == "en" else "",
    )
    return [turn.say("message"), record, turn.say("message_empty"), Hangup()]


def _recorded(turn: Turn) -> list[Verb]:
    note_recording(turn.scene, turn.form.get("RecordingSid", ""), turn.form.get("RecordingDuration", ""), turn.now)
    return [turn.say("message_kept"), Hangup()]


STEPS: Mapping[str, Step] = {"recorded": _recorded}


# What is reported, in whatever order.


def note_recording(scene: Scene, sid: str, seconds: str, now: datetime) -> None:
    """There is a message: once, also when the caller was taken for missed before this was known."""
    call = scene.call
    if call.direction != Direction.IN or not SID.fullmatch(sid):
        return
    length = int(seconds) if seconds.isascii() and seconds.isdecimal() else 0
    facts = {"call": call, "kind": KIND, "seconds": length, "created_at": now, "due_at": now + READY_AFTER}
    _row, is_new = Recording.objects.get_or_create(recording_sid=sid, defaults=facts)
    if is_new:
        call.outcome, call.follow_up_at = CallOutcome.VOICEMAIL, None
        scene.note("voicemail", seconds=length)
        scene.acts.append(partial(recall_interaction, call.interaction, not_before=None))
        wake("recordings")


def take_message_report(scene: Scene, _leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    """A report of a recording that a caller has spoken."""
    if facts.get("RecordingStatus") == "completed" and facts.get("RecordingSource") == "RecordVerb":
        note_recording(scene, facts.get("RecordingSid", ""), facts.get("RecordingDuration", ""), now)


def apply_transcription(scene: Scene, _leg: CallLeg, facts: Mapping[str, str], _now: datetime) -> None:
    """What was said, in words: for the log, as nobody of the customer's side asked for it."""
    text = facts.get("TranscriptionText", "").strip()
    rows = Recording.objects.filter(call=scene.call, recording_sid=facts.get("RecordingSid", ""), transcript="")
    if facts.get("TranscriptionStatus") == "completed" and text and rows.update(transcript=text):
        scene.note("call_transcribed", text=text)


# Kept.


def keep_message(row: Recording, sound: bytes) -> int:
    """A message of the customer with the sound as its file; its number in the log. The same one again is the same.

    The file is on disk before anything is locked.
    """
    return receive_envelope(prepare(_envelope(row, sound))).seq


def _envelope(row: Recording, sound: bytes) -> InboundEnvelope:
    call = row.call
    length = f"{row.seconds // 60}:{row.seconds % 60:02}"
    return InboundEnvelope(
        channel="callback",
        account=call.line.public_id,
        external_id=row.recording_sid,
        sender=(Address("phone", call.caller, Proof.RECEIVED),) if call.caller else (),
        received_at=row.created_at,
        text=f"Voicemail ({length})",
        subject="Voicemail",
        language=_language(call),
        thread=(call.interaction,),
        files=(FilePart(f"voicemail-{row.created_at:%Y%m%d-%H%M}.wav", "audio/wav", sound),),
        team=call.line.team,
        calendar=call.line.calendar,
    )


def _language(call: PhoneCall) -> str:
    return by_channel.named(call.interaction).language
