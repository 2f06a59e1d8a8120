"""Recordings: what Twilio has of a call is fetched into its interaction, deleted there, and removed here in its time.

Each is a row of due work with three steps, one after the other: keep, delete at Twilio, remove. Only staff see the
recording of a talk; what nobody agreed to is deleted unheard. A message that a caller has left is theirs, and stays.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from channels_app.callback import rest
from channels_app.callback.consenting import ASKED_ALOUD, BY_BUTTON
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.models import CallLeg, Consent, Recording, RecordingState
from channels_app.callback.scenes import Scene
from channels_app.callback.voicemail import KIND as VOICEMAIL
from channels_app.callback.voicemail import SID, keep_message
from interaction_center.access.selectors import person_named
from interaction_center.due_work import (
    DueRow,
    WorkState,
    attempts_within,
    claim,
    finish,
    postpone,
    revive_dead,
    revive_one,
    shown_rows,
    wake,
)
from interaction_center.envelope import FilePart
from interaction_center.live.threads import release_connection
from interaction_center.queue import by_channel
from interaction_center.queue.files import keep_file
from interaction_center.queue.wire import moment

log = logging.getLogger(__name__)
KIND_OF_WORK = "recordings"
LEASE = timedelta(minutes=5)  # the longest fetch
TRIED_FOR = timedelta(days=4)
AT_ONCE = 5
LOOKS = 6  # within about a minute
SENTENCES = {
    "call": ("Recording of the call, {length}", "Aufzeichnung des Gesprächs, {length}"),
}

_desk = ThreadPoolExecutor(1, thread_name_prefix="recordings")


def take_report(scene: Scene, leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    """Twilio says that a recording of this telephone runs, or is ready."""
    status, sid = facts.get("RecordingStatus", ""), facts.get("RecordingSid", "")
    if status == "in-progress" and scene.call.recording == RecordingState.STARTING:
        scene.call.recording = RecordingState.ON
    if status != "completed" or not SID.fullmatch(sid):
        return
    seconds = facts.get("RecordingDuration", "")
    found: dict[str, object] = {
        "call": scene.call,
        "kind": "call",
        "seconds": int(seconds) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 7 else 0,
        "created_at": now,
        "due_at": now,
        "max_attempts": attempts_within(TRIED_FOR),
    }
    Recording.objects.get_or_create(recording_sid=sid, defaults=found)
    wake("recordings")


async def serve_recordings() -> int:
    """For a ticker; in a thread of its own, as it waits for Twilio."""
    return await asyncio.get_running_loop().run_in_executor(_desk, serve_recordings_once)


def serve_recordings_once() -> int:
    """Everything that is due now, up to a handful; how many."""
    try:
        now = timezone.now()
        keys = claim(Recording, now=now, lease=LEASE, limit=AT_ONCE)
        for key in keys:
            _serve(Recording.objects.select_related("call__line", "call__request").get(pk=key), now)
        return len(keys)
    finally:
        release_connection()


def _serve(recording: Recording, now: datetime) -> None:
    try:
        _step(recording)(recording, now)
    except CallFailure as failure:
        _try_again(recording, failure, now)
    except Exception as error:
        log.exception("A recording could not be kept")
        postpone(recording, error=type(error).__name__, permanent=False, now=now)


def _try_again(recording: Recording, failure: CallFailure, now: datetime) -> None:
    """What Twilio does not have may be there in a moment; what it has lost is said in the log."""
    is_lost = failure.action == Action.GONE and recording.attempts >= LOOKS
    postpone(recording, error=failure.text, permanent=is_lost, now=now)
    log.warning("A recording could not be fetched: %s", failure.action)
    if is_lost:
        by_channel.note(recording.call.interaction, "call_recording_lost")


def _step(recording: Recording) -> Callable[[Recording, datetime], None]:
    if recording.deleted_at is not None:
        return _remove
    return _delete if recording.entry is not None or not _is_agreed(recording) else _keep


def _is_agreed(recording: Recording) -> bool:
    """Both have said yes. Asked here too: a recording that somebody else has started is not for us to keep."""
    yes = Consent.objects.filter(call=recording.call_id, given=True)
    wordings = set(yes.values_list("wording", flat=True))
    return recording.kind != "call" or {ASKED_ALOUD, BY_BUTTON} <= wordings


def _keep(recording: Recording, now: datetime) -> None:
    """The bytes first, then the row that names them: what is fetched twice is kept once."""
    sound = rest.fetch_media(recording.recording_sid)
    keep = _keep_message if recording.kind == VOICEMAIL else _keep_talk
    keep(recording, sound, now)


def _keep_message(recording: Recording, sound: bytes, now: datetime) -> None:
    entry = keep_message(recording, sound)
    transcript = recording.transcript or _transcript(sound, recording)
    if transcript and not recording.transcript:
        by_channel.note(recording.call.interaction, "call_transcribed", text=transcript)
    _go_on(recording, due_at=now, entry=entry, transcript=transcript)


def _keep_talk(recording: Recording, sound: bytes, now: datetime) -> None:
    kept = keep_file(FilePart(f"{recording.kind}-{recording.created_at:%Y-%m-%d-%H%M}.wav", "audio/x-wav", sound))
    transcript = _transcript(sound, recording)
    until = now + timedelta(days=settings.CONFIG.recording_days)
    with transaction.atomic():
        facts = {"seconds": recording.seconds, "until": moment(until)}
        entry = by_channel.add_file(
            recording.call.interaction, kept, body=_words(recording, transcript), event="recording_kept", **facts
        )
        written = {"entry": entry, "keep_until": until, "transcript": transcript}
        _go_on(recording, due_at=now, **written)


def _transcript(sound: bytes, recording: Recording) -> str:
    """By the hook of the settings; a recording is worth keeping without."""
    if not settings.CONFIG.transcriber:
        return ""
    request = recording.call.request
    try:
        return str(import_string(settings.CONFIG.transcriber)(sound, request.language if request else "en"))
    except Exception:
        log.exception("A recording could not be transcribed")
        return ""


def _words(recording: Recording, transcript: str) -> str:
    agent = person_named(recording.call.agent)
    english, german = SENTENCES[recording.kind]
    sentence = german if agent is not None and agent.language[:2] == "de" else english
    length = f"{recording.seconds // 60}:{recording.seconds % 60:02}"
    return "\n\n".join(filter(None, (sentence.format(length=length), transcript)))


def _delete(recording: Recording, now: datetime) -> None:
    """At Twilio; that it is not there is as good."""
    try:
        rest.delete_recording(recording.recording_sid)
    except CallFailure as failure:
        if failure.action != Action.GONE:
            raise
    if recording.keep_until is None:
        finish(recording, deleted_at=now)
    else:
        _go_on(recording, due_at=recording.keep_until, deleted_at=now)


@transaction.atomic
def _remove(recording: Recording, now: datetime) -> None:
    """Our own file, when its time is over, and what was made of it: the words of a talk are no less than its sound."""
    name, seq, body = recording.call.interaction, recording.entry or 0, _words(recording, "")
    by_channel.remove_files(name, seq, body=body, event="recording_removed")
    finish(recording, transcript="")


def _go_on(recording: Recording, **fields: object) -> None:
    """The next step, at its time."""
    free = {"state": WorkState.DUE, "lease_until": None, "lease_owner": "", "attempts": 0, "last_error": ""}
    Recording.objects.filter(pk=recording.pk).update(**free, **fields)
    wake("recordings")


# For people who look after what was laid aside.


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """The recordings in this state, without those that are kept and only wait for their removal."""
    found = Recording.objects.filter(Q(deleted_at=None) | Q(state=WorkState.DEAD), state=state).select_related("call")
    return shown_rows(KIND_OF_WORK, found, _words_of, after=after, limit=limit)


def _words_of(recording: Recording) -> tuple[str, str]:
    return f"{recording.call.telephone}: {recording.kind}", recording.call.interaction


def retry(row_id: str) -> None:
    """Try one again. NotFoundError."""
    revive_one(KIND_OF_WORK, Recording.objects.all(), row_id)


def retry_all() -> int:
    """Try all again that were laid aside; how many."""
    return revive_dead(KIND_OF_WORK, Recording.objects.all())
