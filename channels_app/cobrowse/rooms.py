"""The rooms of this process, and the ticker that keeps its sessions: deadlines, leases, idle pages, lost rights."""

import asyncio
import json
import logging
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from channels_app.cobrowse import consenting, joining, selectors, services
from channels_app.cobrowse.auditing import Line, store_lines
from channels_app.cobrowse.events import session_topic
from channels_app.cobrowse.policy import Role, Scope
from channels_app.cobrowse.room import Room
from channels_app.cobrowse.tape import Tape
from channels_app.cobrowse.watchers import WATCHERS
from interaction_center.errors import CenterError, OverloadedError
from interaction_center.live.background import background
from interaction_center.live.hub import Push, Socket, hub
from interaction_center.live.threads import in_database_thread
from interaction_center.live.writer import writer

log = logging.getLogger(__name__)
RENEW_SECONDS = 20.0


class Ear(Socket):
    """Reads what is published about one session, for its room."""

    def __init__(self, room: Room) -> None:
        super().__init__(_nowhere)
        self._hears = room.hear

    def receive(self, topics: Iterable[str], push: Push) -> None:
        """The session has changed. What goes wrong here must not keep others from hearing what is theirs."""
        try:
            self._hears(json.loads(push.frame))
        except Exception:
            log.exception("A room could not hear of a change")


async def _nowhere(message: dict[str, Any]) -> None:
    """An ear has nobody to send to."""


class Rooms:
    """Session -> its room, as long as anybody of it is connected to this process. Used on the loop only."""

    def __init__(self) -> None:
        self._rooms: dict[str, tuple[Room, Ear]] = {}
        self._renewed_at = float("-inf")
        self.unsure_until = 0.0  # until then a lease that is over proves nothing: nobody could renew theirs

    def open(self, name: str, facts: dict[str, Any]) -> Room:
        """The room of this session, which is told `facts`, as the caller has just read them."""
        known = self._rooms.get(name)
        if known is not None:
            known[0].hear(facts)
            return known[0]
        later = asyncio.get_running_loop().call_later
        tape = Tape(name, later=later, failed=partial(stop_recording, name))
        room = Room(name, facts, keep=keep_line, clock=time.monotonic, later=later, tape=tape)
        ear = Ear(room)
        self._rooms[name] = (room, ear)
        hub.join(ear, session_topic(name))
        background(self._catch_up(room))
        return room

    async def _catch_up(self, room: Room) -> None:
        """What changed between the reading of its facts and its first hearing."""
        session = await in_database_thread(selectors.session_named, room.name)
        room.hear(await in_database_thread(selectors.facts_of, session))

    def leave_if_empty(self, room: Room) -> None:
        """Nobody is connected any more."""
        known, ear = self._rooms.get(room.name, (None, None))
        if room.is_empty and known is room and ear is not None:
            del self._rooms[room.name]
            hub.drop(ear)

    def has_page(self, name: str) -> bool:
        """Whether the customer's page of this session is connected here."""
        known = self._rooms.get(name)
        return known is not None and known[0].page is not None and known[0].page.is_open

    def all(self) -> list[Room]:
        """Every room."""
        return [room for room, _ in self._rooms.values()]

    async def keep(self) -> None:
        """Hear what was changed elsewhere; every few seconds say that the pages and the views here are still there;
        pause what is idle."""
        await self._read_news()
        if time.monotonic() - self._renewed_at >= RENEW_SECONDS:
            begun = time.monotonic()
            pages = [room.name for room in self.all() if room.page is not None]
            views = [connection for room in self.all() for connection in room.views]
            await in_database_thread(partial(services.renew_leases, pages=pages, views=views))
            self._renewed_at = begun  # when it fails it is tried again at once, and nobody is settled before
        for room in self.all():
            if room.is_idle:
                await _pause(room)

    async def _read_news(self) -> None:
        """Another process tells this one nothing, and what a customer has taken back there must end here too."""
        rooms = {room.name: room for room in self.all()}
        if not rooms:
            return
        versions = {name: room.gate.version for name, room in rooms.items()}
        for name, facts in (await in_database_thread(selectors.news_of, versions)).items():
            try:
                rooms[name].hear(facts)
            except Exception:
                log.exception("The co-browse session %s could not take its news", name)


async def _pause(room: Room) -> None:
    """Whatever fails must not keep the others from their turn."""
    try:
        await in_database_thread(partial(joining.set_paused, session=room.name, paused=True, role=Role.SYSTEM))
    except CenterError:
        log.debug("An idle page has gone meanwhile")
    except Exception:
        log.exception("An idle page could not be paused")


ROOMS = Rooms()


def stop_recording(session: str) -> None:
    """Nothing more can be written: the customer must not believe that they are recorded."""
    work = partial(consenting.revoke, session=session, scope=Scope.RECORD, role=Role.SYSTEM)
    background(in_database_thread(work))


def keep_line(line: Line) -> None:
    """Into the group commit. A line that can't be stored now is in the server's log at least."""
    try:
        writer.submit(store_lines, line).add_done_callback(_heed)
    except OverloadedError:
        log.warning("A line of the audit could not be stored: %s %s %s", line.session, line.kind, line.outcome)


def _heed(future: "asyncio.Future[None]") -> None:
    """The writer has logged a failure already."""
    if not future.cancelled():
        future.exception()


async def keep_sessions() -> int:
    """What happens by itself. For a ticker. Who is connected is said first, and when that has failed all processes
    have time to say it again: after a standstill nobody is taken for lost who is there."""
    try:
        await ROOMS.keep()
    except Exception:
        ROOMS.unsure_until = time.monotonic() + RENEW_SECONDS
        raise
    if time.monotonic() >= ROOMS.unsure_until:
        await in_database_thread(services.settle_due)
    await WATCHERS.check()
    return 0
