"""Who was let in and may not watch any more is shown the door; rooms hear what was stored elsewhere."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from django.db import OperationalError, connection
from pytest_django import DjangoAssertNumQueries

from channels_app.cobrowse import agent, rooms, services
from channels_app.cobrowse.adapter import ADAPTER
from channels_app.cobrowse.company import Member
from channels_app.cobrowse.models import CobrowseSession, Participation
from channels_app.cobrowse.policy import IDLE_AFTER, LEASE, Reason, Role
from channels_app.cobrowse.room import Room
from channels_app.cobrowse.rooms import Rooms
from channels_app.cobrowse.selectors import facts_of, news_of
from channels_app.cobrowse.watchers import Watchers
from interaction_center.access.doors import Actor
from interaction_center.access.models import User
from interaction_center.access.services import deactivate_user
from interaction_center.errors import NotFoundError
from interaction_center.live.background import finish_background
from interaction_center.live.hub import hub
from interaction_center.queue.models import Interaction
from tests.access.builders import a_team, a_user, signed_in
from tests.builders import in_thread
from tests.cobrowse.rooms import Held, Scene, held
from tests.cobrowse.rows import a_shown_page, actor, an_invitation, now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def hub_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub forgets its loop again, which ends with the test."""
    monkeypatch.setattr(hub, "_loop", None)


class View:
    """An open view of somebody."""

    def __init__(self, user: User, interaction: str) -> None:
        self.scene = Scene(interaction=interaction)
        self.actor: Actor = actor(user)
        self.key = str(signed_in(user).session.session_key)
        self.room: Room | None = self.scene.room
        self.member: Member | None = self.scene.anna

    def check(self) -> int | None:
        """With what it is closed when rights are looked at."""
        watchers = Watchers()
        watchers.add(self)
        asyncio.run(watchers.check())
        return held(self.scene.anna).code


def signs_out(view: View, user: User) -> None:
    view.key = "another"


def is_switched_off(view: View, user: User) -> None:
    deactivate_user(user=user)


def gets_another_password(view: View, user: User) -> None:
    other = User.objects.get(pk=user.pk)
    other.set_password("another of sixteen letters")
    other.save()


def sees_it_go_to_another_team(view: View, user: User) -> None:
    Interaction.objects.update(team=a_team("Others"), assigned_to=None, state="waiting")


def changes_nothing(view: View, user: User) -> None:
    """As it was."""


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (changes_nothing, None),
        (signs_out, 4401),
        (is_switched_off, 4401),
        (gets_another_password, 4401),
        (sees_it_go_to_another_team, 4403),
    ],
)
def test_whoever_may_not_watch_any_more_is_closed(what: Callable[[View, User], None], code: int | None) -> None:
    anna, _ = a_user(), a_user("Ben Agent")
    session = an_invitation(anna)
    view = View(anna, session.interaction)
    what(view, anna)
    assert view.check() == code


def test_a_colleague_of_another_team_is_not_let_in() -> None:
    session = an_invitation(a_user())
    Interaction.objects.update(team=a_team("Others"))
    with pytest.raises(NotFoundError):
        agent._customer_of(session.public_id, actor(a_user("Ben Agent")))


# Rooms


async def opened(rooms: Rooms, session: CobrowseSession) -> tuple[Room, Member]:
    """A room with one agent, on this loop."""
    hub.attach(asyncio.get_running_loop())
    room = rooms.open(session.public_id, await in_thread(partial(facts_of, session)))
    facts = room.facts
    (user,) = facts["views"]
    member = Member(Role.AGENT, Held(), user, "Anna Agent", facts["views"][user])
    room.enter_agent(member)
    return room, member


async def until(is_it: Callable[[], object]) -> None:
    """Until the loop has come round to it."""
    async with asyncio.timeout(20):
        while not is_it():
            await asyncio.sleep(0.01)


async def test_a_room_hears_what_is_stored_and_goes_when_nobody_is_there() -> None:
    session = await in_thread(lambda: a_shown_page(a_user()))
    rooms = Rooms()
    room, member = await opened(rooms, session)
    assert rooms.open(session.public_id, dict(room.facts)) is room
    end = partial(services.end_session, session=session.public_id, reason=Reason.SUPERVISOR, role=Role.SUPERVISOR)
    await in_thread(end)
    await until(lambda: held(member).code == 4442)
    assert room.leave(member)
    rooms.leave_if_empty(room)
    assert rooms.all() == []
    assert hub.readers(f"cobrowse:{session.public_id}") == 0


