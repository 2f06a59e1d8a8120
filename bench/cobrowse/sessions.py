"""Fifty customers who show their page, and the agents who watch: sockets, with frames that a real page has sent."""

import asyncio
import json
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from bench.chat_load.stats import Summary, cpu_seconds, resident_bytes, summary
from bench.cobrowse.pages import Seen
from bench.servers import Server, generate, pipe
from channels_app.cobrowse.wire import HEADER
from tests.cobrowse.builders import Shown, a_shown_chat
from tests.seed import ANNA
from tests.servers import Center
from tests.web_chat.clients import Desk

RATE = 10
CHAT_RATE = 50
CHAT_SECONDS = 8
PING_SECONDS = 10.0


@dataclass(slots=True)
class Crowd:
    """The figures. `chat_…` are percentiles of a chat's acknowledgement in milliseconds."""

    sessions: int
    rate: int
    delivered: Summary
    faults: int
    chat_alone: dict[str, float]
    chat_beside: dict[str, float]
    bytes_a_session: float
    cpu: float


@dataclass(slots=True)
class Line:
    """One session: which frame left when, and how many have come."""

    shown: Shown
    s: int
    sent: dict[int, float] = field(default_factory=dict)
    seen: dict[int, list[float]] = field(default_factory=dict)

    def listen(self) -> None:
        """From now on the view notes when each frame comes."""
        view = self.shown.view
        take = view._take

        def timed(data: str | bytes) -> None:
            if isinstance(data, bytes):
                self.seen.setdefault(HEADER.unpack_from(data)[5], []).append(perf_counter())
            else:
                take(data)

        view._take = timed  # type: ignore[method-assign]

    async def show(self, recorded: bytes) -> None:
        """A recorded frame as the next one of this session."""
        self.s += 1
        version, kind, flags, zero, epoch, _ = HEADER.unpack_from(recorded)
        self.sent[self.s] = perf_counter()
        await self.shown.page.show(HEADER.pack(version, kind, flags, zero, epoch, self.s) + recorded[HEADER.size :])


async def press(center: Center, server: Server, seen: Seen, *, sessions: int, seconds: float) -> Crowd:
    """Chats alone, then beside the sessions."""
    alone = await _chats(server, None)
    desk = await Desk(center, ANNA).sign_in()
    before = resident_bytes([center.pid])
    lines: list[Line] = []
    alive = asyncio.ensure_future(_stay(lines))
    for _ in range(sessions):
        lines.append(await _open(center, desk))
    for line in lines:
        for frame in seen.snapshot:
            await line.show(frame)
        await _settled([line])
    size = (resident_bytes([center.pid]) - before) / sessions
    for line in lines:
        line.sent.clear()
        line.seen.clear()
    begun = asyncio.Event()
    playing = asyncio.gather(*(_play(line, at, seen.changes, seconds, begun) for at, line in enumerate(lines)))
    cpu, start = cpu_seconds([center.pid]), perf_counter()
    beside = await _chats(server, begun)
    await playing
    used = (cpu_seconds([center.pid]) - cpu) / (perf_counter() - start)
    await _settled(lines)
    faults = sum(len(times) != 1 for line in lines for times in (line.seen.get(s, []) for s in line.sent))
    times = (line.seen[s][0] - at for line in lines for s, at in line.sent.items() if s in line.seen)
    alive.cancel()
    found = Crowd(sessions, RATE, summary(times), faults, alone, beside, size, used)
    await asyncio.gather(*(line.shown.leave() for line in lines))
    await desk.leave()
    return found


async def _open(center: Center, desk: Desk) -> Line:
    shown = await a_shown_chat(center, desk, "view")
    line = Line(shown, int(shown.ready["s"]))
    line.listen()
    await shown.page.send("ping")
    await shown.view.send("ping")
    return line


async def _play(line: Line, at: int, recorded: list[bytes], seconds: float, begun: asyncio.Event) -> None:
    """So many frames a second on a fixed schedule, the sessions out of step with each other."""
    await begun.wait()
    loop = asyncio.get_running_loop()
    start = loop.time() + at / RATE / 50
    for number in range(int(seconds * RATE)):
        await asyncio.sleep(max(0.0, start + number / RATE - loop.time()))
        await line.show(recorded[number % len(recorded)])


async def _stay(lines: list[Line]) -> None:
    """Agents who watch say now and then that they are there."""
    while True:
        for line in lines:
            for peer in (line.shown.page, line.shown.view):
                await peer.send("ping")
        await asyncio.sleep(PING_SECONDS)


async def _settled(lines: list[Line]) -> None:
    """Until everything has come, or nothing more does."""
    for _ in range(500):
        if all(line.sent.keys() <= line.seen.keys() for line in lines):
            break
        await asyncio.sleep(0.02)


async def _chats(server: Server, begun: asyncio.Event | None) -> dict[str, float]:
    """The acknowledgements of chats at a fixed rate, by a generator of its own."""
    words = ["--chats", "50", "--agents", "5", "--rate", str(CHAT_RATE), "--secs", str(CHAT_SECONDS), "--wait"]
    running = generate("chat", *words, *server.words)
    await asyncio.to_thread(pipe(running.stdout).readline)
    if begun is not None:
        begun.set()
        await asyncio.sleep(1)
    answer, _ = await asyncio.to_thread(running.communicate, "go\n")
    found: dict[str, Any] = json.loads(answer)
    return {str(point): float(value) for point, value in found["ack_ms"].items()}
