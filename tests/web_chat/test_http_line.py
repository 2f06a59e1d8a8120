"""The widget where no WebSocket gets through: the same conversation over plain HTTP."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest

from interaction_center.live import http_line
from interaction_center.live.http_line import HttpLine, open_line
from tests.conftest import NewCenter
from tests.seed import SITE_KEY, SITE_ORIGIN
from tests.servers import Center
from tests.web_chat.clients import PATIENCE, Desk, Line, Widget, applied
from tests.web_chat.conftest import WIDE


class HttpSocket:
    """What the tests' `Line` needs of a socket, over the answer of one request."""

    def __init__(self, http: httpx.AsyncClient, answer: httpx.Response) -> None:
        self._http, self._answer = http, answer
        self._lines = answer.aiter_lines()
        self.name = ""
        self.close_code: int | None = None

    @classmethod
    async def opened(cls, center: Center, origin: str = SITE_ORIGIN) -> "HttpSocket":
        """The line has its name."""
        http = httpx.AsyncClient(base_url=center.base_url, timeout=PATIENCE, headers={"Origin": origin})
        answer = await http.send(http.build_request("POST", "/chat/line"), stream=True)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        socket = cls(http, answer)
        socket.name = json.loads(await anext(socket._lines))["line"]
        return socket

    async def __aiter__(self) -> AsyncIterator[str]:
        with contextlib.suppress(httpx.ReadError):  # we have left
            async for text in self._lines:
                if text and "close" in (found := json.loads(text)):
                    self.close_code = found["close"]
                elif text:
                    yield text

    async def send(self, *frames: str) -> None:
        """One request."""
        answer = await self._http.post("/chat/line/frames", content="\n".join((self.name, *frames)))
        assert answer.status_code == 204, answer.text

    async def wait_closed(self) -> None:
        """The end was seen."""
        while self.close_code is None:
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """The page is closed."""
        await self._answer.aclose()
        await self._http.aclose()


class HttpWidget(Widget):
    """A widget that speaks HTTP only."""

    async def connect(self) -> Line:
        return Line(await HttpSocket.opened(self.center))


async def test_a_conversation_goes_on_over_http_and_survives_a_cut(chat_center: Center, anna: Desk) -> None:
    visitor = await HttpWidget(chat_center).began("Hello by HTTP")
    await anna.post(f"/interactions/{visitor.c}/take")
    first = await anna.reply(visitor.c, "Good day")
    said = await visitor.line.until(lambda f: f["t"] == "ev" and f["from"] == "agent" and f["kind"] == "message")
    assert (said["s"], said["body"]) == (first["s"], "Good day")

    await visitor.line.leave()
    for number in range(3):
        await anna.reply(visitor.c, f"while away {number}")
    client_id = str(uuid4())
    for _ in range(2):  # the answer to the first may have been lost
        await visitor.come()
        await visitor.line.subscribe(visitor.c, first["s"])
        await visitor.write("I am back", client_id)
    missed = [frame["body"] for frame in applied(visitor.line.frames, visitor.c, first["s"])]
    assert missed[:3] == ["while away 0", "while away 1", "while away 2"]
    assert (await anna.messages(visitor.c)).count("I am back") == 1
    await visitor.line.leave()


async def test_both_ways_may_be_used_by_one_visitor_at_once(chat_center: Center) -> None:
    by_http = await HttpWidget(chat_center).began("from the first window")
    by_socket = Widget(chat_center)
    by_socket.token, by_socket.c = by_http.token, by_http.c
    await by_socket.come()
    await by_socket.line.subscribe(by_http.c)
    await by_socket.write("from the second")
    await by_http.line.until(lambda f: f["t"] == "ev" and f["body"] == "from the second")
    await by_http.line.leave()


