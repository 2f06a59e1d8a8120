"""Pages that are shown, views that watch, and the frames between them, as plain functions."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from websockets.exceptions import ConnectionClosed

from channels_app.cobrowse.wire import CHANGES, DEFLATED, FIRST, HEADER, LAST, SNAPSHOT
from tests.seed import SITE_KEY, SITE_ORIGIN
from tests.servers import Center
from tests.web_chat.clients import PATIENCE, Desk, Frame, Line, Widget, open_line

PROTOCOL = "cic.cobrowse.v1"
PAGE: list[list[Any]] = [
    ["p", "shop"],
    ["+", 2, 1, 0, "html", {"lang": "en"}, 0],
    ["+", 3, 2, 0, "body", {"class": "shop"}, 0],
    ["t", 4, 3, 0, "•••••", 0],
    ["y", 5, 3, 0, "a{color:red;}", 0],
]


def mirror(s: int, ops: list[list[Any]] | None = None, *, snapshot: bool = False, flags: int = FIRST | LAST) -> bytes:
    """One binary frame that is a batch of its own."""
    content = json.dumps({"o": PAGE if ops is None else ops}, ensure_ascii=False).encode()
    return head(s, SNAPSHOT if snapshot else CHANGES, flags) + content


def head(s: int, kind: int = CHANGES, flags: int = FIRST | LAST, epoch: int = 1) -> bytes:
    """The first twelve bytes."""
    return HEADER.pack(1, kind, flags, 0, epoch, s)


def deflated(content: bytes) -> bytes:
    """As a browser packs it."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def packed(s: int, ops: list[list[Any]]) -> bytes:
    """A frame whose content is packed."""
    return head(s, flags=FIRST | LAST | DEFLATED) + deflated(json.dumps({"o": ops}).encode())


class Peer(Line):
    """One end of a session: text frames in `frames`, binary ones in `mirrored`."""

    def __init__(self, ws: Any) -> None:
        self.mirrored: list[bytes] = []
        super().__init__(ws)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for data in self.ws:
                self._take(data)
                self._news.set()
        self._news.set()

    def _take(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.mirrored.append(data)
            return
        found = json.loads(data)
        self.frames += found if isinstance(found, list) else [found]

    async def until_mirrored(self, count: int) -> list[bytes]:
        """The binary frames, once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.mirrored) < count:
                self._news.clear()
                assert not self._reader.done(), f"closed with {self.ws.close_code}: {self.frames[-3:]}"
                await self._news.wait()
        return self.mirrored

    async def of_type(self, kind: str, *, since: int = 0) -> Frame:
        """The first frame of this type."""
        return await self.until(lambda frame: frame["t"] == kind, since=since)

    async def until_state(self, **wanted: Any) -> Frame:
        """The first `state` frame that says so."""
        return await self.until(
            lambda frame: frame["t"] in ("state", "ready") and wanted.items() <= frame.items(), since=0
        )

    async def send(self, kind: str, **fields: Any) -> None:
        """Send one text frame, without a request id."""
        await self.ws.send(json.dumps({"t": kind} | fields))

    async def show(self, data: bytes) -> None:
        """Send a binary frame."""
        await self.ws.send(data)

    async def grant(self, ask: Mapping[str, Any]) -> None:
        """Agree to what was asked."""
        await self.say("consent.grant", scope=ask["scope"], version=ask["version"], hash=ask["hash"])


async def _peer(center: Center, *, origin: str, cookie: str = "") -> Peer:
    line = await open_line(center, "/ws/cobrowse", origin=origin, cookie=cookie, subprotocol=PROTOCOL)
    line._reader.cancel()
    return Peer(line.ws)


async def a_page(center: Center, token: str | None, *, origin: str = SITE_ORIGIN, **auth: Any) -> Peer:
    """A customer's page that has said who it is."""
    page = await _peer(center, origin=origin)
    values = {"site": SITE_KEY, "token": token, "lang": "en", "page": f"{SITE_ORIGIN}/order"} | auth
    await page.say("auth", **{"as": "customer", **values})
    return page


async def a_view(desk: Desk, session: str, *, origin: str = "") -> Peer:
    """An agent's view that has said who it is."""
    view = await _peer(desk.center, origin=origin or desk.center.base_url, cookie=desk.cookie)
    await view.say("auth", **{"as": "agent", "session": session})
    return view


class Shown:
    """A chat whose agent has asked to see the customer's page."""

    def __init__(self, widget: Widget, desk: Desk, session: str) -> None:
        self.widget, self.desk, self.session = widget, desk, session
        self.page: Peer = None  # type: ignore[assignment]  # there is one after `open`
        self.view: Peer = None  # type: ignore[assignment]
        self.ready: Frame = {}

    async def open(self) -> "Shown":
        """The page and the view are connected; nothing is granted."""
        self.page = await a_page(self.widget.center, self.widget.token, session=self.session)
        self.ready = await self.page.of_type("ready")
        self.view = await a_view(self.desk, self.session)
        await self.view.of_type("ready")
        return self

    async def grant(self, *scopes: str) -> "Shown":
        """The customer agrees to these, one after the other."""
        for scope in scopes:
            if scope != "view":
                await self.view.say("consent.ask", scope=scope)
            asks = [*self.ready["asks"], *self.page.of("ask")]
            ask = next((one for one in asks if one["scope"] == scope), None)
            ask = ask or await self.page.until(partial(_asks_for, scope))
            await self.page.grant(ask)
            await self.view.until(partial(_has, scope))
        return self

    async def picture(self) -> int:
        """The first snapshot, seen by the view; its number."""
        s = int(self.ready["s"]) + 1
        await self.page.show(mirror(s, snapshot=True))
        await self.view.until_mirrored(1)
        return s

    async def leave(self) -> None:
        """Close everything."""
        for line in (self.page, self.view, self.widget.line):
            if line is not None:
                await line.leave()


def _asks_for(scope: str, frame: Frame) -> bool:
    return bool(frame["t"] == "ask" and frame["scope"] == scope)


def _has(scope: str, frame: Frame) -> bool:
    return bool(frame["t"] == "state" and scope in frame["scopes"])


async def a_shown_chat(center: Center, desk: Desk, *scopes: str) -> Shown:
    """An invitation in a chat that `desk` holds, both ends connected, and so much granted."""
    widget = await Widget(center).began()
    await desk.post(f"/interactions/{widget.c}/take")
    started = await desk.post(f"/interactions/{widget.c}/cobrowse")
    shown = await Shown(widget, desk, started["session"]["id"]).open()
    return await shown.grant(*scopes)


_signed_in: dict[tuple[str, str], dict[str, str]] = {}


@asynccontextmanager
async def signed_in(center: Center, email: str) -> AsyncIterator[Desk]:
    """One person's browser, which stays signed in: so many sign-ins from one address would be refused."""
    desk = Desk(center, email)
    known = _signed_in.get((center.base_url, email))
    if known is None:
        await desk.sign_in()
        _signed_in[center.base_url, email] = dict(desk.http.cookies)
    else:
        desk.http.cookies.update(known)
    yield desk
    await desk.leave()
