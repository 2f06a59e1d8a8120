"""A page of somebody else that is shown by the built `cobrowse.js`, and the server's part of its wire, kept in hand."""

import asyncio
import json
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from aiohttp import WSMsgType, web

BUILT = Path(__file__).parents[2] / "frontend/dist/widget/cobrowse.js"
RULES = {"show": [], "mask": [], "block": [], "deny": False}
AGENT = {"id": "a1", "name": "Anna"}


def question(scope: str, text: str = "Anna would like to see this page.", **more: Any) -> dict[str, Any]:
    """What the server asks in the name of an agent."""
    until = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    return {
        "scope": scope,
        "by": AGENT,
        "version": "1",
        "hash": "h1",
        "text": text,
        "until": until,
        "submit": False,
    } | more


_BOOT = """<script type="module">
import { start } from '/static/widget/cobrowse.js'
const settings = { base: location.origin, site: 'demo', language: '%s', theme: '%s' }
window.showing = start(settings, { get: () => 'visitor-token' }, %s, () => { window.isOver = true },
  () => { window.isRenewed = true })
</script>"""


@dataclass
class Node:
    """One node as the agent has it."""

    op: list[Any]
    children: list[int] = field(default_factory=list)
    later: dict[str, Any] = field(default_factory=dict)


class Mirror:
    """What an agent would see: snapshots and changes applied, as docs/cobrowse-protocol.md says."""

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.page: list[Any] = []
        self.parent: dict[int, int] = {}

    def apply(self, op: list[Any]) -> None:
        """One operation. KeyError, ValueError when it does not fit what is there."""
        kind = op[0]
        if kind in "+tyb":
            self._add(op)
        elif kind == "-":
            self._remove(op[1])
        elif kind == "=":
            self.nodes[op[1]].op[4] = op[2]
        elif kind == "@":
            self._attributes(op[1], op[2])
        elif kind in "vkl":
            self.nodes[op[1]].later[kind] = op[2]
        elif kind == "s":
            self.nodes[op[1]].later["s"] = op[2:]
        else:
            self.page.append(op)

    def _add(self, op: list[Any]) -> None:
        _, id_, parent, next_, *_rest = op
        if id_ in self.nodes:
            raise ValueError(f"{op} is there already")
        node = Node(list(op))
        if op[0] == "+":
            attributes = dict(op[5])
            node.op[5] = attributes
            for name, kind in (("value", "v"), ("checked", "k")):
                if name in attributes:
                    node.later[kind] = attributes.pop(name) if kind == "v" else int(attributes.pop(name) == "")
        self.nodes[id_] = node
        self.parent[id_] = parent
        if parent != 1 or op[0] != "+":
            siblings = self.nodes[parent].children
            siblings.insert(siblings.index(next_) if next_ else len(siblings), id_)

    def _remove(self, id_: int) -> None:
        parent = self.parent.pop(id_)
        if parent in self.nodes:
            self.nodes[parent].children.remove(id_)
        for child in list(self.nodes[id_].children):
            self._remove(child)
        del self.nodes[id_]

    def _attributes(self, id_: int, changed: dict[str, Any]) -> None:
        attributes = self.nodes[id_].op[5]
        for name, value in changed.items():
            attributes.pop(name, None)
            if value is not None:
                attributes[name] = value

    def tree(self, id_: int | None = None) -> Any:
        """Everything below, without what depends on how it came to be: ids of parts of sheets, order of attributes."""
        root = id_ or next(one for one, parent in self.parent.items() if parent == 1 and one != 1)
        node = self.nodes[root]
        op = node.op
        said = op[4:] if op[0] != "y" else op[4:5]
        content = [dict(sorted(part.items())) if isinstance(part, dict) else part for part in said]
        if op[0] == "b":
            content = [op[6]]
        later = {kind: value for kind, value in node.later.items() if value not in ("", 0, [0, 0])}
        shadow = [child for child in node.children if self.nodes[child].op[-1] & 1]
        light = [child for child in node.children if child not in shadow]
        return [op[0], content, later, [self.tree(child) for child in light], [self.tree(child) for child in shadow]]


