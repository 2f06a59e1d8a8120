"""The server stops, is killed, meets readers that do not read: who had an answer finds everything, once."""

import asyncio
import signal
from uuid import uuid4

import psutil  # type: ignore[import-untyped]
import pytest

from tests.conftest import NewCenter
from tests.seed import ANNA, SITE_KEY, SITE_ORIGIN
from tests.servers import Center
from tests.web_chat.clients import Desk, Line, Widget, applied, open_line
from tests.web_chat.conftest import WIDE

SOCKETS = 60


async def in_thread_of_its_own(center: Center, how: signal.Signals) -> int:
    return await asyncio.to_thread(center.end, how)


async def test_at_sigterm_every_socket_hears_bye_and_1012_and_everything_acknowledged_is_there(
    new_center: NewCenter,
) -> None:
    center = new_center(**WIDE).start()
    widgets = [await Widget(center).began(f"from {number}") for number in range(SOCKETS)]
    anna = await Desk(center, ANNA).sign_in()
    console = await anna.console()
    requests = [
        await widget.line.say("msg", c=widget.c, client_id=str(uuid4()), body="last words") for widget in widgets
    ]
    assert await in_thread_of_its_own(center, signal.SIGTERM) == 0
    assert {await line.closed() for line in (console, *(widget.line for widget in widgets))} == {1012}
    for line in (console, *(widget.line for widget in widgets)):
        assert line.of("bye")[-1]["reason"] == "restart"
    acked = [_is_acked(widget.line, request) for widget, request in zip(widgets, requests, strict=True)]

    await asyncio.to_thread(center.start)
    for number, (widget, is_acked) in enumerate(zip(widgets, acked, strict=True)):
        await widget.come()
        await widget.line.subscribe(widget.c)
        entries = widget.line.of("snap")[-1]["entries"]
        bodies = [entry["body"] for entry in entries if entry["kind"] == "message"]
        assert bodies[0] == f"from {number}"
        assert bodies[1:] == ["last words"] or (bodies[1:] == [] and not is_acked)
    await anna.leave()


def _is_acked(line: Line, request: int) -> bool:
    return any(frame["id"] == request for frame in line.of("ack"))


@pytest.mark.timeout(240)
async def test_after_a_power_cut_every_acknowledged_message_is_there_once(new_center: NewCenter) -> None:
    center = new_center(**WIDE, VISITOR_MESSAGES_PER_SECOND="1000", VISITOR_MESSAGE_BURST="1000").start()
    widget = await Widget(center).began("first")
    acked, number = ["first"], 0
    for _ in range(3):
        sent: dict[int, str] = {}
        for _ in range(40):
            body, number = f"{number}", number + 1
            sent[await widget.line.say("msg", c=widget.c, client_id=str(uuid4()), body=body)] = body
        await asyncio.sleep(0.02)
        await asyncio.to_thread(center.kill9)
        await widget.line.closed()
        answered = {frame["id"] for frame in widget.line.of("ack")}
        acked += [body for request, body in sent.items() if request in answered]
        await asyncio.to_thread(center.start)
        await widget.come()
        await widget.line.subscribe(widget.c)
    anna = await Desk(center, ANNA).sign_in()
    stored = await anna.messages(widget.c)
    assert len(stored) == len(set(stored))
    assert [body for body in stored if body in acked] == acked
    await anna.leave()


@pytest.mark.alone
@pytest.mark.timeout(180)
async def test_a_reader_that_does_not_read_is_closed_and_costs_no_memory(new_center: NewCenter) -> None:
    """Daphne alone keeps everything for it (django/daphne#170); the others must not notice."""
    center = new_center(**WIDE).start()
    anna = await Desk(center, ANNA).sign_in()
    widget = await Widget(center).began()
    await anna.post(f"/interactions/{widget.c}/take")
    for _ in range(30):  # what the first requests of a process take is no cost of a reader
        await anna.reply(widget.c, "x" * 90_000)
    last = (await widget.line.subscribe(widget.c))["s"]
    slow = await open_line(center, "/ws/chat", origin=SITE_ORIGIN, max_queue=1)
    await slow.say("auth", site=SITE_KEY, token=widget.token)
    await slow.until(lambda frame: frame["t"] == "ready")
    await slow.subscribe(widget.c, last)
    slow.ws.transport.pause_reading()
    server = psutil.Process(center.pid)
    before = server.memory_info().rss
    for number in range(120):
        await anna.reply(widget.c, f"{number} " + "x" * 90_000)
    grown = (server.memory_info().rss - before) / 2**20
    print(f"a reader that took nothing of 11 MB cost {grown:.1f} MB")
    await widget.line.until(lambda frame: frame["t"] == "ev" and frame["s"] == last + 120)
    assert len(applied(widget.line.frames, widget.c, last)) == 120
    slow.ws.transport.resume_reading()
    assert await slow.closed() in (4008, 1006)  # who is deaf for longer than a second doesn't hear the goodbye either
    assert len(applied(slow.frames, widget.c, last)) < 120
    assert grown <= 8
    await anna.leave()
