"""The door for mail, spoken to by real SMTP on the running loop, with a real database behind it."""

import asyncio
import contextlib
import hashlib
import smtplib
import socket
import time

import pytest
from django.db import connection

from channels_app.email import server, services, smtp
from channels_app.email.models import RawMail
from interaction_center.due_work import WorkState
from interaction_center.management.commands.runcenter import DRAIN_SECONDS
from interaction_center.queue.models import Entry, EntryKind, Interaction
from tests.email.builders import MAX_BYTES, SERVICE, Door, hand_in, in_thread, mail, mailbox, open_door

pytestmark = pytest.mark.django_db(transaction=True)


async def send(door: Door, raw: bytes, **envelope: object) -> tuple[int, str]:
    """One mail, from another thread as from another machine."""
    return await asyncio.to_thread(hand_in, door.port, raw, **envelope)  # type: ignore[arg-type]


async def test_a_mail_is_durable_when_250_comes_and_in_the_queue_a_moment_later() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        raw = mail("Guten Tag, der Drucker geht nicht.", subject="Störung")
        code, _ = await send(door, raw)
        stored = await in_thread(RawMail.objects.get)
        await door.settled()
        entry = await in_thread(lambda: Entry.objects.get(kind=EntryKind.MESSAGE))
    assert code == 250
    assert bytes(stored.raw) == raw
    assert (stored.mail_from, stored.recipient, stored.peer) == ("jo@example.org", SERVICE, "127.0.0.1")
    assert entry.body == "Guten Tag, der Drucker geht nicht."


async def test_an_unknown_mailbox_is_refused_at_rcpt() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        code, text = await send(door, mail(), to=["nobody@center.test"])
    assert (code, text[:5]) == (550, "5.1.1")
    assert await in_thread(RawMail.objects.count) == 0


async def test_a_mailbox_made_while_the_door_is_open_takes_mail_within_a_second() -> None:
    async with open_door() as door:
        assert (await send(door, mail()))[0] == 550
        await in_thread(mailbox)
        await asyncio.sleep(1.1)
        assert (await send(door, mail()))[0] == 250


async def test_a_switched_off_mailbox_takes_no_mail() -> None:
    await in_thread(lambda: mailbox(active=False))
    async with open_door() as door:
        assert (await send(door, mail()))[0] == 550


async def test_an_address_with_a_tag_reaches_its_mailbox() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        assert (await send(door, mail(), to=["Service+Printer@CENTER.test"]))[0] == 250
        await door.settled()
    assert await in_thread(Interaction.objects.count) == 1


async def test_when_the_database_cannot_take_it_the_sender_keeps_the_mail_and_comes_again() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        await in_thread(lambda: _rename("email_channel_rawmail", "elsewhere"))
        try:
            code, text = await send(door, mail())
        finally:
            await in_thread(lambda: _rename("elsewhere", "email_channel_rawmail"))
        assert (code, text[:5]) == (451, "4.3.0")
        assert (await send(door, mail()))[0] == 250
        await door.settled()
    assert await in_thread(Interaction.objects.count) == 1


async def test_the_same_mail_after_a_lost_250_is_one_item() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        answers = [await send(door, mail(message_id="once@example.org")) for _ in range(3)]
        await door.settled()
    assert [code for code, _ in answers] == [250, 250, 250]
    assert await in_thread(RawMail.objects.count) == 1
    assert await in_thread(Interaction.objects.count) == 1


async def test_the_same_mail_by_two_connections_at_once_is_one_item() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        raw = mail(message_id="twice@example.org")
        answers = await asyncio.gather(*(send(door, raw) for _ in range(6)))
        await door.settled()
    assert {code for code, _ in answers} == {250}
    assert await in_thread(Entry.objects.filter(kind=EntryKind.MESSAGE).count) == 1


async def test_another_mail_that_reuses_the_message_id_is_a_new_mail() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        await send(door, mail("first", message_id="same@example.org"))
        await send(door, mail("second", message_id="same@example.org"))
        await door.settled()
    bodies = await in_thread(lambda: set(Entry.objects.filter(kind=EntryKind.MESSAGE).values_list("body", flat=True)))
    assert bodies == {"first", "second"}


async def test_one_mail_to_two_mailboxes_is_one_item_in_each() -> None:
    await in_thread(lambda: [mailbox(), mailbox("sales@center.test")])
    async with open_door() as door:
        code, _ = await send(door, mail(), to=[SERVICE, "sales@center.test", "SERVICE@center.test"])
        await door.settled()
    accounts = await in_thread(lambda: sorted(Interaction.objects.values_list("account", flat=True)))
    assert code == 250
    assert accounts == ["sales@center.test", SERVICE]


async def test_the_bytes_are_kept_as_they_came() -> None:
    """Dots at the start of lines, lone CR and LF, NUL, 8-bit letters, a line of 300 kB."""
    await in_thread(mailbox)
    raw = mail().rstrip() + b"\r\n.\r\n..\r\n.x\rlone\nnext\x00\xff\xfe " + b"y" * 300_000 + b"\r\n"
    async with open_door() as door:
        code, _ = await send(door, _as_smtplib_sends(raw))
        stored = await in_thread(RawMail.objects.get)
        await door.settled()
    assert code == 250
    assert hashlib.sha256(bytes(stored.raw)).hexdigest() == hashlib.sha256(_as_smtplib_sends(raw)).hexdigest()


