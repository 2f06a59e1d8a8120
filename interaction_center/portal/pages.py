"""What every help page has: its language in the address, a reader, a site, its other languages, leave to be kept."""

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page

from interaction_center.access.models import User
from interaction_center.portal.help_pages import page_context
from interaction_center.portal.sign_in import reader_audience
from kb.models import Audience

P = ParamSpec("P")
MAX_QUESTION = 600


def help_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view of the help centre, in the language of its address. The page holds no secret, so it may be compressed."""

    @gzip_page
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        translation.activate(str(kwargs.pop("locale")))
        return _kept(request, view(request, *args, **kwargs))

    return wrapped


def is_personal(request: HttpRequest) -> bool:
    """Whether the page may differ from what everybody gets."""
    return request.user.is_authenticated or reader_audience(request) != Audience.PUBLIC


def staff_may(request: HttpRequest, permission: str) -> bool:
    """Whether somebody who works here reads this, and may do that."""
    return isinstance(request.user, User) and request.user.has_permission(permission)


def question_of(request: HttpRequest) -> str:
    """What the reader asked the search, which goes with them from page to page."""
    return request.GET.get("q", "").strip()[:MAX_QUESTION]


def surroundings(
    request: HttpRequest, name: str = "", *where: str, locales: Iterable[str] = (), locale: str = ""
) -> dict[str, Any]:
    """What the frame of a page needs: the site whose help this is, and where this very page is in other languages.

    name, where  the address without its language, as `reverse` takes it; "" = this page has none of its own
    locales      the languages in which it exists
    locale       the language in which it is shown, if that is not the asked one
    """
    shown = locale or str(translation.get_language())
    others = {code: reverse(name, args=[code, *where]) for code, _ in settings.LANGUAGES if name and code in locales}
    return {
        **page_context(),
        "question": question_of(request),
        "base_url": settings.PUBLIC_BASE_URL,
        "canonical": others.get(shown, ""),
        "alternates": others,
        "any_language": reverse(name, args=where) if name else reverse("help"),
    }


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """May be kept by everybody and is asked about each time: what was withdrawn is gone at once, the rest costs a 304.

    A page of somebody who is signed in is kept nowhere.
    """
    patch_vary_headers(response, ["Cookie"])
    if is_personal(request):
        response["Cache-Control"] = "private, no-store"
        return response
    response["Cache-Control"] = "public, no-cache"
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
