"""The tables of a callback, read aloud; messages of the network in every order; when a customer is rung again."""

import itertools
from datetime import UTC, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

import pytest

from channels_app.callback.policy import (
    LEG_TRANSITIONS,
    OUTCOMES,
    REQUEST_TRANSITIONS,
    TERMINAL,
    CallStatus,
    CallStatusEvent,
    Command,
    LegCommand,
    LegView,
    RetryRules,
    allows,
    counts_as_attempt,
    expiry,
    is_ghost,
    is_stray,
    merge,
    next_leg_stage,
    next_stage,
    outcome_of,
    retry_at,
)
from channels_app.callback.stages import ENDS, OPEN_STAGES, CallOutcome, LegStage, RequestStage
from channels_app.callback.windows import Whereabouts, Window, ZoneSource
from interaction_center.business_hours import WEEKDAYS, Calendar, CalendarError, read_calendar
from interaction_center.errors import ConflictError

BERLIN = ZoneInfo("Europe/Berlin")
SID = "CA" + "1" * 32

# Said a second time, in words: a command, the stages in which it is allowed, and where it leads.
ALLOWED: dict[Command, tuple[str, str]] = {
    Command.FALL_DUE: ("scheduled retry_wait", "due"),
    Command.CLAIM: ("due", "claimed"),
    Command.UNCLAIM: ("claimed", "due"),
    Command.DIAL: ("claimed", "dialling"),
    Command.LOSE_ANSWER: ("dialling", "unknown"),
    Command.ADOPT: ("unknown", "dialling"),
    Command.FIND_ABSENT: ("unknown", "due"),
    Command.BACK_OFF: ("dialling", "due"),
    Command.MISS_AGENT: ("claimed dialling", "due"),
    Command.CONNECT: ("dialling", "connected"),
    Command.HANG_UP: ("connected", "wrapup"),
    Command.FINISH: ("wrapup", "done"),
    Command.RETRY: ("dialling unknown connected wrapup", "retry_wait"),
    Command.FAIL: ("dialling unknown connected wrapup", "failed"),
    Command.REFUSE: ("scheduled due claimed retry_wait dialling unknown", "refused"),
    Command.EXPIRE: ("scheduled due claimed retry_wait", "expired"),
    Command.MOVE: ("scheduled due claimed retry_wait dialling wrapup", "scheduled"),
    Command.CANCEL: ("scheduled due claimed retry_wait dialling unknown", "cancelled"),
}

LEG_ALLOWED: dict[LegCommand, tuple[str, str]] = {
    LegCommand.LOSE_ANSWER: ("posting", "unknown"),
    LegCommand.ACCEPT: ("posting unknown", "accepted"),
    LegCommand.RING: ("posting unknown accepted", "ringing"),
    LegCommand.ANSWER: ("posting unknown accepted ringing", "answered"),
    LegCommand.END: ("posting unknown accepted ringing answered", "ended"),
    LegCommand.FIND_ABSENT: ("unknown", "absent"),
}


@pytest.mark.parametrize(("stage", "command"), list(itertools.product(RequestStage, Command)))
def test_a_request_moves_exactly_where_the_table_says(stage: RequestStage, command: Command) -> None:
    stages, target = ALLOWED[command]
    assert allows(stage, command) == (stage in stages.split())
    if allows(stage, command):
        assert next_stage(stage, command) == target
    else:
        with pytest.raises(ConflictError):
            next_stage(str(stage), command)


@pytest.mark.parametrize(("stage", "command"), list(itertools.product(LegStage, LegCommand)))
def test_a_leg_moves_exactly_where_the_table_says(stage: LegStage, command: LegCommand) -> None:
    stages, target = LEG_ALLOWED[command]
    if stage in stages.split():
        assert next_leg_stage(stage, command) == target
    else:
        with pytest.raises(ConflictError):
            next_leg_stage(str(stage), command)


def test_nothing_leads_out_of_an_end_and_each_end_can_be_reached() -> None:
    assert not [stage for stage, _command in REQUEST_TRANSITIONS if stage in ENDS]
    assert set(REQUEST_TRANSITIONS.values()) >= set(ENDS)
    assert {stage for stage, _command in REQUEST_TRANSITIONS} == set(OPEN_STAGES)


def test_from_every_open_stage_a_request_can_come_to_an_end() -> None:
    ways = {(stage, target) for (stage, _command), target in REQUEST_TRANSITIONS.items()}
    ending = set(ENDS)
    for _ in RequestStage:
        ending |= {stage for stage, target in ways if target in ending}
    assert ending == set(RequestStage)


