"""The page "call me back": asked for, answers that are there shown first, then promised. All of it without scripts."""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from channels_app.callback.asking import LIMITS, Ask, problems_of, read_ask, wanted
from channels_app.callback.changing import cancel_request
from channels_app.callback.knowledge import Asked, note_asked, note_solved, suggested
from channels_app.callback.letters import when_words
from channels_app.callback.links import path_to
from channels_app.callback.models import PhoneLine
from channels_app.callback.numbers import display
from channels_app.callback.offers import Offer, offer_of, promise_words
from channels_app.callback.pages import callback_page, show
from channels_app.callback.problems import field_of, sentence, words
from channels_app.callback.requests import AlreadyOpenError, Visitor, key_for, open_request, sent_with
from channels_app.callback.selectors import line_for, number_for
from channels_app.callback.subjects import SUBJECTS, subject_words
from interaction_center.access.address_proofs import address_in
from interaction_center.access.addresses import address_of, browser_of
from interaction_center.access.form_keys import MIN_SECONDS, Opened, new_key, open_key
from interaction_center.access.rate_limits import Buckets
from interaction_center.access.selectors import help_site
from interaction_center.customers.policy import normalise
from interaction_center.errors import CenterError, ConflictError

POSTS_PER_IP = Buckets(rate=60 / 3600, burst=20)
_SENT_SALT = "callback.sent"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of this page by one reader."""

    http: HttpRequest
    language: str
    line: PhoneLine
    ask: Ask
    opened: Opened
    now: datetime

    @property
    def offer(self) -> Offer:
        """What can be chosen just now."""
        return offer_of(self.line, zone=self.ask.zone, now=self.now, language=self.language)

    @property
    def asked(self) -> Asked:
        """The question as knowledge counts it."""
        return Asked(
            text=self.ask.text,
            language=self.language,
            browser=browser_of(self.http),
            address=address_of(self.http),
            private=(self.ask.name, self.ask.email, self.ask.phone),
        )


@require_http_methods(["GET", "POST"])
@callback_page
def ask(request: HttpRequest, locale: str) -> HttpResponse:
    """GET shows the form, filled in as far as we know; POST looks at it, and promises when nothing stands against."""
    site = help_site()
    line = line_for(site.key if site else "")
    if request.POST.get("step") == "cancel":
        return _cancel(request, locale)
    if line is None:
        return show(request, "none", {})
    posted = request.method == "POST"
    written, now = read_ask(request.POST) if posted else _blank(request), timezone.now()
    key, opened = open_key(written.key, now=now) if posted else (new_key(now), Opened(""))
    visit = Visit(request, locale, line, replace(written, key=key), opened, now)
    return _take(visit) if posted else _form(visit)


def _blank(request: HttpRequest) -> Ask:
    """The question that was asked elsewhere stands where the words go."""
    asked = read_ask({"text": request.GET.get("question", ""), "subject": request.GET.get("subject", "")})
    return replace(asked, text=asked.text[:600], q=asked.text[:600])


def _take(visit: Visit) -> HttpResponse:
    post = visit.http.POST
    if post.get("step") == "times":
        return _form(visit)
    if POSTS_PER_IP.take(address_of(visit.http), time.monotonic()):
        return _form(visit, problems={"key": words("rate_limited", visit.language)}, status=429)
    if "solved" in post:
        note_solved(visit.asked, post["solved"][:16])
        return redirect("help-write-solved")
    problems = _problems(visit)
    if problems:
        return _form(visit, problems=problems, status=422)
    found = [] if post.get("step") == "send" else suggested(visit.asked)
    return _form(visit, found=found) if found else _send(visit)


def _problems(visit: Visit) -> dict[str, str]:
    codes = problems_of(visit.ask)
    found = {field: words(code, visit.language) for field, code in codes.items()}
    if visit.opened.problem:
        return found | {"key": words("too_old", visit.language)}
    if "phone" not in found:
        found |= _problem_of_number(visit)
    if visit.opened.seconds < MIN_SECONDS and not found:
        found["key"] = words("too_fast", visit.language)
    return found


def _problem_of_number(visit: Visit) -> dict[str, str]:
    try:
        number_for(visit.line, visit.ask.phone)
    except CenterError as error:
        return {"phone": sentence(error, visit.language)}
    return {}


def _send(visit: Visit) -> HttpResponse:
    """Committed before the page says so."""
    form, known = visit.ask, _signed_in(visit.ask)
    key = key_for(visit.opened.key, form.phone, form.subject, form.wanted_at)
    try:
        promise = _promise(visit)
        open_request(
            line=visit.line,
            number=form.phone,
            key=key,
            wanted_at=wanted(form.wanted_at),
            name=form.name,
            email=known.vouched if known else form.email,
            language=visit.language,
            subject=form.subject,
            reason=form.text,
            zone=form.zone,
            ip=address_of(visit.http),
            site=help_site(),
            visitor=known,
            question=form.q,
        )
    except AlreadyOpenError as error:
        open_one = {"when": when_words(error.request, visit.language), "manage": path_to(error.request)}
        return _form(visit, problems={"key": sentence(error, visit.language)}, standing=open_one, status=409)
    except CenterError as error:
        problems = {field_of(error) or "key": sentence(error, visit.language)}
        again = _anew(visit) if error.code == "callback_over" else visit
        return _form(again, problems=problems, status=error.status)
    note_asked(visit.asked)
    return show(visit.http, "sent", promise | {"email": form.email, "sent": signing.dumps(key, salt=_SENT_SALT)})


def _anew(visit: Visit) -> Visit:
    """What was sent is over: the same form, pressed again, is another wish."""
    return replace(visit, ask=replace(visit.ask, key=new_key(visit.now)))


def _signed_in(form: Ask) -> Visitor | None:
    """Whoever has signed in to the help pages, and has kept the address that they have proved there."""
    address = address_in(form.proof)
    return Visitor("", address) if address and address == normalise("email", form.email) else None


def _promise(visit: Visit) -> dict[str, str]:
    """What happens next."""
    line, form = visit.line, visit.ask
    number, start = number_for(line, form.phone), wanted(form.wanted_at)
    when = promise_words(line, number, zone=form.zone, wanted_at=start, now=visit.now, language=visit.language)
    return {"number": display(number.e164, visit.language), "when": when, "who": str(line)}


def _cancel(request: HttpRequest, locale: str) -> HttpResponse:
    """By the page that has sent it. Says the same where nothing is open: nobody learns anything by it."""
    if POSTS_PER_IP.take(address_of(request), time.monotonic()):
        return show(request, "dead", {"problem": words("rate_limited", locale)}, status=429)
    try:
        key = str(signing.loads(request.POST.get("sent", ""), salt=_SENT_SALT, max_age=24 * 3600))
    except signing.BadSignature:
        return show(request, "dead", {}, status=404)
    found = sent_with(key)
    try:
        if found is not None:
            cancel_request(request=found)
    except ConflictError as error:
        return show(request, "dead", {"problem": sentence(error, locale)}, status=409)
    return show(request, "cancelled", {})


def _form(
    visit: Visit,
    *,
    problems: dict[str, str] | None = None,
    found: list[Any] | None = None,
    standing: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form as it stands."""
    context = {
        "ask": visit.ask,
        "offer": visit.offer,
        "subjects": [(name, subject_words(name, visit.language)) for name in SUBJECTS],
        "problems": problems or {},
        "found": found or [],
        "standing": standing,
        "limits": LIMITS,
    }
    return show(visit.http, "ask", context, status=status)
