"""Answers on their way out: how they are written, where they go, what a refusal means."""

import asyncio
import contextlib
import email
import email.policy
import os
import ssl
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import send_mail

from channels_app.email import adapter, parsing, selectors, sending
from channels_app.email.accounts_backend import RelayBackend
from channels_app.email.adapter import EmailAdapter
from channels_app.email.compose import Sender, compose, reply_subject
from channels_app.email.models import CaughtMail
from channels_app.email.relay import Relay, read_relay
from channels_app.email.smtp import SmtpServer
from interaction_center.envelope import FilePart, OutboundMessage
from interaction_center.errors import DeliveryError
from tests.email.builders import SERVICE, in_thread, mail, mailbox, open_catcher, own_certificate
from tests.servers import free_ports

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
OURS = Sender(SERVICE, "Service Team", "Example Ltd\nhttps://example.org")


def answer(**values: Any) -> OutboundMessage:
    """An outgoing message, complete."""
    fields: dict[str, Any] = {
        "delivery_id": "0123456789abcdef",
        "interaction_id": "fedcba9876543210",
        "channel": "email",
        "account": SERVICE,
        "to": "jo@example.org",
        "to_name": "Jörg Ö. Customer",
        "message_id": "0123456789abcdef.fedcba9876543210.0011223344556677@center.test",
        "subject": "Störung am Drucker",
        "text": "Guten Tag,\n\nbitte Klappe B öffnen: https://example.org/e04?x=1&y=2.\n\n<script>",
        "author_name": "Anna Agent",
        "language": "de",
        "references": ("first@example.org", "second@example.org"),
        "data": {"in_reply_to": "second@example.org"},
    }
    return OutboundMessage(**fields | values)


def test_an_answer_carries_its_thread() -> None:
    raw = compose(answer(), sender=OURS, now=NOW)
    read = parsing.parse(raw)
    assert read.message_id == answer().message_id
    assert read.in_reply_to == ("second@example.org",)
    assert read.references == ("first@example.org", "second@example.org")
    assert (read.from_[0].name, read.from_[0].address) == ("Anna Agent · Service Team", SERVICE)
    assert (read.to[0].name, read.to[0].address) == ("Jörg Ö. Customer", "jo@example.org")
    assert read.subject == "Re: Störung am Drucker"
    assert read.date == NOW
    assert read.text.startswith("Guten Tag,\n\nbitte Klappe B öffnen")
    assert read.text.endswith("-- \nExample Ltd\nhttps://example.org")
    assert '<a href="https://example.org/e04?x=1&amp;y=2">' in read.html
    assert "&lt;script&gt;" in read.html
    assert "auto-submitted" not in read.headers


def test_ids_longer_than_a_line_are_kept_as_they_are() -> None:
    long = "x" * 150 + "@" + "y" * 60 + ".example"
    raw = compose(answer(references=(long, "b@example.org"), data={"in_reply_to": long}), sender=OURS, now=NOW)
    assert f"In-Reply-To: <{long}>\r\n".encode() in raw
    assert parsing.parse(raw).references == (long, "b@example.org")


def test_a_long_conversation_names_its_first_and_latest_mails() -> None:
    ids = tuple(f"{number}@example.org" for number in range(100))
    read = parsing.parse(compose(answer(references=ids), sender=OURS, now=NOW))
    assert read.references[0] == ids[0]
    assert read.references[-1] == ids[-1]
    assert len(read.references) == 20


def test_nothing_in_a_message_can_add_a_header() -> None:
    evil = "x\r\nBcc: everybody@example.org\r\n\r\nbody"
    raw = compose(answer(subject=evil, author_name=evil, to_name=evil, references=()), sender=OURS, now=NOW)
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["Bcc"] is None
    assert raw.count(b"everybody") >= 1


def test_every_line_ends_with_crlf() -> None:
    raw = compose(answer(text="a\rb\nc\r\nd\x00\x0b"), sender=OURS, now=NOW)
    assert raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert b"\x00" not in raw


