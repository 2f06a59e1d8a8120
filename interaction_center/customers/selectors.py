"""Questions about customers."""

from collections.abc import Iterable

from interaction_center.customers.models import ContactPoint, Customer, SuspectedMatch
from interaction_center.envelope import Proof


def root_of(customer: Customer) -> Customer:
    """The customer that this one is part of now, after all merges."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def family_ids(customer: Customer) -> list[int]:
    """Primary keys of the root and of all that were merged into it: one query per level of merges."""
    level: list[int] = [root_of(customer).pk]
    found = list(level)
    while level:
        level = list(Customer.objects.filter(merged_into__in=level).values_list("pk", flat=True))
        found += level
    return found


def is_verified(family: Iterable[int]) -> bool:
    """Whether a mail address or phone number of this family is proved to be theirs."""
    return Customer.objects.filter(
        pk__in=list(family),
        contact_points__proof=Proof.VERIFIED,
        contact_points__kind__in=["email", "phone"],
    ).exists()


def has_address(customer: Customer, kind: str, normalised: str) -> bool:
    """Whether the customer's family holds this address, by more than having typed it."""
    points = ContactPoint.objects.filter(customer__in=family_ids(customer), kind=kind, normalised=normalised)
    return points.exclude(proof=Proof.TYPED).exists()


def mail_address_of(customer: Customer) -> str:
    """Where mail for this customer goes: the best proved address, else one they typed; "" if none is known.

    A typed address that belongs to somebody else will do: only its owner reads what is sent there.
    """
    family = family_ids(customer)
    points = ContactPoint.objects.filter(customer__in=family, kind="email").values_list("proof", "value")
    ranked = sorted(points, key=lambda point: Proof(point[0]).rank, reverse=True)
    if ranked:
        return ranked[0][1]
    typed = SuspectedMatch.objects.filter(customer__in=family, kind="email").exclude(state="dismissed").order_by("-pk")
    return typed.values_list("normalised", flat=True).first() or ""
