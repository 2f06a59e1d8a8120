""" "Call me back": one promise for one number, whichever door it comes by, and however often it is pressed."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from channels_app.callback.changing import call_now, cancel_request, move_request
from channels_app.callback.models import CallbackRequest, CallLeg, DoNotCall, PhoneCall, PhoneLine
from channels_app.callback.requests import AlreadyOpenError, Visitor, key_for, open_missed, open_request
from channels_app.callback.stages import RequestStage
from interaction_center.customers.models import ContactPoint
from interaction_center.errors import AlreadyTakenError, ConflictError, InvalidError
from interaction_center.queue.models import Interaction
from interaction_center.routing import services as routing
from tests.access.builders import a_site, a_user
from tests.builders import NOW, a_waiting_chat, assert_gapless, fresh, happened, in_parallel, said
from tests.callback.builders import an_agent_with_phone
from tests.callback.wishes import (
    BERLIN_NUMBER,
    E164,
    a_line,
    a_number,
    a_talk,
    an_office_line,
    first_slot,
    wishes,
)

pytestmark = pytest.mark.django_db
at_noon = time_machine.travel(NOW, tick=False)  # a Monday, 13:00 in Berlin


def a_ringing_call(request: CallbackRequest) -> CallLeg:
    """The customer's telephone rings for this request."""
    now = timezone.now()
    CallbackRequest.objects.filter(pk=request.pk).update(stage=RequestStage.DIALLING)
    call = PhoneCall.objects.create(
        direction="out",
        line=request.line,
        request=request,
        interaction=request.interaction,
        number=request.number,
        mode=request.line.mode,
        created_at=now,
    )
    return CallLeg.objects.create(
        call=call, party="customer", to=request.number, stage="ringing", created_at=now, due_at=now, call_sid="CA1"
    )


def reread(request: CallbackRequest) -> CallbackRequest:
    return CallbackRequest.objects.select_related("line").get(pk=request.pk)


def test_a_wish_becomes_one_interaction_of_the_queue() -> None:
    request = wishes(a_line(), reason="It shows E-04", name="Jo  Doe", email="jo@example.org", subject="fault")
    row = fresh(request.interaction)
    assert (row.channel, row.account, row.state) == ("callback", request.line.public_id, "waiting")
    assert (row.subject, row.customer.name, said(row)) == (
        "Callback: Something does not work",
        "Jo Doe",
        ["It shows E-04", said(row)[1]],
    )
    assert (request.number, request.stage) == (E164, RequestStage.DUE)
    assert happened(row)[:2] == ["opened", "call_requested"]
    assert_gapless(row)


def test_a_number_and_an_address_that_were_typed_prove_nothing() -> None:
    wishes(a_line(), email="jo@example.org")
    proofs = dict(ContactPoint.objects.values_list("kind", "proof"))
    assert proofs == {"email": "typed", "phone": "typed"}


def test_a_visitor_whose_address_the_site_vouches_for_is_that_customer() -> None:
    visitor = Visitor("v-1", "jo@example.org")
    chat = a_waiting_chat("v-1")
    request = wishes(a_line(), visitor=visitor, email="jo@example.org", source="widget")
    assert dict(ContactPoint.objects.values_list("kind", "proof")) == {
        "visitor": "verified",
        "email": "verified",
        "phone": "typed",
    }
    assert request.is_proved
    assert fresh(request.interaction).customer.name == fresh(chat).customer.name


def test_the_same_key_is_the_same_request() -> None:
    line = a_line()
    first = wishes(line, key="k.1")
    assert wishes(line, key="k.1") == first
    assert Interaction.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_is_one_request() -> None:
    line = a_line()
    one, other = in_parallel([partial(wishes, line, key="k.1")] * 2)
    assert one == other
    assert Interaction.objects.count() == 1


@at_noon
def test_a_call_as_soon_as_possible_is_promised_within_what_is_measured() -> None:
    line = an_office_line(mode="softphone")
    for _ in range(5):
        a_talk(line, minutes=4)
    assert fresh(wishes(line).interaction).promised_at == NOW + timedelta(minutes=30)  # nobody is there


@at_noon
def test_a_slot_is_an_appointment() -> None:
    line = an_office_line()
    start = first_slot(line)
    request = wishes(line, wanted_at=start)
    row = fresh(request.interaction)
    assert start == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert (request.stage, request.due_at, request.wanted_at) == (RequestStage.SCHEDULED, start, start)
    assert (row.not_before, row.promised_at) == (start, start + timedelta(minutes=30))


