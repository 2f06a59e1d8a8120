"""Pages for people when an address is wrong or something broke; programs under /api/ get JSON elsewhere."""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; a name that we don't answer to is the business of whoever runs the centre."""
    return _page(request, 400, is_unknown_name=isinstance(exception, DisallowedHost))


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403)


def no_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the request and its context processors, which may be what broke."""
    return HttpResponse(render_to_string("access/error.html", {"status": 500}), status=500)


def _page(request: HttpRequest, status: int, **facts: bool) -> HttpResponse:
    words = {"status": status, "is_staff": _is_staff(request), **facts}
    return render(request, "access/error.html", words, status=status)


def _is_staff(request: HttpRequest) -> bool:
    """Whoever is signed in works here; customers are not sent to the console."""
    user = getattr(request, "user", None)  # a request may break before anybody knows who sent it
    return bool(user and user.is_authenticated)
