"""Who is this? Identify, claim, verify, merge and undo. Only proof joins two histories."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from interaction_center.customers.models import ContactPoint, Customer, CustomerMerge, SuspectedMatch
from interaction_center.customers.policy import normalise, takes_over
from interaction_center.customers.selectors import family_ids, root_of
from interaction_center.envelope import Address, Proof
from interaction_center.errors import ConflictError, InvalidError


@transaction.atomic
def identify(addresses: Sequence[Address], *, name: str = "", language: str = "") -> Customer:
    """The customer who sends from these addresses (strongest first), made if nobody is known by the first one.

    All addresses are noted: a proved one may join histories, an unproved one that belongs to somebody else only
    raises a suspicion. Returns the customer as sent by, not its root. Without any address it is somebody new.
    """
    if not addresses:
        return Customer.objects.create(name=name[:200], language=language[:8])
    customer = _holder_of(addresses[0]) or _new_customer(addresses[0], name, language)
    for address in addresses[1:]:
        claim_address(customer=customer, address=address)
    _complete(customer, name, language)
    return customer


@transaction.atomic
def claim_address(*, customer: Customer, address: Address) -> bool:
    """`customer` says that this address is theirs. True when it is now noted as theirs, False when it can't be.

    Typed and held by somebody else: a suspected match, nothing more. Verified: the histories are joined.
    """
    key = normalise(address.kind, address.value)
    if not key:
        return False
    if address.proof is Proof.VERIFIED:
        verify_contact_point(customer=customer, kind=address.kind, value=address.value, by="channel")
        return True
    point = _contact_point(address.kind, key)
    if point is None:
        _add_contact_point(customer, address, key)
        return True
    if root_of(point.customer) == root_of(customer):
        return True
    if takes_over(address.proof, Proof(point.proof)):
        _take_over(point, customer, address.proof)
        return True
    _suspect(customer, point.customer, point)
    return False


@transaction.atomic
def verify_contact_point(*, customer: Customer, kind: str, value: str, by: str) -> Customer:
    """`customer` has proved to own this address. Whoever held it before is joined with them. Returns the root.

    by: answered_mail, mail_link, claim, host_page, channel or agent. InvalidError when the value is no address.
    """
    key = normalise(kind, value)
    if not key:
        raise InvalidError("This is not a valid address.", value=value)
    point = _contact_point(kind, key) or _add_contact_point(customer, Address(kind, value, Proof.VERIFIED), key)
    if not point.verified_by:  # a proof that is known already writes nothing: every chat message brings one
        ContactPoint.objects.filter(pk=point.pk).update(proof=Proof.VERIFIED, verified_by=by)
    if point.customer_id != customer.pk:
        holder, claimant = _locked_roots(point.customer, customer)
        if holder != claimant:
            _merge(*_younger_into_older(holder, claimant), by)
    SuspectedMatch.objects.filter(kind=kind, normalised=key, customer=customer, state="open").update(state="joined")
    return root_of(Customer.objects.get(pk=customer.pk))


@transaction.atomic
def prove_address(*, point: ContactPoint, by: str) -> ContactPoint:
    """Its owner, whoever they are, has opened our mail to this address: it is verified, and theirs.

    Nobody said for whom they open it. So whoever only typed it and is known by something better loses it to somebody
    new, as when a mail comes from it: else either of the two would read what the other one writes. `by` as above.
    """
    held = ContactPoint.objects.select_for_update(no_key=True).get(pk=point.pk)
    if held.proof == Proof.TYPED and _is_known_otherwise(held):
        _take_over(held, Customer.objects.create(), Proof.VERIFIED)
        held.refresh_from_db()
    verify_contact_point(customer=held.customer, kind=held.kind, value=held.value, by=by)
    held.refresh_from_db()
    return held


@transaction.atomic
def merge_customers(*, loser: Customer, winner: Customer, reason: str, by: Any = None) -> CustomerMerge:
    """Show two customers as one. Nothing is moved, so `undo_merge` restores both. ConflictError if they are one."""
    loser, winner = _locked_roots(loser, winner)
    if loser == winner:
        raise ConflictError("These two are already one customer.", "one_customer")
    return _merge(loser, winner, reason, by)


def _merge(loser: Customer, winner: Customer, reason: str, by: Any = None) -> CustomerMerge:
    Customer.objects.filter(pk=loser.pk).update(merged_into=winner)
    SuspectedMatch.objects.filter(
        customer__in=[loser, winner], other__in=[loser, winner], state=SuspectedMatch.State.OPEN
    ).update(state=SuspectedMatch.State.JOINED)
    return CustomerMerge.objects.create(loser=loser, winner=winner, reason=reason, merged_by=by)


@transaction.atomic
def undo_merge(*, merge: CustomerMerge) -> None:
    """The two are separate again, each with exactly what was theirs, and suspected again where they were.

    ConflictError if it was undone before.
    """
    undone = CustomerMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=timezone.now())
    if not undone:
        raise ConflictError("This merge was undone before.", "merge_undone")
    Customer.objects.filter(pk=merge.loser_id, merged_into=merge.winner_id).update(merged_into=None)
    _suspect_again(merge)


def _suspect_again(merge: CustomerMerge) -> None:
    """What this merge had settled is open again: nobody raises a known suspicion a second time."""
    losers, winners = family_ids(merge.loser), family_ids(merge.winner)
    between = Q(customer__in=losers, other__in=winners) | Q(customer__in=winners, other__in=losers)
    joined = SuspectedMatch.objects.filter(between, state=SuspectedMatch.State.JOINED)
    joined.update(state=SuspectedMatch.State.OPEN)


@transaction.atomic
def settle_match(*, match: SuspectedMatch, join: bool, by: Any) -> None:
    """A person decides about a suspicion: join the two histories, or dismiss it.

    Customers are locked before matches, as by everything that joins.
    """
    if join:
        _locked_roots(match.customer, match.other)
    state = SuspectedMatch.State.JOINED if join else SuspectedMatch.State.DISMISSED
    if not SuspectedMatch.objects.filter(pk=match.pk, state=SuspectedMatch.State.OPEN).update(state=state):
        raise ConflictError("Somebody has already decided about this.", "match_decided")
    if join:
        merge_customers(loser=match.customer, winner=match.other, reason="agent", by=by)


def _locked_roots(one: Customer, two: Customer) -> tuple[Customer, Customer]:
    """Whom the two belong to now. Locked, so that nobody joins them the other way round meanwhile: that were a ring."""
    roots = [root_of(Customer.objects.get(pk=customer.pk)).pk for customer in (one, two)]
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=roots).order_by("pk")
    locked = {row.pk: row for row in rows}
    if any(row.merged_into_id for row in locked.values()):
        return _locked_roots(one, two)
    return locked[roots[0]], locked[roots[1]]


def _holder_of(address: Address) -> Customer | None:
    """The customer known by this address, if this sender's proof is enough to speak for them: typing never is."""
    key = normalise(address.kind, address.value)
    point = _contact_point(address.kind, key) if key else None
    if point is None or address.proof is Proof.TYPED or takes_over(address.proof, Proof(point.proof)):
        return None
    if address.proof.rank > Proof(point.proof).rank:
        ContactPoint.objects.filter(pk=point.pk).update(proof=address.proof)
    return point.customer


