"""Questions about mailboxes and mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from channels_app.email import conversation, parsing
from channels_app.email.conversation import Thread
from channels_app.email.models import CaughtMail, Mailbox, RawMail
from channels_app.email.parsing import MailUnreadableError, ParsedMail
from interaction_center.due_work import DueRow, shown_rows
from interaction_center.errors import NotFoundError
from interaction_center.queue import selectors as queue


@dataclass(frozen=True, slots=True)
class CaughtAnswer:
    """A caught mail as the demo shows it."""

    id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    in_reply_to: str
    received_at: datetime


def mailbox_keys() -> dict[str, int]:
    """Address -> primary key of every mailbox that takes mail."""
    return dict(Mailbox.objects.filter(active=True).values_list("address", "pk"))


def active_addresses() -> list[str]:
    """Of every mailbox that takes mail, in the order of the settings screen."""
    return list(Mailbox.objects.filter(active=True).order_by("address").values_list("address", flat=True))


def mailbox_named(address: str) -> Mailbox | None:
    """The mailbox of this address, also when it takes no mail any more; None if there is none."""
    return Mailbox.objects.filter(address=address.lower()).first()


def mailbox_by_id(mailbox_id: str) -> Mailbox:
    """NotFoundError when there is none."""
    found = Mailbox.objects.filter(public_id=mailbox_id).first()
    if found is None:
        raise NotFoundError("There is no such mailbox.")
    return found


def all_mailboxes() -> QuerySet[Mailbox]:
    """By address."""
    return Mailbox.objects.order_by("address")


def mailboxes_with_hours(calendar: str) -> list[str]:
    """The addresses of the mailboxes that keep these opening hours, in order."""
    return list(Mailbox.objects.filter(calendar=calendar).order_by("address").values_list("address", flat=True))


def mailboxes_of_team(team: str) -> list[str]:
    """The addresses of the mailboxes whose mail comes to this team, in order."""
    return list(Mailbox.objects.filter(team=team).order_by("address").values_list("address", flat=True))


def raw_of_entry(interaction: str, seq: int) -> tuple[bytes, datetime]:
    """The mail behind an entry, byte for byte, and when it came. NotFoundError when the entry did not come by mail."""
    found = RawMail.objects.filter(interaction=interaction, seq=seq).values_list("raw", "received_at").first()
    if found is None:
        raise NotFoundError("This entry did not come by mail, so there is no original to show.")
    return bytes(found[0]), found[1]


def thread_of(mail: ParsedMail, *, mailbox: Mailbox, sender: str) -> Thread:
    """Where the mail belongs, by the ids it names and by who sent it."""
    foreign = False
    for name in conversation.named_ids(mail):
        signed = conversation.read_signed(name)
        if signed is None:
            interaction = _own_earlier_mail(name, mailbox=mailbox, sender=sender)
            if interaction:
                guest = _is_guest(interaction, sender)
                return Thread(interaction, is_guest=guest, references_other=foreign)
            continue
        written_to = queue.sent_to(name)
        answers = written_to is not None and written_to[1].lower() == sender.lower()
        if answers or queue.belongs_to(signed.interaction, "email", sender):
            guest = _is_guest(signed.interaction, sender)
            return Thread(signed.interaction, is_proved=answers and not guest, is_guest=guest)
        foreign = True
    return Thread(references_other=foreign)


def _own_earlier_mail(message_id: str, *, mailbox: Mailbox, sender: str) -> str:
    """The interaction that an earlier mail of the same sender to the same mailbox went to; "" if none."""
    known = RawMail.objects.filter(mailbox=mailbox, message_id=message_id[:255], sender=sender.lower()[:320])
    return known.exclude(interaction="").order_by("-pk").values_list("interaction", flat=True).first() or ""


def _is_guest(interaction: str, sender: str) -> bool:
    """Whether another address sent the first mail of this conversation; one that began as a chat has no mail."""
    first = RawMail.objects.filter(interaction=interaction).order_by("seq").values_list("sender", flat=True).first()
    return first is not None and first != sender.lower()[:320]


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """Mails that wait to be read or were laid aside, for the work screen."""
    mails = RawMail.objects.filter(state=state).defer("raw")
    return shown_rows("mail_in", mails, _words_of, after=after, limit=limit)


def _words_of(mail: RawMail) -> tuple[str, str]:
    return f"{mail.mail_from or '<>'} → {mail.recipient}", mail.interaction


def caught_for(recipient: str, *, limit: int = 20) -> list[CaughtAnswer]:
    """The latest mails that the catcher holds for this address, newest first."""
    caught = CaughtMail.objects.filter(recipient=recipient.lower()).order_by("-pk")[:limit]
    return [_answer(mail) for mail in caught]


def _answer(mail: CaughtMail) -> CaughtAnswer:
    parsed = _parsed(bytes(mail.raw))
    return CaughtAnswer(
        id=mail.public_id,
        sender=mail.mail_from,
        recipient=mail.recipient,
        subject=mail.subject,
        text=parsed.text if parsed else "",
        html=parsed.html if parsed else "",
        message_id=parsed.message_id if parsed else "",
        in_reply_to=parsed.in_reply_to[0] if parsed and parsed.in_reply_to else "",
        received_at=mail.received_at,
    )


def _parsed(raw: bytes) -> ParsedMail | None:
    try:
        return parsing.parse(raw)
    except MailUnreadableError:
        return None
