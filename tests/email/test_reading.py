"""The due work of reading: tried again, laid aside where a person sees it, never done twice."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from channels_app.email import intake, parsing, services
from channels_app.email.models import Mailbox, RawMail
from channels_app.email.parsing import ParsedMail
from channels_app.email.parsing import parse as mime_parse
from channels_app.email.services import ArrivedMail
from interaction_center.due_work import WorkState, free_leases, list_work, retry_all_work, retry_work
from interaction_center.envelope import FilePart
from interaction_center.queue.files import path_of, read_file, remove_orphans, store_file
from interaction_center.queue.models import Attachment, Entry, EntryKind, Interaction
from tests.email.builders import mail, mailbox

pytestmark = pytest.mark.django_db(transaction=True)


def stored(box: Mailbox, raw: bytes | None = None) -> RawMail:
    """A mail that was accepted and not yet read."""
    past = timezone.now() - timedelta(minutes=1)
    arrived = ArrivedMail("jo@example.org", ((box.pk, box.address),), raw or mail(), "192.0.2.1", False, past)
    return RawMail.objects.get(pk=services.store_raw_batch([arrived])[0][0])


def make_due() -> None:
    """Time passes."""
    RawMail.objects.update(due_at=timezone.now() - timedelta(seconds=1), lease_until=None)


def rename(old: str, new: str) -> None:
    """Take a table away, or give it back."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')


def test_waiting_mails_are_read_by_the_ticker() -> None:
    box = mailbox()
    stored(box)
    assert services.process_due_mails() == 1
    assert services.process_due_mails() == 0
    assert Interaction.objects.count() == 1


def test_a_mail_just_accepted_is_left_to_the_connection_that_took_it() -> None:
    row = stored(mailbox())
    RawMail.objects.filter(pk=row.pk).update(due_at=timezone.now() + services.FIRST_POLL)
    assert services.process_due_mails() == 0


def test_readers_at_the_same_time_make_one_item() -> None:
    row = stored(mailbox())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _read_and_close(row.pk), range(8)))
    assert Entry.objects.filter(kind=EntryKind.MESSAGE).count() == 1
    assert RawMail.objects.get().state == WorkState.DONE


def test_an_error_is_tried_again_and_shown_in_the_end() -> None:
    stored(mailbox())
    rename("queue_interaction", "elsewhere")
    try:
        for attempt in range(1, services.MAX_ATTEMPTS):
            assert services.process_due_mails() == 1, attempt
            make_due()
    finally:
        rename("elsewhere", "queue_interaction")
    assert [(row.kind, row.state) for row in list_work("dead")] == [("mail_in", "dead")]
    assert list_work("dead")[0].last_error
    retry_work("mail_in", RawMail.objects.get().public_id)
    assert services.process_due_mails() == 1
    assert Interaction.objects.count() == 1


def test_all_mails_that_were_laid_aside_are_read_again() -> None:
    stored(mailbox())
    RawMail.objects.update(state=WorkState.DEAD)
    assert services.process_due_mails() == 0
    assert retry_all_work("mail_in") == 1
    assert services.process_due_mails() == 1
    assert Interaction.objects.count() == 1


def test_a_mail_whose_processing_always_fails_becomes_a_quarantine_item(monkeypatch: pytest.MonkeyPatch) -> None:
    stored(mailbox())
    monkeypatch.setattr(intake, "envelope", _fails)
    for _ in range(1, services.MAX_ATTEMPTS):
        services.process_due_mails()
        make_due()
    interaction = Interaction.objects.get()
    assert interaction.quarantined
    assert RawMail.objects.get().state == WorkState.DONE