async def test_nothing_but_a_lone_dot_between_crlf_ends_a_mail() -> None:
    await in_thread(mailbox)
    smuggled = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\x00.\r\n"]
    async with open_door() as door:
        for ending in smuggled:
            raw = mail() + b"before" + ending + b"MAIL FROM:<evil@example.org>\r\n.\r\n"
            assert (await asyncio.to_thread(_speak, door.port, raw))[-1].startswith(b"250"), ending
        await door.settled()
    senders = await in_thread(lambda: set(RawMail.objects.values_list("mail_from", flat=True)))
    assert senders == {"jo@example.org"}


async def test_an_empty_mail_is_an_item() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        assert (await asyncio.to_thread(_speak, door.port, b".\r\n"))[-1].startswith(b"250")
        await door.settled()
    row = await in_thread(RawMail.objects.get)
    assert bytes(row.raw) == b""
    assert row.state == WorkState.DONE


async def test_commands_sent_in_one_go_are_all_answered() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        first = mail("one") + b".\r\n"
        rest = b"MAIL FROM:<>\r\nRCPT TO:<service@center.test>\r\n"
        answers = await asyncio.to_thread(_speak, door.port, first + rest)
        await door.settled()
    assert [answer[:3] for answer in answers[-3:]] == [b"250", b"250", b"250"]


async def test_a_mail_over_the_limit_gets_552_announced_or_not() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        assert (await send(door, mail("x" * MAX_BYTES)))[0] == 552
        announced = await asyncio.to_thread(_lines, door.port, [f"MAIL FROM:<jo@example.org> SIZE={MAX_BYTES + 1}"])
    assert announced[-1].startswith(b"552")
    assert await in_thread(RawMail.objects.count) == 0


async def test_a_null_sender_is_stored_and_never_written_to() -> None:
    await in_thread(lambda: mailbox(acknowledge=True))
    async with open_door() as door:
        assert (await send(door, mail(), mail_from=""))[0] == 250
        await door.settled()
    bodies = await in_thread(
        lambda: list(Entry.objects.filter(kind=EntryKind.MESSAGE).values_list("author", flat=True))
    )
    assert bodies == ["customer"]


@pytest.mark.parametrize(("hosts", "places"), [(["127.0.0.1", "127.0.0.2", "127.0.0.3"], 3), (["127.0.0.1"] * 3, 6)])
async def test_connections_over_the_cap_or_half_of_it_from_one_address_are_told_to_come_later(
    hosts: list[str], places: int
) -> None:
    await in_thread(mailbox)
    async with open_door(max_connections=places) as door:
        idle = [socket.create_connection(("127.0.0.1", door.port), source_address=(host, 0)) for host in hosts]
        await asyncio.sleep(0.1)
        greeting = await asyncio.to_thread(_greeting, door.port)
        for connected in idle:
            connected.close()
        await asyncio.sleep(0.1)
        assert (await send(door, mail()))[0] == 250
    assert greeting.startswith(b"421 4.3.2")


async def test_an_idle_sender_is_told_why_it_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0.3)
    async with open_door() as door:
        said = await asyncio.to_thread(_everything, door.port)
    assert b"220 " in said
    assert b"421 4.4.2" in said


async def test_commands_without_a_mail_keep_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "WITHOUT_MAIL_SECONDS", 0.6)
    async with open_door() as door:
        said = await asyncio.wait_for(asyncio.to_thread(_noops_until_the_end, door.port), 10)
    assert b"250" in said
    assert b"421 4.4.2" in said


async def test_the_time_without_a_mail_begins_anew_after_each_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "WITHOUT_MAIL_SECONDS", 1.0)
    await in_thread(mailbox)
    async with open_door() as door:
        assert await asyncio.to_thread(_mails_with_pauses, door.port, 4, 0.5) == [250] * 4
        await door.settled()


@pytest.mark.parametrize("announced", ["", " SIZE=1000"])
async def test_large_mails_that_nobody_announced_count_as_they_come(
    monkeypatch: pytest.MonkeyPatch, announced: str
) -> None:
    monkeypatch.setattr(smtp, "LARGE", 100_000)
    monkeypatch.setattr(smtp, "MAX_BYTES_IN_FLIGHT", 1_000_000)
    await in_thread(mailbox)
    async with open_door() as door:
        lines = [await _sending(door.port, b"x" * 900_000, announced) for _ in range(3)]
        await asyncio.sleep(0.3)
        assert door.server.bytes_in_flight <= 1_300_000
        assert (await send(door, mail()))[0] == 250, "a small mail is always taken"
        for _, writer in lines:
            writer.write(b"\r\n.\r\nQUIT\r\n")
        answers = [_last_code(await _rest(reader)) for reader, _ in lines]
        for _, writer in lines:
            writer.close()
        await door.settled()
        assert door.server.bytes_in_flight == 0
    assert sorted(answers) == [b"221", b"452", b"452"]


