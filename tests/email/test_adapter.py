"""The channel as the hub starts and stops it."""

import asyncio
import socket
import time
from typing import Any

import pytest
from django.conf import settings

from channels_app.email import smtp
from channels_app.email.adapter import EmailAdapter
from channels_app.email.models import CaughtMail, RawMail
from interaction_center.live.writer import writer
from tests.email.builders import SERVICE, hand_in, in_thread, mail, mailbox
from tests.servers import free_ports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Free ports for the receiver and the catcher."""
    found = free_ports(2)
    monkeypatch.setattr(settings.CONFIG, "smtp_port", found[0])
    monkeypatch.setattr(settings.CONFIG, "catcher_port", found[1])
    return found


async def test_receiver_and_catcher_are_open_until_it_is_stopped(ports: list[int]) -> None:
    await in_thread(mailbox)
    writer.start()
    adapter = EmailAdapter()
    await adapter.start()
    try:
        assert (await asyncio.to_thread(hand_in, ports[0], mail(), to=[SERVICE]))[0] == 250
        assert (await asyncio.to_thread(hand_in, ports[1], mail(), to=["anybody@example.org"]))[0] == 250
    finally:
        await adapter.stop()
        await writer.stop()
    assert await in_thread(lambda: RawMail.objects.get().state) == "done"
    assert await in_thread(CaughtMail.objects.count) == 1
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_receiver_and_catcher_stop_at_the_same_time(ports: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "STOP_SECONDS", 1.0)
    await in_thread(mailbox)
    adapter = EmailAdapter()
    await adapter.start()
    lines = [await asyncio.open_connection("127.0.0.1", port) for port in ports]
    for reader, line in lines:
        line.write(f"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<{SERVICE}>\r\nDATA\r\n".encode())
        await reader.readuntil(b"354 ")
    started = time.monotonic()
    await adapter.stop()
    assert time.monotonic() - started < 1.8
    for _, line in lines:
        line.close()


async def test_the_number_of_connections_is_a_setting(ports: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CONFIG, "mail_max_connections", 2)
    adapter = EmailAdapter()
    await adapter.start()
    try:
        greetings = []
        for _ in range(2):  # half of the places are for one address
            reader, _line = await asyncio.open_connection("127.0.0.1", ports[0])
            greetings.append((await reader.readline())[:3])
    finally:
        await adapter.stop()
    assert greetings == [b"220", b"421"]


async def test_with_a_relay_there_is_no_catcher(ports: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CONFIG, "smtp_relay_url", "smtp://mail.example")
    adapter = EmailAdapter()
    await adapter.start()
    try:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", ports[1])
    finally:
        await adapter.stop()


async def test_a_taken_port_says_which_setting_to_change(ports: list[int]) -> None:
    with (
        socket.create_server(("127.0.0.1", ports[0])),
        pytest.raises(OSError, match=r"Choose another one by SMTP_PORT"),
    ):
        await EmailAdapter().start()


async def test_a_wrong_relay_stops_the_start(ports: list[int], monkeypatch: Any) -> None:
    monkeypatch.setattr(settings.CONFIG, "smtp_relay_url", "mail.example")
    with pytest.raises(ValueError, match="SMTP_RELAY_URL"):
        await EmailAdapter().start()
