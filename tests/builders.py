"""Customers, conversations and agents for tests of the hub, as plain functions."""

import itertools
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.utils import timezone

from interaction_center.access.models import Team, User
from interaction_center.access.policy import SUPERVISOR
from interaction_center.envelope import Address, InboundEnvelope, Proof
from interaction_center.events import EntryAppended, Event
from interaction_center.live.hub import Push, hub
from interaction_center.queue.hot_path import Received
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Entry, EntryKind, Interaction
from interaction_center.routing import services as routing
from interaction_center.routing.models import Agent, Wanted
from tests.access.builders import a_user

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
_numbers = itertools.count(1)


def a_chat(text: str = "Hello, my printer shows E-04", *, visitor: str = "v-1", **values: Any) -> InboundEnvelope:
    """A message of a visitor, as the chat hands it to the hub. `thread` names the interaction that it goes on with."""
    client_id = values.pop("client_id", None) or str(uuid.uuid4())
    return InboundEnvelope(
        **{
            "channel": "web_chat",
            "account": "site",
            "external_id": f"{visitor}:{client_id}",
            "sender": (Address("visitor", visitor, Proof.VERIFIED),),
            "received_at": timezone.now(),
            "text": text,
            "language": "en",
            "conversation": visitor,
            "client_id": client_id,
            **values,
        }
    )


def a_mail(text: str = "My printer shows E-04", *, by: str = "jo@example.org", **values: Any) -> InboundEnvelope:
    """A mail of this address, as the e-mail channel hands it to the hub."""
    proof = values.pop("proof", Proof.RECEIVED)
    return InboundEnvelope(
        **{
            "channel": "email",
            "account": "service@center.test",
            "external_id": f"<{next(_numbers)}@example.org>",
            "sender": (Address("email", by, proof),),
            "received_at": timezone.now(),
            "text": text,
            "subject": "Printer",
            "language": "en",
            **values,
        }
    )


def landed(envelope: InboundEnvelope) -> Interaction:
    """The interaction in which the envelope landed."""
    return fresh(receive_envelope(envelope).interaction)


def a_waiting_chat(visitor: str = "v-1", **values: Any) -> Interaction:
    """An interaction that a visitor has just opened."""
    return landed(a_chat(visitor=visitor, **values))


def a_held_chat(user: User, visitor: str = "v-1", **values: Any) -> Interaction:
    """A conversation that `user` has taken."""
    return routing.take_interaction(interaction=a_waiting_chat(visitor, **values), user=user)


def a_held_mail(user: User, **values: Any) -> Interaction:
    """A mail that `user` has taken."""
    return routing.take_interaction(interaction=landed(a_mail(**values)), user=user)


def goes_on(interaction: Interaction, text: str = "And another thing", **values: Any) -> Received:
    """The visitor writes again into the same conversation."""
    chat = a_chat(text, visitor=interaction.conversation, thread=(interaction.public_id,), **values)
    return receive_envelope(chat)


def fresh(interaction: Interaction | str) -> Interaction:
    """As it stands in the database now."""
    name = interaction if isinstance(interaction, str) else interaction.public_id
    return Interaction.objects.select_related("customer", "assigned_to", "team").get(public_id=name)


def log_of(interaction: Interaction | str) -> list[Entry]:
    """All entries, in order."""
    name = interaction if isinstance(interaction, str) else interaction.public_id
    return list(Entry.objects.filter(interaction__public_id=name).select_related("interaction", "user").order_by("seq"))


def said(interaction: Interaction | str) -> list[str]:
    """The bodies of the messages, in order."""
    return [entry.body for entry in log_of(interaction) if entry.kind == EntryKind.MESSAGE]


def happened(interaction: Interaction | str) -> list[str]:
    """The names of the events, in order."""
    return [entry.data["name"] for entry in log_of(interaction) if entry.kind == EntryKind.EVENT]


def assert_gapless(interaction: Interaction | str) -> None:
    """Numbers 1, 2, 3 … up to the one that the interaction itself knows."""
    numbers = [entry.seq for entry in log_of(interaction)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert fresh(interaction).seq == len(numbers)


def a_supervisor(name: str = "Sue Supervisor") -> User:
    """Somebody who may take from others."""
    return a_user(name, role=SUPERVISOR)


def an_agent(
    name: str = "Anna Agent",
    *,
    capacity: int = 5,
    team: Team | None = None,
    wanted: str = Wanted.AVAILABLE,
    **values: Any,
) -> User:
    """Somebody who is connected and wants work."""
    user = a_user(name, **values)
    if team is not None:
        team.members.add(user)
    routing.connect_agent(user=user, node="node-1")
    Agent.objects.filter(user=user).update(capacity=capacity, wanted=wanted)
    return user


def later(seconds: float) -> datetime:
    """So long from now."""
    return timezone.now() + timedelta(seconds=seconds)


class Tap:
    """Everything that is told to live readers while this is open, in order."""

    def __init__(self) -> None:
        self.pushes: list[Push] = []

    def __enter__(self) -> "Tap":
        hub.taps.append(self.pushes.append)
        return self

    def __exit__(self, *_: object) -> None:
        hub.taps.remove(self.pushes.append)

    def frames(self, topic: str) -> list[str]:
        """The frames for the readers of one topic."""
        return [push.frame for push in self.pushes if topic in push.topics]


def an_event(interaction: str = "abc", seq: int = 1) -> Event:
    """Something to tell."""
    wire = {"s": seq, "kind": "message", "body": "x"}
    return EntryAppended(interaction, seq, wire, wire)


async def in_thread(work: Callable[[], T]) -> T:
    """Database work from an async test, in a thread whose connection ends with it."""
    return await sync_to_async(_closing(work), thread_sensitive=False)()


def in_parallel(works: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """Run all at once, each in a thread with its own connection; results or exceptions, in order."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], T]) -> None:
        barrier.wait()
        try:
            results[index] = _closing(work)()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def crossing(hold: Callable[[], object], go_on: Callable[[], T], other: Callable[[], T]) -> list[T | BaseException]:
    """One transaction keeps what `hold` locks until `other` waits for it, then goes on; what came of both."""
    is_held = threading.Event()

    def first() -> T:
        with transaction.atomic():
            hold()
            is_held.set()
            _wait_for_somebody_who_waits()
            return go_on()

    def second() -> T:
        is_held.wait()
        return other()

    return in_parallel([first, second])


def _wait_for_somebody_who_waits() -> None:
    """PostgreSQL: until another connection waits for this one. SQLite lets nobody else write in any case."""
    blocked = (
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
    )
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while connection.vendor == "postgresql":
            cursor.execute(blocked)
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.01)


def _closing(work: Callable[[], T]) -> Callable[[], T]:
    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return run