def test_a_second_telephone_rings_only_after_the_first_is_accounted_for() -> None:
    assert {stage for stage, command in REQUEST_TRANSITIONS if command is Command.DIAL} == {RequestStage.CLAIMED}
    assert {stage for stage, command in REQUEST_TRANSITIONS if command is Command.CLAIM} == {RequestStage.DUE}
    assert not allows(RequestStage.UNKNOWN, Command.BACK_OFF)


@pytest.mark.parametrize(
    ("stage", "command", "code"),
    [
        (RequestStage.DONE, Command.CANCEL, "callback_over"),
        (RequestStage.UNKNOWN, Command.MOVE, "callback_ringing"),
        (RequestStage.CONNECTED, Command.CANCEL, "callback_in_talk"),
        (RequestStage.SCHEDULED, Command.CONNECT, "wrong_stage"),
    ],
)
def test_a_refusal_says_why(stage: RequestStage, command: Command, code: str) -> None:
    with pytest.raises(ConflictError) as caught:
        next_stage(stage, command)
    assert caught.value.code == code


def test_a_leg_only_moves_forward() -> None:
    order = list(LegStage)
    assert all(order.index(target) > order.index(stage) for (stage, _command), target in LEG_TRANSITIONS.items())


FIVE = [
    CallStatusEvent(SID, CallStatus.QUEUED, 0, "call-progress-events"),
    CallStatusEvent(SID, CallStatus.INITIATED, 1, "call-progress-events"),
    CallStatusEvent(SID, CallStatus.RINGING, 2, "call-progress-events"),
    CallStatusEvent(SID, CallStatus.IN_PROGRESS, 3, "call-progress-events"),
    CallStatusEvent(SID, CallStatus.COMPLETED, 4, "call-progress-events"),
]


@pytest.mark.parametrize("start", [LegStage.POSTING, LegStage.UNKNOWN, LegStage.ACCEPTED])
def test_five_messages_with_one_repeated_end_the_same_in_every_order(start: LegStage) -> None:
    expected = LegView(LegStage.ENDED, SID, CallStatus.COMPLETED, 4, was_answered=True)
    orders = {order for twice in FIVE for order in itertools.permutations([*FIVE, twice])}
    assert len(orders) == 5 * 360
    assert {told(LegView(start), *order) for order in orders} == {expected}


def test_the_order_of_the_field_test_is_survived() -> None:
    messages = [FIVE[3], FIVE[2], FIVE[1], FIVE[4], FIVE[4]]
    assert told(LegView(LegStage.POSTING), *messages).status is CallStatus.COMPLETED


@pytest.mark.parametrize("end", sorted(TERMINAL))
@pytest.mark.parametrize("before", [[], [CallStatus.RINGING], [CallStatus.RINGING, CallStatus.IN_PROGRESS]])
def test_each_real_course_of_a_call_ends_the_same_in_every_order(end: CallStatus, before: list[CallStatus]) -> None:
    course = [CallStatus.INITIATED, *before, end]
    messages = [CallStatusEvent(SID, status, number) for number, status in enumerate(course)]
    ends = {told(LegView(LegStage.POSTING), *order) for twice in messages for order in orders_of(messages, twice)}
    answered = CallStatus.IN_PROGRESS in before or end is CallStatus.COMPLETED
    assert ends == {LegView(LegStage.ENDED, SID, end, len(course) - 1, answered)}


def test_every_set_of_three_messages_ends_the_same_in_every_order() -> None:
    every = [CallStatusEvent(SID, status, number) for status in CallStatus for number in (-1, 0, 1)]
    for messages in itertools.combinations(every, 3):
        assert len({told(LegView(LegStage.POSTING), *order) for order in itertools.permutations(messages)}) == 1


def test_a_late_ringing_does_not_take_back_an_answer() -> None:
    leg = told(LegView(LegStage.POSTING), FIVE[3], CallStatusEvent(SID, CallStatus.RINGING, 9))
    assert (leg.stage, leg.status) == (LegStage.ANSWERED, CallStatus.IN_PROGRESS)


def test_of_two_ends_the_later_number_wins() -> None:
    early, late = CallStatusEvent(SID, CallStatus.COMPLETED, 3), CallStatusEvent(SID, CallStatus.NO_ANSWER, 4)
    assert told(LegView(LegStage.RINGING), late, early).status is CallStatus.NO_ANSWER


def test_of_two_ends_without_a_number_the_one_in_which_somebody_was_reached_wins() -> None:
    reached, cancelled = CallStatusEvent(SID, CallStatus.COMPLETED), CallStatusEvent(SID, CallStatus.CANCELED)
    assert told(LegView(LegStage.RINGING), reached, cancelled).status is CallStatus.COMPLETED


