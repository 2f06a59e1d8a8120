"""“My requests”: a customer who has signed in reads what they have asked and what we said, answers, and closes.

Only what belongs to their own family of customers exists here; everything else is "no such page".
"""

import time
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interaction_center.access.form_keys import Opened, new_key
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.selectors import family_ids, name_of
from interaction_center.downloads import sandboxed_file
from interaction_center.envelope import InboundEnvelope
from interaction_center.errors import BadRequestError, ClosedError, NotFoundError
from interaction_center.portal.form import file_problems
from interaction_center.portal.form_fields import LIMITS, Letter, open_letter, problems_of, read_letter
from interaction_center.portal.form_files import file_limits, files_of
from interaction_center.portal.help_pages import page_context
from interaction_center.portal.language import in_asked_language, language
from interaction_center.portal.models import CustomerSession
from interaction_center.portal.requests_selectors import (
    Request,
    RequestLog,
    file_of,
    log_of,
    request_of,
    requests_of,
    unclaimed,
)
from interaction_center.portal.requests_services import claim_request
from interaction_center.portal.sending import envelope_of, receive, received_before
from interaction_center.portal.sign_in import for_signed_in
from interaction_center.portal.sign_in_services import customer_of
from interaction_center.queue.files import is_inline, path_of
from interaction_center.queue.hot_path import Received
from interaction_center.queue.selectors import promise_in_words
from interaction_center.queue.services import mark_seen
from interaction_center.routing.services import close_interaction

UNCLAIMED_SHOWN = 10
ANSWERS_PER_SESSION = Buckets(rate=120 / 3600, burst=20)


@require_safe
@for_signed_in
@in_asked_language
def request_list(request: HttpRequest, session: CustomerSession) -> HttpResponse:
    """All of them, last activity first."""
    try:
        found, following = requests_of(customer_of(session), cursor=request.GET.get("after", ""))
    except BadRequestError:
        return redirect("requests")
    context = {
        **page_context(),
        "requests": found,
        "unclaimed": unclaimed(session.contact_point)[:UNCLAIMED_SHOWN],
        "next": following,
        "is_first": "after" not in request.GET,
        "address": session.contact_point.value,
    }
    return render(request, "portal/requests.html", context)


@require_safe
@for_signed_in
@in_asked_language
def one_request(request: HttpRequest, session: CustomerSession, name: str) -> HttpResponse:
    """What was said, and the form to go on. Seen is what was shown."""
    try:
        found = request_of(customer_of(session), name)
    except NotFoundError:
        return _missing(request)
    log = _log(request, found)
    if log.messages:
        mark_seen(interaction=found.row, by="customer", seq=log.messages[-1].seq)
    now = timezone.now()
    return _page(request, session, found, log, *open_letter(Letter(key=new_key(now)), now=now))


@require_http_methods(["GET", "POST"])
@for_signed_in
@in_asked_language
def answer(request: HttpRequest, session: CustomerSession) -> HttpResponse:
    """Goes into the same interaction, which opens again; one that was closed too long ago is followed by a new one.

    Its address is fixed, because only addresses that are known before take a body as large as a file. A page that was
    refused may be loaded again.
    """
    if request.method == "GET":
        return redirect("requests")
    try:
        found = request_of(customer_of(session), request.POST.get("request", ""))
    except NotFoundError:
        return _missing(request)
    letter, opened = open_letter(read_letter(request.POST), now=timezone.now())
    problems = file_problems(request, opened.key)
    problems |= problems_of(letter, asked=() if files_of(opened.key) else ("text",))
    if opened.problem:
        problems["key"] = opened.problem
    if not problems:
        envelope = _envelope(session, found, letter, opened.key)
        if received_before(envelope) or not ANSWERS_PER_SESSION.take(str(session.pk), time.monotonic()):
            return _sent(receive(envelope, opened.key))
        problems["key"] = "rate_limited"
    return _page(request, session, found, _log(request, found), letter, opened, problems=problems, status=422)


@require_POST
@for_signed_in
@in_asked_language
def close(request: HttpRequest, session: CustomerSession, name: str) -> HttpResponse:
    """The customer says that it is solved. What is closed already stays closed."""
    try:
        found = request_of(customer_of(session), name)
        close_interaction(interaction=found.row, user=None)
    except NotFoundError:
        return _missing(request)
    except ClosedError:
        pass
    return redirect("request", name)


@require_POST
@for_signed_in
@in_asked_language
def claim(request: HttpRequest, session: CustomerSession, name: str) -> HttpResponse:
    """The customer says that a form with their address was theirs."""
    try:
        claim_request(point=session.contact_point, public_id=name)
    except NotFoundError:
        return _missing(request)
    return redirect("request", name)


@require_safe
@for_signed_in
def file(request: HttpRequest, session: CustomerSession, name: str, file_id: str) -> HttpResponseBase:
    """A file of one of their own requests."""
    try:
        shown = file_of(request_of(customer_of(session), name).row, file_id)
    except NotFoundError:
        return _missing(request)
    kind = shown.content_type
    return sandboxed_file(path_of(shown), filename=shown.filename, content_type=kind, inline=is_inline(kind))


def _envelope(session: CustomerSession, found: Request, letter: Letter, key: str) -> InboundEnvelope:
    name = name_of(family_ids(customer_of(session)))
    whole = replace(letter, name=name, email=session.contact_point.value, subject=found.row.subject)
    return envelope_of(whole, key, session=session, continues=found.row.public_id)


def _sent(received: Received) -> HttpResponse:
    return redirect(f"/help/requests/{received.interaction}/#m{received.seq}")


def _log(request: HttpRequest, found: Request) -> RequestLog:
    before = request.GET.get("before", "")
    return log_of(found.row, before=int(before) if before.isdecimal() and len(before) < 10 else 0)


def _page(
    request: HttpRequest,
    session: CustomerSession,
    found: Request,
    log: RequestLog,
    letter: Letter,
    opened: Opened,
    *,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **page_context(),
        "request_row": found,
        "log": log,
        "promise": _promise(found),
        "letter": letter,
        "problems": problems or {},
        "files": files_of(opened.key),
        "limits": LIMITS,
        **file_limits(),
        "address": session.contact_point.value,
        "any_language": reverse("request", args=[found.row.public_id]),
    }
    return render(request, "portal/request.html", context, status=status)


def _promise(found: Request) -> str:
    """By when there is an answer; "" for who waits for none."""
    return promise_in_words(found.row.public_id).get(language(), "") if found.state == "waiting" else ""


def _missing(request: HttpRequest) -> HttpResponse:
    """Somebody else's is not told apart from nothing."""
    return render(request, "portal/missing.html", page_context(), status=404)
