"""What the widget asks by HTTP. Answers go to the site's own origins only (CORS); no cookie is read or set."""

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from channels_app.web_chat.known_sites import SITES
from channels_app.web_chat.limits import DOORS
from channels_app.web_chat.questions import Question, note_opened, note_solved
from channels_app.web_chat.services import discard_upload, opening_state, take_upload
from interaction_center.access import site_doors, visitor_tokens
from interaction_center.access.addresses import address_of, browser_of
from interaction_center.access.problems import error_response
from interaction_center.access.site_doors import asked_language, clean_text, read_json, refusal, site_key, with_cors
from interaction_center.downloads import sandboxed_file
from interaction_center.errors import (
    CenterError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
)
from interaction_center.live.session import MAX_BODY
from interaction_center.queue.selectors import file_to_show
from kb.services import asuggest
from kb.starters import readable_by_widget, starters

if TYPE_CHECKING:
    from interaction_center.access.models import Site

MAX_QUESTION = 2_000


def within_rate(request: HttpRequest) -> None:
    """RateLimitedError when this address asks too often."""
    wait = DOORS.request(address_of(request), time.monotonic())
    if wait:
        raise RateLimitedError("Too many requests. Try again in a moment.", retry_after=math.ceil(wait * 100) / 100)


for_sites = partial(site_doors.for_sites, within_rate=within_rate)


@for_sites("GET")
def config(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """How the widget looks and what it may promise now."""
    language = asked_language(request)
    limits = {"body": MAX_BODY, "file": settings.ATTACHMENT_MAX_BYTES}
    return JsonResponse(
        {
            "site": site.key,
            "name": site.name,
            "accent": site.accent,
            "greeting": site.greeting,
            "suggestions": [answer.wire() for answer in starters(locale=language)],
            "limits": limits,
        }
        | opening_state(site, timezone.now())
    )


@csrf_exempt
async def suggest_answers(request: HttpRequest) -> HttpResponseBase:
    """Answers to what is being typed, before a person is asked. Asked with every key: on the loop, from memory."""
    origin, methods = request.headers.get("Origin", ""), ("GET",)
    try:
        site = await SITES.by_key(site_key(request))
        response = refusal(request, site, origin, methods, within_rate) or await _suggestions(request)
    except CenterError as error:
        response = error_response(error)
    return with_cors(response, origin, methods)


async def _suggestions(request: HttpRequest) -> JsonResponse:
    question = clean_text(request.GET.get("q", ""))[:MAX_QUESTION]
    return JsonResponse(
        {"items": [answer.wire() for answer in await asuggest(question, locale=asked_language(request))]}
    )


@for_sites("GET")
def article(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """One answer, as blocks that the widget builds its elements from."""
    page = readable_by_widget(public_id=clean_text(request.GET.get("id", ""))[:16])
    if page is None:
        raise NotFoundError("This answer is no longer there.")
    note_opened(_question(request, site, request.GET, target=page["id"]))
    return JsonResponse(page)


@for_sites("POST")
def solved(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """ "That solved it": counted once, and nobody is asked."""
    asked = read_json(request)
    recorded = note_solved(_question(request, site, asked, target=clean_text(asked.get("article") or "")[:16]))
    return JsonResponse({"recorded": recorded}, status=201 if recorded else 200)


@for_sites("POST", "DELETE")
def upload(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """A file for the visitor's next message, or the end of one. `Authorization: Visitor <token>` says whose it is."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "visitor":
        raise UnauthorizedError("Start a conversation first.")
    claim = visitor_tokens.read(token.strip(), site)
    if request.method == "DELETE":
        discard_upload(claim.visitor, clean_text(request.GET.get("id", ""))[:16])
        return HttpResponse(status=204)
    sent = request.FILES.get("file")
    if sent is None:
        raise InvalidError("There is no file in the request.", file="required")
    DOORS.upload(claim.visitor, address_of(request), sent.size or 0, time.monotonic())
    return JsonResponse(take_upload(claim.visitor, sent), status=201)


def file(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """A file of a conversation, by an address that was signed for its reader and is good for a day."""
    try:
        if not visitor_tokens.check_file(file_id, request.GET.get("s", "")):
            raise UnauthorizedError("This address has expired. Load the conversation anew.")
        shown = file_to_show(file_id)
    except CenterError as error:
        return error_response(error)
    response = sandboxed_file(shown.path, filename=shown.filename, content_type=shown.content_type, inline=shown.inline)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "private, max-age=600"
    return response


def _question(request: HttpRequest, site: "Site", asked: Mapping[str, Any], *, target: str) -> Question:
    return Question(
        site=site.key,
        visitor=clean_text(asked.get("visitor") or "")[:64],
        browser=browser_of(request),
        text=clean_text(asked.get("q") or "")[:MAX_QUESTION],
        locale=asked_language(request),
        target=target,
        address=address_of(request),
    )
