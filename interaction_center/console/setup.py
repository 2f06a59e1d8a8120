"""The first administrator: a one-time link whose token stays behind the # and is posted, so no log ever holds it."""

import time

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from interaction_center.access.addresses import address_of
from interaction_center.access.models import User
from interaction_center.access.rate_limits import Buckets
from interaction_center.access.services import is_setup_link_open, redeem_setup_link
from interaction_center.errors import CenterError, InvalidError
from interaction_center.routing.services import ensure_agent

attempts = Buckets(rate=0.2, burst=10, size=1000)


class SetupForm(forms.Form):
    """Who the first administrator is."""

    token = forms.CharField(max_length=200)
    name = forms.CharField(max_length=120)
    email = forms.EmailField(max_length=254)
    password = forms.CharField(max_length=200, strip=False)


@sensitive_post_parameters("password", "token")
@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Show the form; make the administrator and sign them in."""
    if request.method != "POST":
        return render(request, "access/setup.html", {"values": {}})
    if attempts.take(address_of(request), time.monotonic()):
        return _again(request, {"token": "too_many"}, status=429)
    form = SetupForm(request.POST)
    if not form.is_valid():
        return _again(request, dict.fromkeys(form.errors, "missing"), status=422)
    return _redeem(request, form.cleaned_data)


@sensitive_post_parameters("token")
@never_cache
@require_POST
def setup_check(request: HttpRequest) -> HttpResponse:
    """204 for a link that still works, 404 for a spent one: said before anybody fills the form."""
    if attempts.take(request.META.get("REMOTE_ADDR", ""), time.monotonic()):
        return HttpResponse(status=429)
    return HttpResponse(status=204 if is_setup_link_open(request.POST.get("token", "")[:200]) else 404)


def _redeem(request: HttpRequest, values: dict[str, str]) -> HttpResponse:
    language = "de" if (get_language() or "en").startswith("de") else "en"
    try:
        user = redeem_setup_link(**values, language=language, now=timezone.now())
    except InvalidError as error:
        return _again(request, dict(error.details), status=error.status)
    except CenterError as error:
        return _again(request, {"token": error.code}, status=error.status)
    return _welcome(request, user)


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    ensure_agent(user=user)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("/console/")


def _again(request: HttpRequest, problems: dict[str, object], *, status: int) -> HttpResponse:
    values = {name: request.POST.get(name, "") for name in ("token", "name", "email")}
    return render(request, "access/setup.html", {"values": values, "problems": problems}, status=status)