async def test_frames_of_one_request_are_taken_in_order(chat_center: Center, anna: Desk) -> None:
    visitor = await HttpWidget(chat_center).began("0")
    message = {"t": "msg", "c": visitor.c}
    frames = [json.dumps(message | {"id": n, "client_id": str(uuid4()), "body": f"{n}"}) for n in range(1, 6)]
    await visitor.line.ws.send(*frames)
    await visitor.line.until(lambda f: f["t"] == "ack" and f["id"] == 5)
    assert await anna.messages(visitor.c) == ["0", "1", "2", "3", "4", "5"]
    await visitor.line.leave()


async def test_a_foreign_page_is_refused_as_on_a_websocket(chat_center: Center) -> None:
    line = Line(await HttpSocket.opened(chat_center, "https://evil.test"))
    await line.say("auth", site=SITE_KEY, token=None)
    refused = await line.until(lambda f: f["t"] == "err")
    assert (refused["code"], refused["fatal"]) == ("forbidden", True)
    assert await line.closed() == 4003


@pytest.mark.parametrize("body", ["", "no-such-line", "x\n{}", "\x00\n\n", "🦊" * 1000])
async def test_who_does_not_know_the_name_of_a_line_can_say_nothing(chat_center: Center, body: str) -> None:
    async with httpx.AsyncClient(base_url=chat_center.base_url) as http:
        answer = await http.post("/chat/line/frames", content=body.encode(), headers={"Origin": SITE_ORIGIN})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
        assert (await http.get("/chat/line")).status_code == 405


async def test_rubbish_is_answered_and_more_than_can_be_served_ends_the_line(chat_center: Center) -> None:
    visitor = await HttpWidget(chat_center).come()
    await visitor.line.ws.send("{", "[]", '{"t": "no such"}')
    await visitor.line.until(lambda f: f["t"] == "nack" and "unknown type" in f["message"])
    assert len(visitor.line.of("nack")) == 3
    await visitor.line.ws.send(*['{"t": "ping"}'] * 100)
    assert await visitor.line.closed() == 4029


async def test_a_page_that_goes_gives_its_place_back(new_center: NewCenter) -> None:
    center = new_center(**WIDE | {"VISITOR_SOCKETS_PER_IP": "2"}).start()
    for _ in range(5):
        visitor = await HttpWidget(center).come()
        await visitor.line.leave()
        await asyncio.sleep(0.2)
    assert (await (await HttpWidget(center).come()).write("there is room"))["t"] == "ack"


async def test_a_server_that_stops_says_so(new_center: NewCenter) -> None:
    center = new_center(**WIDE).start()
    visitor = await HttpWidget(center).come()
    await asyncio.to_thread(center.stop)
    assert await visitor.line.closed() == 1012
    assert visitor.line.of("bye")[0]["reason"] == "restart"


# Without a server


async def _deaf(scope: dict[str, Any], receive: Any, send: Any) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def test_an_idle_line_is_kept_alive_while_its_client_answers_and_let_go_when_it_does_not() -> None:
    with patch.multiple(http_line, HEARTBEAT_SECONDS=0.02, SILENCE_SECONDS=0.3):
        lines = HttpLine({}, _deaf).lines()
        name = json.loads(await anext(lines))["line"]
        line = open_line(name)
        assert line is not None
        for _ in range(30):
            assert await anext(lines) == b"\n"
            line.take([])
        async with asyncio.timeout(PATIENCE):
            assert {beat async for beat in lines} == {b"\n"}
    assert open_line(name) is None


async def test_what_the_peer_has_not_taken_counts_as_buffered() -> None:
    buffered: list[int] = []

    async def talk(scope: dict[str, Any], receive: Any, send: Any) -> None:
        for _ in range(3):
            await send({"type": "websocket.send", "text": "x" * 1000})
            buffered.append(scope["buffered"]())

    async with contextlib.aclosing(HttpLine({"buffered": lambda: 7}, talk).lines()) as lines:
        await anext(lines)
        assert [len(text) async for text in lines][:3] == [1001, 1001, 1001]
    assert buffered == [1007, 2007, 3007]
