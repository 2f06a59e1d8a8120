"""The queue as people see it: one order, stable pages, constant numbers of queries."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pytest_django import DjangoAssertNumQueries

from interaction_center.access.models import User
from interaction_center.customers.models import Customer
from interaction_center.customers.services import merge_customers
from interaction_center.envelope import Proof
from interaction_center.errors import NotFoundError, ResumeFailedError
from interaction_center.queue import services as queue
from interaction_center.queue.intake import receive_all
from interaction_center.queue.models import Interaction, State
from interaction_center.queue.selectors import (
    RESUME_WINDOW,
    Page,
    catch_up,
    conversation_named,
    deliveries,
    entries_page,
    entry_by_id,
    heads,
    interaction_for,
    queue_counts,
    queue_page,
    row_of,
    rows_in_hand,
)
from interaction_center.routing import services as routing
from tests.access.builders import a_team, a_user
from tests.builders import NOW, a_chat, a_held_chat, a_mail, a_waiting_chat, goes_on, landed

pytestmark = pytest.mark.django_db


def pages(view: str, user: User | None = None, *, limit: int, **values: Any) -> list[str]:
    """Public ids over all pages."""
    found, after = [], None
    while True:
        page = queue_page(view, user, everything=True, after=after, limit=limit, **values)
        found += [row["id"] for row in page.items]
        after = page.next
        if after is None:
            return found


def a_row(priority: int, promised: int | None, number: int) -> Interaction:
    interaction = landed(a_mail(by=f"c{number}@example.org"))
    promised_at = NOW + timedelta(minutes=promised) if promised is not None else None
    Interaction.objects.filter(pk=interaction.pk).update(priority=priority, promised_at=promised_at)
    return interaction


def test_the_queue_is_ordered_by_priority_then_by_what_was_promised_first() -> None:
    rows = [
        a_row(*values, number) for number, values in enumerate([(0, 5), (0, None), (1, 9), (0, 5), (-1, 1), (0, 1)])
    ]
    order = [2, 5, 0, 3, 1, 4]
    for limit in (1, 2, 4, 50):
        assert pages("open", limit=limit) == [rows[index].public_id for index in order]


@given(
    rows=some.lists(some.tuples(some.integers(-1, 1), some.none() | some.integers(0, 3)), max_size=8),
    limit=some.integers(1, 4),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_show_every_row_once(rows: list[tuple[int, int | None]], limit: int) -> None:
    Interaction.objects.update(state=State.CLOSED)
    made = [a_row(*values, number).public_id for number, values in enumerate(rows)]
    found = pages("open", limit=limit)
    assert sorted(found) == sorted(made)
    assert found == pages("open", limit=50)


def test_closed_ones_come_latest_first() -> None:
    anna = a_user()
    closed = [routing.close_interaction(interaction=a_held_chat(anna, f"v-{n}"), user=anna) for n in range(5)]
    for limit in (2, 5):
        assert pages("closed", limit=limit) == [row.public_id for row in reversed(closed)]


def test_views_show_what_they_say() -> None:
    anna = a_user()
    mine, waiting = a_held_chat(anna, "v-1"), a_waiting_chat("v-2")
    routing.close_interaction(interaction=a_held_chat(anna, "v-3"), user=anna)
    mail = landed(a_mail())
    assert pages("mine", anna, limit=9) == [mine.public_id]
    assert pages("waiting", anna, limit=9) == [waiting.public_id, mail.public_id]
    assert pages("open", anna, limit=9, channel="email") == [mail.public_id]
    assert queue_counts(anna, everything=True) == {"open": 3, "mine": 1, "waiting": 2}
    with pytest.raises(NotFoundError):
        queue_page("nonsense", anna, everything=True)


def test_agents_see_their_teams_what_has_no_team_and_their_own() -> None:
    anna, ben = a_user("Anna Agent"), a_user("Ben Agent")
    team = a_team("Printers", anna)
    ours, anybodys = landed(a_mail(team=team.public_id)), landed(a_mail())
    other = a_team("Scanners")
    theirs = landed(a_mail(team=other.public_id))
    assert {row["id"] for row in queue_page("open", anna, everything=False).items} == {
        ours.public_id,
        anybodys.public_id,
    }
    with pytest.raises(NotFoundError):
        interaction_for(anna, theirs.public_id, everything=False)
    routing.transfer_interaction(interaction=anybodys, user=ben, to=anna)
    routing.transfer_interaction(interaction=anybodys, user=anna, team=other)
    with pytest.raises(NotFoundError):
        interaction_for(anna, anybodys.public_id, everything=False)
    assert interaction_for(anna, theirs.public_id, everything=True) == theirs


@pytest.mark.parametrize("size", [1, 12])
def test_a_page_of_the_queue_costs_two_queries(size: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(size):
        a_waiting_chat(f"v-{number}")
    with django_assert_num_queries(2):
        assert len(queue_page("open", None, everything=True).items) == size


def test_a_row_shows_what_is_known_of_the_whole_family(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chat = a_waiting_chat()
    mail = landed(a_mail(by="carla@example.org", sender_name="Carla", proof=Proof.VERIFIED))
    first = {"id": mail.customer.public_id, "name": "Carla", "verified": True}
    assert row_of(mail)["customer"] == first
    assert row_of(chat)["customer"] == {"id": chat.customer.public_id, "name": "", "verified": False}
    root = chat.customer
    merge_customers(loser=mail.customer, winner=root, reason="mail_link")
    for depth in range(5):
        with django_assert_num_queries(3):
            shown = [row["customer"] for row in queue_page("open", None, everything=True).items]
            told = [row["customer"] for row in rows_in_hand([chat, mail])]
        assert shown == told == [{"id": root.public_id, "name": "Carla", "verified": True}] * 2, f"depth {depth}"
        loser, root = root, Customer.objects.create()
        merge_customers(loser=loser, winner=root, reason="agent")


@pytest.mark.parametrize("size", [1, 30])
def test_a_page_of_the_log_costs_three_queries(size: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    interaction = a_waiting_chat()
    for _ in range(size):
        goes_on(interaction)
    with django_assert_num_queries(3):
        assert len(entries_page(interaction).items) == size + 2


def test_the_log_is_read_backwards_to_its_beginning() -> None:
    interaction = a_waiting_chat()
    for number in range(9):
        goes_on(interaction, str(number))
    found: list[int] = []
    page = Page([], (None,))
    while page.next is not None:
        page = entries_page(interaction, before=page.next[0], limit=4)
        found = [entry["s"] for entry in page.items] + found
    assert found == list(range(1, 12))


def test_an_entry_is_found_by_its_public_name_only() -> None:
    interaction = a_waiting_chat()
    assert entry_by_id(f"{interaction.public_id}-2").seq == 2
    for name in (
        "",
        "2",
        f"{interaction.public_id}-",
        f"{interaction.public_id}-99",
        f"{interaction.public_id}-²",
        "-1-1",
    ):
        with pytest.raises(NotFoundError):
            entry_by_id(name)


def test_a_conversation_belongs_to_its_visitor_and_site() -> None:
    interaction = a_waiting_chat("v-1")
    assert conversation_named("web_chat", "site", "v-1", interaction.public_id) == interaction
    for channel, account, visitor in (
        ("web_chat", "site", "v-2"),
        ("web_chat", "other", "v-1"),
        ("email", "site", "v-1"),
    ):
        with pytest.raises(NotFoundError):
            conversation_named(channel, account, visitor, interaction.public_id)


def test_who_is_behind_gets_what_is_missing_and_who_is_far_behind_a_snapshot() -> None:
    interaction = a_waiting_chat()
    for number in range(3):
        goes_on(interaction, str(number))
    interaction.refresh_from_db()
    frames = catch_up(interaction, 2, staff=True, state={})
    assert [(frame["t"], frame["s"], frame["body"]) for frame in frames] == [
        ("ev", 3, "0"),
        ("ev", 4, "1"),
        ("ev", 5, "2"),
    ]
    assert catch_up(interaction, 5, staff=True, state={}) == []
    (snap,) = catch_up(interaction, 0, staff=True, state={"x": 1})
    assert (snap["t"], snap["s"], snap["state"]) == ("snap", 5, {"x": 1})
    assert [entry["s"] for entry in snap["entries"]] == [1, 2, 3, 4, 5]
    with pytest.raises(ResumeFailedError):
        catch_up(interaction, 6, staff=True, state={})


def test_up_to_five_hundred_missing_entries_are_sent_above_that_the_end_of_the_log() -> None:
    interaction = a_waiting_chat()
    from_here = 2
    receive_all([a_chat(str(n), thread=(interaction.public_id,)) for n in range(RESUME_WINDOW)])
    interaction.refresh_from_db()
    frames = catch_up(interaction, from_here, staff=False, state={})
    assert [frame["s"] for frame in frames] == list(range(from_here + 1, from_here + RESUME_WINDOW + 1))
    frames = catch_up(interaction, from_here - 1, staff=False, state={})
    assert [frame["t"] for frame in frames] == ["snap"]
    assert len(frames[0]["entries"]) == 100


def test_a_reader_never_gets_more_than_the_number_it_is_told() -> None:
    """What is committed between two reads comes as a live event: it must not be in the replay as well."""
    interaction = a_waiting_chat()
    goes_on(interaction, "before")
    interaction.refresh_from_db()
    goes_on(interaction, "in between")
    assert [frame["s"] for frame in catch_up(interaction, 2, staff=True, state={})] == [3]
    (snap,) = catch_up(interaction, 0, staff=True, state={})
    assert (snap["s"], snap["entries"][-1]["s"]) == (3, 3)


def test_a_log_of_long_messages_is_cut_into_frames_that_pass() -> None:
    interaction = a_waiting_chat()
    receive_all([a_chat("ü" * 8_000, thread=(interaction.public_id,)) for _ in range(60)])
    interaction.refresh_from_db()
    snap, *rest = catch_up(interaction, 0, staff=True, state={})
    assert len(str(snap)) < 300_000
    assert snap["s"] == snap["entries"][-1]["s"]
    numbers = [entry["s"] for entry in snap["entries"]] + [frame["s"] for frame in rest]
    assert numbers == list(range(1, 63))
    assert {frame["t"] for frame in rest} == {"ev"}


def test_heads_and_deliveries_are_one_query_each(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    anna = a_user()
    chats = [a_held_chat(anna, f"v-{n}") for n in range(3)]
    entry = queue.reply(interaction=chats[0], user=anna, body="x", client_id="c")
    with django_assert_num_queries(2):
        assert heads([chat.public_id for chat in chats] + ["nowhere"]) == {
            chat.public_id: 3 + (chat == chats[0]) for chat in chats
        }
        assert deliveries(chats[0]) == {str(entry.seq): "sent"}
