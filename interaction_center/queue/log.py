"""The log of an interaction: locked, appended to with the next number, told after the commit.

Everything that writes to an interaction goes through here or through `hot_path`, inside a transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from interaction_center.access.models import Team, User
from interaction_center.adapters import adapter_for
from interaction_center.bulk import by_key, lock_rows
from interaction_center.due_work import wake
from interaction_center.errors import NotFoundError
from interaction_center.events import EntryAppended, RowChanged, publish_on_commit
from interaction_center.queue.models import Attachment, Author, Entry, EntryKind, Interaction
from interaction_center.queue.policy import Command, Role, next_state
from interaction_center.queue.selectors import rows_in_hand
from interaction_center.queue.wire import customer_entry_wire, entry_wire


def lock(interaction: Interaction | int) -> Interaction:
    """The interaction as it is now; nobody else changes it before the transaction ends."""
    key = interaction if isinstance(interaction, int) else interaction.pk
    found = with_people(lock_rows(Interaction, "id", [key]))
    if not found:
        raise NotFoundError("There is no such interaction.")
    return found[0]


def lock_named(names: Collection[str]) -> list[Interaction]:
    """The same for those with these public ids, in the order in which everybody locks them."""
    return with_people(lock_rows(Interaction, "public_id", names))


def with_people(interactions: list[Interaction]) -> list[Interaction]:
    """Gives each its team and its agent, whom every row shows, read once for all."""
    agents = by_key(User, {row.assigned_to_id for row in interactions if row.assigned_to_id})
    teams = by_key(Team, {row.team_id for row in interactions if row.team_id})
    for row in interactions:
        row.assigned_to = agents[row.assigned_to_id] if row.assigned_to_id else None
        row.team = teams[row.team_id] if row.team_id else None
    return interactions


def move(interaction: Interaction, command: Command, role: Role, **fields: Any) -> None:
    """Change the state of a locked interaction as the table says, and further `fields` with it."""
    fields["state"] = next_state(interaction.state, command, role)
    fields["version"] = interaction.version + 1
    change(interaction, **fields)
    if slug := adapter_for(interaction.channel).moved_wakes:
        wake(slug)


def change(interaction: Interaction, **fields: Any) -> None:
    """Write these columns of a locked interaction, here and in the database."""
    for name, value in fields.items():
        setattr(interaction, name, value)
    Interaction.objects.filter(pk=interaction.pk).update(**fields)


def append(
    interaction: Interaction,
    *,
    kind: str,
    author: str,
    body: str = "",
    user: User | None = None,
    author_name: str = "",
    at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    **fields: Any,
) -> Entry:
    """Add one entry to a locked interaction with the next number, and tell it after the commit."""
    at = at or timezone.now()
    interaction.seq += 1
    interaction.last_entry_at = at
    Interaction.objects.filter(pk=interaction.pk).update(seq=F("seq") + 1, last_entry_at=at)
    entry = Entry(
        interaction=interaction,
        seq=interaction.seq,
        kind=kind,
        author=author,
        user=user,
        author_name=author_name or (str(user) if user else ""),
        body=body,
        created_at=at,
        **{"channel": interaction.channel, "account": interaction.account} | fields,
    )
    entry.save(force_insert=True)
    if attachments:
        Attachment.objects.filter(pk__in=[file.pk for file in attachments]).update(entry=entry)
    publish_on_commit(told(entry, attachments))
    return entry


def note_event(
    interaction: Interaction, name: str, *, user: User | None = None, at: datetime | None = None, **facts: Any
) -> Entry:
    """Add an event (what happened to the interaction, not what was said). `facts` are JSON values."""
    data = {"name": name, **({"by": str(user)} if user else {}), **facts}
    author = Author.AGENT if user else Author.SYSTEM
    return append(interaction, kind=EntryKind.EVENT, author=author, user=user, at=at, data=data)


def told(entry: Entry, attachments: Sequence[Attachment]) -> EntryAppended:
    """The event that tells the live readers of a new entry."""
    agent = entry.interaction.assigned_to
    return EntryAppended(
        interaction=entry.interaction.public_id,
        seq=entry.seq,
        entry=entry_wire(entry, files=attachments),
        customer_entry=customer_entry_wire(entry, files=attachments),
        agent=agent.public_id if agent else "",
    )


def tell_row(interaction: Interaction, *, also_team: str | None = None, also_agent: User | None = None) -> None:
    """Tell everybody who watches the queue how the row looks now; `also_…` watched it before the change."""
    _publish_row(interaction, rows_in_hand([interaction])[0], also_team, also_agent)


def tell_rows(interactions: Sequence[Interaction]) -> None:
    """The same for a group that stays where it is: one query for all."""
    for interaction, row in zip(interactions, rows_in_hand(interactions), strict=True):
        _publish_row(interaction, row, None, None)


def _publish_row(interaction: Interaction, row: dict[str, Any], also_team: str | None, also_agent: User | None) -> None:
    team = interaction.team.public_id if interaction.team else ""
    agents = {user.public_id for user in (interaction.assigned_to, also_agent) if user}
    teams = (team,) if also_team is None or also_team == team else (team, also_team)
    publish_on_commit(RowChanged(interaction.public_id, row, teams, tuple(agents)))
