"""Every error that Twilio, the SDK or the way there can raise leads to one action."""

import logging
from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ReadTimeoutError

from channels_app.callback.failures import (
    SENTENCES,
    Action,
    CallFailure,
    RefusedError,
    UnknownHostError,
    failure_of,
    only_call_failures,
    seconds_of,
    without_secrets,
)

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "code", "action"),
    [
        (400, 21211, Action.OFFER_OTHER_WAY),
        (400, 21217, Action.OFFER_OTHER_WAY),
        (400, 13224, Action.OFFER_OTHER_WAY),
        (400, 21202, Action.FLAG_FRAUD),
        (400, 21216, Action.REFUSE),
        (400, 21215, Action.REFUSE_AND_ALERT),
        (400, 21204, Action.RECONCILE),
        (400, 21626, Action.ALERT),
        (429, 20429, Action.BACK_OFF),
        (400, 10004, Action.BACK_OFF),
        (401, 20003, Action.STOP_DIALLING),
        (403, 0, Action.STOP_DIALLING),
        (400, 21210, Action.STOP_DIALLING),
        (400, 21220, Action.IGNORE),
        (404, 20404, Action.GONE),
        (404, 0, Action.GONE),
        (429, 0, Action.BACK_OFF),
        (408, 0, Action.RECONCILE),
        (500, 20500, Action.RECONCILE),
        (503, 21211, Action.RECONCILE),  # a server that fails is not believed
        (400, 99999, Action.ALERT),
        (302, 0, Action.ALERT),
    ],
)
def test_each_answer_leads_to_its_action(status: int, code: int, action: Action) -> None:
    failure = failure_of(TwilioRestException(status, "", "words", code))
    assert failure.action is action
    assert failure.twilio_code == (code or status)


def test_an_answer_in_the_newer_shape_is_understood_too() -> None:
    error = TwilioServiceException("about:blank", "Too many", 429, 20429)
    assert failure_of(error).action is Action.BACK_OFF


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(None, "", "read"),  # type: ignore[arg-type]
        ProtocolError("reset"),
        TimeoutError(),
        ConnectionResetError(),
        TwilioException("Unable to fetch page"),
        ValueError("no JSON"),
        KeyError("sid"),
    ],
)
def test_whatever_may_have_happened_is_unknown(error: Exception) -> None:
    failure = failure_of(error)
    assert failure.action is Action.RECONCILE
    assert failure.action.is_open
    assert not failure.action.ends_request


@pytest.mark.parametrize(
    "error", [ConnectTimeoutError(), NewConnectionError(HTTPConnection("127.0.0.1"), "connection refused")]
)
def test_what_never_left_this_machine_may_be_tried_again(error: Exception) -> None:
    assert failure_of(error).action is Action.BACK_OFF


def test_a_host_that_is_not_in_the_map_is_our_mistake() -> None:
    assert failure_of(UnknownHostError("no")).action is Action.ALERT


def test_a_refusal_keeps_its_retry_after() -> None:
    assert failure_of(RefusedError(429, 20429, "slow down", 7.0)).retry_after == 7.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("Thu, 26 Nov 2026 09:30:20 GMT", 20.0),
        ("Thu, 26 Nov 2026 09:29:00 GMT", 0.0),
        ("-3", 0.0),
        ("1e99", 3600.0),
        ("nan", None),
        ("soon", None),
        ("soon, perhaps", None),
        ("", None),
        (None, None),
    ],
)
def test_a_retry_after_is_read_in_both_ways_and_kept_within_reason(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


def test_only_what_is_no_use_to_try_again_ends_a_request() -> None:
    ends = {action for action in Action if action.ends_request}
    assert ends == {Action.OFFER_OTHER_WAY, Action.FLAG_FRAUD, Action.REFUSE, Action.REFUSE_AND_ALERT}
    assert [action for action in Action if action.is_open] == [Action.RECONCILE]
    assert set(SENTENCES) == set(Action)


def test_what_a_person_reads_holds_no_number_no_address_and_no_sid() -> None:
    words = f"+49 30 12 34 56 is no number; see https://center.example/cb/s/secret of CA{'a' * 32}"
    assert without_secrets(words) == "… is no number; see … of …"
    failure = failure_of(TwilioRestException(400, "", words, 21211))
    assert "21211" in failure.text
    assert "12 34" not in failure.text
    assert "secret" not in str(failure)


def test_nothing_but_a_call_failure_leaves_and_nothing_is_chained_to_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(CallFailure) as raised, only_call_failures():
        raise ProtocolError("/Calls.json?To=+4930123456")
    assert raised.value.__suppress_context__
    assert raised.value.__cause__ is None
    assert caplog.messages == ["Twilio: nobody knows what became of a request, after ProtocolError"]


def test_a_call_failure_passes_as_it_is() -> None:
    failure = CallFailure(Action.GONE)
    with pytest.raises(CallFailure) as raised, only_call_failures():
        raise failure
    assert raised.value is failure
    assert (failure.status, failure.code) == (502, "call_gone")
