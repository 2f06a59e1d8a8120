"""The door for mail: 250 only when the mail is durably stored, and its reading begins in the same moment."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from channels_app.email import selectors, services
from channels_app.email.services import ArrivedMail, ReadMail
from channels_app.email.smtp import LARGE, peer_of
from interaction_center.errors import CenterError
from interaction_center.live.threads import in_database_thread, release_connection

log = logging.getLogger(__name__)

Submit = Callable[[Callable[[Sequence[Any]], Sequence[Any]], Any], Awaitable[Any]]

MAILBOXES_FRESH_SECONDS = 1.0
READING_THREADS = 2
READING_SECONDS = 3.0  # after the last mail was taken; what is not read by then is read after the start
TRY_LATER = "451 4.3.0 The mail can't be stored just now, try again later"


class Mailboxes:
    """Which addresses take mail: asked of the database off the loop, at most once a second."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def find(self, address: str) -> int | None:
        """Key of the mailbox for this recipient, None if there is none. `name+anything@host` is `name@host`."""
        async with self._reading:
            if time.monotonic() - self._read_at > MAILBOXES_FRESH_SECONDS:
                self._keys = await in_database_thread(selectors.mailbox_keys)
                self._read_at = time.monotonic()
        local, _, domain = address.lower().rpartition("@")
        return self._keys.get(f"{local}@{domain}") or self._keys.get(f"{local.partition('+')[0]}@{domain}")


class Receiver:
    """Takes mail for our mailboxes, stores it by `submit` (the group commit) and has it read at once."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self._mailboxes = Mailboxes()
        self._readers = ThreadPoolExecutor(READING_THREADS, thread_name_prefix="mail-reader")
        self._slots = asyncio.Semaphore(READING_THREADS)  # a flood of mail must not fill the group commit of the chats
        self._large = asyncio.Semaphore(1)  # reading takes several times the memory of the mail
        self._reading: set[asyncio.Task[None]] = set()
        self._found: WeakKeyDictionary[Envelope, dict[int, str]] = WeakKeyDictionary()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Unknown mailboxes are refused at once, so that the sender learns of a typing mistake."""
        key = await self._mailboxes.find(address)
        if key is None:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        self._mailboxes_of(envelope)[key] = address
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """250 after the commit; 451 whenever that fails: it is never the sender's fault."""
        arrived = ArrivedMail(
            mail_from=_printable(envelope.mail_from or ""),
            mailboxes=tuple((key, _printable(address)) for key, address in self._mailboxes_of(envelope).items()),
            raw=_bytes(envelope),
            peer=peer_of(session),
            tls=session.ssl is not None,
            received_at=timezone.now(),
        )
        try:
            stored: Sequence[int] = await self._submit(services.store_raw_batch, arrived)
        except CenterError:
            return TRY_LATER
        except Exception:  # whatever the database says: the sender keeps the mail and comes again
            log.exception("A mail could not be stored")
            return TRY_LATER
        for key in stored:
            self._read_soon(key, len(arrived.raw))
        return "250 2.0.0 Stored"

    def _mailboxes_of(self, envelope: Envelope) -> dict[int, str]:
        """Mailbox key -> the recipient as it was addressed; a mailbox that is named twice gets one mail."""
        return self._found.setdefault(envelope, {})

    def _read_soon(self, key: int, size: int) -> None:
        """Without waiting for a poll: an agent sees the mail milliseconds after the 250. The row is the guarantee."""
        task = asyncio.get_running_loop().create_task(self._read(key, size))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, key: int, size: int) -> None:
        """Parsed in a thread, queued by the group commit: readers of their own would fight it for SQLite's one lock."""
        try:
            async with self._large if size > LARGE else nullcontext(), self._slots:
                mail = await asyncio.get_running_loop().run_in_executor(self._readers, _read_in_thread, key)
                if mail is not None:
                    await self._submit(services.queue_batch, mail)
        except Exception:
            log.warning("A mail could not be read at once; it is tried again", exc_info=True)

    @property
    def is_reading(self) -> bool:
        """Whether an accepted mail is still on its way into the queue."""
        return bool(self._reading)

    async def finish(self) -> None:
        """Wait for what is being read."""
        if self._reading:
            await asyncio.wait(self._reading, timeout=READING_SECONDS)
        self._readers.shutdown(wait=False, cancel_futures=True)


class Catcher:
    """Takes every mail and keeps it: where answers go when no relay is set."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Everybody."""
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Kept, one row for each recipient."""
        try:
            await in_database_thread(
                services.catch,
                mail_from=_printable(envelope.mail_from or ""),
                recipients=[_printable(address) for address in envelope.rcpt_tos],
                raw=_bytes(envelope),
            )
        except Exception:  # a full disk, a locked database: the outbox tries again
            log.exception("A mail could not be caught")
            return TRY_LATER
        return "250 2.0.0 Caught"


def _read_in_thread(key: int) -> ReadMail | None:
    try:
        return services.read(key)
    finally:
        release_connection()


def _bytes(envelope: Envelope) -> bytes:
    return envelope.content if isinstance(envelope.content, bytes) else b""


def _printable(address: str) -> str:
    """An envelope address as the database can hold it: aiosmtpd lets surrogates through; "" for the null sender."""
    text = address.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
    return "" if text.strip() in ("", "<>") else text[:320]
