"""Any order of requests and deeds: the network stays whole, and its judge and its callbacks agree."""

import contextlib
from collections import defaultdict
from collections.abc import Callable

import requests
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from channels_app.callback.simulator.network import Network
from channels_app.callback.simulator.phones import Action, Script
from tests.callback.simulator.builders import AGENT, OURS, SITE, THEIRS, Site, a_client, a_network, call, response

BOSS = "+493044440"
FINDING = (Phase.explicit, Phase.reuse, Phase.generate)  # to make such an example small takes longer than to read it
PHONES = [AGENT, THEIRS, BOSS]
ALL = ["initiated", "ringing", "answered", "completed"]
ROOM = response(
    "<Dial action='/after'><Conference endConferenceOnExit='true' waitUrl='/wait' statusCallback='/c' "
    "statusCallbackEvent='start end join leave mute hold modify' record='record-from-start'>room</Conference></Dial>"
)
DOCUMENTS = {
    "twiml": ROOM,
    "after": response("<Record maxLength='5'/><Say>Goodbye</Say>"),
    "wait": response("<Say>Please wait</Say>"),
    "in": response("<Gather numDigits='1' action='/choice' timeout='3'/><Enqueue action='/after'>support</Enqueue>"),
    "choice": ROOM,
    "take": response("<Dial><Queue url='/wait'>support</Queue></Dial>"),
    "pair": response(f"<Dial action='/after'><Number url='/wait'>{BOSS}</Number></Dial>"),
}
DURING_A_CALL = [
    *("hold", "unhold", "mute", "uncoach", "kick", "redirect", "cancel", "end_room", "announce", "record", "dequeue"),
    *("hang_up", "press", "say", "answer", "coach"),
]
DEEDS = [*DURING_A_CALL, *("ring", "ring_to_take", "ring_to_pair", "invite", "inbound", "pause", "pause", "long_pause")]


def do(network: Network, client: Client, deed: str, number: str) -> None:
    """One deed. Twilio may refuse it, the telephone may be idle: that is no fault of the network."""
    if deed in DURING_A_CALL:
        number = next((one for one in (number, *PHONES) if network.current_call(one)), number)
    sid = current.sid if (current := network.current_call(number)) else "CA" + "0" * 32
    invited = client.conferences("room").participants
    participants = client.conferences(open_room(network)).participants
    about = {"status_callback": f"{SITE}/status", "status_callback_event": ALL, "timeout": 20, "time_limit": 300}
    deeds: dict[str, Callable[[], object]] = {
        "ring": lambda: call(network, to=number, **about),
        "ring_to_take": lambda: call(network, to=number, url=f"{SITE}/take", **about),
        "ring_to_pair": lambda: call(network, to=number, url=f"{SITE}/pair", **about),
        "invite": lambda: invited.create(to=number, from_=OURS, **about),
        "coach": lambda: invited.create(to=BOSS, from_=OURS, coaching=True, call_sid_to_coach=sid, **about),
        "inbound": lambda: network.inbound(number, OURS),
        "pause": lambda: network.advance(1.7),
        "long_pause": lambda: network.advance(31),
        "hold": lambda: participants(sid).update(hold=True, hold_url=f"{SITE}/wait"),
        "unhold": lambda: participants(sid).update(hold=False),
        "mute": lambda: participants(sid).update(muted=True),
        "uncoach": lambda: participants(sid).update(coaching=False),
        "kick": lambda: participants(sid).delete(),
        "redirect": lambda: client.calls(sid).update(url=f"{SITE}/after"),
        "cancel": lambda: client.calls(sid).update(status="canceled"),
        "end_room": lambda: client.conferences(open_room(network)).update(status="completed"),
        "announce": lambda: client.conferences(open_room(network)).update(announce_url=f"{SITE}/wait"),
        "record": lambda: client.calls(sid).recordings.create(recording_status_callback=f"{SITE}/recorded"),
        "dequeue": lambda: (
            client.queues(next(iter(network.queues.all), "QU0")).members("Front").update(url=f"{SITE}/pair")
        ),
        "hang_up": lambda: network.hang_up(number),
        "press": lambda: network.press(number, "1"),
        "say": lambda: network.say(number, "Hello"),
        "answer": lambda: network.answer(number),
    }
    deeds[deed]()


