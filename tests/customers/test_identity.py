"""Who is this? Only proof joins two histories; what is typed raises a suspicion and shows nothing."""

from functools import partial

import pytest
from pytest_django import DjangoAssertNumQueries

from interaction_center.customers.models import ContactPoint, Customer, CustomerMerge, SuspectedMatch
from interaction_center.customers.policy import normalise, takes_over
from interaction_center.customers.selectors import (
    families,
    family_ids,
    has_address,
    is_verified,
    mail_address_of,
    name_of,
    root_of,
)
from interaction_center.customers.services import (
    claim_address,
    identify,
    merge_customers,
    settle_match,
    undo_merge,
    verify_contact_point,
)
from interaction_center.envelope import Address, Proof
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.queue.models import Interaction
from tests.access.builders import a_user
from tests.builders import a_mail, crossing, fresh, in_parallel, landed

pytestmark = pytest.mark.django_db

TYPED, RECEIVED, VERIFIED = Proof.TYPED, Proof.RECEIVED, Proof.VERIFIED


def a_customer(name: str = "Jo Customer") -> Customer:
    return Customer.objects.create(name=name)


def again(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def holds(
    customer: Customer, value: str = "jo@example.org", proof: Proof = RECEIVED, kind: str = "email"
) -> ContactPoint:
    key = normalise(kind, value)
    return ContactPoint.objects.create(
        customer=customer, kind=kind, value=value, normalised=key, proof=proof,
        verified_by="mail_link" if proof is VERIFIED else "",
    )  # fmt: skip


# What a claim does to an address that somebody else holds: (proof held, proof claimed) -> what happens
MATRIX = {
    (TYPED, TYPED): "suspected",
    (TYPED, RECEIVED): "taken over",
    (TYPED, VERIFIED): "joined",
    (RECEIVED, TYPED): "suspected",
    (RECEIVED, RECEIVED): "suspected",
    (RECEIVED, VERIFIED): "joined",
    (VERIFIED, TYPED): "suspected",
    (VERIFIED, RECEIVED): "suspected",
    (VERIFIED, VERIFIED): "joined",
}


@pytest.mark.parametrize(("held", "claimed"), MATRIX)
def test_what_a_claim_to_somebody_elses_address_does(held: Proof, claimed: Proof) -> None:
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    point = holds(holder, proof=held)
    noted = claim_address(customer=claimant, address=Address("email", "JO@example.org", claimed))
    point.refresh_from_db()
    holder, claimant = again(holder), again(claimant)
    joined = root_of(holder) == root_of(claimant)
    suspicion = list(SuspectedMatch.objects.filter(state="open").values_list("customer", "other"))
    match MATRIX[held, claimed]:
        case "suspected":
            assert (noted, joined, point.customer, point.proof) == (False, False, holder, held)
            assert suspicion == [(claimant.pk, holder.pk)]
        case "taken over":
            assert (noted, joined, point.customer, point.proof) == (True, False, claimant, claimed)
            assert suspicion == [(holder.pk, claimant.pk)]
        case "joined":
            assert (noted, joined, point.customer, point.proof) == (True, True, holder, VERIFIED)
            assert suspicion == []


# Whom an address identifies: (proof held, proof of the sender) -> whether the sender is that customer at once
SPEAKS_FOR = {
    (TYPED, TYPED): False,
    (TYPED, RECEIVED): False,
    (TYPED, VERIFIED): True,
    (RECEIVED, TYPED): False,
    (RECEIVED, RECEIVED): True,
    (RECEIVED, VERIFIED): True,
    (VERIFIED, TYPED): False,
    (VERIFIED, RECEIVED): True,
    (VERIFIED, VERIFIED): True,
}


@pytest.mark.parametrize(("held", "sent"), SPEAKS_FOR)
def test_who_sends_from_a_known_address_is_that_customer_if_the_proof_is_enough(held: Proof, sent: Proof) -> None:
    holder = a_customer("Holder")
    holds(holder, proof=held)
    found = identify([Address("email", "jo@example.org", sent)], name="Sender")
    assert (root_of(found) == root_of(again(holder))) == SPEAKS_FOR[held, sent]


def test_a_stronger_proof_is_remembered_and_a_weaker_one_changes_nothing() -> None:
    customer = a_customer()
    point = holds(customer, proof=RECEIVED)
    assert identify([Address("email", "jo@example.org", VERIFIED)]) == customer
    assert identify([Address("email", "jo@example.org", RECEIVED)]) == customer
    point.refresh_from_db()
    assert point.proof == VERIFIED


def test_the_same_address_is_one_customer_however_it_is_written() -> None:
    one = identify([Address("email", "Jo@Example.org ", RECEIVED)])
    assert identify([Address("email", "jo@example.ORG", RECEIVED)]) == one
    assert identify([Address("phone", "0351 123456", RECEIVED)]) == identify(
        [Address("phone", "+49 (351) 12 34 56", RECEIVED)]
    )


def test_a_name_and_language_are_completed_but_never_replaced() -> None:
    address = Address("email", "jo@example.org", RECEIVED)
    identify([address])
    identify([address], name="Jo", language="de")
    customer = identify([address], name="Somebody Else", language="en")
    assert (again(customer).name, again(customer).language) == ("Jo", "de")


def test_a_visitor_who_types_an_address_is_a_suspected_match_and_joins_nothing() -> None:
    known = landed(a_mail(by="jo@example.org")).customer
    visitor = identify([Address("visitor", "v-1", VERIFIED), Address("email", "jo@example.org", TYPED)])
    assert visitor != known
    assert family_ids(visitor) == [visitor.pk]
    assert not has_address(visitor, "email", "jo@example.org")
    assert SuspectedMatch.objects.get().other == known
    assert mail_address_of(visitor) == "jo@example.org"  # only its owner reads what is sent there


def test_the_same_suspicion_is_raised_once() -> None:
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    holds(holder)
    for _ in range(3):
        claim_address(customer=claimant, address=Address("email", "jo@example.org"))
    assert SuspectedMatch.objects.count() == 1


def test_what_is_no_address_is_not_noted() -> None:
    customer = a_customer()
    assert not claim_address(customer=customer, address=Address("email", "not an address"))
    assert ContactPoint.objects.count() == 0
    with pytest.raises(InvalidError):
        verify_contact_point(customer=customer, kind="email", value="nonsense", by="agent")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("email", " Jo.Customer+Printer@Example.ORG ", "jo.customer+printer@example.org"),
        ("email", "jo@", ""),
        ("email", "a@b, c@d", ""),
        ("email", "jo@exa\x00mple.org", "jo@example.org"),
        ("phone", "0351/123456", "+49351123456"),
        ("phone", "0041 44 668 18 00", "+41446681800"),
        ("phone", "call me", ""),
        ("visitor", " v-1 ", "v-1"),
    ],
)
def test_addresses_are_compared_in_one_form(kind: str, value: str, expected: str) -> None:
    assert normalise(kind, value) == expected