async def test_closing_waits_for_no_sender_that_has_fallen_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "STOP_SECONDS", 0.5)
    await in_thread(mailbox)
    async with open_door() as door:
        reader, writer = await _sending(door.port, b"half a mail", "")
        started = time.monotonic()
        await door.server.stop()
        assert time.monotonic() - started < 1.0
        assert not await _rest(reader)
        writer.close()
    assert await in_thread(RawMail.objects.count) == 0


def test_closing_leaves_time_for_the_rest_of_the_process() -> None:
    assert smtp.STOP_SECONDS + server.READING_SECONDS < DRAIN_SECONDS


async def test_closing_answers_the_mail_in_hand_and_sends_the_others_away() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        for line in (b"EHLO x", b"MAIL FROM:<jo@example.org>", b"RCPT TO:<service@center.test>", b"DATA"):
            writer.write(line + b"\r\n")
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", door.port)
        await reader.readuntil(b"354 ")
        await idle_reader.readline()
        stopping = asyncio.create_task(door.server.stop())
        assert (await idle_reader.readline()).startswith(b"421")
        writer.write(mail() + b".\r\n")
        said = await reader.read()
        await stopping
        idle_writer.close()
        writer.close()
        await door.settled()
    assert b"250 2.0.0" in said
    assert said.rstrip().split(b"\r\n")[-1].startswith(b"421")
    assert await in_thread(Interaction.objects.count) == 1


async def test_a_mail_that_was_stored_and_could_not_be_queued_is_tried_again() -> None:
    await in_thread(mailbox)
    async with open_door() as door:
        await in_thread(lambda: _rename("queue_interaction", "elsewhere"))
        try:
            assert (await send(door, mail()))[0] == 250
            await door.settled()
        finally:
            await in_thread(lambda: _rename("elsewhere", "queue_interaction"))
    assert await in_thread(Interaction.objects.count) == 0
    await in_thread(lambda: RawMail.objects.update(due_at="2020-01-01T00:00:00Z"))
    assert await in_thread(services.process_due_mails) == 1
    assert await in_thread(Interaction.objects.count) == 1


async def test_authentication_and_address_questions_are_not_offered() -> None:
    async with open_door() as door:
        said = b"".join(
            await asyncio.to_thread(_lines, door.port, ["VRFY <service@center.test>", "AUTH PLAIN AGEAYg=="])
        )
    assert b"AUTH " not in said.split(b"500", 1)[0]
    assert said.count(b"500 ") == 2


def _rename(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')


def _as_smtplib_sends(raw: bytes) -> bytes:
    """smtplib ends every line with CRLF before it stuffs the dots."""
    return b"\r\n".join(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))


def _speak(port: int, after_data: bytes) -> list[bytes]:
    """Raw bytes after DATA, then QUIT; every answer line."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        commands = b"EHLO x\r\nMAIL FROM:<jo@example.org>\r\nRCPT TO:<service@center.test>\r\nDATA\r\n"
        line.sendall(commands)
        said = b""
        while b"354 " not in said:
            said += line.recv(65536)
        line.sendall(after_data + b"QUIT\r\n")
        while chunk := line.recv(65536):
            said += chunk
    answers = said.strip().split(b"\r\n")
    return answers[:-1] if answers[-1].startswith(b"221") else answers


async def _sending(port: int, data: bytes, announced: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A conversation in the middle of its mail."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in ("EHLO x", f"MAIL FROM:<jo@example.org>{announced}", f"RCPT TO:<{SERVICE}>", "DATA"):
        writer.write(line.encode() + b"\r\n")
    await reader.readuntil(b"354 ")
    await reader.readline()
    writer.write(data)
    return reader, writer


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """What is said to the end, or to the moment when the line is cut."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(1000):
            said += chunk
    return said


def _last_code(said: bytes) -> bytes:
    return said.rstrip().split(b"\r\n")[-1][:3]


def _noops_until_the_end(port: int) -> bytes:
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line, contextlib.suppress(ConnectionError):
        line.settimeout(0.01)
        while True:
            line.sendall(b"NOOP\r\n")
            with contextlib.suppress(TimeoutError):
                chunk = line.recv(65536)
                said += chunk
                if not chunk:
                    break
    return said


def _mails_with_pauses(port: int, mails: int, pause: float) -> list[int]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        codes = []
        for number in range(mails):
            time.sleep(pause)
            client.mail("jo@example.org")
            client.rcpt(SERVICE)
            codes.append(client.data(mail(f"number {number}"))[0])
        return codes


def _lines(port: int, commands: list[str]) -> list[bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall("\r\n".join(["EHLO x", *commands, "QUIT", ""]).encode())
        said = b""
        while chunk := line.recv(65536):
            said += chunk
    return said.strip().split(b"\r\n")[:-1]


def _greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        return line.recv(200)


def _everything(port: int) -> bytes:
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        while chunk := line.recv(65536):
            said += chunk
    return said
