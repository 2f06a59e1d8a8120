"""The API at its edges: what it refuses, and what it has beside calls and conferences."""

import io
import json
import wave
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from channels_app.callback.simulator.account import Account
from channels_app.callback.simulator.phones import Action
from tests.callback.simulator.builders import (
    ACCOUNT,
    AGENT,
    OURS,
    SITE,
    THEIRS,
    Site,
    a_client,
    a_network,
    answers,
    call,
    response,
)

CALLS = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Calls.json"
CREDENTIALS = (ACCOUNT.sid, ACCOUNT.token)


def refused(**form: Any) -> tuple[int, int]:
    """Status and code of a create with these fields changed (None: left out)."""
    whole = {"To": THEIRS, "From": OURS, "Url": f"{SITE}/twiml", **form}
    values = {name: value if isinstance(value, list) else [value] for name, value in whole.items() if value is not None}
    network = a_network()
    answer = network.request("POST", CALLS, form=values, auth=CREDENTIALS)
    assert answer.status >= 400, "it was accepted"
    assert not network.calls, "it was refused, and placed"
    error = json.loads(answer.body)
    assert set(error) == {"code", "message", "more_info", "status"}
    assert error["status"] == answer.status
    return error["status"], error["code"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": None}, 21201),
        ({"To": "030 123456"}, 21211),
        ({"To": "+49 30 123456"}, 21211),
        ({"To": "+0930123456"}, 21211),
        ({"To": "sip:a@b"}, 21211),
        ({"From": None}, 21213),
        ({"From": "030 1"}, 21212),
        ({"From": "+15005550006"}, 21210),
        ({"CallerId": "+15005550006"}, 21210),
        ({"Url": None}, 21205),
        ({"Url": "ftp://example.org/"}, 21205),
        ({"Url": "/relative"}, 21205),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"StatusCallbackEvent": ["initiated", "bogus"]}, 21626),
        ({"StatusCallbackEvent": "initiated ringing"}, 21626),
        ({"MachineDetection": "Nope"}, 20001),
        ({"Timeout": "601"}, 20001),
        ({"Timeout": "abc"}, 20001),
        ({"Timeout": "٣"}, 20001),
        ({"TimeLimit": "0"}, 20001),
        ({"Record": "perhaps"}, 20001),
        ({"Method": "PUT"}, 20001),
        ({"Url": None, "Twiml": "x" * 4001}, 20001),
        ({"IdempotencyKey": "1"}, 20001),
        ({"To": [THEIRS, AGENT]}, 20001),
    ],
)
def test_a_wrong_create_is_refused_and_nobody_rung(form: dict[str, Any], code: int) -> None:
    assert refused(**form) == (400, code)


