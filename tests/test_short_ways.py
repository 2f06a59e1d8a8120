"""The way past the middleware: what a view answers, what becomes of one that fails, and of too many at once."""

import asyncio
import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from interaction_center.live.session import Receive
from interaction_center.short_ways import MAX_BODY, MAX_WAITING, ShortWay, short_way, short_ways

Sent = list[dict[str, Any]]
SCOPE = {"type": "http", "method": "GET", "path": "/typed", "query_string": b"q=a", "headers": []}


async def nothing() -> dict[str, Any]:
    raise AssertionError("the body of a GET is not read")


def comes(*parts: bytes) -> Receive:
    """A body in these parts."""
    left = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    left.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    return receive


async def asked(way: ShortWay, receive: Receive = nothing, **scope: Any) -> tuple[int, dict[str, Any]]:
    sent: Sent = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await way({**SCOPE, **scope}, receive, send)
    start, body = sent
    assert (b"Content-Length", str(len(body["body"])).encode()) in start["headers"]
    return start["status"], json.loads(body["body"])


async def echo(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse({"q": request.GET["q"]})


async def broken(request: HttpRequest) -> HttpResponseBase:
    raise ZeroDivisionError


async def test_a_short_way_answers_with_its_view() -> None:
    assert await asked(ShortWay(echo)) == (200, {"q": "a"})


async def test_a_view_that_fails_tells_nothing_of_it() -> None:
    status, answer = await asked(ShortWay(broken))
    assert (status, answer["code"]) == (500, "internal")
    assert "Zero" not in answer["message"]


async def test_who_comes_when_too_many_wait_is_told_to_come_again() -> None:
    open_again = asyncio.Event()

    async def slow(request: HttpRequest) -> HttpResponseBase:
        await open_again.wait()
        return JsonResponse({})

    way = ShortWay(slow)
    waiting = [asyncio.create_task(asked(way)) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)
    assert (await asked(way))[0] == 429
    open_again.set()
    assert {status for status, _ in await asyncio.gather(*waiting)} == {200}


async def length(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse({"length": len(request.body)})


async def test_a_posted_body_comes_whole() -> None:
    assert await asked(ShortWay(length), comes(b"a" * 1_000, b"b" * 500), method="POST") == (200, {"length": 1_500})


async def test_a_body_that_is_too_large_is_refused_before_it_is_held() -> None:
    status, answer = await asked(ShortWay(length), comes(*[b"a" * 10_000] * 7, b""), method="POST")
    assert (status, answer["details"]["limit"]) == (413, MAX_BODY)


def test_web_hooks_of_telephones_take_the_short_way_by_their_first_part() -> None:
    assert short_way("/cb/t/abc") is short_way("/cb/s/def")
    assert short_way("/cb/t/abc") is not None
    assert short_way("/cbx/t/abc") is None
    assert short_way("/chat/suggest") is short_ways["/chat/suggest"]


async def test_an_address_below_a_prefix_that_leads_nowhere_is_not_found() -> None:
    way = short_way("/cb/")
    assert way is not None
    assert (await asked(way, path="/cb/nowhere"))[0] == 404


def test_what_is_typed_into_the_widget_takes_the_short_way() -> None:
    assert list(short_ways) == ["/chat/suggest"]
