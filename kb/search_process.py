"""Where questions are searched: in this process, or in one of its own beside it.

One search takes two milliseconds of the interpreter, and fifty people who type ask two hundred times a second. Beside
chats on one interpreter lock each of these would wait for the other (docs/measurements.md). So the running centre moves
search out; commands and tests search where they are. Both give the same answers: each keeps its `LiveIndex` up itself.
"""

import asyncio
import logging
import pickle
import socket
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from time import monotonic

from asgiref.sync import sync_to_async

from interaction_center.live.threads import release_connection
from kb.live_index import LIVE_INDEX, Found

log = logging.getLogger(__name__)

LONGEST_SECONDS = 60.0  # a hundred thousand documents are read in twenty
PAUSE_SECONDS = 5.0  # between two attempts to start one that fails
GONE = "the search process has ended"
SIZE_BYTES = 4  # before each message


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as `kb.services.suggest` takes it."""

    text: str
    device: str
    locale: str
    audience: str
    limit: int
    threshold: float


def find(asked: Asked) -> Found:
    """The answers, searched in this process."""
    library = LIVE_INDEX.library(asked.audience)
    return library.find(
        asked.text, device=asked.device, locale=asked.locale, limit=asked.limit, threshold=asked.threshold
    )


def _find_in_thread(asked: Asked) -> Found:
    try:
        return find(asked)
    finally:
        release_connection()


class Worker:
    """The process that searches, and our end of the line to it, on the loop. It answers in order.

    It ends when the line does, so none is left when we are killed.
    """

    def __init__(
        self, process: "subprocess.Popen[bytes]", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._waiting: deque[asyncio.Future[Found]] = deque()
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def start(cls) -> "Worker":
        """In a session of its own, so that Ctrl-C is ours alone: it answers until the last of our work is done."""
        ours, its = socket.socketpair()
        with its:
            words = [sys.executable, "-m", "kb.search_worker", str(its.fileno())]
            process = subprocess.Popen(  # noqa: S603  # our own words
                words, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()], start_new_session=True
            )
        return cls(process, *await asyncio.open_connection(sock=ours))

    async def ask(self, asked: Asked, *, is_changed: bool) -> Found:
        """OSError when it is gone or does not answer (TimeoutError is one)."""
        if self._reading.done():
            raise ConnectionError(GONE)
        answer: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._writer.write(packed((asked, is_changed)))
        async with asyncio.timeout(LONGEST_SECONDS):
            return await answer

    async def end(self) -> None:
        """It has nothing to lose. Whoever still waits is told."""
        self._writer.close()
        self._reading.cancel()
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def _read(self) -> None:
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(SIZE_BYTES))
                self._give(pickle.loads(await self._reader.readexactly(size)))  # noqa: S301  # our own process
        except (EOFError, OSError):
            log.warning(GONE)
        finally:
            for answer in self._waiting:
                if not answer.done():
                    answer.set_exception(ConnectionError(GONE))

    def _give(self, found: Found) -> None:
        answer = self._waiting.popleft()
        if not answer.done():  # whoever asked may have gone
            answer.set_result(found)


class Search:
    """Asked from the loop (`afind`) and from any thread but the loop's (`find`), wherever it searches."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: asyncio.Task[Worker] | None = None
        self._is_changed = False
        self._not_before = float("-inf")

    def move_out(self) -> None:
        """From now on a process of its own searches, for the running loop; it starts with the first question."""
        self._loop = asyncio.get_running_loop()

    async def end(self) -> None:
        """Back into this process."""
        self._loop = None
        await self._end_worker()

    def find(self, asked: Asked) -> Found:
        """The answers, best first. [] while the worker can't be had: a person is asked then, as without an answer."""
        if self._loop is None:
            return find(asked)
        return asyncio.run_coroutine_threadsafe(self.afind(asked), self._loop).result()

    async def afind(self, asked: Asked) -> Found:
        """The same on the loop."""
        if self._loop is None:
            return await sync_to_async(_find_in_thread)(asked)
        return await self._ask_worker(asked) if monotonic() >= self._not_before else []

    def forget(self) -> None:
        """Something was changed in this process: the next question looks for changes."""
        LIVE_INDEX.forget()
        self._is_changed = True

    async def _ask_worker(self, asked: Asked) -> Found:
        is_changed, self._is_changed = self._is_changed, False
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(Worker.start())
        task = self._worker
        try:
            worker = await asyncio.shield(task)
            return await worker.ask(asked, is_changed=is_changed)
        except OSError:
            if self._worker is task:  # the first of those who waited
                log.exception("A new search process starts with a later question")
                self._not_before = monotonic() + PAUSE_SECONDS
                await self._end_worker()
            return []

    async def _end_worker(self) -> None:
        task, self._worker = self._worker, None
        if task is not None and not (await asyncio.wait([task]) and task.exception()):
            await task.result().end()


def packed(message: object) -> bytes:
    """A message as it goes over the line."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(SIZE_BYTES) + body


SEARCH = Search()
