"""Interactions and entries as programs see them: one shape for HTTP and sockets."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from interaction_center.access.visitor_tokens import sign_file
from interaction_center.queue.files import is_inline
from interaction_center.queue.html import has_remote_images
from interaction_center.queue.models import Attachment, Author, Entry, EntryKind, Interaction

# What a customer may see of the events of a log: none of what happens among staff.
CUSTOMER_EVENTS = frozenset({"opened", "assigned", "released", "transferred", "closed", "reopened", "promised"})


# Characters. A mail may have a million, and a frame of that size makes every reader a slow one.
BODY_SHOWN = 64 * 1024
MAX_ANSWER = 100_000  # what staff may write: a customer, who can't ask for more, gets all of it
WARNINGS = ("reply_to_differs", "guest", "references_other")  # facts of an entry that are odd about its sender


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def entry_wire(
    entry: Entry, *, files: Iterable[Attachment] | None = None, error: str = "", whole: bool = False
) -> dict[str, Any]:
    """An entry for staff. Reads `interaction` and `attachments`: prefetch both for more than one.

    A long body is cut, and one without what it quotes is kept beside its full text, unless the `whole` one is asked
    for; `more` says so.
    """
    attachments = entry.attachments.all() if files is None else files
    full_text = entry.data.get("full_text") or entry.body
    return {
        "id": entry.public_id,
        "s": entry.seq,
        "kind": entry.kind,
        "from": entry.author,
        "name": entry.author_name,
        "user": entry.user.public_id if entry.user else None,
        "at": moment(entry.created_at),
        "channel": entry.channel,
        "body": full_text if whole else entry.body[:BODY_SHOWN],
        "more": not whole and (len(entry.body) > BODY_SHOWN or full_text != entry.body),
        "html": bool(entry.html),
        "remote_images": has_remote_images(entry.html),
        "client_id": entry.client_id,
        "automatic": entry.automatic,
        "delivery": entry.delivery,
        "error": error,
        "to": entry.data.get("to", "") if entry.author != Author.CUSTOMER else "",
        "subject": entry.data.get("subject", ""),
        "raw": bool(entry.data.get("raw")),
        "warnings": _warnings(entry),
        "files": [_file_wire(file, f"/api/attachments/{file.public_id}") for file in attachments],
        "event": entry.data if entry.kind == EntryKind.EVENT else None,
    }


def _warnings(entry: Entry) -> list[dict[str, str]]:
    """By name, with the address that each is about: where answers go, else who it says it comes from."""
    found = (name for name in WARNINGS if entry.data.get(name))
    addresses = {"reply_to_differs": entry.data.get("reply_to", "")}
    return [{"name": name, "address": addresses.get(name, entry.data.get("from", ""))} for name in found]


def customer_entry_wire(entry: Entry, *, files: Iterable[Attachment] | None = None) -> dict[str, Any]:
    """What the customer may see where the interaction began: messages of that channel, some events; of all else only
    that a number was used.

    What went another way (a mail that answers ours) is for who holds that address: a visitor need only have typed it.
    """
    if entry.kind == EntryKind.NOTE or (
        entry.kind == EntryKind.EVENT and entry.data.get("name") not in CUSTOMER_EVENTS
    ):
        return {"s": entry.seq, "kind": "skip"}
    if entry.kind == EntryKind.MESSAGE and entry.channel != entry.interaction.channel:
        elsewhere = {"name": "elsewhere", "channel": entry.channel}
        return {"s": entry.seq, "kind": "event", "at": moment(entry.created_at), "event": elsewhere}
    attachments = entry.attachments.all() if files is None else files
    event = {key: entry.data[key] for key in ("name", "by", "to", "promise") if key in entry.data}
    return {
        "s": entry.seq,
        "kind": entry.kind,
        "from": entry.author,
        "name": entry.author_name,
        "at": moment(entry.created_at),
        "channel": entry.channel,
        "body": entry.body[:MAX_ANSWER],
        "client_id": entry.client_id,
        "delivery": entry.delivery,
        "files": [
            _file_wire(file, f"/chat/files/{file.public_id}?s={sign_file(file.public_id)}") for file in attachments
        ],
        "event": event if entry.kind == EntryKind.EVENT else None,
    }


def hot_entry_wire(row: dict[str, Any], interaction: str) -> dict[str, Any]:
    """The same two shapes for a plain customer message on the hot path, which has no Entry object."""
    return {
        "id": f"{interaction}-{row['s']}",
        "s": row["s"],
        "kind": "message",
        "from": "customer",
        "name": row["name"],
        "user": None,
        "at": row["at"],
        "channel": row["channel"],
        "body": row["body"],
        "more": False,
        "html": False,
        "remote_images": False,
        "client_id": row["client_id"],
        "automatic": False,
        "delivery": "",
        "error": "",
        "to": "",
        "subject": "",
        "raw": False,
        "warnings": [],
        "files": [],
        "event": None,
    }


def row_wire(interaction: Interaction) -> dict[str, Any]:
    """A row of the queue. Reads assigned_to and team; expects the facts of `selectors.rows` or `rows_in_hand`."""
    agent, team = interaction.assigned_to, interaction.team
    return {
        "id": interaction.public_id,
        "channel": interaction.channel,
        "account": interaction.account,
        "subject": interaction.subject,
        "first_words": interaction.first_words,
        "state": interaction.state,
        "customer": {
            "id": _fact(interaction, "customer_root"),
            "name": _fact(interaction, "customer_name") or _fact(interaction, "customer_address") or "",
            "verified": bool(_fact(interaction, "customer_verified")),
        },
        "assigned_to": {"id": agent.public_id, "name": str(agent)} if agent else None,
        "team": {"id": team.public_id, "name": team.name} if team else None,
        "priority": interaction.priority,
        "s": interaction.seq,
        "unread": _fact(interaction, "unread"),
        "created_at": moment(interaction.created_at),
        "waiting_since": moment(interaction.waiting_since),
        "promised_at": moment(interaction.promised_at),
        "not_before": moment(interaction.not_before),
        "last_entry_at": moment(interaction.last_entry_at),
        "closed_at": moment(interaction.closed_at),
        "language": interaction.language,
        "quarantined": interaction.quarantined,
        "version": interaction.version,
        "last_from": _fact(interaction, "last_author") or "system",
    }


def _fact(interaction: Interaction, name: str) -> Any:
    """An annotation, which the type of the model doesn't know."""
    return getattr(interaction, name)


def visitor_state_wire(interaction: Interaction) -> dict[str, Any]:
    """What a visitor may know about their own interaction."""
    agent = interaction.assigned_to
    return {
        "state": interaction.state,
        "agent": str(agent) if agent else None,
        "promise": moment(interaction.promised_at),
        "customer_seen": interaction.customer_seen,
        "staff_seen": interaction.staff_seen,
    }


def _file_wire(file: Attachment, url: str) -> dict[str, Any]:
    return {
        "id": file.public_id,
        "name": file.filename,
        "type": file.content_type,
        "size": file.size,
        "url": url,
        "inline": is_inline(file.content_type) and file.content_type != "application/pdf",
    }
