"""One WebSocket of protocol `cic.v1`, whoever is at the other end: handshake, frames, errors, replay, farewell.

Plain ASGI: a Channels consumer costs four to six times as much a message (docs/adr/0003-own-live-path.md).
Frames are checked here; what they mean is the business of the subclass.
"""

import asyncio
import json
import logging
import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder

from interaction_center.errors import (
    BadRequestError,
    CenterError,
    ForbiddenError,
    RateLimitedError,
    TooLargeError,
    UnauthorizedError,
)
from interaction_center.live.hub import Hub, Send, Socket, hub
from interaction_center.live.threads import in_database_thread

log = logging.getLogger(__name__)
PROTOCOL = "cic.v1"
MAX_FRAME_IN = 64 * 1024
MAX_BODY = 8_000
MAX_UNACKED = 8
HEARTBEAT_SECONDS = 20
AUTH_SECONDS = 5
MAX_FAULTS = 20
MAX_SUBSCRIPTIONS = 200

Frame = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

INTERNAL, RESTART, AUTH, FORBIDDEN, TOO_MANY, RATE_LIMIT, VERSION = 1011, 1012, 4001, 4003, 4009, 4029, 4426
AUTH_TIMEOUT = 4408  # not 4001, which is final for clients: in a storm of reconnects the server itself may be late
_FAULTS = frozenset({"bad_request", "too_large", "not_found", "forbidden"})

