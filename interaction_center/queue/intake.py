"""The one way in: an envelope becomes an entry of an interaction, once, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import IntegrityError, transaction

from interaction_center.access.models import BusinessCalendar, Team
from interaction_center.access.selectors import hours
from interaction_center.adapters import adapter_for
from interaction_center.customers.models import Customer
from interaction_center.customers.policy import normalise
from interaction_center.customers.services import claim_address, identify, verify_contact_point
from interaction_center.due_work import wake
from interaction_center.envelope import InboundEnvelope, Proof
from interaction_center.errors import CenterError
from interaction_center.queue import hot_path
from interaction_center.queue.files import add_file, keep_file, uploads_of
from interaction_center.queue.hot_path import OpenChat, Received
from interaction_center.queue.html import CleanHtml, clean_html
from interaction_center.queue.log import append, change, lock, move, note_event, tell_row
from interaction_center.queue.models import Attachment, Author, EntryKind, Interaction, State
from interaction_center.queue.policy import Command, Role, next_state, promise
from interaction_center.queue.selectors import open_conversation

CONTINUE_WITHIN = timedelta(days=30)  # a closed interaction that is answered later than this starts a new one


def prepare(envelope: InboundEnvelope) -> InboundEnvelope:
    """The same with its HTML cleaned and its files on disk: what takes long, done before anything is locked.

    For a channel that brings HTML or files, in a thread of its own. Harmless to repeat, and where nothing follows.
    """
    return replace(envelope, html=_harmless(envelope.html), files=tuple(keep_file(part) for part in envelope.files))


@transaction.atomic
def receive_envelope(envelope: InboundEnvelope) -> Received:
    """Store one message and find or open its interaction. Idempotent by (channel, account, external_id).

    InvalidError when it names files that are not the sender's.
    """
    result = receive_all([envelope])[0]
    if isinstance(result, CenterError):
        raise result
    return result


def receive_all(envelopes: Sequence[InboundEnvelope]) -> list[Received | CenterError]:
    """The same for a group, inside one transaction, in order; an envelope that is refused harms no other one."""
    group = _Group(envelopes)
    for index, envelope in enumerate(envelopes):
        group.take(index, envelope)
    return group.finish()


class _Group:
    """One group commit: plain messages are collected and stored together, the others one by one between them."""

    def __init__(self, envelopes: Sequence[InboundEnvelope]) -> None:
        self._open = hot_path.open_interactions(envelopes)  # locks: what another process has stored is seen next
        self._stored = hot_path.seen_before(envelopes)
        self._results: list[Received | CenterError | None] = [None] * len(envelopes)
        self._first: dict[tuple[str, str, str], int] = {}
        self._repeated: list[tuple[int, int]] = []
        self._plain: list[tuple[int, InboundEnvelope, OpenChat]] = []

    def take(self, index: int, envelope: InboundEnvelope) -> None:
        """Store it, or put it to the plain ones that wait."""
        envelope = _without_nul(envelope)
        key = (envelope.channel, envelope.account, envelope.external_id)
        if not envelope.external_id:
            self._take_new(index, envelope)
        elif key in self._stored:
            self._results[index] = self._stored[key]
        elif key in self._first:
            self._repeated.append((index, self._first[key]))
        else:
            self._first[key] = index
            self._take_new(index, envelope)

    def finish(self) -> list[Received | CenterError]:
        """What became of each."""
        self._store_plain()
        for index, original in self._repeated:
            first = self._results[original]
            self._results[index] = replace(first, duplicate=True) if isinstance(first, Received) else first
        return [result for result in self._results if result is not None]

    def _take_new(self, index: int, envelope: InboundEnvelope) -> None:
        interaction = self._open.get(envelope.thread[0]) if envelope.thread else None
        if interaction is not None and hot_path.continues(envelope, interaction):
            self._plain.append((index, envelope, interaction))
            return
        self._store_plain()
        self._results[index] = result = _receive_one(envelope)
        if isinstance(result, Received):
            self._open.pop(result.interaction, None)  # its row has moved on: later ones of this group read it anew

    def _store_plain(self) -> None:
        if self._plain:
            received = hot_path.append_all([(envelope, interaction) for _, envelope, interaction in self._plain])
            for (index, _, _), result in zip(self._plain, received, strict=True):
                self._results[index] = result
            self._plain = []


def _receive_one(envelope: InboundEnvelope) -> Received | CenterError:
    """Everything that is not plain: opens, reopens, brings files, proves an address."""
    try:
        return _store(envelope)
    except CenterError as error:
        return error
    except IntegrityError:  # another process stored this message, or opened this conversation, at the same moment
        return _again(envelope)


def _again(envelope: InboundEnvelope) -> Received | CenterError:
    """Once more, now that what the other process has committed can be seen."""
    stored = list(hot_path.seen_before([envelope]).values())
    try:
        return stored[0] if stored else _store(envelope)
    except CenterError as error:
        return error


@transaction.atomic
def _store(envelope: InboundEnvelope) -> Received:
    continued = _continued(envelope)
    interaction = continued or _opened(envelope)
    if envelope.quarantine:
        note_event(interaction, "quarantined", at=envelope.received_at, reason=envelope.quarantine)
    files = _append_message(interaction, envelope)
    was_waiting = interaction.waiting_since is not None
    _start_clocks(interaction, envelope, preview=envelope.text or envelope.subject or _names(files))
    tell_row(interaction)
    wake("offers")
    return Received(
        interaction.public_id,
        interaction.seq,
        envelope.received_at,
        opened=continued is None,
        starts_wait=not was_waiting and interaction.waiting_since is not None and interaction.state != State.ASSIGNED,
    )


def _continued(envelope: InboundEnvelope) -> Interaction | None:
    """The interaction that this message goes on with, locked, if there is one: what was proved, else what is open."""
    threaded = _threaded(envelope)
    if threaded is not None and (interaction := _awake(threaded, envelope)) is not None:
        return interaction
    found = open_conversation(envelope.channel, envelope.account, envelope.conversation)
    return _awake(found, envelope) if found is not None else None


def _awake(found: Interaction, envelope: InboundEnvelope) -> Interaction | None:
    """Locked and, if a customer writes, open again; None when it was closed too long ago."""
    interaction = lock(found)
    if interaction.state == State.CLOSED and not _may_reopen(interaction, envelope):
        return None
    _note_sender(interaction.customer, envelope)
    role = Role.SYSTEM if envelope.automatic else Role.CUSTOMER
    if next_state(interaction.state, Command.MESSAGE, role) != interaction.state:
        move(interaction, Command.MESSAGE, role, assigned_to=None, closed_at=None)
        note_event(interaction, "reopened", at=envelope.received_at, by="customer")
    return interaction


def _threaded(envelope: InboundEnvelope) -> Interaction | None:
    """The first interaction that the channel has proved this to continue."""
    found = {row.public_id: row for row in Interaction.objects.filter(public_id__in=envelope.thread)}
    return next((found[name] for name in envelope.thread if name in found), None)


def _may_reopen(interaction: Interaction, envelope: InboundEnvelope) -> bool:
    """Recent, and no other interaction of this conversation has been opened since."""
    closed_at = interaction.closed_at or interaction.last_entry_at
    recent = envelope.received_at - closed_at < CONTINUE_WITHIN
    return recent and open_conversation(interaction.channel, interaction.account, interaction.conversation) is None


def _note_sender(customer: Customer, envelope: InboundEnvelope) -> None:
    """The channel has proved that the customer sent this; what else it brings is noted, and may join histories."""
    for address in envelope.sender:
        if address.proof is Proof.VERIFIED and address.kind != "visitor" and normalise(address.kind, address.value):
            verify_contact_point(customer=customer, kind=address.kind, value=address.value, by="answered_mail")
        else:
            claim_address(customer=customer, address=address)


def _opened(envelope: InboundEnvelope) -> Interaction:
    """A new interaction, in the queue."""
    customer = identify(envelope.sender, name=envelope.sender_name, language=envelope.language)
    team = Team.objects.select_related("calendar").filter(public_id=envelope.team).first() if envelope.team else None
    calendar = BusinessCalendar.objects.filter(public_id=envelope.calendar).first() if envelope.calendar else None
    interaction = Interaction.objects.create(
        channel=envelope.channel,
        account=envelope.account,
        conversation=envelope.conversation,
        customer=customer,
        reply_channel=envelope.channel,
        reply_account=envelope.account,
        reply_to=envelope.answer_to,
        subject=envelope.subject[:300],
        language=(envelope.language or customer.language)[:8],
        priority=-1 if envelope.automatic else 0,
        team=team,
        calendar=calendar,
        quarantined=bool(envelope.quarantine),
        created_at=envelope.received_at,
        last_entry_at=envelope.received_at,
    )
    note_event(interaction, "opened", at=envelope.received_at)
    return interaction


def _append_message(interaction: Interaction, envelope: InboundEnvelope) -> list[Attachment]:
    """The entry with its files, which are returned."""
    uploaded = uploads_of(f"visitor:{envelope.conversation}", envelope.attached)
    files = [*(add_file(keep_file(part)) for part in envelope.files), *uploaded]
    append(
        interaction,
        kind=EntryKind.MESSAGE,
        author=Author.CUSTOMER,
        author_name=envelope.sender_name[:200],
        body=envelope.text,
        html=_harmless(envelope.html),
        at=envelope.received_at,
        attachments=files,
        channel=envelope.channel,
        account=envelope.account,
        external_id=envelope.external_id or None,
        client_id=envelope.client_id,
        automatic=envelope.automatic,
        data=envelope.data,
    )
    return files


def _names(files: list[Attachment]) -> str:
    """What a queue's row shows of a message without words."""
    return ", ".join(file.filename for file in files)


