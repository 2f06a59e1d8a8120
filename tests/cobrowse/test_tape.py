"""What of a session goes on its recording: from a snapshot on, in order, and nothing once it is over."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from channels_app.cobrowse import recordings
from channels_app.cobrowse import tape as tape_module
from channels_app.cobrowse.models import CobrowseSession, Recording, Stage
from channels_app.cobrowse.reel import pieces_of, read_piece
from channels_app.cobrowse.tape import Tape, all_written
from channels_app.cobrowse.wire import read_head
from interaction_center.live.threads import in_database_thread
from tests.cobrowse.builders import mirror
from tests.cobrowse.recorded import items_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folder(settings: object, tmp_path: Path) -> None:
    settings.COBROWSE_RECORDINGS_DIR = tmp_path  # type: ignore[attr-defined]


class Broken(Exception):
    """Stands for a disk that does not work."""


def recorded() -> Recording:
    """The recording of a session, which runs."""
    session = CobrowseSession.objects.create(
        site="site", visitor="visitor", stage=Stage.VIEWING, scopes=["view", "record"], created_at=timezone.now()
    )
    recordings.begin_recording(session, days=7, now=timezone.now() - timedelta(seconds=5))
    return Recording.objects.select_related("session").get(session=session)


def a_tape(session: str, failed: Callable[[], object] = lambda: None) -> Tape:
    """Writes when it is full or over: nobody waits for a second to pass."""
    return Tape(session, later=lambda seconds, work: None, failed=failed)


def frames_on(recording: Recording) -> list[bytes]:
    """All that can be read of it."""
    path, pieces = recordings.path_of(recording), pieces_of(recordings.path_of(recording))
    key = recordings._key_of(recording)
    read = (read_piece(path, key, recording.public_id, pieces, number) for number in range(len(pieces)))
    return [frame for piece in read for _, _, frame in items_of(piece)]


async def test_it_begins_with_a_snapshot_and_a_new_piece_begins_with_each() -> None:
    recording = await in_database_thread(recorded)
    tape = a_tape(recording.session.public_id)
    assert tape.listen(True)
    assert not tape.listen(True)
    frames = [mirror(1), mirror(2, snapshot=True), mirror(3), mirror(4, snapshot=True)]
    for frame in frames:
        tape.picture(read_head(frame))
    tape.listen(False)
    tape.picture(read_head(mirror(5, snapshot=True)))
    tape.words({"t": "clear"}, by="anna", name="Anna")
    await all_written()
    assert frames_on(recording) == frames[1:]
    assert [piece.begins_snapshot for piece in pieces_of(recordings.path_of(recording))] == [True, True]


async def test_what_has_passed_after_the_consent_was_over_is_not_kept() -> None:
    """Another process, or a thread, has ended it: this one hears of it a moment later."""
    recording = await in_database_thread(recorded)
    tape = a_tape(recording.session.public_id)
    tape.listen(True)
    tape.picture(read_head(mirror(1, snapshot=True)))
    await in_database_thread(recordings.end_recording, recording.session, timezone.now())
    tape.picture(read_head(mirror(2)))
    tape.listen(False)
    await all_written()
    assert frames_on(recording) == [mirror(1, snapshot=True)]


async def test_a_full_piece_is_written_before_its_time() -> None:
    recording = await in_database_thread(recorded)
    tape = a_tape(recording.session.public_id)
    tape.listen(True)
    tape.picture(read_head(mirror(1, snapshot=True)))
    for s in range(2, 12):
        tape.picture(read_head(mirror(s, [["=", 4, "x" * 10_000]])))
    await all_written()
    assert len(frames_on(recording)) >= 7
    tape.listen(False)
    await all_written()
    assert len(frames_on(recording)) == 11


async def test_a_disk_that_does_not_write_ends_the_recording_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(recording: Recording) -> None:
        raise Broken

    monkeypatch.setattr(recordings, "open_reel", refuse)
    recording = await in_database_thread(recorded)
    told: list[str] = []
    tape = a_tape(recording.session.public_id, failed=lambda: told.append("failed"))
    tape.listen(True)
    tape.picture(read_head(mirror(1, snapshot=True)))
    tape.listen(False)
    await all_written()
    assert told == ["failed"]
    assert not tape.listen(True)


async def test_a_disk_that_does_not_keep_up_ends_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape_module, "MOST_WAITING", 100)
    recording = await in_database_thread(recorded)
    told: list[str] = []
    tape = a_tape(recording.session.public_id, failed=lambda: told.append("failed"))
    tape.listen(True)
    tape.picture(read_head(mirror(1, snapshot=True)))
    tape.listen(False)
    await all_written()
    assert told == ["failed"]


async def test_what_is_typed_is_kept_as_far_as_the_page_shows_it() -> None:
    recording = await in_database_thread(recorded)
    tape = a_tape(recording.session.public_id)
    tape.listen(True)
    tape.picture(read_head(mirror(1, snapshot=True)))
    tape.words({"t": "input.type", "id": 1, "n": 4, "text": "a secret"}, by="anna", name="Anna")
    tape.listen(False)
    await all_written()
    assert b"a secret" not in frames_on(recording)[1]
    assert b'"n":4' in frames_on(recording)[1]
