"""A customer signs in to their requests: asks for a link, opens it, presses once. No password, nothing to remember.

A press, not the opening alone: programs that check mails open links. The session is the customer's own, with a cookie
for the help pages only; that of somebody who works here is another one.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interaction_center.access.address_proofs import proof_of
from interaction_center.access.addresses import address_of
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.policy import normalise
from interaction_center.customers.selectors import family_ids, name_of
from interaction_center.errors import CenterError, InvalidError, RateLimitedError
from interaction_center.portal.help_pages import page_context
from interaction_center.portal.language import in_asked_language, language
from interaction_center.portal.models import CustomerSession
from interaction_center.portal.sign_in_services import (
    SESSION_AGE,
    ask_for_link,
    customer_of,
    end_all_sessions,
    end_session,
    keep_alive,
    redeem,
    session_of,
)

P = ParamSpec("P")
COOKIE = "customer_session"
COOKIE_PATH = "/help/"
_KNOWN = "interaction_center.customer_session"  # where a request keeps the answer once it was asked
LINKS_PER_ADDRESS = Buckets(rate=5 / 3600, burst=3)
LINKS_PER_IP = Buckets(rate=30 / 3600, burst=10)
PRESSES_PER_IP = Buckets(rate=60 / 3600, burst=30)


def reader_audience(request: HttpRequest) -> str:
    """Who reads a help page: "customer" who has signed in, else "public"."""
    return "customer" if customer_session(request) else "public"


def customer_session(request: HttpRequest) -> CustomerSession | None:
    """The session of the customer who sends this request; a request without our cookie costs no query."""
    token = request.COOKIES.get(COOKIE, "")
    if _KNOWN not in request.META:
        request.META[_KNOWN] = session_of(token, now=timezone.now()) if token else None
    session: CustomerSession | None = request.META[_KNOWN]
    return session


def for_signed_in(
    view: Callable[Concatenate[HttpRequest, CustomerSession, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view for customers who have signed in; others are asked to. Nothing of it stays in caches."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        session = customer_session(request)
        if session is None:
            return redirect("requests-sign-in")
        response = view(request, session, *args, **kwargs)
        fresh = keep_alive(session, request.COOKIES[COOKIE], now=timezone.now())
        if fresh and COOKIE not in response.cookies:
            _remember(response, fresh)
        return response

    return wrapped


@never_cache
@require_http_methods(["GET", "POST"])
@in_asked_language
def ask(request: HttpRequest) -> HttpResponse:
    """Which address? The answer is the same whether we know it or not."""
    if request.method == "GET":
        if customer_session(request):
            return redirect("requests")
        return _asking(request, ended=COOKIE in request.COOKIES, sent="sent" in request.GET)
    email = request.POST.get("email", "")[:320]
    try:
        _within_limits(request, normalise("email", email))
        ask_for_link(address=email, language=language())
    except (InvalidError, RateLimitedError) as error:
        return _asking(request, email=email, problem=error.code, status=error.status)
    return redirect("/help/requests/sign-in/?sent=1")


def _asking(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    return render(request, "portal/sign_in.html", {**page_context(), **shown}, status=status)


def _within_limits(request: HttpRequest, address: str) -> None:
    """Of the one who asks before that of the address: nobody uses up somebody else's."""
    now = time.monotonic()
    if LINKS_PER_IP.take(address_of(request), now) or (address and LINKS_PER_ADDRESS.take(address, now)):
        raise RateLimitedError("Too many links were asked for. Wait a quarter of an hour.")


@never_cache
@require_http_methods(["GET", "POST"])
@in_asked_language
def open_link(request: HttpRequest) -> HttpResponse:
    """GET shows the form, which a script fills from the fragment; POST takes the token and signs in."""
    if request.method == "GET":
        return _opening(request)
    if PRESSES_PER_IP.take(address_of(request), time.monotonic()):
        return _opening(request, problem="rate_limited", status=429)
    before = customer_session(request)
    try:
        fresh = redeem(token=request.POST.get("token", ""))
    except CenterError as error:
        return _opening(request, problem=error.code, status=error.status)
    if before is not None:
        end_session(before)
    rotate_token(request)
    response = redirect("requests")
    _remember(response, fresh)
    return response


def _opening(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    return render(request, "portal/sign_in_open.html", {**page_context(), **shown}, status=status)


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Who has signed in, for a form of ours to which the cookie does not go: what to fill in, and `proof` that goes
    along. {} for nobody. Only pages of ours can read it."""
    session = customer_session(request)
    response = JsonResponse(_known(session) if session else {})
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _known(session: CustomerSession) -> dict[str, str]:
    point = session.contact_point
    name = name_of(family_ids(customer_of(session)))
    return {"name": name, "email": point.value, "proof": proof_of(point.normalised)}


@never_cache
@require_POST
@in_asked_language
def sign_out(request: HttpRequest) -> HttpResponse:
    """Here, or wherever this address is signed in."""
    session = customer_session(request)
    if session is not None:
        (end_all_sessions if request.POST.get("where") == "everywhere" else end_session)(session)
    rotate_token(request)
    response = redirect("help")
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
    return response


def _remember(response: HttpResponseBase, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=SESSION_AGE,
        path=COOKIE_PATH,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
