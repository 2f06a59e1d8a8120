"""Several processes route at once, and some of them die: no interaction is held twice, none is lost."""

import json
import os
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.db import connection

from interaction_center.access.models import User
from interaction_center.queue.intake import receive_all
from interaction_center.queue.models import Entry, EntryKind, Interaction, State
from interaction_center.routing.models import Agent, AgentConnection, Offer, Wanted
from interaction_center.routing.services import lapse_offers
from tests.builders import a_chat, an_agent, later
from tests.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def a_router(seconds: float) -> "subprocess.Popen[str]":
    """A process that works on the database of this test."""
    command = [sys.executable, "-m", "tests.routing.router", str(connection.settings_dict["NAME"]), str(seconds)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def scene(items: int, agents: int) -> None:
    for number in range(agents):
        an_agent(f"P{number} Agent", email=f"p{number}@center.test", capacity=3)
    receive_all([a_chat(visitor=f"v-{number}") for number in range(items)])
    AgentConnection.objects.update(lease_until=later(3_600))  # nobody renews them here


def outcome(routers: "list[subprocess.Popen[str]]") -> Counter[str]:
    """What they did together; a process that failed shows why."""
    done: Counter[str] = Counter()
    for router in routers:
        out, err = router.communicate(timeout=600)
        assert router.returncode == 0, err[-2000:]
        done.update(json.loads(out))
    return done


def events(name: str) -> Counter[int]:
    """Interaction -> how often this happened to it."""
    found = Entry.objects.filter(kind=EntryKind.EVENT, data__name=name).values_list("interaction_id", flat=True)
    return Counter(found)


def assert_consistent() -> None:
    """The invariants of every moment."""
    open_offers = Counter(Offer.objects.filter(state="open").values_list("interaction_id", flat=True))
    assert not open_offers or max(open_offers.values()) == 1
    assert set(open_offers) == set(Interaction.objects.filter(state=State.OFFERED).values_list("pk", flat=True))
    for agent in Agent.objects.all():
        held = Interaction.objects.filter(assigned_to=agent.user_id, state=State.ASSIGNED).count()
        assert held + Offer.objects.filter(agent=agent, state="open").count() <= agent.capacity
    for interaction in Interaction.objects.all():
        numbers = list(Entry.objects.filter(interaction=interaction).order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, interaction.seq + 1))


def assert_each_was_held_once() -> None:
    """Everything is closed, everything had exactly one agent."""
    assert not Interaction.objects.exclude(state=State.CLOSED).exists()
    everything = Counter(dict.fromkeys(Interaction.objects.values_list("pk", flat=True), 1))
    assert events("assigned") == events("closed") == everything
    accepted = Offer.objects.filter(state="accepted").values_list("interaction_id", flat=True)
    assert Counter(accepted) == everything


def test_three_processes_route_forty_interactions_each_to_one_agent() -> None:
    scene(items=40, agents=4)
    done = outcome([a_router(60) for _ in range(3)])
    assert_each_was_held_once()
    assert_consistent()
    assert done["offered"] == Offer.objects.count()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.alone
def test_eight_processes_route_two_thousand_interactions_each_to_one_agent() -> None:
    scene(items=2_000, agents=10)
    started = time.monotonic()
    done = outcome([a_router(540) for _ in range(8)])
    print(
        f"8 routers, {connection.vendor}: {done['offered'] / (time.monotonic() - started):.0f} offers a second, {done}"
    )
    assert_each_was_held_once()
    assert_consistent()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.alone
def test_routers_that_are_killed_in_the_middle_leave_nothing_undone() -> None:
    scene(items=600, agents=10)
    for _ in range(6):
        routers = [a_router(60) for _ in range(3)]
        time.sleep(3.0)
        for router in routers:
            router.kill()
            router.communicate()
        assert_consistent()
    lapse_offers(later(60))
    Agent.objects.update(wanted=Wanted.AVAILABLE)  # who missed two offers is away
    outcome([a_router(120) for _ in range(3)])
    assert_each_was_held_once()
    assert_consistent()
    assert User.objects.count() == 10
