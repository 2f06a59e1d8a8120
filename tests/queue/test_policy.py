"""Who may move an interaction where: the table, read aloud and held against what the services do."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from interaction_center.access.models import User
from interaction_center.access.selectors import calendar_of
from interaction_center.errors import AlreadyTakenError, ClosedError, ConflictError, ForbiddenError
from interaction_center.queue import services as queue
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Interaction, State
from interaction_center.queue.policy import TRANSITIONS, Command, Role, next_state, promise
from interaction_center.routing import services as routing
from interaction_center.routing.models import Offer
from tests.access.builders import a_calendar, a_user
from tests.builders import NOW, a_chat, a_supervisor, a_waiting_chat, an_agent, assert_gapless, fresh

EVERYTHING = list(itertools.product(State, Command, Role))

# Said a second time, in words: a command of a role and the states in which it is allowed.
ALLOWED: dict[tuple[Command, Role], str] = {
    (Command.OFFER, Role.SYSTEM): "waiting",
    (Command.ACCEPT, Role.OFFERED): "offered",
    (Command.UNOFFER, Role.OFFERED): "offered",
    (Command.UNOFFER, Role.SYSTEM): "offered",
    (Command.TAKE, Role.AGENT): "waiting",
    (Command.TAKE, Role.OFFERED): "offered",
    (Command.TAKE, Role.SUPERVISOR): "waiting offered assigned",
    (Command.RELEASE, Role.OWNER): "assigned",
    (Command.RELEASE, Role.SUPERVISOR): "assigned",
    (Command.RELEASE, Role.SYSTEM): "assigned",
    (Command.TRANSFER, Role.AGENT): "waiting",
    (Command.TRANSFER, Role.OWNER): "assigned",
    (Command.TRANSFER, Role.SUPERVISOR): "waiting offered assigned",
    (Command.REPLY, Role.OWNER): "assigned",
    (Command.REPLY, Role.SUPERVISOR): "assigned",
    (Command.NOTE, Role.AGENT): "waiting offered assigned closed",
    (Command.NOTE, Role.OWNER): "waiting offered assigned closed",
    (Command.NOTE, Role.OFFERED): "waiting offered assigned closed",
    (Command.NOTE, Role.SUPERVISOR): "waiting offered assigned closed",
    (Command.CLOSE, Role.OWNER): "assigned",
    (Command.CLOSE, Role.SUPERVISOR): "waiting offered assigned",
    (Command.CLOSE, Role.CUSTOMER): "waiting offered assigned",
    (Command.CLOSE, Role.SYSTEM): "waiting offered assigned",
    (Command.REOPEN, Role.AGENT): "closed",
    (Command.REOPEN, Role.SUPERVISOR): "closed",
    (Command.MESSAGE, Role.CUSTOMER): "waiting offered assigned closed",
    (Command.MESSAGE, Role.SYSTEM): "waiting offered assigned closed",
}


@pytest.mark.parametrize(("state", "command", "role"), EVERYTHING)
def test_a_command_is_allowed_exactly_where_the_table_says(state: State, command: Command, role: Role) -> None:
    allowed = str(state) in ALLOWED.get((command, role), "").split()
    assert ((state, command, role) in TRANSITIONS) == allowed
    if allowed:
        assert next_state(state, command, role) == TRANSITIONS[state, command, role]
        return
    with pytest.raises((ConflictError, ForbiddenError)) as refused:
        next_state(state, command, role)
    assert refused.value.message.endswith((".", "!"))


def test_what_is_refused_says_why() -> None:
    reasons = {
        (State.CLOSED, Command.REPLY, Role.OWNER): ClosedError,
        (State.ASSIGNED, Command.TAKE, Role.AGENT): AlreadyTakenError,
        (State.OFFERED, Command.TAKE, Role.AGENT): AlreadyTakenError,
        (State.WAITING, Command.REPLY, Role.AGENT): ConflictError,
        (State.ASSIGNED, Command.CLOSE, Role.AGENT): ForbiddenError,
        (State.WAITING, Command.RELEASE, Role.AGENT): ConflictError,
    }
    for asked, kind in reasons.items():
        with pytest.raises(kind) as refused:
            next_state(*asked)
        assert type(refused.value) is kind


def test_without_a_calendar_the_promise_is_that_much_time_with_one_that_much_opening_time() -> None:
    assert promise(timedelta(hours=4), None, NOW) == NOW + timedelta(hours=4)


@pytest.mark.django_db
def test_a_promise_on_friday_afternoon_is_due_on_monday() -> None:
    calendar = calendar_of(a_calendar())
    friday = (NOW + timedelta(days=4)).replace(hour=15, minute=30)  # 16:30 in Berlin
    assert promise(timedelta(hours=1), calendar, friday) == (friday + timedelta(days=3)).replace(hour=8)


# The same against the real services: every state, every command, every role


class Scene:
    """An interaction in some state, and one person for each role."""

    def __init__(self, state: State) -> None:
        self.bystander = a_user("Ben Bystander")
        self.supervisor = a_supervisor()
        self.owner = an_agent("Olga Owner")
        self.interaction = a_waiting_chat()
        self.offer = ""
        getattr(self, f"_{state}")()
        self.interaction = fresh(self.interaction)
        assert self.interaction.state == state

    def _waiting(self) -> None:
        routing.take_interaction(interaction=self.interaction, user=self.owner)
        routing.release_interaction(interaction=self.interaction, user=self.owner)

    def _offered(self) -> None:
        assert routing.offer_due() == 1
        self.offer = Offer.objects.get().public_id

    def _assigned(self) -> None:
        routing.take_interaction(interaction=self.interaction, user=self.owner)

    def _closed(self) -> None:
        self._assigned()
        routing.close_interaction(interaction=self.interaction, user=self.owner)


def _transfer(interaction: Interaction, user: User) -> Interaction:
    return routing.transfer_interaction(interaction=interaction, user=user, to=User.objects.get(name="Olga Owner"))


PERSONAL: dict[Command, Callable[[Interaction, User], object]] = {
    Command.TAKE: lambda i, u: routing.take_interaction(interaction=i, user=u),
    Command.RELEASE: lambda i, u: routing.release_interaction(interaction=i, user=u),
    Command.TRANSFER: _transfer,
    Command.REPLY: lambda i, u: queue.reply(interaction=i, user=u, body="x", client_id=str(uuid4())),
    Command.NOTE: lambda i, u: queue.add_note(interaction=i, user=u, body="x", client_id=str(uuid4())),
    Command.CLOSE: lambda i, u: routing.close_interaction(interaction=i, user=u),
    Command.REOPEN: lambda i, u: routing.reopen_interaction(interaction=i, user=u),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", State)
def test_the_services_do_what_the_table_says(state: State) -> None:
    for command, do in PERSONAL.items():
        for name, usual in (("bystander", Role.AGENT), ("supervisor", Role.SUPERVISOR), ("owner", Role.OWNER)):
            with _undone():
                scene = Scene(state)
                role = _role_of(usual, state)
                if command is Command.TAKE and role is Role.OWNER:
                    continue  # who has it already has it
                _assert_as_the_table_says(scene, command, role, do, getattr(scene, name))


def _role_of(usual: Role, state: State) -> Role:
    if usual is not Role.OWNER:
        return usual
    return {State.OFFERED: Role.OFFERED, State.ASSIGNED: Role.OWNER}.get(state, Role.AGENT)


def _assert_as_the_table_says(
    scene: Scene, command: Command, role: Role, do: Callable[[Interaction, User], object], user: User
) -> None:
    # Only taking looks at offers: for everything else whoever it is offered to is an agent like others.
    seen_as = Role.AGENT if role is Role.OFFERED and command is not Command.TAKE else role
    before = fresh(scene.interaction)
    target = TRANSITIONS.get((State(before.state), command, seen_as))
    case = f"{command} by {role} while {before.state}"
    if target is None:
        with pytest.raises((ConflictError, ForbiddenError)):
            do(scene.interaction, user)
        assert (fresh(before).seq, fresh(before).version) == (before.seq, before.version), case
        return
    do(scene.interaction, user)
    after = fresh(before)
    expected = {Command.TRANSFER: State.ASSIGNED}.get(command, target)
    if command is Command.REOPEN and before.assigned_to == user:
        expected = State.ASSIGNED
    assert after.state == expected, case
    assert (after.assigned_to is not None) or after.state != State.ASSIGNED, case
    assert not Offer.objects.filter(state="open").exclude(interaction__state=State.OFFERED).exists(), case
    assert_gapless(after)


@pytest.mark.django_db
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("automatic", [False, True])
def test_a_message_lands_in_every_state(state: State, automatic: bool) -> None:
    scene = Scene(state)
    thread = (scene.interaction.public_id,)
    receive_envelope(a_chat("x", visitor="v-1", thread=thread, automatic=automatic))
    role = Role.SYSTEM if automatic else Role.CUSTOMER
    assert fresh(scene.interaction).state == TRANSITIONS[state, Command.MESSAGE, role]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.WAITING, State.OFFERED, State.ASSIGNED])
def test_the_customer_may_end_it_in_every_open_state(state: State) -> None:
    scene = Scene(state)
    routing.close_interaction(interaction=scene.interaction, user=None)
    assert fresh(scene.interaction).state == State.CLOSED
    assert not Offer.objects.filter(state="open").exists()
    with pytest.raises(ClosedError):
        routing.close_interaction(interaction=scene.interaction, user=None)


class _undone:
    """Whatever happens inside is rolled back."""

    def __enter__(self) -> None:
        self._block = transaction.atomic()
        self._block.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        transaction.set_rollback(True)
        self._block.__exit__(None, None, None)
