"""An open console is not a right for ever: it ends, or asks anew, when the person behind it may do something else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import product
from typing import Any

import pytest
import pytest_asyncio
from django.conf import settings
from django.contrib.sessions.models import Session

from interaction_center.access.models import Role, Team, User
from interaction_center.access.rights import rights_now
from interaction_center.console.consumers import AgentSession, renew_connections
from interaction_center.live.hub import hub
from interaction_center.queue import selectors
from interaction_center.queue import services as queue
from interaction_center.queue.models import Interaction
from tests.access.builders import a_team, a_user, signed_in
from tests.builders import a_waiting_chat, in_thread
from tests.live.peers import Peer

pytestmark = pytest.mark.django_db(transaction=True)


class Console:
    """An agent's open socket."""

    def __init__(self, user: User, key: str) -> None:
        self.user = user
        self.peer = Peer()
        origin, cookie = settings.PUBLIC_BASE_URL.encode(), f"{settings.SESSION_COOKIE_NAME}={key}".encode()
        self.peer.scope["headers"] = [(b"origin", origin), (b"cookie", cookie)]
        self.peer.say({"t": "auth"})
        self.task = asyncio.create_task(AgentSession(self.peer.scope, self.peer.receive, self.peer.send).run())

    async def follows(self, interaction: Interaction) -> None:
        self.peer.say({"t": "sub", "id": 1, "subs": [{"c": interaction.public_id, "last_s": 0}]})
        await self.peer.until(lambda peer: peer.of("synced"))

    async def leave(self) -> None:
        self.peer.hang_up()
        await asyncio.wait_for(self.task, 5)


Opens = Callable[..., Any]


@pytest_asyncio.fixture
async def opens(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opens]:
    """`await opens(user)`: a console that is let in."""
    consoles: list[Console] = []

    async def make(user: User) -> Console:
        console = Console(user, await in_thread(lambda: signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value))
        consoles.append(console)
        await console.peer.until(lambda peer: peer.of("ready"))
        return console

    monkeypatch.setattr(hub, "_loop", asyncio.get_running_loop())
    yield make
    for console in consoles:
        await console.leave()


def switched_off(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def signed_out(user: User) -> None:
    Session.objects.all().delete()


def new_password(user: User) -> None:
    user.set_password("another one entirely")
    user.save()


def moved(user: User) -> None:
    a_team("Printers").members.add(user)


def promoted(user: User) -> None:
    role = Role.objects.create(name="Everything", permissions=["work_queue", "supervise"])
    User.objects.filter(pk=user.pk).update(role=role)


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (switched_off, 4001, "auth"),
        (signed_out, 4001, "auth"),
        (new_password, 4001, "auth"),
        (moved, 1012, "restart"),
        (promoted, 1012, "restart"),
    ],
)
async def test_a_console_ends_when_its_person_may_do_something_else(
    opens: Opens, change: Callable[[User], None], code: int, reason: str
) -> None:
    user = await in_thread(lambda: a_user("Anna Agent"))
    console = await opens(user)
    await renew_connections()
    assert console.peer.of("bye") == []
    await in_thread(lambda: change(user))
    await renew_connections()
    await console.peer.until(lambda peer: peer.code is not None)
    assert (console.peer.code, console.peer.of("bye")[0]["reason"]) == (code, reason)


async def test_what_has_gone_to_another_team_is_no_longer_read(opens: Opens) -> None:
    def begin() -> tuple[User, Team, Interaction, Interaction]:
        mine, theirs = a_team("Mine"), a_team("Theirs")
        user = a_user("Anna Agent")
        mine.members.add(user)
        chats = [a_waiting_chat(visitor, team=mine.public_id) for visitor in ("v-1", "v-2")]
        return user, theirs, chats[0], chats[1]

    user, theirs, stays, goes = await in_thread(begin)
    console = await opens(user)
    for chat in (stays, goes):
        await console.follows(chat)
    await console.peer.until(lambda peer: len(peer.of("synced")) == 2)
    await in_thread(lambda: Interaction.objects.filter(pk=goes.pk).update(team=theirs))
    await renew_connections()

    def note(chat: Interaction) -> None:
        queue.add_note(interaction=chat, user=user, body=f"in {chat.public_id}", client_id=chat.public_id)

    for chat in (goes, stays):
        await in_thread(lambda chat=chat: note(chat))  # type: ignore[misc]
    await console.peer.until(lambda peer: [e for e in peer.of("ev") if e["c"] == stays.public_id])
    assert [frame["c"] for frame in console.peer.of("ev")] == [stays.public_id]
    console.peer.say({"t": "typing", "id": 9, "c": goes.public_id})
    await console.peer.until(lambda peer: peer.of("nack"))
    assert console.peer.of("nack")[0]["code"] == "not_found"


async def test_an_agent_who_commands_faster_than_anybody_can_mean_to_waits(opens: Opens) -> None:
    console = await opens(await in_thread(lambda: a_user("Anna Agent")))
    for number in range(200):
        console.peer.say({"t": "ping", "id": number})
    await console.peer.until(lambda peer: len(peer.of("pong")) + len(peer.of("nack")) == 200)
    assert {frame["code"] for frame in console.peer.of("nack")} == {"rate_limited"}
    assert len(console.peer.of("pong")) >= 120


def test_the_rights_of_everybody_are_three_queries(django_assert_num_queries: Any) -> None:
    people = {f"key-{number}": a_user(f"Agent{number} A").pk for number in range(5)}
    with django_assert_num_queries(3):
        rights_now(people)


def test_what_is_visible_is_the_same_by_query_and_by_hand() -> None:
    mine, theirs = a_team("Mine"), a_team("Theirs")
    user, other = a_user("Anna Agent"), a_user("Ben Agent")
    mine.members.add(user)
    for number, (team, agent) in enumerate(product((None, mine, theirs), (None, user, other))):
        chat = a_waiting_chat(f"v-{number}", team=team.public_id if team else "")
        state = "assigned" if agent else "waiting"
        Interaction.objects.filter(pk=chat.pk).update(assigned_to=agent, state=state)
    homes = selectors.homes(list(Interaction.objects.values_list("public_id", flat=True)))
    by_hand = {name for name, home in homes.items() if selectors.is_visible(home, user=user, teams={mine.pk})}
    shown = selectors.visible_to(user, everything=False).values_list("public_id", flat=True)
    assert by_hand == set(shown)
    assert 0 < len(by_hand) < len(homes)
