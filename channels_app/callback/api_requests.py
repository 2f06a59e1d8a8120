"""Requests over HTTP: who wants to be called; agents promise a call, move it, bring it forward, call it off."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from channels_app.callback import changing, requests, selectors, shown
from channels_app.callback.api_settings import SUPERVISE, WORK
from channels_app.callback.models import CallbackRequest
from channels_app.callback.schemas import (
    Cursor,
    Id,
    IdOrNone,
    Limit,
    MadeOut,
    MoveIn,
    Ok,
    RequestDetail,
    RequestIn,
    RequestPage,
)
from interaction_center.access.doors import Actor, require
from interaction_center.errors import ConflictError, ForbiddenError, NotFoundError
from interaction_center.paging import decode_cursor, encode_cursor
from interaction_center.queue.selectors import interaction_for

router = Router(tags=["calls"])


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


@router.post("/callback/requests", response={201: MadeOut})
def promise(request: HttpRequest, wish: RequestIn) -> Status[MadeOut]:
    """Promise a customer a call. The same `key` again is the same request."""
    who = require(request, WORK)
    if wish.origin:
        interaction_for(who.user, wish.origin, everything=who.sees_everything)
    line = selectors.line_by_id(wish.line)
    if not line.active:
        raise ConflictError("This line is off. Choose another one, or switch it on in the settings.", "line_off")
    values = wish.model_dump(exclude={"line"})
    made = requests.open_request(line=line, source="agent", user=who.person, **values)
    return Status(201, MadeOut(interaction=made.interaction))


@router.post("/callback/requests/{interaction}/move", response=Ok)
def move(request: HttpRequest, interaction: Id, time: MoveIn) -> Ok:
    """Another time: the begin of a slot, null for as soon as possible."""
    who, found = _theirs(request, interaction)
    changing.move_request(request=found, wanted_at=time.wanted_at, by=who.person)
    return Ok()


@router.post("/callback/requests/{interaction}/cancel", response=Ok)
def cancel(request: HttpRequest, interaction: Id) -> Ok:
    """The customer is not called any more, also if the telephone rings just now."""
    who, found = _theirs(request, interaction)
    changing.cancel_request(request=found, by=who.person)
    return Ok()


@router.post("/callback/requests/{interaction}/call-now", response=Ok)
def call_now(request: HttpRequest, interaction: Id) -> Ok:
    """Bring it forward: called as soon as somebody is free."""
    who, found = _theirs(request, interaction)
    changing.call_now(request=found, by=who.person)
    return Ok()


def _theirs(request: HttpRequest, interaction: str) -> tuple[Actor, CallbackRequest]:
    """The request of an interaction that they see, for who holds it and for supervisors."""
    who = require(request, WORK)
    row = interaction_for(who.user, interaction, everything=who.sees_everything)
    found = CallbackRequest.objects.filter(interaction=row.public_id).select_related("line").first()
    if found is None:
        raise NotFoundError("Nobody asked to be called in this interaction.")
    if row.assigned_to != who.person and not who.can(SUPERVISE):
        raise ForbiddenError(
            "Take the interaction first: then its callback is yours to move or call off.", "take_first"
        )
    return who, found