@time_machine.travel(datetime(2026, 3, 2, 18, tzinfo=UTC), tick=False)
def test_now_is_the_next_opening_outside_business_hours() -> None:
    request = wishes(an_office_line())
    opening = datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert (request.stage, request.wanted_at, request.due_at) == (RequestStage.SCHEDULED, None, opening)
    row = fresh(request.interaction)
    assert (row.not_before, row.promised_at) == (opening, opening + timedelta(minutes=30))
    assert row.waiting_since == request.requested_at  # the place is kept


@at_noon
def test_a_customer_is_rung_by_day_where_they_are() -> None:
    line = a_line(countries=["US"], quiet_from="20:00", quiet_until="08:00")
    request = wishes(line, number="+1 212 736 3100", zone="America/Los_Angeles")
    assert request.zones == ["America/Los_Angeles", "America/New_York"], "it has to be day by both"
    assert request.due_at == datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("America/Los_Angeles"))


@time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC), tick=False)
def test_nobody_is_woken_by_a_stranger_who_says_that_they_are_where_it_is_day() -> None:
    line = a_line(quiet_from="20:00", quiet_until="08:00")
    request = wishes(line, zone="Asia/Tokyo")  # where it is eleven in the morning
    assert request.due_at == datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_customer_first_line_is_routed_by_its_channel() -> None:
    assert fresh(wishes(a_line(mode="customer_first")).interaction).routed_by_channel


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_last_place_get_one_and_a_clear_answer() -> None:
    line = a_line(slot_capacity=1)
    start = first_slot(line)
    numbers = [a_number(), a_number()]
    results = in_parallel([partial(wishes, line, number=number, wanted_at=start) for number in numbers])
    refused = [result for result in results if isinstance(result, AlreadyTakenError)]
    assert [error.code for error in refused] == ["slot_full"]
    assert CallbackRequest.objects.count() == Interaction.objects.count() == 1


def test_a_refused_wish_leaves_nothing_behind() -> None:
    line = a_line()
    for number in ("112", "0900 1234567", "+1 876 555 0000", "", "banana"):
        with pytest.raises(InvalidError):
            wishes(line, number=number)
    DoNotCall.objects.create(number=E164, created_at=timezone.now())
    with pytest.raises(InvalidError, match="We don't call this number"):
        wishes(line)
    assert not Interaction.objects.exists()


def test_we_never_call_ourselves() -> None:
    line, other = a_line(), a_line(active=False)
    for number in (line.number, other.number):
        with pytest.raises(InvalidError, match="our own number"):
            wishes(line, number=number)
    call = a_missed_call(line, other.number)
    assert open_missed(line=line, number=other.number, at=call.created_at, call=call) is None
    assert not Interaction.objects.exists()


def test_a_line_rings_its_own_country_unless_it_names_others() -> None:
    with pytest.raises(InvalidError, match="in this country"):
        wishes(a_line(), number="+33 1 42 68 53 00")
    assert wishes(a_line(countries=["FR"]), number="+33 1 42 68 53 00").number == "+33142685300"


def test_a_stranger_who_types_a_number_gets_no_second_call_and_its_owner_a_mail() -> None:
    line = a_line()
    first = wishes(line, email="jo@example.org")
    assert wishes(line, email="mallory@example.org", name="Mallory") == first
    assert wishes(line, email="mallory@example.org") == first
    assert Interaction.objects.count() == 1
    told = [text for text in said(first.interaction) if "another call" in text]
    assert len(told) == 1  # once a day, or typing a number would fill an inbox


def test_the_same_browser_learns_what_it_has_open() -> None:
    line = a_line()
    first = wishes(line, key=key_for("form", "one"))
    with pytest.raises(AlreadyOpenError) as refused:
        wishes(line, key=key_for("form", "two"))
    assert refused.value.request == first


def test_the_same_visitor_learns_what_they_have_open_and_another_one_does_not() -> None:
    line = a_line()
    first = wishes(line, visitor=Visitor("v-1"))
    with pytest.raises(AlreadyOpenError):
        wishes(line, visitor=Visitor("v-1"))
    assert wishes(line, visitor=Visitor("v-2")) == first


