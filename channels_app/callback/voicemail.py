"""A message on the tape: a tone, what is said, and the sound as a file of the interaction.

It is known by the report of its recording, which comes whether the caller presses a key, falls silent or hangs up; one
that holds nothing is never reported as completed. Fetched as due work, stored, and only then deleted at Twilio.
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from channels_app.callback import rest
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.hub_acts import recall_interaction
from channels_app.callback.models import CallLeg, Direction, PhoneCall, Recording
from channels_app.callback.scenes import Scene
from channels_app.callback.stages import CallOutcome
from channels_app.callback.talks import Step, Turn
from channels_app.callback.tokens import hook_url
from channels_app.callback.twiml import Hangup, Record, Verb
from interaction_center.due_work import claim, finish, postpone, wake
from interaction_center.envelope import Address, FilePart, InboundEnvelope, Proof
from interaction_center.queue import by_channel
from interaction_center.queue.intake import prepare, receive_envelope

log = logging.getLogger(__name__)
KIND = "voicemail"
LONGEST_SECONDS = 180
SPEAKING = timedelta(seconds=LONGEST_SECONDS + 60)  # nobody is asked while they speak
LEASE = timedelta(minutes=2)
READY_AFTER = timedelta(seconds=2)  # the end of the message is told before its file can be had
GROUP = 5
LOOKS = 6  # within about a minute
_SID = re.compile(r"RE[0-9a-f]{32}")


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
    if call.direction != Direction.IN or not _SID.fullmatch(sid):
        return
    length = int(seconds) if seconds.isascii() and seconds.isdecimal() else 0
    facts = {"call": call, "kind": KIND, "seconds": length, "created_at": now, "due_at": now + READY_AFTER}
    _row, is_new = Recording.objects.get_or_create(recording_sid=sid, defaults=facts)
    if is_new:
        call.outcome, call.follow_up_at = CallOutcome.VOICEMAIL, None
        scene.note("voicemail", seconds=length)
        scene.acts.append(partial(recall_interaction, call.interaction, not_before=None))
        wake("recordings")


def apply_recording(scene: Scene, _leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    """A report of a recording that a caller has spoken."""
    if facts.get("RecordingStatus") == "completed" and facts.get("RecordingSource") == "RecordVerb":
        note_recording(scene, facts.get("RecordingSid", ""), facts.get("RecordingDuration", ""), now)


def apply_transcription(scene: Scene, _leg: CallLeg, facts: Mapping[str, str], _now: datetime) -> None:
    """What was said, in words: for the log, as nobody of the customer's side asked for it."""
    text = facts.get("TranscriptionText", "").strip()
    rows = Recording.objects.filter(call=scene.call, recording_sid=facts.get("RecordingSid", ""), transcript="")
    if facts.get("TranscriptionStatus") == "completed" and text and rows.update(transcript=text):
        scene.note("call_transcribed", text=text)


# Fetched, stored, deleted.


def keep_due() -> int:
    """Bring what was recorded into its interactions; how many were tried. For a ticker."""
    keys = claim(Recording, now=timezone.now(), lease=LEASE, limit=GROUP)
    for row in Recording.objects.filter(pk__in=keys).select_related("call__line").order_by("pk"):
        _keep(row)
    return len(keys)


def _keep(row: Recording) -> None:
    """Stored before it is deleted at Twilio; what was interrupted goes on where it was."""
    try:
        if row.entry is None:
            _store(row, rest.fetch_media(row.recording_sid))
        _delete(row.recording_sid)
    except CallFailure as failure:
        _try_again(row, failure)
    else:
        finish(row)


def _try_again(row: Recording, failure: CallFailure) -> None:
    """What Twilio does not have may be there in a moment; what it has lost is said in the log."""
    is_lost = failure.action is Action.GONE and row.attempts >= LOOKS
    postpone(row, error=failure.text, permanent=is_lost, now=timezone.now())
    log.warning("A voicemail could not be fetched: %s", failure.action)
    if is_lost:
        by_channel.note(row.call.interaction, "call_recording_lost")


def _store(row: Recording, sound: bytes) -> None:
    """The file is on disk before anything is locked."""
    envelope = prepare(_envelope(row, sound))
    with transaction.atomic():
        received = receive_envelope(envelope)
        Recording.objects.filter(pk=row.pk).update(entry=received.seq)


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


def _delete(sid: str) -> None:
    try:
        rest.delete_recording(sid)
    except CallFailure as failure:
        if failure.action is not Action.GONE:
            raise
