"""Conferences: who hears whom, what is told of it, and how they end."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from channels_app.callback.simulator.network import Network
from channels_app.callback.simulator.phones import Script
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

BOSS = "+493044440"
EVENTS = ["start", "end", "join", "leave", "mute", "hold", "modify", "speaker"]
AGENT_ROOM = response(
    "<Dial action='/after'><Conference statusCallback='/conference' participantLabel='agent' "
    f"statusCallbackEvent='{' '.join(EVENTS)}' waitUrl='' endConferenceOnExit='true'>cb-1</Conference></Dial>"
)


def a_talk(**documents: str) -> tuple[Network, Site, str, str]:
    """An agent in a conference and a customer who was rung for it; both are there. Returns their calls."""
    site = Site(twiml=AGENT_ROOM, after=response("<Say>The customer has left</Say>"), **documents)
    network = a_network(site)
    for number in (AGENT, THEIRS, BOSS):
        network.script(number, answers())
    agent = call(network, to=AGENT)
    network.advance(2)
    customer = a_client(network).conferences("cb-1").participants.create(to=THEIRS, from_=OURS, label="customer")
    network.advance(2)
    return network, site, agent, str(customer.call_sid)


def seats(network: Network) -> Any:
    """Who is in the open conference, by its sid as Twilio wants it."""
    conference = network.conferences.find("cb-1")
    assert conference is not None
    return a_client(network).conferences(conference.sid).participants


def told(site: Site) -> list[str]:
    """The events of the conference."""
    return [form["StatusCallbackEvent"] for form in site.forms("conference")]


def test_an_agent_and_a_customer_hear_each_other() -> None:
    network, site, agent, customer = a_talk()
    assert network.bridged_agents(customer) == [AGENT]
    assert network.bridged_agents(agent) == [THEIRS]
    assert told(site) == ["participant-join", "participant-join", "conference-start"]
    assert [form["SequenceNumber"] for form in site.forms("conference")] == ["1", "2", "3"]
    assert [form.get("ParticipantLabel") for form in site.forms("conference")] == ["agent", "customer", None]
    assert {form["FriendlyName"] for form in site.forms("conference")} == {"cb-1"}


def test_who_is_alone_hears_music_unless_silence_is_wanted() -> None:
    network = a_network(Site(twiml=response("<Dial><Conference>a</Conference></Dial>"), wait=AGENT_ROOM))
    network.script(THEIRS, answers())
    network.script(AGENT, answers())
    with_music, in_silence = call(network), call(network, to=AGENT, url=f"{SITE}/wait")
    network.advance(10)
    assert network.silences(with_music) == []
    assert round(sum(end - start for start, end in network.silences(in_silence))) == 10


def test_a_document_is_heard_over_and_over_while_one_waits() -> None:
    room = response("<Dial><Conference waitUrl='/wait'>a</Conference></Dial>")
    network = a_network(Site(twiml=room, wait=response("<Say>Please wait for a moment</Say><Pause length='1'/>")))
    sid = call(network)
    network.advance(12)
    assert heard(network, sid).count(("say", "Please wait for a moment")) >= 3


def test_who_waits_is_not_disturbed_by_others_who_wait() -> None:
    room = response(
        "<Dial><Conference startConferenceOnEnter='false' waitUrl='/wait' beep='false'>a</Conference></Dial>"
    )
    network = a_network(Site(twiml=room, wait=response("<Say>One</Say><Pause length='60'/><Say>Two</Say>")))
    network.script(THEIRS, answers())
    network.script(AGENT, answers())
    sid = call(network)
    network.advance(30)
    call(network, to=AGENT)
    network.advance(35)
    assert heard(network, sid)[:2] == [("say", "One"), ("say", "Two")]


def test_the_talk_ends_with_who_may_end_it() -> None:
    network, site, agent, customer = a_talk()
    network.hang_up(AGENT)
    network.run_until_idle()
    assert network.calls[customer].status == "completed"
    assert told(site)[-3:] == ["participant-leave", "participant-leave", "conference-end"]
    end = site.forms("conference")[-1]
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["CallSidEndingConference"] == agent
    left = site.forms("conference")[-3]
    assert (left["ReasonParticipantLeft"], left["ParticipantCallStatus"]) == ("participant_hung_up", "completed")


def test_who_stays_behind_alone_hears_silence() -> None:
    network, _, agent, _ = a_talk()
    network.hang_up(THEIRS)
    network.advance(5)
    assert network.calls[agent].status == "in-progress"
    assert round(sum(end - start for start, end in network.silences(agent)[-1:])) == 5


def test_the_last_one_ends_the_conference() -> None:
    site = Site(twiml=response("<Dial><Conference statusCallback='/c' statusCallbackEvent='end'>a</Conference></Dial>"))
    network = a_network(site)
    network.script(THEIRS, answers())
    call(network)
    network.advance(3)
    network.hang_up(THEIRS)
    network.run_until_idle()
    assert site.forms("conference")[0]["ReasonConferenceEnded"] == "last-participant-left"
    assert a_client(network).conferences.list()[0].reason_conference_ended == "last-participant-left"


def test_the_api_ends_a_conference_and_the_documents_go_on() -> None:
    network, site, agent, customer = a_talk()
    conference = a_client(network).conferences.list(friendly_name="cb-1", status="in-progress")[0]
    a_client(network).conferences(conference.sid).update(status="completed")
    network.run_until_idle()
    assert heard(network, agent)[-1] == ("say", "The customer has left")
    assert network.calls[customer].status == "completed"
    assert site.forms("conference")[-1]["ReasonConferenceEnded"] == "conference-ended-via-api"


def test_hold_is_music_for_one_and_silence_for_nobody_else() -> None:
    network, site, agent, customer = a_talk(hold=response("<Say>Just a moment, please</Say>"))
    participant = seats(network)(customer)
    participant.update(hold=True, hold_url=f"{SITE}/hold")
    network.advance(4)
    assert network.bridged_agents(customer) == []
    assert network.bridged_agents(agent) == []
    assert ("say", "Just a moment, please") in heard(network, customer)
    participant.update(hold=False)
    network.advance(1)
    assert network.bridged_agents(customer) == [AGENT]
    assert told(site)[-2:] == ["participant-hold", "participant-unhold"]


def test_who_is_muted_hears_and_is_not_heard() -> None:
    network, site, agent, customer = a_talk()
    seats(network)("customer").update(muted=True)
    network.advance(1)
    assert network.bridged_agents(agent) == []
    assert network.bridged_agents(customer) == [AGENT]
    assert told(site)[-1] == "participant-mute"


def test_a_coach_is_heard_by_the_agent_alone_and_may_barge_in() -> None:
    network, _, agent, customer = a_talk()
    participants = seats(network)
    coach = participants.create(to=BOSS, from_=OURS, label="boss", coaching=True, call_sid_to_coach=agent)
    network.advance(2)
    assert sorted(network.bridged_agents(agent)) == [THEIRS, BOSS]
    assert network.bridged_agents(customer) == [AGENT]
    assert sorted(network.bridged_agents(coach.call_sid)) == [THEIRS, AGENT]
    participants("boss").update(coaching=False)
    network.advance(1)
    assert sorted(network.bridged_agents(customer)) == [AGENT, BOSS]


def test_a_participant_is_put_out() -> None:
    network, site, _, customer = a_talk()
    seats(network)(customer).delete()
    network.run_until_idle()
    assert network.calls[customer].status == "completed"
    left = next(form for form in site.forms("conference") if form["StatusCallbackEvent"] == "participant-leave")
    assert (left["CallSid"], left["ReasonParticipantLeft"]) == (customer, "participant_updated_via_api")


def test_a_participant_who_is_not_reached_was_never_there() -> None:
    network, site, agent, _ = a_talk()
    network.script(BOSS, Script(reaction="busy"))
    participants = seats(network)
    added = participants.create(
        to=BOSS, from_=OURS, status_callback=f"{SITE}/status", status_callback_event=["initiated", "completed"]
    )
    assert (added.status, added.conference_sid) == ("queued", a_client(network).conferences.list()[0].sid)
    network.advance(9)
    assert [form["CallStatus"] for form in site.forms("status")] == ["initiated", "busy"]
    assert told(site).count("participant-join") == 2
    assert {one.call_sid for one in participants.list()} == {agent, *participants_now(network)}


def participants_now(network: Network) -> set[str]:
    """Calls in the open conference."""
    conference = network.conferences.find("cb-1")
    assert conference is not None
    return {participant.call.sid for participant in conference.present}


def test_a_machine_in_a_conference_is_told_while_it_is_there() -> None:
    network, site, agent, _ = a_talk()
    network.script(BOSS, answers(answered_by="machine"))
    participants = seats(network)
    participants.create(to=BOSS, from_=OURS, machine_detection="Enable", amd_status_callback=f"{SITE}/amd")
    network.advance(2)
    assert sorted(network.bridged_agents(agent)) == [THEIRS, BOSS]
    network.advance(5)
    assert [form["AnsweredBy"] for form in site.forms("amd")] == ["machine_start"]


def test_a_telephone_that_rings_for_a_conference_rings_on_when_it_ends() -> None:
    network, _, _, _ = a_talk()
    network.script(BOSS, Script(after=20))
    added = seats(network).create(to=BOSS, from_=OURS)
    network.advance(2)
    network.hang_up(AGENT)
    network.advance(2)
    assert network.calls[added.call_sid].status == "ringing"


@pytest.mark.parametrize("name", ["cb-1", "cb-2", "CF" + "0" * 32])
def test_there_is_no_participant_of_a_conference_that_is_not_open_or_not_named_by_sid(name: str) -> None:
    network, _, _, _ = a_talk()
    with pytest.raises(TwilioRestException) as caught:
        a_client(network).conferences(name).participants(THEIRS).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_two_conferences_of_one_name_follow_each_other() -> None:
    network, _, _, _ = a_talk()
    network.hang_up(AGENT)
    network.advance(5)
    call(network, to=AGENT)
    network.advance(5)
    conferences = a_client(network).conferences.list(friendly_name="cb-1")
    assert [one.status for one in conferences] == ["init", "completed"]


def test_everybody_hears_an_announcement() -> None:
    network, _, agent, customer = a_talk(news=response("<Say>This call is recorded</Say>"))
    conference = a_client(network).conferences.list()[0]
    a_client(network).conferences(conference.sid).update(announce_url=f"{SITE}/news")
    network.advance(1)
    assert heard(network, agent)[-1] == heard(network, customer)[-1] == ("say", "This call is recorded")


def test_speech_in_a_conference_is_heard_and_told() -> None:
    network, site, agent, _ = a_talk()
    network.say(THEIRS, "It shows E42", seconds=2)
    network.advance(3)
    assert heard(network, agent)[-1] == ("person", "It shows E42")
    assert told(site)[-2:] == ["participant-speech-start", "participant-speech-stop"]


def test_a_conference_is_recorded_from_its_start() -> None:
    room = (
        "<Dial><Conference record='record-from-start' recordingStatusCallback='/recorded' "
        "recordingStatusCallbackEvent='in-progress completed' endConferenceOnExit='true'>a</Conference></Dial>"
    )
    site = Site(twiml=response(room))
    network = a_network(site)
    for number in (AGENT, THEIRS):
        network.script(number, answers())
    call(network, to=AGENT)
    network.advance(10)
    call(network)
    network.advance(10.5)
    network.hang_up(AGENT)
    network.run_until_idle()
    recorded = site.forms("recording")
    assert [form["RecordingStatus"] for form in recorded] == ["in-progress", "completed"]
    assert recorded[1]["RecordingDuration"] == "10"
    conference = a_client(network).conferences.list()[0]
    assert a_client(network).conferences(conference.sid).recordings.list()[0].sid == recorded[1]["RecordingSid"]
