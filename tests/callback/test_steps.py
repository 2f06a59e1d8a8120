"""What comes next in a call, for every way in which its legs can stand. No database."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from channels_app.callback import policy
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Mode, Party, PhoneCall
from channels_app.callback.policy import Command, RetryRules
from channels_app.callback.stages import CallOutcome, LegStage, RequestStage
from channels_app.callback.steps import (
    IN_FLIGHT,
    Bridge,
    Consequence,
    Decide,
    Drop,
    Finish,
    Order,
    consequence,
    next_steps,
)
from channels_app.callback.windows import Whereabouts, Window, ZoneSource
from interaction_center.business_hours import MINUTES_PER_DAY, Calendar

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ALWAYS = Window(Calendar(BERLIN, (((0, MINUTES_PER_DAY),),) * 7), Whereabouts((BERLIN,), ZoneSource.BROWSER))


def a_call(**values: Any) -> PhoneCall:
    return PhoneCall(**{"direction": Direction.OUT, "mode": Mode.AGENT_FIRST, "number": "+4930123456", **values})


def a_request(stage: RequestStage = RequestStage.DIALLING, **values: Any) -> CallbackRequest:
    return CallbackRequest(stage=stage, due_at=NOW, expires_at=NOW + timedelta(days=3), **values)


def a_leg(party: str, stage: LegStage = LegStage.RINGING, **values: Any) -> CallLeg:
    """Posted, and as far as the stage says."""
    known: dict[str, Any] = {"pk": 1 if party == Party.AGENT else 2, "posted_at": NOW, "call_sid": f"CA{party}"}
    if stage in (LegStage.ENDED, LegStage.ABSENT):
        known["ended_at"] = NOW
    if stage == LegStage.ANSWERED:
        known |= {"answered_at": NOW, "joined_at": NOW, "status": "in-progress"}
    return CallLeg(party=party, stage=stage, **{**known, **values})


def ended(party: str, status: str, **values: Any) -> CallLeg:
    return a_leg(party, LegStage.ENDED, status=status, **values)


def decided(call: PhoneCall, legs: list[CallLeg], request: CallbackRequest | None) -> CallOutcome | None:
    found = [step.outcome for step in next_steps(call, legs, request) if isinstance(step, Decide)]
    return found[0] if found else None


def test_customer_and_agent_who_were_both_sent_into_the_room_are_connected() -> None:
    agent, customer = a_leg(Party.AGENT, LegStage.ANSWERED), a_leg(Party.CUSTOMER, LegStage.ANSWERED)
    assert next_steps(a_call(), [agent, customer], a_request()) == [Bridge()]
    assert next_steps(a_call(bridged_at=NOW), [agent, customer], a_request(RequestStage.CONNECTED)) == []
    customer.joined_at = None
    assert next_steps(a_call(), [agent, customer], a_request()) == []


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("busy", CallOutcome.BUSY),
        ("no-answer", CallOutcome.NO_ANSWER),
        ("failed", CallOutcome.FAILED),
        ("canceled", CallOutcome.CANCELLED),
        ("", CallOutcome.LOST),
    ],
)
def test_a_customer_who_is_not_reached_decides_the_call(status: str, outcome: CallOutcome) -> None:
    agent, customer = a_leg(Party.AGENT, LegStage.ANSWERED), ended(Party.CUSTOMER, status)
    assert next_steps(a_call(), [agent, customer], a_request()) == [Decide(outcome), Order(agent, "say", "told")]


def test_a_talk_that_one_of_them_ends_is_over_for_the_other() -> None:
    agent, customer = a_leg(Party.AGENT, LegStage.ANSWERED), a_leg(Party.CUSTOMER, LegStage.ANSWERED)
    call, request = a_call(bridged_at=NOW), a_request(RequestStage.CONNECTED)
    gone = ended(Party.CUSTOMER, "completed", answered_at=NOW)
    assert next_steps(call, [agent, gone], request) == [Decide(CallOutcome.TALKED), Order(agent, "hang_up")]
    left = ended(Party.AGENT, "completed", answered_at=NOW)
    assert next_steps(call, [left, customer], request) == [Decide(CallOutcome.TALKED), Order(customer, "hang_up")]


def test_a_talk_goes_on_as_long_as_anybody_of_ours_is_there() -> None:
    colleague = a_leg(Party.COLLEAGUE, LegStage.ANSWERED, pk=3)
    left, customer = ended(Party.AGENT, "completed"), a_leg(Party.CUSTOMER, LegStage.ANSWERED)
    assert next_steps(a_call(bridged_at=NOW), [left, customer, colleague], a_request(RequestStage.CONNECTED)) == []


@pytest.mark.parametrize("stage", [stage for stage in RequestStage if stage not in IN_FLIGHT])
def test_a_request_that_has_gone_its_own_way_ends_the_call_that_rings(stage: RequestStage) -> None:
    agent, customer = a_leg(Party.AGENT, LegStage.ANSWERED), a_leg(Party.CUSTOMER)
    steps = next_steps(a_call(), [agent, customer], a_request(stage))
    assert steps == [Decide(CallOutcome.CANCELLED), Order(agent, "say", "told"), Order(customer, "hang_up")]


def test_a_telephone_that_was_not_posted_yet_is_left_out() -> None:
    unposted = a_leg(Party.CUSTOMER, LegStage.POSTING, posted_at=None, call_sid=None)
    agent = ended(Party.AGENT, "completed")
    assert next_steps(a_call(), [agent, unposted], a_request()) == [Decide(CallOutcome.AGENT_MISSED), Drop(unposted)]


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("do_not_call", CallOutcome.REFUSED),
        ("invalid", CallOutcome.INVALID),
        ("refused", CallOutcome.REFUSED),
        ("failed", CallOutcome.FAILED),
        ("paused", CallOutcome.CANCELLED),
        ("window", CallOutcome.CANCELLED),
        ("absent", CallOutcome.CANCELLED),
    ],
)
def test_why_a_customer_was_not_rung_decides_the_call(reason: str, outcome: CallOutcome) -> None:
    left_out = a_leg(Party.CUSTOMER, LegStage.ABSENT, error_code=reason)
    assert decided(a_call(), [left_out], a_request()) == outcome


@pytest.mark.parametrize(
    ("reason", "outcome"), [("paused", CallOutcome.CANCELLED), ("invalid", CallOutcome.AGENT_MISSED)]
)
def test_an_agent_who_was_never_rung_has_missed_nothing(reason: str, outcome: CallOutcome) -> None:
    left_out = a_leg(Party.AGENT, LegStage.ABSENT, error_code=reason)
    assert decided(a_call(), [left_out], a_request(RequestStage.CLAIMED)) == outcome


def test_a_machine_hears_its_message_but_whoever_pressed_a_key_is_none() -> None:
    machine = a_leg(Party.CUSTOMER, LegStage.ANSWERED, answered_by="machine")
    steps = next_steps(a_call(), [machine], a_request())
    assert steps == [Decide(CallOutcome.MACHINE), Order(machine, "say", "voicemail")]
    assert decided(a_call(mode=Mode.CUSTOMER_FIRST), [machine], a_request()) is None


@pytest.mark.parametrize(("seconds", "outcome"), [(20, CallOutcome.MACHINE), (40, CallOutcome.TALKED)])
def test_a_machine_that_is_found_late_ends_no_talk_but_makes_a_short_one_none(
    seconds: int, outcome: CallOutcome
) -> None:
    call = a_call(bridged_at=NOW - timedelta(seconds=seconds))
    machine = a_leg(Party.CUSTOMER, LegStage.ANSWERED, answered_by="machine")
    assert decided(call, [a_leg(Party.AGENT, LegStage.ANSWERED), machine], a_request(RequestStage.CONNECTED)) is None
    gone = a_leg(Party.AGENT, LegStage.ENDED)
    assert decided(call, [gone, machine], a_request(RequestStage.CONNECTED)) == outcome


def test_a_call_is_over_only_when_every_telephone_is_down() -> None:
    agent, customer = a_leg(Party.AGENT), ended(Party.CUSTOMER, "busy")
    call = a_call(outcome=CallOutcome.BUSY)
    assert next_steps(call, [agent, customer], a_request()) == []
    assert next_steps(call, [ended(Party.AGENT, "canceled"), customer], a_request()) == [Finish()]


def test_nothing_comes_after_the_end() -> None:
    assert next_steps(a_call(ended_at=NOW, outcome=CallOutcome.BUSY), [a_leg(Party.AGENT)], a_request()) == []


def a_consequence(outcome: CallOutcome, request: CallbackRequest, window: Window = ALWAYS) -> Consequence:
    call = a_call(outcome=outcome)
    return consequence(call, request, window=lambda: window, rules=RetryRules(), now=NOW, jitter=0.0)


def test_every_outcome_at_every_stage_leads_where_the_table_of_requests_allows() -> None:
    reached = {
        (CallOutcome.TALKED, RequestStage.CONNECTED),
        *product((CallOutcome.BUSY, CallOutcome.NO_ANSWER, CallOutcome.FAILED, CallOutcome.LOST), IN_FLIGHT[1:3]),
        *product((CallOutcome.MACHINE, CallOutcome.MOVED), IN_FLIGHT[1:]),
        *product((CallOutcome.CANCELLED, CallOutcome.AGENT_MISSED, CallOutcome.REFUSED), IN_FLIGHT[:3]),
        *product((CallOutcome.INVALID,), IN_FLIGHT[1:3]),
    }
    for outcome, stage in sorted(reached):
        found = a_consequence(outcome, a_request(stage))
        assert found.command is not None
        assert policy.allows(stage, found.command), (outcome, stage, found)


@pytest.mark.parametrize("stage", [stage for stage in RequestStage if stage not in IN_FLIGHT])
def test_what_happened_to_a_request_meanwhile_stays(stage: RequestStage) -> None:
    assert a_consequence(CallOutcome.BUSY, a_request(stage)).command is None


def test_what_is_nobodys_fault_is_due_again_at_once_and_counts_for_nothing() -> None:
    for outcome in (CallOutcome.CANCELLED, CallOutcome.AGENT_MISSED):
        found = a_consequence(outcome, a_request(calls_made=2))
        assert (found.at, found.counts) == (NOW, False)
        assert policy.next_stage(RequestStage.DIALLING, found.command or Command.FAIL) == "due"


def test_the_last_attempt_fails_and_one_before_it_is_tried_again() -> None:
    assert a_consequence(CallOutcome.BUSY, a_request(calls_made=2)).command == Command.FAIL
    tried = a_consequence(CallOutcome.BUSY, a_request(calls_made=1))
    assert (tried.command, tried.at, tried.counts) == (Command.RETRY, NOW + timedelta(minutes=5), True)


def test_who_wants_another_time_is_called_in_an_hour_within_their_hours() -> None:
    evening = Window(ALWAYS.calendar, ALWAYS.where, (8 * 60, 13 * 60 + 30))
    assert a_consequence(CallOutcome.MOVED, a_request()).at == NOW + timedelta(hours=1)
    assert a_consequence(CallOutcome.MOVED, a_request(), evening).at == NOW.replace(day=3, hour=7)
