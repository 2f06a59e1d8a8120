"""Our client against real HTTP: what is sent, what an answer becomes, and where nothing may ever go."""

import json
import logging
import stat
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.jwt.access_token import AccessToken

from channels_app.callback import account_rest, accounts, rest
from channels_app.callback.accounts import twilio_account, voice_token
from channels_app.callback.failures import Action, CallFailure, UnknownHostError
from channels_app.callback.http_wire import Guard
from channels_app.callback.rest import place_call
from interaction_center.errors import ConflictError
from interaction_center.settings import Config
from tests.callback.stand_in import (
    ACCOUNT,
    BASE,
    CALL,
    CONFERENCE,
    CUSTOMER,
    NUMBER,
    OURS,
    RECORDING,
    Reply,
    StandIn,
    call,
    conference,
    page,
)

SINCE = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
CALLBACKS = "https://center.example/cb"


def ring(to: str = CUSTOMER, **more: str) -> rest.Call:
    """Place a call to this number."""
    return place_call(
        to=to,
        from_=OURS,
        url=f"{CALLBACKS}/t/token",
        status_callback=f"{CALLBACKS}/s/token",
        ring_seconds=25,
        limit_seconds=3600,
        **more,
    )


def failure_of_ringing() -> CallFailure:
    """How placing a call fails."""
    with pytest.raises(CallFailure) as raised:
        ring()
    return raised.value


# What is sent.


def test_a_call_is_placed_with_its_limits_and_the_two_events_that_are_news(twilio: StandIn) -> None:
    placed = ring()
    assert (placed.sid, placed.to, placed.status) == (CALL, CUSTOMER, "queued")
    (asked,) = twilio.asked
    assert (asked.method, asked.path) == ("POST", f"{BASE}/Calls.json")
    assert asked.form == {
        "To": [CUSTOMER],
        "From": [OURS],
        "Url": [f"{CALLBACKS}/t/token"],
        "Method": ["POST"],
        "StatusCallback": [f"{CALLBACKS}/s/token"],
        "StatusCallbackEvent": ["ringing", "completed"],
        "StatusCallbackMethod": ["POST"],
        "Timeout": ["25"],
        "TimeLimit": ["3600"],
    }


def test_machines_are_listened_for_without_keeping_a_person_waiting(twilio: StandIn) -> None:
    ring(machine_callback=f"{CALLBACKS}/a/token")
    form = twilio.asked[0].form
    assert (form["MachineDetection"], form["AsyncAmd"]) == (["DetectMessageEnd"], ["true"])
    assert form["AsyncAmdStatusCallback"] == [f"{CALLBACKS}/a/token"]


def test_a_lost_call_is_looked_for_among_those_that_wait_and_those_that_started(twilio: StandIn) -> None:
    found = rest.calls_to(CUSTOMER, SINCE)
    assert [one.sid for one in found] == [CALL], "found by both questions, named once"
    waiting, started = (asked.query for asked in twilio.asked)
    assert waiting == {"To": [CUSTOMER], "Status": ["queued"], "PageSize": ["100"]}
    assert started == {"To": [CUSTOMER], "StartTime>": ["2026-11-26T09:00:00Z"], "PageSize": ["100"]}


@pytest.mark.parametrize(("other", "question"), [("StartTime>", "Status"), ("Status", "StartTime>")])
def test_a_lost_call_is_found_by_either_question(twilio: StandIn, other: str, question: str) -> None:
    twilio.replies[f"GET /Calls.json?{other}"] = Reply(200, page("calls"))
    assert [one.sid for one in rest.calls_to(CUSTOMER, SINCE)] == [CALL]
    twilio.replies[f"GET /Calls.json?{question}"] = Reply(200, page("calls"))
    assert rest.calls_to(CUSTOMER, SINCE) == ()


