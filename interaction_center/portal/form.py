"""“Write to us”: what somebody writes becomes one interaction, once; before that, answers that are there are shown.

All of it works without scripts. What must be corrected is shown again with everything that was written and attached.
"""

import time
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from interaction_center.access.addresses import address_of, browser_of, reader_today
from interaction_center.access.form_keys import MIN_SECONDS, Opened, new_key
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.policy import normalise
from interaction_center.customers.selectors import family_ids, name_of
from interaction_center.envelope import InboundEnvelope
from interaction_center.portal.form_fields import LIMITS, Letter, open_letter, problems_of, read_letter
from interaction_center.portal.form_files import drop_files, file_limits, files_of, keep_files
from interaction_center.portal.help_pages import page_context
from interaction_center.portal.language import in_asked_language, language
from interaction_center.portal.sending import envelope_of, receive, received_before
from interaction_center.portal.sign_in import customer_session, reader_audience
from interaction_center.portal.sign_in_services import customer_of
from interaction_center.queue.hot_path import Received
from interaction_center.queue.models import Interaction
from interaction_center.queue.selectors import promise_in_words
from kb.models import Door, EventKind
from kb.selectors import is_readable
from kb.services import Suggestion, record_event, suggest

POSTS_PER_IP = Buckets(rate=60 / 3600, burst=20)
SENT_PER_SENDER = Buckets(rate=10 / 3600, burst=5)
SUGGESTIONS = 3


@never_cache
@require_http_methods(["GET", "POST"])
@in_asked_language
def write(request: HttpRequest) -> HttpResponse:
    """GET shows the form, filled in as far as we know; POST looks at it, and sends it when nothing stands against."""
    if request.method == "GET":
        return _form(request, *open_letter(_blank(request), now=timezone.now()))
    return _take(request, _as_signed_in(request, read_letter(request.POST)))


@never_cache
@require_safe
@in_asked_language
def sent(request: HttpRequest) -> HttpResponse:
    """It has reached us, and by when there is an answer."""
    row = Interaction.objects.filter(public_id=request.GET.get("request", "").replace("\x00", "")).first()
    promise = promise_in_words(row.public_id).get(language(), "") if row else ""
    context = {**page_context(), "promise": promise, "signed_in": customer_session(request) is not None}
    return render(request, "portal/form_sent.html", context)


@never_cache
@require_safe
@in_asked_language
def solved(request: HttpRequest) -> HttpResponse:
    """An answer that was there has helped, and nothing was sent."""
    return render(request, "portal/form_solved.html", page_context())


def _blank(request: HttpRequest) -> Letter:
    """The question that was asked stands where the words go."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:600]
    return _as_signed_in(request, Letter(key=new_key(timezone.now()), text=asked, q=asked))


def _as_signed_in(request: HttpRequest, letter: Letter) -> Letter:
    """Whoever has signed in writes from the address that they have proved."""
    session = customer_session(request)
    if session is None:
        return letter
    name = letter.name or name_of(family_ids(customer_of(session)))
    return replace(letter, name=name, email=session.contact_point.value)


def _take(request: HttpRequest, letter: Letter) -> HttpResponse:
    letter, opened = open_letter(letter, now=timezone.now())
    problems = problems_of(letter) | file_problems(request, opened.key)
    if not problems and "solved" not in request.POST:
        envelope = _envelope(request, letter, opened)
        if received_before(envelope):  # ahead of every limit: it has reached us
            return _thanks(receive(envelope, opened.key))
    if POSTS_PER_IP.take(address_of(request), time.monotonic()):
        return _form(request, letter, opened, problems=problems | {"key": "rate_limited"}, status=429)
    if "solved" in request.POST:
        return _solved(request, letter, opened.key)
    if opened.problem or (opened.seconds < MIN_SECONDS and not problems):
        problems["key"] = opened.problem or "too_fast"
    if problems:
        return _form(request, letter, opened, problems=problems, status=422)
    found = [] if request.POST.get("step") == "send" else _suggested(request, letter)
    return _form(request, letter, opened, found=found) if found else _send(request, letter, opened)


def file_problems(request: HttpRequest, key: str) -> dict[str, str]:
    """Keeps what was attached, after what is to go has made room."""
    drop_files(request.POST.getlist("drop")[:20], key=key)
    problem = keep_files(request.FILES.getlist("files"), key=key, ip=address_of(request))
    return {"files": problem} if problem else {}


def _suggested(request: HttpRequest, letter: Letter) -> list[Suggestion]:
    """What knowledge has to say, which counts as asked."""
    audience = reader_audience(request)
    found = suggest(_question(letter), device=letter.device, locale=language(), audience=audience, limit=SUGGESTIONS)
    kind = EventKind.SHOWN if found else EventKind.ZERO_HIT
    _record(request, kind, letter, target=found[0].id if found else "")
    return found


def _solved(request: HttpRequest, letter: Letter, key: str) -> HttpResponse:
    """Nobody is asked; what was attached is given up."""
    target = request.POST["solved"][:16]
    if is_readable(public_id=target, audience=reader_audience(request)):
        _record(request, EventKind.SOLVED, letter, target=target)
    drop_files([file.public_id for file in files_of(key)], key=key)
    return redirect("help-write-solved")


def _send(request: HttpRequest, letter: Letter, opened: Opened) -> HttpResponse:
    """Committed before the page says so."""
    if SENT_PER_SENDER.take(_sender(request, letter), time.monotonic()):
        return _form(request, letter, opened, problems={"key": "rate_limited"}, status=429)
    received = receive(_envelope(request, letter, opened), opened.key)
    _record(request, EventKind.ASKED, letter, target="")
    return _thanks(received)


def _sender(request: HttpRequest, letter: Letter) -> str:
    """Whose share it is: nobody uses up that of somebody whose address they type."""
    session = customer_session(request)
    if session is not None:
        return f"customer {customer_of(session).pk}"
    return f"{address_of(request)} {normalise('email', letter.email)}"


def _envelope(request: HttpRequest, letter: Letter, opened: Opened) -> InboundEnvelope:
    return envelope_of(letter, opened.key, session=customer_session(request))


def _thanks(received: Received) -> HttpResponse:
    return redirect(f"/help/write/sent/?request={received.interaction}")


def _form(
    request: HttpRequest,
    letter: Letter,
    opened: Opened,
    *,
    problems: dict[str, str] | None = None,
    found: list[Suggestion] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form as it stands."""
    context: dict[str, Any] = {
        **page_context(),
        "letter": letter,
        "problems": problems or {},
        "found": found or [],
        "files": files_of(opened.key),
        "limits": LIMITS,
        **file_limits(),
        "signed_in": customer_session(request) is not None,
    }
    return render(request, "portal/form.html", context, status=status)


def _record(request: HttpRequest, kind: str, letter: Letter, *, target: str) -> None:
    """Once per reader, question and day; the reader is a keyed hash of address and browser, never a cookie."""
    question, ip = _question(letter), address_of(request)
    visitor = reader_today(browser_of(request))
    key = salted_hmac("portal.form", "\n".join((kind, question, visitor)), algorithm="sha256").hexdigest()
    record_event(
        kind=kind,
        door=Door.FORM,
        key=key,
        target=target,
        question=question,
        locale=language(),
        visitor=visitor,
        reader=ip,
        private=(letter.name, letter.email),
    )


def _question(letter: Letter) -> str:
    return f"{letter.subject}\n{letter.text}"
