"""Customer 360: everything we know of one person, over all customers that were merged into them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from interaction_center.access.doors import Actor
from interaction_center.customers.models import ContactKind, ContactPoint, Customer, CustomerMerge, SuspectedMatch
from interaction_center.customers.selectors import families, family_ids, is_verified, name_of, root_of
from interaction_center.envelope import Proof
from interaction_center.errors import NotFoundError
from interaction_center.queue.models import Entry, EntryKind, Interaction, State
from interaction_center.queue.selectors import Page, rows, visible_to
from interaction_center.queue.wire import moment, row_wire

ADDRESS_KINDS = (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.DEVICE)


def customer_by_id(public_id: str) -> Customer:
    """The customer with this id, or the one it was merged into. NotFoundError."""
    found = Customer.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError("There is no such customer.")
    return root_of(found)


def customer_wire(actor: Actor, customer: Customer) -> dict[str, Any]:
    """One customer with all that was merged into them: who they are, how we know, what they had with us."""
    family = family_ids(customer)
    seen = _visible(actor).filter(customer__in=family)
    return customer_short(customer, name_of(family), _points_of(family), is_verified(family)) | {
        "language": customer.language,
        "note": customer.note,
        "matches": [_match_wire(match, family) for match in open_matches(family)],
        "merged": [_merge_wire(merge) for merge in merges_into(family)],
        "interactions": seen.aggregate(
            open=Count("pk", filter=~Q(state=State.CLOSED), distinct=True), total=Count("pk", distinct=True)
        ),
    }


def customer_short(customer: Customer, name: str, points: Sequence[ContactPoint], verified: bool) -> dict[str, Any]:
    """A customer in a list: by name, else by the best known address."""
    return {
        "id": customer.public_id,
        "name": name or next((point.value for point in points), ""),
        "company": customer.company,
        "verified": verified,
        "contact_points": [{"kind": p.kind, "value": p.value, "proof": p.proof} for p in points],
        "since": moment(customer.created_at),
    }


def customers_page(*, query: QuerySet[Customer], after: Sequence[Any] | None, limit: int) -> Page:
    """Customers that stand for themselves (nobody who was merged away), newest first."""
    chosen = query.filter(merged_into=None).order_by("-pk")
    if after is not None:
        chosen = chosen.filter(pk__lt=after[0])
    found = list(chosen[: limit + 1])
    members = families([customer.pk for customer in found[:limit]])
    items = [_listed(customer, members[customer.pk]) for customer in found[:limit]]
    return Page(items, (found[limit - 1].pk,) if len(found) > limit else None)


def timeline_page(*, actor: Actor, customer: Customer, after: Sequence[Any] | None, limit: int) -> Page:
    """The interactions of the whole family that this actor may see, latest first, with their numbers of messages."""
    counted = Entry.objects.filter(interaction=OuterRef("pk"), kind=EntryKind.MESSAGE).order_by()
    messages = Subquery(counted.values("interaction").annotate(n=Count("*")).values("n"), output_field=IntegerField())
    chosen = rows(_visible(actor).filter(customer__in=family_ids(customer))).annotate(messages=Coalesce(messages, 0))
    if after is not None:
        chosen = chosen.filter(pk__lt=after[0])
    found = list(chosen.order_by("-pk")[: limit + 1])
    items = [{"interaction": row_wire(row), "messages": row.messages} for row in found[:limit]]
    return Page(items, (found[limit - 1].pk,) if len(found) > limit else None)


def hidden_from(actor: Actor, customer: Customer) -> int:
    """How many interactions of the family another team has, which this actor may not see: that they are, not what."""
    everything = Interaction.objects.filter(customer__in=family_ids(customer))
    return everything.exclude(pk__in=_visible(actor).values("pk")).count()


def open_matches(family: Iterable[int]) -> QuerySet[SuspectedMatch]:
    """Suspicions that this customer is somebody else, from either side, not yet decided."""
    ids = list(family)
    either = Q(customer__in=ids) | Q(other__in=ids)
    open_ones = SuspectedMatch.objects.filter(either, state=SuspectedMatch.State.OPEN)
    return open_ones.select_related("customer", "other").order_by("pk")


def merges_into(family: Iterable[int]) -> QuerySet[CustomerMerge]:
    """The merges that made this family and still hold."""
    return CustomerMerge.objects.filter(winner__in=list(family), undone_at=None).select_related("loser").order_by("-pk")


def _visible(actor: Actor) -> QuerySet[Interaction]:
    return visible_to(actor.user, everything=actor.sees_everything)


def _points_of(family: Iterable[int]) -> list[ContactPoint]:
    return _best_first(ContactPoint.objects.filter(customer__in=list(family)))


def _best_first(points: Iterable[ContactPoint]) -> list[ContactPoint]:
    addresses = [point for point in points if point.kind in ADDRESS_KINDS]
    return sorted(addresses, key=lambda point: (-Proof(point.proof).rank, point.pk))


def _listed(customer: Customer, family: Sequence[Customer]) -> dict[str, Any]:
    points = _best_first(point for member in family for point in member.contact_points.all())
    verified = any(p.proof == Proof.VERIFIED and p.kind != ContactKind.DEVICE for p in points)
    return customer_short(customer, next((one.name for one in family if one.name), ""), points, verified)


def _match_wire(match: SuspectedMatch, family: Iterable[int]) -> dict[str, Any]:
    other = match.customer if match.other_id in set(family) else match.other
    return {
        "id": match.public_id,
        "other": {"id": other.public_id, "name": str(other)},
        "kind": match.kind,
        "value": match.normalised,
        "state": match.state,
    }


def _merge_wire(merge: CustomerMerge) -> dict[str, Any]:
    return {
        "merge": merge.public_id,
        "id": merge.loser.public_id,
        "name": str(merge.loser),
        "at": moment(merge.merged_at),
    }
