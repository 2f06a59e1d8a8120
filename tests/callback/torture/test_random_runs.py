"""Random people, faults, crashes and second thoughts; the ledger of the phone network, which knows us not, judges.

Never two calls to one telephone at once, never a second call of one posting, and nothing is lost: when the faults are
over, every request has ended or is due again.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_app.callback import posting
from channels_app.callback.applying import apply_due
from channels_app.callback.dialler import dial_due
from channels_app.callback.models import CallbackRequest, CallLeg, DoNotCall, Mode, PhoneCall, PhoneLine
from channels_app.callback.simulator.faults import Faults
from channels_app.callback.simulator.phones import Action, Script
from channels_app.callback.stages import ENDS
from interaction_center.due_work import WorkState, free_leases
from interaction_center.routing.models import Agent, Wanted
from interaction_center.routing.services import close_interaction, take_interaction
from tests.builders import fresh
from tests.callback.builders import World, a_line, a_request, a_world, an_agent_with_phone, cancel, stands

pytestmark = pytest.mark.django_db
STEP = 2.0
PRESS = [Action("press", heard="press 1", after=0.5, digits=digit) for digit in "1123"]
CALLBACK_FAULTS = ("drop", "duplicate", "delay", "reorder")
CREATE_FAULTS = ("lost_answer", "twice", "reset", "error", "unavailable", "unavailable_after")


class Crash(Exception):
    """The process ends here: what it held in memory is gone."""


class Run:
    """One world with its people, and a dialler that may die between any two commits."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, Random(seed)
        self.requests: list[CallbackRequest] = []
        for number in range(2):
            an_agent_with_phone(f"Agent{number} Smith", f"+493055500{number}")
            world.network.script(f"+493055500{number}", *(self._agent_script() for _ in range(3)))
        mode = self.random.choice([Mode.AGENT_FIRST, Mode.CUSTOMER_FIRST])
        self.line = a_line(mode, detects_machines=self.random.random() < 0.5)
        for number in range(3):
            self.ask(f"+493012300{number % 2}", f"subject-{number}")

    def ask(self, number: str, subject: str) -> None:
        """Two of them are for one telephone."""
        self.world.network.script(number, *(self._customer_script() for _ in range(4)))
        self.requests.append(a_request(self.line, number, subject=subject))

    def _agent_script(self) -> Script:
        presses = (Action("press", heard="press 1", after=0.5, digits="1"),)
        return self.random.choice([Script(actions=presses), Script(actions=presses), Script(reaction="no-answer")])

    def _customer_script(self) -> Script:
        answers = Script(after=self.random.choice([1.0, 8.0]), actions=(self.random.choice(PRESS),))
        others = [Script(reaction="busy"), Script(reaction="no-answer"), Script(answered_by="machine"), Script()]
        leaves = Script(actions=(PRESS[0], Action("hang_up", after=12.0)))
        return self.random.choice([answers, answers, leaves, *others])

    # What may happen.

    def time_passes(self) -> None:
        self.turns(self.random.choice([2, 5, 10]))

    def agent_takes(self) -> None:
        waiting = [one for one in self.requests if fresh(one.interaction).state in ("waiting", "offered")]
        for request, agent in zip(waiting, Agent.objects.select_related("user"), strict=False):
            if self.line.mode == Mode.AGENT_FIRST:
                take_interaction(interaction=fresh(request.interaction), user=agent.user)

    def agents_are_back(self) -> None:
        Agent.objects.update(wanted=Wanted.AVAILABLE)

    def customer_cancels(self) -> None:
        cancel(self.random.choice(self.requests))

    def number_is_forbidden(self) -> None:
        DoNotCall.objects.get_or_create(number=self.requests[0].number, defaults={"created_at": timezone.now()})

    def interaction_is_closed(self) -> None:
        interaction = fresh(self.random.choice(self.requests).interaction)
        if interaction.state == "assigned":
            close_interaction(interaction=interaction, user=interaction.assigned_to)

    def dialling_pauses(self) -> None:
        PhoneLine.objects.update(paused_at=timezone.now())

    def dialling_goes_on(self) -> None:
        PhoneLine.objects.update(paused_at=None)

    def process_dies_before_posting(self) -> None:
        """Committed, and nobody posts it."""
        posting.prepare(timezone.now())
        self._restart()

    def process_dies_after_posting(self) -> None:
        """Twilio has it, and we don't know."""
        batch = posting.prepare(timezone.now())
        for post in batch.posts:
            posting._post(post, 1e12)
        self._restart()

    def process_dies_while_storing(self) -> None:
        batch = posting.prepare(timezone.now())
        results = [posting._post(post, 1e12) for post in batch.posts]
        try:
            with transaction.atomic():
                posting.store_posted(results)
                raise Crash
        except Crash:
            self._restart()

    def process_dies_while_applying(self) -> None:
        try:
            with transaction.atomic():
                apply_due()
                raise Crash
        except Crash:
            self._restart()

    def _restart(self) -> None:
        if self.random.random() < 0.5:
            free_leases()
        self.world.network.deliver()

    def turns(self, count: int, step: float = STEP) -> None:
        """Background work in any order."""
        works: list[Callable[[], int]] = [dial_due, posting.serve_legs_once, apply_due]
        for _ in range(count):
            self.random.shuffle(works)
            for work in works:
                work()
            self.world.network.advance(step)
            self.world.clock.move_to(self.world.network.now)

    def calm(self) -> None:
        """No more faults; agents work, until nothing is under way."""
        self.world.network.faults.clear()
        self.dialling_goes_on()
        for _ in range(8):
            self.turns(6, step=5.0)
            for number in {request.number for request in self.requests}:
                if self.world.network.current_call(number) is not None:
                    self.world.network.hang_up(number)

    def judge(self) -> None:
        """By the ledger first, then whether anything was lost."""
        ledger = self.world.network.ledger
        assert ledger.overlaps(by_fault=False) == []
        paths = [ring.path for ring in ledger.rings if not ring.by_fault]
        assert len(paths) == len(set(paths)), "one posting made two calls"
        assert not PhoneCall.objects.filter(ended_at=None).exists(), "a call hangs"
        assert not CallLeg.objects.filter(ended_at=None).exists(), "a telephone hangs"
        for request in map(stands, self.requests):
            is_waiting = request.state == WorkState.DUE and request.due_at < timezone.now() + timedelta(days=4)
            assert request.stage in ENDS or is_waiting, request.stage