def test_who_is_not_the_account_gets_nothing() -> None:
    network = a_network()
    with pytest.raises(TwilioRestException) as caught:
        a_client(network, token="wrong").calls("CA" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (401, 20003)
    assert network.request("GET", CALLS).status == 401


def test_an_api_key_is_as_good_as_the_token() -> None:
    network = a_network()
    network.account = Account(ACCOUNT.sid, ACCOUNT.token, keys=(("SK" + "1" * 32, "secret"),))
    assert network.request("GET", CALLS, auth=("SK" + "1" * 32, "secret")).status == 200
    assert network.request("GET", CALLS, auth=("SK" + "1" * 32, "")).status == 401


def test_another_account_does_not_exist() -> None:
    path = CALLS.replace(ACCOUNT.sid, "AC" + "f" * 32)
    assert a_network().request("GET", path, auth=CREDENTIALS).status == 404


def test_an_unknown_call_is_not_found_and_a_wrong_method_refused() -> None:
    network = a_network()
    with pytest.raises(TwilioRestException) as caught:
        a_client(network).calls("CA" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)
    assert network.request("DELETE", CALLS, auth=CREDENTIALS).status == 405


def test_a_resource_has_the_shape_that_the_sdk_reads() -> None:
    network = a_network()
    sid = call(network)
    found = a_client(network).calls(sid).fetch()
    assert (found.to, found._from, found.status, found.direction) == (THEIRS, OURS, "queued", "outbound-api")
    assert found.date_created == network.now
    assert (found.start_time, found.duration) == (None, None)
    assert found.uri == f"/2010-04-01/Accounts/{ACCOUNT.sid}/Calls/{sid}.json"
    assert found.subresource_uris["recordings"].endswith(f"{sid}/Recordings.json")


def test_a_call_is_recorded_paused_and_listened_to() -> None:
    site = Site(twiml=response("<Pause length='60'/>"))
    network, recorded = a_network(site), f"{SITE}/recorded"
    network.script(THEIRS, answers())
    client = a_client(network)
    sid = call(network)
    network.advance(2)
    recording = client.calls(sid).recordings.create(recording_status_callback=recorded)
    network.advance(3)
    client.calls(sid).recordings("Twilio.CURRENT").update(status="paused")
    network.advance(10)
    client.calls(sid).recordings(recording.sid).update(status="in-progress")
    network.advance(2)
    client.calls(sid).recordings(recording.sid).update(status="stopped")
    network.advance(2)
    told = site.forms("recording")
    assert [(form["RecordingStatus"], form["RecordingDuration"]) for form in told] == [("completed", "5")]
    assert client.recordings(recording.sid).fetch().duration == "5"
    path = told[0]["RecordingUrl"].removeprefix("https://api.twilio.com")
    media = network.request("GET", f"{path}.wav", auth=CREDENTIALS)
    with wave.open(io.BytesIO(media.body)) as sound:
        assert sound.getnframes() == 5 * sound.getframerate()
    client.recordings(recording.sid).delete()
    assert network.request("GET", f"{path}.wav", auth=CREDENTIALS).status == 404
    assert client.recordings.list() == []


def test_a_call_that_has_not_begun_can_not_be_recorded() -> None:
    network = a_network()
    with pytest.raises(TwilioRestException) as caught:
        a_client(network).calls(call(network)).recordings.create()
    assert caught.value.code == 21220


def test_a_call_may_be_recorded_from_its_answer() -> None:
    site = Site(twiml=response("<Pause length='7'/>"))
    network = a_network(site)
    sid = call(network, record=True, recording_status_callback=f"{SITE}/recorded")
    network.run_until_idle()
    assert [form["RecordingDuration"] for form in site.forms("recording")] == ["7"]
    assert [one.source for one in a_client(network).calls(sid).recordings.list()] == ["OutboundAPI"]


@pytest.mark.parametrize(
    ("list_", "field", "value"),
    [("Calls", "StartTime>", "2026-03-02"), ("Conferences", "DateCreated", "2026-03-02T09:00:00Z")],
)
def test_a_list_takes_instants_and_days_only_where_twilio_describes_them(list_: str, field: str, value: str) -> None:
    answer = a_network().request(
        "GET", f"/2010-04-01/Accounts/{ACCOUNT.sid}/{list_}.json", query={field: [value]}, auth=CREDENTIALS
    )
    assert (answer.status, json.loads(answer.body)["code"]) == (400, 20001)


def test_a_text_message_is_on_the_telephone() -> None:
    site = Site()
    network = a_network(site)
    sent = a_client(network).messages.create(
        to=THEIRS, from_=OURS, body="We call you at nine", status_callback=f"{SITE}/sms"
    )
    assert sent.status == "queued"
    network.run_until_idle()
    assert [message["text"] for message in network.phone(THEIRS).messages] == ["We call you at nine"]
    assert [form["MessageStatus"] for form in site.forms("message")] == ["sent", "delivered"]
    assert a_client(network).messages(sent.sid).fetch().status == "delivered"


@pytest.mark.parametrize(
    ("about", "code"),
    [({"to": "0151"}, 21211), ({"from_": "+4915"}, 21606), ({"body": ""}, 21602), ({"body": "x" * 1601}, 21617)],
)
def test_a_wrong_text_message_is_refused(about: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        a_client(a_network()).messages.create(**{"to": THEIRS, "from_": OURS, "body": "Hello", **about})
    assert caught.value.code == code


def test_numbers_can_be_seen_and_led_elsewhere() -> None:
    network = a_network(Site(elsewhere=response("<Say>Here</Say>")))
    client = a_client(network)
    own = client.incoming_phone_numbers.list(phone_number=OURS)[0]
    assert own.voice_url == f"{SITE}/in"
    client.incoming_phone_numbers(own.sid).update(voice_url=f"{SITE}/elsewhere")
    sid = network.inbound(THEIRS, OURS)
    network.run_until_idle()
    assert [what.text for what in network.transcript(sid)] == ["Here"]


def test_the_account_shows_itself_without_its_token() -> None:
    account = a_client(a_network()).api.accounts(ACCOUNT.sid).fetch()
    assert (account.status, account.auth_token) == ("active", None)
    assert a_client(a_network()).balance.fetch().currency == "USD"


def test_queues_are_made_filled_and_removed() -> None:
    network = a_network(Site(**{"in": response("<Enqueue>support</Enqueue>")}))
    client = a_client(network)
    queue = client.queues.create(friendly_name="support", max_size=1)
    network.script(THEIRS, answers(actions=(Action("hang_up", after=9.0),)))
    network.inbound(THEIRS, OURS)
    network.advance(1)
    with pytest.raises(TwilioRestException) as caught:
        client.queues(queue.sid).delete()
    assert caught.value.code == 22002
    network.run_until_idle()
    assert client.queues(queue.sid).fetch().average_wait_time == 9
    client.queues(queue.sid).delete()
    assert client.queues.list() == []
