"""The other end of a socket: an ASGI client that sends what a test says and keeps what it is sent."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from interaction_center.errors import ForbiddenError, NotFoundError, UnauthorizedError
from interaction_center.live.hub import Hub, Socket
from interaction_center.live.session import PROTOCOL, Frame, Session


class Peer:
    """One connection. `is_reading` False: the transport takes nothing more and its bytes pile up."""

    def __init__(self, subprotocols: tuple[str, ...] = (PROTOCOL,)) -> None:
        self.buffered = 0
        self.scope: dict[str, Any] = {
            "type": "websocket",
            "subprotocols": subprotocols,
            "buffered": self.waiting,
        }
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.events.put_nowait({"type": "websocket.connect"})
        self.texts: list[str] = []
        self.accepted: str | None = None
        self.code: int | None = None
        self.is_reading = True

    def waiting(self) -> int:
        """Bytes that the transport has not got rid of."""
        return self.buffered

    async def receive(self) -> dict[str, Any]:
        """For the server: what this peer has sent."""
        return await self.events.get()

    async def send(self, event: dict[str, Any]) -> None:
        """For the server: what goes to this peer. As under Daphne, it never waits."""
        if event["type"] == "websocket.accept":
            self.accepted = event.get("subprotocol", "")
        elif event["type"] == "websocket.close":
            self.code = event["code"]
            self.events.put_nowait({"type": "websocket.disconnect"})
        else:
            self.texts.append(event["text"])
            if not self.is_reading:
                self.buffered += len(event["text"].encode())

    def say(self, frame: Any) -> None:
        """Send one frame, as JSON or, if it is text, as it is."""
        self.events.put_nowait(
            {"type": "websocket.receive", "text": frame if isinstance(frame, str) else json.dumps(frame)}
        )

    def say_bytes(self, data: bytes) -> None:
        """Send one binary frame."""
        self.events.put_nowait({"type": "websocket.receive", "bytes": data, "text": None})

    def hang_up(self) -> None:
        """The connection breaks."""
        self.events.put_nowait({"type": "websocket.disconnect"})

    @property
    def heard(self) -> list[dict[str, Any]]:
        """All frames so far, arrays taken apart."""
        frames = []
        for text in self.texts:
            found = json.loads(text)
            frames += found if isinstance(found, list) else [found]
        return frames

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The frames of one type."""
        return [frame for frame in self.heard if frame["t"] == kind]

    async def until(self, is_true: Callable[["Peer"], object]) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(5):
            while not is_true(self):
                await asyncio.sleep(0.002)


class EchoSession(Session):
    """The smallest session: `auth` with the right word, `echo`, and commands that fail."""

    def __init__(self, peer: Peer, live: Hub) -> None:
        super().__init__(peer.scope, peer.receive, peer.send, live)
        self.peer = peer
        self.has_ended = False
        self.commands = {
            "echo": lambda frame: self.tell({"t": "echo", "id": frame.get("id"), "body": frame.get("body")}),
            "fail": self._fail,
            "refuse": self._refuse_one,
        }
        self.seconds_to_wait = 0.0

    def wait(self) -> float:
        """As long as the test wants."""
        return self.seconds_to_wait

    async def authenticate(self, frame: Frame) -> None:
        """`word` is good, bad, foreign or broken."""
        word = frame.get("word")
        if word == "foreign":
            raise ForbiddenError("Not from here.")
        if word == "broken":
            raise ZeroDivisionError
        if word != "good":
            raise UnauthorizedError("Wrong word.")
        self.tell({"t": "ready"})

    async def ended(self) -> None:
        """The socket is gone."""
        self.has_ended = True

    def _refuse_one(self, frame: Frame) -> None:
        raise NotFoundError("Not for you.")

    async def _fail(self, frame: Frame) -> None:
        raise ZeroDivisionError


def a_socket(live: Hub, peer: Peer | None = None) -> tuple[Socket, Peer]:
    """A socket of the hub without a session."""
    peer = peer or Peer()
    socket = Socket(peer.send, buffered=peer.waiting)
    live.sockets.add(socket)
    return socket, peer
