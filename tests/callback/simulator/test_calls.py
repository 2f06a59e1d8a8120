"""The life of a call: what is told of it, in which order, and how it ends."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from channels_app.callback.simulator.phones import Action, Script
from tests.callback.simulator.builders import (
    ACCOUNT,
    AGENT,
    OURS,
    SITE,
    START,
    THEIRS,
    Site,
    a_client,
    a_network,
    answers,
    call,
    heard,
    response,
)

ALL = ["initiated", "ringing", "answered", "completed"]
TALK = response("<Say>Good morning</Say>")


def test_a_call_that_is_answered_is_told_in_four_steps() -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    sid = call(network, status_callback=f"{SITE}/status", status_callback_event=ALL)
    network.run_until_idle()
    told = site.forms("status")
    assert [form["CallStatus"] for form in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]
    assert {form["CallbackSource"] for form in told} == {"call-progress-events"}
    assert {form["CallSid"] for form in told} == {sid}
    assert told[-1]["CallDuration"] == "1"
    assert told[-1]["Timestamp"] == "Mon, 02 Mar 2026 09:00:04 +0000"
    assert a_client(network).calls(sid).fetch().status == "completed"


def test_only_the_end_is_told_unless_asked_otherwise() -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    call(network, status_callback=f"{SITE}/status")
    network.run_until_idle()
    assert [(form["CallStatus"], form["SequenceNumber"]) for form in site.forms("status")] == [("completed", "3")]


@pytest.mark.parametrize(
    ("script", "result"),
    [
        (Script(reaction="busy"), "busy"),
        (Script(reaction="no-answer"), "no-answer"),
        (Script(reaction="failed"), "failed"),
        (Script(reaction="canceled"), "canceled"),
        (Script(reaction="manual"), "no-answer"),
    ],
)
def test_a_call_that_nobody_answers_ends_as_the_script_says(script: Script, result: str) -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    network.script(THEIRS, script)
    sid = call(network, status_callback=f"{SITE}/status", timeout=20)
    network.run_until_idle()
    assert site.forms("status")[-1]["CallStatus"] == result
    assert site.forms("twiml") == []
    assert network.ledger.rings_to(THEIRS)[0].result == result
    assert a_client(network).calls(sid).fetch().duration == "0"


@pytest.mark.parametrize(("suffix", "result"), [("99901", "busy"), ("99902", "no-answer"), ("99903", "failed")])
def test_a_number_behaves_by_its_last_digits(suffix: str, result: str) -> None:
    network = a_network()
    sid = call(network, to=f"+4930{suffix}", timeout=5)
    network.run_until_idle()
    assert network.calls[sid].status == result


def test_scripts_come_one_call_after_the_other() -> None:
    network = a_network(Site(twiml=TALK))
    network.script(THEIRS, Script(reaction="busy"), answers())
    results = []
    for _ in range(3):
        sid = call(network)
        network.run_until_idle()
        results.append(network.calls[sid].status)
    assert results == ["busy", "completed", "completed"]


def test_a_telephone_rings_no_longer_than_the_timeout() -> None:
    network = a_network()
    network.script(THEIRS, Script(after=30))
    call(network, timeout=12)
    network.run_until_idle()
    start, end = network.ledger.rings_to(THEIRS)[0].ringing or (0, 0)
    assert round(end - start, 3) == 12


def test_a_call_ends_at_its_time_limit() -> None:
    network = a_network(Site(twiml=response("<Pause length='600'/>")))
    sid = call(network, time_limit=45)
    network.run_until_idle()
    assert network.calls[sid].seconds == 45


def test_a_second_call_to_a_telephone_in_use_is_busy_and_an_overlap() -> None:
    network = a_network(Site(twiml=response("<Pause length='60'/>")))
    network.script(THEIRS, answers())
    first = call(network)
    network.advance(5)
    second = call(network)
    network.run_until_idle()
    assert network.calls[second].status == "busy"
    assert [(one.call, other.call) for one, other in network.ledger.overlaps()] == [(first, second)]


@pytest.mark.parametrize("status", ["canceled", "completed"])
def test_a_ringing_call_is_cancelled(status: str) -> None:
    network = a_network()
    sid = call(network)
    network.advance(1)
    assert a_client(network).calls(sid).update(status=status).status == "canceled"
    network.run_until_idle()
    assert network.ledger.rings_to(THEIRS)[0].answered is None


def test_nothing_of_a_call_is_left_when_it_is_over() -> None:
    network = a_network(Site(twiml=TALK))
    call(network)
    network.run_until_idle()
    assert network.timeline.now == network.ledger.rings[0].ended


def test_a_talk_is_ended_by_completed_and_not_by_canceled() -> None:
    network = a_network(Site(twiml=response("<Pause length='60'/>")))
    sid = call(network)
    network.advance(10)
    assert a_client(network).calls(sid).update(status="canceled").status == "in-progress"
    assert a_client(network).calls(sid).update(status="completed").status == "completed"


def test_a_call_that_is_over_can_not_be_changed() -> None:
    network = a_network(Site(twiml=TALK))
    sid = call(network)
    network.run_until_idle()
    with pytest.raises(TwilioRestException) as caught:
        a_client(network).calls(sid).update(status="completed")
    assert (caught.value.status, caught.value.code) == (400, 21220)


def test_a_talk_goes_on_with_another_document_when_the_api_says_so() -> None:
    network = a_network(Site(twiml=response("<Say>One</Say><Pause length='60'/>"), other=response("<Say>Two</Say>")))
    sid = call(network)
    network.advance(10)
    a_client(network).calls(sid).update(url=f"{SITE}/other")
    network.run_until_idle()
    assert heard(network, sid) == [("say", "One"), ("say", "Two")]
    assert network.calls[sid].status == "completed"


def test_a_running_talk_gets_a_shorter_limit_and_another_listener() -> None:
    site = Site(twiml=response("<Pause length='600'/>"))
    network = a_network(site)
    network.script(THEIRS, answers())
    sid = call(network)
    network.advance(5)
    a_client(network).calls(sid).update(time_limit=30, status_callback=f"{SITE}/later")
    network.run_until_idle()
    assert network.calls[sid].seconds == 30
    assert [request.path for request in site.requests if request.kind == "status"] == ["/later"]


def test_our_server_may_use_the_api_while_it_answers() -> None:
    def place_another(form: dict[str, str]) -> str:
        if form["To"] == THEIRS:
            call(network, to="+493011112")
        return TALK

    network = a_network(Site(twiml=place_another))
    call(network)
    network.run_until_idle()
    assert [ring.result for ring in network.ledger.rings] == ["completed", "completed"]


def test_threads_may_place_calls_at_the_same_time() -> None:
    network = a_network(Site(twiml=TALK))
    with ThreadPoolExecutor(8) as threads:
        sids = list(threads.map(lambda number: call(network, to=f"+4930555{number:03}"), range(64)))
    network.run_until_idle()
    assert len(set(sids)) == 64
    assert {ring.result for ring in network.ledger.rings} == {"completed"}


def test_a_document_may_come_with_the_call() -> None:
    network = a_network()
    sid = call(network, twiml=TALK)
    network.run_until_idle()
    assert heard(network, sid) == [("say", "Good morning")]


@pytest.mark.parametrize(
    ("answered_by", "mode", "result"),
    [
        ("human", "Enable", "human"),
        ("machine", "Enable", "machine_start"),
        ("machine", "DetectMessageEnd", "machine_end_beep"),
        ("machine_without_beep", "DetectMessageEnd", "machine_end_silence"),
        ("fax", "Enable", "fax"),
        ("unknown", "Enable", "unknown"),
    ],
)
def test_what_has_answered_is_known_before_the_document_is_asked_for(answered_by: str, mode: str, result: str) -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    network.script(THEIRS, answers(answered_by=answered_by))
    sid = call(network, machine_detection=mode)
    network.run_until_idle()
    assert [form["AnsweredBy"] for form in site.forms("twiml")] == [result]
    assert a_client(network).calls(sid).fetch().answered_by == result


def test_a_human_hears_silence_while_a_machine_is_looked_for() -> None:
    network = a_network()
    network.script(THEIRS, answers())
    sid = call(network, twiml=TALK, machine_detection="Enable")
    network.run_until_idle()
    assert [round(end - start, 3) for start, end in network.silences(sid)] == [1.8]


def test_a_human_need_not_wait_for_an_asynchronous_detection() -> None:
    site = Site(twiml=response("<Pause length='9'/>"))
    network = a_network(site)
    network.script(THEIRS, answers(answered_by="machine"))
    call(
        network,
        machine_detection="DetectMessageEnd",
        async_amd="true",
        async_amd_status_callback=f"{SITE}/amd",
    )
    network.run_until_idle()
    assert "AnsweredBy" not in site.forms("twiml")[0]
    assert [form["AnsweredBy"] for form in site.forms("amd")] == ["machine_end_beep"]
    assert site.forms("amd")[0]["MachineDetectionDuration"] == "6500"


def test_every_callback_is_signed_over_its_exact_address() -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    call(network, status_callback=f"{SITE}/status?a=b%20c&x=", status_callback_event=ALL)
    network.run_until_idle()
    validator = RequestValidator(ACCOUNT.token)
    assert len(site.requests) == 5
    for request in site.requests:
        assert validator.validate(request.url, request.form, request.headers["X-Twilio-Signature"])
        assert not validator.validate(request.url + "1", request.form, request.headers["X-Twilio-Signature"])


def test_a_get_is_signed_over_its_query() -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    call(network, method="GET")
    network.run_until_idle()
    request = site.requests[0]
    assert request.method == "GET"
    assert f"CallSid={request.call}" in request.url
    assert RequestValidator(ACCOUNT.token).validate(request.url, {}, request.headers["X-Twilio-Signature"])


def test_json_callbacks_are_signed_by_the_hash_of_their_body() -> None:
    site = Site(twiml=TALK)
    network = a_network(site)
    network.webhooks.as_json = True
    call(network, status_callback=f"{SITE}/status")
    network.run_until_idle()
    request = next(request for request in site.requests if request.kind == "status")
    assert "bodySHA256=" in request.url
    assert RequestValidator(ACCOUNT.token).validate(request.url, request.body, request.headers["X-Twilio-Signature"])


@pytest.mark.parametrize("status", [0, 500, 503])
def test_a_callback_that_fails_comes_once_more(status: int) -> None:
    site = Site(twiml=TALK)
    site.failures["/status"] = [status, status]
    network = a_network(site)
    call(network, status_callback=f"{SITE}/status")
    network.run_until_idle()
    assert len(site.forms("status")) == 2


@pytest.mark.parametrize(("fragment", "count"), [("#rc=0", 1), ("#rc=3&rp=all", 4)])
def test_the_address_may_say_how_often_it_is_tried(fragment: str, count: int) -> None:
    site = Site(twiml=TALK)
    site.failures["/status"] = [500] * 9
    network = a_network(site)
    call(network, status_callback=f"{SITE}/status{fragment}")
    network.run_until_idle()
    assert len(site.forms("status")) == count


def test_a_refused_callback_does_not_come_again() -> None:
    site = Site(twiml=TALK)
    site.failures["/status"] = [403]
    network = a_network(site)
    call(network, status_callback=f"{SITE}/status")
    network.run_until_idle()
    assert len(site.forms("status")) == 1


def test_calls_are_found_by_number_state_and_time() -> None:
    network = a_network(Site(twiml=TALK))
    client = a_client(network)
    first = call(network)
    network.advance(120)
    second = call(network, to="+493011112")
    third = call(network)
    network.advance(0.2)
    assert [one.sid for one in client.calls.list(to=THEIRS)] == [third, first]
    assert [one.sid for one in client.calls.list(status="completed")] == [first]
    assert [one.sid for one in client.calls.list(to=THEIRS, start_time_after=START + timedelta(seconds=60))] == [third]
    assert [one.sid for one in client.calls.list(start_time_before=START + timedelta(seconds=60))] == [first]
    assert {one.sid for one in client.calls.list(from_=OURS, start_time_after=START)} == {first, second, third}


def test_a_long_list_has_pages() -> None:
    network = a_network()
    placed = [call(network, to=f"+4930555{number:03}") for number in range(7)]
    client = a_client(network)
    assert [one.sid for one in client.calls.list(page_size=3)] == placed[::-1]
    assert client.calls.page(page_size=7).next_page_url is None


def test_each_page_of_a_list_is_about_what_was_asked_for() -> None:
    network = a_network(Site(twiml=TALK))
    wanted = []
    for number in range(3):
        wanted.append(call(network))
        call(network, to=f"+4930555{number:03}")
        network.advance(60)
    found = a_client(network).calls.list(to=THEIRS, start_time_after=START, page_size=1)
    assert [one.sid for one in found] == wanted[::-1]


def test_somebody_who_calls_us_hears_the_document_of_the_number() -> None:
    site = Site(**{"in": response("<Say>Welcome</Say><Pause length='3'/>")})
    network = a_network(site)
    network.script(THEIRS, Script(actions=(Action("hang_up", after=2.0),)))
    sid = network.inbound(THEIRS, OURS)
    network.run_until_idle()
    asked = site.forms("twiml")[0]
    assert (asked["Direction"], asked["CallStatus"], asked["From"], asked["To"]) == ("inbound", "ringing", THEIRS, OURS)
    assert heard(network, sid) == [("say", "Welcome")]
    assert [form["CallStatus"] for form in site.forms("status")] == ["completed"]


@pytest.mark.parametrize(("reason", "result"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_caller_may_be_rejected_unheard(reason: str, result: str) -> None:
    network = a_network(Site(**{"in": response(f"<Reject reason='{reason}'/>")}))
    sid = network.inbound(THEIRS, OURS)
    network.run_until_idle()
    assert network.calls[sid].status == result
    assert network.calls[sid].answered is None


def test_a_person_decides_at_a_manual_telephone() -> None:
    network = a_network(
        Site(twiml=response("<Gather numDigits='1' timeout='30' action='/key'/>"), key=response("<Say>Thanks</Say>"))
    )
    network.script(THEIRS, Script(reaction="manual"))
    sid = call(network)
    network.advance(7)
    network.answer(THEIRS)
    network.advance(2)
    network.press(THEIRS, "1")
    network.advance(5)
    assert heard(network, sid) == [("say", "Thanks")]
    assert [event["kind"] for event in network.phone(THEIRS).events] == [
        "ringing",
        "answered",
        "pressed",
        "heard",
        "ended",
    ]


def test_who_calls_us_can_neither_answer_nor_call_twice() -> None:
    network = a_network(Site(**{"in": response(f"<Dial answerOnBridge='true'>{AGENT}</Dial>")}))
    network.inbound(THEIRS, OURS)
    network.advance(1)
    with pytest.raises(ValueError, match="nothing rings there"):
        network.answer(THEIRS)
    with pytest.raises(ValueError, match="is in a call"):
        network.inbound(THEIRS, OURS)


@pytest.mark.parametrize("deed", ["answer", "decline", "hang_up"])
def test_nothing_can_be_done_at_a_telephone_without_a_call(deed: str) -> None:
    with pytest.raises(ValueError, match="No call"):
        getattr(a_network(), deed)(THEIRS)


def test_ended_calls_leave_the_memory_and_stay_in_the_ledger() -> None:
    network = a_network(Site(twiml=TALK), calls_kept=10)
    for number in range(25):
        call(network, to=f"+4930555{number:03}")
        network.run_until_idle()
    assert len(network.calls) == len(network.phones) == 10
    assert len(network.ledger.rings) == 25


def test_ended_conferences_and_their_recordings_leave_the_memory() -> None:
    room = "<Dial><Conference record='record-from-start' endConferenceOnExit='true'>room</Conference></Dial>"
    network = a_network(Site(twiml=response(room)), calls_kept=4)
    for number in range(9):
        network.script(f"+4930555{number:03}", answers(actions=(Action("hang_up", after=9.0),)))
        call(network, to=f"+4930555{number:03}")
        call(network, to=f"+4930666{number:03}")
        network.run_until_idle()
    assert len(network.conferences.all) == len(network.recordings.all) == 4


def test_a_long_talk_stays_in_memory_while_others_come_and_go() -> None:
    network = a_network(Site(long=response("<Pause length='3600'/>"), twiml=TALK), calls_kept=2)
    sid = call(network, url=f"{SITE}/long")
    for number in range(9):
        call(network, to=f"+4930555{number:03}")
        network.advance(60)
    assert a_client(network).calls(sid).fetch().status == "in-progress"


def test_the_same_seed_gives_the_same_ledger() -> None:
    def play(seed: int) -> list[tuple[object, ...]]:
        network = a_network(Site(twiml=TALK), seed=seed)
        network.faults.set_rates({"reorder": 0.3, "duplicate": 0.3}, seed=seed)
        for number, script in zip(range(9), itertools.cycle([answers(), Script(reaction="busy")]), strict=False):
            network.script(f"+4930555{number:03}", script)
            call(network, to=f"+4930555{number:03}", status_callback=f"{SITE}/status", status_callback_event=ALL)
        network.run_until_idle()
        calls = [
            (ring.call, ring.number, ring.placed, ring.rang, ring.ended, ring.result) for ring in network.ledger.rings
        ]
        return [*calls, *((at, request.event, request.call) for at, request in network.webhooks.sent)]

    assert play(3) == play(3)
    assert play(3) != play(4)
