"""A room without a network: outboxes that send when they are told to, a clock that is moved by hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

from channels_app.cobrowse.auditing import Line
from channels_app.cobrowse.company import Member
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.policy import Role
from channels_app.cobrowse.room import Room
from tests.cobrowse.builders import mirror

ANNA, BEN = "anna", "ben"


class Held(Outbox):
    """Nothing leaves before `deliver`. `lag`: bytes that the reader's transport has not taken."""

    def __init__(self) -> None:
        self.lag = 0
        self.heard: list[dict[str, Any] | bytes] = []
        super().__init__(_nowhere, buffered=lambda: self.lag)

    def _start_drain(self) -> None:
        """Not by itself."""

    def deliver(self) -> list[dict[str, Any] | bytes]:
        """Send all that waits; what that was."""
        news: list[dict[str, Any] | bytes] = []
        while self._outbox:
            message = self._next_message()
            news += [message["bytes"]] if "bytes" in message else _frames(message["text"])
        self.heard += news
        return news

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The text frames of one type, after a delivery."""
        self.deliver()
        return [frame for frame in self.heard if isinstance(frame, dict) and frame["t"] == kind]

    def mirrored(self) -> list[bytes]:
        """The binary frames, after a delivery."""
        self.deliver()
        return [frame for frame in self.heard if isinstance(frame, bytes)]

    @property
    def code(self) -> int | None:
        """With what it was closed."""
        return self.closing[0] if self.closing else None


def _frames(text: str) -> list[dict[str, Any]]:
    found = json.loads(text)
    return found if isinstance(found, list) else [found]


async def _nowhere(message: dict[str, Any]) -> None:
    """Held outboxes send nothing by themselves."""


def facts(version: int = 1, **values: Any) -> dict[str, Any]:
    """What the row says: a session that is viewed."""
    return {
        "version": version,
        "stage": "viewing",
        "scopes": ["view"],
        "asks": {},
        "submit": False,
        "controller": "",
        "agents": [],
        "page": "",
        "views": {ANNA: "", BEN: ""},
        "paused": False,
        "paused_by": "",
        "reconnecting": False,
        "interaction": "i",
        "language": "en",
        "created_at": datetime.now(UTC).isoformat(),
        "end": None,
    } | values


class Scene:
    """A room with a page and two agents."""

    def __init__(self, **values: Any) -> None:
        self.now = 1_000.0
        self.lines: list[Line] = []
        self.later: list[tuple[float, int, Callable[[], object]]] = []
        self.version = 1
        self._order = count()
        created = facts(**values)
        self.room = Room("s", created, keep=self.lines.append, clock=lambda: self.now, later=self._call_later)
        self.values = values
        self.page = Member(Role.CUSTOMER, Held())
        self.anna = Member(Role.AGENT, Held(), ANNA, "Anna Agent")
        self.ben = Member(Role.AGENT, Held(), BEN, "Ben Agent")
        self.room.enter_page(self.page)
        self.room.enter_agent(self.anna)
        self.room.enter_agent(self.ben)
        self.s = self.room.last

    def _call_later(self, seconds: float, work: Callable[[], object]) -> None:
        heappush(self.later, (self.now + seconds, next(self._order), work))

    def wait(self, seconds: float) -> None:
        """Time passes, and what was put off happens when it is due."""
        until = self.now + seconds
        while self.later and self.later[0][0] <= until:
            self.now, _, work = heappop(self.later)
            work()
        self.now = until

    def change(self, **values: Any) -> None:
        """The row has changed, and the room hears of it."""
        self.version += 1
        self.values |= values
        self.room.hear(facts(self.version, **self.values))

    def show(self, *, snapshot: bool = False, ops: list[list[Any]] | None = None) -> bytes:
        """The page sends its next frame."""
        self.s += 1
        data = mirror(self.s, ops, snapshot=snapshot)
        self.room.take_mirror(data)
        return data


def held(member: Member) -> Held:
    """Its outbox."""
    assert isinstance(member.outbox, Held)
    return member.outbox
