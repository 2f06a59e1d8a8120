"""The customer's end of a session: one page of a site, in one tab, known by the widget's token."""

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from channels_app.cobrowse import consenting, joining, services, shown
from channels_app.cobrowse.company import Member
from channels_app.cobrowse.joining import Arrival
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.policy import Reason, Role, Scope, Stage
from channels_app.cobrowse.revoking import revoke
from channels_app.cobrowse.room import Room
from channels_app.cobrowse.rooms import ROOMS
from channels_app.cobrowse.selectors import rules_of
from channels_app.cobrowse.services import Page
from interaction_center.access import visitor_tokens
from interaction_center.access.rate_limits import Buckets
from interaction_center.access.selectors import site_by_key
from interaction_center.access.site_doors import check_origin, clean_text
from interaction_center.errors import BadRequestError, ConflictError, RateLimitedError, UnauthorizedError
from interaction_center.ids import public_id
from interaction_center.live.addresses import client_address, header, own_origin_of
from interaction_center.live.session import Frame
from interaction_center.live.threads import in_database_thread
from interaction_center.queue.wire import moment

if TYPE_CHECKING:
    from interaction_center.access.models import Site

CODES_PER_ADDRESS = Buckets(rate=10 / 600, burst=10)
ARRIVALS_PER_ADDRESS = Buckets(rate=2, burst=120)


class CustomerEnd:
    """A page that its visitor shows, or may show."""

    role = Role.CUSTOMER

    def __init__(self, outbox: Outbox, arrival: Arrival, address: str) -> None:
        self.room: Room | None = None
        self.member: Member | None = None
        self._outbox, self._arrival, self._address = outbox, arrival, address
        self._connection = public_id()

    @classmethod
    async def let_in(cls, scope: Mapping[str, Any], outbox: Outbox, frame: Frame) -> "CustomerEnd":
        """The page that says `auth`. UnauthorizedError, ForbiddenError, NotFoundError, ConflictError."""
        address = client_address(scope)
        wait = ARRIVALS_PER_ADDRESS.take(address, time.monotonic())
        if wait:
            raise RateLimitedError("Too many pages at once from your network.", retry_after=math.ceil(wait))
        site = await in_database_thread(site_by_key, clean_text(frame.get("site"))[:16])
        origin = header(scope, b"origin")
        check_origin(site, origin, own_origin_of(scope))
        end = cls(outbox, _arrival(site, origin, frame), address)
        session = clean_text(frame.get("session") or "")[:16]
        if session:
            await end._enter(session)
        else:
            end._say_ready_for_code(await in_database_thread(rules_of, site.key))
        return end

    async def obey(self, kind: str, frame: Frame) -> None:
        """A command."""
        if kind == "code.create":
            await self._create_code()
            return
        session = self._session
        if kind == "consent.grant":
            await self._answer(consenting.grant, frame, version=frame.get("version"), digest=frame.get("hash"))
        elif kind == "consent.deny":
            await self._answer(consenting.deny, frame)
        elif kind == "consent.revoke":
            await revoke(session, consenting.read_scope(frame.get("scope")), role=self.role)
        elif kind in ("pause", "unpause"):
            change = partial(joining.set_paused, session=session.name, paused=kind == "pause", role=self.role)
            await in_database_thread(change)
        elif kind == "end":
            session.close_gate(Scope.VIEW)
            end = partial(services.end_session, session=session.name, reason=Reason.CUSTOMER, role=self.role)
            await in_database_thread(partial(end, name="customer"))

    async def left(self) -> None:
        """The page is gone, or another connection of its tab has taken over."""
        room, member = self.room, self.member
        if room is None or member is None:
            return
        if room.leave(member):
            if member.has_violated:
                end = partial(services.end_session, session=room.name, reason=Reason.VIOLATION, role=Role.SYSTEM)
                await in_database_thread(end)
            else:
                await in_database_thread(partial(joining.leave_page, session=room.name, connection=self._connection))
        ROOMS.leave_if_empty(room)

    @property
    def _session(self) -> Room:
        if self.room is None:
            raise ConflictError("There is no session yet. Ask for a code first.")
        return self.room

    async def _answer(self, act: Any, frame: Frame, **values: Any) -> None:
        scope = consenting.read_scope(frame.get("scope"))
        await in_database_thread(partial(act, session=self._session.name, scope=scope, **values))

    async def _create_code(self) -> None:
        """A session of this page's own, and the code by which an agent finds it."""
        wait = CODES_PER_ADDRESS.take(self._address, time.monotonic())
        if wait:
            raise RateLimitedError("Too many codes. Wait a moment.", retry_after=math.ceil(wait))
        if self.room is not None and self.room.gate.stage != Stage.CODE_ISSUED:
            raise ConflictError("This page is being shown, or you have been asked to show it.", "open_already")
        page = Page(self._arrival.site, self._arrival.visitor, self._arrival.language)
        self._step_out()
        session, code = await in_database_thread(partial(services.issue_code, page=page))
        await self._enter(session.public_id)
        self._outbox.tell({"t": "code", "code": code, "expires_at": moment(session.code_until)})

    def _step_out(self) -> None:
        """The session of an earlier code, which is good for nothing any more."""
        if self.room is not None and self.member is not None:
            self.room.leave(self.member)
            ROOMS.leave_if_empty(self.room)
            self.room = self.member = None

    async def _enter(self, session: str) -> None:
        connected = ROOMS.has_page(session)
        join = partial(joining.join_page, session=session, arrival=self._arrival, connection=self._connection)
        facts, resume = await in_database_thread(partial(join, connected=connected))
        rules = await in_database_thread(rules_of, self._arrival.site)
        self.room = ROOMS.open(session, facts)
        self.member = Member(self.role, self._outbox, connection=self._connection)
        self.room.enter_page(self.member)
        standing = self.room.facts
        self._outbox.tell(
            {
                "t": "ready",
                "session": session,
                **shown.standing(standing),
                "rules": rules,
                "resume": resume,
                "s": self.room.last,
                "asks": shown.asks(standing),
                "lang": standing["language"],
            }
        )
        self.room.tell_turn([self.member])
        self.room.progress()

    def _say_ready_for_code(self, rules: dict[str, Any]) -> None:
        """There is no session yet."""
        known = {"rules": rules, "s": 0, "lang": self._arrival.language}
        none: dict[str, Any] = {"session": None, "state": None, "controller": None}
        self._outbox.tell({"t": "ready", **none, "scopes": [], "agents": [], "asks": [], **known})


def _arrival(site: "Site", origin: str, frame: Frame) -> Arrival:
    """Whose page it is. UnauthorizedError for a token that we did not give out for this site."""
    token = frame.get("token")
    if not isinstance(token, str):
        raise UnauthorizedError("token is missing: it is that of the widget.")
    claim = visitor_tokens.read(token, site)
    resume = frame.get("resume") or ""
    if not isinstance(resume, str) or len(resume) > 64:
        raise BadRequestError("resume is what `ready` gave you.")
    language = "de" if str(frame.get("lang", "")).lower().startswith("de") else "en"
    return Arrival(site.key, claim.visitor, origin, language, clean_text(resume))
