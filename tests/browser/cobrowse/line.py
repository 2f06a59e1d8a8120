"""What stands between a page and the server: it keeps every frame, and makes the trouble that it is told to make."""

import json
import random
import zlib
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, WebSocketRoute

from channels_app.cobrowse.wire import DEFLATED, FIRST, HEADER, SNAPSHOT


@dataclass  # Playwright keeps notes of its own on whoever has its handlers
class Line:
    """Of one page. `trouble` is the share of its binary frames that are lost, doubled or swapped with the next."""

    seed: int = 0
    trouble: float = 0.0
    texts: list[str] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    connections: int = 0
    _open: list[tuple[WebSocketRoute, WebSocketRoute]] = field(default_factory=list)
    _held: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def stand_between(self, page: Page) -> None:
        """From now on, on every connection that this page makes for co-browsing."""
        await page.route_web_socket("**/ws/cobrowse", self._meet)

    def _meet(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self._open, self._held = [(route, server)], []
        self.connections += 1
        route.on_message(lambda message: self._pass(server, message))
        server.on_message(lambda message: self._pass(route, message))

    def _pass(self, to: WebSocketRoute, message: str | bytes) -> None:
        if isinstance(message, str):
            self.texts.append(message)
            to.send(message)
            return
        self.frames.append(message)
        for frame in self._troubled(message):
            to.send(frame)

    def _troubled(self, frame: bytes) -> list[bytes]:
        """What becomes of one frame: the one that was held back comes after it."""
        held, self._held = self._held, []
        if self._random.random() >= self.trouble:
            return [frame, *held]
        kind = self._random.choice(("lost", "doubled", "swapped"))
        if kind == "swapped":
            self._held = [frame]
        return held if kind != "doubled" else [frame, frame, *held]

    async def cut(self) -> None:
        """The connection is gone for both ends; the page may make another one."""
        for route, server in self._open:
            await server.close()
            await route.close(code=1012, reason="cut by the test")

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Text frames of this type that have passed."""
        decoded = [json.loads(text) for text in self.texts]
        frames = [one for each in decoded for one in (each if isinstance(each, list) else [each])]
        return [frame for frame in frames if frame["t"] == kind]

    @property
    def snapshots(self) -> int:
        """How many pictures of the whole page have begun."""
        heads = [HEADER.unpack_from(frame) for frame in self.frames]
        return sum(kind == SNAPSHOT and bool(flags & FIRST) for _, kind, flags, *_ in heads)

    @property
    def content(self) -> bytes:
        """Everything that binary frames have said, unpacked."""
        return b"".join(map(inflated, self.frames))


def inflated(frame: bytes) -> bytes:
    """What is in one binary frame."""
    payload = frame[HEADER.size :]
    return zlib.decompress(payload, -15) if HEADER.unpack_from(frame)[2] & DEFLATED else payload