def test_a_list_is_not_followed_to_where_it_points(twilio: StandIn) -> None:
    body = {**page("calls", call({})), "next_page_uri": f"{BASE}/Calls.json?Page=1"}
    twilio.replies["GET /Calls.json"] = Reply(200, body)
    rest.calls_to(CUSTOMER, SINCE)
    assert len(twilio.asked) == 2


def test_a_call_is_ended_cancelled_and_led_elsewhere(twilio: StandIn) -> None:
    assert rest.end_call(CALL).status == "completed"
    assert rest.cancel_call(CALL).status == "canceled"
    rest.redirect_call(CALL, f"{CALLBACKS}/t/token")
    assert rest.fetch_call(CALL).created_at == datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    assert [asked.form for asked in twilio.asked] == [
        {"Status": ["completed"]},
        {"Status": ["canceled"]},
        {"Url": [f"{CALLBACKS}/t/token"], "Method": ["POST"]},
        {},
    ]


def test_a_supervisor_joins_a_conference_and_is_heard_by_the_agent_alone(twilio: StandIn) -> None:
    joined = rest.add_participant(
        conference="cb-1",
        to=CUSTOMER,
        from_=OURS,
        label="supervisor",
        status_callback=f"{CALLBACKS}/s/token",
        ring_seconds=25,
        limit_seconds=3600,
        coach_of=CALL,
    )
    assert (joined.label, joined.coaching, joined.conference_sid) == ("supervisor", True, CONFERENCE)
    assert twilio.asked[0].path == f"{BASE}/Conferences/cb-1/Participants.json"
    form = twilio.asked[0].form
    assert (form["Coaching"], form["CallSidToCoach"], form["EndConferenceOnExit"]) == (["true"], [CALL], ["false"])


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"muted": True}, {"Muted": ["true"]}),
        ({"muted": False}, {"Muted": ["false"]}),
        (
            {"hold": True, "hold_url": f"{CALLBACKS}/t/x"},
            {"Hold": ["true"], "HoldUrl": [f"{CALLBACKS}/t/x"], "HoldMethod": ["POST"]},
        ),
        ({"coach_of": CALL}, {"Coaching": ["true"], "CallSidToCoach": [CALL]}),
        ({"coach_of": ""}, {"Coaching": ["false"]}),
        ({"ends_conference": True}, {"EndConferenceOnExit": ["true"]}),
    ],
)
def test_a_participant_is_changed_in_what_is_given_alone(
    twilio: StandIn, change: dict[str, Any], sent: dict[str, list[str]]
) -> None:
    rest.update_participant(CONFERENCE, CALL, **change)
    assert twilio.asked[0].form == sent


def test_a_conference_is_found_read_left_and_ended(twilio: StandIn) -> None:
    assert rest.running_conference("cb-1") == CONFERENCE
    assert [one.call_sid for one in rest.participants_of(CONFERENCE)] == [CALL]
    rest.remove_participant(CONFERENCE, CALL)
    rest.end_conference(CONFERENCE)
    assert [(asked.method, asked.path.removeprefix(BASE)) for asked in twilio.asked[2:]] == [
        ("DELETE", f"/Conferences/{CONFERENCE}/Participants/{CALL}.json"),
        ("POST", f"/Conferences/{CONFERENCE}.json"),
    ]
    assert twilio.asked[0].query == {"FriendlyName": ["cb-1"], "PageSize": ["100"]}


def test_no_conference_of_that_name_is_no_failure(twilio: StandIn) -> None:
    twilio.replies["GET /Conferences.json"] = Reply(200, page("conferences"))
    assert rest.running_conference("cb-1") == ""


def test_a_conference_that_has_not_begun_is_found_and_one_that_has_ended_is_not(twilio: StandIn) -> None:
    ended = conference({"Status": "completed"})
    waiting = {**conference({"Status": "init"}), "sid": "CF" + "9" * 32}
    twilio.replies["GET /Conferences.json"] = Reply(200, page("conferences", ended, waiting))
    assert rest.running_conference("cb-1") == waiting["sid"]
    twilio.replies["GET /Conferences.json"] = Reply(200, page("conferences", ended))
    assert rest.running_conference("cb-1") == ""


