"""What search engines ask for beside the pages: /robots.txt and /sitemap.xml. Only what everybody may read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from kb.site_map import PublicPage, public_pages, sections

VIEWS = {"articles": "help-article", "topics": "help-topic", "codes": "help-code", "devices": "help-family"}
CLOSED = ("/console/", "/api/", "/accounts/", "/setup/", "/chat/", "/confirm/")


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the map: an address, the same page in each language, and when it changed ("" = not known)."""

    url: str
    others: dict[str, str]
    any_language: str
    changed: str


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What to leave alone, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["", f"Sitemap: {settings.PUBLIC_BASE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@gzip_page
@require_safe
def site_map(request: HttpRequest) -> HttpResponseBase:
    """The list of the maps: each holds ten thousand addresses at most."""
    maps: list[tuple[str, datetime | None]] = [(_page_url("start", 1), None)]
    for name, (pages, changed) in sections().items():
        maps += [(_page_url(name, number), changed) for number in range(1, pages + 1)]
    return _xml(request, "portal/sitemap_index.xml", {"maps": maps})


@gzip_page
@require_safe
def site_map_page(request: HttpRequest, section: str, number: int) -> HttpResponseBase:
    """One of the maps."""
    if section == "start" and number == 1:
        addresses = [one for name in ("help", "help-codes") for one in _all_languages(name)]
    elif section in VIEWS:
        addresses = [one for page in public_pages(section, number) for one in _addresses(VIEWS[section], page)]
    else:
        addresses = []
    if not addresses:
        raise Http404
    return _xml(request, "portal/sitemap.xml", {"addresses": addresses})


def _addresses(view: str, page: PublicPage) -> list[Address]:
    others = {locale: _url(view, locale, *page.where) for locale in page.locales}
    changed = page.changed.isoformat(timespec="seconds")
    return [Address(url, others, _url(view, *page.where), changed) for url in others.values()]


def _all_languages(view: str) -> list[Address]:
    others = {locale: _url(view, locale) for locale, _ in settings.LANGUAGES}
    return [Address(url, others, _url(view), "") for url in others.values()]


def _url(view: str, *where: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse(view, args=where)}"


def _page_url(section: str, number: int) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('sitemap-page', args=[section, number])}"


def _xml(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponseBase:
    response = render(request, template, context, content_type="application/xml")
    response["Cache-Control"] = "public, no-cache"
    response["ETag"] = etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    return get_conditional_response(request, etag=etag, response=response) or response
