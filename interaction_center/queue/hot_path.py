"""A plain chat message of a conversation that is open: one bump and one insert in the group commit, nothing else.

Plain SQL here and only here: building model objects for a group costs more than storing it
(docs/adr/0003-own-live-path.md has the figures). Everything that is not plain goes through `intake`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from django.db import connection

from interaction_center.access.selectors import calendar_for
from interaction_center.adapters import adapter_for
from interaction_center.envelope import InboundEnvelope
from interaction_center.events import EntryAppended, publish_on_commit
from interaction_center.queue.log import tell_row
from interaction_center.queue.models import Interaction, State
from interaction_center.queue.policy import promise
from interaction_center.queue.wire import hot_entry_wire, moment

INSERT = (
    "INSERT INTO queue_entry (interaction_id, seq, kind, author, author_name, channel, account, external_id, client_id,"
    " automatic, body, html, data, delivery, created_at)"
    " VALUES (%s, %s, 'message', 'customer', %s, %s, %s, %s, %s, %s, %s, '', %s, '', %s)"
)
BUMP = (
    "UPDATE queue_interaction SET seq = %s, last_entry_at = %s, first_words = %s,"
    " waiting_since = %s, promised_at = %s WHERE id = %s"
)
# A join, because SQLite reads the whole table for `(a, b, c) IN (VALUES …)`.
SEEN_BEFORE = (
    "WITH k (channel, account, external_id) AS (VALUES {rows})"
    " SELECT e.channel, e.account, e.external_id, e.seq, e.created_at, i.public_id FROM k"
    " JOIN queue_entry e ON e.channel = k.channel AND e.account = k.account AND e.external_id = k.external_id"
    " JOIN queue_interaction i ON i.id = e.interaction_id WHERE e.external_id IS NOT NULL"
)


NEEDED = (
    *("public_id", "channel", "account", "conversation", "reply_channel", "state", "seq", "waiting_since"),
    *("promised_at", "team__public_id", "team__calendar", "assigned_to__public_id"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: where it is in which log, and whether it had been there before."""

    interaction: str
    seq: int
    at: datetime
    duplicate: bool = False
    opened: bool = False


def is_plain(envelope: InboundEnvelope) -> bool:
    """Whether this may take the short way: words only, in a conversation that its channel knows."""
    return bool(envelope.conversation and envelope.thread and envelope.external_id) and not (
        envelope.automatic or envelope.html or envelope.files or envelope.attached or envelope.quarantine
    )


def open_interactions(envelopes: Sequence[InboundEnvelope]) -> dict[str, Interaction]:
    """The open interactions that plain envelopes continue, locked, by public id: one query for the group."""
    names = {envelope.thread[0] for envelope in envelopes if is_plain(envelope)}
    if not names:
        return {}
    found = (
        Interaction.objects.select_for_update(of=("self",))
        .select_related("assigned_to", "team__calendar")
        .only(*NEEDED)
        .filter(public_id__in=names)
        .exclude(state=State.CLOSED)
        .order_by("pk")
    )
    return {interaction.public_id: interaction for interaction in found}


def continues(envelope: InboundEnvelope, interaction: Interaction | None) -> bool:
    """Whether it belongs to this interaction by the channel's own key, and answers would go back the same way."""
    return (
        interaction is not None
        and is_plain(envelope)
        and interaction.conversation == envelope.conversation
        and interaction.channel == envelope.channel == interaction.reply_channel
        and interaction.account == envelope.account
    )


def seen_before(envelopes: Sequence[InboundEnvelope]) -> dict[tuple[str, str, str], Received]:
    """Which of these are stored already, by (channel, account, external id): one query for the group."""
    keys = [(envelope.channel, envelope.account, envelope.external_id) for envelope in envelopes]
    if not keys:
        return {}
    sql = SEEN_BEFORE.format(rows=", ".join(["(%s, %s, %s)"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(sql, list(chain.from_iterable(keys)))
        found = cursor.fetchall()
    return {
        (channel, account, external): Received(name, seq, _as_datetime(at), duplicate=True)
        for channel, account, external, seq, at, name in found
    }


def append_all(pairs: Sequence[tuple[InboundEnvelope, Interaction]]) -> list[Received]:
    """Store a group of plain messages, in order, each with the next number of its interaction."""
    adapt = connection.ops.adapt_datetimefield_value
    results, rows = [], []
    for envelope, interaction in pairs:
        interaction.seq += 1
        _start_waiting(interaction, envelope)
        rows.append(
            (
                interaction.pk,
                interaction.seq,
                envelope.sender_name[:200],
                envelope.channel,
                envelope.account,
                envelope.external_id,
                envelope.client_id,
                False,
                envelope.text,
                json.dumps(envelope.data) if envelope.data else "{}",
                adapt(envelope.received_at),
            )
        )
        results.append(Received(interaction.public_id, interaction.seq, envelope.received_at))
        publish_on_commit(_told(envelope, interaction))
    changed = {interaction.pk: interaction for _, interaction in pairs}.values()
    bumps = [
        (i.seq, adapt(i.last_entry_at), i.first_words, adapt(i.waiting_since), adapt(i.promised_at), i.pk)
        for i in changed
    ]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
        cursor.executemany(BUMP, bumps)
    for interaction in changed:
        if interaction.state != State.ASSIGNED:
            tell_row(interaction)
    return results


def _start_waiting(interaction: Interaction, envelope: InboundEnvelope) -> None:
    """The first unanswered message starts the wait and its promise; further ones change neither."""
    interaction.last_entry_at = envelope.received_at
    interaction.first_words = " ".join(envelope.text[:400].split())[:200]
    if interaction.waiting_since is None:
        interaction.waiting_since = envelope.received_at
        interaction.promised_at = promise(
            adapter_for(interaction.channel).answer_within, calendar_for(interaction.team), envelope.received_at
        )


def _as_datetime(value: str | datetime) -> datetime:
    """SQLite gives text or a value without a zone, which is UTC; PostgreSQL an aware value."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told(envelope: InboundEnvelope, interaction: Interaction) -> EntryAppended:
    wire = hot_entry_wire(
        {
            "s": interaction.seq,
            "name": envelope.sender_name[:200],
            "at": moment(envelope.received_at),
            "channel": envelope.channel,
            "body": envelope.text,
            "client_id": envelope.client_id,
        },
        interaction.public_id,
    )
    agent = interaction.assigned_to
    return EntryAppended(interaction.public_id, interaction.seq, wire, wire, agent.public_id if agent else "")