@dataclass
class Shown:
    """The host page and the other end of its socket. Everything that came in is kept."""

    html: str
    rules: dict[str, Any] = field(default_factory=lambda: dict(RULES))
    scopes: list[str] = field(default_factory=lambda: ["view"])
    asks: list[dict[str, Any]] = field(default_factory=list)
    session: str | None = "S1"
    language: str = "en"
    theme: str = ""
    acks: bool = True
    url: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    mirror: Mirror = field(default_factory=Mirror)
    batch: list[Any] = field(default_factory=list)
    batches: int = 0
    epoch: int = 0
    last: int = 0
    problems: list[str] = field(default_factory=list)
    on_said: Callable[[dict[str, Any]], Awaitable[None]] | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/ws/cobrowse", self._socket)
        app.router.add_get("/static/widget/cobrowse.js", _script)
        app.router.add_get("/{path:.*}", self._page)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://localhost:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()

    async def _page(self, request: web.Request) -> web.Response:
        boot = "" if request.path == "/agent" else _BOOT % (self.language, self.theme, json.dumps(self.session))
        return web.Response(text=self.html.replace("<!--boot-->", boot), content_type="text/html")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=["cic.cobrowse.v1"], max_msg_size=1_000_000)
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"t": "hello", "now": "", "heartbeat": 10, "limits": {}})
        async for message in socket:
            if message.type == WSMsgType.BINARY:
                await self._take(socket, message.data)
            elif message.type == WSMsgType.TEXT:
                await self._hear(socket, json.loads(message.data))
            self.news.set()
        return socket

    async def _hear(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        self.said.append(frame)
        if self.on_said is not None:
            await self.on_said(frame)
        if frame["t"] == "auth":
            session = frame.get("session")
            ready = {"t": "ready", "session": session, "rules": self.rules, "resume": "tab-token", "s": self.last}
            await socket.send_json({**ready, "lang": "en", "asks": self.asks, **self.state()})
        elif frame["t"] == "code.create":
            ready = {"t": "ready", "session": "S1", "rules": self.rules, "resume": "tab-token", "s": 0, "asks": []}
            await socket.send_json({**ready, **self.state(state="code_issued"), "lang": "en"})
            soon = datetime.now(UTC) + timedelta(minutes=5)
            await socket.send_json({"t": "code", "code": "123456789", "expires_at": soon.isoformat()})
        elif frame["t"] == "ping":
            await socket.send_json({"t": "pong"})

    def state(self, **changes: Any) -> dict[str, Any]:
        """How the session stands."""
        stage = "viewing" if "view" in self.scopes else "consent_pending"
        facts = {"state": stage, "scopes": self.scopes, "agents": [AGENT], "controller": None, "paused": False}
        return {**facts, "submit": False, "reconnecting": False, **changes}

    async def tell(self, **frame: Any) -> None:
        """To the page."""
        await self.sockets[-1].send_json(frame)

    async def _take(self, socket: web.WebSocketResponse, data: bytes) -> None:
        self.frames.append(data)
        version, kind, flags, zero, epoch, s = struct.unpack(">BBBBII", data[:12])
        raw = zlib.decompress(data[12:], -15) if flags & 4 else data[12:]
        self.raw += raw + b"\n"
        if version != 1 or zero or len(data) > 12 + 16_384 or len(raw) > 40_960 or s != self.last + 1:
            self.problems.append(f"frame {s} after {self.last}: {len(data)} bytes, {len(raw)} raw")
        self.last = s
        ops = json.loads(raw)["o"]
        if flags & 1:
            self.batch = []
        self.batch += ops
        if flags & 2:
            self._apply(kind, epoch)
        if self.acks:
            await socket.send_json({"t": "ack", "s": s})

    def _apply(self, kind: int, epoch: int) -> None:
        if kind == 1:
            self.mirror = Mirror()
        elif epoch != self.epoch:
            self.problems.append(f"changes of {epoch} after snapshot {self.epoch}")
        self.epoch = epoch
        self.batches += 1
        for op in self.batch:
            try:
                self.mirror.apply(op)
            except (KeyError, ValueError, StopIteration) as error:
                self.problems.append(f"{op[:4]}: {error!r}")

    async def until(self, is_there: Any, seconds: float = 20) -> None:
        """Waits for something that comes in. TimeoutError."""
        async with asyncio.timeout(seconds):
            while not is_there():
                self.news.clear()
                await self.news.wait()

    async def quiet(self, seconds: float = 0.4) -> None:
        """Until nothing came in for so long."""
        while True:
            self.news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self.news.wait()
            except TimeoutError:
                return

    async def fresh(self) -> Any:
        """The tree of a snapshot that is asked for now."""
        epoch = self.epoch
        await self.tell(t="snapshot.request")
        await self.until(lambda: self.epoch > epoch)
        return self.mirror.tree()

    def ops(self, kind: str) -> list[list[Any]]:
        """All of this kind that ever came."""
        lines = self.raw.decode().splitlines()
        return [op for line in lines for op in json.loads(line)["o"] if op[0] == kind]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Text frames of this kind that ever came."""
        return [frame for frame in self.said if frame["t"] == kind]


async def _script(_request: web.Request) -> web.Response:
    return web.Response(body=BUILT.read_bytes(), content_type="text/javascript")