ACTIONS = (
    *[Run.time_passes] * 5,
    *[Run.agent_takes] * 4,
    Run.agents_are_back,
    Run.customer_cancels,
    Run.number_is_forbidden,
    Run.interaction_is_closed,
    Run.dialling_pauses,
    Run.dialling_goes_on,
    Run.process_dies_before_posting,
    Run.process_dies_after_posting,
    Run.process_dies_while_storing,
    Run.process_dies_while_applying,
)
SCRIPTS = st.lists(st.sampled_from(ACTIONS), min_size=4, max_size=14)
RATES = st.dictionaries(st.sampled_from(CALLBACK_FAULTS + CREATE_FAULTS), st.sampled_from([0.1, 0.3, 0.6]), max_size=4)
ANY = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def run(seed: int, rates: dict[str, float], actions: Sequence[Callable[[Run], None]]) -> None:
    """One run from the beginning to its judgement; nothing of it stays."""
    with transaction.atomic(), a_world(faults=Faults(seed=seed, rates=dict(rates)), seed=seed) as world:
        one = Run(world, seed)
        for action in actions:
            action(one)
        one.calm()
        one.judge()
        transaction.set_rollback(True)


@pytest.mark.timeout(600)
@settings(ANY, max_examples=12)
@given(seed=st.integers(0, 2**32), rates=RATES, actions=SCRIPTS)
def test_whatever_happens_no_telephone_is_rung_twice_and_nothing_is_lost(
    seed: int, rates: dict[str, float], actions: list[Callable[[Run], None]]
) -> None:
    run(seed, rates, actions)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@settings(ANY, max_examples=2_000)
@given(seed=st.integers(0, 2**32), rates=RATES, actions=SCRIPTS)
def test_in_two_thousand_runs_no_telephone_is_rung_twice_and_nothing_is_lost(
    seed: int, rates: dict[str, float], actions: list[Callable[[Run], None]]
) -> None:
    run(seed, rates, actions)
