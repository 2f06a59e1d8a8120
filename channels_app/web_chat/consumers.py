"""The visitor's socket, `/ws/chat`: chat messages in, the log out. Acknowledged means committed."""

import asyncio
import math
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from channels_app.web_chat import services
from channels_app.web_chat.adapter import WebChatAdapter
from channels_app.web_chat.limits import DOORS, SocketCount
from channels_app.web_chat.visitors import (
    Visitor,
    VisitorMessage,
    read_message,
    read_visitor,
)
from interaction_center.access import visitor_tokens
from interaction_center.access.selectors import site_by_key
from interaction_center.access.site_doors import check_origin, clean_text
from interaction_center.adapters import news_for_visitor
from interaction_center.customers.policy import normalise
from interaction_center.envelope import Proof
from interaction_center.errors import BadRequestError, CenterError, InvalidError, OverloadedError, RateLimitedError
from interaction_center.events import customer_topic, staff_topic, visitor_topic
from interaction_center.live.addresses import client_address, header, own_origin_of
from interaction_center.live.background import background
from interaction_center.live.hub import Push, Send
from interaction_center.live.session import MAX_UNACKED, Frame, Receive, Session, encode, read_subscriptions
from interaction_center.live.threads import in_database_thread
from interaction_center.live.writer import writer
from interaction_center.queue.hot_path import Received

if TYPE_CHECKING:
    from interaction_center.access.models import Site

ADAPTER = WebChatAdapter()
TYPING_SECONDS = 2.0
READ_SECONDS = 1.0


