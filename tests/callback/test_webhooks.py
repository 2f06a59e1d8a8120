"""The doors for Twilio, by the way that the server takes and by the long one: who may speak, and what is answered."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio
from django.conf import settings
from django.db import OperationalError
from django.test import AsyncClient
from django.utils import timezone
from twilio.request_validator import HMAC_SHA256, RequestValidator

from channels_app.callback import hearing, webhooks
from channels_app.callback.accounts import twilio_account
from channels_app.callback.hearing import Asked
from channels_app.callback.models import CallEvent, CallLeg, Mode
from channels_app.callback.tokens import digest_of, hook_url
from interaction_center.live.writer import writer
from interaction_center.short_ways import short_way
from tests.builders import in_thread
from tests.callback.builders import a_line, a_request, an_agent_with_phone
from tests.callback.test_applying import a_dialled_request

pytestmark = pytest.mark.django_db(transaction=True)
SID = "CA" + "1" * 32
TOKEN = "token"
FORM = "application/x-www-form-urlencoded"
RINGING = {
    "CallSid": SID,
    "CallStatus": "ringing",
    "SequenceNumber": "1",
    "CallbackSource": "call-progress-events",
    "To": "+4930123456",
}
Answer = tuple[int, bytes]


@pytest_asyncio.fixture(autouse=True)
async def writing() -> AsyncIterator[None]:
    """Reports are stored by the group commit."""
    writer.start()
    yield
    await writer.stop()


def signature(url: str, signed: Any) -> str:
    """As Twilio makes it."""
    return str(RequestValidator(twilio_account().auth_token).compute_signature(url, signed))


async def posted(url: str, body: bytes, header: str | None, kind: str = FORM) -> Answer:
    """By the short way, as the server calls it."""
    path, _, query = url.removeprefix(settings.PUBLIC_BASE_URL).partition("?")
    headers = [(b"content-type", kind.encode()), *([(b"x-twilio-signature", header.encode())] if header else [])]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": headers}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    way = short_way(path)
    assert way is not None
    await way(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def told(url: str, form: dict[str, str]) -> Answer:
    """Signed, as it should be."""
    return await posted(url, urlencode(form).encode(), signature(url, form))


async def count() -> int:
    return await in_thread(CallEvent.objects.count)


async def test_a_signed_report_is_stored_and_answered_and_so_is_its_repetition() -> None:
    await in_thread(a_dialled_request)
    url = hook_url("s", TOKEN)
    assert await told(url, RINGING) == (204, b"")
    assert await told(url, RINGING) == (204, b"")
    assert await count() == 1
    stored = await in_thread(CallEvent.objects.get)
    assert "To" not in stored.facts


async def test_what_twilio_has_not_signed_so_is_refused_and_changes_nothing() -> None:
    await in_thread(a_dialled_request)
    url, body = hook_url("s", TOKEN), urlencode(RINGING).encode()
    good = signature(url, RINGING)
    forged = RequestValidator("another-token").compute_signature(url, RINGING)
    other = urlencode({**RINGING, "CallStatus": "completed"}).encode()
    sha256 = RequestValidator(twilio_account().auth_token).compute_signature(url, RINGING, HMAC_SHA256)
    tries = [
        (url, body, None, FORM),
        (url, body, "", FORM),
        (url, body, "ÿ" * 28, FORM),
        (url, body, forged, FORM),
        (url, body, sha256, FORM),
        (url, other, good, FORM),
        (f"{url}?", body, signature(url + "x", RINGING), FORM),
        (f"{url}?a=1", body, good, FORM),
        (hook_url("s", "other"), body, good, FORM),
        (hook_url("c", TOKEN), body, good, FORM),
        (url, body, good, "application/json"),
        (url, b"\xff\xfe", good, FORM),
        (f"{url}?bodySHA256=00", b"{}", signature(f"{url}?bodySHA256=00", {}), "application/json"),
    ]
    for where, what, header, kind in tries:
        status, _ = await posted(where, what, quote(header, safe="+/=") if header else header, kind)
        assert status == 403, (where, header, kind)
    assert await count() == 0


async def test_a_report_in_json_is_signed_by_the_hash_of_its_body() -> None:
    await in_thread(a_dialled_request)
    body = json.dumps(RINGING)
    url = hook_url("s", TOKEN, f"?bodySHA256={RequestValidator('').compute_hash(body)}")
    header = signature(url, {})
    assert (await posted(url, body.encode(), header, "application/json"))[0] == 204
    assert await count() == 1
    assert (await posted(url, body.replace("ringing", "busy").encode(), header, "application/json"))[0] == 403


async def test_an_unknown_token_with_a_right_signature_is_answered_and_means_nothing() -> None:
    assert (await told(hook_url("s", "f" * 32), RINGING))[0] == 204
    status, xml = await told(hook_url("t", "f" * 32), RINGING)
    assert (status, xml.count(b"<Hangup/>"), xml.count(b"<Say")) == (200, 1, 0)
    assert await count() == 0


async def test_who_picks_up_hears_what_the_call_is_about() -> None:
    await in_thread(a_dialled_request)
    status, xml = await told(hook_url("t", TOKEN), {"CallSid": SID, "CallStatus": "in-progress"})
    assert status == 200
    assert b"press 1" in xml


async def test_another_call_with_the_same_token_hears_nothing() -> None:
    await in_thread(a_dialled_request)
    _, xml = await told(hook_url("t", TOKEN), {"CallSid": "CA" + "9" * 32, "CallStatus": "in-progress"})
    assert b"<Say" not in xml


async def test_a_telephone_that_is_held_to_be_down_hears_nothing() -> None:
    def over() -> None:
        a_dialled_request()
        CallLeg.objects.update(stage="ended", ended_at=timezone.now())

    await in_thread(over)
    _, xml = await told(hook_url("t", TOKEN), {"CallSid": SID})
    assert b"<Say" not in xml


async def test_a_key_that_is_sent_twice_rings_one_agent() -> None:
    await in_thread(a_dialled_request)
    url = hook_url("t", TOKEN, "?step=choice&tried=1")
    answers = await asyncio.gather(*(told(url, {"CallSid": SID, "Digits": "1"}) for _ in range(4)))
    assert {status for status, _ in answers} == {200}
    assert all(b"<Conference" in xml for _, xml in answers)
    agents = await in_thread(CallLeg.objects.filter(party="agent").count)
    assert agents == 1


async def test_the_long_way_leads_to_the_same_door() -> None:
    await in_thread(a_dialled_request)
    url, client = hook_url("s", TOKEN), AsyncClient()
    path, body = url.removeprefix(settings.PUBLIC_BASE_URL), urlencode(RINGING)
    answer = await client.post(path, body, content_type=FORM, headers={"X-Twilio-Signature": signature(url, RINGING)})
    assert answer.status_code == 204
    assert (await client.post(path, body, content_type=FORM)).status_code == 403
    assert (await client.get(path)).status_code == 403
    assert await count() == 1


async def test_a_body_beyond_any_report_is_refused() -> None:
    status, _ = await posted(hook_url("s", TOKEN), b"a" * 70_000, "x")
    assert status == 413


async def test_no_line_of_the_log_shows_a_token_a_number_or_a_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def begun() -> None:
        an_agent_with_phone("Ben Agent", "+4930555777")
        a_request(a_line(Mode.AGENT_FIRST, number="+4930987655"), "+4930123499")
        a_dialled_request()

    await in_thread(begun)
    for door in ("s", "t", "a", "c"):
        await told(hook_url(door, TOKEN), RINGING)
        await posted(hook_url(door, TOKEN), b"x", "forged")
    assert not [word for word in (TOKEN, "/cb/", digest_of(TOKEN), "+4930", "Maria") if word in caplog.text]


async def test_a_telephone_is_answered_although_somebody_else_was_faster_in_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def hear_all(asked: Sequence[Asked]) -> list[str]:
        tried.append(asked)
        if len(tried) == 1:
            raise OperationalError("deadlock detected")
        return hearing.hear_all(asked)

    await in_thread(a_dialled_request)
    monkeypatch.setattr(webhooks, "hear_all", hear_all)
    status, xml = await told(hook_url("t", TOKEN), {"CallSid": SID, "CallStatus": "in-progress"})
    assert (status, len(tried)) == (200, 2)
    assert b"press 1" in xml