encode: Callable[[Frame], str] = DjangoJSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Session:
    """One socket from accept to close. A subclass fills `commands` and `authenticate`."""

    protocol: ClassVar[str] = PROTOCOL
    late: ClassVar[int] = AUTH_TIMEOUT
    max_file: ClassVar[int] = 0
    max_faults: ClassVar[int] = MAX_FAULTS

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send, live: Hub = hub) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.hub = live
        self.socket = Socket(send, buffered=scope.get("buffered", lambda: 0))
        self.commands: dict[str, Callable[[Frame], Awaitable[None] | None]] = {}
        self._faults = 0

    async def authenticate(self, frame: Frame) -> None:
        """Who is it? UnauthorizedError or ForbiddenError ends the session."""
        raise NotImplementedError

    def hello(self) -> Frame:
        """The first frame: what this server is like."""
        limits = {"frame": MAX_FRAME_IN, "body": MAX_BODY, "unacked": MAX_UNACKED, "file": self.max_file}
        return {
            "t": "hello",
            "socket": secrets.token_hex(4),
            "now": datetime.now(UTC).isoformat(),
            "heartbeat": HEARTBEAT_SECONDS,
            "limits": limits,
            "min": 1,
            "max": 1,
        }

    async def take_bytes(self, data: bytes) -> None:
        """A binary frame, for a protocol that has some."""
        raise BadRequestError("Send text frames.")

    def close_code(self, error: CenterError) -> int:
        """With what a peer is closed whom this error has not let in."""
        if error.code == "rate_limited":
            return TOO_MANY if error.details.get("sockets") else RATE_LIMIT
        return FORBIDDEN if isinstance(error, ForbiddenError) else AUTH

    def wait(self) -> float:
        """Seconds until the next command is taken; 0 now."""
        return 0

    async def ended(self) -> None:
        """The socket is gone."""

    async def run(self) -> None:
        """Serve the socket until it closes."""
        await self._receive()
        if self.protocol not in self.scope.get("subprotocols", ()):
            await self._send({"type": "websocket.accept"})
            await self._refuse(BadRequestError(f"Speak the subprotocol {self.protocol}."), VERSION)
            return
        await self._send({"type": "websocket.accept", "subprotocol": self.protocol})
        self.hub.sockets.add(self.socket)
        try:
            self.tell(self.hello())
            if await self._let_in():
                await self._serve()
        finally:
            self.hub.drop(self.socket)
            await self.ended()

    def tell(self, frame: Frame) -> None:
        """Send one frame."""
        self.socket.push(encode(frame))

    def refuse(self, frame: Frame, error: CenterError) -> None:
        """Answer a command that failed."""
        wait = error.details.get("retry_after")
        answer = {"t": "nack", "id": frame.get("id"), "code": error.code, "message": error.message, "fatal": False}
        extra = {"retry_after": wait} if wait is not None else {}
        client_id = frame.get("client_id")
        self.tell(answer | extra | ({"client_id": client_id} if _is_plain_name(client_id) else {}))

    async def replay(
        self,
        topic: str,
        interaction: str,
        last_s: int,
        read: Callable[[int], tuple[list[dict[str, Any]], int]],
        closing: Callable[[], dict[str, Any]],
    ) -> None:
        """Subscribe first, hold what comes, read the database, then send both without overlap: no gap, nothing twice.

        Both functions run in a database thread: `read(last_s)` gives the frames after `last_s` and the last number,
        `closing()` the further fields of `synced`.
        """
        self.hub.join(self.socket, topic)
        self.socket.hold(topic)
        try:
            frames, end = await in_database_thread(read, last_s)
            await self.socket.push_all(encode(frame) for frame in frames)
            self.socket.sent[topic] = end
            self.tell({"t": "synced", "c": interaction, "s": end} | await in_database_thread(closing))
        except BaseException:
            self.hub.leave(self.socket, topic)
            self.socket.forget(topic)  # whoever may not read this log gets nothing of it
            raise
        self.socket.release(topic, end)

    async def _let_in(self) -> bool:
        """The first frame says who it is, within five seconds."""
        try:
            async with asyncio.timeout(AUTH_SECONDS):
                event = await self._receive()
            if event["type"] != "websocket.receive":
                return False
            frame = self._decode(event)
            if frame.get("t") != "auth":
                raise UnauthorizedError("Say who you are first.")
            await self.authenticate(frame)
        except TimeoutError:
            await self._refuse(UnauthorizedError("Nobody said who is there."), self.late)
        except CenterError as error:
            await self._refuse(error, self.close_code(error))
        except Exception:
            log.exception("A socket could not be let in")
            await self._refuse(CenterError("Something went wrong on our side. Please try again."), INTERNAL)
        else:
            return True
        return False

    async def _serve(self) -> None:
        while not self._is_closing():
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            if self._is_closing():  # it was shown the door while we waited for this
                break
            frame: Frame = {}
            try:
                if event.get("bytes") is not None:
                    await self.take_bytes(event["bytes"])
                    continue
                frame = self._decode(event)
                await self._obey(frame)
            except CenterError as error:
                self.refuse(frame, error)
                self.count_fault(error)
            except Exception:
                log.exception("A socket command failed")
                self.refuse(frame, CenterError("Something went wrong on our side. Please try again."))
        await self.socket.drained()

    def _is_closing(self) -> bool:
        return self.socket.closing is not None

    async def _obey(self, frame: Frame) -> None:
        command = self.commands.get(str(frame.get("t")))
        if command is None:
            raise BadRequestError("This frame has an unknown type.", type=str(frame.get("t"))[:40])
        wait = self.wait()
        if wait:
            raise RateLimitedError("Too many commands at once. Wait a moment.", retry_after=math.ceil(wait * 100) / 100)
        work = command(frame)
        if work is not None:
            await work

    def _decode(self, event: Mapping[str, Any]) -> Frame:
        text = event.get("text")
        if text is None:
            raise BadRequestError("Send text frames.")
        if len(text) > MAX_FRAME_IN or (not text.isascii() and len(text.encode(errors="replace")) > MAX_FRAME_IN):
            raise TooLargeError(f"A frame may have at most {MAX_FRAME_IN} bytes.", limit=MAX_FRAME_IN)
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadRequestError("This is not JSON.") from error
        if not isinstance(frame, dict):
            raise BadRequestError("A frame is a JSON object.")
        request = frame.get("id")
        if not (request is None or isinstance(request, int) or _is_plain_name(request)):
            raise BadRequestError("id is a number or a short name.")
        return frame

    def count_fault(self, error: CenterError) -> None:
        """A peer that only sends rubbish, or feels for what is not its own, is shown the door."""
        if error.code in _FAULTS:
            self._faults += 1
            if self._faults >= self.max_faults:
                self.socket.close(RATE_LIMIT, encode({"t": "bye", "reason": "slow", "reconnect_ms": 30_000}))

    async def _refuse(self, error: CenterError, code: int) -> None:
        frame = {"t": "err", "code": error.code, "message": error.message, "fatal": True}
        self.socket.close(code, encode(frame))
        await self.socket.drained()


def read_subscriptions(frame: Frame) -> list[tuple[str, int]]:
    """The logs that a `sub`, `resume` or `unsub` frame names, each with the last number the reader has."""
    subs = frame.get("subs")
    if not isinstance(subs, list) or len(subs) > MAX_SUBSCRIPTIONS:
        raise BadRequestError(f"subs is a list of at most {MAX_SUBSCRIPTIONS} conversations.")
    found = []
    for item in subs:
        last = item.get("last_s", 0) if isinstance(item, dict) else None
        if not isinstance(last, int) or last < 0 or not _is_plain_name(item.get("c")):
            raise BadRequestError("A subscription has c and last_s.")
        found.append((item["c"], last))
    return found


def _is_plain_name(value: object) -> bool:
    """What may be sent back, or looked up, as it came: no half characters, no NUL, not long."""
    return isinstance(value, str) and len(value) <= 64 and value.isascii() and value.isprintable()


async def say_goodbye(live: Hub = hub) -> None:
    """The server stops: every socket hears `bye` and is closed with 1012 (it comes back after a random wait)."""
    sockets = tuple(live.sockets)
    for socket in sockets:
        socket.close(RESTART, encode({"t": "bye", "reason": "restart", "reconnect_ms": 1000}))
    await asyncio.gather(*(socket.drained() for socket in sockets), return_exceptions=True)
