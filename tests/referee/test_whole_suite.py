"""Everything that the suite has asked of the phone network, and all answers, held against Twilio's description.

`bin/test` notes it while the other parts run (simulator/exchanges.py), and runs this one last.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import getmembers, isfunction
from pathlib import Path
from re import fullmatch

import pytest

from channels_app.callback import account_rest, rest
from channels_app.callback.simulator.exchanges import FOLDER
from tests.referee.prism import referee, twilios_description
from tests.referee.replay import Exchange, an_upstream, exchanges_in, replay

HOW = f"bin/test notes what the suite asks, then runs this; or set {FOLDER} to a folder and run tests/callback first"
SID = "[A-Z]{2}[0-9a-f]{32}"
FEWEST = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells the requests of one function from all others: "Name" or "Name=value" in query or form."""

    method: str
    path: str
    words: tuple[str, ...] = ()

    def has_been_seen(self, exchanges: Iterable[Exchange]) -> bool:
        """Whether the centre has asked it."""
        path = f"/2010-04-01/Accounts/{SID}{self.path}"
        return any(
            one.is_ours and one.method == self.method and fullmatch(path, one.path) and set(self.words) <= words_of(one)
            for one in exchanges
        )


def words_of(exchange: Exchange) -> set[str]:
    """The names, and each with its values."""
    fields = {**exchange.query, **exchange.form}
    return {*fields, *(f"{name}={value}" for name, values in fields.items() for value in values)}


ONE_CALL, ONE_RECORDING = f"/Calls/{SID}[.]json", f"/Calls/{SID}/Recordings/{SID}[.]json"
ROOM = "/Conferences/[^/]+"
KINDS = {
    "place_call": Kind("POST", "/Calls[.]json", ("Url", "StatusCallbackEvent", "AsyncAmdStatusCallback")),
    "fetch_call": Kind("GET", ONE_CALL),
    "calls_to": Kind("GET", "/Calls[.]json", ("To", "StartTime>")),
    "end_call": Kind("POST", ONE_CALL, ("Status=completed",)),
    "cancel_call": Kind("POST", ONE_CALL, ("Status=canceled",)),
    "redirect_call": Kind("POST", ONE_CALL, ("Url",)),
    "add_participant": Kind("POST", f"{ROOM}/Participants[.]json", ("Label", "CallSidToCoach")),
    "update_participant": Kind("POST", f"{ROOM}/Participants/{SID}[.]json", ("Hold", "HoldUrl")),
    "remove_participant": Kind("DELETE", f"{ROOM}/Participants/{SID}[.]json"),
    "participants_of": Kind("GET", f"{ROOM}/Participants[.]json"),
    "running_conference": Kind("GET", "/Conferences[.]json", ("FriendlyName",)),
    "end_conference": Kind("POST", f"/Conferences/{SID}[.]json", ("Status=completed",)),
    "is_recorded": Kind("GET", f"/Calls/{SID}/Recordings[.]json"),
    "start_recording": Kind("POST", f"/Calls/{SID}/Recordings[.]json", ("RecordingStatusCallback",)),
    "pause_recording": Kind("POST", ONE_RECORDING, ("Status=paused", "PauseBehavior=skip")),
    "resume_recording": Kind("POST", ONE_RECORDING, ("Status=in-progress",)),
    "stop_recording": Kind("POST", ONE_RECORDING, ("Status=stopped",)),
    "delete_recording": Kind("DELETE", f"/Recordings/{SID}[.]json"),
    "fetch_media": Kind("GET", f"/Recordings/{SID}[.]wav"),
    "send_message": Kind("POST", "/Messages[.]json", ("Body", "StatusCallback")),
    "owned_numbers": Kind("GET", "/IncomingPhoneNumbers[.]json"),
    "set_voice_url": Kind("POST", f"/IncomingPhoneNumbers/{SID}[.]json", ("VoiceUrl",)),
    "account_state": Kind("GET", "[.]json"),
    "twilio_time": Kind("GET", "[.]json"),
    "balance": Kind("GET", "/Balance[.]json"),
}
ASK_NOTHING = {"twilio_client", "current_client", "using", "get"}
ANOTHER_API = {"dialling_permission"}  # voice.twilio.com, which the phone network in a box has not


def test_every_function_that_asks_twilio_is_listed_with_what_it_asks() -> None:
    own = {
        name
        for module in (rest, account_rest)
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert own - ASK_NOTHING - ANOTHER_API == set(KINDS)


@pytest.fixture(scope="module")
def seen() -> list[Exchange]:
    """What the suite has asked before."""
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(HOW)
    return exchanges_in(Path(folder))


def test_the_suite_lets_every_one_of_them_ask_the_phone_network(seen: list[Exchange]) -> None:
    assert [name for name, kind in KINDS.items() if not kind.has_been_seen(seen)] == []


@pytest.mark.timeout(600)
def test_neither_the_centre_nor_the_phone_network_ever_leaves_twilios_description(
    seen: list[Exchange], tmp_path: Path
) -> None:
    with an_upstream() as upstream, referee(upstream.address, tmp_path) as judge:
        verdict = replay(seen, judge.address, upstream, twilios_description())
    times = sum(one.count for one in seen)
    print(
        f"{verdict.judged} kinds of exchanges judged, seen {times} times or more; {len(verdict.violations)} violations"
    )
    assert verdict.violations == [], "\n".join(map(str, verdict.violations))
    assert verdict.judged - verdict.refused_by_both >= FEWEST
