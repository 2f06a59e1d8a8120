"""Error codes by device: the look-up, the pages of the device families, and the page of one code."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from interaction_center.access.models import Permission
from interaction_center.portal import structured_data
from interaction_center.portal.language import language
from interaction_center.portal.pages import help_page, question_of, staff_may, surroundings
from interaction_center.portal.records import record
from interaction_center.portal.sign_in import reader_audience
from interaction_center.portal.views import missing
from kb import browsing, selectors
from kb.advice import severity_words, when_to_call
from kb.checks import storable
from kb.models import ErrorCode, EventKind

PER_PAGE, ARTICLES, MAX_CODE, MAX_DEVICE = 100, 12, 40, 80


@require_safe
@help_page
def look_up(request: HttpRequest) -> HttpResponse:
    """“Which device? Which code?”: to the page of the code, else what to check and which codes are near."""
    device, code = (storable(request.GET.get(name, "")).strip() for name in ("device", "code"))
    device, code = device[:MAX_DEVICE], code[:MAX_CODE]
    found = _meant(request, device, code) if code else []
    if len(found) == 1:
        return redirect("help-code", language(), found[0].product.key, found[0].code_key)
    context = surroundings(request, "help-codes", locales=dict(settings.LANGUAGES))
    context |= {"device": device, "code_text": code, "codes": found, "is_asked": "code" in request.GET}
    context["families"] = browsing.device_families(audience=reader_audience(request))
    if code and not found:
        context |= _instead(request, device, code)
    return render(request, "portal/look_up.html", context)


def _meant(request: HttpRequest, device: str, code: str) -> list[ErrorCode]:
    """The code on this device, or on every device that has it when none was chosen."""
    audience = reader_audience(request)
    if not device:
        return browsing.codes_on_devices(code=code, locale=language(), audience=audience)
    found = selectors.code_of_device(family_key=device, code=code, locale=language(), audience=audience)
    return [found] if found else []


def _instead(request: HttpRequest, device: str, code: str) -> dict[str, Any]:
    """What may have been meant by a code that this device does not know."""
    audience = reader_audience(request)
    record(request, EventKind.ZERO_HIT, f"{device} {code}", target="", question=f"{code} {device}".strip())
    near = browsing.near_codes(family_key=device, code=code, locale=language(), audience=audience) if device else []
    elsewhere = browsing.codes_on_devices(code=code, locale=language(), audience=audience) if device else []
    return {"near": near, "elsewhere": elsewhere}


@require_safe
@help_page
def family_page(request: HttpRequest, family: str) -> HttpResponse:
    """The error codes of a device family, its models and what is written about it."""
    audience, find = reader_audience(request), request.GET.get("find", "").strip()[:MAX_CODE]
    name = browsing.family_name(family_key=family, audience=audience)
    if not name:
        return missing(request, family)
    locales = browsing.family_locales(family_key=family, audience=audience)
    keys = browsing.code_keys_of_family(family_key=family, audience=audience, find=find)
    page = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
    where = {"family_key": family, "locale": language(), "audience": audience}
    context = {
        "family": name,
        "family_key": family,
        "find": find,
        "page": page,
        "codes": browsing.codes_of_family(keys=list(page), **where),
        "models": browsing.models_of_family(family_key=family),
        "articles": browsing.articles_of_family(limit=ARTICLES, **where),
        **surroundings(request, "help-family", family, locales=locales, locale=_nearest(locales)),
    }
    return render(request, "portal/family.html", context)


@require_safe
@help_page
def code_page(request: HttpRequest, family: str, code: str) -> HttpResponse:
    """One error code: meaning, what to do now, when to stop and call; parts and level for people who work here."""
    audience = reader_audience(request)
    found = selectors.code_of_device(family_key=family, code=code, locale=language(), audience=audience)
    if found is None:
        return missing(request, f"{family} {code}")
    record(request, EventKind.OPENED, found.public_id, target=found.public_id, question=question_of(request))
    locales = browsing.code_locales(code=found, audience=audience)
    where = (found.product.key, found.code_key)
    context = {
        "code": found,
        "severity": severity_words(found),
        "when_to_call": when_to_call(found),
        "articles": browsing.articles_of_code(code=found, audience=audience),
        "is_staff": staff_may(request, Permission.WORK_QUEUE),
        "said": request.GET.get("said", ""),
        "json_ld": structured_data.of_code(found),
        **surroundings(request, "help-code", *where, locales=locales, locale=found.locale),
    }
    return render(request, "portal/code.html", context)


def _nearest(locales: list[str]) -> str:
    """The language in which the codes are shown, mostly."""
    return language() if language() in locales else locales[0]