def test_a_message_about_a_second_call_of_the_same_post_changes_nothing() -> None:
    leg = told(LegView(LegStage.POSTING), FIVE[2])
    stray = CallStatusEvent("CA" + "2" * 32, CallStatus.COMPLETED, 9)
    assert merge(leg, stray) == leg
    assert is_stray(leg, stray)
    assert not is_stray(leg, FIVE[4])
    assert not is_stray(LegView(LegStage.POSTING), stray)


def test_a_call_that_was_held_to_be_absent_stays_so_and_shows_that_it_must_be_ended() -> None:
    leg = told(LegView(LegStage.ABSENT), FIVE[2])
    assert leg.stage is LegStage.ABSENT
    assert is_ghost(leg)
    assert not is_ghost(told(leg, FIVE[4]))
    assert not is_ghost(LegView(LegStage.ABSENT))


def test_a_message_that_is_sent_twice_has_one_key() -> None:
    assert CallStatusEvent(SID, CallStatus.RINGING, 2, "a").key == CallStatusEvent(SID, CallStatus.RINGING, 2, "a").key
    keys = {FIVE[2].key, CallStatusEvent(SID, CallStatus.RINGING, 3).key, CallStatusEvent(SID, CallStatus.RINGING).key}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("status", "talked", "outcome"),
    [
        (CallStatus.COMPLETED, True, CallOutcome.TALKED),
        (CallStatus.FAILED, True, CallOutcome.TALKED),
        (CallStatus.COMPLETED, False, CallOutcome.MACHINE),
        (CallStatus.BUSY, False, CallOutcome.BUSY),
        (CallStatus.NO_ANSWER, False, CallOutcome.NO_ANSWER),
        (CallStatus.FAILED, False, CallOutcome.FAILED),
        (CallStatus.CANCELED, False, CallOutcome.CANCELLED),
        (CallStatus.RINGING, False, CallOutcome.LOST),
    ],
)
def test_what_a_call_came_to_is_read_from_its_end(status: CallStatus, talked: bool, outcome: CallOutcome) -> None:
    assert outcome_of(told(LegView(LegStage.POSTING), CallStatusEvent(SID, status, 1)), talked=talked) is outcome


def test_a_call_of_which_nothing_was_ever_heard_is_lost() -> None:
    assert outcome_of(LegView(LegStage.ACCEPTED, SID), talked=False) is CallOutcome.LOST


def test_a_call_that_was_picked_up_and_then_failed_is_no_reason_to_ring_again_soon() -> None:
    leg = told(LegView(LegStage.POSTING), FIVE[3], CallStatusEvent(SID, CallStatus.FAILED, 4))
    assert outcome_of(leg, talked=False) is CallOutcome.MACHINE


# Under way, or of a call that asks for no rule: the request has been moved, or the customer called us.
WITHOUT_A_RULE = {CallOutcome.NONE, CallOutcome.MOVED, CallOutcome.VOICEMAIL, CallOutcome.HUNG_UP}


@pytest.mark.parametrize("outcome", sorted(set(CallOutcome) - WITHOUT_A_RULE))
def test_an_outcome_counts_as_an_attempt_if_the_customer_may_have_been_disturbed(outcome: CallOutcome) -> None:
    disturbed = ("talked", "busy", "no_answer", "machine", "failed", "lost")
    assert counts_as_attempt(outcome) == (outcome in disturbed)
    assert set(OUTCOMES) == set(CallOutcome) - WITHOUT_A_RULE


@pytest.mark.parametrize("stage", [RequestStage.CANCELLED, RequestStage.SCHEDULED])
def test_the_end_of_a_call_that_we_took_back_leaves_a_cancelled_or_moved_request_alone(stage: RequestStage) -> None:
    assert not allows(stage, OUTCOMES[CallOutcome.CANCELLED].command)


NOON = datetime(2026, 7, 1, 12, 0, tzinfo=BERLIN)
LATER = NOON + timedelta(days=5)


@pytest.mark.parametrize(
    ("outcome", "attempt", "minutes"),
    [
        (CallOutcome.BUSY, 1, 5),
        (CallOutcome.BUSY, 2, 5),
        (CallOutcome.NO_ANSWER, 1, 15),
        (CallOutcome.NO_ANSWER, 2, 120),
        (CallOutcome.FAILED, 1, 15),
        (CallOutcome.LOST, 2, 120),
        (CallOutcome.MACHINE, 1, 60),
        (CallOutcome.AGENT_MISSED, 0, 0),
        (CallOutcome.CANCELLED, 1, 0),
    ],
)
def test_each_outcome_has_its_own_delay(outcome: CallOutcome, attempt: int, minutes: int) -> None:
    assert again(outcome, attempt) == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize("outcome", [CallOutcome.TALKED, CallOutcome.INVALID, CallOutcome.REFUSED])