def test_one_of_us_is_told_of_the_open_request() -> None:
    line, anna = a_line(), a_user()
    first = wishes(line)
    with pytest.raises(AlreadyOpenError) as refused:
        wishes(line, user=anna, source="agent")
    assert refused.value.details == {"interaction": first.interaction}


@pytest.mark.django_db(transaction=True)
def test_one_number_asked_for_at_two_lines_at_once_has_one_open_request() -> None:
    results = in_parallel([partial(wishes, line) for line in (a_line(), a_line())])
    assert results[0] == results[1]
    assert Interaction.objects.count() == 1


def test_a_request_from_a_chat_stands_in_both_logs() -> None:
    chat = a_waiting_chat()
    request = wishes(a_line(), source="chat", origin=chat.public_id)
    assert "call_requested" in happened(chat)
    assert "call_requested" in happened(request.interaction)


@at_noon
def test_a_moved_request_has_the_new_time_and_the_old_place_is_free() -> None:
    line = an_office_line(slot_capacity=1)
    old, new = first_slot(line), first_slot(line, skip=3)
    request = wishes(line, wanted_at=old)
    moved = move_request(request=request, wanted_at=new)
    row = fresh(request.interaction)
    assert (moved.wanted_at, moved.due_at, row.not_before) == (new, new, new)
    assert moved.requested_at == request.requested_at
    assert first_slot(line) == old
    assert "call_moved" in happened(row)


@at_noon
def test_a_request_keeps_the_promise_that_its_customer_was_told_as_its_place_in_the_queue_does() -> None:
    line = an_office_line(mode="softphone")
    for minutes in (4, 4, 4, 4, 4):
        a_talk(line, minutes=minutes)
    an_agent_with_phone(number="")
    request = wishes(line)
    assert request.promised_at == fresh(request.interaction).promised_at == NOW + timedelta(minutes=4)
    slot = first_slot(line)
    move_request(request=request, wanted_at=slot)
    assert reread(request).promised_at == fresh(request.interaction).promised_at == slot + timedelta(minutes=30)
    call_now(request=reread(request))
    assert reread(request).promised_at == NOW + timedelta(minutes=4)


@at_noon
def test_moving_to_the_time_that_it_has_changes_nothing() -> None:
    line = an_office_line(slot_capacity=1)
    request = wishes(line, wanted_at=first_slot(line))
    move_request(request=request, wanted_at=request.wanted_at)
    assert "call_moved" not in happened(request.interaction)


@at_noon
def test_a_full_slot_can_not_be_moved_to() -> None:
    line = an_office_line(slot_capacity=1)
    start = first_slot(line)
    wishes(line, number=a_number(), wanted_at=start)
    request = wishes(line)
    with pytest.raises(AlreadyTakenError):
        move_request(request=request, wanted_at=start)
    assert reread(request).wanted_at is None


def test_moving_hangs_up_what_rings() -> None:
    line = a_line()
    request = wishes(line)
    leg = a_ringing_call(request)
    move_request(request=request, wanted_at=first_slot(line))
    leg.refresh_from_db()
    assert leg.orders == [{"do": "hang_up"}]
    assert reread(request).stage == RequestStage.SCHEDULED


def test_a_cancelled_request_is_over_and_its_interaction_closed() -> None:
    request = wishes(a_line())
    for _ in range(2):
        cancelled = cancel_request(request=request)
    assert (cancelled.stage, cancelled.state, cancelled.reason) == (RequestStage.CANCELLED, "done", "customer")
    assert fresh(request.interaction).state == "closed"
    assert happened(request.interaction).count("call_cancelled") == 1


def test_cancelling_takes_it_from_whoever_holds_it() -> None:
    anna = a_user()
    request = wishes(a_line())
    routing.take_interaction(interaction=fresh(request.interaction), user=anna)
    cancel_request(request=request, by=anna)
    assert fresh(request.interaction).state == "closed"


def test_cancelling_hangs_up_what_rings_and_leaves_the_rest_to_the_end_of_the_call() -> None:
    request = wishes(a_line())
    leg = a_ringing_call(request)
    cancel_request(request=request)
    leg.refresh_from_db()
    assert leg.orders == [{"do": "hang_up"}]
    assert fresh(request.interaction).state == "waiting"


