"""Our own centre, protocol `cic.v1`. Visitors, agents and their chats are those of a plan that `bench.prepare` made."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.chat_load.adapters import Key, Target
from bench.chat_load.wsclient import WS, OnClose, OnMessage, connect

RUN = f"{time.time_ns() // 1000 % 2**48:012x}"  # client ids must not repeat between runs: the server would answer `dup`
SUBSCRIPTIONS_A_FRAME = 200
PORTS_AN_ADDRESS = 8_000
PROTOCOL = {"Sec-WebSocket-Protocol": "cic.v1"}


class CenterAdapter:
    """Chat i is the visitor i of the plan; agent j holds every chat with i % agents == j."""

    def __init__(self, target: Target) -> None:
        self._base, self._agents = target.base, target.agents
        plan = json.loads(Path(target.plan).read_text())
        self._site: str = plan["site"]
        self._sessions: list[str] = plan["sessions"]
        self._chats: list[tuple[str, str]] = [(chat["token"], chat["c"]) for chat in plan["chats"]]
        self._count = target.chats
        self._names = [name for _, name in self._chats]

    async def open_visitor(self, chat: int, on_message: OnMessage, on_close: OnClose | None) -> WS:
        """A widget that has come back: it has its token and asks for its log."""
        token, name = self._chats[chat]
        door = _Door({"t": "auth", "site": self._site, "token": token, "lang": "en"}, [name], on_message)
        address = f"127.0.0.{2 + chat // PORTS_AN_ADDRESS}"
        ws = await connect(f"{self._base}/ws/chat", door, on_close, headers=PROTOCOL, local_address=address)
        ws.user = chat
        await asyncio.wait_for(door.open, 60)
        return ws

    async def open_agent(self, index: int, on_message: OnMessage, on_close: OnClose | None) -> WS:
        """A console: the queue, and the log of every chat that this agent holds."""
        names = ["inbox", *self._names[index : self._count : self._agents]]
        door = _Door({"t": "auth"}, names, on_message)
        headers = PROTOCOL | {"Cookie": f"sessionid={self._sessions[index]}"}
        ws = await connect(f"{self._base}/ws/console", door, on_close, headers=headers)
        await asyncio.wait_for(door.open, 60)
        return ws

    def send(self, ws: WS, chat: int, number: int, body: str) -> None:
        """The id is a UUID of run, chat and number."""
        low = f"{chat:08x}{number:08x}"
        client_id = f"{RUN[:8]}-{RUN[8:]}-4000-{low[:4]}-{low[4:]}"
        frame = {"t": "msg", "id": number, "c": self._names[chat], "client_id": client_id, "body": body}
        ws.send(json.dumps(frame).encode())

    def accepted(self, payload: bytes) -> Iterable[Key]:
        """Every `ack`. ValueError for a `nack` or an `err`."""
        for frame in frames(payload):
            if frame["t"] == "ack":
                yield _key(frame["client_id"])
            elif frame["t"] in ("nack", "err"):
                raise ValueError(f"refused: {frame}")

    def heard(self, payload: bytes) -> Iterable[Key]:
        """Every `ev` of kind message."""
        return (_key(frame["client_id"]) for frame in frames(payload) if frame["t"] == "ev" and frame["client_id"])


class _Door:
    """Takes what comes until every subscription is synced; then the real reader takes over."""

    def __init__(self, auth: dict[str, Any], names: list[str], then: OnMessage) -> None:
        self._auth, self._names, self._then = auth, names, then
        self._missing = set(names)
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __call__(self, ws: WS, payload: bytes) -> None:
        for frame in frames(payload):
            self._take(ws, frame)

    def _take(self, ws: WS, frame: dict[str, Any]) -> None:
        if frame["t"] == "hello":
            ws.send(json.dumps(self._auth).encode())
        elif frame["t"] == "ready":
            self._subscribe(ws)
        elif frame["t"] == "synced":
            self._missing.discard(frame["c"])
            if not self._missing and not self.open.done():
                ws.on_message = self._then
                self.open.set_result(None)
        elif frame["t"] in ("nack", "err") and not self.open.done():
            self.open.set_exception(ConnectionError(frame["message"]))

    def _subscribe(self, ws: WS) -> None:
        for start in range(0, len(self._names), SUBSCRIPTIONS_A_FRAME):
            chunk = self._names[start : start + SUBSCRIPTIONS_A_FRAME]
            ws.send(json.dumps({"t": "sub", "id": 0, "subs": [{"c": name, "last_s": 0} for name in chunk]}).encode())


def frames(payload: bytes) -> Iterator[dict[str, Any]]:
    """A frame holds one object or an array of them."""
    found = json.loads(payload)
    yield from found if isinstance(found, list) else (found,)


def _key(client_id: str) -> Key:
    low = client_id[19:23] + client_id[24:]
    return int(low[:8], 16), int(low[8:], 16)


def new(target: Target) -> CenterAdapter:
    """For `adapters.load`."""
    return CenterAdapter(target)
