"""Lines and requests to be called, as plain functions."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from channels_app.callback.models import CallbackRequest, PhoneCall, PhoneLine
from channels_app.callback.offers import customer_window, free_slots
from channels_app.callback.requests import open_request
from channels_app.callback.stages import CallOutcome
from interaction_center.customers.models import Customer
from tests.access.builders import a_calendar

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
BERLIN_NUMBER = "030 901820"
E164 = "+4930901820"
_lines, _keys, _numbers = itertools.count(1), itertools.count(1), itertools.count(1)


def a_line(**values: Any) -> PhoneLine:
    """A line in Berlin that is open day and night, and rings at any hour."""
    facts = {
        "name": "Service",
        "number": f"+4930{20000000 + next(_lines)}",
        "quiet_from": "24:00",
        "quiet_until": "00:00",
        **values,
    }
    return PhoneLine.objects.create(**facts)


def an_office_line(**values: Any) -> PhoneLine:
    """One that is open from nine to five in Berlin, on working days."""
    return a_line(calendar=a_calendar().public_id, **values)


def a_number() -> str:
    """A number in Berlin that nobody else has given."""
    return f"+4930{30000000 + next(_numbers)}"


def wishes(line: PhoneLine, **values: Any) -> CallbackRequest:
    """Somebody asks to be called, by a form of their own."""
    return open_request(**{"line": line, "number": BERLIN_NUMBER, "key": f"form{next(_keys)}.x", **values})


def first_slot(line: PhoneLine, skip: int = 0) -> datetime:
    """A time that is on offer."""
    window, _ = customer_window(line, zone="")
    return free_slots(line, window, timezone.now())[skip].start


def a_talk(line: PhoneLine, *, minutes: float, customer: str = "") -> PhoneCall:
    """One that has been and gone."""
    now = timezone.now()
    return PhoneCall.objects.create(
        direction="out",
        line=line,
        number=customer or a_number(),
        mode=line.mode,
        outcome=CallOutcome.TALKED,
        created_at=now - timedelta(minutes=minutes),
        bridged_at=now - timedelta(minutes=minutes),
        ended_at=now,
        wrapped_up_at=now,
    )


def customers() -> list[str]:
    """Names, oldest first."""
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))
