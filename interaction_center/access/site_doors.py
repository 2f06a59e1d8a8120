"""HTTP doors for the pages of a site: which site it is, whether this page may ask in its name, and CORS.

Answers go to the site's own origins only; no cookie is read or set. A channel brings its own limit.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from interaction_center.access.origins import is_allowed, own_origin
from interaction_center.access.problems import error_response
from interaction_center.access.selectors import site_by_key
from interaction_center.errors import BadRequestError, CenterError, ForbiddenError, TooLargeError

if TYPE_CHECKING:
    from interaction_center.access.models import Site

View = Callable[[HttpRequest, "Site"], HttpResponseBase]
Limit = Callable[[HttpRequest], None]


def for_sites(*methods: str, within_rate: Limit) -> Callable[[View], Callable[[HttpRequest], HttpResponseBase]]:
    """A view for the pages of the site that the query names: origin checked, preflight answered, errors as JSON.

    within_rate  raises RateLimitedError when this address asks too often
    """

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponseBase:
            origin = request.headers.get("Origin", "")
            try:
                site = site_by_key(site_key(request))
                response = refusal(request, site, origin, methods, within_rate) or view(request, site)
            except CenterError as error:
                response = error_response(error)
            return with_cors(response, origin, methods)

        return answer

    return decorate


def site_key(request: HttpRequest) -> str:
    """The key that the query names."""
    return clean_text(request.GET.get("site", ""))[:16]


def refusal(
    request: HttpRequest, site: "Site", origin: str, methods: tuple[str, ...], within_rate: Limit
) -> HttpResponseBase | None:
    """What is answered without the view, if anything. ForbiddenError, RateLimitedError."""
    if origin:
        check_origin(site, origin, own_origin(secure=request.is_secure(), host=request.get_host()))
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    within_rate(request)
    if request.method not in methods:
        return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
    return None


def check_origin(site: "Site", origin: str, own: str) -> None:
    """Only pages of the site's own origins may talk to us in its name. ForbiddenError."""
    if not is_allowed(origin, site.origins, own=own):
        raise ForbiddenError("This page may not use this chat. Add its origin to the site in the settings.")


def with_cors(response: HttpResponseBase, origin: str, methods: tuple[str, ...]) -> HttpResponseBase:
    """Even an error is readable by the page that caused it; it holds nothing of anybody else."""
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = ", ".join(methods)
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response["Access-Control-Max-Age"] = "600"
        response["Vary"] = "Origin"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def clean_text(value: object) -> str:
    """Text as every database takes it: no NUL, no half surrogate pairs. BadRequestError for anything but text."""
    if not isinstance(value, str):
        raise BadRequestError("A text is missing.")
    if value.isascii():
        return value.replace("\x00", "")
    return value.encode("utf-8", errors="replace").decode().replace("\x00", "")


def read_body(request: HttpRequest) -> bytes:
    """All of it. TooLargeError."""
    try:
        return request.body
    except RequestDataTooBig as error:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise TooLargeError("The request is too large.", limit=limit) from error


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent. TooLargeError, BadRequestError."""
    body = read_body(request)
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("This is not JSON.") from error
    if not isinstance(asked, dict):
        raise BadRequestError("Send a JSON object.")
    return asked


def asked_language(request: HttpRequest) -> str:
    """de or en, as ?lang= says."""
    return "de" if request.GET.get("lang", "").lower().startswith("de") else "en"
