"""Files: stored once under their hash, with names and types that can do no harm."""

import hashlib
import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from interaction_center.envelope import FilePart
from interaction_center.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from interaction_center.file_store import safe_name, safe_type
from interaction_center.queue import files
from interaction_center.queue.files import (
    MAX_UNSENT_FILES,
    as_part,
    discard_upload,
    is_inline,
    path_of,
    read_file,
    remove_orphans,
    store_file,
    uploads_of,
)
from interaction_center.queue.models import Attachment
from interaction_center.queue.selectors import file_to_show
from tests.builders import a_waiting_chat, crossing, log_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ATTACHMENTS_DIR = tmp_path
    return tmp_path


def a_part(content: bytes = b"hello", name: str = "hello.txt", kind: str = "text/plain") -> FilePart:
    return FilePart(name, kind, content)


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_the_hash_of_its_bytes() -> None:
    file = store_file(a_part())
    assert path_of(file).name == file.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert read_file(file) == b"hello"
    assert as_part(file) == a_part()


def test_equal_files_are_stored_once_and_nothing_half_written_stays(folder: Path) -> None:
    files = [store_file(a_part(name=f"{number}.txt")) for number in range(3)]
    assert len({file.public_id for file in files}) == 3
    assert [path.name for path in stored_files(folder)] == [files[0].sha256]


def test_a_row_is_not_made_when_the_bytes_cannot_be_written(folder: Path) -> None:
    digest = hashlib.sha256(b"hello").hexdigest()
    (folder / digest[:2]).write_text("in the way")
    with pytest.raises(OSError, match=digest[:2]):
        store_file(a_part())
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\jo\\plan.pdf", "C__Users_jo_plan.pdf"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
        ('a"b<c>d|e?f*g.txt', "a_b_c_d_e_f_g.txt"),
        ("new\r\nline\x00.txt", "new__line_.txt"),
        ("   ...   ", "file"),
        ("", "file"),
        ("Rechnung März 2026.pdf", "Rechnung März 2026.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_keeps_what_people_read_and_loses_what_does_harm(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("image/PNG", "image/png"),
        ("text/html; charset=utf-8", "text/html"),
        ("nonsense", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("a/b\r\nSet-Cookie: x=1", "application/octet-stream"),
        ("x" * 100 + "/y", "application/octet-stream"),
    ],
)
def test_a_type_that_is_none_is_plain_bytes(given: str, kept: str) -> None:
    assert safe_type(given) == kept


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/plain", "application/xml"]
)
def test_what_can_carry_a_script_is_never_shown_in_place(kind: str) -> None:
    assert not is_inline(kind)
    assert not file_to_show(store_file(a_part(kind=kind)).public_id).inline


def test_uploads_have_a_limit_and_are_not_empty_what_comes_by_mail_is_kept(settings: LazySettings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 4
    for owner in ("user:x", "visitor:x"):
        with pytest.raises(TooLargeError) as refused:
            store_file(a_part(), owner=owner)
        assert refused.value.details == {"limit": 4}
        with pytest.raises(InvalidError):
            store_file(a_part(b""), owner=owner)
    assert store_file(a_part()).size == 5
    assert store_file(a_part(b"")).size == 0


def test_a_file_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        file_to_show("nowhere")


# What was uploaded and not sent


def uploaded(number: int = 0, *, owner: str = "visitor:v-1", hours_ago: float = 0, content: bytes = b"") -> Attachment:
    file = store_file(a_part(content or f"file {number}".encode()), owner=owner)
    at = timezone.now() - timedelta(hours=hours_ago)
    Attachment.objects.filter(pk=file.pk).update(created_at=at)
    os.utime(path_of(file), (at.timestamp(), at.timestamp()))
    return file


def test_nobody_fills_the_disk_with_files_that_are_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MAX_UNSENT_FILES):
        uploaded(number, hours_ago=0.9)
    with pytest.raises(ConflictError, match="10 files"):
        uploaded(11)
    uploaded(11, owner="visitor:v-2")
    entry = log_of(a_waiting_chat())[0]
    Attachment.objects.filter(owner="visitor:v-1").update(entry=entry)
    uploaded(11)
    monkeypatch.setattr(files, "MAX_UNSENT_BYTES", 50)
    uploaded(12, content=b"x" * 40)
    with pytest.raises(ConflictError):
        uploaded(13, content=b"y" * 40)


