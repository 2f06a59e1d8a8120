"""Each verb, as the telephone hears it."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from channels_app.callback.simulator.calls import Call
from channels_app.callback.simulator.documents import NOUNS, VERBS
from channels_app.callback.simulator.network import Network
from channels_app.callback.simulator.phones import Action, Script
from tests.callback.simulator.builders import (
    AGENT,
    OURS,
    SITE,
    THEIRS,
    Site,
    a_client,
    a_network,
    answers,
    call,
    heard,
    response,
)

OTHER = "+493033330"


def play(verbs: str, *actions: Action, **documents: str) -> tuple[Network, Site, Call]:
    """One call that is answered at once and hears these verbs, until all is over."""
    site = Site(twiml=response(verbs), **documents)
    network = a_network(site)
    network.script(THEIRS, answers(actions=actions))
    network.script(AGENT, answers())
    sid = call(network)
    network.run_until_idle()
    return network, site, network.calls[sid]


def test_saying_lasts_as_long_as_its_text() -> None:
    network, _, leg = play(f"<Say language='de-DE' voice='Polly.Vicki'>{'a' * 30}</Say><Say loop='2'>Yes</Say>")
    assert leg.seconds == 3
    assert [what.language for what in network.transcript(leg.sid)] == ["de-DE", "", ""]
    assert network.silences(leg.sid) == []


def test_a_pause_is_silence_and_speech_is_not() -> None:
    network, _, leg = play("<Say>Hold on</Say><Pause length='3'/><Play>https://centre.example/bell.mp3</Play>")
    assert [round(end - start, 3) for start, end in network.silences(leg.sid)] == [3.0]
    assert heard(network, leg.sid)[-1] == ("play", "https://centre.example/bell.mp3")


def test_digits_can_be_played() -> None:
    network, _, leg = play("<Play digits='12w3'/>")
    assert heard(network, leg.sid) == [("digits", "12w3")]


def test_gathered_digits_go_to_the_action() -> None:
    network, site, leg = play(
        "<Gather numDigits='2' action='menu/done?x=1' method='GET'><Say>Choose</Say></Gather>",
        Action("press", after=3.0, digits="42"),
        **{"menu/done": response("<Say>Chosen</Say>")},
    )
    asked = site.requests[-1]
    assert asked.method == "GET"
    assert (asked.form["Digits"], asked.form["x"]) == ("42", "1")
    assert heard(network, leg.sid) == [("say", "Choose"), ("say", "Chosen")]


def test_a_key_stops_the_question() -> None:
    _, site, leg = play(
        f"<Gather numDigits='1' action='/done'><Say>{'long ' * 60}</Say></Gather>",
        Action("press", after=2.0, digits="1"),
        done=response("<Hangup/>"),
    )
    assert site.requests[-1].form["Digits"] == "1"
    assert leg.seconds == 2


def test_the_finishing_key_ends_the_digits_and_is_not_one() -> None:
    _, site, _ = play("<Gather action='/done'/>", Action("press", after=1.0, digits="123#"), done=response("<Hangup/>"))
    assert site.requests[-1].form["Digits"] == "123"
    assert site.requests[-1].form["FinishedOnKey"] == "#"


def test_without_a_key_the_next_verb_follows() -> None:
    network, site, leg = play("<Gather timeout='3' action='/done'/><Say>Nobody there</Say>")
    assert heard(network, leg.sid) == [("say", "Nobody there")]
    assert len(site.requests) == 1


def test_an_empty_result_goes_to_the_action_if_that_is_wanted() -> None:
    _, site, _ = play("<Gather timeout='3' action='/done' actionOnEmptyResult='true'/>", done=response("<Hangup/>"))
    assert site.requests[-1].form["Digits"] == ""


def test_a_key_can_be_the_answer_to_what_is_heard() -> None:
    _, site, leg = play(
        "<Pause length='7'/><Gather numDigits='1' action='/done' timeout='9'><Say>Press 1 to talk</Say></Gather>",
        Action("press", heard="press 1", after=2.0, digits="1"),
        done=response("<Hangup/>"),
    )
    assert site.requests[-1].form["Digits"] == "1"
    assert leg.seconds == 9


def test_dialling_bridges_two_telephones_and_tells_how_it_went() -> None:
    site = Site(twiml=response(f"<Dial action='/after' callerId='{OURS}'>{AGENT}</Dial>"), after=response("<Hangup/>"))
    network = a_network(site)
    network.script(THEIRS, answers())
    network.script(AGENT, Script(after=4.0, actions=(Action("hang_up", after=20.0),)))
    sid = call(network)
    network.advance(10)
    child = next(one for one in network.calls.values() if one.parent)
    assert network.bridged_agents(sid) == [AGENT]
    assert network.bridged_agents(child.sid) == [THEIRS]
    network.run_until_idle()
    told = site.requests[-1].form
    assert (told["DialCallStatus"], told["DialCallSid"], told["DialCallDuration"]) == ("completed", child.sid, "20")
    assert network.bridged_agents(sid) == []
    assert (child.direction, child.parent and child.parent.sid) == ("outbound-dial", sid)
    assert network.silences(sid) == []


@pytest.mark.parametrize(
    ("script", "status"),
    [
        (Script(reaction="busy"), "busy"),
        (Script(reaction="no-answer"), "no-answer"),
        (Script(reaction="failed"), "failed"),
    ],
)
def test_a_dial_that_fails_says_how(script: Script, status: str) -> None:
    site = Site(twiml=response(f"<Dial action='/after' timeout='9'>{OTHER}</Dial>"), after=response("<Say>Sorry</Say>"))
    network = a_network(site)
    network.script(OTHER, script)
    sid = call(network)
    network.run_until_idle()
    assert site.requests[-1].form["DialCallStatus"] == status
    assert heard(network, sid) == [("say", "Sorry")]


def test_of_several_numbers_the_first_that_answers_wins() -> None:
    site = Site(twiml=response(f"<Dial><Number>{AGENT}</Number><Number>{OTHER}</Number><Client>eva</Client></Dial>"))
    network = a_network(site)
    network.script(AGENT, Script(after=9.0))
    network.script(OTHER, Script(after=5.0, actions=(Action("hang_up", after=5.0),)))
    network.script("client:eva", Script(reaction="busy"))
    call(network)
    network.run_until_idle()
    results = {ring.number: ring.result for ring in network.ledger.rings}
    assert results[OTHER] == "completed"
    assert results[AGENT] == "canceled"
    assert results["client:eva"] == "busy"


def test_a_whisper_is_heard_before_the_bridge_by_the_called_alone() -> None:
    site = Site(
        twiml=response(f"<Dial><Number url='/whisper'>{AGENT}</Number></Dial>"),
        whisper=response("<Say>A customer about E42</Say>"),
    )
    network = a_network(site)
    network.script(THEIRS, answers())
    network.script(AGENT, answers(actions=(Action("hang_up", after=9.0),)))
    sid = call(network)
    network.advance(1.2)
    child = next(one for one in network.calls.values() if one.parent)
    assert network.bridged_agents(sid) == []
    network.run_until_idle()
    assert heard(network, child.sid) == [("say", "A customer about E42")]
    assert heard(network, sid) == []
    assert [bridge.speaker for bridge in network.bridges_of(sid)] == [child.sid]


def test_a_whisper_may_refuse_the_call() -> None:
    network, site, _ = play(
        f"<Dial action='/after'><Number url='/whisper'>{AGENT}</Number></Dial>",
        whisper=response("<Hangup/>"),
        after=response("<Hangup/>"),
    )
    assert site.requests[-1].form["DialCallStatus"] == "no-answer"
    assert not network.ledger.bridges


def test_who_dials_takes_the_dialled_with_them() -> None:
    site = Site(twiml=response(f"<Dial>{AGENT}</Dial>"))
    network = a_network(site)
    network.script(THEIRS, answers(actions=(Action("hang_up", after=3.0),)))
    call(network)
    network.run_until_idle()
    assert [ring.result for ring in network.ledger.rings_to(AGENT)] == ["canceled"]


def test_a_caller_may_be_answered_by_the_bridge_alone() -> None:
    site = Site(**{"in": response(f"<Dial answerOnBridge='true'>{AGENT}</Dial>")})
    network = a_network(site)
    network.script(AGENT, Script(after=20.0))
    sid = network.inbound(THEIRS, OURS)
    network.advance(10)
    assert network.calls[sid].status == "ringing"
    network.advance(20)
    assert network.calls[sid].status == "in-progress"
    assert network.bridged_agents(sid) == [AGENT]
    assert network.silences(sid) == []


def test_a_child_tells_its_parent_in_its_callbacks() -> None:
    events = "statusCallback='/child' statusCallbackEvent='ringing answered completed'"
    site = Site(twiml=response(f"<Dial><Number {events}>{AGENT}</Number></Dial>"))
    network = a_network(site)
    network.script(AGENT, Script(actions=(Action("hang_up", after=2.0),)))
    sid = call(network)
    network.run_until_idle()
    told = site.forms("status")
    assert [form["CallStatus"] for form in told] == ["ringing", "in-progress", "completed"]
    assert {form["ParentCallSid"] for form in told} == {sid}
    assert {form["Direction"] for form in told} == {"outbound-dial"}


def test_what_a_person_says_is_heard_at_the_other_end() -> None:
    site = Site(twiml=response(f"<Dial>{AGENT}</Dial>"))
    network = a_network(site)
    network.script(THEIRS, answers())
    network.script(AGENT, answers())
    sid = call(network)
    network.advance(5)
    network.say(AGENT, "Good morning")
    assert heard(network, sid) == [("person", "Good morning")]


def test_a_message_is_recorded_and_written_down() -> None:
    verbs = (
        "<Record action='/after' maxLength='60' timeout='4' recordingStatusCallback='/recorded' "
        "recordingStatusCallbackEvent='in-progress completed' transcribe='true' transcribeCallback='/written'/>"
    )
    site = Site(twiml=response(verbs), after=response("<Say>Goodbye</Say>"))
    network = a_network(site)
    network.script(THEIRS, answers(actions=(Action("say", after=2.5, text="It shows E42", seconds=6.0),)))
    sid = call(network)
    network.run_until_idle()
    told = next(request.form for request in site.requests if request.path.startswith("/after"))
    assert told["RecordingDuration"] == "12"
    assert [form["RecordingStatus"] for form in site.forms("recording")] == ["in-progress", "completed"]
    assert [form["TranscriptionText"] for form in site.forms("transcription")] == ["It shows E42"]
    assert heard(network, sid) == [("beep", ""), ("say", "Goodbye")]


def test_who_says_nothing_is_not_recorded() -> None:
    network, site, leg = play(
        "<Record timeout='4' recordingStatusCallback='/recorded' recordingStatusCallbackEvent='absent'/>"
        "<Say>Nothing heard</Say>"
    )
    assert heard(network, leg.sid) == [("beep", ""), ("say", "Nothing heard")]
    assert [form["RecordingStatus"] for form in site.forms("recording")] == ["absent"]


def test_a_message_is_kept_when_the_caller_hangs_up() -> None:
    _, site, _ = play(
        "<Record action='/after'/>",
        Action("say", after=1.0, text="Call me back", seconds=3.0),
        Action("hang_up", after=5.0),
    )
    told = site.requests[-1].form
    assert (told["Digits"], told["CallStatus"]) == ("hangup", "completed")
    assert told["RecordingDuration"] in ("4", "5")


def test_a_message_ends_with_a_key() -> None:
    _, site, _ = play(
        "<Record action='/after' finishOnKey='#'/>",
        Action("say", after=1.0, text="Hello", seconds=9.0),
        Action("press", after=5.0, digits="#"),
        after=response("<Hangup/>"),
    )
    told = next(request.form for request in site.requests if request.path == "/after")
    assert told["Digits"] == "#"


def test_a_caller_waits_in_a_queue_until_somebody_takes_them() -> None:
    site = Site(
        **{"in": response("<Enqueue waitUrl='/wait' action='/after'>support</Enqueue>")},
        wait=response("<Say>Please wait</Say><Pause length='1'/>"),
        take=response("<Dial><Queue url='/whisper'>support</Queue></Dial>"),
        whisper=response("<Say>You are connected</Say>"),
        after=response("<Hangup/>"),
    )
    network = a_network(site)
    network.script(AGENT, answers())
    customer = network.inbound(THEIRS, OURS)
    network.advance(10)
    queue = a_client(network).queues.list()[0]
    assert (queue.friendly_name, queue.current_size) == ("support", 1)
    assert [member.call_sid for member in a_client(network).queues(queue.sid).members.list()] == [customer]
    waited = [form for form in site.forms("twiml") if "QueuePosition" in form]
    assert waited[0]["QueuePosition"] == "1"
    call(network, to=AGENT, url=f"{SITE}/take")
    network.advance(10)
    assert network.bridged_agents(customer) == [AGENT]
    assert heard(network, customer)[-1] == ("say", "You are connected")
    network.hang_up(AGENT)
    network.run_until_idle()
    assert [form["QueueResult"] for form in site.forms("twiml") if "QueueResult" in form] == ["bridged"]
    assert network.silences(customer) == [] or max(end - start for start, end in network.silences(customer)) <= 1.0


def test_an_agent_may_wait_for_a_caller() -> None:
    site = Site(**{"in": response("<Enqueue>support</Enqueue>")}, take=response("<Dial><Queue>support</Queue></Dial>"))
    network = a_network(site)
    network.script(AGENT, answers())
    call(network, to=AGENT, url=f"{SITE}/take")
    network.advance(60)
    customer = network.inbound(THEIRS, OURS)
    network.advance(1)
    assert network.bridged_agents(customer) == [AGENT]


def test_a_key_leads_out_of_the_queue() -> None:
    site = Site(
        **{"in": response("<Enqueue waitUrl='/wait'>support</Enqueue><Say>We call you back</Say>")},
        wait=response(
            "<Gather numDigits='1' action='/leave' timeout='10'><Say>Press 1 to be called back</Say></Gather>"
        ),
        leave=response("<Leave/>"),
    )
    network = a_network(site)
    network.script(THEIRS, Script(actions=(Action("press", heard="press 1", after=3.0, digits="1"),)))
    sid = network.inbound(THEIRS, OURS)
    network.run_until_idle()
    assert heard(network, sid) == [("say", "Press 1 to be called back"), ("say", "We call you back")]
    assert a_client(network).queues.list()[0].current_size == 0


def test_who_hangs_up_while_waiting_leaves_the_queue() -> None:
    site = Site(**{"in": response("<Enqueue action='/after'>support</Enqueue>")})
    network = a_network(site)
    network.inbound(THEIRS, OURS)
    network.advance(30)
    network.hang_up(THEIRS)
    network.run_until_idle()
    assert (site.requests[-2].form["QueueResult"], site.requests[-2].form["QueueTime"]) == ("hangup", "30")
    assert a_client(network).queues.list()[0].current_size == 0


@pytest.mark.parametrize("wait", [response("<Hangup/>"), response("<Speak/>")])
def test_what_a_waiting_caller_hears_may_end_the_call(wait: str) -> None:
    enqueue = response("<Enqueue waitUrl='/wait' action='/after'>support</Enqueue><Say>Never</Say>")
    site = Site(**{"in": enqueue}, wait=wait, after=response("<Say>Never</Say>"))
    network = a_network(site)
    sid = network.inbound(THEIRS, OURS)
    network.run_until_idle()
    assert network.calls[sid].status == "completed"
    assert ("say", "Never") not in heard(network, sid)
    assert [form["QueueResult"] for form in site.forms("twiml") if "QueueResult" in form] == ["hangup"]


def test_the_api_takes_somebody_out_of_a_queue() -> None:
    site = Site(**{"in": response("<Enqueue>support</Enqueue>")}, other=response("<Say>Over here</Say>"))
    network = a_network(site)
    sid = network.inbound(THEIRS, OURS)
    network.advance(3)
    queue = a_client(network).queues.list()[0]
    a_client(network).queues(queue.sid).members("Front").update(url=f"{SITE}/other")
    network.run_until_idle()
    assert heard(network, sid) == [("say", "Over here")]


def test_a_document_leads_to_another() -> None:
    network, _, leg = play(
        "<Say>One</Say><Redirect>deep/er</Redirect><Say>Never</Say>",
        **{"deep/er": response("<Redirect>two</Redirect>"), "deep/two": response("<Say>Two</Say>")},
    )
    assert heard(network, leg.sid) == [("say", "One"), ("say", "Two")]


def test_a_loop_of_documents_ends_the_call() -> None:
    network, site, leg = play("<Redirect>/twiml</Redirect>")
    assert leg.status == "completed"
    assert [report.code for report in network.debugger] == [11215]
    assert len(site.requests) < 60


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Say>Hello</Response>", 12100),
        ("<Answer/>", 12100),
        ("<!DOCTYPE Response [<!ENTITY a 'a'>]><Response><Say>&a;</Say></Response>", 12100),
        ("", 12100),
        (response("<Speak>Hello</Speak>"), 12200),
        (response("<Start><Stream url='wss://x'/></Start>"), 12200),
        (response("<Dial><Sip>sip:a@b</Sip></Dial>"), 12200),
        (response("<Say><Dial/></Say>"), 12200),
        (response("Hello"), 12200),
        (response("<Pause length='long'/>"), 12200),
        (response("<Dial><Number statusCallbackEvent='bogus' statusCallback='/x'>+493033330</Number></Dial>"), 12200),
    ],
)
def test_a_document_that_twilio_would_not_execute_ends_the_call(document: str, code: int) -> None:
    site = Site(twiml=document)
    network = a_network(site)
    sid = call(network)
    network.run_until_idle()
    assert network.calls[sid].status == "completed"
    assert [report.code for report in network.debugger] == [code]
    assert heard(network, sid)[-1] == ("error", "An application error has occurred. Goodbye.")


def test_an_attribute_that_twilio_does_not_know_is_reported_and_ignored() -> None:
    network, _, leg = play("<Say lang='de'>Hello</Say>")
    assert heard(network, leg.sid) == [("say", "Hello")]
    assert [report.code for report in network.debugger] == [12200]


@pytest.mark.parametrize("status", [0, 404, 500])
def test_a_document_that_can_not_be_had_ends_the_call(status: int) -> None:
    site = Site()
    site.failures["/twiml"] = [status, status]
    network = a_network(site)
    sid = call(network)
    network.run_until_idle()
    assert [report.code for report in network.debugger] == [11200]
    assert heard(network, sid) == [("error", "An application error has occurred. Goodbye.")]


def test_a_document_is_asked_for_elsewhere_when_it_can_not_be_had() -> None:
    site = Site(fallback=response("<Say>Try later</Say>"))
    network = a_network(site)
    sid = call(network, fallback_url=f"{SITE}/fallback")
    network.run_until_idle()
    assert heard(network, sid) == [("say", "Try later")]


def test_a_wrong_caller_id_is_not_shown() -> None:
    network, site, _ = play(f"<Dial action='/after' callerId='+4930999'>{AGENT}</Dial>", after=response("<Hangup/>"))
    assert [report.code for report in network.debugger] == [13214]
    assert site.requests[-1].form["DialCallStatus"] == "failed"


def test_a_wrong_number_is_not_dialled() -> None:
    network, site, _ = play("<Dial action='/after'>0049 30 1</Dial>", after=response("<Hangup/>"))
    assert [report.code for report in network.debugger] == [13224]
    assert site.requests[-1].form["DialCallStatus"] == "failed"


# Whatever comes, the network goes on.

FINDING = (Phase.explicit, Phase.reuse, Phase.generate)  # to make such an example small takes longer than to read it

WORDS = st.sampled_from(["", "press 1", "Hello there", "+493022220", "support", "room", "/twiml", "/a", "/b"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["action", "timeout", "numDigits", "loop", "length", "url", "waitUrl", "method", "record", "beep"]),
    st.sampled_from(["0", "1", "3", "true", "false", "GET", "/a", "/b", "", "x"]),
    max_size=3,
)
NAMES = st.sampled_from([*VERBS, *NOUNS, "Sip", "Start"])


def element(name: str, attributes: dict[str, str], text: str, inside: str) -> str:
    """One element."""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{text}{inside}</{name}>"


LEAVES = st.builds(element, NAMES, ATTRIBUTES, WORDS, st.just(""))
ELEMENTS = st.builds(element, NAMES, ATTRIBUTES, WORDS, st.lists(LEAVES, max_size=2).map("".join))
DOCUMENTS = st.lists(ELEMENTS, max_size=4).map(lambda verbs: response("".join(verbs)))
SCRIPTS = st.builds(
    Script,
    reaction=st.sampled_from(["answer", "answer", "busy", "no-answer", "failed", "canceled", "manual"]),
    after=st.floats(0, 40),
    answered_by=st.sampled_from(["human", "machine", "fax", "unknown"]),
    actions=st.lists(
        st.builds(
            Action,
            do=st.sampled_from(["press", "say", "hang_up"]),
            after=st.floats(0, 90),
            heard=st.sampled_from(["", "press 1", "hello"]),
            digits=st.sampled_from(["1", "42#", "*"]),
            text=st.just("Yes"),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None, phases=FINDING)
@given(DOCUMENTS, DOCUMENTS, DOCUMENTS, SCRIPTS, SCRIPTS, st.integers(0, 9))
def test_whatever_is_said_and_done_nothing_breaks_and_every_ring_ends(
    first: str, second: str, third: str, theirs: Script, agent: Script, seed: int
) -> None:
    site = Site(twiml=first, a=second, b=third, **{"in": second})
    network = a_network(site, seed=seed)
    network.faults.set_rates({"drop": 0.1, "delay": 0.1, "reorder": 0.2, "duplicate": 0.2}, seed)
    network.script(THEIRS, theirs)
    network.script(AGENT, agent)
    call(network, status_callback=f"{SITE}/status", time_limit=600, machine_detection="Enable")
    network.inbound(OTHER, OURS)
    network.run_until_idle()
    assert all(ring.ended is not None for ring in network.ledger.rings)
    assert all(bridge.end is not None for bridge in network.ledger.bridges)
    assert all(call.is_over for call in network.calls.values())
