"""What happens to a mail: stored, read, queued or quarantined, acknowledged; and the mailboxes themselves."""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.email import acknowledging, intake, parsing, selectors
from channels_app.email.mime import MailUnreadableError, Unreadable
from channels_app.email.models import AutomaticAnswer, CaughtMail, Mailbox, RawMail
from interaction_center.access.services import check_door
from interaction_center.adapters import ways_to_a_person
from interaction_center.due_work import DueRow, WorkState, claim, postpone, revive_dead, revive_one
from interaction_center.envelope import InboundEnvelope
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.installed_base.selectors import context_of_address
from interaction_center.queue import services as queue
from interaction_center.queue.intake import prepare, receive_envelope
from interaction_center.queue.selectors import promise_in_words
from kb.questions import question_of
from kb.services import Suggestion, record_event, suggest

log = logging.getLogger(__name__)
MAX_NAME = 120

FIRST_POLL = timedelta(seconds=15)  # the receiver reads a new mail at once; what it has not by then, the ticker does
LEASE = timedelta(seconds=30)
BATCH = 10
MAX_ATTEMPTS = 6  # the reading at the door is the first one
MAX_SUGGESTIONS = 3  # articles named in an acknowledgement
MAX_QUESTION = 2_000  # characters of a mail that knowledge is asked with
MAX_ANSWERS_AN_HOUR = 300  # automatic ones, over all mailboxes
_ADDRESS = re.compile(r"[^@\s<>,;+\"]{1,64}@[^@\s<>,;]{1,189}")


@dataclass(frozen=True, slots=True)
class ArrivedMail:
    """A mail as SMTP took it. `mailboxes`: (primary key, recipient as it was addressed) of each one it is for."""

    mail_from: str
    mailboxes: tuple[tuple[int, str], ...]
    raw: bytes
    peer: str
    tls: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail that was read and is ready for the queue."""

    mail: RawMail
    envelope: InboundEnvelope
    message_id: str = ""
    sender: str = ""
    suggestions: tuple[Suggestion, ...] = ()


def store_raw_batch(arrived: Sequence[ArrivedMail]) -> list[list[int]]:
    """Store a group of mails inside the transaction of the caller; for each one the keys of the rows that are new.

    One row for each mailbox. The same mail again (the sender never saw our 250) stores nothing.
    """
    rows = [_rows(mail) for mail in arrived]
    wanted = {row.digest: row for mail_rows in rows for row in mail_rows}
    RawMail.objects.bulk_create(wanted.values(), ignore_conflicts=True)
    stored = RawMail.objects.filter(digest__in=wanted).values_list("public_id", "digest", "pk")
    keys = {digest: pk for public_id, digest, pk in stored if wanted[digest].public_id == public_id}
    return [[keys.pop(row.digest) for row in mail_rows if row.digest in keys] for mail_rows in rows]


def _rows(mail: ArrivedMail) -> list[RawMail]:
    return [
        RawMail(
            digest=_digest(mail, key),
            mailbox_id=key,
            mail_from=mail.mail_from,
            recipient=recipient[:320],
            raw=mail.raw,
            peer=mail.peer,
            tls=mail.tls,
            received_at=mail.received_at,
            due_at=mail.received_at + FIRST_POLL,
            attempts=1,
            max_attempts=MAX_ATTEMPTS,
        )
        for key, recipient in mail.mailboxes
    ]


def _digest(mail: ArrivedMail, mailbox: int) -> str:
    digest = hashlib.sha256(f"{mail.mail_from}\n{mailbox}\n".encode())
    digest.update(mail.raw)
    return digest.hexdigest()


def read(key: int) -> ReadMail | None:
    """Read one stored mail, in a thread of its own; None when it is in the queue already. Writes files, no row."""
    mail = RawMail.objects.select_related("mailbox").get(pk=key)
    if mail.state == WorkState.DONE:
        return None
    try:
        parsed = parsing.parse(bytes(mail.raw))
    except MailUnreadableError as error:
        log.warning("Mail %s goes to quarantine: %s %r", mail.public_id, error.reason, error.__cause__)
        return _quarantined(mail, error.reason)
    mail.raw = b""  # read and never written back: a large mail need not be held until it is queued
    sender = intake.sender_of(mail, parsed)
    thread = selectors.thread_of(parsed, mailbox=mail.mailbox, sender=sender)
    envelope = prepare(intake.envelope(mail, parsed, thread))
    suggestions = () if thread.interaction else _suggestions(mail.mailbox, envelope)
    return ReadMail(mail, envelope, parsed.message_id, sender, suggestions)


def _quarantined(mail: RawMail, reason: Unreadable) -> ReadMail:
    return ReadMail(mail, prepare(intake.quarantined(mail, reason)))


def _suggestions(mailbox: Mailbox, envelope: InboundEnvelope) -> tuple[Suggestion, ...]:
    """What knowledge has to say, for the acknowledgement; looked up here, where no other message waits for it."""
    if not mailbox.suggest or not acknowledging.is_welcome(mailbox, envelope):
        return ()
    question = f"{envelope.subject}\n{envelope.text}"[:MAX_QUESTION]
    device = context_of_address(_only_reader(envelope), question)
    return tuple(suggest(question, device=device, locale=envelope.language, limit=MAX_SUGGESTIONS))


def _only_reader(envelope: InboundEnvelope) -> str:
    """The author's address if the answer goes there; "" else: what we know of them is nobody else's business."""
    author, reader = str(envelope.data.get("from", "")), envelope.answer_to
    return author if author.lower() == reader.lower() else ""


def queue_batch(mails: Sequence[ReadMail]) -> list[None]:
    """Put mails that were read into the queue, inside the transaction of the caller (the group commit)."""
    return [_queue(mail) for mail in mails]


def process_due_mails() -> int:
    """Read mails that wait: after a restart, after an error, or when the readers can't keep up; how many were taken."""
    for taken in range(BATCH):
        keys = claim(
            RawMail, now=timezone.now(), lease=LEASE, limit=1
        )  # a mail that kills us must not count for others
        if not keys:
            return taken
        _process_claimed(keys[0])
    return BATCH


