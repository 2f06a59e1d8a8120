"""What a visitor's socket and requests do to the hub, each one short piece of database work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from channels_app.web_chat.questions import Question, note_sent
from channels_app.web_chat.visitors import Visitor
from interaction_center.access.selectors import mailbox_of, promise, site_by_key
from interaction_center.adapters import adapter_for
from interaction_center.customers.services import claim_address
from interaction_center.envelope import Address, FilePart, Proof
from interaction_center.errors import NotFoundError, TooLargeError
from interaction_center.queue import files, services
from interaction_center.queue import selectors as queue
from interaction_center.queue.intake import receive_all
from interaction_center.queue.wire import visitor_state_wire
from interaction_center.routing.selectors import is_anybody_available
from interaction_center.routing.services import close_interaction

CHANNEL = "web_chat"
AT_ONCE = {  # else the reader's own clock is needed to say by when: the panel does
    "text_en": "You usually have an answer in two minutes.",
    "text_de": "Meist haben Sie in zwei Minuten Antwort.",
}


def store_messages(envelopes: Sequence[Any]) -> Sequence[Any]:
    """The handler of the group commit: envelopes in, `Received` or an error for each out."""
    return receive_all(envelopes)


def resume_visitor(visitor: Visitor) -> int:
    """Note on `visitor` which conversation is open, if any; its last number."""
    interaction = queue.open_conversation(CHANNEL, visitor.site_key, visitor.id)
    if interaction is None:
        return 0
    if visitor.email and visitor.email_proof is Proof.VERIFIED:  # the page vouches for who has been writing here
        claim_address(customer=interaction.customer, address=Address("email", visitor.email, Proof.VERIFIED))
    visitor.current = interaction.public_id
    visitor.interactions.add(interaction.public_id)
    return interaction.seq


def read_log(visitor: Visitor, interaction_id: str, last_s: int) -> tuple[list[dict[str, Any]], int]:
    """The frames that bring the visitor up to date, and the last number. NotFoundError for what is not theirs."""
    interaction = queue.conversation_named(CHANNEL, visitor.site_key, visitor.id, interaction_id)
    visitor.interactions.add(interaction_id)
    frames = queue.catch_up(interaction, last_s, staff=False, state=visitor_state_wire(interaction))
    return frames, max(interaction.seq, last_s)


def closing_state(visitor: Visitor, interaction_id: str) -> dict[str, Any]:
    """What `synced` says."""
    interaction = queue.conversation_named(CHANNEL, visitor.site_key, visitor.id, interaction_id)
    return {"state": visitor_state_wire(interaction), "deliveries": queue.deliveries(interaction)}


def promise_answer(visitor: Visitor, interaction_id: str) -> None:
    """Nobody can answer at once a chat that begins to wait: its log says by when there is an answer."""
    interaction = queue.conversation_named(CHANNEL, visitor.site_key, visitor.id, interaction_id)
    site = site_by_key(visitor.site_key)
    now = timezone.now()
    word = promise(site, now)
    is_with_somebody = interaction.state != "waiting"  # it may itself have taken the last free place
    if word.open and (is_with_somebody or is_anybody_available(now, team=visitor.team)):
        return
    services.note_promise(interaction=interaction, by=word.by)


def note_question(visitor: Visitor, text: str, browser: str) -> None:
    """The first words of a chat are a question that knowledge did not answer."""
    question = Question(site=visitor.site_key, visitor=visitor.id, browser=browser, text=text, locale=visitor.language)
    note_sent(question)


def note_contact(visitor: Visitor) -> None:
    """The visitor typed an address. It joins nothing; it is where the answer goes if they leave."""
    interaction = queue.open_conversation(CHANNEL, visitor.site_key, visitor.id)
    if interaction is None or not visitor.email:
        return
    claim_address(customer=interaction.customer, address=Address("email", visitor.email, Proof.TYPED))
    services.note_contact(interaction=interaction, email=visitor.email, name=visitor.name)


def mark_read(visitor: Visitor, interaction_id: str, seq: int) -> None:
    """The visitor has seen everything up to `seq`."""
    interaction = queue.conversation_named(CHANNEL, visitor.site_key, visitor.id, interaction_id)
    services.mark_seen(interaction=interaction, by="customer", seq=min(seq, interaction.seq))


def end_conversation(visitor: Visitor) -> None:
    """The visitor ends the chat. NotFoundError when none is open."""
    interaction = queue.open_conversation(CHANNEL, visitor.site_key, visitor.id)
    if interaction is None:
        raise NotFoundError("There is no open conversation.")
    close_interaction(interaction=interaction, user=None)


def take_upload(visitor: str, sent: "UploadedFile[bytes]") -> dict[str, Any]:
    """Keep a file for this visitor's next message. TooLargeError or InvalidError."""
    if (sent.size or 0) > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES
        raise TooLargeError(f"The file is too large: at most {limit // 2**20} MB.", limit=limit)
    part = FilePart(sent.name or "file", sent.content_type or "", sent.read())
    kept = files.store_file(part, owner=_owner(visitor))
    return {"id": kept.public_id, "name": kept.filename, "type": kept.content_type, "size": kept.size}


def discard_upload(visitor: str, file_id: str) -> None:
    """The visitor won't send this file. NotFoundError unless it is theirs and unsent."""
    files.discard_upload(file_id, owner=_owner(visitor))


def _owner(visitor: str) -> str:
    return f"visitor:{visitor}"


def opening_state(site: Any, now: datetime) -> dict[str, Any]:
    """Whether somebody is there, what we promise, and whether an answer can go on by mail."""
    word = promise(site, now)
    team = site.team.public_id if site.team else ""
    agents = word.open and is_anybody_available(now, team=team)
    by = now + adapter_for(CHANNEL).answer_within if agents else word.by
    return {
        "open": word.open,
        "agents": agents,
        "opens_at": word.opens_at.isoformat() if word.opens_at else None,
        "mail": bool(mailbox_of(site)),
        "promise": {"by": by.isoformat()} | (AT_ONCE if agents else {}),
    }