def test_a_recording_is_started_paused_resumed_stopped_fetched_and_deleted(twilio: StandIn) -> None:
    sound = b"RIFF\x00\xff\xfe" * 1000
    twilio.replies[f"GET /Recordings/{RECORDING}.wav"] = Reply(200, sound)
    assert rest.start_recording(CALL, status_callback=f"{CALLBACKS}/r/token") == RECORDING
    rest.pause_recording(CALL, RECORDING)
    rest.resume_recording(CALL, RECORDING)
    rest.stop_recording(CALL, RECORDING)
    assert rest.fetch_media(RECORDING) == sound
    rest.delete_recording(RECORDING)
    statuses = [asked.form.get("Status") for asked in twilio.asked]
    assert statuses == [None, ["paused"], ["in-progress"], ["stopped"], None, None]
    assert twilio.asked[-1].method == "DELETE"


def test_an_answer_that_is_no_sound_is_none(twilio: StandIn) -> None:
    twilio.replies[f"GET /Recordings/{RECORDING}.wav"] = Reply(200, {})
    with pytest.raises(CallFailure):
        rest.fetch_media(RECORDING)


def test_a_message_is_sent(twilio: StandIn) -> None:
    assert rest.send_message(to=CUSTOMER, from_=OURS, body="Grüße & bis 9:30").startswith("SM")
    assert twilio.asked[0].form == {"To": [CUSTOMER], "From": [OURS], "Body": ["Grüße & bis 9:30"]}


def test_the_account_tells_its_state_its_numbers_and_what_it_may_dial(twilio: StandIn) -> None:
    country = {"iso_code": "DE", "low_risk_numbers_enabled": True, "high_risk_tollfraud_numbers_enabled": False}
    twilio.replies["GET /v1/DialingPermissions/Countries/DE"] = Reply(200, country)
    assert account_rest.account_state() == account_rest.AccountState("Example", "active", "Full")
    assert account_rest.balance() == ("42.10", "EUR")
    assert account_rest.dialling_permission("DE") == account_rest.DiallingPermission(True, False, False)
    (owned,) = account_rest.owned_numbers()
    assert (owned.number, owned.can_call, owned.can_text, owned.is_diverted) == (OURS, True, True, False)
    assert account_rest.set_voice_url(NUMBER, f"{CALLBACKS}/in/line2").voice_url == f"{CALLBACKS}/in/line2"
    assert abs((account_rest.twilio_time() - datetime.now(UTC)).total_seconds()) < 60


def test_one_connection_serves_request_after_request(twilio: StandIn) -> None:
    for _ in range(3):
        ring()
    assert len({asked.client for asked in twilio.asked}) == 1


def test_threads_share_the_client_and_mix_nothing_up(twilio: StandIn) -> None:
    numbers = [f"+49301{number:06}" for number in range(40)]
    found: dict[str, str] = {}
    threads = [threading.Thread(target=lambda to=to: found.update({to: ring(to).to})) for to in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: number for number in numbers}


# What an answer becomes.


def test_a_refused_number_is_a_failure_of_its_own_kind(twilio: StandIn) -> None:
    twilio.refuse("POST /Calls.json", 400, 21211, f"The number {CUSTOMER} is not valid.")
    failure = failure_of_ringing()
    assert (failure.action, failure.twilio_code) == (Action.OFFER_OTHER_WAY, 21211)
    assert CUSTOMER not in failure.text


def test_too_many_requests_say_when_to_come_again(twilio: StandIn) -> None:
    twilio.refuse("POST /Calls.json", 429, 20429, "slow", Retry_After="7")
    failure = failure_of_ringing()
    assert (failure.action, failure.retry_after) == (Action.BACK_OFF, 7.0)


