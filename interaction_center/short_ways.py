"""HTTP doors that are asked with every key or by machines in bursts: straight to their view, on the loop.

For views that need nothing of the middleware: no session, no cookie, no page. Its layers hop between the loop and a
thread of the request's own, which takes many times as long as such a view (docs/measurements.md). Channels name theirs
in their urls.py, as `short_ways` (address -> view) or, with parts that vary, as `short_prefixes` (first part of the
address -> its patterns); under another server the same addresses go the long way to the same views.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

from interaction_center.access.problems import error_response
from interaction_center.adapters import channel_package
from interaction_center.errors import BadRequestError, CenterError, NotFoundError, RateLimitedError, TooLargeError
from interaction_center.live.hub import Send
from interaction_center.live.session import Receive

log = logging.getLogger(__name__)
MAX_WAITING = 100  # more come than can be answered: whoever types on asks again
MAX_IN_BURSTS = 2_000  # machines don't type on: what is refused is lost, and each waits for a commit only
MAX_BODY = 64 * 1024  # a report of a telephone network has some 2 kB
View = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class ShortWay:
    """One view as an ASGI application. What it answers has no cookies and is not streamed.

    `name` is what the log calls it: an address may hold a secret.
    """

    def __init__(self, view: View, name: str = "", *, max_waiting: int = MAX_WAITING) -> None:
        self._view = view
        self._name = name
        self._waiting = 0
        self._max_waiting = max_waiting

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self._waiting += 1
        try:
            response = await self._answered(scope, receive)
        finally:
            self._waiting -= 1
        body = b"".join(response)
        headers = {"X-Content-Type-Options": "nosniff", **response.headers, "Content-Length": str(len(body))}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _answered(self, scope: dict[str, Any], receive: Receive) -> HttpResponseBase:
        try:
            if self._waiting > self._max_waiting:
                raise RateLimitedError("Too much is asked at once. Try again in a moment.", retry_after=1)
            body = b"" if scope["method"] in ("GET", "HEAD") else await _body(receive)
            return await self._view(ASGIRequest(scope, BytesIO(body)))
        except CenterError as error:
            return error_response(error)
        except (SuspiciousOperation, UnicodeDecodeError):
            return error_response(BadRequestError("The request can't be read."))
        except Exception:
            log.exception("%s failed", self._name)
            return error_response(CenterError("Something went wrong here. Try again."))


async def _body(receive: Receive) -> bytes:
    """All of it; TooLargeError before more than MAX_BODY is held."""
    parts, size, more = [], 0, True
    while more:
        event = await receive()
        part = event.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            raise TooLargeError(f"The body is too large: at most {MAX_BODY:,} bytes.", limit=MAX_BODY)
        parts.append(part)
        more = event.get("more_body", False)
    return b"".join(parts)


def short_way(path: str) -> ShortWay | None:
    """The short way to this address; None where there is none."""
    return short_ways.get(path) or short_prefixes.get(f"{path[1:].partition('/')[0]}/")


def _by_patterns(patterns: Sequence[URLPattern]) -> View:
    """The view that one of the patterns leads to."""
    routes = URLResolver(RoutePattern("/"), list(patterns))

    async def view(request: HttpRequest) -> HttpResponseBase:
        try:
            found = routes.resolve(request.path_info)
        except Resolver404:
            raise NotFoundError("There is nothing at this address.") from None
        answer: HttpResponseBase = await found.func(request, *found.args, **found.kwargs)
        return answer

    return view


def _named(name: str) -> Iterator[Mapping[str, Any]]:
    modules = [f"{channel_package(kind)}.urls" for kind in settings.CHANNELS]
    return (getattr(import_module(module), name, {}) for module in modules if find_spec(module))


short_ways = {f"/{address}": ShortWay(view, address) for ways in _named("short_ways") for address, view in ways.items()}
short_prefixes = {
    prefix: ShortWay(_by_patterns(patterns), prefix, max_waiting=MAX_IN_BURSTS)
    for prefixes in _named("short_prefixes")
    for prefix, patterns in prefixes.items()
}
