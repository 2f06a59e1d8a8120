"""What a customer reads: articles and error codes, found by search or by device.

Everything works without scripts; drafts and internal pages never show, not even by name.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from interaction_center.access.addresses import address_of
from interaction_center.access.models import Permission, Site, User
from interaction_center.portal.language import in_asked_language, language
from kb import selectors
from kb.advice import severity_words, when_to_call
from kb.models import Audience, Door, EventKind
from kb.rendering import to_html
from kb.resolving import Reader, targets_for
from kb.services import add_reason, asked_just_now, record_event, suggest

RESULTS = 10
PUBLIC = Audience.PUBLIC


@require_safe
@in_asked_language
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what this is and where to go."""
    return render(request, "portal/home.html", {"demo": settings.CONFIG.demo})


@require_safe
@in_asked_language
def help_home(request: HttpRequest) -> HttpResponse:
    """The search, its results (?q=, so that they can be shared), else all categories and devices."""
    question = request.GET.get("q", "").strip()[:600]
    context: dict[str, Any] = {"question": question, **_surroundings()}
    if question:
        context["results"] = results = suggest(question, locale=language(), limit=RESULTS)
        kind = EventKind.SHOWN if results else EventKind.ZERO_HIT
        _record(request, kind, question, target=results[0].id if results else "", question=question)
    else:
        context["categories"] = selectors.articles_of_category(locale=language(), audience=PUBLIC)
        context["families"] = selectors.device_families(audience=PUBLIC)
    return render(request, "portal/help.html", context)


@require_safe
@in_asked_language
def article_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One article, in the asked language where it exists."""
    article = selectors.article_by_slug(slug=slug, locale=language(), audience=PUBLIC)
    if article is None:
        moved = selectors.new_slug(slug=slug, audience=PUBLIC)
        return redirect("help-article", slug=moved, permanent=True) if moved else _missing(request)
    _record(request, EventKind.OPENED, article.public_id, target=article.public_id)
    context = {
        "article": article,
        "category": article.category.name_in(article.locale) if article.category else "",
        "html": to_html(article.body, targets_for(article.body, Reader(PUBLIC))),
        "related": selectors.related_articles(article=article, audience=PUBLIC),
        "said": request.GET.get("said", ""),
        **_surroundings(),
    }
    return render(request, "portal/article.html", context)


@require_safe
@in_asked_language
def family_page(request: HttpRequest, family: str) -> HttpResponse:
    """All error codes of a device family."""
    codes = selectors.codes_of_family(family_key=family, locale=language(), audience=PUBLIC)
    if not codes:
        return _missing(request)
    context = {"codes": codes, "family": codes[0].product.name, **_surroundings()}
    return render(request, "portal/family.html", context)


@require_safe
@in_asked_language
def code_page(request: HttpRequest, family: str, code: str) -> HttpResponse:
    """One error code: meaning, what to do now, when to stop and call; parts and level for people who work here."""
    found = selectors.code_of_device(family_key=family, code=code, locale=language(), audience=PUBLIC)
    if found is None:
        return _missing(request)
    _record(request, EventKind.OPENED, found.public_id, target=found.public_id)
    user = request.user
    context = {
        "code": found,
        "severity": severity_words(found),
        "when_to_call": when_to_call(found),
        "articles": selectors.readable_articles(PUBLIC).filter(error_codes=found),
        "is_staff": isinstance(user, User) and user.has_permission(Permission.WORK_QUEUE),
        "said": request.GET.get("said", ""),
        **_surroundings(),
    }
    return render(request, "portal/code.html", context)


@require_POST
def feedback(request: HttpRequest) -> HttpResponse:
    """“Did this help?” is counted once per reader, page and day, a “no” with what was missed; then back to the page."""
    target = request.POST.get("target", "")[:16]
    kind = EventKind.SOLVED if request.POST.get("helped") == "yes" else EventKind.UNSOLVED
    asked = asked_just_now(door=Door.PORTAL, visitor=_visitor(request)) if kind == EventKind.SOLVED else ""
    key = _record(request, kind, target, target=target, question=asked)
    reason = request.POST.get("reason", "")
    if reason:
        add_reason(key=key, reason=reason)
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/help/"):
        back = "/help/"
    said = "yes" if kind == EventKind.SOLVED else "reason" if reason else "no"
    return redirect(f"{back}?said={said}&lang={language()}#feedback")


def _missing(request: HttpRequest) -> HttpResponse:
    """There is no such page for this reader; drafts and internal pages are not told apart from nothing."""
    return render(request, "portal/missing.html", _surroundings(), status=404)


def _surroundings() -> dict[str, Any]:
    """The site whose help this is: the way back to it, and to a person, by its widget and its mail address."""
    site = Site.objects.filter(active=True).order_by("pk").first()
    if site is None:
        return {}
    home_url = "/demo/" if settings.CONFIG.demo else next(iter(site.origins), "")
    return {"site": site, "home_name": site.name, "home_url": home_url, "contact": site.mail_from}


def _record(request: HttpRequest, kind: str, what: str, *, target: str, question: str = "") -> str:
    """The key under which it is kept: once per reader, thing and day.

    The reader is known by a keyed hash of address and browser, never by a cookie.
    """
    visitor = _visitor(request)
    key = salted_hmac("portal.event", "\n".join((kind, what, visitor)), algorithm="sha256").hexdigest()
    record_event(
        kind=kind,
        door=Door.PORTAL,
        key=key,
        target=target,
        question=question,
        locale=language(),
        visitor=visitor,
        reader=address_of(request),
    )
    return key


def _visitor(request: HttpRequest) -> str:
    """One reader on one day."""
    return f"{address_of(request)} {request.headers.get('User-Agent', '')} {timezone.localdate().isoformat()}"