def test_only_a_received_message_outdoes_what_was_typed() -> None:
    assert [(held, claim) for held in Proof for claim in Proof if takes_over(claim, held)] == [(TYPED, RECEIVED)]


# Verify, merge, undo


def test_a_verified_address_joins_the_histories_the_older_customer_stays() -> None:
    older, younger = a_customer("Older"), a_customer("Younger")
    holds(younger)
    root = verify_contact_point(customer=older, kind="email", value="jo@example.org", by="mail_link")
    assert root == older
    assert root_of(again(younger)) == older
    assert has_address(older, "email", "jo@example.org")
    assert is_verified(family_ids(older))
    assert CustomerMerge.objects.get().reason == "mail_link"


def test_verifying_settles_the_suspicion() -> None:
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    holds(holder)
    claim_address(customer=claimant, address=Address("email", "jo@example.org"))
    verify_contact_point(customer=claimant, kind="email", value="jo@example.org", by="mail_link")
    assert SuspectedMatch.objects.get().state == "joined"


def test_verifying_twice_joins_once() -> None:
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    holds(holder)
    for _ in range(2):
        verify_contact_point(customer=claimant, kind="email", value="jo@example.org", by="mail_link")
    assert CustomerMerge.objects.count() == 1
    assert ContactPoint.objects.get().verified_by == "mail_link"