def _harmless(html: str) -> str:
    return html if isinstance(html, CleanHtml) or not html else clean_html(html)


def _without_nul(envelope: InboundEnvelope) -> InboundEnvelope:
    """PostgreSQL can't store NUL; nobody can read it."""
    if "\x00" not in envelope.text + envelope.subject + envelope.sender_name:
        return envelope
    cleaned = (value.replace("\x00", "") for value in (envelope.text, envelope.subject, envelope.sender_name))
    text, subject, sender_name = cleaned
    return replace(envelope, text=text, subject=subject, sender_name=sender_name)


def _start_clocks(interaction: Interaction, envelope: InboundEnvelope, *, preview: str) -> None:
    """The first unanswered message of a person starts the wait; answers go back the way the last message came."""
    words = " ".join(preview[:400].split())[:200]
    fields: dict[str, object] = {"first_words": words} if words else {}
    if not envelope.automatic and interaction.state != State.CLOSED:
        if interaction.waiting_since is None:
            fields["waiting_since"] = envelope.received_at
            wait, open_at = adapter_for(envelope.channel).answer_within, hours(interaction.calendar, interaction.team)
            fields["promised_at"] = promise(wait, open_at, envelope.received_at)
        if envelope.sender:
            fields |= {"reply_channel": envelope.channel, "reply_account": envelope.account}
            fields["reply_to"] = envelope.answer_to
    change(interaction, **fields)
