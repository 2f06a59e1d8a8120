"""What live readers are told: after the commit, each kind to its own readers, and nothing that was rolled back."""

import json
from dataclasses import FrozenInstanceError

import pytest
from django.db import transaction

from interaction_center.access.models import User
from interaction_center.events import (
    EVERYBODY,
    SUPERVISORS,
    DeliveryChanged,
    EntryAppended,
    Event,
    OfferEnded,
    OfferMade,
    RowChanged,
    SeenMoved,
    agent_topic,
    customer_topic,
    publish_on_commit,
    staff_topic,
    team_topic,
)
from interaction_center.queue import services as queue
from interaction_center.queue.selectors import last_entries, row_of
from interaction_center.routing import services as routing
from tests.access.builders import a_team, a_user
from tests.builders import Tap, a_held_chat, a_waiting_chat, an_agent, an_event, fresh, goes_on

WIRE = {"s": 4, "kind": "note", "body": "secret"}
SKIP = {"s": 4, "kind": "skip"}


def told(event: Event) -> dict[str, list[dict[str, object]]]:
    """Topic -> frames."""
    found: dict[str, list[dict[str, object]]] = {}
    for push in event.pushes():
        for topic in push.topics:
            found.setdefault(topic, []).append(json.loads(push.frame))
    return found


def test_an_entry_is_told_to_staff_in_full_and_to_the_customer_as_they_may_see_it() -> None:
    full = {"t": "ev", "c": "abc", "s": 4, "kind": "note", "body": "secret"}
    assert told(EntryAppended("abc", 4, WIRE, SKIP, "anna")) == {
        staff_topic("abc"): [full],
        agent_topic("anna"): [full],
        customer_topic("abc"): [{"t": "ev", "c": "abc", "s": 4, "kind": "skip"}],
    }
    assert all(push.seq == 4 for push in EntryAppended("abc", 4, WIRE, SKIP).pushes())


def test_a_row_is_told_to_its_teams_its_agents_and_supervisors_never_to_customers() -> None:
    topics = told(RowChanged("abc", {"id": "abc"}, ("t1", "t2"), ("anna",)))
    assert set(topics) == {SUPERVISORS, staff_topic("abc"), team_topic("t1"), team_topic("t2"), agent_topic("anna")}
    assert set(told(RowChanged("abc", {}, ("",)))) == {SUPERVISORS, staff_topic("abc"), EVERYBODY}


def test_why_a_delivery_failed_is_told_to_staff_only() -> None:
    topics = told(DeliveryChanged("abc", 4, "failed", "no such mailbox"))
    assert topics[staff_topic("abc")] == [
        {"t": "upd", "c": "abc", "s": 4, "delivery": "failed", "error": "no such mailbox"}
    ]
    assert topics[customer_topic("abc")] == [{"t": "upd", "c": "abc", "s": 4, "delivery": "failed"}]


def test_marks_and_offers_go_to_whom_they_concern() -> None:
    assert set(told(SeenMoved("abc", "staff", 4))) == {staff_topic("abc"), customer_topic("abc")}
    assert set(told(OfferMade("o", "abc", "anna", {}, "2026-03-02T12:00:20Z", 20))) == {agent_topic("anna")}
    assert told(OfferEnded("o", "abc", "anna", "lapsed")) == {
        agent_topic("anna"): [{"t": "offer.revoked", "offer": "o", "c": "abc", "reason": "lapsed"}]
    }


def test_an_event_is_a_value_that_takes_no_unknown_field() -> None:
    with pytest.raises(TypeError):
        SeenMoved("abc", "staff", 4, who="x")  # type: ignore[call-arg]
    with pytest.raises(FrozenInstanceError):
        SeenMoved("abc", "staff", 4).seq = 5  # type: ignore[misc]


@pytest.mark.django_db(transaction=True)
def test_what_is_published_is_told_after_the_commit_in_order_and_not_after_a_rollback() -> None:
    with Tap() as tap:
        with transaction.atomic():
            for seq in (1, 2):
                publish_on_commit(an_event("abc", seq))
            assert tap.pushes == []
        assert [json.loads(frame)["s"] for frame in tap.frames(staff_topic("abc"))] == [1, 2]
        with transaction.atomic():
            publish_on_commit(an_event("abc", 3))
            transaction.set_rollback(True)
        assert len(tap.frames(staff_topic("abc"))) == 2


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_and_the_events_after_it_make_a_fresh_snapshot() -> None:
    anna, team = a_user("Anna Agent"), a_team("Printers")
    interaction = a_waiting_chat()
    start = last_entries(interaction, staff=True)
    start_customer = last_entries(interaction, staff=False)
    with Tap() as tap:
        goes_on(interaction, "hurry")
        _work(anna, interaction)
        routing.transfer_interaction(interaction=interaction, user=anna, team=team, note="yours")
        goes_on(interaction, "still there?")
        routing.close_interaction(interaction=fresh(interaction), user=None)
        goes_on(interaction, "one more thing")
    interaction.refresh_from_db()
    frames = [json.loads(frame) for frame in tap.frames(staff_topic(interaction.public_id))]
    assert _grown(start, frames) == last_entries(interaction, staff=True)
    assert [frame["row"] for frame in frames if frame["t"] == "row"][-1] == row_of(interaction)
    frames = [json.loads(frame) for frame in tap.frames(customer_topic(interaction.public_id))]
    expected = last_entries(interaction, staff=False)
    assert _seen_as(expected, _grown(start_customer, frames)) == expected


def _work(anna: User, interaction: object) -> None:
    row = routing.take_interaction(interaction=interaction, user=anna)  # type: ignore[arg-type]
    queue.reply(interaction=row, user=anna, body="hello", client_id="c-1")
    queue.add_note(interaction=row, user=anna, body="odd", client_id="c-2")


def _grown(start: list[dict[str, object]], frames: list[dict[str, object]]) -> list[dict[str, object]]:
    """The log of a reader who had `start` and applies the events."""
    events = [frame for frame in frames if frame["t"] == "ev"]
    wires = [{key: value for key, value in event.items() if key not in ("t", "c")} for event in events]
    assert [wire["s"] for wire in wires] == list(range(len(start) + 1, len(start) + len(wires) + 1))
    return [*start, *wires]


def _seen_as(expected: list[dict[str, object]], wires: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same without the empty fields that a plain chat message brings in both shapes."""
    return [{key: wire[key] for key in entry} for entry, wire in zip(expected, wires, strict=True)]


@pytest.mark.django_db(transaction=True)
def test_an_agent_hears_of_what_is_assigned_to_them_even_when_it_is_not_open() -> None:
    anna = an_agent()
    interaction = a_held_chat(anna)
    with Tap() as tap:
        goes_on(interaction, "are you there?")
    assert [json.loads(frame)["body"] for frame in tap.frames(agent_topic(anna.public_id))] == ["are you there?"]
