"""Callbacks and calls at the console, over HTTP: who wants to be called, who is on a call, what became of it."""

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from channels_app.callback import reports, selectors, shown
from channels_app.callback.api_calls import router as calls_router
from channels_app.callback.api_requests import router as requests_router
from channels_app.callback.api_settings import WORK
from channels_app.callback.api_settings import router as settings_router
from channels_app.callback.schemas import (
    Calls,
    Day,
    Id,
    IdOrNone,
    ReportOut,
    SlotsOut,
)
from interaction_center.access.doors import require
from interaction_center.errors import InvalidError

router = Router(tags=["calls"])
router.add_router("", settings_router)
router.add_router("", requests_router)
router.add_router("", calls_router)

MAX_SLOT_DAYS = 31
_FAR = dt.timedelta(days=400)


@router.get("/callback/slots", response=SlotsOut)
def slots(
    request: HttpRequest,
    line: Id,
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    days: Annotated[int, Field(ge=1, le=MAX_SLOT_DAYS)] = 7,
    interaction: IdOrNone = "",
) -> dict[str, Any]:
    """The calendar of a line: which times are on offer, and how many have them. With an interaction, the times at
    which its own customer may be rung."""
    who, now = require(request, WORK), timezone.now()
    chosen = selectors.line_by_id(line)
    start = first or timezone.localdate(now)
    if abs(start - now.date()) > _FAR:
        raise InvalidError("Choose a day of the next weeks.", **{"from": "Choose a day of the next weeks."})
    asked = shown.request_detail(who, interaction, now)["request"] if interaction else None
    return selectors.slots_of(chosen, asked["zones"] if asked else (), now, start, days)


@router.get("/callback/calls/mine", response=Calls)
def my_calls(request: HttpRequest) -> dict[str, Any]:
    """The calls that I am on, or have still to write up: what a reloaded page shows."""
    return {"items": shown.calls_of(require(request, WORK).person.public_id, timezone.now())}


@router.get("/callback/report", response=ReportOut, by_alias=True)
def report(
    request: HttpRequest,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    line: IdOrNone = "",
) -> dict[str, Any]:
    """Callbacks by day and by line: promises kept, customers reached, attempts it took, waiting that was spared."""
    require(request, WORK)
    now = timezone.now()
    days = reports.days_of(first, last, now)
    return reports.callback_report(days, selectors.line_by_id(line) if line else None, now)
