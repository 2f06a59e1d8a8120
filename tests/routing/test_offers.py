"""One interaction reaches exactly one person, and none is forgotten."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from interaction_center.access import services as access
from interaction_center.access.models import User
from interaction_center.access.policy import KNOWLEDGE_EDITOR
from interaction_center.due_work import connect_bell, disconnect_bell
from interaction_center.errors import AlreadyTakenError, InvalidError, NotFoundError
from interaction_center.events import agent_topic
from interaction_center.queue.log import lock
from interaction_center.queue.models import Interaction, State
from interaction_center.routing.models import Agent, AgentConnection, Offer, Wanted
from interaction_center.routing.selectors import (
    agents_with_load,
    colleague,
    free_agents,
    is_anybody_available,
    open_offers_of,
)
from interaction_center.routing.services import (
    ASK_AGAIN_AFTER,
    GRACE,
    OFFER_SECONDS,
    PRESENCE_LEASE,
    RELEASE_CHATS_AFTER,
    accept_offer,
    close_interaction,
    connect_agent,
    decline_offer,
    disconnect_agent,
    ensure_agent,
    forget_connections,
    lapse_offers,
    offer_due,
    offer_next,
    reap_presence,
    release_interaction,
    renew_presence,
    set_status,
    take_interaction,
    transfer_interaction,
)
from tests.access.builders import a_role, a_team, a_user
from tests.builders import (
    Tap,
    a_held_chat,
    a_held_mail,
    a_mail,
    a_supervisor,
    a_waiting_chat,
    an_agent,
    assert_gapless,
    crossing,
    fresh,
    happened,
    in_parallel,
    landed,
    later,
)

pytestmark = pytest.mark.django_db


def the_offer() -> Offer:
    return Offer.objects.select_related("agent__user", "interaction").get(state="open")


def offered_to() -> dict[str, str]:
    """Interaction -> name of whom it is offered to."""
    found = Offer.objects.filter(state="open").values_list("interaction__public_id", "agent__user__name")
    return dict(found)


def load(user: User) -> int:
    return agents_with_load(timezone.now()).get(user=user).load


# Offering


def test_a_waiting_interaction_is_offered_to_exactly_one_free_agent() -> None:
    an_agent("Anna Agent")
    an_agent("Ben Agent")
    interaction = a_waiting_chat()
    assert [offer_due(), offer_due()] == [1, 0]
    assert fresh(interaction).state == State.OFFERED
    offer = the_offer()
    assert offer.interaction == interaction
    assert (offer.expires_at - offer.created_at).total_seconds() == OFFER_SECONDS == 20
    assert happened(interaction) == ["opened", "offered"]
    assert_gapless(interaction)


def test_the_database_refuses_a_second_open_offer() -> None:
    anna, ben = an_agent("Anna Agent"), an_agent("Ben Agent")
    offer_to = {"interaction": a_waiting_chat(), "created_at": timezone.now(), "expires_at": later(20)}
    Offer.objects.create(agent=Agent.objects.get(user=anna), **offer_to)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(agent=Agent.objects.get(user=ben), **offer_to)


def test_only_who_is_connected_and_wants_work_is_asked() -> None:
    a_user("Gone Agent")
    for wanted in (Wanted.AWAY, Wanted.BUSY):
        set_status(user=an_agent(f"{wanted.title()} Agent"), wanted=wanted)
    User.objects.filter(pk=an_agent("Former Agent").pk).update(is_active=False)
    a_waiting_chat()
    assert offer_due() == 0
    set_status(user=User.objects.get(name="Busy Agent"), wanted="available")
    assert offer_due() == 1


def test_the_queue_is_offered_in_its_order() -> None:
    interactions = [a_waiting_chat(f"v-{number}") for number in range(4)]
    for interaction, (priority, minutes) in zip(interactions, [(0, 9), (0, 5), (1, 99), (-1, 1)], strict=True):
        Interaction.objects.filter(pk=interaction.pk).update(priority=priority, promised_at=later(minutes * 60))
    for number in range(4):
        an_agent(f"P{number} Agent")
    offer_due()
    order = Offer.objects.order_by("pk").values_list("interaction__public_id", flat=True)
    assert list(order) == [interactions[index].public_id for index in (2, 1, 0, 3)]


def test_nobody_is_asked_beyond_their_capacity() -> None:
    anna, ben = an_agent("Anna Agent", capacity=2), an_agent("Ben Agent", capacity=1)
    a_held_chat(anna, "held")
    for number in range(5):
        a_waiting_chat(f"v-{number}")
    assert offer_due() == 2
    assert (load(anna), load(ben)) == (2, 1)
    assert Interaction.objects.filter(state=State.WAITING).count() == 3


def test_when_a_place_is_free_the_oldest_waiting_one_gets_it() -> None:
    anna = an_agent(capacity=1)
    held = a_held_chat(anna, "held")
    first, _second = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    assert offer_due() == 0
    close_interaction(interaction=held, user=anna)
    assert offer_due() == 1
    assert the_offer().interaction == first


def test_the_share_of_places_taken_decides_then_who_has_been_idle_longest() -> None:
    anna, ben = an_agent("Anna Agent", capacity=4), an_agent("Ben Agent", capacity=10)
    cleo = an_agent("Cleo Agent", capacity=4)
    a_held_chat(anna, "v-a")
    a_held_chat(ben, "v-b")
    Agent.objects.filter(user=cleo).update(idle_since=timezone.now() - timedelta(hours=1))
    assert [str(agent) for agent in free_agents(timezone.now())] == ["Cleo Agent", "Ben Agent", "Anna Agent"]


def test_a_teams_work_is_offered_to_its_members_only() -> None:
    team = a_team("Printers")
    an_agent("Anna Agent")
    interaction = landed(a_mail(team=team.public_id))
    assert offer_due() == 0
    an_agent("Ben Agent", team=team)
    assert offer_due() == 1
    assert offered_to() == {interaction.public_id: "Ben Agent"}


def test_who_cannot_have_the_first_in_the_queue_gets_the_next() -> None:
    team = a_team("Printers")
    landed(a_mail(team=team.public_id))
    anybodys = landed(a_mail())
    an_agent("Anna Agent")
    assert offer_due() == 1
    assert offered_to() == {anybodys.public_id: "Anna Agent"}


def test_who_has_an_offer_to_answer_is_asked_for_nothing_else_until_then() -> None:
    anna = an_agent()
    for visitor in ("v-1", "v-2", "v-3"):
        a_waiting_chat(visitor)
    assert offer_due() == 1
    accept_offer(offer_id=the_offer().public_id, user=anna)
    assert offer_due() == 1
    decline_offer(offer_id=the_offer().public_id, user=anna)
    assert offer_due() == 1


@pytest.mark.parametrize("how", ["accept", "decline", "lapse", "take", "transfer", "close"])
def test_the_next_offer_follows_as_soon_as_one_is_over(
    how: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    anna, boss = an_agent(), a_supervisor()
    interaction = a_waiting_chat()
    offer_due()
    offer = the_offer().public_id
    ways: dict[str, Callable[[], object]] = {
        "accept": lambda: accept_offer(offer_id=offer, user=anna),
        "decline": lambda: decline_offer(offer_id=offer, user=anna),
        "lapse": lambda: lapse_offers(later(OFFER_SECONDS)),
        "take": lambda: take_interaction(interaction=interaction, user=boss),
        "transfer": lambda: transfer_interaction(interaction=interaction, user=boss, team=a_team()),
        "close": lambda: close_interaction(interaction=interaction, user=None),
    }
    rung: list[str] = []
    connect_bell("offers", lambda: rung.append(how))
    with django_capture_on_commit_callbacks(execute=True):
        ways[how]()
    disconnect_bell("offers")
    assert set(rung) == {how}


# Answers


def test_who_accepts_has_it() -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    accept_offer(offer_id=the_offer().public_id, user=anna)
    row = fresh(interaction)
    assert (row.state, row.assigned_to) == (State.ASSIGNED, anna)
    assert Offer.objects.get().state == "accepted"
    assert load(anna) == 1


def test_an_offer_that_lapses_goes_back_to_its_place_and_to_somebody_else() -> None:
    an_agent("Anna Agent", capacity=1)
    first, second = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    before = fresh(first)
    offer_due()
    assert lapse_offers(timezone.now()) == 0
    assert lapse_offers(later(OFFER_SECONDS)) == 1
    row = fresh(first)
    assert (row.state, row.promised_at, row.waiting_since) == (State.WAITING, before.promised_at, before.waiting_since)
    assert happened(first)[-1] == "offer_lapsed"
    ben = an_agent("Ben Agent", capacity=1)
    offer_due()
    assert offered_to() == {first.public_id: str(ben), second.public_id: "Anna Agent"}


@pytest.mark.parametrize("end", ["declined", "lapsed"])
def test_who_declined_or_missed_it_is_not_asked_again_at_once_but_later(end: str) -> None:
    anna = an_agent()
    a_waiting_chat()
    assert offer_due() == 1
    if end == "declined":
        decline_offer(offer_id=the_offer().public_id, user=anna)
    else:
        lapse_offers(later(OFFER_SECONDS))
    assert offer_due() == 0
    with time_machine.travel(timezone.now() + ASK_AGAIN_AFTER + timedelta(seconds=OFFER_SECONDS + 1)):
        assert offer_next(timezone.now()) is not None


def test_an_offer_that_is_over_cannot_be_accepted_or_declined() -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    offer = the_offer()
    for answer in (accept_offer, decline_offer):
        with transaction.atomic():
            lapse_offers(later(OFFER_SECONDS))
            with pytest.raises(AlreadyTakenError):
                answer(offer_id=offer.public_id, user=anna)
    assert fresh(interaction).state == State.WAITING


def test_an_answer_after_twenty_seconds_is_none_even_if_nobody_has_looked() -> None:
    anna = an_agent()
    a_waiting_chat()
    offer_due()
    Offer.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))
    with pytest.raises(AlreadyTakenError):
        accept_offer(offer_id=the_offer().public_id, user=anna)


@pytest.mark.parametrize("how", ["accept", "decline", "lapse", "go busy", "vanish", "take", "close"])
@pytest.mark.parametrize("over", [state for state in Offer.State if state != Offer.State.OPEN])
def test_an_offer_that_is_over_stays_what_it_became_whatever_comes_later(over: str, how: str) -> None:
    anna, boss = an_agent(), a_supervisor()
    interaction = a_waiting_chat()
    offer_due()
    offer = the_offer()
    Offer.objects.update(state=over)
    ways: dict[str, Callable[[], object]] = {
        "accept": lambda: accept_offer(offer_id=offer.public_id, user=anna),
        "decline": lambda: decline_offer(offer_id=offer.public_id, user=anna),
        "lapse": lambda: lapse_offers(later(OFFER_SECONDS)),
        "go busy": lambda: set_status(user=anna, wanted="busy"),
        "vanish": lambda: (AgentConnection.objects.all().delete(), reap_presence()),
        "take": lambda: take_interaction(interaction=interaction, user=boss),
        "close": lambda: close_interaction(interaction=interaction, user=None),
    }
    with suppress(AlreadyTakenError):
        ways[how]()
    assert Offer.objects.get(pk=offer.pk).state == over


def test_somebody_elses_offer_does_not_exist_for_me() -> None:
    an_agent("Anna Agent")
    a_waiting_chat()
    offer_due()
    ben = an_agent("Ben Agent")
    for answer in (accept_offer, decline_offer):
        with pytest.raises(NotFoundError):
            answer(offer_id=the_offer().public_id, user=ben)


def test_taking_what_is_offered_to_me_accepts_it_and_others_cannot() -> None:
    anna = an_agent("Anna Agent")
    interaction = a_waiting_chat()
    offer_due()
    with pytest.raises(AlreadyTakenError):
        take_interaction(interaction=interaction, user=an_agent("Ben Agent"))
    take_interaction(interaction=interaction, user=anna)
    assert Offer.objects.get().state == "accepted"


@pytest.mark.parametrize(
    ("how", "told"),
    [("take", "taken"), ("transfer", "transferred"), ("close", "closed"), ("customer closes", "closed")],
)
def test_an_interaction_that_moves_on_takes_its_offer_along_and_says_why(
    how: str, told: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    anna = an_agent("Anna Agent")
    boss, team = a_supervisor(), a_team()
    interaction = a_waiting_chat()
    offer_due()
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        if how == "take":
            take_interaction(interaction=interaction, user=boss)
        elif how == "transfer":
            transfer_interaction(interaction=interaction, user=boss, team=team)
        else:
            close_interaction(interaction=interaction, user=boss if how == "close" else None)
    assert Offer.objects.get().state == "revoked"
    assert load(anna) == 0
    (ended,) = [json.loads(frame) for frame in tap.frames(agent_topic(anna.public_id)) if "offer.revoked" in frame]
    assert ended["reason"] == told


def test_what_an_agent_hears_of_offers(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        offer_due()
        decline_offer(offer_id=the_offer().public_id, user=anna)
    frames = [json.loads(frame) for frame in tap.frames(agent_topic(anna.public_id))]
    made, ended = [frame for frame in frames if frame["t"].startswith("offer")]
    assert (made["t"], made["c"], made["seconds"]) == ("offer", interaction.public_id, 20)
    assert made["row"]["state"] == "offered"
    assert ended == {"t": "offer.revoked", "offer": made["offer"], "c": interaction.public_id, "reason": "declined"}


def test_a_reload_finds_what_is_offered() -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    assert [offer.interaction for offer in open_offers_of(anna)] == [interaction]


# Presence


def test_a_console_counts_as_there_for_its_lease_and_after_it_closed_for_a_grace() -> None:
    anna = a_user("Anna Agent")
    set_status(user=anna, wanted="available")
    connection = connect_agent(user=anna, node="n")
    assert connection is not None
    assert is_anybody_available(later(PRESENCE_LEASE.total_seconds() - 1))
    assert not is_anybody_available(later(PRESENCE_LEASE.total_seconds() + 1))
    disconnect_agent(connection_id=connection.public_id)
    assert is_anybody_available(later(GRACE.total_seconds() - 1))
    assert not is_anybody_available(later(GRACE.total_seconds() + 1))


def test_several_windows_are_one_agent() -> None:
    anna = a_user("Anna Agent")
    set_status(user=anna, wanted="available")
    first, second = connect_agent(user=anna, node="n"), connect_agent(user=anna, node="m")
    assert first is not None
    assert second is not None
    disconnect_agent(connection_id=first.public_id)
    with time_machine.travel(later(GRACE.total_seconds() + 1), tick=True):
        reap_presence()
        assert AgentConnection.objects.get() == second
        assert is_anybody_available(timezone.now())


def test_only_the_sockets_of_this_process_that_live_are_renewed() -> None:
    anna = a_user("Anna Agent")
    mine, lost, theirs = (connect_agent(user=anna, node=node) for node in ("n", "n", "m"))
    assert mine is not None
    assert theirs is not None
    with time_machine.travel(later(60), tick=True):
        renew_presence(node="n", connections=[mine.public_id, theirs.public_id])
    alive = AgentConnection.objects.filter(lease_until__gt=later(100))
    assert list(alive) == [mine]
    assert lost is not None
    forget_connections()
    assert AgentConnection.objects.count() == 0


def test_who_has_gone_loses_their_offers_not_their_conversations() -> None:
    anna = an_agent()
    held = a_held_chat(anna, "held")
    interaction = a_waiting_chat("v-1")
    offer_due()
    reap_presence()
    assert the_offer().agent.user == anna
    with time_machine.travel(later(PRESENCE_LEASE.total_seconds() + 1), tick=True):
        Offer.objects.update(expires_at=later(99))
        reap_presence()
    assert Offer.objects.get().state == "revoked"
    assert fresh(interaction).state == State.WAITING
    assert fresh(held).assigned_to == anna


def test_an_offer_lost_with_presence_is_made_again_at_once() -> None:
    anna = an_agent()
    a_waiting_chat()
    offer_due()
    AgentConnection.objects.all().delete()
    reap_presence()
    connect_agent(user=anna, node="n")
    assert offer_due() == 1


def test_colleagues_are_shown_with_presence_and_load() -> None:
    anna = an_agent("Anna Agent", capacity=3)
    a_held_chat(anna)
    a_user("Ben Agent")
    set_status(user=an_agent("Cleo Agent"), wanted="busy")
    people = map(colleague, agents_with_load(timezone.now()))
    shown = {person.name: (person.presence, person.load, person.capacity) for person in people}
    assert shown == {"Anna Agent": ("available", 1, 3), "Ben Agent": ("offline", 0, 5), "Cleo Agent": ("busy", 0, 5)}


def test_availability_is_asked_for_a_team() -> None:
    team = a_team("Printers")
    an_agent("Anna Agent")
    assert is_anybody_available(timezone.now())
    assert not is_anybody_available(timezone.now(), team=team.public_id)
    an_agent("Ben Agent", team=team)
    assert is_anybody_available(timezone.now(), team=team.public_id)


def test_who_has_no_room_is_not_available_for_somebody_who_writes_now() -> None:
    anna = an_agent(capacity=1)
    held = a_held_chat(anna)
    assert not is_anybody_available(timezone.now())
    close_interaction(interaction=held, user=anna)
    assert is_anybody_available(timezone.now())


def test_a_wrong_status_and_somebody_who_takes_no_work() -> None:
    with pytest.raises(InvalidError):
        set_status(user=an_agent(), wanted="asleep")
    nobody = User.objects.create_user("x@center.test", name="No Agent")
    with pytest.raises(NotFoundError):
        set_status(user=nobody, wanted="available")
    assert connect_agent(user=nobody, node="n") is None


def test_a_changed_capacity_keeps_the_status() -> None:
    anna = an_agent()
    ensure_agent(user=anna, capacity=9)
    agent = Agent.objects.get(user=anna)
    assert (agent.capacity, agent.wanted) == (9, "available")


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_accept_at_once_have_it_once() -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    accept = partial(accept_offer, offer_id=the_offer().public_id, user=anna)
    results = in_parallel([accept] * 4)
    assert [type(result) for result in results].count(AlreadyTakenError) == 3
    assert happened(interaction).count("assigned") == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_while_the_offer_lapses_waits_for_nobody_who_waits_for_it() -> None:
    anna = an_agent()
    a_waiting_chat("v-1")
    offer_due()
    lapse_offers(later(OFFER_SECONDS))
    a_waiting_chat("v-2")
    offer_due()
    accept = partial(accept_offer, offer_id=the_offer().public_id, user=anna)
    hold = partial(Agent.objects.select_for_update(no_key=True).get, user=anna)
    accepted, lapsed = crossing(hold, accept, lambda: lapse_offers(later(OFFER_SECONDS)))
    assert isinstance(accepted, Interaction)
    assert (accepted.state, lapsed) == (State.ASSIGNED, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_whatever_happens_to_an_offer_at_once_ends_in_one_consistent_state(round_: int) -> None:
    boss = a_supervisor()
    for number in range(3):
        an_agent(f"P{number} Agent")
    interactions = [a_waiting_chat(f"v-{number}") for number in range(3)]
    offer_due()
    offers = {offer.interaction: offer for offer in Offer.objects.select_related("agent__user").filter(state="open")}
    works: list[Callable[[], object]] = []
    for interaction in interactions:
        works += [
            partial(accept_offer, offer_id=offers[interaction].public_id, user=offers[interaction].agent.user),
            partial(lapse_offers, later(OFFER_SECONDS)),
            partial(take_interaction, interaction=interaction, user=boss),
            partial(close_interaction, interaction=interaction, user=None),
        ]
    results = in_parallel(works)
    strange = [result for result in results if isinstance(result, Exception) and not hasattr(result, "code")]
    assert strange == []
    for interaction in interactions:
        row = fresh(interaction)
        open_offers = Offer.objects.filter(interaction=row, state="open").count()
        assert open_offers == (row.state == State.OFFERED)
        assert_gapless(row)


@pytest.mark.django_db(transaction=True)
def test_routers_at_once_offer_nothing_twice_lose_nothing_and_keep_every_capacity() -> None:
    agents = [an_agent(f"P{number} Agent", email=f"p{number}@center.test", capacity=3) for number in range(4)]
    for number in range(16):
        a_waiting_chat(f"v-{number}")
    for _ in range(4):
        results = in_parallel([offer_due] * 6)
        assert [result for result in results if isinstance(result, BaseException)] == []
        offer_due()
        one_each = Offer.objects.filter(state="open").select_related("agent__user")
        assert one_each.count() == Interaction.objects.filter(state=State.OFFERED).count()
        assert len({offer.agent for offer in one_each}) == len(one_each)
        for offer in one_each:
            accept_offer(offer_id=offer.public_id, user=offer.agent.user)
    assert [load(agent) for agent in agents] == [3, 3, 3, 3]
    assert Interaction.objects.filter(state=State.WAITING).count() == 4


def test_what_was_released_is_offered_again() -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    accept_offer(offer_id=the_offer().public_id, user=anna)
    release_interaction(interaction=interaction, user=anna)
    assert offer_due() == 1


# What went wrong once


def test_a_late_take_of_what_was_offered_to_me_leaves_no_open_offer_behind() -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    with time_machine.travel(later(OFFER_SECONDS + 1), tick=False):
        take_interaction(interaction=interaction, user=anna)
        assert not Offer.objects.filter(state="open").exists()
        assert lapse_offers(timezone.now()) == 0
    assert fresh(interaction).assigned_to == anna


def test_an_open_offer_of_something_that_has_moved_on_stops_nobody_else() -> None:
    an_agent()
    first, second = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    offer_due()
    Interaction.objects.filter(pk=first.pk).update(state=State.CLOSED)
    lapse_offers(later(OFFER_SECONDS + 1))
    assert not Offer.objects.filter(state="open").exists()
    assert (fresh(first).state, fresh(second).state) == ("closed", "waiting")


@pytest.mark.parametrize("wanted", ["busy", "away"])
def test_who_goes_busy_or_away_gives_back_what_was_offered(wanted: str) -> None:
    anna = an_agent()
    interaction = a_waiting_chat()
    offer_due()
    set_status(user=anna, wanted=wanted)
    assert fresh(interaction).state == State.WAITING
    assert Offer.objects.get().state == "revoked"


def test_who_misses_two_offers_in_a_row_is_away() -> None:
    anna = an_agent()
    for visitor in ("v-1", "v-2"):
        a_waiting_chat(visitor)
        assert Agent.objects.get(user=anna).wanted == Wanted.AVAILABLE
        offer_next(timezone.now())
        lapse_offers(later(OFFER_SECONDS + 1))
    assert Agent.objects.get(user=anna).wanted == Wanted.AWAY


@pytest.mark.parametrize("sign", ["accepts", "declines", "takes", "says available"])
def test_who_shows_between_two_misses_that_they_are_there_stays_available(sign: str) -> None:
    anna = an_agent()
    first, second = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    offer_next(timezone.now())
    with time_machine.travel(later(OFFER_SECONDS + 1), tick=True):
        lapse_offers(timezone.now())
        if sign == "accepts":
            offer_next(timezone.now())
            accept_offer(offer_id=the_offer().public_id, user=anna)
        elif sign == "declines":
            offer_next(timezone.now())
            decline_offer(offer_id=the_offer().public_id, user=anna)
        elif sign == "takes":
            take_interaction(interaction=second, user=anna)
        else:
            set_status(user=anna, wanted="available")
        a_waiting_chat("v-3")
        assert offer_next(timezone.now()) is not None
        lapse_offers(later(OFFER_SECONDS + 1))
    assert Agent.objects.get(user=anna).wanted == Wanted.AVAILABLE
    assert fresh(first).state == State.WAITING


def test_who_is_back_is_offered_what_they_missed_first() -> None:
    anna = an_agent()
    longest, _newer = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    missed_at = timezone.now()
    for _ in range(2):
        missed_at += timedelta(seconds=OFFER_SECONDS + 1)
        offer_next(timezone.now())
        lapse_offers(missed_at)
    with time_machine.travel(missed_at + timedelta(seconds=1), tick=True):
        assert Agent.objects.get(user=anna).wanted == Wanted.AWAY
        set_status(user=anna, wanted="available")
        offer_next(timezone.now())
        assert the_offer().interaction == longest


def test_nothing_is_locked_when_nothing_waits(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(5):
        an_agent(f"A{number} Agent")
    with django_assert_num_queries(2):
        assert offer_due() == 0


def test_a_chat_whose_agent_has_gone_waits_again_and_a_mail_stays() -> None:
    anna = an_agent()
    chat, mail = a_held_chat(anna), a_held_mail(anna)
    AgentConnection.objects.update(lease_until=timezone.now())
    with time_machine.travel(later(1), tick=False):
        reap_presence()
    assert fresh(chat).state == State.ASSIGNED, "a reload must not lose it"
    with time_machine.travel(later(42), tick=False):
        reap_presence()
    assert (fresh(chat).state, fresh(chat).assigned_to) == (State.WAITING, None)
    assert fresh(mail).assigned_to == anna


@pytest.mark.parametrize("how", ["switched off", "another role", "the role changes"])
def test_who_may_not_work_any_more_gives_back_everything_and_is_asked_for_nothing(how: str) -> None:
    anna = an_agent()
    held = [a_held_chat(anna), a_held_mail(anna)]
    offered = a_waiting_chat("v-2")
    offer_due()
    if how == "switched off":
        access.deactivate_user(user=anna)
    elif how == "another role":
        access.update_user(user=anna, role=a_role(KNOWLEDGE_EDITOR))
    else:
        access.update_role(role=a_role(), permissions=[])
    reap_presence()
    assert {(fresh(one).state, fresh(one).assigned_to) for one in (*held, offered)} == {(State.WAITING, None)}
    assert offer_due() == 0
    with pytest.raises(InvalidError):
        transfer_interaction(interaction=held[0], user=a_supervisor(), to=anna)


def test_who_is_connected_has_not_left_whatever_was_noted_before() -> None:
    anna = an_agent()
    chat = a_held_chat(anna)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Agent.objects.update(left_at=an_hour_ago, idle_since=an_hour_ago)
    reap_presence()
    assert fresh(chat).assigned_to == anna


def test_a_chat_taken_without_a_console_is_not_taken_away_at_once() -> None:
    anna = an_agent()
    AgentConnection.objects.all().delete()
    Agent.objects.update(left_at=timezone.now() - timedelta(hours=1))
    chat = a_waiting_chat()
    take_interaction(interaction=chat, user=anna)
    reap_presence()
    assert fresh(chat).assigned_to == anna
    with time_machine.travel(later(RELEASE_CHATS_AFTER.total_seconds() + 1), tick=False):
        reap_presence()
    assert fresh(chat).state == State.WAITING


@pytest.mark.django_db(transaction=True)
def test_who_comes_back_while_the_reaper_looks_has_not_left() -> None:
    anna = an_agent()
    AgentConnection.objects.update(lease_until=timezone.now())
    crossing(lambda: connect_agent(user=anna, node="n"), lambda: 0, reap_presence)
    assert AgentConnection.objects.count() == 1
    assert Agent.objects.get().left_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("move", [take_interaction, close_interaction])
def test_what_moves_on_while_the_reaper_looks_stays_where_it_went(move: Callable[..., Interaction]) -> None:
    anna, boss = an_agent(), a_supervisor()
    chats = [a_held_chat(anna, "v-1"), a_held_chat(anna, "v-2")]
    AgentConnection.objects.all().delete()
    long_ago = timezone.now() - RELEASE_CHATS_AFTER
    Agent.objects.filter(user=anna).update(left_at=long_ago, idle_since=long_ago)
    moved, reaped = crossing(lambda: lock(chats[0]), lambda: move(interaction=chats[0], user=boss), reap_presence)
    assert isinstance(moved, Interaction)
    assert reaped == 0
    assert fresh(chats[0]).state == moved.state != State.WAITING
    assert fresh(chats[1]).state == State.WAITING
