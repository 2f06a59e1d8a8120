"""One person plays the customer: a shop with the widget, a mail form that really sends, and the answers that came."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from channels_app.callback.box_client import is_boxed
from channels_app.email.selectors import CaughtAnswer, all_mailboxes, caught_for
from interaction_center.access.models import Site, User
from interaction_center.demo.house import COMPANY, STAFF_DOMAIN
from interaction_center.demo.loading import sign_in_file
from interaction_center.demo.mailing import Letter, compose, send
from interaction_center.demo.telephones import company_lines, customers, desks
from interaction_center.errors import CenterError
from interaction_center.portal.language import in_asked_language, language

P = ParamSpec("P")
PERSON = "demo_person"
_NOBODY_YET = {
    "en": ("Robin Ashdown", "robin@ashdown.example"),
    "de": ("Robin Ahorn", "robin@ahorn.example"),
}
_FIELDS = ("name", "sender", "to", "subject", "text")


def only_in_demo(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view that does not exist where the centre runs without its demo."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.CONFIG.demo:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@never_cache
@require_safe
@only_in_demo
@in_asked_language
def shop(request: HttpRequest) -> HttpResponse:
    """The page of the invented company, with everything that a customer can do."""
    return render(request, "demo/shop.html", _shop(request))


@never_cache
@require_POST
@only_in_demo
@in_asked_language
def write_mail(request: HttpRequest) -> HttpResponse:
    """Sends the mail and shows the mailbox; what can't be sent comes back with the reason and everything typed."""
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    answered = _answered(request.POST.get("answer", ""), typed["sender"])
    try:
        letter = Letter(**typed, answers=answered.message_id if answered else "")
        send(compose(letter, now=timezone.now()), host=settings.CONFIG.smtp_host, port=settings.CONFIG.smtp_port)
    except CenterError as error:
        context = _shop(request) | {"letter": typed, "problem": error}
        return render(request, "demo/shop.html", context, status=error.status)
    request.session[PERSON] = [typed["name"], typed["sender"]]
    return redirect("/demo/?sent=1#mail")


@never_cache
@require_safe
@only_in_demo
@in_asked_language
def answers(request: HttpRequest) -> HttpResponse:
    """The list of caught answers alone, for the script that keeps it fresh."""
    return render(request, "demo/answers.html", {"answers": _answers_for(_person(request)[1])})


def _shop(request: HttpRequest) -> dict[str, Any]:
    name, sender = _person(request)
    mailboxes = sorted((m for m in all_mailboxes() if m.active), key=lambda m: not m.address.startswith("support@"))
    answered = _answered(request.GET.get("answer", ""), sender)
    return page_context() | {
        "devices": _DEVICES,
        "mailboxes": mailboxes,
        "answers": _answers_for(sender),
        "answering": answered,
        "letter": {"name": name, "sender": sender} | _prefilled(answered, is_first="sent" not in request.GET),
        "sent": "sent" in request.GET,
        "phones": _phones(language()) if is_boxed() else None,
        "relayed": bool(settings.CONFIG.smtp_relay_url),
        "staff": User.objects.filter(email__endswith=f"@{STAFF_DOMAIN}", is_active=True).select_related("role"),
        "sign_in_file": sign_in_file() if _is_here(request) else None,
    }


def page_context() -> dict[str, Any]:
    """What every page of the shop needs."""
    site = Site.objects.filter(active=True).order_by("pk").first()
    return {"company": COMPANY, "site": site, "boxed": is_boxed()}


def _phones(language: str) -> dict[str, Any]:
    return {"lines": company_lines(language), "desks": desks(language), "customers": customers(language)}


def _person(request: HttpRequest) -> tuple[str, str]:
    """Name and address under which this browser last wrote."""
    name, sender = request.session.get(PERSON) or _NOBODY_YET[language()]
    return name, sender


def _prefilled(answered: CaughtAnswer | None, *, is_first: bool) -> dict[str, str]:
    """An answer goes back to where the mail came from; whoever comes here first finds something to send."""
    if answered is None:
        return _SAMPLE[language()] if is_first else {}
    subject = answered.subject if answered.subject.lower().startswith("re:") else f"Re: {answered.subject}"
    return {"to": answered.sender, "subject": subject}


def _answered(answer_id: str, sender: str) -> CaughtAnswer | None:
    return next((answer for answer in _answers_for(sender) if answer.id == answer_id), None) if answer_id else None


def _answers_for(address: str) -> list[CaughtAnswer]:
    """Never those of people who work here: their mails hold links that reset passwords."""
    if User.objects.filter(email=address.lower()).exists():
        return []
    return caught_for(address, limit=10)


def _is_here(request: HttpRequest) -> bool:
    """Whether the reader sits at the machine itself: only they are told where the passwords lie."""
    near = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    return near and "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers


_SAMPLE = {
    "en": {
        "subject": "Kestrel DX shows X-1207",
        "text": "Hello,\n\nour Kestrel DX stopped after the third patient and shows X-1207. What can we do?\n\nRobin",
    },
    "de": {
        "subject": "Kestrel DX zeigt X-1207",
        "text": "Guten Tag,\n\nunser Kestrel DX hält seit dem dritten Patienten an und zeigt X-1207. Was tun?\n\nRobin",
    },
}
_DEVICES = (
    ("aurelia", "Aurelia MR", "Quiet open MR for small rooms.", "Leises offenes MR für kleine Räume."),
    ("kestrel", "Kestrel DX", "X-ray with a wireless detector.", "Röntgen mit drahtlosem Detektor."),
    ("sonora", "Sonora US", "Ultrasound that fits under an arm.", "Ultraschall, der unter den Arm passt."),
    ("filma", "Filma P", "Film printer that never dries out.", "Filmdrucker, der nie eintrocknet."),
)
