"""The page behind the link in the mail: when we call, another time, or not at all.

Opening it changes nothing, because programs that check mails open every link; a press does. A link that is over and one
that was never ours look the same.
"""

import time

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_app.callback.asking import read_ask, wanted
from channels_app.callback.changing import cancel_request, move_request
from channels_app.callback.letters import when_words
from channels_app.callback.links import request_by
from channels_app.callback.models import CallbackRequest
from channels_app.callback.numbers import display
from channels_app.callback.offers import offer_of
from channels_app.callback.pages import callback_page, show
from channels_app.callback.problems import sentence, words
from channels_app.callback.stages import RequestStage
from channels_app.callback.subjects import subject_words
from interaction_center.access.addresses import address_of
from interaction_center.access.rate_limits import Buckets
from interaction_center.errors import CenterError, RateLimitedError

PRESSES_PER_IP = Buckets(rate=60 / 3600, burst=20)
MOVES_OF_ONE = Buckets(rate=1 / 3600, burst=5)  # each is told by mail and text message, to whoever was typed


# Without a token against forgery: with no-referrer browsers name no origin, and who could forge this has the link.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@callback_page
def manage(request: HttpRequest, locale: str, token: str) -> HttpResponse:
    """GET shows how it stands, POST moves or cancels it."""
    response = _manage(request, locale, token)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _manage(request: HttpRequest, locale: str, token: str) -> HttpResponse:
    found = request_by(token)
    here = f"/callback/m/{token}/"
    if request.method == "POST" and PRESSES_PER_IP.take(address_of(request), time.monotonic()):
        return show(request, "dead", {"problem": words("rate_limited", locale)}, any_language=here, status=429)
    if found is not None and found.stage == RequestStage.CANCELLED and request.POST.get("step") == "cancel":
        return show(request, "cancelled", {}, any_language=here)
    if found is None or found.ended_at is not None:
        return show(request, "dead", {}, any_language=here, status=404)
    return _press(request, locale, found, here) if request.method == "POST" else _page(request, locale, found, here)


def _press(request: HttpRequest, locale: str, found: CallbackRequest, here: str) -> HttpResponse:
    try:
        if request.POST.get("step") == "cancel":
            cancel_request(request=found)
            return show(request, "cancelled", {}, any_language=here)
        moved = _moved(found, read_ask(request.POST).wanted_at)
    except CenterError as error:
        return _page(request, locale, found, here, problem=sentence(error, locale), status=error.status)
    return _page(request, locale, moved, here, is_moved=True)


def _moved(found: CallbackRequest, wanted_at: str) -> CallbackRequest:
    """RateLimitedError when it was moved often: whoever holds the link need not be whom the letters go to."""
    start = wanted(wanted_at)
    if MOVES_OF_ONE.take(found.public_id, time.monotonic()):
        raise RateLimitedError(words("moved_often", "en"), "moved_often", retry_after=3600)
    return move_request(request=found, wanted_at=start)


def _page(
    request: HttpRequest,
    locale: str,
    found: CallbackRequest,
    here: str,
    *,
    problem: str = "",
    is_moved: bool = False,
    status: int = 200,
) -> HttpResponse:
    zone = found.zones[0] if len(found.zones) == 1 else ""
    context = {
        "when": when_words(found, locale),
        "number": display(found.number, locale),
        "subject": subject_words(found.subject, locale),
        "wanted_at": found.wanted_at,
        "offer": offer_of(found.line, zone=zone, now=timezone.now(), language=locale, but=found),
        "problem": problem,
        "is_moved": is_moved,
    }
    return show(request, "manage", context, any_language=here, status=status)
