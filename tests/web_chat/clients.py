"""A widget, a console and an agent's browser, as far as they speak to the server. They do what real clients must do."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.seed import PASSWORD, SITE_KEY, SITE_ORIGIN
from tests.servers import Center

PATIENCE = 20.0
Frame = dict[str, Any]


class Line:
    """One socket: a task reads it to its end, frames are kept in order.

    `ws` is a `ClientConnection`, or what stands in for one where there is no WebSocket.
    """

    def __init__(self, ws: Any) -> None:
        self.ws = ws
        self.frames: list[Frame] = []
        self._news = asyncio.Event()
        self._ids = 0
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.ws:
                found = json.loads(text)
                self.frames += found if isinstance(found, list) else [found]
                self._news.set()
        except ConnectionClosed:
            pass
        self._news.set()

    async def say(self, kind: str, **fields: Any) -> int:
        """Send one frame; its request id."""
        self._ids += 1
        await self.ws.send(json.dumps({"t": kind, "id": self._ids} | fields))
        return self._ids

    async def until(self, is_it: Callable[[Frame], object], *, since: int = 0) -> Frame:
        """The first frame (after the first `since` ones) for which it is so."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._news.clear()
                for frame in self.frames[since:]:
                    if is_it(frame):
                        return frame
                assert not self._reader.done(), f"closed with {self.ws.close_code}: {self.frames[-3:]}"
                await self._news.wait()

    async def answer_to(self, request: int) -> Frame:
        """The ack or nack of one request."""
        return await self.until(lambda frame: frame["t"] in ("ack", "nack") and frame.get("id") == request)

    def of(self, kind: str) -> list[Frame]:
        """The frames of one type so far."""
        return [frame for frame in self.frames if frame["t"] == kind]

    async def subscribe(self, c: str, last_s: int = 0) -> Frame:
        """`synced`, after everything that came before it."""
        since = len(self.frames)
        await self.say("sub", subs=[{"c": c, "last_s": last_s}])
        return await self.until(lambda frame: frame["t"] == "synced" and frame["c"] == c, since=since)

    async def closed(self) -> int | None:
        """The close code, once the server has closed."""
        await asyncio.wait_for(self.ws.wait_closed(), PATIENCE)
        await self._reader
        code: int | None = self.ws.close_code
        return code

    async def cut(self) -> None:
        """The connection breaks: no close frame."""
        self.ws.transport.abort()
        await self.ws.wait_closed()
        await self._reader

    async def leave(self) -> None:
        """The page is closed."""
        await self.ws.close()
        await self._reader


async def open_line(
    center: Center, path: str, *, origin: str, cookie: str = "", subprotocol: str = "cic.v1", **options: Any
) -> Line:
    """A socket before `auth`."""
    headers = ({"Origin": origin} if origin else {}) | ({"Cookie": cookie} if cookie else {})
    ws = await connect(
        center.ws_url + path,
        additional_headers=headers,
        subprotocols=[Subprotocol(subprotocol)],
        ping_interval=None,
        max_size=None,
        proxy=None,
        **options,
    )
    return Line(ws)


class Widget:
    """One visitor: keeps the token, the conversation and the log over any number of sockets."""

    def __init__(self, center: Center) -> None:
        self.center = center
        self.token: str | None = None
        self.c = ""
        self.line: Line = None  # type: ignore[assignment]  # there is one after `come`

    async def connect(self) -> Line:
        """A line before `auth`."""
        return await open_line(self.center, "/ws/chat", origin=SITE_ORIGIN)

    async def come(self, **auth: Any) -> "Widget":
        """Connect and be let in."""
        self.line = await self.connect()
        await self.line.say("auth", site=SITE_KEY, token=self.token, page="https://shop.test/", lang="en", **auth)
        ready = await self.line.until(lambda frame: frame["t"] == "ready")
        self.token = ready["token"]
        return self

    async def write(self, body: str, client_id: str = "", **fields: Any) -> Frame:
        """Send one message; its ack or nack."""
        request = await self.line.say("msg", c=self.c or None, client_id=client_id or str(uuid4()), body=body, **fields)
        answer = await self.line.answer_to(request)
        self.c = answer.get("c", self.c)
        return answer

    async def began(self, body: str = "Hello") -> "Widget":
        """A new conversation whose log comes to this widget."""
        await self.come()
        assert (await self.write(body))["t"] == "ack"
        await self.line.subscribe(self.c)
        return self


class Desk:
    """One signed-in agent: requests with the session cookie and the CSRF token, and consoles."""

    def __init__(self, center: Center, email: str) -> None:
        self.center, self.email = center, email
        self.http = httpx.AsyncClient(base_url=center.base_url, timeout=PATIENCE)

    async def sign_in(self) -> "Desk":
        """By the form, as people do."""
        page = await self.http.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None, page.text[:500]
        form = {"login": self.email, "password": PASSWORD, "csrfmiddlewaretoken": token.group(1)}
        answer = await self.http.post("/accounts/login/", data=form, headers={"Origin": self.center.base_url})
        assert answer.status_code == 302, answer.text[:500]
        return self

    @property
    def cookie(self) -> str:
        """For sockets."""
        return f"sessionid={self.http.cookies['sessionid']}"

    async def get(self, path: str) -> Any:
        """The JSON of a GET."""
        answer = await self.http.get(f"/api{path}")
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()

    async def post(self, path: str, body: Any = None) -> Any:
        """The JSON of a POST; waits when told to."""
        headers = {"X-CSRFToken": self.http.cookies["csrftoken"], "Origin": self.center.base_url}
        answer = await self.http.post(f"/api{path}", json=body or {}, headers=headers)
        if answer.status_code == 429:
            await asyncio.sleep(answer.json()["details"]["retry_after"])
            return await self.post(path, body)
        assert answer.status_code in (200, 201), answer.text[:500]
        return answer.json()

    async def reply(self, c: str, body: str) -> Frame:
        """Answer the customer."""
        entry: Frame = await self.post(f"/interactions/{c}/reply", {"client_id": str(uuid4()), "body": body})
        return entry

    async def messages(self, c: str) -> list[str]:
        """The bodies of all messages of a log, in order."""
        found: list[str] = []
        before = ""
        while True:
            page = await self.get(f"/interactions/{c}/entries?limit=200{before}")
            found = [entry["body"] for entry in page["items"] if entry["kind"] == "message"] + found
            if page["next"] is None:
                return found
            before = f"&before={page['items'][0]['s']}"

    async def console(self) -> Line:
        """An open console."""
        line = await open_line(self.center, "/ws/console", origin=self.center.base_url, cookie=self.cookie)
        await line.say("auth")
        await line.until(lambda frame: frame["t"] == "ready")
        return line

    async def leave(self) -> None:
        """Close the browser."""
        await self.http.aclose()


def applied(frames: list[Frame], c: str, last: int) -> list[Frame]:
    """What a receiver takes over: the next number only; what it has is ignored; a gap is a failure."""
    taken: list[Frame] = []
    for frame in frames:
        if frame["t"] == "ev" and frame["c"] == c and frame["s"] > last:
            assert frame["s"] == last + 1, f"a gap before {frame['s']}"
            taken.append(frame)
            last = frame["s"]
    return taken
