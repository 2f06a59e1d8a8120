"""Customer 360, search, merges and suspicions over HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interaction_center.access.policy import SUPERVISOR
from interaction_center.customers.models import ContactPoint, Customer, SuspectedMatch
from interaction_center.customers.services import claim_address
from interaction_center.envelope import Address, Proof
from interaction_center.history.search import snippet
from interaction_center.history.services import correct_customer
from tests.access.builders import a_team, a_user, signed_in
from tests.console.builders import a_mail, get, post, read, refused, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(a_user("Sue Supervisor", role=SUPERVISOR))


def two_customers() -> tuple[Customer, Customer]:
    return a_mail(sender="kim@example.org").customer, a_mail(sender="kim@work.example").customer


def a_suspicion() -> SuspectedMatch:
    """Kim of the chat has typed the address of Kim of the mail."""
    mail = a_mail(sender="kim@example.org").customer
    visitor = Customer.objects.create(name="Visitor")
    claim_address(customer=visitor, address=Address("visitor", "v" * 32, Proof.VERIFIED))
    claim_address(customer=visitor, address=Address("email", "kim@example.org", Proof.TYPED))
    match = SuspectedMatch.objects.get(customer=visitor, other=mail)
    return match


def test_a_customer_is_shown_with_addresses_and_totals(client: Client) -> None:
    customer = a_mail().customer
    shown = get(client, f"/customers/{customer.public_id}")
    assert shown["contact_points"] == [{"kind": "email", "value": "kim@example.org", "proof": "received"}]
    assert shown["interactions"] == {"open": 1, "total": 1}
    assert shown["verified"] is False
    assert shown["matches"] == shown["merged"] == []


def test_names_and_notes_are_corrected(client: Client) -> None:
    path = f"/customers/{a_mail().customer.public_id}"
    read(send(client, "PATCH", path, {"name": "Kim Miller", "note": "calls back on Mondays"}))
    shown = get(client, path)
    assert (shown["name"], shown["note"], shown["company"]) == ("Kim Miller", "calls back on Mondays", "")


def test_two_customers_become_one_history_and_two_again(client: Client) -> None:
    winner, loser = two_customers()
    shown = post(client, f"/customers/{winner.public_id}/merge", {"other": loser.public_id})
    assert {point["value"] for point in shown["contact_points"]} == {"kim@example.org", "kim@work.example"}
    assert shown["interactions"]["total"] == 2
    assert len(get(client, f"/customers/{loser.public_id}/timeline")["items"]) == 2
    merge = shown["merged"][0]["merge"]
    assert post(client, f"/merges/{merge}/undo")["interactions"]["total"] == 1
    assert get(client, f"/customers/{loser.public_id}")["id"] == loser.public_id
    refused(send(client, "POST", f"/merges/{merge}/undo"), 409, "merge_undone")


def test_nobody_is_merged_with_themselves(client: Client) -> None:
    customer = a_mail().customer
    path = f"/customers/{customer.public_id}/merge"
    refused(send(client, "POST", path, {"other": customer.public_id}), 409, "one_customer")


def test_a_suspicion_is_shown_from_both_sides_and_joined(client: Client) -> None:
    match = a_suspicion()
    shown = get(client, f"/customers/{match.customer.public_id}")
    assert [m["other"]["id"] for m in shown["matches"]] == [match.other.public_id]
    assert shown["interactions"]["total"] == 0
    other = get(client, f"/customers/{match.other.public_id}")
    assert [m["other"]["id"] for m in other["matches"]] == [match.customer.public_id]
    joined = post(client, f"/matches/{match.public_id}/join")
    assert joined["matches"] == []
    assert joined["interactions"]["total"] == 1


def test_a_dismissed_suspicion_joins_nothing(client: Client) -> None:
    match = a_suspicion()
    shown = post(client, f"/matches/{match.public_id}/dismiss")
    assert shown["matches"] == []
    assert shown["interactions"]["total"] == 0
    refused(send(client, "POST", f"/matches/{match.public_id}/join"), 409, "match_decided")


@pytest.mark.parametrize("path", ["/customers/none", "/customers/none/timeline"])
def test_an_unknown_customer_is_not_found(client: Client, path: str) -> None:
    refused(client.get(f"/api{path}"), 404, "not_found")


@pytest.mark.parametrize("path", ["/merges/none/undo", "/matches/none/join", "/matches/none/dismiss"])
def test_unknown_merges_and_suspicions_are_not_found(client: Client, path: str) -> None:
    refused(send(client, "POST", path), 404, "not_found")


def test_the_timeline_is_latest_first_and_paged(client: Client) -> None:
    mails = [a_mail(f"mail {number}") for number in range(5)]
    path = f"/customers/{mails[0].customer.public_id}/timeline"
    first = get(client, path, limit=3)
    second = get(client, path, limit=3, cursor=first["next"])
    found = [item["interaction"]["id"] for page in (first, second) for item in page["items"]]
    assert found == [mail.public_id for mail in reversed(mails)]
    assert first["items"][0]["messages"] == 1
    assert second["next"] is None


def test_an_agent_sees_only_the_part_of_a_history_that_is_theirs() -> None:
    agent = signed_in(a_user())
    hidden = a_mail(team=a_team("Others"))
    a_mail()
    shown = get(agent, f"/customers/{hidden.customer.public_id}")
    assert shown["interactions"]["total"] == 1
    timeline = get(agent, f"/customers/{hidden.customer.public_id}/timeline")
    assert (len(timeline["items"]), timeline["hidden"]) == (1, 1)


def test_who_sees_everything_misses_nothing_of_a_history(client: Client) -> None:
    customer = a_mail(team=a_team("Others")).customer
    timeline = get(client, f"/customers/{customer.public_id}/timeline")
    assert (len(timeline["items"]), timeline["hidden"]) == (1, 0)


@pytest.mark.parametrize("query", ["toner", "TONER", "kim@example", "toner kim", "Kim Customer"])
def test_search_finds_words_in_messages_subjects_names_and_addresses(client: Client, query: str) -> None:
    wanted = a_mail("The toner is empty")
    a_mail("Something else", sender="lee@other.example", sender_name="Lee")
    found = get(client, "/search", q=query)
    assert [row["id"] for row in found["interactions"]] == [wanted.public_id]


@pytest.mark.parametrize("query", ["müller", "MÜLLER", "Müller"])
def test_search_folds_the_case_of_umlauts(client: Client, query: str) -> None:
    wanted = a_mail("Gruß, Müller")
    assert [row["id"] for row in get(client, "/search", q=query)["interactions"]] == [wanted.public_id]


@pytest.mark.parametrize("query", ["100%", "_rinter", "\\", "'; DROP TABLE", "%", "toner paper"])
def test_patterns_are_plain_text(client: Client, query: str) -> None:
    a_mail("The toner is empty")
    assert get(client, "/search", q=query)["interactions"] == []


def test_a_percent_sign_is_found_as_such(client: Client) -> None:
    wanted = a_mail("toner at 100% of its life")
    assert [row["id"] for row in get(client, "/search", q="100%")["interactions"]] == [wanted.public_id]


def test_search_finds_customers_with_what_was_merged_into_them(client: Client) -> None:
    winner, loser = two_customers()
    post(client, f"/customers/{winner.public_id}/merge", {"other": loser.public_id})
    found = get(client, "/search", q="kim@work.example")["customers"]
    assert [customer["id"] for customer in found] == [winner.public_id]


def test_search_and_list_know_everybody_of_a_family(client: Client) -> None:
    root = a_mail(sender="old@example.org", sender_name="").customer
    middle = a_mail(sender="home@example.org", sender_name="").customer
    carla = a_mail(sender="carla@example.org", sender_name="Carla").customer
    post(client, f"/customers/{middle.public_id}/merge", {"other": carla.public_id})
    post(client, f"/customers/{root.public_id}/merge", {"other": middle.public_id})
    for query in ("Carla", "carla@example old@example"):
        assert [found["id"] for found in get(client, "/search", q=query)["customers"]] == [root.public_id]
    (listed,) = get(client, "/customers")["items"]
    shown = get(client, f"/customers/{root.public_id}")
    assert listed == {name: shown[name] for name in listed}
    assert (listed["name"], len(listed["contact_points"])) == ("Carla", 3)


def test_an_empty_search_finds_nothing_and_a_search_is_paged(client: Client) -> None:
    assert get(client, "/search", q=" ") == {"interactions": [], "customers": [], "next": None}
    for number in range(3):
        a_mail("toner", sender=f"c{number}@example.org")
    first = get(client, "/search", q="toner", limit=2)
    rest = get(client, "/search", q="toner", limit=2, cursor=first["next"])
    assert (len(first["interactions"]), len(rest["interactions"])) == (2, 1)
    assert rest["customers"] == []


def test_agents_find_nothing_of_other_teams() -> None:
    a_mail("secret toner", team=a_team("Others"))
    assert get(signed_in(a_user()), "/search", q="toner")["interactions"] == []


def test_the_snippet_shows_the_passage_that_was_found() -> None:
    body = "word " * 100 + "toner is empty " + "word " * 100
    assert "toner is empty" in snippet(body, ["TONER"])
    assert len(snippet(body, ["toner"])) < 170
    assert snippet("short", ["x"]) == "short"


def test_customers_are_listed_without_those_who_were_merged_away(client: Client) -> None:
    winner, loser = two_customers()
    assert len(get(client, "/customers")["items"]) == 2
    post(client, f"/customers/{winner.public_id}/merge", {"other": loser.public_id})
    assert [item["id"] for item in get(client, "/customers")["items"]] == [winner.public_id]
    assert get(client, "/customers", q="nobody")["items"] == []


@pytest.mark.parametrize("path", ["/customers", "/search?q=example"])
def test_lists_cost_the_same_for_few_and_for_many(client: Client, path: str) -> None:
    costs = []
    for count in (3, 20):
        for number in range(count):
            a_mail(sender=f"c{count}-{number}@example.org")
        with CaptureQueriesContext(connection) as captured:
            items: Any = get(client, path)
        costs.append(len(captured))
        assert items
    assert costs[0] == costs[1]
    assert ContactPoint.objects.count() == 23


def test_two_corrections_of_different_things_at_once_both_stay() -> None:
    customer = Customer.objects.create(name="Jo")
    seen_before = Customer.objects.get(pk=customer.pk)
    correct_customer(customer=customer, company="Film & Co")
    correct_customer(customer=seen_before, note="Calls on Mondays")
    after = Customer.objects.get(pk=customer.pk)
    assert (after.name, after.company, after.note) == ("Jo", "Film & Co", "Calls on Mondays")
