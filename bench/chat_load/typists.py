"""People who type a question into the widget: `python -m bench.chat_load.typists --help`.

Each types on a connection and from an address of their own, one character after the other, and asks for answers as the
widget does: when no key has followed for `--rest` seconds. Open loop: the keys fall on a schedule, and latency counts
from the moment at which the widget asks, so a server that stalls is not forgiven. Types until standard input closes,
then prints one line of JSON; the first line says that all have begun.
"""

import asyncio
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter
from urllib.parse import urlencode, urlsplit

import uvloop

from bench.chat_load.stats import as_json, cpu_seconds, summary

SHORTEST = 2  # characters: what is shorter the widget does not ask


@dataclass(frozen=True, slots=True)
class Door:
    """Where they ask, how long they wait between two keys (at least and at most), and after which rest they ask.

    In seconds.
    """

    base: str
    site: str
    pause: tuple[float, float]
    rest: float

    def request(self, text: str, language: str) -> bytes:
        """As the browser sends it."""
        host = urlsplit(self.base).netloc
        query = urlencode({"site": self.site, "lang": language, "q": text})
        return f"GET /chat/suggest?{query} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\r\n".encode()


@dataclass(slots=True)
class Tally:
    """What was asked since `begin`, and how long it took."""

    begin: float = 0.0
    seconds: list[float] = field(default_factory=list)
    answered: int = 0
    faults: int = 0

    def note(self, due: float, status: int, body: bytes) -> None:
        """One answer."""
        if due < self.begin:
            return
        self.seconds.append(perf_counter() - due)
        self.faults += status != 200
        self.answered += status == 200 and bool(json.loads(body)["items"])


class Connection:
    """One kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        return int(head.split(b" ", 2)[1]), await self._reader.readexactly(int(fields[b"content-length"]))


def keys(questions: Sequence[tuple[str, str]], seed: int) -> Iterator[tuple[str, str]]:
    """What stands in the field after each key, with the language: one question after the other, in an order of one's
    own."""
    own = list(questions)
    Random(seed).shuffle(own)
    while True:
        for text, language in own:
            fields = dict.fromkeys(text[:end].strip() for end in range(SHORTEST, len(text) + 1))
            yield from ((field, language) for field in fields)  # a blank by itself asks nothing


async def _connect(base: str, number: int) -> Connection:
    parts, address = urlsplit(base), (f"127.0.1.{1 + number}", 0)
    return Connection(*await asyncio.open_connection(parts.hostname, parts.port, local_addr=address))


async def _type(door: Door, number: int, questions: Sequence[tuple[str, str]], tally: Tally) -> None:
    connection, chance = await _connect(door.base, number), Random(number)
    due = perf_counter() + chance.uniform(0, door.pause[1])
    for text, language in keys(questions, number):
        pause = chance.uniform(*door.pause)
        if pause >= door.rest:
            await asyncio.sleep(due + door.rest - perf_counter())
            tally.note(due + door.rest, *await connection.ask(door.request(text, language)))
        due += pause


async def _run(door: Door, typists: int, questions: Sequence[tuple[str, str]], warm: float, pids: list[int]) -> None:
    first = await _connect(door.base, typists)
    await first.ask(door.request("the index is read with the first question", "en"))
    tally = Tally(begin=perf_counter() + warm)
    typing = [asyncio.create_task(_type(door, number, questions, tally)) for number in range(typists)]
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await asyncio.sleep(warm)
    begin, cpu = perf_counter(), cpu_seconds(pids)
    print(json.dumps({"typing": typists}), flush=True)
    await asyncio.wait([ended, *typing], return_when=asyncio.FIRST_COMPLETED)
    wall, used = perf_counter() - begin, cpu_seconds(pids) - cpu
    for task in typing:
        if task.done():
            task.result()  # nobody stops typing: one that ended has failed
        task.cancel()
    figures = {
        "a_second": round(len(tally.seconds) / wall),
        "answered": round(tally.answered / max(1, len(tally.seconds)), 2),
        "server_cpu": round(used / wall, 2),
        "faults": tally.faults,
        "ms": as_json(summary(tally.seconds)),
    }
    print(json.dumps(figures), flush=True)


def main() -> None:
    """The command."""
    parser = ArgumentParser(description="Typists against one server; one line of JSON.")
    parser.add_argument("--base", required=True, help="http://127.0.0.1:PORT")
    parser.add_argument("--site", required=True)
    parser.add_argument("--questions", type=Path, required=True, help="JSON: a list of [question, language]")
    parser.add_argument("--typists", type=int, default=50)
    parser.add_argument("--pause", type=float, nargs=2, default=(0.15, 0.3), help="seconds between two keys")
    parser.add_argument("--rest", type=float, default=0.2, help="seconds after a key until it asks; 0 = at each key")
    parser.add_argument("--warm", type=float, default=2)
    parser.add_argument("--pid", type=int, nargs="*", default=[])
    given = parser.parse_args()
    questions = [(text, language) for text, language in json.loads(given.questions.read_text())]
    door = Door(given.base, given.site, (given.pause[0], given.pause[1]), given.rest)
    uvloop.run(_run(door, given.typists, questions, given.warm, given.pid))


if __name__ == "__main__":
    main()
