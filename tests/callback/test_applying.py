"""Reports come in any order, any number of times, and from calls that should not be there: the end is the same."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from channels_app.callback import applying
from channels_app.callback.applying import apply_due
from channels_app.callback.events import CONFERENCE, MACHINE, STATUS, Kind, Report, store_reports
from channels_app.callback.models import CallbackRequest, CallEvent, CallLeg, Mode, Party, PhoneCall, PhoneLine
from channels_app.callback.stages import LegStage, RequestStage
from channels_app.callback.tokens import digest_of
from interaction_center.access.models import User
from tests.callback.builders import a_line, a_request, an_agent_with_phone, stands, taken_by

pytestmark = pytest.mark.django_db
SID = "CA" + "1" * 32
OTHER_SID = "CA" + "2" * 32
Facts = dict[str, str]


def status(word: str, sequence: int, sid: str = SID) -> tuple[Kind, Facts]:
    return STATUS, {
        "CallSid": sid,
        "CallStatus": word,
        "SequenceNumber": str(sequence),
        "CallbackSource": "call-progress-events",
    }


MACHINE_FOUND = (MACHINE, {"CallSid": SID, "AnsweredBy": "machine_end_beep"})
BEGIN = [status("initiated", 0), status("ringing", 1)]
TALES = {
    "machine": [*BEGIN, status("in-progress", 2), MACHINE_FOUND, status("completed", 3)],
    "busy": [*BEGIN, status("busy", 2)],
    "no_answer": [*BEGIN, status("no-answer", 2)],
    "failed": [*BEGIN, status("failed", 2)],
    "cancelled": [*BEGIN, status("canceled", 2)],
}


def a_dialled_request(user: User | None = None, number: str = "+4930123456", token: str = "token") -> CallbackRequest:
    """A customer is rung first; the POST has been answered, nothing has been reported."""
    line = PhoneLine.objects.first() or a_line(Mode.CUSTOMER_FIRST)
    request = a_request(line, number, stage=RequestStage.DIALLING)
    agent = user or an_agent_with_phone()
    taken_by(agent, request)
    now = timezone.now()
    call = PhoneCall.objects.create(
        line=request.line,
        request=request,
        interaction=request.interaction,
        direction="out",
        number=number,
        mode=Mode.CUSTOMER_FIRST,
        agent=agent.public_id,
        created_at=now,
    )
    CallLeg.objects.create(
        call=call,
        party=Party.CUSTOMER,
        to=number,
        stage=LegStage.ACCEPTED,
        call_sid=SID if token == "token" else f"CA{token}",
        token_digest=digest_of(token),
        created_at=now,
        posted_at=now,
        due_at=now,
    )
    return request


def told(*reports: tuple[Kind, Facts], token: str = "token") -> None:
    """They come in one group."""
    now = timezone.now()
    store_reports([Report(kind, digest_of(token), facts, now) for kind, facts in reports])


def outcome(request: CallbackRequest) -> tuple[Any, ...]:
    """Everything that the reports decide."""
    leg, now = CallLeg.objects.get(call__request=request), stands(request)
    of_leg = (leg.stage, leg.status, leg.sequence, leg.answered_by, str(leg.orders))
    return (*of_leg, leg.call.outcome, now.stage, now.calls_made)


def after(request: CallbackRequest, reports: Sequence[tuple[Kind, Facts]]) -> tuple[Any, ...]:
    """What it comes to when each is applied by itself; nothing of it stays."""
    with transaction.atomic():
        for report in reports:
            told(report)
            apply_due()
        found = outcome(request)
        transaction.set_rollback(True)
    return found


def orders_with_one_twice(tale: Sequence[tuple[Kind, Facts]]) -> list[list[tuple[Kind, Facts]]]:
    return [[*order, again] for order in permutations(tale) for again in tale]


def test_whatever_order_the_reports_of_a_call_come_in_it_ends_the_same_way() -> None:
    request = a_dialled_request()
    for name, tale in TALES.items():
        expected = after(request, tale)
        assert expected[5] == name
        every = orders_with_one_twice(tale)
        for order in every[:: max(len(every) // 18, 1)]:
            assert after(request, order) == expected


@pytest.mark.slow
def test_all_six_hundred_orders_of_five_reports_with_one_twice_end_the_same_way() -> None:
    request = a_dialled_request()
    expected = after(request, TALES["machine"])
    orders = orders_with_one_twice(TALES["machine"])
    assert len(orders) == 600
    assert {after(request, order) for order in orders} == {expected}


def test_a_report_that_is_sent_twice_is_stored_once() -> None:
    a_dialled_request()
    told(status("ringing", 1), status("ringing", 1))
    told(status("ringing", 1))
    assert CallEvent.objects.count() == 1


def test_a_report_about_nothing_that_we_know_is_none() -> None:
    told(status("ringing", 1), token="stranger")
    assert not CallEvent.objects.exists()


def test_a_second_call_of_one_post_is_to_be_ended() -> None:
    request = a_dialled_request()
    told(status("ringing", 1), status("ringing", 1, OTHER_SID))
    apply_due()
    leg = CallLeg.objects.get(call__request=request)
    assert (leg.call_sid, leg.orders) == (SID, [{"do": "hang_up", "sid": OTHER_SID}])


def test_a_call_of_a_leg_that_was_held_to_be_absent_is_to_be_ended() -> None:
    request = a_dialled_request()
    CallLeg.objects.update(stage=LegStage.ABSENT, ended_at=timezone.now(), call_sid=None)
    told(status("ringing", 1))
    apply_due()
    leg = CallLeg.objects.get(call__request=request)
    assert (leg.stage, leg.state, leg.orders) == ("absent", "due", [{"do": "hang_up", "sid": SID}])


def test_a_report_that_is_faster_than_the_answer_to_its_post_is_adopted() -> None:
    request = a_dialled_request()
    CallbackRequest.objects.update(stage=RequestStage.UNKNOWN)
    CallLeg.objects.update(stage=LegStage.UNKNOWN, call_sid=None)
    told(status("ringing", 1))
    apply_due()
    leg = CallLeg.objects.get(call__request=request)
    assert (leg.call_sid, leg.stage, stands(request).stage) == (SID, "ringing", "dialling")


def test_a_room_has_a_name_and_does_not_say_who_is_held() -> None:
    request = a_dialled_request()
    about = {"ConferenceSid": "CF1", "CallSid": SID}
    told((CONFERENCE, about | {"StatusCallbackEvent": "participant-hold", "SequenceNumber": "1"}))
    apply_due()
    leg = CallLeg.objects.get(call__request=request)
    assert (leg.on_hold, leg.call.conference_sid) == (False, "CF1"), "a report of a hold may be older than its end"


def test_a_report_that_can_not_be_applied_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    request = a_dialled_request()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(applying, "APPLIERS", {**applying.APPLIERS, "machine": broken})
    told(MACHINE_FOUND, status("ringing", 1))
    assert apply_due() == 2
    assert CallLeg.objects.get(call__request=request).stage == "ringing"
    assert CallEvent.objects.get(kind="machine").last_error == "ZeroDivisionError"


@pytest.mark.parametrize("odd", ["", "4.5", "-1", "٣", "9" * 30])
def test_an_odd_number_in_a_report_does_not_lose_it(odd: str) -> None:
    request = a_dialled_request()
    kind, facts = status("ringing", 1)
    told((kind, facts | {"SequenceNumber": odd}))
    apply_due()
    assert CallLeg.objects.get(call__request=request).stage == "ringing"


def test_a_group_of_calls_is_read_with_as_many_queries_as_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        agent = an_agent_with_phone(f"Agent{number} Smith", f"+493055500{number}")
        a_dialled_request(agent, f"+493012340{number}0", token=str(number))
    for number in range(8):
        told(status("ringing", 1, f"CA{number}"), token=str(number))
    with django_assert_max_num_queries(40):  # one write for each leg; the rest does not grow
        assert apply_due() == 8
