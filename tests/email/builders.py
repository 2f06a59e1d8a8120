"""Mails and mailboxes for tests, as plain functions."""

import asyncio
import contextlib
import smtplib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

from asgiref.sync import sync_to_async
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connections
from django.utils import timezone

from channels_app.email import services
from channels_app.email.models import Mailbox, RawMail
from channels_app.email.server import Catcher, Receiver
from channels_app.email.services import ArrivedMail
from channels_app.email.smtp import SmtpServer
from interaction_center.live.writer import Writer
from interaction_center.queue.models import Entry, EntryKind, Interaction
from tests.servers import free_ports

T = TypeVar("T")
SERVICE = "service@center.test"
MAX_BYTES = 2 * 1024 * 1024


def mail(  # one argument for each header that tests care about
    body: str = "My printer shows E-04. Can you help me?",
    *,
    sender: str = "Jo Customer <jo@example.org>",
    to: str = SERVICE,
    subject: str = "Printer",
    message_id: str = "",
    headers: str = "",
) -> bytes:
    """A whole plain mail with CRLF line ends; `headers` are further lines."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"Message-ID: <{message_id}>"] if message_id else []
    lines += [line for line in headers.splitlines() if line]
    text = "\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", body, ""])
    return text.replace("\n", "\r\n").encode()


def mailbox(address: str = SERVICE, **values: object) -> Mailbox:
    """A mailbox that takes mail."""
    return services.create_mailbox(address=address, **values)


def received(raw: bytes, box: Mailbox, *, mail_from: str = "jo@example.org") -> tuple[RawMail, Interaction, Entry]:
    """The mail after it was stored and read: its row, its interaction and its entry."""
    arrived = ArrivedMail(mail_from, ((box.pk, box.address),), raw, "192.0.2.1", False, timezone.now())
    for key in services.store_raw_batch([arrived])[0]:
        services.process_raw(key)
    row = RawMail.objects.filter(mailbox=box).latest("pk")
    interaction = Interaction.objects.get(public_id=row.interaction)
    return row, interaction, Entry.objects.get(interaction=interaction, seq=row.seq or 0)


def messages(interaction: Interaction) -> list[str]:
    """The bodies of what was said, in order."""
    found = Entry.objects.filter(interaction=interaction, kind=EntryKind.MESSAGE).order_by("seq")
    return list(found.values_list("body", flat=True))


async def in_thread(work: Callable[[], T]) -> T:
    """Database work from an async test."""
    return await sync_to_async(_closing(work), thread_sensitive=False)()


def _closing(work: Callable[[], T]) -> Callable[[], T]:
    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return run


@dataclass(slots=True)
class Door:
    """A running SMTP server of this test's own."""

    server: SmtpServer
    receiver: Receiver
    writer: Writer

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    async def settled(self) -> None:
        """Wait until everything that was accepted has been read."""
        while self.receiver.is_reading:
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def open_door(*, max_bytes: int = MAX_BYTES, max_connections: int = 200) -> AsyncIterator[Door]:
    """The receiver on this loop, with a group commit of its own."""
    writer = Writer()
    writer.start()
    receiver = Receiver(writer.submit)
    server = SmtpServer(
        receiver,
        host="127.0.0.1",
        port=free_ports(1)[0],
        hostname="center.test",
        max_bytes=max_bytes,
        max_connections=max_connections,
    )
    await server.start()
    try:
        yield Door(server, receiver, writer)
    finally:
        await server.stop()
        await receiver.finish()
        await writer.stop()


@contextlib.asynccontextmanager
async def open_catcher() -> AsyncIterator[SmtpServer]:
    """The built-in catcher on this loop."""
    server = SmtpServer(Catcher(), host="127.0.0.1", port=free_ports(1)[0], hostname="center.test", max_bytes=MAX_BYTES)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def own_certificate(folder: Path, address: str) -> Path:
    """A key and a certificate for this IP address that it has signed itself, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "relay.pem"
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


def hand_in(
    port: int, raw: bytes, *, to: list[str] | None = None, mail_from: str = "jo@example.org"
) -> tuple[int, str]:
    """Speak SMTP as another mail server does; the last answer as (code, text). Blocks: call it in a thread."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        answers = [client.mail(mail_from), *(client.rcpt(address) for address in to or [SERVICE])]
        refused = next((answer for answer in answers if answer[0] >= 400), None)
        code, text = refused or client.data(raw)
        return code, text.decode()
