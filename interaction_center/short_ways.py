"""HTTP doors that are asked with every key: straight to their view, on the loop.

For views that need nothing of the middleware: no session, no cookie, no page. Its layers hop between the loop and a
thread of the request's own, which takes many times as long as such a view (docs/measurements.md). Channels name theirs
as `short_ways` in their urls.py; under another server the same addresses go the long way to the same views.
"""

import logging
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase

from interaction_center.access.problems import error_response
from interaction_center.adapters import channel_package
from interaction_center.errors import BadRequestError, CenterError, RateLimitedError
from interaction_center.live.hub import Send
from interaction_center.live.session import Receive

log = logging.getLogger(__name__)
MAX_WAITING = 100  # more come than can be answered: whoever types on asks again
View = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class ShortWay:
    """One view as an ASGI application. What it answers has no cookies and is not streamed."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._waiting = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self._waiting += 1
        try:
            response = await self._answered(scope)
        finally:
            self._waiting -= 1
        body = b"".join(response)
        headers = {"X-Content-Type-Options": "nosniff", **response.headers, "Content-Length": str(len(body))}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _answered(self, scope: dict[str, Any]) -> HttpResponseBase:
        try:
            if self._waiting > MAX_WAITING:
                raise RateLimitedError("Too much is asked at once. Try again in a moment.", retry_after=1)
            return await self._view(ASGIRequest(scope, BytesIO()))
        except CenterError as error:
            return error_response(error)
        except (SuspiciousOperation, UnicodeDecodeError):
            return error_response(BadRequestError("The request can't be read."))
        except Exception:
            log.exception("%s failed", scope["path"])
            return error_response(CenterError("Something went wrong here. Try again."))


def _channel_ways() -> dict[str, ShortWay]:
    modules = [f"{channel_package(kind)}.urls" for kind in settings.CHANNELS]
    named = [getattr(import_module(module), "short_ways", {}) for module in modules if find_spec(module)]
    return {f"/{address}": ShortWay(view) for ways in named for address, view in ways.items()}


short_ways = _channel_ways()
