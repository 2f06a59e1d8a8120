"""The way past the middleware: what a view answers, what becomes of one that fails, and of too many at once."""

import asyncio
import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from interaction_center.short_ways import MAX_WAITING, ShortWay, short_ways

Sent = list[dict[str, Any]]
SCOPE = {"type": "http", "method": "GET", "path": "/typed", "query_string": b"q=a", "headers": []}


async def nothing() -> dict[str, Any]:
    raise AssertionError("a short way reads no body")


async def asked(way: ShortWay) -> tuple[int, dict[str, Any]]:
    sent: Sent = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await way(dict(SCOPE), nothing, send)
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


def test_what_is_typed_into_the_widget_takes_the_short_way() -> None:
    assert list(short_ways) == ["/chat/suggest"]