def history(customer: Customer) -> tuple[list[str], list[tuple[str, str]]]:
    """Everything that the pages of a customer show: interactions and addresses."""
    family = family_ids(again(customer))
    interactions = Interaction.objects.filter(customer__in=family).order_by("pk").values_list("public_id", flat=True)
    points = ContactPoint.objects.filter(customer__in=family).order_by("pk").values_list("normalised", "proof")
    return list(interactions), list(points)


def test_undoing_a_merge_gives_both_histories_back_exactly() -> None:
    one, two = (landed(a_mail(by=address)).customer for address in ("one@example.org", "two@example.org"))
    landed(a_mail(by="one@example.org"))
    before = history(one), history(two)
    merge = merge_customers(loser=two, winner=one, reason="agent")
    together = history(one)
    assert together == history(two)
    assert sorted(together[0]) == sorted(before[0][0] + before[1][0])
    undo_merge(merge=merge)
    assert (history(one), history(two)) == before


def test_what_comes_after_a_merge_belongs_to_whose_address_it_came_from() -> None:
    one, two = (landed(a_mail(by=address)).customer for address in ("one@example.org", "two@example.org"))
    merge = merge_customers(loser=two, winner=one, reason="agent")
    late = landed(a_mail(by="two@example.org"))
    assert late.public_id in history(one)[0]
    undo_merge(merge=merge)
    assert late.public_id in history(two)[0]
    assert late.public_id not in history(one)[0]


def test_merges_of_merges_are_undone_in_any_order() -> None:
    one, two, three = (a_customer(str(n)) for n in range(3))
    inner = merge_customers(loser=two, winner=one, reason="agent")
    outer = merge_customers(loser=one, winner=three, reason="agent")
    assert set(family_ids(again(two))) == set(family_ids(three)) == {one.pk, two.pk, three.pk}
    undo_merge(merge=inner)
    assert family_ids(again(two)) == [two.pk]
    assert set(family_ids(again(one))) == {one.pk, three.pk}
    undo_merge(merge=outer)
    assert family_ids(again(one)) == [one.pk]


def test_one_customer_is_not_merged_with_themselves_and_a_merge_is_undone_once() -> None:
    one, two = a_customer(), a_customer()
    merge = merge_customers(loser=two, winner=one, reason="agent")
    for loser, winner in ((one, one), (again(two), one), (one, again(two))):
        with pytest.raises(ConflictError):
            merge_customers(loser=loser, winner=winner, reason="agent")
    undo_merge(merge=merge)
    with pytest.raises(ConflictError):
        undo_merge(merge=merge)
    assert merge_customers(loser=again(one), winner=again(two), reason="agent").winner == two


def test_a_suspicion_is_decided_once() -> None:
    by = a_user()
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    holds(holder)
    claim_address(customer=claimant, address=Address("email", "jo@example.org"))
    match = SuspectedMatch.objects.get()
    settle_match(match=match, join=True, by=by)
    assert root_of(again(claimant)) == holder
    for join in (True, False):
        with pytest.raises(ConflictError):
            settle_match(match=match, join=join, by=by)


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_a_proof_at_once_wait_for_each_other_in_one_order_only() -> None:
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    holds(holder)
    claim_address(customer=claimant, address=Address("email", "jo@example.org"))
    customers = Customer.objects.select_for_update(no_key=True).order_by("pk")
    prove = partial(verify_contact_point, customer=claimant, kind="email", value="jo@example.org", by="mail_link")
    decide = partial(settle_match, match=SuspectedMatch.objects.get(), join=True, by=None)
    root, decided = crossing(lambda: list(customers), prove, decide)
    assert (root, type(decided)) == (holder, ConflictError)
    assert SuspectedMatch.objects.get().state == "joined"