def open_room(network: Network) -> str:
    """The sid of the conference."""
    room = network.conferences.find("room")
    return room.sid if room else "CF" + "0" * 32


def check_who_hears_whom(network: Network) -> None:
    """Only who talks hears, and is heard; and who hears somebody has no silence at that moment."""
    for bridge in network.ledger.bridges:
        if bridge.end is None:
            ends = [network.calls[bridge.listener], network.calls[bridge.speaker]]
            assert all(leg.status == "in-progress" for leg in ends)
            assert all(not leg.participant or not leg.participant.hold for leg in ends)


# What has happened before: nothing, a talk in a room, a bridge of two, somebody in the queue.
OPENINGS = [
    [],
    [("ring", AGENT), ("pause", ""), ("invite", THEIRS), ("pause", ""), ("pause", "")],
    [("ring_to_pair", AGENT), ("pause", ""), ("pause", ""), ("pause", "")],
    [("inbound", THEIRS), ("pause", ""), ("pause", ""), ("pause", "")],
]
SCRIPTS = st.builds(
    Script,
    reaction=st.sampled_from([*["answer"] * 6, "busy", "manual", "no-answer"]),
    after=st.sampled_from([0.0, 0.5, 1.0, 12.0]),
    actions=st.sampled_from([(), (Action("hang_up", after=8.0),), (Action("press", heard="wait", digits="1"),)]),
)


@settings(max_examples=60, deadline=None, phases=FINDING)
@given(
    st.sampled_from(OPENINGS),
    st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(PHONES)), min_size=5, max_size=25),
    st.lists(SCRIPTS, min_size=3, max_size=3),
)
def test_whatever_is_asked_for_the_network_stays_whole(
    opening: list[tuple[str, str]], deeds: list[tuple[str, str]], scripts: list[Script]
) -> None:
    site = Site(**DOCUMENTS)
    network = a_network(site)
    for number, script in zip(PHONES, scripts, strict=True):
        network.script(number, script)
    client = a_client(network)
    for deed, number in opening + deeds:
        with contextlib.suppress(TwilioException, ValueError):
            do(network, client, deed, number)
        check_who_hears_whom(network)
    network.run_until_idle()
    check_the_end(network, site)


@settings(max_examples=60, deadline=None, phases=FINDING)
@given(st.integers(0, 10_000), st.lists(st.sampled_from(PHONES), min_size=1, max_size=8))
def test_whatever_goes_wrong_every_ring_ends_and_the_same_goes_wrong_again(seed: int, numbers: list[str]) -> None:
    def played() -> list[tuple[object, ...]]:
        network = a_network(Site(**DOCUMENTS), seed=seed)
        kinds = ["drop", "duplicate", "delay", "reorder", "lost_answer", "twice", "reset", "error", "unavailable_after"]
        network.faults.set_rates(dict.fromkeys(kinds, 0.1), seed)
        for number in numbers:
            with contextlib.suppress(TwilioException, requests.exceptions.RequestException):
                do(network, a_client(network), "ring", number)
            network.advance(4)
        network.run_until_idle()
        assert all(ring.ended is not None for ring in network.ledger.rings)
        sent = [(at, request.kind, request.event, request.call) for at, request in network.webhooks.sent]
        return [*((ring.call, ring.placed, ring.ended, ring.result) for ring in network.ledger.rings), *sent]

    assert played() == played()


def check_the_end(network: Network, site: Site) -> None:
    """All is over, and what was told is what happened."""
    assert all(ring.ended is not None for ring in network.ledger.rings)
    assert all(bridge.end is not None for bridge in network.ledger.bridges)
    assert all(recording.status in ("completed", "absent") for recording in network.recordings.all.values())
    assert all(room.status == "completed" for room in network.conferences.all.values())
    assert not any(queue.members for queue in network.queues.all.values())
    told = defaultdict(list)
    for form in site.forms("status"):
        told[form["CallSid"]].append((int(form["SequenceNumber"]), form["CallStatus"]))
    results = {ring.call: ring.result for ring in network.ledger.rings}
    for sid, steps in told.items():
        assert [number for number, _ in steps] == sorted({number for number, _ in steps})
        assert steps[-1][1] == results[sid]
