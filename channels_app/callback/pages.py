"""What the pages of this channel have in common: the frame of the customers' pages, their language, their headers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from channels_app.callback.links import language_of
from interaction_center.access.selectors import help_site

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def callback_page(view: Page[P]) -> Page[P]:
    """A page in the language of its address, kept by nobody and found by no search engine. Its address may hold a
    secret: no other page is told where its reader came from."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        translation.activate(str(kwargs["locale"]))
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def show(
    request: HttpRequest, name: str, context: dict[str, Any], *, any_language: str = "/callback/", status: int = 200
) -> HttpResponse:
    """The page in the frame of the help pages of our site."""
    return render(
        request, f"callback/{name}.html", {**_frame(), "any_language": any_language, **context}, status=status
    )


def _frame() -> dict[str, Any]:
    site = help_site()
    if site is None:
        return {}
    home_url = "/demo/" if settings.CONFIG.demo else next(iter(site.origins), "")
    return {"site": site, "home_name": site.name, "home_url": home_url, "contact": site.mail_from}


@require_safe
def in_own_language(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address without a language leads to the page in the reader's, or in the one that ?lang= names."""
    query = request.GET.copy()
    asked = query.pop("lang", [""])[-1]
    known = asked if isinstance(asked, str) and asked in dict(settings.LANGUAGES) else ""
    locale = known or language_of(str(translation.get_language() or ""))
    target = f"/callback/{locale}/{rest}"
    response = HttpResponseRedirect(f"{target}?{query.urlencode()}" if query else target)
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
