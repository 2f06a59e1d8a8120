"""Whatever people, customers, robots and time do in whatever order: what must always hold holds after every step."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from interaction_center.access.models import Team, User
from interaction_center.errors import CenterError
from interaction_center.events import customer_topic, staff_topic
from interaction_center.queue import services as queue
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Interaction, State
from interaction_center.queue.selectors import last_entries, row_of
from interaction_center.routing import services as routing
from interaction_center.routing.models import Agent, AgentConnection, Offer
from interaction_center.routing.selectors import agents_with_load
from tests.access.builders import a_team
from tests.builders import Tap, a_chat, a_mail, a_supervisor, an_agent, later

WHO = some.integers(0, 3)
HOLDER = 4  # whoever has it, or is asked to
WHO_OR_HOLDER = some.integers(0, 7).map(lambda number: min(number, HOLDER))
WHICH = some.integers(0, 5)
ROW_FIELDS = ("state", "assigned_to", "team", "version", "closed_at")


class Center(RuleBasedStateMachine):
    """Two agents and a bystander, a supervisor, one team, up to six interactions; the real services and database."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.tap = Tap().__enter__()
        first, second = an_agent("Anna Agent", capacity=1), an_agent("Ben Agent", capacity=2)
        self.people = [first, second, an_agent("Cleo Agent", capacity=0), a_supervisor()]
        self.team = a_team("Printers", first)
        self.logs: dict[str, list[dict[str, Any]]] = {}

    def teardown(self) -> None:
        self.tap.__exit__()
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def act(self, work: Callable[[], object]) -> None:
        """Do it with its events; what is refused must have changed nothing."""
        before = self._facts()
        with TestCase.captureOnCommitCallbacks(execute=True):
            try:
                with transaction.atomic():
                    work()
            except CenterError:
                assert self._facts() == before

    def _facts(self) -> list[tuple[Any, ...]]:
        offers = Offer.objects.order_by("pk").values_list("pk", "state")
        rows = Interaction.objects.order_by("pk").values_list("pk", "state", "seq", "version", "assigned_to", "team")
        return [*offers, *rows]

    def one(self, which: int) -> Interaction | None:
        found = list(Interaction.objects.order_by("pk"))
        return found[which % len(found)] if found else None

    def on_one(self, which: int, work: Callable[[Interaction], object]) -> None:
        interaction = self.one(which)
        if interaction is not None:
            self.act(lambda: work(interaction))

    def person(self, who: int, interaction: Interaction) -> User:
        if who < HOLDER:
            return self.people[who]
        asked = Offer.objects.filter(interaction=interaction, state="open").select_related("agent__user").first()
        return interaction.assigned_to or (asked.agent.user if asked else self.people[0])

    @initialize()
    def some_work_is_there(self) -> None:
        for number in range(2):
            self.a_visitor_writes(number, False)
        self.a_mail_comes()

    # What customers and robots do

    @rule(visitor=some.integers(0, 2), is_for_team=some.booleans())
    def a_visitor_writes(self, visitor: int, is_for_team: bool) -> None:
        team = self.team.public_id if is_for_team else ""
        self.act(lambda: receive_envelope(a_chat(visitor=f"v-{visitor}", team=team)))
        self.the_queue_is_offered()

    @rule(which=WHICH, automatic=some.booleans())
    def a_message_goes_on(self, which: int, automatic: bool) -> None:
        def write(interaction: Interaction) -> None:
            made = a_chat if interaction.channel == "web_chat" else a_mail
            known = {"visitor": interaction.conversation} if interaction.channel == "web_chat" else {}
            receive_envelope(made(thread=(interaction.public_id,), automatic=automatic, **known))

        self.on_one(which, write)

    @rule()
    def a_mail_comes(self) -> None:
        if Interaction.objects.count() < 6:
            self.act(lambda: receive_envelope(a_mail()))
            self.the_queue_is_offered()

    @rule(which=WHICH)
    def the_customer_ends_it(self, which: int) -> None:
        self.on_one(which, lambda i: routing.close_interaction(interaction=i, user=None))

    # What people do

    @rule(which=WHICH, who=WHO_OR_HOLDER, what=some.sampled_from(["take", "release", "close", "reopen"]))
    def somebody_moves_it(self, which: int, who: int, what: str) -> None:
        move = getattr(routing, f"{what}_interaction")
        self.on_one(which, lambda i: move(interaction=i, user=self.person(who, i)))

    @rule(which=WHICH, who=WHO_OR_HOLDER, to=some.none() | WHO)
    def somebody_hands_it_over(self, which: int, who: int, to: int | None) -> None:
        target: dict[str, User | Team] = {"team": self.team} if to is None else {"to": self.people[to]}

        def hand_over(interaction: Interaction) -> None:
            user = self.person(who, interaction)
            routing.transfer_interaction(interaction=interaction, user=user, **target)  # type: ignore[arg-type]

        self.on_one(which, hand_over)

    @rule(which=WHICH, who=WHO_OR_HOLDER, what=some.sampled_from([queue.reply, queue.add_note]))
    def somebody_writes(self, which: int, who: int, what: Callable[..., object]) -> None:
        self.on_one(which, lambda i: what(interaction=i, user=self.person(who, i), body="x", client_id=str(uuid4())))

    @rule(who=WHO, wanted=some.sampled_from(["available", "available", "away", "busy"]))
    def somebody_changes_their_status(self, who: int, wanted: str) -> None:
        self.act(lambda: routing.set_status(user=self.people[who], wanted=wanted))

    @rule(who=WHO)
    def somebody_connects(self, who: int) -> None:
        self.act(lambda: routing.connect_agent(user=self.people[who], node="n"))

    @rule(who=WHO, for_long=some.booleans())
    def somebody_vanishes(self, who: int, for_long: bool) -> None:
        AgentConnection.objects.filter(agent__user=self.people[who]).update(lease_until=timezone.now())
        self.act(routing.reap_presence)
        if for_long:
            gone = Agent.objects.filter(user=self.people[who], left_at__isnull=False)
            long_ago = timezone.now() - routing.RELEASE_CHATS_AFTER
            gone.update(left_at=long_ago, idle_since=long_ago)
            self.act(routing.reap_presence)

    # What the tickers do, and answers to it

    @rule()
    def the_queue_is_offered(self) -> None:
        before = set(Offer.objects.values_list("pk", flat=True))
        self.act(routing.offer_due)
        for offer in Offer.objects.exclude(pk__in=before).select_related("agent"):
            agent = agents_with_load(later(0)).get(pk=offer.agent.pk)
            assert agent.load <= agent.capacity
            assert offer.interaction.team is None or offer.agent.user in offer.interaction.team.members.all()

    @rule()
    def time_passes(self) -> None:
        self.act(lambda: routing.lapse_offers(later(routing.OFFER_SECONDS + 1)))

    @rule(accepts=some.booleans())
    def somebody_answers_an_offer(self, accepts: bool) -> None:
        offer = Offer.objects.filter(state="open").select_related("agent__user").first()
        if offer is not None:
            answer = routing.accept_offer if accepts else routing.decline_offer
            self.act(lambda: answer(offer_id=offer.public_id, user=offer.agent.user))

    # What always holds

    @invariant()
    def states_agents_clocks_and_offers_agree(self) -> None:
        offered = Counter(Offer.objects.filter(state="open").values_list("interaction", flat=True))
        open_ones: Counter[tuple[str, str]] = Counter()
        for row in Interaction.objects.all():
            assert offered[row.pk] == (row.state == State.OFFERED)
            if row.state == State.ASSIGNED:
                assert row.assigned_to_id is not None
            if row.state == State.CLOSED:
                assert (row.waiting_since, row.promised_at) == (None, None)
            assert (row.closed_at is not None) == (row.state == State.CLOSED)
            if row.state != State.CLOSED and row.conversation:
                open_ones[row.channel, row.conversation] += 1
        assert not open_ones or max(open_ones.values()) == 1

    @invariant()
    def events_make_the_same_logs_as_a_fresh_load(self) -> None:
        for row in Interaction.objects.all():
            shown = row_of(row)
            told = self._told(staff_topic(row.public_id))
            log = [frame for frame in told if frame["t"] == "ev"]
            assert [frame["s"] for frame in log] == list(range(1, row.seq + 1))
            fresh = last_entries(row, staff=True, limit=1_000)
            assert [{key: frame[key] for key in entry} for frame, entry in zip(log, fresh, strict=True)] == fresh
            last_row = [frame["row"] for frame in told if frame["t"] == "row"][-1]
            assert {key: last_row[key] for key in ROW_FIELDS} == {key: shown[key] for key in ROW_FIELDS}
            to_customer = [frame for frame in self._told(customer_topic(row.public_id)) if frame["t"] == "ev"]
            assert [frame["s"] for frame in to_customer] == list(range(1, row.seq + 1))
            assert not any(frame["kind"] == "note" for frame in to_customer)

    def _told(self, topic: str) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.tap.frames(topic)]


def run(examples: int, steps: int) -> None:
    """So many lives of a centre, each with so many steps."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],  # a failing life is short enough to read; shrinking it takes minutes
    )
    run_state_machine_as_test(Center, settings=chosen)


@pytest.mark.django_db
def test_what_must_always_hold_holds_after_every_step() -> None:
    run(examples=10, steps=25)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.django_db
def test_what_must_always_hold_holds_over_many_long_lives() -> None:
    run(examples=100, steps=50)