def test_a_mail_that_kills_its_readers_is_laid_aside_unread_and_spoils_no_other_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A killed process writes nothing: all that is left of an attempt is that it was counted."""
    box = mailbox()
    poison, harmless = stored(box, mail("poison")), stored(box, mail("harmless"))
    RawMail.objects.filter(pk=poison.pk).update(due_at=timezone.now() - timedelta(days=1))
    monkeypatch.setattr(services, "process_raw", _dies)
    with pytest.raises(MemoryExhausted):
        services.process_due_mails()
    assert list(RawMail.objects.order_by("pk").values_list("attempts", flat=True)) == [2, 1]
    for _ in range(2, services.MAX_ATTEMPTS):
        free_leases()
        with pytest.raises(MemoryExhausted):
            services.process_due_mails()
    monkeypatch.undo()
    monkeypatch.setattr(parsing, "parse", _dies_of_poison)
    free_leases()
    assert services.process_due_mails() == 2
    quarantined = Interaction.objects.get(quarantined=True)
    assert RawMail.objects.get(pk=poison.pk).interaction == quarantined.public_id
    assert RawMail.objects.get(pk=harmless.pk).quarantine == ""


def test_the_reading_at_the_door_is_an_attempt() -> None:
    assert stored(mailbox()).attempts == 1


def test_laid_aside_mails_are_found_without_looking_at_all_mails() -> None:
    rows = RawMail.objects.filter(state=WorkState.DEAD).defer("raw").order_by("due_at", "public_id")[:50]
    assert "raw_mail_dead" in rows.explain()


WITH_HTML_AND_FILE = (
    b"From: jo@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p onclick='x()'>See the plan.</p>\r\n"
    b"--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment\r\n\r\n"
    b"the plan\r\n--b--\r\n"
)


def test_what_takes_long_is_done_before_the_queue_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = services.read(stored(mailbox(), WITH_HTML_AND_FILE).pk)
    assert mail is not None
    assert not Attachment.objects.exists()
    for slow in ("interaction_center.queue.intake.clean_html", "interaction_center.queue.files.write_once"):
        monkeypatch.setattr(slow, _fails)
    services.queue_batch([mail])
    attachment = Attachment.objects.get()
    assert (attachment.filename, read_file(attachment)) == ("plan.pdf", b"the plan")
    assert Entry.objects.get(kind="message").html == "<p>See the plan.</p>"


def test_the_files_of_a_mail_that_waits_for_its_commit_survive_the_sweep() -> None:
    """The same file was uploaded and never sent, and goes meanwhile."""
    upload = store_file(FilePart("old.pdf", "application/pdf", b"the plan"), owner="visitor:v-1")
    yesterday = timezone.now() - timedelta(hours=25)
    Attachment.objects.update(created_at=yesterday)
    os.utime(path_of(upload), (yesterday.timestamp(), yesterday.timestamp()))
    mail = services.read(stored(mailbox(), WITH_HTML_AND_FILE).pk)
    assert remove_orphans() == 1
    assert mail is not None
    services.queue_batch([mail])
    assert read_file(Attachment.objects.get()) == b"the plan"


def test_a_group_is_stored_with_its_repetitions_once() -> None:
    box = mailbox()
    other = mailbox("sales@center.test")
    both = ((box.pk, box.address), (other.pk, other.address))
    one = ArrivedMail("jo@example.org", both, mail("one"), "", False, timezone.now())
    two = ArrivedMail("jo@example.org", both[:1], mail("two"), "", False, timezone.now())
    keys = services.store_raw_batch([one, two, one])
    assert [len(found) for found in keys] == [2, 1, 0]
    assert services.store_raw_batch([two, one]) == [[], []]
    assert RawMail.objects.count() == 3


def _read_and_close(key: int) -> None:
    try:
        services.process_raw(key)
    finally:
        connections.close_all()


class MemoryExhausted(BaseException):
    """Stands for the end of the process: nothing catches it."""


def _dies(key: int) -> None:
    raise MemoryExhausted


def _dies_of_poison(raw: bytes) -> ParsedMail:
    if b"poison" in raw:
        raise MemoryExhausted
    return mime_parse(raw)


def _fails(*args: object) -> None:
    raise RuntimeError("always")
