"""Chats: one visitor socket each, agent sockets that hear all of them. `python -m bench.chat_load.chat --help`.

open loop   (--rate R): messages leave on a fixed schedule, R a second over all chats. Latency counts from the scheduled
            moment, so a server that stalls is not forgiven (no coordinated omission).
closed loop (--rate 0): every chat keeps one message in flight: saturation.

ack = send until the sender is told that it is stored; deliver = send until the agent's socket has it. Prints one line
of JSON. In an acceptance run lost, duplicates, out_of_order, errors and closed are 0.
"""

import asyncio
import gc
import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from time import perf_counter

import uvloop

from bench.chat_load.adapters import Adapter, Key, Target, load
from bench.chat_load.stats import as_json, cpu_seconds, resident_bytes, summary
from bench.chat_load.wsclient import WS, connect_many

TICK = 0.005


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent, and for how long (seconds). `drain`: what has not arrived so long after the last send is lost.

    `wait`: connecting is no part of what is measured beside; it says when that is done, and begins when it is told.
    """

    rate: float = 0.0
    size: int = 100
    seconds: float = 6.0
    warm: float = 1.0
    drain: float = 5.0
    width: int = 32
    wait: bool = False
    pids: tuple[int, ...] = ()


@dataclass(slots=True)
class Tally:
    """What was sent and what came back, by message."""

    sent: dict[Key, float] = field(default_factory=dict)
    acked: dict[Key, float] = field(default_factory=dict)
    delivered: dict[Key, float] = field(default_factory=dict)
    last_heard: dict[int, int] = field(default_factory=dict)
    duplicates: int = 0
    out_of_order: int = 0
    errors: int = 0
    closed: int = 0

    def ack(self, key: Key) -> bool:
        """Whether this is news."""
        return self._note(self.acked, key)

    def deliver(self, key: Key) -> None:
        """An agent has it."""
        if self._note(self.delivered, key):
            chat, number = key
            self.out_of_order += number < self.last_heard.get(chat, -1)
            self.last_heard[chat] = number

    def _note(self, where: dict[Key, float], key: Key) -> bool:
        if key not in self.sent:
            return False
        if key in where:
            self.duplicates += 1
            return False
        where[key] = perf_counter()
        return True

    @property
    def is_complete(self) -> bool:
        """Everything sent was acknowledged and delivered."""
        return len(self.acked) == len(self.delivered) == len(self.sent)

    def latencies(self, where: dict[Key, float], since: float) -> list[float]:
        """Of messages that were due after `since`."""
        return [at - self.sent[key] for key, at in where.items() if self.sent[key] >= since]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the measured window."""

    at: float
    server_cpu: float
    own_cpu: float

    @classmethod
    def now(cls, pids: tuple[int, ...]) -> "Mark":
        """This one."""
        return cls(perf_counter(), cpu_seconds(pids), time.process_time())