def test_a_list_that_fails_is_a_failure_with_its_code(twilio: StandIn) -> None:
    twilio.refuse("GET /Calls.json", 401, 20003, "Authenticate")
    with pytest.raises(CallFailure) as raised:
        rest.calls_to(CUSTOMER, SINCE)
    assert (raised.value.action, raised.value.twilio_code) == (Action.STOP_DIALLING, 20003)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {"message": "oops"}),
        Reply(503, b"<html>"),
        Reply(is_reset=True),
        Reply(201, [1]),
        Reply(201, {}),
        Reply(201, {**call({}), "sid": None}),
    ],
)
def test_an_answer_that_says_nothing_for_sure_is_unknown(twilio: StandIn, reply: Reply) -> None:
    twilio.replies["POST /Calls.json"] = reply
    assert failure_of_ringing().action is Action.RECONCILE
    assert len(twilio.asked) == 1, "and nothing is sent a second time"


def test_a_silent_twilio_is_given_up_and_not_asked_twice(twilio: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CONFIG, "twilio_timeout_seconds", 0.2)
    twilio.replies["POST /Calls.json"] = Reply(is_silent=True)
    assert failure_of_ringing().action is Action.RECONCILE
    assert len(twilio.asked) == 1


def test_a_connection_that_twilio_has_closed_meanwhile_rings_once(twilio: StandIn) -> None:
    twilio.replies["POST /Calls.json"] = Reply(201, call({}), {"Connection": "close"})
    ring()
    ring()
    assert len(twilio.asked) == 2


def test_a_redirect_is_not_followed(twilio: StandIn) -> None:
    twilio.replies["POST /Calls.json"] = Reply(307, {}, {"Location": f"{twilio.address}{BASE}/Elsewhere.json"})
    assert failure_of_ringing().action is Action.ALERT
    assert len(twilio.asked) == 1


def test_nobody_there_is_no_call_that_may_have_been_placed() -> None:
    assert accounts.box_address() == ""
    assert failure_of_ringing().action is Action.BACK_OFF


