"""Agents were let in once; since then people were switched off, signed out or moved, and so were interactions."""

import time
from collections.abc import Iterator
from typing import Protocol

from channels_app.cobrowse.company import Member
from channels_app.cobrowse.room import Room
from channels_app.cobrowse.shown import error
from interaction_center.access.doors import Actor
from interaction_center.access.policy import sees_everything
from interaction_center.access.rights import Rights, rights_now
from interaction_center.live.threads import in_database_thread
from interaction_center.queue.selectors import Home, homes, is_visible

CHECK_SECONDS = 20.0
SIGNED_OUT, NO_LONGER = 4401, 4403
WORK = "work_queue"


class Watcher(Protocol):
    """An open view of an agent. `key` is that of their login."""

    actor: Actor
    key: str
    room: Room | None
    member: Member | None


class Watchers:
    """The open views of this process."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._checked_at = float("-inf")

    def add(self, watcher: Watcher) -> None:
        """Somebody watches."""
        self._watchers.add(watcher)

    def discard(self, watcher: Watcher) -> None:
        """They have gone."""
        self._watchers.discard(watcher)

    async def check(self) -> None:
        """Every few seconds: close the views of those who may not watch any more. Four queries, however many."""
        if not self._watchers or time.monotonic() - self._checked_at < CHECK_SECONDS:
            return
        self._checked_at = time.monotonic()
        watching = list(self._in_rooms())
        people = {watcher.key: watcher.actor.person.pk for watcher, _, _ in watching}
        rights = await in_database_thread(rights_now, people)
        places = await in_database_thread(homes, {room.facts["interaction"] for _, room, _ in watching})
        for watcher, room, member in watching:
            known, home = rights.get(watcher.key), places.get(room.facts["interaction"])
            if known is None or known.secret != watcher.actor.person.get_session_auth_hash():
                member.outbox.close(SIGNED_OUT, error("unauthorized", "Sign in first."))
            elif not _may_watch(watcher.actor, known, home):
                member.outbox.close(NO_LONGER, error("forbidden", "This page belongs to another team now."))

    def _in_rooms(self) -> Iterator[tuple[Watcher, Room, Member]]:
        for watcher in self._watchers:
            if watcher.room is not None and watcher.member is not None:
                yield watcher, watcher.room, watcher.member


def _may_watch(actor: Actor, rights: Rights, home: Home | None) -> bool:
    if home is None or WORK not in rights.permissions:
        return False
    return sees_everything(rights.permissions) or is_visible(home, user=actor.person, teams=rights.teams)


WATCHERS = Watchers()
