"""The reader's language: the help pages have it in their address, all other pages by cookie and browser.

?lang= fixes it where the address says nothing, and is remembered; without it LocaleMiddleware decides.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import resolve, reverse
from django.urls.converters import StringConverter
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

P = ParamSpec("P")
_YEAR = 365 * 24 * 3600


class LanguageConverter(StringConverter):
    """A language of the centre as part of an address."""

    regex = "|".join(code for code, _ in settings.LANGUAGES)


def in_asked_language(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view whose pages follow ?lang=."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("lang", "")
        if asked not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        translation.activate(asked)
        response = view(request, *args, **kwargs)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=_YEAR, samesite="Lax", httponly=True)
        return response

    return wrapped


@require_safe
@in_asked_language
def to_language(request: HttpRequest, /, **where: Any) -> HttpResponse:
    """An address without a language leads to the same page in the reader's; with ?lang= it has moved for good."""
    name = resolve(request.path_info).view_name
    query = request.GET.copy()
    moved = query.pop("lang", None) is not None
    target = reverse(name, kwargs={"locale": language(), **where})
    kind = HttpResponsePermanentRedirect if moved else HttpResponseRedirect
    response = kind(f"{target}?{query.urlencode()}" if query else target)
    # Asked for each time: a redirect that a browser kept would not remember the language any more.
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def language() -> str:
    """The two letters of the language in which this page is written."""
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]