def test_a_suspicion_that_was_joined_by_mistake_is_open_again() -> None:
    by = a_user()
    holder, claimant, bystander = a_customer("Holder"), a_customer("Claimant"), a_customer("Bystander")
    holds(holder)
    for customer in (claimant, bystander):
        claim_address(customer=customer, address=Address("email", "jo@example.org"))
    settle_match(match=SuspectedMatch.objects.get(customer=claimant), join=True, by=by)
    settle_match(match=SuspectedMatch.objects.get(customer=bystander), join=True, by=by)
    undo_merge(merge=CustomerMerge.objects.get(loser=claimant))
    states = SuspectedMatch.objects.values_list("customer__name", "state")
    assert dict(states) == {"Claimant": "open", "Bystander": "joined"}


def test_a_dismissed_suspicion_stays_dismissed() -> None:
    by = a_user()
    holder, claimant = a_customer("Holder"), a_customer("Claimant")
    holds(holder)
    for _ in range(2):
        claim_address(customer=claimant, address=Address("email", "jo@example.org"))
        if SuspectedMatch.objects.filter(state="open").exists():
            settle_match(match=SuspectedMatch.objects.get(), join=False, by=by)
    assert SuspectedMatch.objects.get().state == "dismissed"
    assert mail_address_of(claimant) == ""


def test_the_best_known_address_gets_the_mail() -> None:
    customer = a_customer()
    holds(customer, "typed@example.org", TYPED)
    assert mail_address_of(customer) == "typed@example.org"
    holds(customer, "received@example.org", RECEIVED)
    assert mail_address_of(customer) == "received@example.org"
    holds(customer, "verified@example.org", VERIFIED)
    assert mail_address_of(customer) == "verified@example.org"


def test_the_log_of_a_merged_customer_stays_theirs() -> None:
    interaction = landed(a_mail(by="two@example.org"))
    merge_customers(loser=interaction.customer, winner=a_customer("Winner"), reason="agent")
    assert fresh(interaction).customer == interaction.customer


def test_a_family_is_found_by_one_query_however_large_and_deep_it_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    root = a_customer("Root")
    for number in range(9):
        merge_customers(loser=a_customer(str(number)), winner=root, reason="agent")
        loser, root = root, a_customer(f"Root {number}")
        merge_customers(loser=loser, winner=root, reason="agent")
    with django_assert_num_queries(1):
        assert len(family_ids(loser)) == 19
    with django_assert_num_queries(3):
        assert families([root.pk])[root.pk][0] == root


def test_a_family_is_called_by_the_name_of_its_root_or_the_first_that_is_known() -> None:
    nameless, carla, carlotta = a_customer(""), a_customer("Carla"), a_customer("Carlotta")
    assert name_of(family_ids(nameless)) == ""
    for loser in (carlotta, carla):
        merge_customers(loser=loser, winner=nameless, reason="agent")
    assert name_of(family_ids(again(carla))) == "Carla"
    Customer.objects.filter(pk=nameless.pk).update(name="C. Miller")
    assert name_of(family_ids(again(carla))) == "C. Miller"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_merge_both_ways_at_once_make_no_ring() -> None:
    one, two = a_customer("One"), a_customer("Two")
    works = [
        partial(merge_customers, loser=one, winner=two, reason="agent"),
        partial(merge_customers, loser=two, winner=one, reason="agent"),
    ]
    results = in_parallel(works)
    assert [type(result) for result in results].count(ConflictError) == 1
    assert set(family_ids(again(one))) == set(family_ids(again(two))) == {one.pk, two.pk}
