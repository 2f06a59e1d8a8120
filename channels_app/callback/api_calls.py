"""What people do during a call, over HTTP. What it changed comes as a frame; who may do it is asked in `admitting`."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Router

from channels_app.callback import controls
from channels_app.callback.accounts import voice_token
from channels_app.callback.api_settings import SUPERVISE, WORK
from channels_app.callback.models import PhoneCall
from channels_app.callback.schemas import (
    Id,
    LegIn,
    ListenIn,
    MuteIn,
    Ok,
    OnIn,
    TargetIn,
    TokenOut,
    WrapUpIn,
)
from channels_app.callback.selectors import call_by_id, phone_of
from channels_app.callback.wrapping_up import wrap_up
from interaction_center.access.doors import require
from interaction_center.errors import ConflictError, InvalidError

if TYPE_CHECKING:
    from interaction_center.access.models import User

router = Router(tags=["calls"])


def _asked(request: HttpRequest, call: str, *permissions: str) -> "tuple[PhoneCall, User]":
    """The call and the person; an API key is on no telephone."""
    person = require(request, *(permissions or (WORK, SUPERVISE))).person
    return call_by_id(call), person


@router.post("/callback/calls/{call}/hang-up", response=Ok)
def hang_up(request: HttpRequest, call: Id) -> Ok:
    """End the call, or leave it to others who are on it."""
    controls.hang_up(*_asked(request, call))
    return Ok()


@router.post("/callback/calls/{call}/hold", response=Ok)
def hold(request: HttpRequest, call: Id, body: OnIn) -> Ok:
    """The customer waits, or goes on talking."""
    controls.hold(*_asked(request, call), body.on)
    return Ok()


@router.post("/callback/calls/{call}/mute", response=Ok)
def mute(request: HttpRequest, call: Id, body: MuteIn) -> Ok:
    """Nobody hears this telephone, or all do again."""
    controls.mute(*_asked(request, call), body.leg, body.on)
    return Ok()


@router.post("/callback/calls/{call}/transfer", response=Ok)
def transfer(request: HttpRequest, call: Id, body: TargetIn) -> Ok:
    """Put the customer through, and put one's own telephone down."""
    controls.transfer(*_asked(request, call), _target(body))
    return Ok()


@router.post("/callback/calls/{call}/add", response=Ok)
def add(request: HttpRequest, call: Id, body: TargetIn) -> Ok:
    """Ring somebody into the call."""
    controls.add(*_asked(request, call), _target(body))
    return Ok()


@router.post("/callback/calls/{call}/remove", response=Ok)
def remove(request: HttpRequest, call: Id, body: LegIn) -> Ok:
    """Send away whom one has added."""
    controls.remove(*_asked(request, call), body.leg)
    return Ok()


@router.post("/callback/calls/{call}/listen", response=Ok)
def listen(request: HttpRequest, call: Id, body: ListenIn) -> Ok:
    """Hear the call as a supervisor."""
    controls.listen(*_asked(request, call, SUPERVISE), body.how)
    return Ok()


@router.post("/callback/calls/{call}/record", response=Ok)
def record(request: HttpRequest, call: Id, body: OnIn) -> Ok:
    """Agree to a recording, so that the customer is asked; or pause it."""
    controls.record(*_asked(request, call), body.on)
    return Ok()


@router.post("/callback/calls/{call}/wrap-up", response=Ok)
def write_up(request: HttpRequest, call: Id, body: WrapUpIn) -> Ok:
    """What came of it, and what happens next."""
    known, person = _asked(request, call)
    wrap_up(known, person, disposition=body.disposition, notes=body.notes, next=body.next, wanted_at=body.wanted_at)
    return Ok()


@router.get("/callback/token", response=TokenOut)
def token(request: HttpRequest) -> TokenOut:
    """For the telephone in the browser, for those who are rung there."""
    person = require(request, WORK).person
    phone = phone_of(person.public_id)
    if phone is None or phone.number:
        return TokenOut(token=None, reason="Your telephone is not the softphone. Choose it in the settings.")
    try:
        return TokenOut(token=voice_token(person.public_id))
    except ConflictError as missing:
        return TokenOut(token=None, reason=missing.message)


def _target(body: TargetIn) -> dict[str, str]:
    chosen = {name: value for name, value in body.dict().items() if value}
    if len(chosen) != 1:
        raise InvalidError("Choose a person, a team or a number.", target="required")
    return chosen
