"""Callbacks and calls at the console, over HTTP: who wants to be called, who is on a call, what became of it."""

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from channels_app.callback import reports, selectors, shown
from channels_app.callback.api_settings import WORK
from channels_app.callback.api_settings import router as settings_router
from channels_app.callback.schemas import (
    Calls,
    Cursor,
    Id,
    IdOrNone,
    Limit,
    ReportOut,
    RequestDetail,
    RequestPage,
    SlotsOut,
)
from interaction_center.access.doors import require
from interaction_center.errors import InvalidError
from interaction_center.paging import decode_cursor, encode_cursor

router = Router(tags=["calls"])
router.add_router("", settings_router)

MAX_SLOT_DAYS = 31
_FAR = dt.timedelta(days=400)


@router.get("/callback/requests", response=RequestPage)
def list_requests(
    request: HttpRequest,
    view: Literal["due", "scheduled", "open", "ended"] = "due",
    line: IdOrNone = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Who wants to be called: due now (by when they asked), at a time of their own (soonest first), or no more."""
    who, name = require(request, WORK), f"callback-requests:{view}:{line}"
    after = decode_cursor(name, cursor)
    items, last = shown.request_page(who, view=view, line=line, after=after, limit=limit, now=timezone.now())
    return {"items": items, "next": encode_cursor(name, last)}


@router.get("/callback/requests/{interaction}", response=RequestDetail)
def request_detail(request: HttpRequest, interaction: Id) -> dict[str, Any]:
    """What was asked for in this interaction, and every call of it."""
    return shown.request_detail(require(request, WORK), interaction, timezone.now())


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
    return {"items": shown.calls_of(require(request, WORK).person.public_id)}


@router.get("/callback/report", response=ReportOut, by_alias=True)
def report(
    request: HttpRequest,
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    last: Annotated[dt.date | None, Query(alias="to")] = None,
    line: IdOrNone = "",
) -> dict[str, Any]:
    """Callbacks by day and by line: promises kept, customers reached, attempts it took, waiting that was spared."""
    require(request, WORK)
    now = timezone.now()
    days = reports.days_of(first, last, now)
    return reports.callback_report(days, selectors.line_by_id(line) if line else None, now)
