"""Against the running centre: how soon an agent sees a mail, and that nothing accepted is lost when the power goes."""

import asyncio
import json
import statistics
import time

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.email.builders import hand_in, mail
from tests.pace import slowness
from tests.seed import ANNA, MAILBOX, PASSWORD
from tests.servers import Center

PUSH_SECONDS = 0.020


def sign_in(center: Center) -> str:
    """The cookie header of a signed-in agent."""
    with httpx.Client(base_url=center.base_url, follow_redirects=False) as browser:
        browser.get("/accounts/login/")
        token = browser.cookies["csrftoken"]
        form = {"login": ANNA, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = browser.post("/accounts/login/", data=form, headers={"Referer": center.base_url})
        assert answer.status_code == 302, answer.text[:500]
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


async def watch_queue(center: Center, cookie: str) -> ClientConnection:
    """A console socket that hears of every change in the queue."""
    headers = {"Cookie": cookie}
    socket = await connect(
        f"{center.ws_url}/ws/console",
        subprotocols=[Subprotocol("cic.v1")],
        origin=Origin(center.base_url),
        additional_headers=headers,
    )
    await socket.send(json.dumps({"t": "auth"}))
    await socket.send(json.dumps({"t": "sub", "id": 1, "subs": [{"c": "inbox"}]}))
    return socket


async def row_named(socket: ClientConnection, subject: str) -> float:
    """When the row of this subject was pushed."""
    async with asyncio.timeout(10):
        while True:
            frames = json.loads(await socket.recv())
            for frame in frames if isinstance(frames, list) else [frames]:
                if frame["t"] == "row" and frame["row"]["subject"] == subject:
                    return time.perf_counter()


@pytest.mark.alone
async def test_an_agent_sees_a_mail_within_20_ms_of_its_250(center: Center) -> None:
    socket = await watch_queue(center, await asyncio.to_thread(sign_in, center))
    waits = []
    for number in range(60):
        seen = asyncio.create_task(row_named(socket, f"Printer {number}"))
        await asyncio.sleep(0.02)
        code, accepted = await asyncio.to_thread(_timed, center.smtp[1], mail(subject=f"Printer {number}"))
        assert code == 250
        waits.append(max(0.0, await seen - accepted))
    await socket.close()
    print(f"250 -> push: median {statistics.median(waits) * 1000:.1f} ms, p95 {sorted(waits)[56] * 1000:.1f} ms")
    assert statistics.median(waits[10:]) <= PUSH_SECONDS * slowness()


async def test_every_250_is_there_once_after_the_power_went(center: Center) -> None:
    accepted: list[str] = []
    for life in range(3):
        flood = [
            asyncio.to_thread(_send_until_down, center.smtp[1], f"{life}-{sender}", accepted) for sender in range(4)
        ]
        killing = asyncio.to_thread(_kill_after, center, accepted, (life + 1) * 12)
        await asyncio.gather(killing, *flood)
        center.start()
    subjects = await asyncio.to_thread(_subjects_when_settled, center, len(accepted))
    assert len(accepted) >= 36
    assert sorted(set(accepted) - set(subjects)) == []
    assert len(subjects) == len(set(subjects))


def _timed(port: int, raw: bytes) -> tuple[int, float]:
    code, _ = hand_in(port, raw, to=[MAILBOX])
    return code, time.perf_counter()


def _send_until_down(port: int, name: str, accepted: list[str]) -> None:
    for number in range(10_000):
        subject = f"{name}-{number}"
        try:
            code, _ = hand_in(port, mail(subject=subject), to=[MAILBOX])
        except (OSError, EOFError):
            return
        if code == 250:
            accepted.append(subject)


def _kill_after(center: Center, accepted: list[str], count: int) -> None:
    """In the middle of the flood, once so many were accepted."""
    deadline = time.monotonic() + 60
    while len(accepted) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    center.kill9()


def _subjects_when_settled(center: Center, at_least: int) -> list[str]:
    """Of everything in the queue, once nothing waits to be read any more."""
    question = (
        "from channels_app.email.models import RawMail; from interaction_center.queue.models import Interaction;"
        "print(RawMail.objects.filter(state='due').count());"
        "print('\\n'.join(Interaction.objects.values_list('subject', flat=True)))"
    )
    deadline = time.monotonic() + 40
    while True:
        waiting, *subjects = center.run(question).split("\n")
        found = [subject for subject in subjects if subject]
        if (int(waiting) == 0 and len(found) >= at_least) or time.monotonic() > deadline:
            return found
        time.sleep(1)
