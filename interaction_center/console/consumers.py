"""The agent's socket, `/ws/console`: the queue and the logs, live. Writes go by HTTP; here only marks and signs."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings

from interaction_center.access.doors import Actor, actor_of_session, login_of_socket
from interaction_center.access.models import Permission, User
from interaction_center.access.rate_limits import Buckets
from interaction_center.access.rights import Rights, rights_now, rights_of
from interaction_center.console.viewers import VIEWERS
from interaction_center.due_work import OWNER
from interaction_center.errors import BadRequestError, NotFoundError, UnauthorizedError
from interaction_center.events import (
    EVERYBODY,
    SUPERVISORS,
    agent_topic,
    customer_topic,
    staff_topic,
    team_topic,
)
from interaction_center.live.hub import Push, Send
from interaction_center.live.session import (
    AUTH,
    MAX_FAULTS,
    MAX_SUBSCRIPTIONS,
    RESTART,
    Frame,
    Receive,
    Session,
    encode,
    read_subscriptions,
)
from interaction_center.live.threads import in_database_thread
from interaction_center.queue import selectors, services
from interaction_center.queue.wire import moment, row_wire
from interaction_center.routing import selectors as routing
from interaction_center.routing import services as presence
from interaction_center.routing.models import Offer

INBOX = "inbox"
TYPING_SECONDS = 2.0
COMMANDS = Buckets(rate=30, burst=120)


class AgentSession(Session):
    """One open console. Known by the login cookie, which only our own pages may use (exact origin)."""

    max_file = settings.ATTACHMENT_MAX_BYTES
    max_faults = MAX_FAULTS + MAX_SUBSCRIPTIONS  # all that was open may have gone to another team at once

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.actor: Actor | None = None
        self.key = ""  # of the login session
        self._rights: Rights | None = None
        self.connection = ""
        self._allowed: set[str] = set()
        self._typed_at = 0.0
        self.commands = {
            "sub": self._subscribe,
            "resume": self._subscribe,
            "unsub": self._unsubscribe,
            "read": self._seen,
            "typing": self._typing,
            "view": self._view,
            "ping": lambda frame: self.tell({"t": "pong"}),
        }

    async def authenticate(self, frame: Frame) -> None:
        self.key = login_of_socket(self.scope, "This page may not use the console.")
        actor = await in_database_thread(actor_of_session, self.key)
        actor.check(Permission.WORK_QUEUE)
        self.actor, self._rights = actor, await in_database_thread(rights_of, actor.person)
        connection = await in_database_thread(presence.connect_agent, user=actor.person, node=OWNER)
        self.connection = connection.public_id if connection else ""
        CONNECTIONS.add(self)
        self.tell({"t": "ready", "user": actor.person.public_id, "name": actor.name})
        for offer in await in_database_thread(_offers, actor.person):
            self.tell(offer)

    def wait(self) -> float:
        return COMMANDS.take(self.user.public_id, time.monotonic())

    async def ended(self) -> None:
        CONNECTIONS.discard(self)
        if self.actor is not None:
            VIEWERS.leave(self, self.hub)
        if self.connection:
            await in_database_thread(presence.disconnect_agent, connection_id=self.connection)

    @property
    def user(self) -> User:
        """Who is signed in."""
        if self.actor is None:
            raise UnauthorizedError("Sign in first.")
        return self.actor.person

    @property
    def sees_everything(self) -> bool:
        """Supervisors watch every team."""
        return self.actor is not None and self.actor.sees_everything

    async def _subscribe(self, frame: Frame) -> None:
        for name, last_s in read_subscriptions(frame):
            if name == INBOX:
                await self._watch_queue()
            else:
                await self._open(name, last_s)

    async def _watch_queue(self) -> None:
        """Rows of the queue that this person may see. A reader that was away reads the queue anew by HTTP."""
        teams = await in_database_thread(_team_ids, self.user)
        topics = [SUPERVISORS] if self.sees_everything else [EVERYBODY, *(team_topic(team) for team in teams)]
        for topic in (*topics, agent_topic(self.user.public_id)):
            self.hub.join(self.socket, topic)
        self.tell({"t": "synced", "c": INBOX, "s": 0})

    async def _open(self, name: str, last_s: int) -> None:
        await self.replay(
            staff_topic(name),
            name,
            last_s,
            partial(self._read_log, name),
            partial(self._closing_state, name),
        )
        self._allowed.add(name)

    def _read_log(self, name: str, last_s: int) -> tuple[list[dict[str, Any]], int]:
        interaction = selectors.interaction_for(self.user, name, everything=self.sees_everything)
        frames = selectors.catch_up(interaction, last_s, staff=True, state=row_wire(interaction))
        return frames, interaction.seq

    def _closing_state(self, name: str) -> dict[str, Any]:
        interaction = selectors.interaction_for(self.user, name, everything=self.sees_everything)
        seen = {"customer": interaction.customer_seen, "staff": interaction.staff_seen}
        return {"state": row_wire(interaction), "deliveries": selectors.deliveries(interaction), "seen": seen}

    def _unsubscribe(self, frame: Frame) -> None:
        for name, _ in read_subscriptions(frame):
            self._leave(name)

    def _leave(self, name: str) -> None:
        self.hub.leave(self.socket, staff_topic(name))
        self._allowed.discard(name)

    async def _seen(self, frame: Frame) -> None:
        name, seq = self._subscribed(frame), frame.get("s")
        if not isinstance(seq, int):
            raise BadRequestError("Say what was read: c and s.")
        await in_database_thread(self._mark_seen, name, seq)

    def _mark_seen(self, name: str, seq: int) -> None:
        interaction = selectors.interaction_for(self.user, name, everything=self.sees_everything)
        services.mark_seen(interaction=interaction, by="staff", seq=seq)

    def _typing(self, frame: Frame) -> None:
        name, now = self._subscribed(frame), time.monotonic()
        if now - self._typed_at < TYPING_SECONDS:
            return
        self._typed_at = now
        said = encode({"t": "typing", "c": name, "by": "staff", "name": str(self.user), "user": self.user.public_id})
        self.hub.publish(Push((customer_topic(name), staff_topic(name)), said, ephemeral=True), sender=self.socket)

    def _view(self, frame: Frame) -> None:
        """What is on this agent's screen, told to the others who have it open."""
        VIEWERS.leave(self, self.hub)
        if frame.get("c") is not None:
            VIEWERS.enter(self, self._subscribed(frame), self.hub)

    @property
    def watched(self) -> set[str]:
        """The interactions whose log comes here and could be hidden from this person one day."""
        return set() if self.sees_everything else self._allowed

    def heed(self, rights: Rights | None) -> None:
        """Who is not signed in any more is closed; who may do more or less than before comes back and asks anew."""
        if rights is None or self._rights is None or rights.secret != self._rights.secret:
            self.socket.close(AUTH, encode({"t": "bye", "reason": "auth", "reconnect_ms": 0}))
        elif rights != self._rights:
            self.socket.close(RESTART, encode({"t": "bye", "reason": "restart", "reconnect_ms": 1000}))

    def leave_hidden(self, homes: Mapping[str, selectors.Home]) -> None:
        """No longer read what has gone to another team meanwhile."""
        teams = self._rights.teams if self._rights else frozenset()
        for name in tuple(self.watched):
            if name not in homes or not selectors.is_visible(homes[name], user=self.user, teams=teams):
                self._leave(name)

    def _subscribed(self, frame: Frame) -> str:
        """An interaction that this socket was allowed to open."""
        name = frame.get("c")
        if name not in self._allowed:
            raise NotFoundError("Open the conversation first.")
        return str(name)


