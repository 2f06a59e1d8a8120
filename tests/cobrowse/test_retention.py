"""How long recordings stay, and what is left of them: who and when, and nothing that was seen. What else goes when."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db.models import ProtectedError
from django.utils import timezone

from channels_app.cobrowse import codes, consenting, recordings, retention
from channels_app.cobrowse.models import Alert, CobrowseSession, CodeTry, Consent, Recording, Stage
from channels_app.cobrowse.policy import Reason, Role, Scope
from channels_app.cobrowse.rows import close
from channels_app.cobrowse.sealing import SealError
from channels_app.cobrowse.wording import wording
from interaction_center.due_work import WorkState, list_work
from interaction_center.errors import ConflictError, NotFoundError

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    """Where recordings lie."""
    settings.COBROWSE_RECORDINGS_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def a_session(**values: object) -> CobrowseSession:
    """One that is shown."""
    visitor = str(CobrowseSession.objects.count())
    known = {"site": "site", "visitor": visitor, "stage": Stage.VIEWING, "scopes": ["view"], "created_at": NOW()}
    return CobrowseSession.objects.create(**known | values)


def a_recording() -> Recording:
    """One that has ended just now, with something on it."""
    session = a_session()
    recordings.begin_recording(session, days=7, now=NOW())
    running = Recording.objects.get(session=session)
    reel = recordings.open_reel(running)
    reel.append(0, b"seen", begins_snapshot=True)
    reel.close()
    recordings.end_recording(session, NOW())
    running.refresh_from_db()
    return running


def test_a_recording_begins_with_the_consent_and_ends_with_it() -> None:
    session = a_session()
    until = (NOW() + timedelta(seconds=30)).isoformat()
    asked = {"by": "anna", "name": "Anna", "until": until, "submit": False, "days": 7}
    CobrowseSession.objects.filter(pk=session.pk).update(asks={"record": asked})
    shown = wording("record", "en", "Anna", days=7)
    consenting.grant(session=session.public_id, scope=Scope.RECORD, version=shown.version, digest=shown.hash)
    running = Recording.objects.get(session=session)
    assert (running.days, running.ended_at) == (7, None)
    consenting.revoke(session=session.public_id, scope=Scope.RECORD, role=Role.CUSTOMER)
    running.refresh_from_db()
    assert running.ended_at is not None
    assert running.due_at == running.ended_at + timedelta(days=7)


def test_consent_to_other_days_than_were_read_is_none() -> None:
    session = a_session()
    until = (NOW() + timedelta(seconds=30)).isoformat()
    asked = {"by": "anna", "name": "Anna", "until": until, "submit": False, "days": 30}
    CobrowseSession.objects.filter(pk=session.pk).update(asks={"record": asked})
    shown = wording("record", "en", "Anna", days=7)
    with pytest.raises(ConflictError):
        consenting.grant(session=session.public_id, scope=Scope.RECORD, version=shown.version, digest=shown.hash)
    assert not Recording.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(1, "nach 1 Tag gelöscht"), (30, "nach 30 Tagen gelöscht")])
def test_the_question_says_for_how_long_in_german_too(days: int, words: str) -> None:
    assert words in wording("record", "de", "Anna", days=days).text


def test_a_recording_ends_with_its_session() -> None:
    session = a_session()
    recordings.begin_recording(session, days=7, now=NOW())
    close(session, Reason.AGENT, Role.AGENT)
    assert Recording.objects.get(session=session).ended_at == session.ended_at


def test_file_and_key_go_in_their_time_and_who_and_when_stay() -> None:
    kept, old = a_recording(), a_recording()
    Recording.objects.filter(pk=old.pk).update(due_at=NOW())
    assert recordings.remove_due() == 1
    old.refresh_from_db()
    assert (bytes(old.wrapped_key), old.state, old.removed_by) == (b"", WorkState.DONE, "")
    assert old.removed_at is not None
    assert old.started_at is not None
    assert not recordings.path_of(old).exists()
    assert recordings.path_of(kept).exists()
    with pytest.raises(NotFoundError, match="deleted"):
        recordings.recording_named(old.public_id)
    assert recordings.remove_due() == 0


def test_a_recording_of_which_no_process_has_written_down_the_end_is_removed_too() -> None:
    session = a_session()
    recordings.begin_recording(session, days=1, now=NOW() - timedelta(days=1, hours=1))
    assert recordings.remove_due() == 1
    assert Recording.objects.get(session=session).ended_at is not None


def test_a_file_that_can_not_be_removed_is_tried_again_and_shown_to_who_looks_after_that(folder: Path) -> None:
    kept = a_recording()
    Recording.objects.filter(pk=kept.pk).update(due_at=NOW())
    path = recordings.path_of(kept)
    path.unlink()
    path.mkdir()
    recordings.remove_due()
    kept.refresh_from_db()
    assert (kept.state, kept.removed_at, bool(kept.wrapped_key)) == (WorkState.DUE, None, True)
    (row,) = [one for one in list_work("due") if one.kind == "cobrowse_recordings"]
    assert row.id == kept.public_id


def test_what_is_kept_is_no_work_that_waits() -> None:
    a_recording()
    assert [one for one in list_work("due") if one.kind == "cobrowse_recordings"] == []


def test_what_still_runs_is_neither_played_nor_deleted() -> None:
    session = a_session()
    recordings.begin_recording(session, days=7, now=NOW())
    name = Recording.objects.get(session=session).public_id
    with pytest.raises(ConflictError):
        recordings.recording_named(name)
    with pytest.raises(ConflictError):
        recordings.delete_recording(name=name, user="ada", by="Ada")


def test_a_playback_says_from_when_to_when_it_went() -> None:
    session = a_session()
    began = NOW() - timedelta(seconds=10)
    recordings.begin_recording(session, days=7, now=began)
    running = Recording.objects.get(session=session)
    reel = recordings.open_reel(running)
    for second in (0, 3, 6):
        reel.append(second * 1000, str(second).encode(), begins_snapshot=second == 0)
    reel.close()
    recordings.end_recording(session, began + timedelta(seconds=10))
    ended = recordings.recording_named(running.public_id)
    playback, pieces = recordings.begin_playback(ended, user="ada", name="Ada")
    assert recordings.play(ended, playback, pieces, 1) == b"3"
    playback.refresh_from_db()
    assert (playback.from_ms, playback.until_ms) == (3000, 6000)
    recordings.play(ended, playback, pieces, 2)
    recordings.play(ended, playback, pieces, 0)
    playback.refresh_from_db()
    assert (playback.from_ms, playback.until_ms) == (0, 10_000)
    with pytest.raises(NotFoundError):
        recordings.play(ended, playback, pieces, 3)


def test_a_centre_with_another_secret_reads_nothing(settings: object) -> None:
    kept = a_recording()
    settings.SECRET_KEY = "another one"  # type: ignore[attr-defined]
    playback, pieces = recordings.begin_playback(kept, user="ada", name="Ada")
    with pytest.raises(SealError, match="secret"):
        recordings.play(kept, playback, pieces, 0)


def test_a_session_with_a_recording_can_not_be_deleted() -> None:
    kept = a_recording()
    with pytest.raises(ProtectedError):
        kept.session.delete()
    with pytest.raises(ProtectedError):
        CobrowseSession.objects.all().delete()
    assert recordings.path_of(kept).exists()


# What else is kept


def swept(after: timedelta) -> int:
    """So much later the ticker looks."""
    with time_machine.travel(NOW() + after):
        return retention.remove_old()


def an_ended_session(**values: object) -> CobrowseSession:
    """One that is over."""
    return a_session(stage=Stage.ENDED, ended_at=NOW(), scopes=[], **values)


def test_a_code_that_nobody_has_claimed_leaves_nothing_after_a_day() -> None:
    an_ended_session()
    waiting = a_session(stage=Stage.CODE_ISSUED)
    assert swept(timedelta(hours=23)) == 0
    assert swept(timedelta(hours=25)) == 1
    assert CobrowseSession.objects.get() == waiting


def test_what_was_asked_and_answered_stays_however_old_it_is() -> None:
    session = an_ended_session(interaction="interaction")
    Consent.objects.create(session=session, scope="view", decision="denied", role="customer", at=NOW())
    assert swept(timedelta(days=4_000)) == 0
    assert Consent.objects.get().session == session


def test_more_than_are_deleted_at_once_are_deleted_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(3):
        an_ended_session()
    assert [swept(timedelta(days=2)) for _ in range(3)] == [2, 1, 0]


def test_wrong_codes_go_when_they_count_no_more_and_alerts_after_a_year() -> None:
    CodeTry.objects.create(user="anna", at=NOW())
    Alert.objects.create(user="anna", tries=5, at=NOW(), until=NOW() + codes.WINDOW)
    swept(codes.WINDOW - timedelta(seconds=5))
    assert CodeTry.objects.count() == 1
    swept(codes.WINDOW + timedelta(seconds=5))
    assert CodeTry.objects.count() == 0
    swept(timedelta(days=364))
    assert Alert.objects.count() == 1
    swept(timedelta(days=366))
    assert Alert.objects.count() == 0
