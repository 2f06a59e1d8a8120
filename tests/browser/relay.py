"""A relay in the hands of a test: it says to the agent's view what the real one would never let through."""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, WebSocketRoute

from channels_app.cobrowse.wire import CHANGES, DEFLATED, FIRST, LAST, SNAPSHOT
from tests.cobrowse.builders import deflated, head
from tests.flows.parties import eventually

Op = list[Any]
PAGE: list[Op] = [
    ["w", 800, 600],
    ["p", "a/b"],
    ["+", 2, 1, 0, "html", {"lang": "en"}, 0],
    ["+", 3, 2, 0, "head", {}, 0],
    ["+", 5, 2, 0, "body", {}, 0],
    ["+", 6, 5, 0, "h1", {}, 0],
    ["t", 7, 6, 0, "Your order", 0],
]


@dataclass  # Playwright keeps notes of its own on whoever has its handlers
class Relay:
    """What the view said is in `heard`."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=lambda: ["view"])
    route: WebSocketRoute | None = None
    s: int = 0
    epoch: int = 0

    async def stand_in(self, page: Page) -> None:
        """From now on the view's socket ends here."""
        await page.route_web_socket("**/ws/cobrowse", self._meet)

    def _meet(self, route: WebSocketRoute) -> None:
        self.route = route
        route.on_message(self._take)
        self.tell(t="hello", now="", heartbeat=10, limits={})

    def _take(self, message: str | bytes) -> None:
        frame = json.loads(message)
        self.heard.append(frame)
        if frame["t"] == "ping":
            self.tell(t="pong")
        if frame["t"] == "auth":
            more = {"session": frame["session"], "you": "anna", "customer": {"name": "Jo"}, "s": 0, "asks": []}
            self.tell(t="ready", interaction="", **more, **self.standing())

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first frame of this type with these fields, said already or coming."""
        return await eventually(lambda: next((one for one in self.heard if _fits(one, {"t": kind, **fields})), {}))

    def standing(self, **more: Any) -> dict[str, Any]:
        """How the session stands."""
        agents = [{"id": "anna", "name": "Anna Agent"}]
        return {"state": "viewing", "scopes": self.scopes, "agents": agents, "controller": None} | more

    def tell(self, **frame: Any) -> None:
        """A text frame to the view."""
        assert self.route is not None, "the view has not connected"
        self.route.send(json.dumps(frame))

    def snapshot(self, ops: list[Op]) -> None:
        """A page."""
        self.epoch += 1
        self._send(SNAPSHOT, ops)

    def changes(self, ops: list[Op]) -> None:
        """A batch of changes."""
        self._send(CHANGES, ops)

    def _send(self, kind: int, ops: list[Op]) -> None:
        assert self.route is not None, "the view has not connected"
        self.s += 1
        flags = FIRST | LAST | DEFLATED
        self.route.send(head(self.s, kind, flags, self.epoch) + deflated(json.dumps({"o": ops}).encode()))


def _fits(frame: dict[str, Any], fields: dict[str, Any]) -> bool:
    return all(frame.get(name) == value for name, value in fields.items())
