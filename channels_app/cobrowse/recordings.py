"""Recordings: begun and ended by the customer's consent, read by whoever may, removed in their time.

The row says who and when, and stays; the file has what was seen, and its key is in the row until both are removed.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from channels_app.cobrowse import policy, sealing
from channels_app.cobrowse.models import CobrowseSession, Playback, Recording
from channels_app.cobrowse.reel import Piece, Reel, pieces_of, read_piece
from interaction_center.due_work import (
    DueRow,
    WorkState,
    claim,
    finish,
    postpone,
    revive_dead,
    revive_one,
    shown_rows,
    wake,
)
from interaction_center.errors import ConflictError, NotFoundError
from interaction_center.ids import public_id

log = logging.getLogger(__name__)
KIND_OF_WORK = "cobrowse_recordings"
LEASE = timedelta(minutes=1)
AT_ONCE = 20


def begin_recording(session: CobrowseSession, *, days: int, now: datetime) -> None:
    """The customer of a locked session has agreed. It is due for removal at the latest that there can be."""
    name = public_id()
    _, wrapped = sealing.new_key(_secret(), name)
    Recording.objects.create(
        public_id=name,
        session=session,
        days=days,
        wrapped_key=wrapped,
        started_at=now,
        due_at=now + policy.HARD_LIMIT + timedelta(days=days),
    )


def end_recording(session: CobrowseSession, now: datetime) -> None:
    """Nothing that is seen from now on is kept. Nothing happens where none runs."""
    for recording in Recording.objects.filter(session=session, ended_at=None):
        until = now + timedelta(days=recording.days)
        Recording.objects.filter(pk=recording.pk).update(ended_at=now, due_at=until)
        wake(KIND_OF_WORK)


def latest_recording(session: str) -> Recording | None:
    """That of the last consent, whether it still holds or not."""
    return Recording.objects.filter(session__public_id=session).order_by("-pk").first()


def open_reel(recording: Recording) -> Reel:
    """Its file, to be written to. OSError, SealError."""
    return Reel(path_of(recording), _key_of(recording), recording.public_id)


def recording_named(name: str) -> Recording:
    """One that can be read, with its session. NotFoundError, ConflictError while it still runs."""
    found = Recording.objects.select_related("session").filter(public_id=name).first()
    if found is None:
        raise NotFoundError("There is no such recording.")
    if found.removed_at is not None:
        raise NotFoundError("This recording has been deleted.", "recording_deleted")
    if found.ended_at is None:
        raise ConflictError("This is being recorded now. It can be played once the recording has ended.", "recording")
    return found


def begin_playback(recording: Recording, *, user: str, name: str) -> tuple[Playback, list[Piece]]:
    """Somebody opens it: that is written down before they see anything. Its pieces."""
    playback = Playback.objects.create(recording=recording, user=user, name=name[:120], at=timezone.now())
    return playback, pieces_of(path_of(recording))


def play(recording: Recording, playback: Playback, pieces: Sequence[Piece], number: int) -> bytes:
    """One piece, for somebody who has opened it: what they see is written down first. NotFoundError, SealError."""
    if not 0 <= number < len(pieces):
        raise NotFoundError("The recording has no such part.")
    until = pieces[number + 1].ms if number + 1 < len(pieces) else length_ms(recording)
    playback.from_ms = min(playback.from_ms, pieces[number].ms) if playback.until_ms else pieces[number].ms
    playback.until_ms = max(playback.until_ms, until, 1)
    playback.save(update_fields=["from_ms", "until_ms"])
    try:
        return read_piece(path_of(recording), _key_of(recording), recording.public_id, pieces, number)
    except FileNotFoundError as error:
        raise NotFoundError("This recording has been deleted.", "recording_deleted") from error


def length_ms(recording: Recording) -> int:
    """From the consent to its end."""
    ended = recording.ended_at or recording.started_at
    return int((ended - recording.started_at).total_seconds() * 1000)


@transaction.atomic
def delete_recording(*, name: str, user: str, by: str) -> None:
    """Now, instead of in its time. NotFoundError, ConflictError while it still runs."""
    found = Recording.objects.select_for_update(of=("self",)).filter(public_id=name).first()
    if found is None:
        raise NotFoundError("There is no such recording.")
    if found.ended_at is None:
        raise ConflictError("This is being recorded now. Stop the recording first.", "recording")
    if found.removed_at is None:
        _unlink(found)
        gone: dict[str, Any] = {"state": WorkState.DONE, "lease_until": None, "lease_owner": ""}
        _forget(found, removed_by=by[:120], removed_user=user, **gone)


def remove_due() -> int:
    """Recordings whose time is over; how many. For a ticker."""
    now = timezone.now()
    keys = claim(Recording, now=now, lease=LEASE, limit=AT_ONCE)
    for recording in Recording.objects.filter(pk__in=keys):
        _remove(recording, now)
    return len(keys)


def _remove(recording: Recording, now: datetime) -> None:
    """The file first: a row without one is a recording that is gone, a file without a row would stay for ever."""
    try:
        _unlink(recording)
    except OSError as error:
        log.exception("A recording could not be removed")
        postpone(recording, error=type(error).__name__, permanent=False, now=now)
        return
    if recording.ended_at is None:  # the longest session is over, whatever has kept us from writing that down
        Recording.objects.filter(pk=recording.pk).update(ended_at=now)
    finish(recording, wrapped_key=b"", removed_at=now)


def _forget(recording: Recording, **fields: Any) -> None:
    Recording.objects.filter(pk=recording.pk).update(wrapped_key=b"", removed_at=timezone.now(), **fields)


def _unlink(recording: Recording) -> None:
    path_of(recording).unlink(missing_ok=True)


def path_of(recording: Recording) -> Path:
    """Where it lies."""
    name: str = recording.public_id
    return Path(settings.COBROWSE_RECORDINGS_DIR) / name[:2] / name


def _key_of(recording: Recording) -> bytes:
    if not recording.wrapped_key:
        raise NotFoundError("This recording has been deleted.", "recording_deleted")
    return sealing.stored_key(_secret(), recording.public_id, bytes(recording.wrapped_key))


def _secret() -> str:
    return settings.CONFIG.cobrowse_recording_key or settings.SECRET_KEY


# For people who look after what was laid aside.


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """Recordings that could not be removed; those that are kept wait for nothing."""
    found = Recording.objects.exclude(last_error="").filter(state=state).select_related("session")
    return shown_rows(KIND_OF_WORK, found, _words_of, after=after, limit=limit)


def _words_of(recording: Recording) -> tuple[str, str]:
    return f"Recording of {recording.started_at:%Y-%m-%d %H:%M} UTC", recording.session.interaction


def retry(row_id: str) -> None:
    """Try one again. NotFoundError."""
    revive_one(KIND_OF_WORK, Recording.objects.all(), row_id)


def retry_all() -> int:
    """Try all again that were laid aside; how many."""
    return revive_dead(KIND_OF_WORK, Recording.objects.all())