def _process_claimed(key: int) -> None:
    try:
        if not _quarantined_unread(key):
            process_raw(key)
    except Exception as error:
        log.exception("A mail could not be put into the queue")
        _try_later_or_quarantine(RawMail.objects.get(pk=key), f"{type(error).__name__}: {error}")


def _quarantined_unread(key: int) -> bool:
    """A mail whose last attempt never ended (reading it killed the process) isn't opened once more."""
    mail = RawMail.objects.select_related("mailbox").get(pk=key)
    if mail.attempts <= mail.max_attempts:
        return False
    _queue(_quarantined(mail, Unreadable.ENDLESS))
    return True


def _try_later_or_quarantine(mail: RawMail, error: str) -> None:
    """After the last attempt a person must see it: as a quarantine item, or if even that fails as dead work."""
    if mail.attempts >= mail.max_attempts:
        try:
            _queue(_quarantined(mail, Unreadable.NOT_PROCESSED))
            return
        except Exception:
            log.exception("A mail could not even be quarantined")
    postpone(mail, error=error, permanent=False, now=timezone.now())


def process_raw(key: int) -> None:
    """Read one stored mail and put it into the queue. Harmless to repeat, and to do twice at once."""
    mail = read(key)
    if mail is not None:
        _queue(mail)


@transaction.atomic
def _queue(read_mail: ReadMail) -> None:
    """One commit: the item in the queue and the end of this work. Whoever comes second finds it done."""
    mail, envelope = read_mail.mail, read_mail.envelope
    mine = RawMail.objects.filter(pk=mail.pk).exclude(state=WorkState.DONE)
    if not mine.update(state=WorkState.DONE, lease_until=None, lease_owner="", last_error=""):
        return
    received = receive_envelope(envelope)
    RawMail.objects.filter(pk=mail.pk).update(
        interaction=received.interaction,
        seq=received.seq,
        message_id=read_mail.message_id[:255],
        sender=read_mail.sender.lower()[:320],
        quarantine=envelope.quarantine[:200],
    )
    if received.opened and not received.duplicate and acknowledging.is_welcome(mail.mailbox, envelope):
        _acknowledge(read_mail, received.interaction)


