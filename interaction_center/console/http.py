"""The HTTP side of the API: who comes in and how errors look. One place for each.

Every error leaves as `{code, message, details}` with the status of its class; every operation documents them.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from interaction_center.access.doors import Actor, actor_of, actor_of_user
from interaction_center.access.problems import error_json, error_response
from interaction_center.access.rate_limits import Buckets
from interaction_center.errors import CenterError, ForbiddenError, RateLimitedError
from interaction_center.ids import public_id

log = logging.getLogger(__name__)

COMMANDS_PER_SECOND, COMMAND_BURST = 30, 60
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ERROR_CODES = {
    400: "The input can't be read.",
    401: "Nobody is signed in, or the key is unknown.",
    403: "Your role does not allow this.",
    404: "There is no such thing, or not for you.",
    405: "The address takes other methods; see Allow.",
    409: "Not possible in this state.",
    413: "Too large.",
    422: "A value is wrong; `details` names the field.",
    429: "Too much in too short a time; see Retry-After.",
}
commands = Buckets(rate=COMMANDS_PER_SECOND, burst=COMMAND_BURST)


class KeyDoor(HttpBearer):
    """Integrations: `Authorization: Bearer ic_…`."""

    openapi_scheme = "bearer"

    def __init__(self, permission: str = "") -> None:
        super().__init__()
        self._permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor behind the key."""
        return _admitted(request, actor_of(request), self._permission)


class SessionDoor(APIKeyCookie):
    """People: the session cookie, and for everything that writes the CSRF token as X-CSRFToken."""

    param_name = "sessionid"

    def __init__(self, permission: str = "") -> None:
        super().__init__()
        self._permission = permission

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The signed-in person, or None."""
        if not request.user.is_authenticated:
            return None
        if request.method not in SAFE_METHODS and check_csrf(request):
            raise ForbiddenError(
                "The page is out of date: load it again. (X-CSRFToken is missing or wrong.)", "page_expired"
            )
        return _admitted(request, actor_of_user(request.user), self._permission)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The cookie is read by Django's session, so this door is a question to the request."""
        return self(request)


def doors(permission: str = "") -> list[Callable[[HttpRequest], Any]]:
    """Who may come in: anybody we know, or only who holds `permission`. Asked before the input is even read."""
    return [KeyDoor(permission), SessionDoor(permission)]


def _admitted(request: HttpRequest, actor: Actor, permission: str) -> Actor:
    """The actor, if they may and don't command faster than anybody can mean to (RateLimitedError)."""
    if permission:
        actor.check(permission)
    if request.method not in SAFE_METHODS:
        wait = commands.take(actor.identity, time.monotonic())
        if wait:
            raise RateLimitedError("Too many commands at once. Wait a moment.", retry_after=math.ceil(wait))
    return actor


def actor(request: HttpRequest) -> Actor:
    """Who acts in this request; the doors have let them in."""
    return actor_of(request)


class CenterAPI(NinjaAPI):
    """An API whose every operation documents the errors that every operation can give."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(*args, **kwargs)
        schema.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR_SCHEMA
        for path in schema["paths"].values():
            for operation in path.values():
                _document_errors(operation)
        return schema

    @property
    def urls(self) -> tuple[list[URLPattern | URLResolver], str, str]:
        """Every address, which answers a wrong method as it answers every other error."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _not_allowed_in_json(pattern.callback)
        return patterns, app, namespace


def _not_allowed_in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """django-ninja answers a wrong method in plain text, before any error handler is asked."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        response = view(request, *args, **values)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response["Allow"]
        problem = error_json(405, "method_not_allowed", f"This address takes {allowed}. See /api/docs.", {})
        problem["Allow"] = allowed
        return problem

    return answered


ERROR_SCHEMA = {
    "title": "Error",
    "type": "object",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "string", "description": "Stable, for programs."},
        "message": {"type": "string", "description": "For people: what happened and what to do."},
        "details": {"type": "object", "additionalProperties": True},
    },
}


def _document_errors(operation: dict[str, Any]) -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status, text in ERROR_CODES.items():
        operation["responses"].setdefault(status, {"description": text, "content": content})


def new_api() -> CenterAPI:
    """The API without its routers: title, doors and error handlers."""
    api = CenterAPI(
        title="Interaction Center",
        version="1",
        description="Lists are paged by `cursor`. Errors are `{code, message, details}`.",
        openapi_url="/openapi.json",
        docs_url="/docs",
        auth=doors(),
    )
    api.add_exception_handler(CenterError, _center_error)
    api.add_exception_handler(ValidationError, _validation_error)
    api.add_exception_handler(AuthenticationError, _authentication_error)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Http404, _no_such_thing)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    for unreadable in (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        api.add_exception_handler(unreadable, _unreadable)
    api.add_exception_handler(Exception, _unexpected)
    return api


def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer for every address under /api/ that is none."""
    return error_json(404, "not_found", "There is no such address in this API. See /api/docs.", {})


def _center_error(request: HttpRequest, error: CenterError | type[CenterError]) -> HttpResponse:
    return error_response(cast(CenterError, error))


def _validation_error(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    fields = {_field(item["loc"]): _sentence(item["msg"]) for item in cast(ValidationError, error).errors}
    return error_json(422, "invalid", f"Some values are wrong: {', '.join(fields)}.", fields)


def _field(place: Sequence[str | int]) -> str:
    """The name of the field, as a form knows it: without body or query, and the parameter of the body."""
    inside = 2 if place[0] in ("body", "form", "file") and len(place) > 2 else 1
    return str(place[min(inside, len(place) - 1)])


def _sentence(text: str) -> str:
    text = text.removeprefix("Value error, ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _authentication_error(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return error_json(401, "unauthorized", "Sign in, or send an API key.", {})


def _http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    known = cast(HttpError, error)
    code = {400: "bad_request", 403: "forbidden", 404: "not_found"}.get(known.status_code, "bad_request")
    return error_json(known.status_code, code, known.message, {})


def _no_such_thing(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return error_json(404, "not_found", "There is no such thing.", {})


def _too_big(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return error_json(413, "too_large", f"The request is too large: at most {limit // 2**20} MB.", {"limit": limit})


def _unreadable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return error_json(400, "bad_request", "The request can't be read: its body is not what its headers say.", {})


def _unexpected(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    reference = public_id()
    log.error("unexpected error %s at %s %s", reference, request.method, request.path, exc_info=cast(Exception, error))
    message = f"Something went wrong on our side. Try again; if it stays, give the reference {reference}."
    return error_json(500, "internal", message, {"reference": reference})
