"""The telephones on the demo page: what they show and what is done with them, passed on from the network in a box.

There only while the demo is on and calls are made in the box: nothing here can reach Twilio.
"""

import json
import math
import re
import time
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from channels_app.callback.box_client import ask_box, is_boxed
from interaction_center.access.addresses import address_of
from interaction_center.access.problems import error_response
from interaction_center.access.rate_limits import Buckets
from interaction_center.demo.telephones import are_for_playing
from interaction_center.errors import BadRequestError, CenterError, InvalidError, NotFoundError, RateLimitedError
from interaction_center.live.threads import in_database_thread

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponseBase]]

MOST_PHONES = 4
MOST_WAITING = 100  # each open page waits for news all the time
LARGEST_BODY = 4_000
SILENT_DEEDS = ("answer", "decline", "hangup")
_LIMIT = Buckets(rate=5, burst=60)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SEEN = re.compile(r"(\+[1-9]\d{6,14}),(\d{1,9})")
_waiting = 0


def only_for_playing(view: "View[P]") -> "View[P]":
    """A view of the telephones: 404 without demo or with Twilio, 429 when it is too much, errors as JSON."""

    @wraps(view)
    async def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            if not (settings.CONFIG.demo and is_boxed()):
                raise NotFoundError("There are no telephones to play with here.")
            _within_rate(request)
            return await view(request, *args, **kwargs)
        except CenterError as error:
            return error_response(error)

    return wrapped


def _within_rate(request: HttpRequest) -> None:
    if wait := _LIMIT.take(address_of(request), time.monotonic()):
        raise RateLimitedError("That was too fast. Try again in a moment.", retry_after=math.ceil(wait))


@never_cache
@require_safe
@only_for_playing
async def events(request: HttpRequest) -> HttpResponseBase:
    """`?phone=+49…,7&phone=+49…,0&elsewhere=0`: these telephones as soon as one is not as it was last seen."""
    global _waiting  # noqa: PLW0603  # one figure of one process
    if _waiting >= MOST_WAITING:
        raise RateLimitedError("Too many telephones are watched just now. Try again in a moment.", retry_after=5)
    query = await _watched(request)
    _waiting += 1
    try:
        return JsonResponse(await ask_box("GET", "/box/events", query=query))
    finally:
        _waiting -= 1


async def _watched(request: HttpRequest) -> list[tuple[str, str]]:
    seen = request.GET.getlist("phone")
    if not 0 < len(seen) <= MOST_PHONES or not all(map(_SEEN.fullmatch, seen)):
        raise BadRequestError("Name the telephones as phone=<number>,<last event>, four at most.")
    await _may_be_played({words.partition(",")[0] for words in seen})
    elsewhere = request.GET.get("elsewhere", "0")[:6]
    return [*(("phone", words) for words in seen), ("elsewhere", elsewhere if elsewhere.isdecimal() else "0")]


@never_cache
@require_POST
@only_for_playing
async def act(request: HttpRequest, number: str, deed: str) -> HttpResponseBase:
    """answer, decline, hangup, press {digits}, say {text}, call {to}: its state afterwards."""
    if not _NUMBER.fullmatch(number):
        raise NotFoundError("There is no such telephone.")
    body = _deed(deed, {} if deed in SILENT_DEEDS else _read(request))
    await _may_be_played({number})
    return JsonResponse(await ask_box("POST", f"/box/phones/{number}/{deed}", body=body))


async def _may_be_played(numbers: set[str]) -> None:
    if not await in_database_thread(are_for_playing, numbers):
        raise NotFoundError("This telephone belongs to somebody.")


def _read(request: HttpRequest) -> dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        raise BadRequestError("That is too long.")
    try:
        given = json.loads(request.body)
    except ValueError as error:
        raise BadRequestError("Send a JSON object.") from error
    if not isinstance(given, dict):
        raise BadRequestError("Send a JSON object.")
    return given


def _deed(deed: str, given: dict[str, Any]) -> dict[str, str] | None:
    """What the box gets: nothing but the one field that this deed has."""
    if deed in SILENT_DEEDS:
        return None
    if deed not in _FIELDS:
        raise NotFoundError("A telephone can't do that.")
    name, pattern, sentence = _FIELDS[deed]
    value = given.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidError(sentence, **{name: sentence})
    return {name: value}


_FIELDS = {
    "press": ("digits", re.compile(r"[0-9*#]{1,20}"), "Press the keys 0 to 9, * and #."),
    "say": ("text", re.compile(r"(?=[\s\S]*\S)[^\x00-\x08\x0b-\x1f\ud800-\udfff]{1,500}"), "Say up to 500 characters."),
    "call": ("to", _NUMBER, "Choose one of the company's numbers."),
}