def _new_customer(address: Address, name: str, language: str) -> Customer:
    customer = Customer.objects.create(name=name[:200], language=language[:8])
    claim_address(customer=customer, address=address)
    return customer


def _contact_point(kind: str, key: str) -> ContactPoint | None:
    return ContactPoint.objects.select_related("customer").filter(kind=kind, normalised=key).first()


def _add_contact_point(customer: Customer, address: Address, key: str) -> ContactPoint:
    """Two processes may note the same new address at once: the second finds the first one's row."""
    try:
        with transaction.atomic():
            return ContactPoint.objects.create(
                customer=customer, kind=address.kind, value=address.value[:320], normalised=key, proof=address.proof
            )
    except IntegrityError:
        return ContactPoint.objects.select_related("customer").get(kind=address.kind, normalised=key)


def _is_known_otherwise(point: ContactPoint) -> bool:
    """Whether the holder's family has shown more than that they can type this address."""
    others = ContactPoint.objects.filter(customer__in=family_ids(point.customer)).exclude(pk=point.pk)
    return others.exclude(proof=Proof.TYPED).exists()


def _take_over(point: ContactPoint, customer: Customer, proof: Proof) -> None:
    typist = point.customer
    ContactPoint.objects.filter(pk=point.pk).update(customer=customer, proof=proof)
    _suspect(typist, customer, point)


def _suspect(customer: Customer, other: Customer, point: ContactPoint) -> None:
    SuspectedMatch.objects.get_or_create(customer=customer, other=other, kind=point.kind, normalised=point.normalised)


def _younger_into_older(one: Customer, two: Customer) -> tuple[Customer, Customer]:
    return (one, two) if one.pk > two.pk else (two, one)


def _complete(customer: Customer, name: str, language: str) -> None:
    """A name or language that we did not know yet."""
    fields = {}
    if name and not customer.name:
        fields["name"] = customer.name = name[:200]
    if language and not customer.language:
        fields["language"] = customer.language = language[:8]
    if fields:
        Customer.objects.filter(pk=customer.pk).update(**fields)