def _acknowledge(read_mail: ReadMail, interaction: str) -> None:
    """At most once a day to an inbox: a loop ends here even when nothing else recognises the robot.

    The inbox that hears of it, not the one that wrote: many forged senders may name one victim as their Reply-To.
    """
    mailbox, envelope = read_mail.mail.mailbox, read_mail.envelope
    address = _inbox(envelope.answer_to)
    now = envelope.received_at
    recent = AutomaticAnswer.objects.filter(sent_at__gt=now - timedelta(hours=24))
    if recent.filter(mailbox=mailbox, address=address).exists():
        return
    if recent.filter(sent_at__gt=now - timedelta(hours=1)).count() >= MAX_ANSWERS_AN_HOUR:
        return
    try:
        with transaction.atomic():
            AutomaticAnswer.objects.create(mailbox=mailbox, address=address, day=now.date(), sent_at=now)
    except IntegrityError:
        return
    promise = promise_in_words(interaction)
    ways = ways_to_a_person("") if mailbox.offer_call else ()
    body = acknowledging.text(
        envelope.language, mailbox.name, promise, read_mail.suggestions, interaction=interaction, ways=ways
    )
    queue.acknowledge(interaction=interaction, body=body, client_id="acknowledgement")
    if mailbox.suggest:
        _note_suggested(read_mail, interaction)


def _note_suggested(read_mail: ReadMail, interaction: str) -> None:
    """What was asked counts once, with an answer or without one."""
    envelope, found = read_mail.envelope, read_mail.suggestions
    question = question_of([envelope.text, envelope.subject], [envelope.sender_name])
    if found or question:
        record_event(
            kind="shown" if found else "zero_hit",
            door="mail",
            key=f"{interaction}:acknowledged",
            target=found[0].id if found else "",
            question=question,
            locale=envelope.language,
        )


def _inbox(address: str) -> str:
    """`name+anything@host` reaches `name@host`."""
    local, at, domain = address.lower().rpartition("@")
    return local.partition("+")[0] + at + domain


@transaction.atomic
def catch(*, mail_from: str, recipients: Sequence[str], raw: bytes) -> None:
    """Keep a mail that would have left."""
    subject, now = parsing.peek(raw).subject, timezone.now()
    CaughtMail.objects.bulk_create(
        CaughtMail(mail_from=mail_from, recipient=address.lower(), subject=subject[:300], raw=raw, received_at=now)
        for address in recipients
    )


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """Mails that wait to be read or were laid aside, for the work screen."""
    return selectors.due_rows(state, after=after, limit=limit)


def retry(mail_id: str) -> None:
    """A person wants this mail tried again now. NotFoundError when there is none."""
    revive_one("mail_in", RawMail.objects.defer("raw"), mail_id, what="mail")


def retry_all() -> int:
    """Try every mail again that was laid aside; how many."""
    return revive_dead("mail_in", RawMail.objects.all())


@transaction.atomic
def create_mailbox(*, address: str, **values: Any) -> Mailbox:
    """A new mailbox; mail for it is taken within a second. InvalidError, or ConflictError for a known address.

    `team` and `calendar` are public ids; without hours of its own it keeps those of its team.
    """
    mailbox = Mailbox(address=_checked(address), **values)
    check_door(team=mailbox.team, calendar=mailbox.calendar)
    _refuse_long_name(mailbox)
    _must_be_free(mailbox)
    mailbox.save(force_insert=True)
    return mailbox


@transaction.atomic
def update_mailbox(*, mailbox: Mailbox, **values: Any) -> Mailbox:
    """Change these columns. The address can change as long as no other mailbox has it."""
    if "address" in values:
        values["address"] = _checked(values["address"])
    check_door(team=values.get("team", ""), calendar=values.get("calendar", ""))
    for name, value in values.items():
        setattr(mailbox, name, value)
    _refuse_long_name(mailbox)
    _must_be_free(mailbox)
    mailbox.save(update_fields=[*values])
    return mailbox


@transaction.atomic
def delete_mailbox(*, mailbox: Mailbox) -> None:
    """Only one that never got mail; the others are switched off, because their mails name them. ConflictError."""
    if RawMail.objects.filter(mailbox=mailbox).exists():
        raise ConflictError("This mailbox has received mail. Switch it off instead of deleting it.", "mailbox_used")
    mailbox.delete()


def _checked(address: str) -> str:
    address = address.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise InvalidError("This is no mail address that a mailbox can have.", address="invalid")
    return address


def _refuse_long_name(mailbox: Mailbox) -> None:
    if len(mailbox.name) > MAX_NAME:
        raise InvalidError(f"This name is too long: at most {MAX_NAME} characters.", name="too_long", limit=MAX_NAME)


def _must_be_free(mailbox: Mailbox) -> None:
    if Mailbox.objects.filter(address=mailbox.address).exclude(pk=mailbox.pk).exists():
        raise ConflictError("There is a mailbox with this address already.", "address_taken", address="taken")
