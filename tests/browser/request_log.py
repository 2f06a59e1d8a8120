"""Who asks for what, seen from the other end of the line: no browser can leave anything out there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ")


@dataclass(slots=True)
class RequestLog:
    """First lines of requests as they came, and how many connections there were."""

    url: str = ""
    lines: list[str] = field(default_factory=list)
    connections: int = 0

    def note(self, data: bytes) -> None:
        """What a browser has sent. A request may follow another one in the same connection."""
        for line in data.split(b"\r\n"):
            if line.startswith(_METHODS) and b" HTTP/1" in line:
                self.lines.append(line.decode("latin-1"))


@asynccontextmanager
async def listening() -> AsyncIterator[RequestLog]:
    """A place that nobody has any business with: it answers everything, and notes it."""
    log = RequestLog()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        log.connections += 1
        while data := await reader.read(65536):
            log.note(data)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n<p>Hi")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    log.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield log


@asynccontextmanager
async def in_front_of(port: int) -> AsyncIterator[RequestLog]:
    """The way to a server on this machine, on which every request is noted."""
    log = RequestLog()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        log.connections += 1
        back, out = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_copy(reader, out, log), _copy(back, writer, None))

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    log.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield log


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, log: RequestLog | None) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            if log is not None:
                log.note(data)
            target.write(data)
            await target.drain()
    target.close()
