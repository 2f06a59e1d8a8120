"""A plain chat message of a conversation that is open: one bump and one insert in the group commit, nothing else.

Plain SQL here and only here: building model objects for a group costs more than storing it
(docs/adr/0003-own-live-path.md has the figures). Everything that is not plain goes through `intake`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.db import connection

from interaction_center.access.models import BusinessCalendar, Team
from interaction_center.access.selectors import hours
from interaction_center.adapters import adapter_for
from interaction_center.envelope import InboundEnvelope
from interaction_center.events import EntryAppended, publish_on_commit
from interaction_center.queue.log import tell_rows
from interaction_center.queue.models import Interaction, State
from interaction_center.queue.policy import promise
from interaction_center.queue.wire import hot_entry_wire, moment

INSERT = (
    "INSERT INTO queue_entry (interaction_id, seq, kind, author, author_name, channel, account, external_id, client_id,"
    " automatic, body, html, data, delivery, created_at)"
    " VALUES (%s, %s, 'message', 'customer', %s, %s, %s, %s, %s, %s, %s, '', %s, '', %s)"
)
BUMP = "UPDATE queue_interaction SET seq = %s, last_entry_at = %s, first_words = %s WHERE id = %s"
WAIT = "UPDATE queue_interaction SET waiting_since = %s, promised_at = %s WHERE id = %s"
OPEN = (
    "SELECT i.public_id, i.id, i.channel, i.account, i.conversation, i.reply_channel, i.state, i.seq, i.team_id,"
    " i.calendar_id, i.waiting_since IS NOT NULL, u.public_id"
    " FROM queue_interaction i LEFT JOIN access_user u ON u.id = i.assigned_to_id"
    " WHERE i.public_id IN ({names}) AND i.state <> 'closed' ORDER BY i.id {lock}"
)
# A join, because SQLite reads the whole table for `(a, b, c) IN (VALUES …)`.
SEEN_BEFORE = (
    "WITH k (channel, account, external_id) AS (VALUES {rows})"
    " SELECT e.channel, e.account, e.external_id, e.seq, e.created_at, i.public_id FROM k"
    " JOIN queue_entry e ON e.channel = k.channel AND e.account = k.account AND e.external_id = k.external_id"
    " JOIN queue_interaction i ON i.id = e.interaction_id WHERE e.external_id IS NOT NULL"
)


@dataclass(slots=True)
class OpenChat:
    """What is needed of an open interaction. `seq` moves with the messages that are stored."""

    public_id: str
    pk: int
    channel: str
    account: str
    conversation: str
    reply_channel: str
    state: str
    seq: int
    team_id: int | None
    calendar_id: int | None
    is_waiting: bool
    agent: str | None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: where it is in which log, and whether it had been there before.

    `starts_wait`: nobody holds the interaction, and with this message the customer begins to wait.
    """

    interaction: str
    seq: int
    at: datetime
    duplicate: bool = False
    opened: bool = False
    starts_wait: bool = False


def is_plain(envelope: InboundEnvelope) -> bool:
    """Whether this may take the short way: words only, in a conversation that its channel knows."""
    return bool(envelope.conversation and envelope.thread and envelope.external_id) and not (
        envelope.automatic or envelope.html or envelope.files or envelope.attached or envelope.quarantine
    )


def open_interactions(envelopes: Sequence[InboundEnvelope]) -> dict[str, OpenChat]:
    """The open interactions that plain envelopes continue, locked, by public id: one query for the group."""
    names = list({envelope.thread[0] for envelope in envelopes if is_plain(envelope)})
    if not names:
        return {}
    lock = "FOR NO KEY UPDATE OF i" if connection.features.has_select_for_no_key_update else ""
    with connection.cursor() as cursor:
        cursor.execute(OPEN.format(names=", ".join(["%s"] * len(names)), lock=lock), names)
        return {row[0]: OpenChat(*row) for row in cursor.fetchall()}


def continues(envelope: InboundEnvelope, interaction: Interaction | OpenChat | None) -> bool:
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


def append_all(pairs: Sequence[tuple[InboundEnvelope, OpenChat]]) -> list[Received]:
    """Store a group of plain messages, in order, each with the next number of its interaction."""
    rows, results, starting = [], [], []
    for envelope, chat in pairs:
        chat.seq += 1
        rows.append(_entry_row(envelope, chat))
        starts_wait = not chat.is_waiting and chat.state != State.ASSIGNED
        results.append(Received(chat.public_id, chat.seq, envelope.received_at, starts_wait=starts_wait))
        publish_on_commit(_told(envelope, chat))
        if not chat.is_waiting:
            starting.append((envelope, chat))
            chat.is_waiting = True
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
        cursor.executemany(BUMP, [_bump_row(*last) for last in {chat.pk: (env, chat) for env, chat in pairs}.values()])
    if starting:
        _start_waiting(starting)
    unheld = {chat.pk for _, chat in pairs if chat.state != State.ASSIGNED}
    if unheld:
        tell_rows(list(Interaction.objects.select_related("team", "assigned_to").filter(pk__in=unheld)))
    return results


def _entry_row(envelope: InboundEnvelope, chat: OpenChat) -> tuple[Any, ...]:
    return (
        chat.pk,
        chat.seq,
        envelope.sender_name[:200],
        envelope.channel,
        envelope.account,
        envelope.external_id,
        envelope.client_id,
        False,
        envelope.text,
        json.dumps(envelope.data) if envelope.data else "{}",
        connection.ops.adapt_datetimefield_value(envelope.received_at),
    )


def _bump_row(envelope: InboundEnvelope, chat: OpenChat) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(envelope.received_at)
    return chat.seq, at, " ".join(envelope.text[:400].split())[:200], chat.pk


def _start_waiting(pairs: Sequence[tuple[InboundEnvelope, OpenChat]]) -> None:
    """The first unanswered message starts the wait and its promise; further ones change neither."""
    teams = Team.objects.select_related("calendar").in_bulk({chat.team_id for _, chat in pairs} - {None})
    calendars = BusinessCalendar.objects.in_bulk({chat.calendar_id for _, chat in pairs} - {None})
    adapt = connection.ops.adapt_datetimefield_value
    rows = []
    for envelope, chat in pairs:
        at, open_at = envelope.received_at, hours(calendars.get(chat.calendar_id), teams.get(chat.team_id))
        promised = promise(adapter_for(chat.channel).answer_within, open_at, at)
        rows.append((adapt(at), adapt(promised), chat.pk))
    with connection.cursor() as cursor:
        cursor.executemany(WAIT, rows)


def _as_datetime(value: str | datetime) -> datetime:
    """SQLite gives text or a value without a zone, which is UTC; PostgreSQL an aware value."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told(envelope: InboundEnvelope, chat: OpenChat) -> EntryAppended:
    wire = hot_entry_wire(
        {
            "s": chat.seq,
            "name": envelope.sender_name[:200],
            "at": moment(envelope.received_at),
            "channel": envelope.channel,
            "body": envelope.text,
            "client_id": envelope.client_id,
        },
        chat.public_id,
    )
    return EntryAppended(chat.public_id, chat.seq, wire, wire, chat.agent or "")
