"""Customers: find them, know them, join what is one person, take a wrong join apart."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StringConstraints

from interaction_center.access.models import Permission
from interaction_center.console.fields import Block, Clean, Cursor, Id, Limit, Line, Query
from interaction_center.console.http import actor, doors
from interaction_center.console.schemas import CustomerOut, CustomerPage, CustomerShort, FoundRow, TimelinePage
from interaction_center.customers import services
from interaction_center.customers.models import CustomerMerge, SuspectedMatch
from interaction_center.errors import NotFoundError
from interaction_center.history.search import matching_customers, search_interactions
from interaction_center.history.selectors import (
    customer_by_id,
    customer_wire,
    customers_page,
    hidden_from,
    timeline_page,
)
from interaction_center.history.services import correct_customer
from interaction_center.paging import decode_cursor, encode_cursor

router = Router(tags=["customers"], auth=doors(Permission.WORK_QUEUE))
FOUND_CUSTOMERS = 10


class CustomerChange(Schema):
    """What staff know better."""

    name: Line | None = None
    company: Line | None = None
    note: Block | None = None
    language: Annotated[str, StringConstraints(max_length=8), Clean] | None = None


class MergeIn(Schema):
    """The customer who is the same person."""

    other: Id


class Found(Schema):
    """What a search found; customers come with the first page."""

    interactions: list[FoundRow]
    customers: list[CustomerShort]
    next: str | None


@router.get("/search", response=Found)
def search(request: HttpRequest, q: Query = "", cursor: Cursor = "", limit: Limit = 20) -> dict[str, Any]:
    """Interactions and customers that hold every word of `q`."""
    who = actor(request)
    page = search_interactions(actor=who, text=q, after=decode_cursor("search", cursor), limit=limit)
    customers: list[dict[str, Any]] = []
    if q.strip() and not cursor:
        customers = customers_page(query=matching_customers(q), after=None, limit=FOUND_CUSTOMERS).items
    return {"interactions": page.items, "customers": customers, "next": encode_cursor("search", page.next)}


@router.get("/customers", response=CustomerPage)
def customers(request: HttpRequest, q: Query = "", cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Customers, newest first; with `q` those that hold every word of it."""
    page = customers_page(query=matching_customers(q), after=decode_cursor("customers", cursor), limit=limit)
    return {"items": page.items, "next": encode_cursor("customers", page.next)}


@router.get("/customers/{id}", response=CustomerOut)
def customer(request: HttpRequest, id: Id) -> dict[str, Any]:
    """One customer with everything that was merged into them."""
    return customer_wire(actor(request), customer_by_id(id))


@router.patch("/customers/{id}", response=CustomerOut)
def change_customer(request: HttpRequest, id: Id, change: CustomerChange) -> dict[str, Any]:
    """Correct name, company, language or note."""
    who, found = actor(request), customer_by_id(id)
    values = {name: value for name, value in change.model_dump(exclude_unset=True).items() if value is not None}
    return customer_wire(who, correct_customer(customer=found, **values))


@router.get("/customers/{id}/timeline", response=TimelinePage)
def timeline(request: HttpRequest, id: Id, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """What this customer had with us by all channels, latest first."""
    who, name, customer = actor(request), f"timeline:{id}", customer_by_id(id)
    page = timeline_page(actor=who, customer=customer, after=decode_cursor(name, cursor), limit=limit)
    hidden = hidden_from(who, customer)
    return {"items": page.items, "hidden": hidden, "next": encode_cursor(name, page.next)}


@router.post("/customers/{id}/merge", response=CustomerOut, auth=doors(Permission.MERGE_CUSTOMERS))
def merge(request: HttpRequest, id: Id, merge: MergeIn) -> dict[str, Any]:
    """Show `other` as part of this customer. Can be undone completely."""
    who = actor(request)
    winner, loser = customer_by_id(id), customer_by_id(merge.other)
    services.merge_customers(loser=loser, winner=winner, reason="agent", by=who.user)
    return customer_wire(who, winner)


@router.post("/merges/{id}/undo", response=CustomerOut, auth=doors(Permission.MERGE_CUSTOMERS))
def undo_merge(request: HttpRequest, id: Id) -> dict[str, Any]:
    """The two are separate again, each with what was theirs. Gives back the customer who stays."""
    who = actor(request)
    found = CustomerMerge.objects.select_related("loser", "winner").filter(public_id=id).first()
    if found is None:
        raise NotFoundError("There is no such merge.")
    services.undo_merge(merge=found)
    return customer_wire(who, customer_by_id(found.winner.public_id))


@router.post("/matches/{id}/join", response=CustomerOut, auth=doors(Permission.MERGE_CUSTOMERS))
def join_match(request: HttpRequest, id: Id) -> dict[str, Any]:
    """They are the same person: join the two histories."""
    return _settle(request, id, join=True)


@router.post("/matches/{id}/dismiss", response=CustomerOut, auth=doors(Permission.MERGE_CUSTOMERS))
def dismiss_match(request: HttpRequest, id: Id) -> dict[str, Any]:
    """They are two people; the suspicion is not shown again."""
    return _settle(request, id, join=False)


def _settle(request: HttpRequest, id: str, *, join: bool) -> dict[str, Any]:
    who = actor(request)
    match = SuspectedMatch.objects.select_related("customer", "other").filter(public_id=id).first()
    if match is None:
        raise NotFoundError("There is no such suspicion.")
    services.settle_match(match=match, join=join, by=who.user)
    return customer_wire(who, customer_by_id(match.customer.public_id))
