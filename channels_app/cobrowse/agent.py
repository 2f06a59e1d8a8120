"""An agent's end of a session: known by the login cookie, which only our own pages may use (exact origin)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from channels_app.cobrowse import consenting, joining, selectors, services, shown
from channels_app.cobrowse.company import Member
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.policy import Reason, Role, Scope
from channels_app.cobrowse.revoking import revoke
from channels_app.cobrowse.room import Room
from channels_app.cobrowse.rooms import ROOMS
from channels_app.cobrowse.watchers import WATCHERS
from interaction_center.access.doors import Actor, actor_of_session, login_of_socket
from interaction_center.access.site_doors import clean_text
from interaction_center.errors import BadRequestError, ForbiddenError
from interaction_center.ids import public_id
from interaction_center.live.session import Frame
from interaction_center.live.threads import in_database_thread
from interaction_center.queue.selectors import interaction_for
from interaction_center.queue.wire import row_wire

WORK = "work_queue"


class AgentEnd:
    """One open view."""

    role = Role.AGENT

    def __init__(self, actor: Actor, key: str) -> None:
        self.actor, self.key = actor, key
        self._connection = public_id()
        self.room: Room | None = None
        self.member: Member | None = None

    @classmethod
    async def let_in(cls, scope: Mapping[str, Any], outbox: Outbox, frame: Frame) -> "AgentEnd":
        """The view that says `auth`. UnauthorizedError, ForbiddenError, NotFoundError, ConflictError."""
        key = login_of_socket(scope, "This page may not watch.")
        actor = await in_database_thread(actor_of_session, key)
        actor.check(WORK)
        end = cls(actor, key)
        await end._enter(clean_text(frame.get("session") or "")[:16], outbox)
        return end

    async def _enter(self, session: str, outbox: Outbox) -> None:
        customer = await in_database_thread(_customer_of, session, self.actor)
        user, name = self.actor.person.public_id, self.actor.name
        join = partial(joining.join_agent, session=session, user=user, name=name, connection=self._connection)
        facts = await in_database_thread(join)
        self.room = room = ROOMS.open(session, facts)
        self.member = Member(self.role, outbox, user, name, self._connection)
        outbox.tell(
            {
                "t": "ready",
                "session": session,
                **shown.standing(room.facts),
                "you": user,
                "customer": {"name": customer},
                "s": room.last,
                "asks": shown.all_asked(room.facts),
                "interaction": room.facts["interaction"],
            }
        )
        WATCHERS.add(self)
        room.enter_agent(self.member)
        room.tell_turn([self.member])

    async def obey(self, kind: str, frame: Frame) -> None:
        """A command."""
        room, member = self.room, self.member
        if room is None or member is None:
            return
        who = {"user": member.user, "name": member.name}
        if kind == "consent.ask":
            scope = consenting.read_scope(frame.get("scope"))
            ask = partial(consenting.ask, session=room.name, scope=scope, submit=frame.get("submit") is True)
            await in_database_thread(partial(ask, **who))
        elif kind == "consent.revoke":
            await revoke(room, consenting.read_scope(frame.get("scope")), role=self.role, **who)
        elif kind == "control.release":
            await self._release(room, member)
        elif kind == "resume":
            room.resume_agent(member, _number(frame.get("from")))
        elif kind == "snapshot.request":
            room.request_snapshot()
        elif kind == "end":
            room.close_gate(Scope.VIEW)
            end = partial(services.end_session, session=room.name, reason=Reason.AGENT, role=self.role)
            await in_database_thread(partial(end, **who))

    async def _release(self, room: Room, member: Member) -> None:
        if room.gate.controller != member.user:
            raise ForbiddenError("You do not control this page.", "not_yours")
        await revoke(room, Scope.CONTROL, role=self.role, user=member.user, name=member.name)

    async def left(self) -> None:
        """The view is gone, or another window of the same person has taken over."""
        WATCHERS.discard(self)
        room, member = self.room, self.member
        if room is None or member is None:
            return
        if room.leave(member):
            leave = partial(joining.leave_agent, session=room.name, user=member.user, name=member.name)
            await in_database_thread(partial(leave, connection=self._connection))
        ROOMS.leave_if_empty(room)


def _customer_of(session: str, actor: Actor) -> str:
    """The customer's name. NotFoundError for a session that this person may not see."""
    found = selectors.session_named(session)
    row = interaction_for(actor.user, found.interaction, everything=actor.sees_everything)
    return str(row_wire(row)["customer"]["name"])


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**32:
        raise BadRequestError("from is the number of the last frame that you have.")
    return value
