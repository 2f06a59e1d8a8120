"""The queue and one interaction: what is there to do, what was said, and what may I do with it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from interaction_center.access.doors import Actor
from interaction_center.access.models import Permission
from interaction_center.console.fields import Cursor, EntryId, Id, Limit, MessageBody, Sequence
from interaction_center.console.http import actor, doors
from interaction_center.console.schemas import CustomerOut, EntryOut, EntryPage, Ok, QueuePage, Row
from interaction_center.console.selectors import interaction_detail, visible_interaction
from interaction_center.console.suggesting import note_inserted, suggestions_for
from interaction_center.customers.selectors import root_of
from interaction_center.history.selectors import customer_wire
from interaction_center.paging import decode_cursor, encode_cursor
from interaction_center.queue import selectors as queue
from interaction_center.queue import services
from interaction_center.queue.models import Interaction

router = Router(tags=["queue"], auth=doors(Permission.WORK_QUEUE))
ORDER = "promise"  # priority first, then the promise that ends soonest


class ReplyRoute(Schema):
    """Where an answer goes. `instead_of`: where the customer's last message says it comes from, if elsewhere."""

    channel: str
    to: str
    sender: str = Field(alias="from")
    subject: str
    instead_of: str


class DraftOut(Schema):
    """What I typed here and have not sent."""

    kind: str
    body: str
    updated_at: str


class OfferOut(Schema):
    """The live offer of this interaction; `mine` when it waits for me."""

    id: str
    expires_at: str
    mine: bool


class Detail(Schema):
    """One interaction beside its log. `may` says which commands would be accepted now."""

    row: Row
    customer: CustomerOut
    reply: ReplyRoute | None
    drafts: list[DraftOut]
    may: dict[str, bool]
    offer: OfferOut | None


class DraftIn(Schema):
    """A draft; an empty body removes it."""

    kind: Literal["message", "note"]
    body: MessageBody


class SeenIn(Schema):
    """I have seen everything up to this sequence number."""

    s: Sequence


class Suggestions(Schema):
    """Answers from the knowledge base, best first, and the text that was asked with."""

    items: list[dict[str, Any]]
    query: str


@router.get("/queue", response=QueuePage)
def queue_page(
    request: HttpRequest,
    view: Literal["open", "mine", "waiting", "closed"] = "open",
    team: Annotated[str, Query(max_length=32, pattern="^[0-9a-z]*$")] = "",
    channel: Annotated[str, Query(max_length=32, pattern="^[0-9a-z_]*$")] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """One page of the queue, by priority, then by the promise that ends soonest; closed ones by latest activity."""
    who = actor(request)
    everything = who.sees_everything
    after = decode_cursor(view, cursor)
    page = queue.queue_page(view, who.user, everything=everything, team=team, channel=channel, after=after, limit=limit)
    counts = queue.queue_counts(who.user, everything=everything)
    return {"items": page.items, "next": encode_cursor(view, page.next), "order": ORDER, "counts": counts}


@router.get("/interactions/{id}", response=Detail, by_alias=True)
def interaction(request: HttpRequest, id: Id) -> dict[str, Any]:
    """One interaction beside its log: customer, drafts, what I may do."""
    who, found = _found(request, id)
    return interaction_detail(who, found, customer_wire(who, root_of(found.customer)))


@router.get("/interactions/{id}/entries", response=EntryPage, by_alias=True)
def entries(
    request: HttpRequest, id: Id, before: Sequence | None = None, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    """The log in ascending order: the last entries, or those before a sequence number or a cursor."""
    _who, found = _found(request, id)
    key = decode_cursor(f"entries:{id}", cursor)
    page = queue.entries_page(found, before=key[0] if key else before, limit=limit)
    return {"items": page.items, "next": encode_cursor(f"entries:{id}", page.next)}


@router.get("/entries/{id}", response=EntryOut, by_alias=True)
def entry(request: HttpRequest, id: EntryId) -> dict[str, Any]:
    """One line of a log with its whole text."""
    found = queue.entry_by_id(id)
    visible_interaction(actor(request), found.interaction.public_id)
    return queue.whole_entry(found)


@router.put("/interactions/{id}/draft", response=Ok)
def draft(request: HttpRequest, id: Id, draft: DraftIn) -> dict[str, Any]:
    """Keep what I have typed."""
    who, found = _found(request, id)
    services.save_draft(interaction=found, user=who.person, kind=draft.kind, body=draft.body)
    return {"ok": True}


@router.post("/interactions/{id}/seen", response=Ok)
def seen(request: HttpRequest, id: Id, seen: SeenIn) -> dict[str, Any]:
    """The staff has seen everything up to `s`; this never goes back."""
    who, found = _found(request, id)
    who.must_be_a_person()
    services.mark_seen(interaction=found, by="staff", seq=seen.s)
    return {"ok": True}


@router.get("/interactions/{id}/suggestions", response=Suggestions)
def suggestions(request: HttpRequest, id: Id) -> dict[str, Any]:
    """What the knowledge base says to the customer's last messages."""
    who, found = _found(request, id)
    text, hits = suggestions_for(found, who)
    return {"items": [hit.wire() for hit in hits], "query": text}


@router.post("/interactions/{id}/suggestions/{suggestion}/inserted", response=Ok)
def suggestion_inserted(request: HttpRequest, id: Id, suggestion: Id) -> dict[str, Any]:
    """An agent has put this answer into a reply: counted once per interaction; its question ranks it next time."""
    who, found = _found(request, id)
    note_inserted(interaction=found, suggestion=suggestion, actor=who)
    return {"ok": True}


def _found(request: HttpRequest, id: str) -> tuple[Actor, Interaction]:
    who = actor(request)
    return who, visible_interaction(who, id)
