"""Echo: N sockets with some messages in flight each, against a bare echo server.

`python -m bench.chat_load.echo --help`. Prints one line of JSON.
"""

import asyncio
import json
import time
from argparse import ArgumentParser
from time import perf_counter

import uvloop

from bench.chat_load.stats import as_json, cpu_seconds, summary
from bench.chat_load.wsclient import WS, connect, connect_many


class EchoRun:
    """A closed loop: every echo sends the next message. Each message carries its own time of sending."""

    def __init__(self, url: str, *, sockets: int, depth: int, size: int, pids: list[int]) -> None:
        self._url, self._sockets, self._depth, self._pids = url, sockets, depth, pids
        self._pad = "x" * size
        self._latencies: list[float] = []
        self._is_counting = self._is_over = False

    async def measure(self, *, warm: float, seconds: float) -> dict[str, object]:
        """The figures; times in seconds."""
        opened = await connect_many(self._sockets, lambda _: connect(self._url, self._came))
        for ws in opened * self._depth:
            ws.send(self._message())
        await asyncio.sleep(warm)
        self._is_counting, server, own, start = True, cpu_seconds(self._pids), time.process_time(), perf_counter()
        await asyncio.sleep(seconds)
        self._is_over, wall = True, perf_counter() - start
        server, own = cpu_seconds(self._pids) - server, time.process_time() - own
        for ws in opened:
            ws.abort()
        count = len(self._latencies)
        return {
            "sockets": self._sockets,
            "echo_s": round(count / wall),
            "echo_per_cpu_s": round(count / server) if server else 0,
            "generator_cpu": round(own / wall, 2),
            "echo_ms": as_json(summary(self._latencies)),
        }

    def _message(self) -> bytes:
        return b'{"t":%.9f,"p":"%s"}' % (perf_counter(), self._pad.encode())

    def _came(self, ws: WS, payload: bytes) -> None:
        if self._is_over:
            return
        if self._is_counting:
            self._latencies.append(perf_counter() - float(payload[5 : payload.index(b",")]))
        ws.send(self._message())


def main() -> None:
    """The command."""
    parser = ArgumentParser(description="Echoes against one server; one line of JSON.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--sockets", type=int, default=50)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--secs", type=float, default=5)
    parser.add_argument("--warm", type=float, default=1)
    parser.add_argument("--pid", type=int, nargs="*", default=[])
    given = parser.parse_args()
    run = EchoRun(given.url, sockets=given.sockets, depth=given.depth, size=given.size, pids=given.pid)
    print(json.dumps(uvloop.run(run.measure(warm=given.warm, seconds=given.secs))), flush=True)


if __name__ == "__main__":
    main()
