"""The reader's language: ?lang= fixes it and is remembered; without it cookie and browser decide (LocaleMiddleware)."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

P = ParamSpec("P")
_YEAR = 365 * 24 * 3600


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


def language() -> str:
    """The two letters of the language in which this page is written."""
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]
