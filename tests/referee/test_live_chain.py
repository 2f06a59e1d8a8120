"""The whole way at once: a running centre, its client, the referee, and the phone network in another process."""

import time
from pathlib import Path

import pytest

from tests.callback.torture.processes import ACCOUNT, TOKEN, Box, a_box, ask
from tests.conftest import NewCenter
from tests.referee.prism import Referee, referee
from tests.servers import Center

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
OURS = ("+4930987654", "+4930987655")
AGENTS = ANNA, BEN = "+4930555001", "+4930555002"
CUSTOMERS = MARIA, JOHN = "+4930123456", "+4930123457"
TALK_SECONDS = 180.0
SCENE = f"""
from datetime import timedelta
from django.utils import timezone
from channels_app.callback.models import AgentPhone
from interaction_center.access.models import User
from interaction_center.routing.models import Agent, AgentConnection
from interaction_center.routing.services import connect_agent
from tests.callback.builders import a_line, a_request, taken_by
anna, ben = (User.objects.get(email=f"{{name}}@center.test") for name in ("anna", "ben"))
for user, number in ((anna, "{ANNA}"), (ben, "{BEN}")):
    AgentPhone.objects.create(user=user.public_id, number=number)
always = {{"quiet_until": "00:00", "quiet_from": "24:00"}}
taken_by(anna, a_request(a_line(**always, number="{OURS[0]}", detects_machines=True), "{MARIA}", key="agent-first"))
connect_agent(user=ben, node="elsewhere")
Agent.objects.filter(user=ben).update(wanted="available")
AgentConnection.objects.update(lease_until=timezone.now() + timedelta(hours=1))
a_request(a_line("customer_first", **always, number="{OURS[1]}", name="Second"), "{JOHN}", key="customer-first")
"""
OUTCOMES = """
import json
from channels_app.callback.models import PhoneCall
print(json.dumps({call.request.key: [call.outcome, call.bridged_at is not None] for call in PhoneCall.objects.all()}))
"""


def set_up(box: Box) -> None:
    """Who accepts, and who talks for a while and hangs up."""
    accepts = {"do": "press", "heard": "Press 1", "after": 0.5, "digits": "1"}
    wants = {"do": "press", "heard": "press 1", "after": 0.5, "digits": "1"}
    leaves = {"do": "hang_up", "after": 25}
    for number in OURS:
        box.tell("POST", "/box/numbers", {"phone_number": number})
    for number in AGENTS:
        box.tell("PUT", f"/box/phones/{number}/scripts", [{"after": 0.5, "actions": [accepts]}])
    box.tell("PUT", f"/box/phones/{MARIA}/scripts", [{"after": 0.5, "actions": [leaves]}])
    box.tell("PUT", f"/box/phones/{JOHN}/scripts", [{"after": 0.5, "actions": [wants, leaves]}])


def start_at(center: Center, judge: Referee) -> None:
    """The centre with an account of Twilio, whose hosts are the referee."""
    center.settings |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_IS_AT": judge.address}
    center.start(module="tests.referee.at_twilio")


def wait_for_the_end(box: Box) -> None:
    """Until all four telephones have rung and every call is over."""
    end = time.monotonic() + TALK_SECONDS
    while time.monotonic() < end:
        rings = box.ledger.rings
        if {ring.number for ring in rings} == {*AGENTS, *CUSTOMERS} and all(ring.ended for ring in rings):
            return
        time.sleep(0.3)
    raise AssertionError(f"not all have talked: {box.ledger.rings}")


def test_calls_of_both_kinds_pass_the_referee_from_end_to_end(new_center: NewCenter, tmp_path: Path) -> None:
    center = new_center()
    with a_box(tmp_path / "box") as box, referee(box.address, tmp_path) as judge:
        set_up(box)
        start_at(center, judge)
        center.run(SCENE)
        wait_for_the_end(box)
        assert judge.violations == []
        assert sum("/Calls.json" in line for line in judge.lines) >= len([*AGENTS, *CUSTOMERS]), "all by the referee"
        assert box.ledger.overlaps() == []
        talked = {"agent-first": ["talked", True], "customer-first": ["talked", True]}
        assert outcomes(center) == talked
        center.stop()


def outcomes(center: Center) -> object:
    """What became of the calls, once the last report is applied."""
    found: object = None
    for _ in range(10):
        found = ask(center, OUTCOMES)
        if isinstance(found, dict) and all(outcome for outcome, _ in found.values()):
            return found
        time.sleep(0.5)
    return found
