"""What the widget asks by HTTP: what is on offer, a request, and that it be cancelled. Sentences in ?lang=."""

import math
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone

from channels_app.callback.asking import Ask, problems_of, read_ask, wanted
from channels_app.callback.changing import cancel_request
from channels_app.callback.knowledge import Asked, note_asked
from channels_app.callback.letters import when_words
from channels_app.callback.offers import offer_of, promise_words
from channels_app.callback.problems import field_of, sentence, words
from channels_app.callback.requests import AlreadyOpenError, Visitor, key_for, of_visitor, open_request, sent_with
from channels_app.callback.selectors import line_for, number_for
from channels_app.callback.subjects import SUBJECTS, subject_words
from interaction_center.access import visitor_tokens
from interaction_center.access.addresses import address_of, browser_of
from interaction_center.access.problems import error_response
from interaction_center.access.rate_limits import Buckets
from interaction_center.access.site_doors import asked_language, clean_text, for_sites, read_json
from interaction_center.errors import CenterError, InvalidError, NotFoundError, RateLimitedError
from interaction_center.queue.selectors import belongs_to

if TYPE_CHECKING:
    from interaction_center.access.models import Site

ASKED_PER_IP = Buckets(rate=2, burst=20)
POSTS_PER_IP = Buckets(rate=60 / 3600, burst=20)
DAYS_SHOWN = 7
SOURCES = ("widget", "chat")


def within_rate(request: HttpRequest) -> None:
    """RateLimitedError when this address asks too often."""
    posts = request.method == "POST"
    wait = (POSTS_PER_IP if posts else ASKED_PER_IP).take(address_of(request), time.monotonic())
    if wait:
        sentence = words("rate_limited", asked_language(request))
        raise RateLimitedError(sentence, retry_after=math.ceil(wait * 100) / 100)


@for_sites("GET", within_rate=within_rate)
def offer(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """Whether somebody calls back, how soon, which times are free, and what this visitor has open."""
    language, now, line = asked_language(request), timezone.now(), line_for(site.key)
    if line is None:
        return JsonResponse({"line": None})
    found = offer_of(line, zone=clean_text(request.GET.get("zone", ""))[:64], now=now, language=language)
    days = request.GET.get("days", "")
    shown = asdict(found)
    shown["days"] = shown["days"][: int(days) if days.isdecimal() and len(days) < 3 else DAYS_SHOWN]
    subjects = [{"id": name, "words": subject_words(name, language)} for name in SUBJECTS]
    return JsonResponse({"line": line.public_id, "subjects": subjects, **shown, "open": _standing(request, site)})


@for_sites("POST", within_rate=within_rate)
def requests(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """Call me back. The same `client_id` is the same request."""
    language = asked_language(request)
    try:
        return JsonResponse(_open(request, site, language), status=201)
    except AlreadyOpenError as error:
        details = {"when": when_words(error.request, language)}
        return _refused(error, language, details)
    except CenterError as error:
        field = field_of(error)
        return _refused(error, language, {field: sentence(error, language)} if field else dict(error.details))


@for_sites("POST", within_rate=within_rate)
def cancel(request: HttpRequest, site: "Site") -> HttpResponseBase:
    """What this visitor has open is cancelled. Answered alike where nothing is open."""
    language, asked = asked_language(request), read_json(request)
    visitor = _visitor(request, site)
    found = of_visitor(visitor.id) if visitor else None
    found = found or sent_with(clean_text(asked.get("key") or "")[:64])
    try:
        if found is not None:
            cancel_request(request=found)
    except CenterError as error:
        return _refused(error, language, {})
    return JsonResponse({"cancelled": True})


def _open(request: HttpRequest, site: "Site", language: str) -> dict[str, Any]:
    line, sent = line_for(site.key), read_json(request)
    if line is None:
        raise NotFoundError("There are no callbacks for this site just now. Write to us instead.")
    form = read_ask(sent)
    _check(form, language)
    client_id, source = clean_text(sent.get("client_id") or ""), clean_text(sent.get("source") or "widget")
    if len(client_id) < 16:
        raise InvalidError("client_id must be a random id: it makes a repetition harmless.", client_id="required")
    visitor, key = _visitor(request, site), key_for(client_id, form.phone, form.subject, form.wanted_at)
    number, start = number_for(line, form.phone), wanted(form.wanted_at)
    when = promise_words(line, number, zone=form.zone, wanted_at=start, now=timezone.now(), language=language)
    open_request(
        line=line,
        number=form.phone,
        key=key,
        wanted_at=start,
        name=form.name,
        email=visitor.vouched if visitor and visitor.vouched else form.email,
        language=language,
        subject=form.subject,
        reason=form.text,
        zone=form.zone,
        source=source if source in SOURCES else "widget",
        ip=address_of(request),
        site=site,
        visitor=visitor,
        question=form.q,
        origin=_chat(clean_text(sent.get("chat") or "")[:16], visitor),
    )
    note_asked(_asked(request, form, language))
    return {"key": key, "when": when, "who": str(line)}


def _check(form: Ask, language: str) -> None:
    """InvalidError names every field that is wrong, in words."""
    found = {field: words(code, language) for field, code in problems_of(form).items() if field != "trap"}
    if found:
        raise InvalidError(next(iter(found.values())), **found)


def _visitor(request: HttpRequest, site: "Site") -> Visitor | None:
    """Who the token says they are: `Authorization: Visitor <token>`; None without one. UnauthorizedError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "visitor":
        return None
    claim = visitor_tokens.read(token.strip(), site)
    return Visitor(claim.visitor, claim.vouched)


def _chat(interaction: str, visitor: Visitor | None) -> str:
    """The conversation in which they ask, if it is theirs."""
    is_theirs = visitor is not None and interaction and belongs_to(interaction, "visitor", visitor.id)
    return interaction if is_theirs else ""


def _standing(request: HttpRequest, site: "Site") -> dict[str, str] | None:
    """What this visitor has open, for themselves."""
    visitor = _visitor(request, site)
    found = of_visitor(visitor.id) if visitor else None
    return {"when": when_words(found, asked_language(request))} if found else None


def _asked(request: HttpRequest, form: Ask, language: str) -> Asked:
    private = (form.name, form.email, form.phone)
    return Asked(form.text, language, browser_of(request), address_of(request), private, door="widget")


def _refused(error: CenterError, language: str, details: dict[str, Any]) -> HttpResponseBase:
    """The error in the visitor's language."""
    told = CenterError(sentence(error, language), error.code, **details)
    response = error_response(told)
    response.status_code = error.status
    return response
