"""SMTP on the running event loop: aiosmtpd with the changes that real mail needs.

aiosmtpd 1.4.6 refuses lines over 1,001 octets with a permanent 500 (the mail is lost), reads an over-size mail to its
very end, has no limit of connections, and closes a slow sender without a word. Its threaded Controller delays every
push of the process by about 900 ms, so the server is opened on the loop that is there.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from typing import Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

log = logging.getLogger(__name__)

IDLE_SECONDS = 60.0  # without a single byte
WITHOUT_MAIL_SECONDS = 300.0  # with nothing but NOOP, RSET and the like
MAIL_SECONDS = 1800.0  # for the data of one mail: 25 MiB need no more than 0.12 Mbit/s
LARGE = 1024 * 1024
MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024  # of mails that are being received at once: announced, or come already
TURN_SECONDS = 20.0  # a large mail waits this long for its turn before its sender is asked to come again
LAST_WORD_SECONDS = 2.0  # a sender whose mail is refused may go on so long before it listens
STOP_SECONDS = 4.0  # well inside the time that the whole process has to stop: reading what was taken comes after
_END = b"\r\n.\r\n"


class Handler(Protocol):
    """What stands behind the server: whom it takes mail for, and what becomes of a mail."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to RCPT TO."""
        ...

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The answer to the end of DATA."""
        ...


class _RefusedError(Exception):
    """The rest of this mail is not read; the argument is the answer."""


class SmtpServer:
    """One listening port. `start` and `stop` are called on the loop."""

    def __init__(
        self, handler: Handler, *, host: str, port: int, hostname: str, max_bytes: int, max_connections: int = 200
    ) -> None:
        self.handler = handler
        self.host, self.port, self.hostname, self.max_bytes = host, port, hostname, max_bytes
        self.max_connections = max_connections
        self.open: set[Connection] = set()
        self.peers: Counter[str] = Counter()
        self.bytes_in_flight = 0
        self._stopping = False
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. OSError when the port is taken."""
        self._stopping = False
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Door(self), self.host, self.port)

    async def stop(self) -> None:
        """421 for whoever comes now; a mail whose data is being taken gets its answer, the others get 421."""
        self._stopping = True
        for connection in list(self.open):
            connection.leave_when_idle()
        deadline = time.monotonic() + STOP_SECONDS
        while self.open and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(self.open):
            connection.abort()
        if self._server is not None:
            self._server.close()
            self._server = None

    def admits(self, peer: str) -> bool:
        """Whether there is a place; nobody gets more than half of them (a relay in front of us needs many)."""
        busy = len(self.open) >= self.max_connections or self.peers[peer] >= max(1, self.max_connections // 2)
        return not (busy or self._stopping)

    def enter(self, connection: "Connection", peer: str) -> None:
        """A conversation begins."""
        self.open.add(connection)
        self.peers[peer] += 1

    def leave(self, connection: "Connection", peer: str) -> None:
        """It is over; the address is forgotten with its last conversation."""
        self.open.discard(connection)
        self.peers[peer] -= 1
        if not self.peers[peer]:
            del self.peers[peer]


class _Door(asyncio.Protocol):
    """Sees who comes, then makes way for the conversation; too many at once, or we are closing: come again later."""

    def __init__(self, server: SmtpServer) -> None:
        self._center = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._center.admits(_host(transport.get_extra_info("peername"))):
            _write_and_close(transport, b"421 4.3.2 Too busy, try again later\r\n")
            return
        connection = Connection(self._center)
        transport.set_protocol(connection)
        connection.connection_made(transport)


class Connection(SMTP):
    """One SMTP conversation."""

    line_length_limit = 65536  # of the reader's buffer; DATA below has no line limit at all

    def __init__(self, server: SmtpServer) -> None:
        super().__init__(
            server.handler,
            data_size_limit=server.max_bytes,
            enable_SMTPUTF8=True,
            hostname=server.hostname,
            ident="Interaction Center",
            timeout=IDLE_SECONDS,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
        self._center = server
        self._ends_at = time.monotonic() + WITHOUT_MAIL_SECONDS
        self._held = 0
        self._peer = ""
        self._leaving = False
        self._in_data = False
        for verb in ("AUTH", "VRFY", "EXPN"):
            self._smtp_methods.pop(verb, None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counted from the first byte to the last."""
        self._peer = _host(transport.get_extra_info("peername"))
        self._center.enter(self, self._peer)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The place is free."""
        self._center.leave(self, self._peer)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """A sender that sends anything is not idle, however slow; aiosmtpd counts commands only."""
        super().data_received(data)
        self._reset_timeout()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Bytes put off the end, but not beyond the moment that is set for this mail, or for sending none."""
        left = self._ends_at - time.monotonic()
        if left > 0 or self._timeout_handle is None:
            super()._reset_timeout(max(0.001, min(duration or IDLE_SECONDS, left)))

    def _must_end_in(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        if self.transport is not None:
            self._reset_timeout()

    def leave_when_idle(self) -> None:
        """Finish the mail in hand, then 421."""
        self._leaving = True
        if not self._in_data:
            self._say_goodbye(b"421 4.3.2 Closing, try again later\r\n")

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.close()

    async def handle_exception(self, error: Exception) -> str:
        """Our own fault is never a permanent refusal."""
        log.exception("SMTP conversation failed", exc_info=error)
        return "451 4.3.0 Something went wrong here, try again later"

    async def smtp_DATA(self, arg: str) -> None:
        """Takes the mail in large pieces, with no limit to the length of a line."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if not self._mail.rcpt_tos:
            await self.push("503 5.5.1 Need RCPT first")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        size = self._announced_size()
        if not await self._has_turn(size):
            await self.push("452 4.3.1 Too many large mails at once, try again later")
            return
        refusal = ""
        self._hold(size)
        self._in_data = True
        self._must_end_in(MAIL_SECONDS)
        try:
            await self._take_mail(size)
        except _RefusedError as error:
            refusal = str(error)
        finally:
            self.envelope = self._create_envelope()
            self._hold(0)
            self._in_data = False
            self._must_end_in(WITHOUT_MAIL_SECONDS)
        if refusal:
            await self._refuse(refusal)
        elif self._leaving:
            self._say_goodbye(b"421 4.3.2 Closing, try again later\r\n")

    async def _refuse(self, answer: str) -> None:
        """The rest of an endless mail is thrown away for a moment: closed at once, the line would lose the answer."""
        await self.push(answer)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD_SECONDS):
                while await self._reader.read(65536):
                    pass
        self.abort()

    async def _has_turn(self, size: int) -> bool:
        """Large mails are taken a few at a time; small ones always."""
        deadline = time.monotonic() + TURN_SECONDS
        while size > LARGE and self._center.bytes_in_flight + size > MAX_BYTES_IN_FLIGHT:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.05)
        return True

    def _hold(self, size: int) -> None:
        """So many bytes of the memory for all mails are this one's."""
        self._center.bytes_in_flight += size - self._held
        self._held = size

    def _make_room(self, size: int, *, announced: int) -> None:
        """`size` bytes have come; what was not announced counts as well. A mail of ordinary size is always taken."""
        if size > self._center.max_bytes + len(_END):
            raise _RefusedError(f"552 5.3.4 The mail is larger than {self._center.max_bytes} bytes")
        self._hold(max(size, self._held))
        if size > announced + LARGE and self._center.bytes_in_flight > MAX_BYTES_IN_FLIGHT:
            raise _RefusedError("452 4.3.1 Too many large mails at once, try again later")

    async def _take_mail(self, announced: int) -> None:
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._mail.content = await self._read_content(announced)
        await self.push(await self._call_handler_hook("DATA"))

    async def _read_content(self, announced: int) -> bytes:
        """Everything up to the lone dot, dots unstuffed. _RefusedError when that is too much.

        Only CRLF.CRLF ends it (nothing can be smuggled in). The CRLF before the dot may be the one that ended the DATA
        command, so that one is put back in front of what follows.
        """
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]  # there is no public way to put bytes back
        content = bytearray()
        while True:
            try:
                content += await self._reader.readuntil(_END)
                break
            except asyncio.LimitOverrunError as error:
                content += await self._reader.readexactly(error.consumed)
            self._make_room(len(content), announced=announced)
        self._make_room(len(content), announced=announced)
        del content[-3:]
        if b"\r\n." in content:
            content = content.replace(b"\r\n.", b"\r\n")
        del content[:2]
        return bytes(content)

    def _announced_size(self) -> int:
        sizes = (option.partition("=")[2] for option in self._mail.mail_options if option.startswith("SIZE="))
        return int(next((size for size in sizes if size.isdigit()), "0"))

    def _timeout_cb(self) -> None:
        self._say_goodbye(b"421 4.4.2 Idle for too long\r\n")

    def _say_goodbye(self, line: bytes) -> None:
        if self.transport is not None:
            _write_and_close(self.transport, line)

    @property
    def _mail(self) -> Envelope:
        """The mail of this conversation; there always is one once a verb is handled."""
        if self.envelope is None:
            self.envelope = self._create_envelope()
        return self.envelope


def _write_and_close(transport: asyncio.BaseTransport, line: bytes) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.write(line)
    transport.close()


def peer_of(session: Session) -> str:
    """Where a mail came from, for the record."""
    return _host(session.peer)


def _host(peer: object) -> str:
    return str(peer[0])[:64] if isinstance(peer, tuple) and peer else ""