def test_what_is_settled_is_not_tried_again(outcome: CallOutcome) -> None:
    assert again(outcome, 1) is None


def test_the_last_attempt_is_the_last() -> None:
    assert again(CallOutcome.BUSY, 2) is not None
    assert again(CallOutcome.BUSY, 3) is None
    assert again(CallOutcome.BUSY, 3, rules=RetryRules(max_attempts=4)) is not None


def test_a_later_attempt_keeps_the_last_delay_of_its_list() -> None:
    assert again(CallOutcome.NO_ANSWER, 5, rules=RetryRules(max_attempts=9)) == NOON + timedelta(hours=2)


def test_jitter_adds_up_to_a_fifth_and_never_shortens() -> None:
    assert again(CallOutcome.MACHINE, 1, jitter=0.5) == NOON + timedelta(minutes=66)
    assert again(CallOutcome.MACHINE, 1, jitter=1.0) == NOON + timedelta(minutes=72)


def test_a_delay_is_real_time_on_the_night_when_the_clock_changes() -> None:
    night = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)  # the first of two
    window = Window(always_open(), Whereabouts((BERLIN,), ZoneSource.BROWSER), (0, 24 * 60))
    next_try = retry_at(CallOutcome.MACHINE, 1, night, window, RetryRules(), 0.0, LATER + timedelta(days=365))
    assert next_try == datetime(2026, 10, 25, 1, 50, tzinfo=UTC)


def test_the_next_try_is_moved_into_the_window() -> None:
    evening = datetime(2026, 7, 1, 19, 50, tzinfo=BERLIN)
    assert again(CallOutcome.NO_ANSWER, 1, now=evening) == datetime(2026, 7, 2, 8, 0, tzinfo=BERLIN)


def test_the_next_try_leaves_room_for_the_ring() -> None:
    evening = datetime(2026, 7, 1, 19, 54, 45, tzinfo=BERLIN)  # five minutes later only 15 seconds are left
    assert again(CallOutcome.BUSY, 1, now=evening) == datetime(2026, 7, 2, 8, 0, tzinfo=BERLIN)


def test_there_is_no_next_try_after_the_request_has_expired() -> None:
    assert again(CallOutcome.BUSY, 1, expires_at=NOON + timedelta(minutes=5)) is None
    assert again(CallOutcome.BUSY, 1, expires_at=NOON + timedelta(minutes=6)) is not None


@pytest.mark.parametrize(
    ("requested", "expires"),
    [
        ("2026-06-29T10:00", "2026-07-02T17:00"),  # Monday -> Thursday
        ("2026-06-29T23:00", "2026-07-02T17:00"),
        ("2026-06-25T10:00", "2026-06-30T17:00"),  # Thursday -> Tuesday
        ("2026-06-27T10:00", "2026-07-01T17:00"),  # Saturday -> Wednesday
        ("2026-12-23T10:00", "2026-12-29T17:00"),  # Christmas is no business day
    ],
)
def test_a_request_expires_as_the_third_business_day_closes(requested: str, expires: str) -> None:
    moment, end = (datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (requested, expires))
    assert expiry(moment, office_hours()) == end


def test_a_line_that_opens_on_too_few_days_gives_no_expiry() -> None:
    mondays = read_calendar(zone="UTC", hours={"mon": [("09:00", "10:00")]})
    with pytest.raises(CalendarError):
        expiry(datetime(2026, 1, 1, tzinfo=UTC), mondays, days=1_000)


def told(leg: LegView, *events: CallStatusEvent) -> LegView:
    return reduce(merge, events, leg)


def orders_of(messages: list[CallStatusEvent], twice: CallStatusEvent) -> set[tuple[CallStatusEvent, ...]]:
    return set(itertools.permutations([*messages, twice]))


def office_hours() -> Calendar:
    days = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in WEEKDAYS[:5]}
    return read_calendar(zone="Europe/Berlin", hours=days, country="DE")


def always_open() -> Calendar:
    return read_calendar(zone="Europe/Berlin", hours={day: [("00:00", "24:00")] for day in WEEKDAYS})


def again(
    outcome: CallOutcome,
    attempt: int,
    *,
    now: datetime = NOON,
    rules: RetryRules = RetryRules(),
    jitter: float = 0.0,
    expires_at: datetime = LATER,
) -> datetime | None:
    window = Window(always_open(), Whereabouts((BERLIN,), ZoneSource.BROWSER))
    return retry_at(outcome, attempt, now, window, rules, jitter, expires_at)
