"""What readers of help pages did, kept for the editors: shown, opened, helped or not, and what was missed."""

import re
import time
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from interaction_center.access.addresses import address_of, browser_of, reader_today
from interaction_center.access.rate_limits import Buckets
from interaction_center.portal.language import language
from interaction_center.portal.pages import MAX_QUESTION
from interaction_center.portal.sign_in import reader_audience
from kb.checks import storable
from kb.models import Door, EventKind
from kb.selectors import is_readable
from kb.services import Suggestion, add_reason, record_event, suggest, was_shown

EVENTS_PER_IP = Buckets(rate=600 / 3600, burst=60)
_ROBOT = re.compile(r"(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit|preview", re.IGNORECASE)  # Cubot makes phones
REASONS = {
    "unclear": "Not clear",
    "no-effect": "Did not work",
    "other-problem": "Not my problem",
    "missing": "Something missing",
}


@csrf_exempt  # a token would be a cookie for every reader, and a page that nobody may keep
@require_POST
def feedback(request: HttpRequest, locale: str) -> HttpResponse:
    """“Did this help?” is counted once per reader, page and day, a “no” with what was missed; then back to the page."""
    translation.activate(locale)
    if _is_foreign(request):
        return HttpResponseForbidden("Please use the buttons on the help page itself.")
    kind = EventKind.SOLVED if request.POST.get("helped") == "yes" else EventKind.UNSOLVED
    question, reason = request.POST.get("question", "")[:MAX_QUESTION], _reason(request)
    _judge(request, kind, storable(request.POST.get("target", "")[:16]), question, reason)
    said = "yes" if kind == EventKind.SOLVED else "reason" if reason else "no"
    query = urlencode({"said": said} | ({"q": question} if question else {}))
    return redirect(f"{_back(request)}?{query}#feedback")


def _judge(request: HttpRequest, kind: str, target: str, question: str, reason: str) -> None:
    """Only about what this reader may read; learnt is only what they have asked themselves."""
    if not is_readable(public_id=target, audience=reader_audience(request)):
        return
    is_solved = kind == EventKind.SOLVED
    is_theirs = is_solved and was_shown(question=question, door=Door.PORTAL, visitor=reader_today(browser_of(request)))
    key = record(request, kind, target, target=target, question=question if is_theirs else "")
    if key and reason:
        add_reason(key=key, reason=reason)


@csrf_exempt  # as above
@require_POST
def asked(request: HttpRequest, locale: str) -> HttpResponse:
    """A question that was typed and whose answers were looked at: it is counted as if the form had been sent."""
    translation.activate(locale)
    if _is_foreign(request):
        return HttpResponseForbidden("Please use the search on the help page itself.")
    question = request.POST.get("q", "").strip()[:MAX_QUESTION]
    if question:
        record_search(request, question, suggest(question, locale=locale, audience=reader_audience(request), limit=1))
    return HttpResponse(status=204)


def record_search(request: HttpRequest, question: str, results: list[Suggestion]) -> None:
    """The best answer was shown, or there was none."""
    kind = EventKind.SHOWN if results else EventKind.ZERO_HIT
    record(request, kind, question, target=results[0].id if results else "", question=question)


def record(request: HttpRequest, kind: str, what: str, *, target: str, question: str = "") -> str:
    """The key under which it is kept: once per reader, thing and day; "" when it does not count.

    The reader is known by a keyed hash of address and browser, never by a cookie. Whoever claims to be many, by another
    browser or question each time, is bounded by their address.
    """
    if not _is_read(request) or EVENTS_PER_IP.take(address_of(request), time.monotonic()):
        return ""
    visitor = reader_today(browser_of(request))
    key = salted_hmac("portal.event", "\n".join((kind, what, visitor)), algorithm="sha256").hexdigest()
    record_event(
        kind=kind,
        door=_door(request),
        key=key,
        target=target,
        question=question,
        locale=language(),
        visitor=visitor,
        reader=address_of(request),
        waits=request.method == "POST",
    )
    return key


def _is_read(request: HttpRequest) -> bool:
    """By a person, as far as they say: not fetched in advance, nor by a robot, nor for its headers alone."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    return request.method != "HEAD" and not ahead and not _ROBOT.search(request.headers.get("User-Agent", ""))


def _door(request: HttpRequest) -> str:
    """Where the link to this page stood: in a mail, or here."""
    return Door.MAIL if request.GET.get("from") == "mail" else Door.PORTAL


def _reason(request: HttpRequest) -> str:
    """What the reader chose and wrote, in words for the editors."""
    chosen = REASONS.get(request.POST.get("why", ""), "")
    return ": ".join(part for part in (chosen, request.POST.get("reason", "").strip()) if part)


def _back(request: HttpRequest) -> str:
    """The help page that was judged, and no other place."""
    try:
        path = urlsplit(request.POST.get("back", "")).path
        is_help = resolve(path).view_name in {"help-article", "help-code"}
    except (Resolver404, ValueError):  # no page of ours, or no address at all
        return "/help/"
    return path if is_help and path.startswith("/help/") else "/help/"


def _is_foreign(request: HttpRequest) -> bool:
    """Sent by a page of somebody else: browsers say so, and only browsers can be made to send what nobody pressed."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