CONNECTIONS: set[AgentSession] = set()


async def renew_connections() -> None:
    """Every open console of this process is alive, and still may be: a few statements for all of them."""
    sessions = tuple(CONNECTIONS)
    alive = [session.connection for session in sessions if session.connection]
    if alive:
        await in_database_thread(presence.renew_presence, node=OWNER, connections=alive)
    await _check_rights(sessions)


async def _check_rights(sessions: tuple[AgentSession, ...]) -> None:
    """They were let in once; since then people were switched off, signed out, moved, and so were interactions."""
    rights = await in_database_thread(rights_now, {session.key: session.user.pk for session in sessions})
    for session in sessions:
        session.heed(rights.get(session.key))
    homes = await in_database_thread(selectors.homes, set().union(*(session.watched for session in sessions)))
    for session in sessions:
        session.leave_hidden(homes)


def _team_ids(user: User) -> list[str]:
    return list(user.teams.values_list("public_id", flat=True))


def _offers(user: User) -> list[dict[str, Any]]:
    """What is offered to this person already: a reload must not lose it."""
    return [_offer_frame(offer) for offer in routing.open_offers_of(user)]


def _offer_frame(offer: Offer) -> dict[str, Any]:
    return {
        "t": "offer",
        "offer": offer.public_id,
        "c": offer.interaction.public_id,
        "row": selectors.row_of(offer.interaction),
        "expires_at": moment(offer.expires_at),
        "seconds": int((offer.expires_at - offer.created_at).total_seconds()),
    }