def test_neither_numbers_nor_secrets_are_logged(twilio: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    twilio.refuse("GET /Calls.json", 500, 0, CUSTOMER)
    with caplog.at_level(logging.INFO):
        ring()
        with pytest.raises(CallFailure):
            rest.calls_to(CUSTOMER, SINCE)
    assert CUSTOMER.removeprefix("+") not in caplog.text
    assert "token" not in caplog.text


# Where requests may go.


class Recorder(HttpClient):  # type: ignore[misc]
    """A transport that keeps what would have been sent."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger(__name__), False)
        self.sent: list[tuple[str, float]] = []

    def request(self, method: str, uri: str, *args: Any) -> Response:
        """Take it."""
        self.sent.append((uri, args[4]))
        return Response(201, json.dumps(call({})))


def test_a_transport_takes_the_place_of_the_network_in_all_threads() -> None:
    recorder = Recorder()
    with rest.using(recorder):
        thread = threading.Thread(target=ring)
        thread.start()
        thread.join()
    ((address, timeout),) = recorder.sent
    assert address == f"https://api.twilio.com/2010-04-01/Accounts/{twilio_account().sid}/Calls.json"
    assert timeout == settings.CONFIG.twilio_timeout_seconds


@pytest.mark.parametrize(
    "address",
    [
        "https://api.twilio.com.example/2010",
        "https://lookups.twilio.com/v2",
        "https://api.twilio.com@evil.example/",
        "https://evil.example/api.twilio.com",
        "https://api.twilio.com:444/2010",
        "http://api.twilio.com/2010",
        "ftp://api.twilio.com/2010",
        "https:///2010",
    ],
)
def test_a_host_that_is_not_in_the_map_is_never_asked(address: str) -> None:
    recorder = Recorder()
    with pytest.raises(UnknownHostError):
        Guard({"api.twilio.com": "http://127.0.0.1:1"}, recorder, 5.0).request("GET", address)
    assert recorder.sent == []


def test_without_an_account_no_request_can_leave_this_machine() -> None:
    account = twilio_account()
    assert not account.is_real
    assert [base for _, base in account.hosts] == [accounts.NOBODY]
    with pytest.raises(CallFailure) as raised:
        account_rest.dialling_permission("DE")
    assert "voice.twilio.com" in raised.value.text


def test_the_environment_leads_the_sdk_nowhere(twilio: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_EDGE", "TWILIO_REGION", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.setenv(name, "elsewhere")
    rest._client_of.cache_clear()
    ring()
    assert twilio.asked[0].path.startswith(f"/2010-04-01/Accounts/{ACCOUNT}/")


def test_the_account_of_the_box_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    made = accounts._kept_credentials(tmp_path)
    accounts._kept_credentials.cache_clear()
    assert accounts._kept_credentials(tmp_path) == made
    assert [path.name for path in tmp_path.iterdir()] == ["account.json"]
    assert stat.S_IMODE((tmp_path / "account.json").stat().st_mode) == 0o600


def test_secrets_show_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real_account(monkeypatch)
    account = twilio_account()
    assert account.is_real
    assert "secret" not in repr(account)
    assert dict(account.hosts)["api.twilio.com"] == "https://api.twilio.com"


def test_webhooks_are_signed_by_the_token_unless_other_secrets_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real_account(monkeypatch)
    assert twilio_account().signing_secrets == ("secret-token",)
    monkeypatch.setattr(settings.CONFIG, "twilio_signing_secrets", "new, old,")
    assert twilio_account().signing_secrets == ("new", "old")


def test_half_a_set_of_credentials_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
    with pytest.raises(ValueError, match="missing, although TWILIO_ACCOUNT_SID is set"):
        Config()
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "my account")
    with pytest.raises(ValueError, match="twilio_account_sid"):
        Config()
    monkeypatch.delenv("TWILIO_ACCOUNT_SID")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret-token")
    with pytest.raises(ValueError, match="no real telephone would ring"):
        Config()


# The softphone's token.


def use_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if an account were set; nothing is sent to it."""
    own = {
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": "secret-token",
        "twilio_api_key_sid": "SK" + "1" * 32,
        "twilio_api_key_secret": "secret-of-the-key-that-is-long-enough",
        "twilio_app_sid": "AP" + "2" * 32,
    }
    for name, value in own.items():
        monkeypatch.setattr(settings.CONFIG, name, value)


def test_a_softphone_gets_a_token_of_its_own_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real_account(monkeypatch)
    token = AccessToken.from_jwt(voice_token("agent-7"), "secret-of-the-key-that-is-long-enough").payload
    assert token["sub"] == ACCOUNT
    assert token["iss"] == "SK" + "1" * 32
    assert token["exp"] - time.time() <= accounts.VOICE_TOKEN_SECONDS
    voice = {"incoming": {"allow": True}, "outgoing": {"application_sid": "AP" + "2" * 32}}
    assert token["grants"] == {"identity": "agent-7", "voice": voice}


@pytest.mark.parametrize("name", ["twilio_api_key_sid", "twilio_api_key_secret", "twilio_app_sid"])
def test_a_softphone_without_its_settings_is_told_which_are_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    use_real_account(monkeypatch)
    monkeypatch.setattr(settings.CONFIG, name, "")
    with pytest.raises(ConflictError, match=f"{name.upper()} missing"):
        voice_token("agent-7")


def test_an_answer_without_an_end_is_given_up(twilio: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels_app.callback.http_wire.MOST_BYTES", 1000)
    twilio.replies[f"GET /Recordings/{RECORDING}.wav"] = Reply(200, b"x" * 1001)
    with pytest.raises(CallFailure) as raised:
        rest.fetch_media(RECORDING)
    assert raised.value.action is Action.RECONCILE
