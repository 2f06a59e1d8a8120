"""The referee itself: right requests and answers pass, and neither side can leave Twilio's description unseen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_app.callback import account_rest, rest
from channels_app.callback.failures import Action, CallFailure
from tests import machine
from tests.callback.conftest import led_to
from tests.callback.stand_in import BASE, CALL, CONFERENCE, CUSTOMER, NUMBER, OURS, RECORDING, Reply, StandIn, call
from tests.callback.stand_in import stand_in as new_stand_in
from tests.callback.test_rest import CALLBACKS, ring
from tests.referee import prism
from tests.referee.patching import IN_USE, patched
from tests.referee.prism import Referee, referee

SINCE = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Referee]]:
    """A stand-in with the referee before it; Prism takes seconds to start, so the tests here share one."""
    with new_stand_in() as running, referee(running.address, tmp_path_factory.mktemp("referee")) as judge:
        yield running, judge


@pytest.fixture
def judged(chain: tuple[StandIn, Referee], monkeypatch: pytest.MonkeyPatch) -> tuple[StandIn, Referee]:
    """The chain with nothing on record yet, and our client led to it."""
    running, judge = chain
    running.asked.clear()
    running.replies.clear()
    judge.forget()
    led_to(judge.address, monkeypatch)
    return running, judge


def test_everything_we_ask_is_what_twilio_describes(judged: tuple[StandIn, Referee]) -> None:
    running, judge = judged
    ring(machine_callback=f"{CALLBACKS}/a/token")
    rest.fetch_call(CALL)
    rest.calls_to(CUSTOMER, SINCE)
    rest.end_call(CALL)
    rest.cancel_call(CALL)
    rest.redirect_call(CALL, f"{CALLBACKS}/t/token")
    rest.add_participant(
        conference="cb-1",
        to=CUSTOMER,
        from_=OURS,
        label="customer",
        status_callback=f"{CALLBACKS}/s/token",
        ring_seconds=25,
        limit_seconds=3600,
        coach_of=CALL,
    )
    rest.update_participant(CONFERENCE, CALL, muted=True, hold=True, hold_url=f"{CALLBACKS}/t/x", coach_of=CALL)
    rest.participants_of(CONFERENCE)
    rest.running_conference("cb-1")
    rest.remove_participant(CONFERENCE, CALL)
    rest.end_conference(CONFERENCE)
    rest.start_recording(CALL, status_callback=f"{CALLBACKS}/r/token")
    rest.pause_recording(CALL, RECORDING)
    rest.resume_recording(CALL, RECORDING)
    rest.stop_recording(CALL, RECORDING)
    rest.delete_recording(RECORDING)
    rest.send_message(to=CUSTOMER, from_=OURS, body="Hello", status_callback=f"{CALLBACKS}/m/token")
    account_rest.account_state()
    account_rest.balance()
    account_rest.owned_numbers()
    account_rest.set_voice_url(NUMBER, f"{CALLBACKS}/in/line2")
    assert judge.violations == []
    assert len(running.asked) == 23, "every one of them has passed"


def test_a_list_of_events_arrives_as_the_list_that_was_sent(judged: tuple[StandIn, Referee]) -> None:
    running, _ = judged
    ring()
    assert running.asked[0].form["StatusCallbackEvent"] == ["ringing", "completed"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"method": "PATCH"}, "body.Method"),
        ({"timeout": "soon"}, "body.Timeout"),
        ({"url": "no address"}, "body.Url"),
        ({"status_callback": "no address"}, "body.StatusCallback"),
    ],
)
def test_a_wrong_request_is_caught_and_goes_no_further(
    judged: tuple[StandIn, Referee], wrong: dict[str, str], words: str
) -> None:
    running, judge = judged
    fields = {"url": f"{CALLBACKS}/t/x", **wrong}
    with pytest.raises(Exception, match="422"):
        rest.current_client().calls.create(to=CUSTOMER, from_=OURS, **fields)
    assert running.asked == []
    (found,) = judge.violations
    assert words in found


def test_a_request_to_a_path_that_twilio_does_not_describe_is_caught(judged: tuple[StandIn, Referee]) -> None:
    running, judge = judged
    with pytest.raises(CallFailure):
        rest.fetch_media("../Secrets/RE1")
    assert running.asked == []
    assert judge.violations


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "bogus"},
        {"sid": "CA1"},
        {"direction": 7},
    ],
)
def test_a_wrong_answer_is_caught_and_is_unknown_to_us(
    judged: tuple[StandIn, Referee], changed: dict[str, object]
) -> None:
    running, judge = judged
    running.replies["POST /Calls.json"] = Reply(201, {**call({}), **changed})
    with pytest.raises(CallFailure) as raised:
        ring()
    assert raised.value.action is Action.RECONCILE
    assert len(running.asked) == 1
    (found,) = judge.violations
    assert found.startswith("post ")
    assert f"response.body.{next(iter(changed))}" in found


def test_errors_of_twilio_pass(judged: tuple[StandIn, Referee]) -> None:
    running, judge = judged
    running.refuse("POST /Calls.json", 429, 20429, "slow", Retry_After="7")
    with pytest.raises(CallFailure) as raised:
        ring()
    assert (raised.value.action, raised.value.retry_after) == (Action.BACK_OFF, 7.0)
    running.refuse("POST /Calls.json", 400, 21211, "no number")
    with pytest.raises(CallFailure) as raised:
        ring()
    assert raised.value.action is Action.OFFER_OTHER_WAY
    assert judge.violations == []


def test_a_connection_that_breaks_is_no_violation(judged: tuple[StandIn, Referee]) -> None:
    running, judge = judged
    running.replies["POST /Calls.json"] = Reply(is_reset=True)
    with pytest.raises(CallFailure) as raised:
        ring()
    assert raised.value.action is Action.RECONCILE
    assert judge.violations == []


@pytest.mark.parametrize(
    ("missing", "words"),
    [("node", "Node is missing: install Node 20"), ("prism", "Prism is missing: npm ci in tests/referee")],
)
def test_what_is_missing_is_said_when_the_referee_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str, words: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(machine, "node", lambda: None if missing == "node" else "node")
    monkeypatch.setattr(prism, "PRISM", tmp_path / "nothing")
    with pytest.raises(pytest.skip.Exception, match=words), referee("http://127.0.0.1:1", tmp_path):
        pass


# The change of the description.


def spec() -> dict[str, object]:
    """The smallest description that has every path."""
    form = {"schema": {"properties": {"Url": {"type": "string", "format": "uri"}, "Event": {"type": "array"}}}}
    answer = {
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/call"},
                "examples": {"one": {"value": {"uri": None, "why": None, "app": ""}}},
            }
        }
    }
    operation = {"requestBody": {"content": {"application/x-www-form-urlencoded": form}}, "responses": {"201": answer}}
    properties = {
        "uri": {"type": "string", "format": "uri"},
        "why": {"$ref": "#/components/schemas/why"},
        "app": {"type": "string", "pattern": "^AP.*$", "minLength": 34},
        "sid": {"type": "string", "pattern": "^CA.*$", "minLength": 34},
    }
    schemas = {
        "call": {"properties": properties},
        "why": {"type": "string", "enum": ["left"]},
        "unused": {"type": "string"},
    }
    return {"paths": {path: {"post": operation} for path in [*IN_USE, "/unused"]}, "components": {"schemas": schemas}}


def test_the_description_keeps_what_is_used_says_how_lists_are_sent_and_takes_relative_addresses() -> None:
    before = spec()
    made = patched(before)
    assert "/unused" not in made["paths"]
    assert set(made["components"]["schemas"]) == {"call", "why"}
    form = made["paths"][f"{BASE.replace(BASE.split('/')[3], '{AccountSid}')}/Calls.json"]["post"]["requestBody"]
    content = form["content"]["application/x-www-form-urlencoded"]
    assert content["encoding"] == {"Event": {"style": "form", "explode": True}}
    assert content["schema"]["properties"]["Url"]["format"] == "uri", "ours must be whole"
    properties = made["components"]["schemas"]["call"]["properties"]
    assert properties["uri"] == {"type": "string"}
    assert properties["app"] == {"type": "string", "pattern": "^$|^AP.*$", "minLength": 0}
    assert properties["sid"] == {"type": "string", "pattern": "^CA.*$", "minLength": 34}
    assert made["components"]["schemas"]["why"] == {"type": "string", "enum": ["left", None], "nullable": True}
    assert before == spec(), "and the original stays as it was"


def test_a_path_that_twilio_no_longer_describes_stops_the_change() -> None:
    with pytest.raises(KeyError, match="Calls"):
        patched({"paths": {IN_USE[0]: {}, IN_USE[1]: {}}, "components": {"schemas": {}}})