class VisitorSession(Session):
    """One open widget."""

    max_file = settings.ATTACHMENT_MAX_BYTES

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.visitor: Visitor | None = None
        self._renewal: asyncio.TimerHandle | None = None
        self._count: SocketCount | None = None
        self._unacked = 0
        self._typed_at = 0.0
        self._read: dict[str, int] = {}
        self._reading: asyncio.Task[None] | None = None
        self.commands = {
            "msg": self._message,
            "sub": self._subscribe,
            "resume": self._subscribe,
            "unsub": self._unsubscribe,
            "read": self._seen,
            "typing": self._typing,
            "contact": self._contact,
            "end": self._end,
            "ping": lambda frame: self.tell({"t": "pong"}),
        }

    async def authenticate(self, frame: Frame) -> None:
        site = await in_database_thread(site_by_key, clean_text(frame.get("site"))[:16])
        check_origin(site, header(self.scope, b"origin"), own_origin_of(self.scope))
        address = client_address(self.scope)
        visitor = read_visitor(site, frame)
        if not visitor.returning:
            DOORS.new_visitor(address, time.monotonic())
        self._count = DOORS.open_socket(visitor.id, address)
        last = await in_database_thread(services.resume_visitor, visitor)
        self.visitor = visitor
        self.tell(
            {
                "t": "ready",
                "token": self._next_token(site, visitor),
                "visitor": visitor.id,
                "c": visitor.current or None,
                "s": last,
            }
        )
        self.hub.join(self.socket, visitor_topic(site.key, visitor.id))
        for news in await in_database_thread(news_for_visitor, site.key, visitor.id):
            self.tell(news)

    def _next_token(self, site: "Site", visitor: Visitor) -> str:
        """A fresh token, and in an hour the next one: a socket may live longer than a token is good."""
        delay = visitor_tokens.RENEW_EVERY.total_seconds()
        self._renewal = asyncio.get_running_loop().call_later(delay, self._renew_token, site, visitor)
        return visitor_tokens.issue(site, visitor.id, visitor.vouched)

    def _renew_token(self, site: "Site", visitor: Visitor) -> None:
        self.tell({"t": "token", "token": self._next_token(site, visitor)})

    def wait(self) -> float:
        return DOORS.command(self.me.id, time.monotonic())

    async def ended(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
        if self._count is not None:
            self._count.close()
        if self._reading is not None:
            await self._write_read()

    @property
    def me(self) -> Visitor:
        """The visitor; commands come after `auth` only."""
        if self.visitor is None:
            raise BadRequestError("Say who you are first.")
        return self.visitor

    def _message(self, frame: Frame) -> None:
        """Into the group commit; the answer comes with its result, and the next frame need not wait for it."""
        message = read_message(self.me, frame, timezone.now())
        wait = DOORS.message(self.me.id, message.interaction, time.monotonic())
        if wait:
            raise RateLimitedError(
                "Too many messages at once. They are sent in a moment.", retry_after=math.ceil(wait * 100) / 100
            )
        if self._unacked >= 2 * MAX_UNACKED:
            raise OverloadedError("Wait for the answers to your last messages.", retry_after=1)
        future = writer.submit(services.store_messages, ADAPTER.to_envelope(self.me, message))
        self._unacked += 1
        future.add_done_callback(partial(self._acknowledge, frame, message))

    def _acknowledge(self, frame: Frame, message: VisitorMessage, future: asyncio.Future[Received]) -> None:
        self._unacked -= 1
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            fallback = OverloadedError("The message could not be stored. Please try again.", retry_after=1)
            self.refuse(frame, error if isinstance(error, CenterError) else fallback)
            return
        received = future.result()
        self._follow(received, message)
        answer = {"t": "ack", "id": frame.get("id"), "client_id": message.client_id, "c": received.interaction}
        again = {"dup": True} if received.duplicate else {}
        self.tell(answer | {"s": received.seq, "at": received.at.isoformat()} | again)

    def _follow(self, received: Received, message: VisitorMessage) -> None:
        """The first message opens a conversation: from now on its log comes here. Who begins to wait hears how long."""
        name, me = received.interaction, self.me
        me.current = name
        me.interactions.add(name)
        if received.starts_wait and not received.duplicate:
            background(in_database_thread(services.promise_answer, me, name))
        if received.opened and not received.duplicate:
            browser = f"{client_address(self.scope)} {header(self.scope, b'user-agent')}"
            background(in_database_thread(services.note_question, me, message.body, browser))

    async def _subscribe(self, frame: Frame) -> None:
        for name, last_s in read_subscriptions(frame):
            await self.replay(
                customer_topic(name),
                name,
                last_s,
                partial(services.read_log, self.me, name),
                partial(services.closing_state, self.me, name),
            )

    def _unsubscribe(self, frame: Frame) -> None:
        for name, _ in read_subscriptions(frame):
            self.hub.leave(self.socket, customer_topic(name))

    def _seen(self, frame: Frame) -> None:
        """Coalesced to the largest and written at most once a second."""
        name, seq = frame.get("c"), frame.get("s")
        if not isinstance(name, str) or name not in self.me.interactions or not isinstance(seq, int):
            raise BadRequestError("Say what was read: c and s.")
        self._read[name] = max(seq, self._read.get(name, 0))
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._write_read_later())

    async def _write_read_later(self) -> None:
        await asyncio.sleep(READ_SECONDS)
        self._reading = None
        await self._write_read()

    async def _write_read(self) -> None:
        read, self._read = self._read, {}
        for name, seq in read.items():
            await in_database_thread(services.mark_read, self.me, name, seq)

    def _typing(self, frame: Frame) -> None:
        now = time.monotonic()
        if not self.me.current or now - self._typed_at < TYPING_SECONDS:
            return
        self._typed_at = now
        said = {"t": "typing", "c": self.me.current, "by": "customer", "name": self.me.name}
        self.hub.publish(Push((staff_topic(self.me.current),), encode(said), ephemeral=True), sender=self.socket)

    async def _contact(self, frame: Frame) -> None:
        email = clean_text(frame.get("email") or "")[:320]
        if not normalise("email", email):
            raise InvalidError("This is not a valid mail address.", email="invalid")
        if self.me.email_proof is Proof.VERIFIED:
            email = self.me.email
        name = clean_text(frame.get("name") or "").strip()[:200] or self.me.name
        if (email, name) != (self.me.email, self.me.name):
            DOORS.contact(self.me.current or self.me.id, time.monotonic())
            self.me.email, self.me.name = email, name
            await in_database_thread(services.note_contact, self.me)
        self.tell({"t": "ack", "id": frame.get("id")})

    async def _end(self, frame: Frame) -> None:
        await in_database_thread(services.end_conversation, self.me)
        self.me.current = ""
        self.tell({"t": "ack", "id": frame.get("id")})
