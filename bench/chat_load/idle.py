"""Sockets that say nothing: memory and idle CPU in steps, then held open until standard input closes.

`python -m bench.chat_load.idle --help`. Prints one line of JSON for each step; the last sockets stay open until the
caller closes our standard input, so that another run can measure beside them.
"""

import asyncio
import json
import sys
from argparse import ArgumentParser
from time import perf_counter

import uvloop

from bench.chat_load.adapters import Target, load
from bench.chat_load.stats import cpu_seconds, resident_bytes
from bench.chat_load.wsclient import WS, connect_many


class IdleRun:
    """Visitors `first` to `first + count` of the target's plan."""

    def __init__(self, adapter: str, target: Target, *, first: int, pids: list[int], width: int) -> None:
        self._adapter = load(adapter, target)
        self._first, self._pids, self._width = first, pids, width
        self._open: list[WS] = []
        self._dead = 0
        self._before = resident_bytes(pids)

    async def grow(self, count: int, *, hold: float) -> dict[str, object]:
        """Open sockets until there are `count`, hold them for `hold` seconds; the figures."""
        start, have = perf_counter(), len(self._open)
        self._open += await connect_many(count - have, lambda i: self._visitor(have + i), self._width)
        seconds = perf_counter() - start
        await asyncio.sleep(1)
        cpu = cpu_seconds(self._pids)
        await asyncio.sleep(hold)
        used, memory = cpu_seconds(self._pids) - cpu, resident_bytes(self._pids)
        return {
            "open": len(self._open) - self._dead,
            "dead": self._dead,
            "connects_s": round((count - have) / seconds),
            "rss_mb": round(memory / 2**20),
            "kib_a_socket": round((memory - self._before) / 1024 / max(1, len(self._open)), 1),
            "idle_cpu": round(used / hold, 4),
        }

    async def _visitor(self, index: int) -> WS:
        return await self._adapter.open_visitor(self._first + index, _ignore, self._closed)

    def _closed(self, ws: WS, code: int) -> None:
        self._dead += 1


def _ignore(ws: WS, payload: bytes) -> None:
    return


async def _run(run: IdleRun, steps: list[int], hold: float) -> None:
    for step in steps:
        print(json.dumps(await run.grow(step, hold=hold)), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    """The command."""
    parser = ArgumentParser(description="Idle visitor sockets; one line of JSON for each step.")
    parser.add_argument("--adapter", required=True)
    parser.add_argument("--base", required=True, help="ws://127.0.0.1:PORT")
    parser.add_argument("--plan", default="")
    parser.add_argument("--first", type=int, default=0, help="number of the first visitor")
    parser.add_argument("--steps", type=int, nargs="*", default=[1000, 5000, 10000])
    parser.add_argument("--hold", type=float, default=5)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--pid", type=int, nargs="*", default=[])
    given = parser.parse_args()
    target = Target(given.base, 0, 1, given.plan)
    run = IdleRun(given.adapter, target, first=given.first, pids=given.pid, width=given.width)
    uvloop.run(_run(run, given.steps, given.hold))


if __name__ == "__main__":
    main()
