"""A stored mail as the envelope that the hub takes. Pure."""

from typing import Any

from django.conf import settings

from channels_app.email import parsing, quoting, robots
from channels_app.email.conversation import Thread
from channels_app.email.language import guess
from channels_app.email.mime import MAX_DEPTH, MAX_PARTS, Unreadable
from channels_app.email.models import RawMail
from channels_app.email.parsing import ParsedMail
from channels_app.email.robots import Automatic
from interaction_center.customers.policy import normalise
from interaction_center.envelope import Address, FilePart, InboundEnvelope, Proof

KIND = "email"
_LISTED = 50  # addresses of To and Cc that are kept with the entry
WHY = {
    Unreadable.TOO_DEEP: (f"more than {MAX_DEPTH} parts inside each other", f"mehr als {MAX_DEPTH} Teile ineinander"),
    Unreadable.TOO_MANY_PARTS: (f"more than {MAX_PARTS} parts", f"mehr als {MAX_PARTS} Teile"),
    Unreadable.LONG_HEADERS: ("its headers are too long", "zu lange Kopfzeilen"),
    Unreadable.BROKEN: ("its form is broken", "ihr Aufbau ist fehlerhaft"),
    Unreadable.ENDLESS: ("reading it never came to an end", "das Lesen kam zu keinem Ende"),
    Unreadable.NOT_PROCESSED: ("it could not be processed", "sie ließ sich nicht verarbeiten"),
}


def sender_of(mail: RawMail, parsed: ParsedMail) -> str:
    """The author's bare address: From, else the envelope sender; "" when there is neither."""
    written = parsed.from_[0].address if parsed.from_ else ""
    return written if "@" in written else mail.mail_from


def envelope(mail: RawMail, parsed: ParsedMail, thread: Thread) -> InboundEnvelope:
    """What the hub stores."""
    kind = robots.automatic_kind(parsed, mail.mail_from, own_domain=settings.CONFIG.mail_domain)
    address, new_text = sender_of(mail, parsed), quoting.new_text(parsed.text)
    return InboundEnvelope(
        channel=KIND,
        account=mail.mailbox.address,
        external_id=mail.digest,
        sender=_sender(thread, address, automatic=kind.is_machine),
        received_at=mail.received_at,
        text=new_text,
        sender_name=parsed.from_[0].name if parsed.from_ else "",
        subject=parsed.subject,
        html=parsed.html,
        language=guess(parsed.subject, parsed.text),
        thread=(thread.interaction,) if thread.interaction else (),
        automatic=kind.is_machine,
        files=parsed.files,
        data=_facts(parsed, thread, address, kind, new_text),
        team=mail.mailbox.team,
        calendar=mail.mailbox.calendar,
    )


def _sender(thread: Thread, address: str, *, automatic: bool) -> tuple[Address, ...]:
    """VERIFIED when its owner answered our signed mail; an answering machine is not its owner.

    Nobody for a guest: the address must not be noted with the customer whose conversation it is.
    """
    if thread.is_guest or not address:
        return ()
    return (Address("email", address, Proof.VERIFIED if thread.is_proved and not automatic else Proof.RECEIVED),)


def quarantined(mail: RawMail, reason: Unreadable) -> InboundEnvelope:
    """A mail that can't be read, as an item that a person sees: the reason, and the original attached."""
    known = parsing.peek(bytes(mail.raw))
    address = known.sender if "@" in known.sender else mail.mail_from
    english, german = WHY[reason]
    text = (
        f"This mail could not be read: {english}. The original is attached.\n"
        f"Diese Mail konnte nicht gelesen werden: {german}. Das Original ist angehängt."
    )
    return InboundEnvelope(
        channel=KIND,
        account=mail.mailbox.address,
        external_id=mail.digest,
        sender=(Address("email", address, Proof.RECEIVED),) if address else (),
        received_at=mail.received_at,
        text=text,
        subject=known.subject,
        automatic=True,
        files=(FilePart("message.eml", "message/rfc822", bytes(mail.raw)),),
        data={"raw": True},
        quarantine=reason.value,
        team=mail.mailbox.team,
        calendar=mail.mailbox.calendar,
    )


def _facts(parsed: ParsedMail, thread: Thread, sender: str, automatic: Automatic, new_text: str) -> dict[str, Any]:
    """What is worth keeping with the entry, without empty values.

    automatic         why it gets no automatic answer
    guest             somebody else than the customer wrote this into the conversation
    reply_to_differs  answers go to another address than the one it says it comes from
    references_other  it names a conversation that its sender has no part in
    full_text         only when a quoted part was cut
    """
    reply_to = _reply_to(parsed)
    facts = {
        "raw": True,
        "message_id": parsed.message_id[:255],
        "from": parsed.from_[0].address if parsed.from_ else "",
        "reply_to": reply_to or (sender if thread.is_guest else ""),
        "reply_to_differs": bool(reply_to) and reply_to.lower() != sender.lower(),
        "guest": thread.is_guest,
        "to": [address.address for address in parsed.to[:_LISTED]],
        "cc": [address.address for address in parsed.cc[:_LISTED]],
        "subject": parsed.subject,
        "in_reply_to": parsed.in_reply_to[0] if parsed.in_reply_to else "",
        "references": list(parsed.references[-_LISTED:]),
        "date": parsed.date.isoformat() if parsed.date else "",
        "automatic": str(automatic),
        "references_other": thread.references_other,
        "full_text": parsed.text if new_text != parsed.text.strip() else "",
    }
    return {name: value for name, value in facts.items() if value}


def _reply_to(parsed: ParsedMail) -> str:
    """The first address of Reply-To that mail can be sent to: "nobody" must not win over a good From."""
    return next((reply.address for reply in parsed.reply_to if normalise("email", reply.address)), "")
