"""What comes through a door that should not: a clear answer or quarantine, never a 500, and nobody else is hurt."""

import asyncio
import contextlib
import json
import smtplib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import websockets
from websockets.typing import Subprotocol

from tests.flows.parties import Colleague, Wire, a_mail, at_work, eventually, open_wire, signed_in, visit
from tests.seed import ANNA, MAILBOX, SITE_KEY, SITE_ORIGIN
from tests.servers import Center

FOREIGN = "https://evil.test"
KIB = 1024
AUTH = {"t": "auth", "site": SITE_KEY, "token": None, "lang": "en"}


@pytest.fixture
def calm(running: Center) -> Iterator[Center]:
    """A centre that must get through the test without an unexpected error."""
    yield running
    assert "Traceback" not in running.log


async def greeted(center: Center, **auth: Any) -> Wire:
    """A visitor's socket after one `auth` frame."""
    wire = await open_wire(center, "/ws/chat", origin=auth.pop("origin", SITE_ORIGIN))
    await wire.tell(**AUTH | auth)
    return wire


async def refused(center: Center, **auth: Any) -> tuple[str, int]:
    """The code and the close code for such an `auth` frame."""
    wire = await greeted(center, **auth)
    answer = await wire.hears("err")
    assert answer["fatal"]
    return answer["code"], await wire.closed()


FRAMES: dict[str, tuple[str | bytes, str]] = {
    "wrong JSON": ('{"t":"msg"', "bad_request"),
    "no object": ("[1, 2]", "bad_request"),
    "a number": ("1", "bad_request"),
    "deep nesting": ("[" * 20_000, "bad_request"),
    "not text": (b"\x00\x01\x02", "bad_request"),
    "unknown type": ('{"t":"launch"}', "bad_request"),
    "no type": ("{}", "bad_request"),
    "65 KiB": (json.dumps({"t": "msg", "body": "x" * 65 * KIB}), "too_large"),
    "a long body": (json.dumps({"t": "msg", "client_id": "0" * 32, "body": "x" * 8_001}), "too_large"),
    "no client id": ('{"t":"msg","body":"Hello"}', "bad_request"),
    "a client id that is none": ('{"t":"msg","client_id":"1","body":"Hello"}', "bad_request"),
    "a body that is none": ('{"t":"msg","client_id":"%s","body":{"a":1}}' % ("0" * 32), "bad_request"),
    "nothing to say": ('{"t":"msg","client_id":"%s","body":"  "}' % ("0" * 32), "invalid"),
    "somebody else's": ('{"t":"msg","client_id":"%s","body":"Hello","c":"0000000000000000"}' % ("0" * 32), "forbidden"),
    "not a list": ('{"t":"sub","subs":"all"}', "bad_request"),
    "a negative number": ('{"t":"sub","subs":[{"c":"0000000000000000","last_s":-1}]}', "bad_request"),
    "a log of nobody": ('{"t":"sub","subs":[{"c":"0000000000000000","last_s":0}]}', "not_found"),
}


async def test_a_wrong_frame_is_answered_with_its_error_and_the_chat_goes_on(calm: Center) -> None:
    carla = await visit(calm)
    for name, (frame, code) in FRAMES.items():
        carla.wire.frames.clear()
        await carla.wire.socket.send(frame)
        answer = await carla.wire.hears("nack")
        assert answer["code"] == code, name
        assert answer["message"], name
    ack = await carla.says("Still here")
    assert ack["s"]


async def test_a_frame_of_ten_megabytes_ends_only_its_own_connection(calm: Center) -> None:
    carla, mallory = await visit(calm), await visit(calm)
    with contextlib.suppress(websockets.ConnectionClosed):  # while it is being sent, or afterwards
        await mallory.wire.socket.send("x" * 10 * KIB * KIB)
    await mallory.wire.closed()
    await carla.says("Hello")


async def test_strangers_are_refused_at_the_sockets_with_a_reason(calm: Center) -> None:
    assert await refused(calm, origin=FOREIGN) == ("forbidden", 4003)
    assert await refused(calm, token="forged.token.here") == ("unauthorized", 4001)
    assert await refused(calm, site="0000000000000000") == ("not_found", 4001)
    assert await refused(calm, t="msg", body="Hello") == ("unauthorized", 4001)
    identity = {"email": "carla@customer.test", "name": "Carla", "hmac": "0" * 64}
    assert await refused(calm, identity=identity) == ("unauthorized", 4001)


async def test_another_protocol_is_refused(calm: Center) -> None:
    wire = await open_wire(calm, "/ws/chat", origin=SITE_ORIGIN, protocol=Subprotocol("graphql-ws"))
    await wire.hears("err", code="bad_request")
    assert await wire.closed() == 4426


async def test_the_console_is_closed_to_foreign_pages_and_to_nobody(calm: Center) -> None:
    async with signed_in(calm, ANNA) as http:
        cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    for origin, cookie, code in ((FOREIGN, cookies, 4003), (calm.base_url, "", 4001)):
        wire = await open_wire(calm, "/ws/console", origin=origin, cookies=cookie)
        await wire.tell(t="auth")
        assert await wire.closed() == code


async def test_null_bytes_and_half_characters_are_left_out_and_nothing_is_lost(calm: Center) -> None:
    carla = await visit(calm)
    await carla.wire.socket.send(
        '{"t":"msg","id":7,"client_id":"11111111-1111-4111-8111-111111111111","body":"be\\u0000fore \\ud800after"}'
    )
    ack = await carla.wire.hears("ack", id=7)
    async with at_work(calm, ANNA) as anna:
        [said] = await anna.messages(ack["c"])
    assert said.startswith("before ")
    assert said.endswith("after")
    assert "\x00" not in said


REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "wrong JSON": ("POST", "/api/me/status", {"content": b"{"}, 400),
    "a wrong value": ("POST", "/api/me/status", {"json": {"wanted": "on fire"}}, 422),
    "an unknown interaction": ("GET", "/api/interactions/0000000000000000", {}, 404),
    "a forged cursor": ("GET", "/api/queue?cursor=AAAA", {}, 400),
    "an unknown address": ("GET", "/api/nothing", {}, 404),
    "too much": ("POST", "/api/me/status", {"content": b" " * 10 * KIB * KIB}, 413),
    "a null byte": ("GET", "/api/search?q=%00", {}, 422),
    "not UTF-8": ("GET", "/api/search?q=%ff%fe", {}, 200),
}


async def test_wrong_requests_get_an_error_in_one_form(calm: Center) -> None:
    async with signed_in(calm, ANNA) as http:
        for name, (method, path, given, status) in REQUESTS.items():
            answer = await http.request(method, path, headers={"Content-Type": "application/json"}, **given)
            assert answer.status_code == status, (name, answer.text[:500])
            if status >= 400:
                assert answer.json().keys() == {"code", "message", "details"}, name


async def test_without_signing_in_or_without_the_csrf_token_nothing_is_changed(calm: Center) -> None:
    async with httpx.AsyncClient(base_url=calm.base_url) as nobody:
        assert (await nobody.get("/api/queue")).status_code == 401
    async with signed_in(calm, ANNA) as http:
        del http.headers["X-CSRFToken"]
        answer = await http.post("/api/me/status", json={"wanted": "away"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "page_expired"


async def test_the_widgets_door_tells_foreign_pages_no(calm: Center) -> None:
    async with httpx.AsyncClient(base_url=calm.base_url) as page:
        for origin, site, status in (
            (FOREIGN, SITE_KEY, 403),
            (SITE_ORIGIN, "unknown", 404),
            (SITE_ORIGIN, SITE_KEY, 200),
        ):
            answer = await page.get("/chat/config", params={"site": site}, headers={"Origin": origin})
            assert answer.status_code == status
        upload = await page.post(
            "/chat/upload",
            params={"site": SITE_KEY},
            headers={"Origin": SITE_ORIGIN, "Authorization": "Visitor forged"},
            files={"file": ("a.txt", b"a")},
        )
        assert upload.status_code == 401
        question = await page.get(
            "/chat/suggest", params={"site": SITE_KEY, "q": "\x00\x00"}, headers={"Origin": SITE_ORIGIN}
        )
        assert question.status_code == 200


async def hand_in_raw(center: Center, raw: bytes) -> int:
    """Some bytes as a mail; the answer's code."""

    def talk() -> int:
        with smtplib.SMTP(*center.smtp, timeout=30) as smtp:
            smtp.ehlo()
            smtp.mail("carla@customer.test")
            smtp.rcpt(MAILBOX)
            return smtp.data(raw)[0]

    return await asyncio.to_thread(talk)


MAILS = {
    "no headers": b"just words\r\n",
    "nothing": b"\r\n",
    "null bytes": b"Subject: nu\x00ll\r\nFrom: a@customer.test\r\n\r\nbe\x00fore\r\n",
    "no end": b"From: a@customer.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nSubject: x\r\n",
    "no charset": b"From: a@customer.test\r\nContent-Type: text/plain; charset=klingon\r\n\r\nH\xe4llo\r\n",
    "two froms": b"From: a@customer.test\r\nFrom: b@customer.test\r\nSubject: two\r\n\r\nwords\r\n",
    "a long line": b"From: a@customer.test\r\nSubject: long\r\n\r\n" + b"x" * 100_000 + b"\r\n",
}


async def test_a_malformed_mail_is_taken_and_a_person_sees_it(calm: Center) -> None:
    async with at_work(calm, ANNA) as anna:
        for name, raw in MAILS.items():
            assert await hand_in_raw(calm, raw) == 250, name
        await eventually(lambda: _is_open(anna, len(MAILS)))


async def _is_open(person: Colleague, count: int) -> bool:
    return bool((await person.get("queue"))["counts"]["open"] == count)


async def test_wrong_words_at_the_mail_door_are_refused_and_the_door_stays_open(calm: Center) -> None:
    def talk() -> list[int]:
        with smtplib.SMTP(*calm.smtp, timeout=30) as smtp:
            smtp.ehlo()
            codes = [smtp.docmd("LAUNCH")[0], smtp.docmd("MAIL", "FROM:nobody <<")[0], smtp.rcpt("x@center.test")[0]]
            smtp.mail("carla@customer.test")
            return [*codes, smtp.rcpt("unknown@center.test")[0], smtp.rcpt(MAILBOX)[0]]

    assert await asyncio.to_thread(talk) == [500, 501, 503, 550, 250]


async def test_a_mail_over_the_limit_is_refused_at_once(calm: Center) -> None:
    mail = a_mail("x")
    mail.add_attachment(b"x" * 26 * KIB * KIB, maintype="application", subtype="octet-stream", filename="big.bin")
    with pytest.raises(smtplib.SMTPSenderRefused) as error:
        await asyncio.to_thread(lambda: smtplib.SMTP(*calm.smtp, timeout=60).send_message(mail, to_addrs=[MAILBOX]))
    assert error.value.smtp_code == 552