def test_files_go_along_unchanged() -> None:
    content = bytes(range(256)) * 10
    files = (FilePart("Prüfbericht.pdf", "application/pdf", content), FilePart("m.eml", "message/rfc822", mail()))
    read = parsing.parse(compose(answer(files=files), sender=OURS, now=NOW))
    assert [(file.filename, file.content) for file in read.files] == [("Prüfbericht.pdf", content), ("m.eml", mail())]


@pytest.mark.parametrize("size", [0, 1, 57, 58, 57_000, 57_001, 300_000])
def test_a_file_of_any_size_is_what_it_was(size: int) -> None:
    files = (FilePart("a.bin", "application/octet-stream", os.urandom(size)), FilePart("b.txt", "text/plain", b"b"))
    raw = compose(answer(files=files), sender=OURS, now=NOW)
    assert [file.content for file in parsing.parse(raw).files] == [file.content for file in files]
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_what_a_machine_writes_says_so() -> None:
    read = parsing.parse(compose(answer(data={"automatic": True}), sender=OURS, now=NOW))
    assert read.headers["auto-submitted"] == "auto-replied"
    assert read.headers["x-auto-response-suppress"] == "All"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("Printer", "Re: Printer"), ("Re: Printer", "Re: Printer"), ("AW: Re: RE: Printer", "Re: Printer"), ("", "Re:")],
)
def test_a_subject_has_one_re(subject: str, expected: str) -> None:
    assert reply_subject(subject, is_reply=True) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", Relay("127.0.0.1", 8026, starttls=False)),
        ("smtp://mail.example", Relay("mail.example", 25)),
        ("smtp://mail.example:587?starttls", Relay("mail.example", 587, starttls=True)),
        ("smtps://u%40x:p%2Fw@mail.example", Relay("mail.example", 465, "u@x", "p/w", tls=True, starttls=False)),
    ],
)
def test_the_relay_is_read_from_one_url(url: str, expected: Relay) -> None:
    assert read_relay(url, catcher_host="127.0.0.1", catcher_port=8026) == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_a_wrong_relay_url_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_RELAY_URL must look like"):
        read_relay(url, catcher_host="", catcher_port=1)


