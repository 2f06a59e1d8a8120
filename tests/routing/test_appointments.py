"""Work with an appointment, work that its channel brings to somebody, and work that takes a whole agent."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from interaction_center.adapters import adapter_for
from interaction_center.due_work import connect_bell, disconnect_bell
from interaction_center.queue import by_channel
from interaction_center.queue.models import Interaction, State
from interaction_center.queue.policy import Role
from interaction_center.routing.reserving import reserve_agents
from interaction_center.routing.services import close_interaction, offer_due, offer_next, take_interaction
from tests.access.builders import a_team
from tests.builders import a_waiting_chat, an_agent, assert_gapless, fresh, happened, in_parallel

pytestmark = pytest.mark.django_db


def reserved(*interactions: Interaction) -> dict[str, str]:
    """Interaction -> name of who has it now."""
    found = reserve_agents([row.public_id for row in interactions], timezone.now())
    return {name: user.name for name, user in found.items()}


def test_an_appointment_is_offered_from_its_time_on() -> None:
    an_agent("Anna")
    chat, now = a_waiting_chat(), timezone.now()
    by_channel.appoint(chat.public_id, not_before=now + timedelta(seconds=60), promised_at=now + timedelta(hours=2))
    assert offer_due() == 0
    assert offer_next(now + timedelta(seconds=59)) is None
    offer = offer_next(now + timedelta(seconds=60))
    assert offer is not None
    assert offer.interaction == chat


def test_what_its_channel_brings_to_somebody_is_offered_to_nobody() -> None:
    an_agent("Anna")
    chat = a_waiting_chat()
    by_channel.appoint(chat.public_id, not_before=None, promised_at=None, routed_by_channel=True)
    assert offer_due() == 0


def test_who_has_something_exclusive_is_asked_nothing_until_it_is_given_back() -> None:
    anna = an_agent("Anna")
    call = take_interaction(interaction=a_waiting_chat("v-1"), user=anna)
    by_channel.set_exclusive(call.public_id, exclusive=True)
    a_waiting_chat("v-2")
    assert offer_due() == 0
    by_channel.put_back(call.public_id, not_before=timezone.now() + timedelta(hours=1))
    assert not fresh(call).exclusive
    assert offer_due() == 1


@pytest.mark.parametrize("by", [Role.SYSTEM, Role.CUSTOMER])
def test_closing_ends_appointment_and_exclusiveness(by: Role) -> None:
    anna = an_agent("Anna")
    call = take_interaction(interaction=a_waiting_chat("v-1"), user=anna)
    by_channel.set_exclusive(call.public_id, exclusive=True)
    closed = close_interaction(interaction=call, user=None, by=by)
    assert (closed.state, closed.exclusive, closed.not_before) == (State.CLOSED, False, None)
    assert fresh(call).assigned_to == anna


def test_a_channel_hears_that_one_of_its_interactions_has_moved(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(adapter_for("web_chat"), "moved_wakes", "calls")
    connect_bell("calls", lambda: rung.append("calls"))
    anna, chat = an_agent("Anna"), a_waiting_chat()
    with django_capture_on_commit_callbacks(execute=True):
        take_interaction(interaction=chat, user=anna)
    disconnect_bell("calls")
    assert rung == ["calls"]


def test_no_more_are_reserved_than_agents_are_there_who_hold_nothing() -> None:
    anna, ben = an_agent("Anna", capacity=5), an_agent("Ben", capacity=5)
    take_interaction(interaction=a_waiting_chat("v-0"), user=ben)
    first, second = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    assert reserved(first, second) == {first.public_id: "Anna"}
    assert fresh(first).exclusive
    assert fresh(first).assigned_to == anna
    assert fresh(second).state == State.WAITING
    assert reserved(second) == {}
    assert happened(first)[-1] == "assigned"
    assert_gapless(first)


def test_a_reserved_agent_belongs_to_the_team() -> None:
    an_agent("Anna")
    ben = an_agent("Ben")
    phone = a_team("Phone")
    phone.members.add(ben)
    call = a_waiting_chat("v-1", team=phone.public_id)
    assert reserved(call) == {call.public_id: "Ben"}


def test_reserving_many_takes_a_constant_number_of_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        an_agent(f"Agent{number} Smith")
    chats = [a_waiting_chat(f"v-{number}") for number in range(12)]
    with django_assert_max_num_queries(24):
        assert len(reserved(*chats)) == 12


@pytest.mark.django_db(transaction=True)
def test_two_processes_reserve_each_agent_once() -> None:
    for number in range(4):
        an_agent(f"Agent{number} Smith")
    chats = [a_waiting_chat(f"v-{number}") for number in range(8)]
    halves = [chats[:4], chats[4:]]
    in_parallel([partial(reserved, *half) for half in halves])
    held = Interaction.objects.filter(state=State.ASSIGNED)
    assert held.count() == held.values("assigned_to").distinct().count() == 4


def test_a_channel_notes_in_many_logs_with_as_many_queries_as_in_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    chats = [a_waiting_chat(f"v-{number}") for number in range(6)]
    with django_assert_max_num_queries(8):
        by_channel.note_all({chat.public_id: {"name": "call_started", "attempt": 1} for chat in chats})
    assert all(happened(chat)[-1] == "call_started" for chat in chats)
    assert_gapless(chats[-1])


def test_a_channel_sees_what_is_held_of_its_own_and_by_whom() -> None:
    anna = an_agent("Anna")
    held = take_interaction(interaction=a_waiting_chat("v-1"), user=anna)
    a_waiting_chat("v-2")
    assert by_channel.held("web_chat") == {held.public_id: anna}
    assert by_channel.held("email") == {}
