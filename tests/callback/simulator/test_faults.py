"""Each fault, as our side feels it."""

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from channels_app.callback.simulator.faults import ERRORS, BadFaultError, Fault
from channels_app.callback.simulator.network import Network
from tests.callback.simulator.builders import SITE, THEIRS, Site, a_client, a_network, answers, call, response

ALL = ["initiated", "ringing", "answered", "completed"]


def played(*faults: Fault) -> tuple[Network, Site]:
    """A short call with these faults."""
    site = Site(twiml=response("<Pause length='10'/>"))
    network = a_network(site)
    network.faults.add(*faults)
    network.script(THEIRS, answers(after=2.0))
    call(network, status_callback=f"{SITE}/status", status_callback_event=ALL)
    network.run_until_idle()
    return network, site


def numbers(site: Site) -> list[str]:
    """In which order the callbacks came."""
    return [form["SequenceNumber"] for form in site.forms("status")]


def test_a_callback_gets_lost() -> None:
    assert numbers(played(Fault("drop", match="answered"))[1]) == ["0", "1", "3"]


def test_a_callback_comes_twice() -> None:
    assert numbers(played(Fault("duplicate", match="ringing"))[1]) == ["0", "1", "1", "2", "3"]


def test_a_callback_comes_after_the_next_one() -> None:
    network, site = played(Fault("reorder", match="ringing"))
    assert numbers(site) == ["0", "2", "1", "3"]
    times = [at for at, request in network.webhooks.sent if request.kind == "status"]
    assert times[1] == times[2] == network.ledger.rings[0].answered


def test_the_last_callback_comes_late_even_if_none_follows() -> None:
    network, site = played(Fault("reorder", match="completed"))
    assert numbers(site) == ["0", "1", "2", "3"]
    late = network.webhooks.sent[-1][0] - (network.ledger.rings[0].ended or 0)
    assert round(late, 3) == 3


def test_a_callback_comes_a_quarter_of_an_hour_late() -> None:
    network, site = played(Fault("delay", match="ringing"))
    assert numbers(site) == ["0", "2", "3", "1"]
    assert network.webhooks.sent[-1][0] - (network.ledger.rings[0].rang or 0) == 900


def test_a_fault_happens_as_often_as_it_says() -> None:
    assert numbers(played(Fault("drop", match="/status", times=3))[1]) == ["3"]


def test_an_answer_gets_lost_after_the_call_was_accepted() -> None:
    network = a_network()
    network.faults.add(Fault("lost_answer"))
    with pytest.raises(requests.exceptions.ReadTimeout):
        call(network)
    network.advance(1)
    assert [one.to for one in a_client(network).calls.list(to=THEIRS)] == [THEIRS]


def test_a_create_is_delivered_twice() -> None:
    network = a_network()
    network.faults.add(Fault("twice"))
    sid = call(network)
    assert len(network.ledger.rings_to(THEIRS)) == 2
    assert [ring.by_fault for ring in network.ledger.rings if ring.call != sid] == [True]
    assert len(network.ledger.overlaps()) == 1
    assert network.ledger.overlaps(by_fault=False) == []


def test_a_connection_is_closed_before_the_call_was_accepted() -> None:
    network = a_network()
    network.faults.add(Fault("reset"))
    with pytest.raises(requests.exceptions.ConnectionError):
        call(network)
    assert not network.calls


@pytest.mark.parametrize("seconds", [1.0, 60.0])
def test_a_slow_answer_is_lost_for_whoever_does_not_wait(seconds: float) -> None:
    network = a_network()
    network.faults.add(Fault("slow", seconds=seconds))
    if seconds > 10:
        with pytest.raises(requests.exceptions.ReadTimeout):
            call(network)
    else:
        call(network)
    assert len(network.calls) == 1


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_twilio_refuses_a_call(code: int) -> None:
    network = a_network()
    network.faults.add(Fault("error", code=code, match=THEIRS))
    with pytest.raises(TwilioRestException) as caught:
        call(network)
    assert (caught.value.code, caught.value.status) == (code, ERRORS[code][0])
    assert not network.calls


def test_too_many_requests_say_when_to_come_again() -> None:
    network = a_network()
    network.faults.add(Fault("error", code=20429, retry_after=7))
    path = f"/2010-04-01/Accounts/{network.account.sid}/Calls.json"
    answer = network.request("POST", path, auth=(network.account.sid, network.account.token))
    assert dict(answer.headers)["Retry-After"] == "7"


@pytest.mark.parametrize(("kind", "placed"), [("unavailable", 0), ("unavailable_after", 1)])
def test_a_503_says_nothing_about_the_call(kind: str, placed: int) -> None:
    network = a_network()
    network.faults.add(Fault(kind))
    with pytest.raises(TwilioRestException) as caught:
        call(network)
    assert caught.value.status == 503
    assert len(network.calls) == placed


def test_chance_is_repeatable() -> None:
    def happened(seed: int) -> list[str]:
        network = a_network(Site(twiml=response("<Pause/>")))
        network.faults.set_rates({"drop": 0.2, "duplicate": 0.2, "reorder": 0.2, "delay": 0.1}, seed)
        for number in range(8):
            call(network, to=f"+4930555{number:03}", status_callback=f"{SITE}/s", status_callback_event=ALL)
        network.run_until_idle()
        return [fault.kind for fault in network.faults.happened]

    assert happened(1) == happened(1)
    assert happened(1) != happened(2)


@pytest.mark.parametrize(
    "fault", [{"kind": "bogus"}, {"kind": "error", "code": 1}, {"kind": "drop", "times": 0}, {"what": 1}, []]
)
def test_a_fault_that_can_not_be_is_refused(fault: object) -> None:
    with pytest.raises(BadFaultError):
        Fault.from_json(fault)
