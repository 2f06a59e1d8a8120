"""Who sends more than can be taken in is stopped at the door, and it costs the others nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
from websockets.exceptions import ConnectionClosed

from tests.seed import SITE_KEY, SITE_ORIGIN
from tests.servers import Center
from tests.web_chat.clients import Desk, Widget

MB = 2**20


def memory(center: Center) -> float:
    """Of the server, in MB."""
    rss: int = psutil.Process(center.pid).memory_info().rss
    return rss / MB


async def test_frames_that_come_faster_than_they_are_served_end_their_socket(chat_center: Center) -> None:
    good, bad = await Widget(chat_center).began(), await Widget(chat_center).began()
    before = memory(chat_center)
    frame = json.dumps({"t": "sub", "id": 1, "subs": [{"c": bad.c, "last_s": 0}], "x": "x" * 60_000})
    with suppress(ConnectionClosed):
        for _ in range(4_000):
            await bad.line.ws.send(frame)
    assert await bad.line.closed() in (4029, 1006)  # who is deaf to the close frame is cut off
    assert memory(chat_center) - before < 40
    assert (await good.write("unharmed"))["t"] == "ack"


@pytest.mark.parametrize(
    ("path", "size", "limit"),
    [
        ("/healthz", 200, 6),
        ("/chat/solved?site=x", 7, 6),
        (f"/chat/upload?site={SITE_KEY}", 27, 26),
        ("/api/uploads", 27, 26),
    ],
)
@pytest.mark.parametrize("in_chunks", [False, True])
async def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    chat_center: Center, path: str, size: int, limit: int, in_chunks: bool
) -> None:
    before = memory(chat_center)
    headers = {} if in_chunks else {"Content-Length": str(size * MB)}
    async with httpx.AsyncClient(base_url=chat_center.base_url, timeout=20) as http:
        answer = await http.post(path, content=_megabytes(size), headers={"Origin": SITE_ORIGIN} | headers)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert answer.json()["details"] == {"limit": limit * MB}
    assert memory(chat_center) - before < 40


async def _megabytes(count: int) -> AsyncIterator[bytes]:
    for _ in range(count * 4):
        await asyncio.sleep(0)
        yield b"x" * (MB // 4)


async def test_a_file_of_the_largest_size_passes_the_door(chat_center: Center) -> None:
    visitor = await Widget(chat_center).began()
    headers = {"Origin": SITE_ORIGIN, "Authorization": f"Visitor {visitor.token}"}
    async with httpx.AsyncClient(base_url=chat_center.base_url, timeout=20) as http:
        file = {"file": ("large.bin", b"x" * 20 * MB, "application/octet-stream")}
        answer = await http.post(f"/chat/upload?site={SITE_KEY}", files=file, headers=headers)
    assert answer.status_code == 201


async def test_commands_of_every_kind_have_one_measure(chat_center: Center) -> None:
    visitor = await Widget(chat_center).began()
    asked = [await visitor.line.say("ping") for _ in range(60)]
    last = await visitor.line.answer_to(asked[-1])
    assert (last["code"], last["retry_after"] > 0) == ("rate_limited", True)
    assert len(visitor.line.of("pong")) >= 35


async def test_an_address_is_noted_when_it_is_a_new_one_and_not_for_ever(chat_center: Center, anna: Desk) -> None:
    visitor = await Widget(chat_center).began()

    async def types(number: int) -> str:
        answer = await visitor.line.answer_to(await visitor.line.say("contact", email=f"jo{number}@example.org"))
        return str(answer.get("code", answer["t"]))

    assert [await types(1) for _ in range(8)] == ["ack"] * 8
    assert [await types(number) for number in range(2, 8)] == ["ack"] * 4 + ["rate_limited"] * 2
    entries = (await anna.get(f"/interactions/{visitor.c}/entries"))["items"]
    typed = [entry for entry in entries if entry["kind"] == "event" and entry["event"]["name"] == "contact_typed"]
    assert [entry["event"]["email"] for entry in typed] == [f"jo{number}@example.org" for number in range(1, 6)]