def test_what_a_page_that_is_gone_left_behind_gives_way_the_oldest_first() -> None:
    old = [uploaded(number, hours_ago=23 - number) for number in range(2)]
    young = [uploaded(number) for number in range(2, MAX_UNSENT_FILES)]
    new = [uploaded(number) for number in (20, 21)]
    assert set(Attachment.objects.filter(owner="visitor:v-1")) == {*young, *new}
    assert set(Attachment.objects.filter(owner="")) == set(old)
    with pytest.raises(ConflictError):
        uploaded(22)


def test_who_discards_an_upload_makes_room_and_cannot_send_it_any_more() -> None:
    files = [uploaded(number) for number in range(MAX_UNSENT_FILES)]
    discard_upload(files[3].public_id, owner="visitor:v-1")
    uploaded(11)
    with pytest.raises(InvalidError, match="Attach it again"):
        uploads_of("visitor:v-1", [files[3].public_id])
    entry = log_of(a_waiting_chat())[0]
    Attachment.objects.filter(pk=files[0].pk).update(entry=entry)
    for not_mine in (files[3].public_id, files[0].public_id, "nowhere"):
        with pytest.raises(NotFoundError):
            discard_upload(not_mine, owner="visitor:v-1")
    with pytest.raises(NotFoundError):
        discard_upload(files[1].public_id, owner="visitor:v-2")


def test_what_was_discarded_is_removed_after_an_hour(folder: Path) -> None:
    for number, hours_ago in enumerate((0.9, 1.1)):
        discard_upload(uploaded(number, hours_ago=hours_ago).public_id, owner="visitor:v-1")
    assert remove_orphans() == 1
    assert [path.read_bytes() for path in stored_files(folder)] == [b"file 0"]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_just_being_sent_can_no_longer_be_discarded() -> None:
    file, entry = uploaded(), log_of(a_waiting_chat())[0]
    sent, discarded = crossing(
        lambda: uploads_of("visitor:v-1", [file.public_id]),
        lambda: Attachment.objects.filter(pk=file.pk).update(entry=entry),
        partial(discard_upload, file.public_id, owner="visitor:v-1"),
    )
    assert sent == 1
    assert isinstance(discarded, NotFoundError)
    assert Attachment.objects.get(entry=entry).owner == "visitor:v-1"


def test_what_was_not_sent_within_a_day_is_removed_and_nothing_else(folder: Path) -> None:
    entry = log_of(a_waiting_chat())[0]
    old, young, sent = uploaded(1, hours_ago=25), uploaded(2, hours_ago=23), uploaded(3, hours_ago=25)
    Attachment.objects.filter(pk=sent.pk).update(entry=entry)
    shared, again = uploaded(4, hours_ago=25), uploaded(4, owner="visitor:v-2")
    assert remove_orphans() == 2
    assert set(Attachment.objects.all()) == {young, sent, again}
    assert {path.name for path in stored_files(folder)} == {young.sha256, sent.sha256, again.sha256}
    assert old.sha256 not in {path.name for path in stored_files(folder)}
    assert shared.sha256 == again.sha256
    assert remove_orphans() == 0


def test_a_file_that_somebody_is_storing_again_right_now_stays(folder: Path) -> None:
    """Its new row is not committed yet, so the bytes are all that tells."""
    old = uploaded(1, hours_ago=25)
    with_new_row = store_file(a_part(b"file 1"))
    Attachment.objects.filter(pk=with_new_row.pk).delete()
    assert remove_orphans() == 1
    assert [path.name for path in stored_files(folder)] == [old.sha256]


def test_a_file_that_another_process_has_just_removed_is_written_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: True)  # as it was a moment ago
    assert read_file(store_file(a_part(b"words"))) == b"words"
