"""What a channel does with interactions that it has opened itself, by their public ids: a telephone has appointments,
takes its agent whole, and says what it did.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from interaction_center.access.models import User
from interaction_center.bulk import by_key, insert, rows_of, write
from interaction_center.customers.models import Customer
from interaction_center.due_work import wake
from interaction_center.envelope import KeptFile
from interaction_center.errors import NotFoundError
from interaction_center.events import publish_on_commit
from interaction_center.queue import files as files_of_queue
from interaction_center.queue import services as queue
from interaction_center.queue.log import (
    append,
    change,
    lock,
    lock_named,
    note_event,
    tell_row,
    tell_rows,
    told,
    with_people,
)
from interaction_center.queue.models import Attachment, Author, Entry, EntryKind, Interaction, State


def named(name: str) -> Interaction:
    """The interaction with this public id. NotFoundError."""
    found = with_people(rows_of(Interaction, "public_id", [name]))
    if not found:
        raise NotFoundError("There is no such interaction.")
    return found[0]


@dataclass(frozen=True, slots=True)
class About:
    """What a telephone says of an interaction: why, the name of its customer ("" for none), and who holds it (public
    id) with their language ("" for nobody)."""

    subject: str
    first_words: str
    customer: str
    agent: str
    agent_language: str


def about(name: str) -> About:
    """NotFoundError."""
    row = named(name)
    customer = by_key(Customer, [row.customer_id])[row.customer_id]
    agent, language = (row.assigned_to.public_id, row.assigned_to.language) if row.assigned_to else ("", "")
    return About(row.subject, row.first_words, customer.name, agent, language)


def standing(names: Sequence[str]) -> dict[str, tuple[str, User | None]]:
    """Public id -> its state, and who holds it: one query."""
    found = Interaction.objects.filter(public_id__in=names).select_related("assigned_to")
    return {row.public_id: (row.state, row.assigned_to) for row in found}


def states_of(names: Collection[str]) -> dict[str, str]:
    """Public id -> its state: one query."""
    return dict(Interaction.objects.filter(public_id__in=names).values_list("public_id", "state"))


def held(channel: str) -> dict[str, User]:
    """What somebody holds of this channel just now: public id -> who. One query, as many as agents have places."""
    found = Interaction.objects.filter(state=State.ASSIGNED, channel=channel).select_related("assigned_to")
    return {row.public_id: row.assigned_to for row in found if row.assigned_to is not None}


@transaction.atomic
def appoint(
    name: str, *, not_before: datetime | None, promised_at: datetime | None, routed_by_channel: bool = False
) -> None:
    """From when agents are asked (None: at once), and what the customer was promised."""
    locked = lock(named(name))
    change(locked, not_before=not_before, promised_at=promised_at, routed_by_channel=routed_by_channel)
    tell_row(locked)
    wake("offers")


@transaction.atomic
def set_exclusive(name: str, *, exclusive: bool) -> None:
    """Whether whoever holds it is asked something else meanwhile."""
    change(lock(named(name)), exclusive=exclusive)
    wake("offers")


@transaction.atomic
def note(name: str, event: str, *, user: User | None = None, at: datetime | None = None, **facts: Any) -> None:
    """A line of the log: what the channel did. `facts` are JSON values."""
    locked = lock(named(name))
    note_event(locked, event, user=user, at=at, **facts)
    tell_row(locked)


@transaction.atomic
def note_all(events: Mapping[str, Mapping[str, Any]]) -> None:
    """One line in the log of each of these interactions: four statements for all. Keys of the facts as in an event."""
    locked = lock_named(events)
    note_events({row: events[row.public_id] for row in locked})
    tell_rows(locked)


@transaction.atomic
def add_file(name: str, kept: KeptFile, *, body: str, event: str, **facts: Any) -> int:
    """A file for staff alone: a note of the log with it, and what it is; the number of the note."""
    locked = lock(named(name))
    note_event(locked, event, **facts)
    files = [files_of_queue.add_file(kept)]
    entry = append(locked, kind=EntryKind.NOTE, author=Author.SYSTEM, body=body, attachments=files)
    tell_row(locked)
    return entry.seq


@transaction.atomic
def remove_files(name: str, seq: int, *, body: str, event: str) -> None:
    """The files of this entry go, the bytes with the orphans, and `body` is all that it still says; the log says so."""
    locked = lock(named(name))
    Entry.objects.filter(interaction=locked, seq=seq).update(body=body)
    Attachment.objects.filter(entry__interaction=locked, entry__seq=seq).update(entry=None, owner="")
    note_event(locked, event)
    tell_row(locked)


@transaction.atomic
def put_back(name: str, *, not_before: datetime | None = None) -> None:
    """Nobody holds it any more; agents are asked again from `not_before` on. Nothing when nobody held it."""
    locked = lock(named(name))
    if locked.state == State.ASSIGNED:
        locked = queue.release(interaction=locked, user=None)
    if locked.state != State.CLOSED:
        change(locked, not_before=not_before)


def note_events(events: Mapping[Interaction, Mapping[str, Any]]) -> None:
    """One event for each of these locked interactions: two statements for all. Keys of the facts as in `note_event`."""
    now = timezone.now()
    entries = [_event(interaction, facts, now) for interaction, facts in events.items()]
    write((row, {"seq": row.seq, "last_entry_at": now}) for row in events)
    insert(entries)
    for entry in entries:
        publish_on_commit(told(entry, ()))


def _event(interaction: Interaction, facts: Mapping[str, Any], now: datetime) -> Entry:
    interaction.seq += 1
    interaction.last_entry_at = now
    return Entry(
        interaction=interaction,
        seq=interaction.seq,
        kind=EntryKind.EVENT,
        author=Author.SYSTEM,
        channel=interaction.channel,
        account=interaction.account,
        data=dict(facts),
        created_at=now,
    )