class Run:
    """One run against one server."""

    def __init__(self, adapter: Adapter, target: Target, work: Load) -> None:
        self._adapter, self._target, self._work = adapter, target, work
        self._tally = Tally()
        self._next = [0] * target.chats
        self._visitors: list[WS] = []
        self._agents: list[WS] = []
        self._is_sending = False
        self._body = "x" * work.size

    async def measure(self) -> dict[str, object]:
        """Connect, send, wait for the rest; the figures."""
        await self._connect()
        gc.freeze()
        if self._work.wait:
            print(json.dumps({"connected": len(self._visitors)}), flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        self._is_sending = True
        begin, end = await (self._on_schedule() if self._work.rate else self._one_in_flight())
        self._is_sending = False
        await self._drain()
        for ws in self._visitors + self._agents:
            ws.abort()
        return self._figures(begin, end)

    async def _connect(self) -> None:
        self._agents = await connect_many(
            self._target.agents, lambda i: self._adapter.open_agent(i, self._heard, self._closed), 16
        )
        self._visitors = await connect_many(
            self._target.chats, lambda i: self._adapter.open_visitor(i, self._answered, self._closed), self._work.width
        )

    async def _on_schedule(self) -> tuple[Mark, Mark]:
        start, gap, count = perf_counter(), 1.0 / self._work.rate, 0
        warm_until, end = start + self._work.warm, start + self._work.warm + self._work.seconds
        begin = None
        while (now := perf_counter()) < end:
            if begin is None and now >= warm_until:
                begin = Mark.now(self._work.pids)
            while start + count * gap <= now:
                self._fire(count % self._target.chats, start + count * gap)
                count += 1
            await asyncio.sleep(max(0.0, min(TICK, start + count * gap - perf_counter())))
        return begin or Mark.now(self._work.pids), Mark.now(self._work.pids)

    async def _one_in_flight(self) -> tuple[Mark, Mark]:
        for chat in range(self._target.chats):
            self._fire(chat)
        await asyncio.sleep(self._work.warm)
        begin = Mark.now(self._work.pids)
        await asyncio.sleep(self._work.seconds)
        return begin, Mark.now(self._work.pids)

    def _fire(self, chat: int, due: float | None = None) -> None:
        number = self._next[chat]
        self._next[chat] = number + 1
        self._tally.sent[chat, number] = due or perf_counter()
        self._adapter.send(self._visitors[chat], chat, number, self._body)

    def _answered(self, ws: WS, payload: bytes) -> None:
        try:
            for key in self._adapter.accepted(payload):
                if self._tally.ack(key) and self._is_sending and not self._work.rate:
                    self._fire(key[0])
        except ValueError:
            self._tally.errors += 1

    def _heard(self, ws: WS, payload: bytes) -> None:
        for key in self._adapter.heard(payload):
            self._tally.deliver(key)

    def _closed(self, ws: WS, code: int) -> None:
        self._tally.closed += self._is_sending

    async def _drain(self) -> None:
        deadline = perf_counter() + self._work.drain
        while not self._tally.is_complete and perf_counter() < deadline:
            await asyncio.sleep(0.05)

    def _figures(self, begin: Mark, end: Mark) -> dict[str, object]:
        tally, wall = self._tally, end.at - begin.at
        server = end.server_cpu - begin.server_cpu
        accepted = sum(begin.at <= at <= end.at for at in tally.acked.values())
        return {
            "chats": self._target.chats,
            "rate": self._work.rate,
            "acked_s": round(accepted / wall),
            "acked_per_cpu_s": round(accepted / server) if server else 0,
            "server_cpu": round(server / wall, 3),
            "generator_cpu": round((end.own_cpu - begin.own_cpu) / wall, 2),
            "rss_mb": round(resident_bytes(self._work.pids) / 2**20),
            "sent": len(tally.sent),
            "not_acked": len(tally.sent) - len(tally.acked),
            "lost": len(tally.acked.keys() - tally.delivered.keys()),
            "duplicates": tally.duplicates,
            "out_of_order": tally.out_of_order,
            "errors": tally.errors,
            "closed": tally.closed,
            "ack_ms": as_json(summary(tally.latencies(tally.acked, begin.at))),
            "deliver_ms": as_json(summary(tally.latencies(tally.delivered, begin.at))),
        }


def main() -> None:
    """The command."""
    parser = ArgumentParser(description="Chats against one server; one line of JSON.")
    parser.add_argument("--adapter", required=True)
    parser.add_argument("--base", required=True, help="ws://127.0.0.1:PORT")
    parser.add_argument("--plan", default="", help="file of bench.prepare (adapter cic)")
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--agents", type=int, default=10)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--secs", type=float, default=6)
    parser.add_argument("--warm", type=float, default=1)
    parser.add_argument("--drain", type=float, default=5)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--wait", action="store_true", help="say when all are connected, begin with a line on stdin")
    parser.add_argument("--pid", type=int, nargs="*", default=[])
    given = parser.parse_args()
    target = Target(given.base, given.chats, given.agents, given.plan)
    work = Load(given.rate, given.size, given.secs, given.warm, given.drain, given.width, given.wait, tuple(given.pid))
    print(json.dumps(uvloop.run(Run(load(given.adapter, target), target, work).measure())), flush=True)


if __name__ == "__main__":
    main()