@pytest.fixture
def relay_to(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers leave for this local port."""

    def use(port: int) -> None:
        monkeypatch.setattr(settings.CONFIG, "smtp_relay_url", f"smtp://127.0.0.1:{port}")

    return use


@pytest.mark.django_db(transaction=True)
async def test_an_answer_arrives_in_the_catcher(relay_to: Any) -> None:
    await in_thread(lambda: mailbox(name="Service Team", signature="Bye"))
    async with open_catcher() as catcher:
        relay_to(catcher.port)
        await EmailAdapter().deliver(answer())
    caught = await in_thread(lambda: selectors.caught_for("jo@example.org"))
    assert [(mail.sender, mail.subject, mail.in_reply_to) for mail in caught] == [
        (SERVICE, "Re: Störung am Drucker", "second@example.org")
    ]
    assert caught[0].text.endswith("-- \nBye")


@pytest.mark.django_db(transaction=True)
async def test_an_automatic_answer_leaves_with_a_null_sender(relay_to: Any) -> None:
    async with open_catcher() as catcher:
        relay_to(catcher.port)
        await EmailAdapter().deliver(answer(data={"automatic": True}))
    assert await in_thread(lambda: CaughtMail.objects.get().mail_from) == ""


@pytest.mark.django_db(transaction=True)
async def test_a_large_mail_arrives_byte_for_byte(relay_to: Any) -> None:
    text = "\n".join([".", "..", ".dot", "x" * 80] * 3_000)
    async with open_catcher() as catcher:
        relay_to(catcher.port)
        await EmailAdapter().deliver(answer(text=text, files=(FilePart("a.bin", "a/b", bytes(range(256)) * 2_000),)))
    read = parsing.parse(await in_thread(lambda: bytes(CaughtMail.objects.get().raw)))
    assert read.text == text
    assert read.files[0].content == bytes(range(256)) * 2_000


def test_a_mail_goes_in_blocks_that_hold_no_socket_up() -> None:
    raw = b"\r\n".join([b".line %d" % number for number in range(50_000)])
    blocks = list(sending._blocks(raw))
    assert max(map(len, blocks)) < 100_000
    assert b"".join(blocks) == b"\r\n".join([b"..line %d" % number for number in range(50_000)]) + b"\r\n"


@pytest.mark.django_db(transaction=True)
async def test_a_mail_is_composed_and_sent_beside_the_loop(relay_to: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def noted(*args: Any, **values: Any) -> bytes:
        threads.append(threading.current_thread())
        return compose(*args, **values)

    monkeypatch.setattr(adapter, "compose", noted)
    async with open_catcher() as catcher:
        relay_to(catcher.port)
        await EmailAdapter().deliver(answer())
    assert threads
    assert threading.current_thread() not in threads


class Stubborn:
    """A relay that refuses with the same answer."""

    def __init__(self, reply: str) -> None:
        self.reply = reply

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return self.reply if self.reply[0] in "45" and "rcpt" in self.reply else "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return self.reply


@contextlib.asynccontextmanager
async def stubborn(reply: str) -> AsyncIterator[int]:
    """Its port."""
    server = SmtpServer(Stubborn(reply), host="127.0.0.1", port=free_ports(1)[0], hostname="r.test", max_bytes=10**6)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        ("550 5.1.1 no such user rcpt", True),
        ("450 4.2.1 busy rcpt", False),
        ("554 5.7.1 spam", True),
        ("451 4.3.0 later", False),
    ],
)
async def test_a_5xx_is_final_and_a_4xx_is_tried_again(relay_to: Any, reply: str, permanent: bool) -> None:
    async with stubborn(reply) as port:
        relay_to(port)
        with pytest.raises(DeliveryError) as refused:
            await EmailAdapter().deliver(answer())
    assert refused.value.permanent is permanent
    assert reply[:3] in refused.value.message


@pytest.mark.django_db(transaction=True)
async def test_a_relay_that_is_not_there_or_says_nothing_is_tried_again(
    relay_to: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay_to(free_ports(1)[0])
    with pytest.raises(DeliveryError) as refused:
        await EmailAdapter().deliver(answer())
    assert refused.value.permanent is False
    monkeypatch.setattr(sending, "STEP_SECONDS", 0.3)
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(2), "127.0.0.1", 0)
    async with silent:
        relay_to(silent.sockets[0].getsockname()[1])
        with pytest.raises(DeliveryError) as refused:
            await EmailAdapter().deliver(answer())
    assert refused.value.permanent is False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("to", ["nobody", "a b@example.org", "@example.org", "visitor-1"])
async def test_an_address_that_is_none_fails_for_good(to: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        await EmailAdapter().deliver(answer(to=to))
    assert refused.value.permanent is True


@pytest.mark.django_db(transaction=True)
async def test_mail_of_the_accounts_leaves_by_the_same_door(relay_to: Any) -> None:
    async with open_catcher() as catcher:
        relay_to(catcher.port)
        sent = await asyncio.to_thread(_send_as_django)
    assert sent == 1
    assert await in_thread(lambda: CaughtMail.objects.get().subject) == "Neues Passwort"


@contextlib.asynccontextmanager
async def impostor(folder: Path) -> AsyncIterator[tuple[int, int]]:
    """A relay, encrypted at once or by STARTTLS, whose certificate nobody has signed; its port for smtps and smtp."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own_certificate(folder, "127.0.0.1"))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay\r\n")
        await reader.readline()
        writer.write(b"250-relay\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(b"220 go on\r\n")
        with contextlib.suppress(OSError):
            await writer.start_tls(context)
        writer.close()

    encrypted = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    plain = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with encrypted, plain:
        yield encrypted.sockets[0].getsockname()[1], plain.sockets[0].getsockname()[1]


@pytest.mark.parametrize("url", ["smtps://127.0.0.1:{0}", "smtp://127.0.0.1:{1}?starttls", "smtp://127.0.0.1:{1}"])
async def test_no_mail_is_given_to_a_relay_that_is_not_who_it_says(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with impostor(tmp_path) as ports:
        monkeypatch.setattr(settings.CONFIG, "smtp_relay_url", url.format(*ports))
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(_send_as_django)


def _send_as_django() -> int:
    from_address = settings.DEFAULT_FROM_EMAIL
    return send_mail("Neues Passwort", "Grüße\n.\n", from_address, ["anna@center.test"], connection=RelayBackend())
