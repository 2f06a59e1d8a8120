"""A socket without a WebSocket, for pages and networks that let none through: `cic.v1` over plain HTTP.

One request is answered without an end: each line of its answer is a frame, or empty (a heartbeat). Whatever the client
says comes in requests of its own, which name the line by a secret that stands first in the answer. A session notices
no difference. The line lives in the process that opened it.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from interaction_center.live.background import background
from interaction_center.live.session import HEARTBEAT_SECONDS, PROTOCOL, RATE_LIMIT

MAX_WAITING_FRAMES = 64
SILENCE_SECONDS = 3 * HEARTBEAT_SECONDS  # clients answer each heartbeat

SocketApplication = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class HttpLine:
    """One line, from its opening to its end. Used on the loop only."""

    def __init__(self, scope: Mapping[str, Any], application: SocketApplication) -> None:
        self._bytes = 0  # that wait to be written
        in_transport = scope.get("buffered", lambda: 0)
        self._scope = {
            **scope,
            "type": "websocket",
            "subprotocols": [PROTOCOL],
            "buffered": lambda: self._bytes + in_transport(),
        }
        self._application = application
        self._name = secrets.token_urlsafe(16)
        self._up: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._down: asyncio.Queue[str | None] = asyncio.Queue()
        self._heard_at = time.monotonic()

    async def lines(self) -> AsyncGenerator[bytes, None]:
        """The answer: first the name of the line, then frames and heartbeats, last the code it was closed with."""
        _open[self._name] = self
        self._up.put_nowait({"type": "websocket.connect"})
        background(self._run())
        try:
            yield json.dumps({"line": self._name}).encode() + b"\n"
            while (text := await self._next()) is not None:
                self._bytes -= len(text)
                yield text.encode() + b"\n"
        finally:
            del _open[self._name]
            self._up.put_nowait({"type": "websocket.disconnect", "code": 1006})

    def take(self, frames: Sequence[str]) -> None:
        """What the client says, in order. One that says more than can be served is closed, as a WebSocket would be."""
        self._heard_at = time.monotonic()
        if self._up.qsize() + len(frames) > MAX_WAITING_FRAMES:
            self._close(RATE_LIMIT)
            return
        for frame in frames:
            self._up.put_nowait({"type": "websocket.receive", "text": frame})

    async def _run(self) -> None:
        await self._application(self._scope, self._up.get, self._send)
        self._close(1000)

    async def _send(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "websocket.send":
            self._bytes += len(event["text"])
            self._down.put_nowait(event["text"])
        elif event["type"] == "websocket.close":
            self._close(event["code"])

    def _close(self, code: int) -> None:
        farewell = json.dumps({"close": code})
        self._bytes += len(farewell)
        self._down.put_nowait(farewell)
        self._down.put_nowait(None)

    async def _next(self) -> str | None:
        """The next frame, "" as a heartbeat, or None at the end."""
        try:
            return await asyncio.wait_for(self._down.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            return "" if time.monotonic() - self._heard_at < SILENCE_SECONDS else None


_open: dict[str, HttpLine] = {}


def open_line(name: str) -> HttpLine | None:
    """The open line with this name in this process; to be asked, and used, on the loop."""
    return _open.get(name)
