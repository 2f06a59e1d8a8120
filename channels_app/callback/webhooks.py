"""The doors for Twilio. Whoever can't sign is refused; a report is answered once it is stored, a question at once.

No line of the log shows an address of these doors: the token in it speaks for a call.
"""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from channels_app.callback.accounts import twilio_account
from channels_app.callback.arriving import arrive
from channels_app.callback.events import (
    CONFERENCE,
    MACHINE,
    RECORDING,
    STATUS,
    TRANSCRIPTION,
    Kind,
    Report,
    store_reports,
)
from channels_app.callback.hearing import Asked, hear_all
from channels_app.callback.hold_music import hold_music
from channels_app.callback.policy import TERMINAL
from channels_app.callback.selectors import leg_with_call
from channels_app.callback.signatures import form_of, is_genuine, only
from channels_app.callback.tokens import TOKEN_CHARACTERS, digest_of
from interaction_center.access.problems import error_response
from interaction_center.errors import BadRequestError, CenterError, ForbiddenError, OverloadedError
from interaction_center.live.threads import in_database_thread
from interaction_center.live.writer import writer

log = logging.getLogger(__name__)
ASKED = ("CallSid", "Digits", "RecordingSid", "RecordingDuration")
CALLED = ("CallSid", "From", "CallStatus")
A_DAY = 86_400
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]
Answer = Callable[[HttpRequest, str, dict[str, str]], Awaitable[HttpResponseBase]]


def for_twilio(answer: Answer) -> View:
    """A door that opens for signed POSTs alone. Whatever goes wrong behind it, Twilio may come again."""

    @csrf_exempt
    async def view(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            return await answer(request, token[:TOKEN_CHARACTERS], genuine_form(request))
        except CenterError as error:
            return error_response(error)
        except json.JSONDecodeError:
            return error_response(BadRequestError("The body is no JSON."))
        except Exception:
            log.exception("A web hook could not be answered")
            return error_response(OverloadedError("This could not be answered now. Try again.", retry_after=1))

    return view


def genuine_form(request: HttpRequest) -> dict[str, str]:
    """The parameters, one value for each name. ForbiddenError for what Twilio has not signed."""
    account, body = twilio_account(), request.body
    query = request.META.get("QUERY_STRING", "")
    url = f"{settings.PUBLIC_BASE_URL}{request.path}{'?' if query else ''}{query}"
    header, kind = request.headers.get("X-Twilio-Signature"), request.headers.get("Content-Type")
    is_post = request.method == "POST"
    if not is_post or not is_genuine(url, body, kind, header, account.signing_secrets, account.algorithm):
        raise ForbiddenError("This is not signed by our telephone network.")
    return _json_of(body) if (kind or "").startswith("application/json") else form_of(body)


def _json_of(body: bytes) -> dict[str, str]:
    """Its body is signed by its hash in the address."""
    found = json.loads(body)
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def report(kind: Kind) -> View:
    """A door for reports of this kind: stored, then 204, also for a token that we don't know or a repetition."""

    async def answer(_request: HttpRequest, token: str, form: dict[str, str]) -> HttpResponseBase:
        facts = only(form, kind.fields)
        await writer.submit(store_reports, Report(kind, digest_of(token), facts, timezone.now()))
        return HttpResponse(status=204)

    return for_twilio(answer)


async def _talk(request: HttpRequest, token: str, form: dict[str, str]) -> HttpResponseBase:
    asked = only(form, ASKED) | {"tried": request.GET.get("tried", "")}
    xml = await _heard(Asked(token, request.GET.get("step", ""), asked))
    return HttpResponse(xml, content_type="text/xml; charset=utf-8")


async def _heard(asked: Asked) -> str:
    """Once more where somebody else was faster in the database: of an error Twilio tells whoever is on the telephone,
    and puts it down."""
    try:
        return str(await writer.submit(hear_all, asked))
    except DatabaseError:
        return str(await writer.submit(hear_all, asked))


async def _incoming(request: HttpRequest, line: str, form: dict[str, str]) -> HttpResponseBase:
    """A call to one of our lines, or (the number's status callback) the end of one: then a report as any other."""
    asked = only(form, CALLED)
    if asked.get("CallStatus") in TERMINAL:
        digest = await in_database_thread(leg_with_call, asked.get("CallSid", ""))
        await writer.submit(store_reports, Report(STATUS, digest, only(form, STATUS.fields), timezone.now()))
        return HttpResponse(status=204)
    tried = request.GET.get("tried", "")
    xml = await in_database_thread(arrive, line, asked, int(tried) if re.fullmatch("[1-9]", tried) else 0)
    return HttpResponse(xml, content_type="text/xml; charset=utf-8")


async def hold(_request: HttpRequest) -> HttpResponseBase:
    """What callers hear while they wait: fetched by Twilio, and kept there."""
    sound = await in_database_thread(hold_music)
    return HttpResponse(sound, content_type="audio/wav", headers={"Cache-Control": f"public, max-age={A_DAY}"})


talk, incoming = for_twilio(_talk), for_twilio(_incoming)
status, conference, machine = report(STATUS), report(CONFERENCE), report(MACHINE)
recording, transcription = report(RECORDING), report(TRANSCRIPTION)
