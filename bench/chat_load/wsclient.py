"""A small RFC 6455 client on `asyncio.Protocol`, so cheap that the server is the bottleneck and not the generator.

Text, fragments, ping and pong, close. The mask key is all zero: legal on the wire, and it saves the XOR.
"""

import asyncio
import base64
import os
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast
from urllib.parse import urlsplit

T = TypeVar("T")
NO_MASK = b"\0\0\0\0"
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FINAL = 0x80
NO_STATUS, LOST = 1005, 1006


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One final frame from client to server."""
    size, first = len(payload), FINAL | opcode
    if size < 126:
        return bytes((first, 0x80 | size)) + NO_MASK + payload
    if size < 65536:
        return struct.pack("!BBH", first, 0x80 | 126, size) + NO_MASK + payload
    return struct.pack("!BBQ", first, 0x80 | 127, size) + NO_MASK + payload


def _read_header(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins and ends; None while its header is incomplete."""
    size, start = data[at + 1] & 0x7F, at + 2
    if size == 126:
        if len(data) - start < 2:
            return None
        return start + 2, start + 2 + int(struct.unpack_from("!H", data, start)[0])
    if size == 127:
        if len(data) - start < 8:
            return None
        return start + 8, start + 8 + int(struct.unpack_from("!Q", data, start)[0])
    return start, start + size


class WS(asyncio.Protocol):
    """`on_message(ws, payload)` for each message, `on_close(ws, code)` once. `user` is the caller's."""

    def __init__(
        self, request: bytes, on_message: "OnMessage", on_close: "OnClose | None", opened: "asyncio.Future[WS]"
    ) -> None:
        self.user = -1
        self.on_message = on_message
        self._on_close = on_close
        self._request = request
        self._opened = opened
        self._is_open = False
        self._waiting = b""
        self._fragments = b""
        self._close_code = LOST
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Whatever came: the answer to the handshake, then frames."""
        self._waiting = self._waiting + data if self._waiting else data
        if self._is_open or self._read_answer():
            self._read_frames()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone, by whoever's will."""
        if not self._opened.done():
            self._opened.set_exception(exc or ConnectionError("closed before the handshake"))
        if self._on_close is not None:
            self._on_close(self, self._close_code)

    def send(self, payload: bytes) -> None:
        """One text message."""
        self._transport.write(frame(payload))

    def abort(self) -> None:
        """Drop the connection without a word."""
        self._transport.abort()

    def _read_answer(self) -> bool:
        end = self._waiting.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = self._waiting[: self._waiting.find(b"\r\n")]
        if b" 101" not in status:
            if not self._opened.done():
                self._opened.set_exception(ConnectionError(status.decode("latin-1")))
            self._transport.close()
            return False
        self._is_open, self._waiting = True, self._waiting[end + 4 :]
        if not self._opened.done():
            self._opened.set_result(self)
        return True

    def _read_frames(self) -> None:
        data, at = self._waiting, 0
        while len(data) - at >= 2:
            place = _read_header(data, at)
            if place is None or place[1] > len(data):
                break
            self._take(data[at], data[place[0] : place[1]])
            at = place[1]
        self._waiting = data[at:]

    def _take(self, first: int, payload: bytes) -> None:
        opcode = first & 0x0F
        if opcode in (TEXT, BINARY) and first & FINAL:
            self.on_message(self, payload)
        elif opcode in (CONTINUED, TEXT, BINARY):
            self._take_fragment(payload, is_last=bool(first & FINAL))
        elif opcode == PING:
            self._transport.write(frame(payload, PONG))
        elif opcode == CLOSE:
            self._close_code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else NO_STATUS
            if not self._transport.is_closing():
                self._transport.write(frame(payload[:2], CLOSE))

    def _take_fragment(self, payload: bytes, *, is_last: bool) -> None:
        self._fragments += payload
        if is_last:
            whole, self._fragments = self._fragments, b""
            self.on_message(self, whole)


OnMessage = Callable[[WS, bytes], None]
OnClose = Callable[[WS, int], None]


async def connect(
    url: str,
    on_message: OnMessage,
    on_close: OnClose | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = 60,
    local_address: str | None = None,
) -> WS:
    """An open socket. ConnectionError when the server refuses, TimeoutError when it does not answer.

    Origin is the server's own unless `headers` say otherwise. One local address has some 28,000 ports: many thousand
    sockets need several (127.0.0.2, 127.0.0.3 …).
    """
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    opened: asyncio.Future[WS] = loop.create_future()
    request = _handshake(parts.netloc, parts.path or "/", {"Origin": f"http://{parts.netloc}", **(headers or {})})
    await loop.create_connection(
        lambda: WS(request, on_message, on_close, opened),
        parts.hostname or "",
        parts.port or 80,
        local_addr=(local_address, 0) if local_address else None,
    )
    return await asyncio.wait_for(opened, seconds)


def _handshake(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    fields = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def connect_many(count: int, make: Callable[[int], Awaitable[T]], width: int = 64) -> list[T]:
    """`make(i)` for each of `count`, at most `width` under way; the results in order."""
    gate = asyncio.Semaphore(width)

    async def one(index: int) -> T:
        async with gate:
            return await make(index)

    return await asyncio.gather(*(one(index) for index in range(count)))
