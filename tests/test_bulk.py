"""Statements that are composed once say the same as those of the ORM."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from channels_app.callback.models import CallEvent, CallLeg, PhoneCall
from interaction_center.bulk import by_key, insert, lock_rows, rows_of, write
from interaction_center.queue.models import Interaction
from tests.callback.builders import a_line, a_request, a_world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 11, 30, 15, 250_000, tzinfo=UTC)


def columns(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def a_call() -> PhoneCall:
    request = a_request(a_line(), "+4930123456")
    call = PhoneCall(direction="out", line=request.line, request=request, number=request.number, created_at=NOW)
    insert([call])
    return call


def legs_of(call: PhoneCall, count: int) -> list[CallLeg]:
    return [
        CallLeg(call=call, party="agent", to=f"+49305550{n}", orders=[{"do": "hang_up"}], created_at=NOW, due_at=NOW)
        for n in range(count)
    ]


def test_inserted_rows_have_their_keys_and_are_what_the_orm_reads() -> None:
    with a_world():
        call = a_call()
        legs = legs_of(call, 3)
        insert(legs)
        stored = list(CallLeg.objects.order_by("pk"))
        assert [columns(leg) for leg in stored] == [columns(leg) for leg in legs]
        assert not any(leg._state.adding for leg in legs)


def test_rows_are_read_as_the_orm_reads_them_in_the_order_of_their_keys() -> None:
    with a_world():
        call = a_call()
        insert(legs_of(call, 3))
        for model in (PhoneCall, CallLeg, Interaction):
            keys = sorted(model.objects.values_list("pk", flat=True), reverse=True)
            read = rows_of(model, "id", keys)
            assert [columns(row) for row in read] == [columns(row) for row in model.objects.order_by("pk")]
        assert by_key(PhoneCall, [call.pk])[call.pk] == call
        assert rows_of(PhoneCall, "id", []) == []


def test_each_row_gets_its_own_values_by_one_statement() -> None:
    with a_world():
        call = a_call()
        legs = legs_of(call, 3)
        insert(legs)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            write(
                (leg, {"orders": [{"do": place}], "posted_at": NOW + timedelta(seconds=place), "muted": True})
                for place, leg in enumerate(legs)
            )
        assert len(asked) == 1
        stored = CallLeg.objects.order_by("pk")
        assert [leg.orders for leg in stored] == [[{"do": 0}], [{"do": 1}], [{"do": 2}]]
        assert [leg.posted_at for leg in stored] == [NOW + timedelta(seconds=n) for n in range(3)]
        assert all(leg.muted for leg in stored)


def test_what_is_known_already_is_left_out() -> None:
    with a_world():
        leg = legs_of(a_call(), 1)[0]
        insert([leg])
        event = {"kind": "status", "leg": leg, "received_at": NOW, "due_at": NOW}
        insert([CallEvent(key="one", facts={"a": "first"}, **event)], skip_known=True)
        insert([CallEvent(key=key, facts={"a": "second"}, **event) for key in ("one", "two")], skip_known=True)
        assert list(CallEvent.objects.order_by("key").values_list("key", "facts")) == [
            ("one", {"a": "first"}),
            ("two", {"a": "second"}),
        ]


def test_locked_rows_are_those_that_are_asked_for() -> None:
    with a_world(), transaction.atomic():
        call = a_call()
        insert(legs_of(call, 2))
        assert [leg.to for leg in lock_rows(CallLeg, "call_id", [call.pk])] == ["+493055500", "+493055501"]
