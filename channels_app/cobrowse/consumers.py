"""The socket of co-browsing, `/ws/cobrowse`: whoever is at its other end, a customer's page or an agent's view."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from channels_app.cobrowse.agent import AgentEnd
from channels_app.cobrowse.commands import read_frame
from channels_app.cobrowse.company import SILENT, Member
from channels_app.cobrowse.customer import CustomerEnd
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.pacing import CONTROL_BURST, FRAMES_A_SECOND, UNACKED
from channels_app.cobrowse.picture import RATE
from channels_app.cobrowse.policy import FRAMES, Role
from channels_app.cobrowse.room import Room
from channels_app.cobrowse.shown import error as error_frame
from channels_app.cobrowse.wire import LIMITS
from interaction_center.access.rate_limits import Bucket
from interaction_center.errors import BadRequestError, CenterError, TooLargeError
from interaction_center.live.hub import Send
from interaction_center.live.session import Frame, Receive, Session

PROTOCOL = "cic.cobrowse.v1"
HEARTBEAT_SECONDS = 10
SILENCE_SECONDS = 25.0
_CODES = {
    "unauthorized": 4401,
    "forbidden": 4403,
    "not_found": 4404,
    "wrong_code": 4404,
    "conflict": 4409,  # somebody else has the place
    "too_large": 4413,
    "rate_limited": 4429,
}
_BAD = 4400


class End(Protocol):
    """What is at the other end of a socket, once it is known."""

    role: Role
    room: Room | None
    member: Member | None

    async def obey(self, kind: str, frame: Frame) -> None:
        """A command that is no relay."""
        ...

    async def left(self) -> None:
        """The socket is gone."""
        ...


class CobrowseSocket(Session):
    """One end of a session."""

    protocol = PROTOCOL
    late = SILENT

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.outbox = Outbox(send, buffered=scope.get("buffered", lambda: 0))
        self.socket = self.outbox
        self.end: End | None = None
        self._heard_at = time.monotonic()
        self._commands = Bucket(FRAMES_A_SECOND, CONTROL_BURST, CONTROL_BURST, self._heard_at)
        self._pointers = Bucket(FRAMES_A_SECOND, FRAMES_A_SECOND, FRAMES_A_SECOND, self._heard_at)
        self._watchman: asyncio.TimerHandle | None = None

    def hello(self) -> Frame:
        limits = {"payload": LIMITS["payload"], "raw": LIMITS["raw"], "unacked": UNACKED}
        now = datetime.now(UTC).isoformat()
        return {"t": "hello", "now": now, "heartbeat": HEARTBEAT_SECONDS, "limits": limits}

    async def authenticate(self, frame: Frame) -> None:
        kinds: dict[str, type[CustomerEnd] | type[AgentEnd]] = {"customer": CustomerEnd, "agent": AgentEnd}
        kind = kinds.get(str(frame.get("as")))
        if kind is None:
            raise BadRequestError("as is “customer” or “agent”.")
        self.end = await kind.let_in(self.scope, self.outbox, frame)
        self.commands = dict.fromkeys(FRAMES[self.end.role], self._take)
        self._watch()

    async def take_bytes(self, data: bytes) -> None:
        """What the customer's page shows."""
        self._heard_at = time.monotonic()
        room = self.end.room if self.end is not None else None
        if room is None or self.end is None or self.end.role is not Role.CUSTOMER or room.page is not self.end.member:
            raise BadRequestError("Only the page that is shown sends binary frames.")
        room.take_mirror(data)
        await asyncio.sleep(0)  # frames that have come together are checked with everybody else's work between them

    async def _take(self, frame: Frame) -> None:
        """A text frame of a type that this end may send."""
        kind, now = str(frame["t"]), time.monotonic()
        self._heard_at = now
        if kind == "ping":
            self.tell({"t": "pong"})
        elif kind == "pointer" and self._pointers.take(now):
            return
        elif kind != "pointer" and self._commands.take(now):
            self.socket.close(RATE, error_frame("rate_limited", "Too many frames at once."))
        elif self.end is not None and kind in _RELAYED:
            read = read_frame(kind, frame)
            if self.end.room is not None and self.end.member is not None:
                self.end.room.relay(self.end.member, kind, read)
        elif self.end is not None:
            await self.end.obey(kind, frame)

    def refuse(self, frame: Frame, error: CenterError) -> None:
        of = frame.get("t")
        known = {"of": of} if isinstance(of, str) and len(of) <= 32 and of.isascii() else {}
        self.tell({"t": "err", "code": error.code, "message": error.message, **known})

    def close_code(self, error: CenterError) -> int:
        return _CODES.get(error.code, _BAD)

    def count_fault(self, error: CenterError) -> None:
        """What can't be read; what can't be done just now is nobody's fault."""
        self._faults += isinstance(error, BadRequestError | TooLargeError)
        if self._faults >= self.max_faults:
            self.socket.close(_BAD, error_frame("bad_request", "Too many frames that can't be read."))

    async def ended(self) -> None:
        if self._watchman is not None:
            self._watchman.cancel()
        if self.end is not None:
            await self.end.left()

    def _watch(self) -> None:
        """Whoever says nothing for long is gone, whatever their connection says."""
        if time.monotonic() - self._heard_at > SILENCE_SECONDS:
            self.socket.close(SILENT, error_frame("silent", "Nothing was heard for too long."))
            return
        self._watchman = asyncio.get_running_loop().call_later(SILENCE_SECONDS / 5, self._watch)


_RELAYED = frozenset(
    ("pointer", "draw", "clear", "highlight", "input.click", "input.scroll", "input.type", "input.select")
) | {"input.done", "sdp", "ice", "p2p"}
