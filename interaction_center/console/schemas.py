"""What the API gives back, as types: they check what leaves and are the OpenAPI document."""

from typing import Any, Generic, TypeVar

from ninja import Schema
from pydantic import Field


class Named(Schema):
    """Something by its public id and its name."""

    id: str
    name: str


class RowCustomer(Named):
    """The customer of a queue row."""

    verified: bool


class Row(Schema):
    """One interaction as a row of the queue."""

    id: str
    channel: str
    account: str
    subject: str
    first_words: str
    state: str
    customer: RowCustomer
    assigned_to: Named | None
    team: Named | None
    priority: int
    s: int
    unread: int
    created_at: str
    waiting_since: str | None
    promised_at: str | None
    not_before: str | None
    last_entry_at: str
    closed_at: str | None
    language: str
    quarantined: bool
    version: int
    last_from: str


class FoundRow(Row):
    """A row with the words that were found."""

    snippet: str


class EntryFile(Schema):
    """A file of an entry."""

    id: str
    name: str
    type: str
    size: int
    url: str
    inline: bool


class EntryWarning(Schema):
    """What is odd about who sent it: reply_to_differs, guest or references_other, and the address that it is about."""

    name: str
    address: str


class EntryOut(Schema):
    """One line of a log. `from` is customer, agent or system; with `more`, the body goes on in `/entries/{id}`."""

    id: str
    s: int
    kind: str
    author: str = Field(alias="from")
    name: str
    user: str | None
    at: str
    channel: str
    body: str
    more: bool
    html: bool
    remote_images: bool
    client_id: str | None
    automatic: bool
    delivery: str
    error: str
    to: str
    subject: str
    raw: bool
    warnings: list[EntryWarning]
    files: list[EntryFile]
    event: dict[str, Any] | None


class EntryPage(Schema):
    """Part of a log, ascending; `next` leads to older entries."""

    items: list[EntryOut]
    next: str | None


class ContactPointOut(Schema):
    """An address and how well it is known to be theirs: typed, received or verified."""

    kind: str
    value: str
    proof: str


class MatchOut(Schema):
    """Somebody else holds an address that this customer claims."""

    id: str
    other: Named
    kind: str
    value: str
    state: str


class MergeOut(Schema):
    """A customer who was joined with this one."""

    merge: str
    id: str
    name: str
    at: str


class Totals(Schema):
    """How many interactions are open, and how many there were in all."""

    open: int
    total: int


class CustomerShort(Schema):
    """A customer in a list."""

    id: str
    name: str
    company: str
    verified: bool
    contact_points: list[ContactPointOut]
    since: str


class CustomerOut(CustomerShort):
    """A customer with everything that was merged into them."""

    language: str
    note: str
    matches: list[MatchOut]
    merged: list[MergeOut]
    interactions: Totals


class RowPage(Schema):
    """One page of rows."""

    items: list[Row]
    next: str | None


class Counts(Schema):
    """Sizes of the views of the queue."""

    open: int
    mine: int
    waiting: int


class QueuePage(RowPage):
    """The queue. `order` names its rule: priority, then the promise nearest to its end."""

    order: str
    counts: Counts


class CustomerPage(Schema):
    """One page of customers."""

    items: list[CustomerShort]
    next: str | None


class TimelineItem(Schema):
    """One interaction in a customer's history, and how many messages it has."""

    interaction: Row
    messages: int


class TimelinePage(Schema):
    """One page of a history, latest first. `hidden`: how many more are with teams the reader does not see."""

    items: list[TimelineItem]
    hidden: int
    next: str | None


Item = TypeVar("Item")


class Items(Schema, Generic[Item]):
    """One page of a list; `next` leads to the page after."""

    items: list[Item]
    next: str | None


class Ok(Schema):
    """Done."""

    ok: bool = True
