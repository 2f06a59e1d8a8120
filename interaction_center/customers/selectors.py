"""Questions about customers. A family is a root and all that were merged into it, through any number of merges."""

from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import BigIntegerField, F, Func
from django.db.models.lookups import IsNull

from interaction_center.customers.models import ContactPoint, Customer, SuspectedMatch
from interaction_center.customers.policy import normalise
from interaction_center.envelope import Proof

# SQL, to be formatted with the key of a customer: the way to the root as `up`, and everybody below it as `family`.
# UNION, not UNION ALL: it ends whatever the rows say.
UP = (
    "WITH RECURSIVE up (id, parent) AS (SELECT s.id, s.merged_into_id FROM customers_customer s WHERE s.id = {of}"
    " UNION SELECT c.id, c.merged_into_id FROM customers_customer c JOIN up ON c.id = up.parent)"
)
FAMILY = UP + (  # noqa: S608 - our own text
    ", family (id) AS (SELECT id FROM up WHERE parent IS NULL"
    " UNION SELECT c.id FROM customers_customer c JOIN family f ON c.merged_into_id = f.id)"
)
FAMILIES = (
    "WITH RECURSIVE family (id, root) AS (SELECT s.id, s.id FROM customers_customer s WHERE s.id IN ({roots})"
    " UNION SELECT c.id, f.root FROM customers_customer c JOIN family f ON c.merged_into_id = f.id)"
    " SELECT id, root FROM family"
)


class Root(Func):
    """The primary key of the root, in a query: `Root("pk")` of customers, `Root("customer")` of what belongs to one."""

    template = f"({UP.format(of='%(expressions)s')} SELECT id FROM up WHERE parent IS NULL)"  # noqa: S608
    arity = 1
    output_field = BigIntegerField()


def root_of(customer: Customer) -> Customer:
    """The customer that this one is part of now, after all merges."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def family_ids(customer: Customer) -> list[int]:
    """Primary keys of the root and of all that were merged into it: one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{FAMILY.format(of='%s')} SELECT id FROM family", [customer.pk])  # noqa: S608 - our own text
        return [pk for (pk,) in cursor.fetchall()]


def families(roots: Collection[int]) -> dict[int, list[Customer]]:
    """Root -> its family, itself first, then in order of age, with contact points: three queries."""
    if not roots:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES.format(roots=", ".join(["%s"] * len(roots))), list(roots))
        root_by_member = dict(cursor.fetchall())
    members = Customer.objects.filter(pk__in=root_by_member).prefetch_related("contact_points")
    found: dict[int, list[Customer]] = {root: [] for root in roots}
    for member in sorted(members, key=lambda one: (one.merged_into_id is not None, one.pk)):
        found[root_by_member[member.pk]].append(member)
    return found


def name_of(family: Iterable[int]) -> str:
    """What this family is called: the name of its root, else the first that is known; "" for nobody's."""
    named = Customer.objects.filter(pk__in=list(family)).exclude(name="")
    return named.order_by(IsNull(F("merged_into"), False), "pk").values_list("name", flat=True).first() or ""


def private_words(customer: Customer) -> tuple[str, ...]:
    """Names and companies of this customer's family: what must not stay in a text that others read."""
    rows = Customer.objects.filter(pk__in=family_ids(customer)).values_list("name", "company")
    return tuple(word for row in rows for word in row if word)


def is_verified(family: Iterable[int]) -> bool:
    """Whether a mail address or phone number of this family is proved to be theirs."""
    return Customer.objects.filter(
        pk__in=list(family),
        contact_points__proof=Proof.VERIFIED,
        contact_points__kind__in=["email", "phone"],
    ).exists()


def holder_of(kind: str, value: str) -> Customer | None:
    """Whose address this is, by more than having typed it."""
    points = ContactPoint.objects.filter(kind=kind, normalised=normalise(kind, value)).exclude(proof=Proof.TYPED)
    point = points.select_related("customer").first()
    return point.customer if point else None


def has_address(customer: Customer, kind: str, normalised: str) -> bool:
    """Whether the customer's family holds this address, by more than having typed it."""
    points = ContactPoint.objects.filter(customer__in=family_ids(customer), kind=kind, normalised=normalised)
    return points.exclude(proof=Proof.TYPED).exists()


def visitors_of(customer: Customer) -> list[str]:
    """As which visitors of our sites the customer's family is known for certain, the latest first: two queries."""
    points = ContactPoint.objects.filter(customer__in=family_ids(customer), kind="visitor", proof=Proof.VERIFIED)
    return list(points.order_by("-pk").values_list("value", flat=True))


def is_proved(customer: Customer, kind: str, value: str) -> bool:
    """Whether this address is proved to be the customer's."""
    points = ContactPoint.objects.filter(customer__in=family_ids(customer), kind=kind, proof=Proof.VERIFIED)
    return points.filter(normalised=normalise(kind, value)).exists()


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