@pytest.mark.parametrize("stage", [RequestStage.CONNECTED, RequestStage.DONE, RequestStage.EXPIRED])
def test_what_is_in_a_talk_or_over_is_neither_moved_nor_cancelled(stage: RequestStage) -> None:
    line = a_line()
    request = wishes(line)
    CallbackRequest.objects.filter(pk=request.pk).update(stage=stage)
    for act in (cancel_request, partial(move_request, wanted_at=first_slot(line)), call_now):
        with pytest.raises(ConflictError):
            act(request=request)


@pytest.mark.django_db(transaction=True)
def test_moving_and_cancelling_at_once_ends_cancelled() -> None:
    line = a_line()
    request = wishes(line)
    start = first_slot(line)
    results = in_parallel(
        [partial(cancel_request, request=request), partial(move_request, request=request, wanted_at=start)]
    )
    assert not isinstance(results[0], BaseException)
    assert reread(request).stage == RequestStage.CANCELLED


@at_noon
def test_a_request_that_is_brought_forward_is_due_at_once() -> None:
    line = an_office_line()
    request = wishes(line, wanted_at=first_slot(line, skip=5))
    for _ in range(2):
        call_now(request=request)
    row = reread(request)
    assert (row.stage, row.wanted_at, row.due_at) == (RequestStage.DUE, None, NOW)
    assert fresh(row.interaction).not_before is None
    assert happened(row.interaction).count("call_brought_forward") == 1


@time_machine.travel(datetime(2026, 3, 2, 5, tzinfo=UTC), tick=False)
def test_nobody_is_brought_forward_into_the_night() -> None:
    line = an_office_line()
    request = wishes(line, wanted_at=first_slot(line))
    with pytest.raises(ConflictError, match="at this hour"):
        call_now(request=request)
    assert reread(request).wanted_at is not None


def a_missed_call(line: PhoneLine, number: str = E164, *, ago: int = 6, **values: Any) -> PhoneCall:
    at = timezone.now() - timedelta(minutes=ago)
    return PhoneCall.objects.create(
        direction="in", line=line, number=number, mode=line.mode, created_at=at, ended_at=at, **values
    )


def test_a_missed_call_is_a_request() -> None:
    line = a_line()
    call = a_missed_call(line)
    request = open_missed(line=line, number=E164, at=call.created_at, call=call)
    assert request is not None
    assert (request.number, request.source, request.language) == (E164, "call", "de")
    assert open_missed(line=line, number=E164, at=call.created_at, call=call) == request


def test_a_missed_caller_is_written_to_in_the_language_that_was_spoken_to_them() -> None:
    line = a_line(countries=["GB"])
    call = a_missed_call(line, "+442079460123")
    request = open_missed(line=line, number=call.number, at=call.created_at, call=call)
    assert request is not None
    assert request.language == "en"


def test_a_missed_call_goes_on_in_its_own_interaction() -> None:
    line = a_line()
    chat = a_waiting_chat()
    call = a_missed_call(line, interaction=chat.public_id)
    request = open_missed(line=line, number=E164, at=call.created_at, call=call)
    assert request is not None
    assert request.interaction == chat.public_id


def test_who_calls_again_within_five_minutes_was_not_missed() -> None:
    line = a_line()
    call = a_missed_call(line)
    a_missed_call(line, ago=2)
    assert open_missed(line=line, number=E164, at=call.created_at, call=call) is None


def test_a_missed_call_of_somebody_who_waits_already_is_noted_there() -> None:
    line = a_line()
    request = wishes(line, subject="order")
    call = a_missed_call(line)
    assert open_missed(line=line, number=E164, at=call.created_at, call=call) == request
    assert "call_missed_inbound" in happened(request.interaction)


@pytest.mark.parametrize("number", ["", "anonymous", "+18765550000"])
def test_who_may_not_be_rung_is_not_called_back(number: str) -> None:
    line = a_line()
    call = a_missed_call(line, number)
    assert open_missed(line=line, number=number, at=call.created_at, call=call) is None
    assert not Interaction.objects.exists()


def test_opening_a_request_costs_the_same_whoever_else_waits(django_assert_max_num_queries: Any) -> None:
    line = a_line()
    for _ in range(8):
        wishes(line, number=a_number())
    with django_assert_max_num_queries(60):
        open_request(line=line, number=BERLIN_NUMBER, key="k.1", site=a_site())