async def test_a_page_on_which_nothing_happens_is_paused_and_one_that_is_connected_is_heard_of() -> None:
    session = await in_thread(lambda: a_shown_page(a_user()))
    rooms = Rooms()
    room, _ = await opened(rooms, session)
    room.enter_page(Member(Role.CUSTOMER, Held(), connection="page-1"))
    await rooms.keep()
    kept = await in_thread(partial(now, session))
    assert kept.paused_at is None
    assert kept.page_until is not None
    assert session.page_until is not None
    assert kept.page_until > session.page_until
    room._active_at -= IDLE_AFTER.total_seconds() + 1
    await rooms.keep()
    assert (await in_thread(partial(now, session))).paused_by == "idle"
    await until(lambda: room.gate.paused)


async def test_a_room_whose_session_is_gone_does_not_keep_other_pages_from_being_paused() -> None:
    first, second = await in_thread(lambda: (a_shown_page(a_user()), a_shown_page(a_user("Ben Agent"), visitor="v-2")))
    rooms = Rooms()
    for session in (first, second):
        room, _ = await opened(rooms, session)
        room.enter_page(Member(Role.CUSTOMER, Held(), connection="page-1"))
    for room in rooms.all():
        room._active_at -= IDLE_AFTER.total_seconds() + 1
    await in_thread(first.delete)
    await rooms.keep()
    assert (await in_thread(partial(now, second))).paused_by == "idle"


async def test_a_room_hears_what_was_stored_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await in_thread(lambda: (a_shown_page(a_user()), a_shown_page(a_user("Ben Agent"), visitor="v-2")))
    rooms = Rooms()
    members = [(await opened(rooms, session))[1] for session in (first, second)]
    await finish_background()
    monkeypatch.setattr(hub, "_loop", None)  # as there: nothing of what is published comes here
    for session, reason in ((first, Reason.SUPERVISOR), (second, Reason.CUSTOMER)):
        await in_thread(partial(services.end_session, session=session.public_id, reason=reason, role=Role.SUPERVISOR))
    assert [held(member).code for member in members] == [None, None]
    await rooms.keep()
    assert [held(member).code for member in members] == [4442, 4440]


def test_however_many_have_changed_three_queries_say_how(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    sessions = [a_shown_page(a_user(f"{name} Agent"), visitor=name) for name in ("Anna", "Ben", "Cleo")]
    facts = {session.public_id: facts_of(session) for session in sessions}
    with django_assert_num_queries(1):
        assert news_of({session.public_id: session.version for session in sessions}) == {}
    with django_assert_num_queries(3):
        assert news_of(dict.fromkeys(facts, 0)) == facts


async def test_after_a_standstill_nobody_is_taken_for_lost_who_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    session = await in_thread(lambda: a_shown_page(a_user(), "point", "control"))
    monkeypatch.setattr(rooms, "ROOMS", Rooms())
    room, member = await opened(rooms.ROOMS, session)
    room.enter_page(Member(Role.CUSTOMER, Held(), connection="page-1"))
    long_ago = session.created_at - LEASE
    await in_thread(lambda: Participation.objects.update(alive_until=long_ago))
    await in_thread(lambda: CobrowseSession.objects.update(page_until=long_ago, due_at=long_ago))
    await rooms.keep_sessions()
    kept = await in_thread(partial(now, session))
    assert (kept.stage, kept.scopes, held(member).code) == ("viewing", ["view", "point", "control"], None)


async def test_after_an_outage_nobody_is_taken_for_lost_before_everybody_could_say_that_they_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = await in_thread(lambda: a_shown_page(a_user(), "point"))
    monkeypatch.setattr(rooms, "ROOMS", Rooms())
    room, _ = await opened(rooms.ROOMS, session)
    room.enter_page(Member(Role.CUSTOMER, Held(), connection="page-1"))
    with monkeypatch.context() as outage:
        outage.setattr(services, "renew_leases", refused)
        with pytest.raises(OperationalError):
            await rooms.keep_sessions()
    elsewhere = await in_thread(lambda: a_shown_page(a_user("Ben Agent"), "point", visitor="v-elsewhere"))
    long_ago = session.created_at - LEASE
    await in_thread(lambda: CobrowseSession.objects.update(page_until=long_ago, due_at=long_ago))
    await rooms.keep_sessions()
    for one in (session, elsewhere):
        assert (await in_thread(partial(now, one))).stage == "viewing"
    renewed = (await in_thread(partial(now, session))).page_until
    assert renewed is not None
    assert renewed > session.created_at
    rooms.ROOMS.unsure_until = 0.0
    await rooms.keep_sessions()
    assert (await in_thread(partial(now, elsewhere))).stage == "ended"


def refused(**leases: object) -> None:
    """As a database that is full, or that may only be read."""
    raise OperationalError("read-only")


def test_a_start_of_the_only_process_counts_nobody_as_connected() -> None:
    session = a_shown_page(a_user(), "point", "control")
    asyncio.run(ADAPTER.start())
    row = now(session)
    is_alone = connection.vendor == "sqlite"
    assert (row.gone_at is not None) == is_alone
    assert ("control" in row.scopes) != is_alone
