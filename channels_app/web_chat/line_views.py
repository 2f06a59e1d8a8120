"""The widget's socket over plain HTTP, for pages and networks that let no WebSocket through (`live.http_line`).

Who may speak is settled by the `auth` frame, as on a WebSocket: site, origin, token. Both requests are simple ones in
the sense of CORS, so no browser asks beforehand.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from channels_app.web_chat.sockets import chat_socket
from channels_app.web_chat.views import within_rate
from interaction_center.access.problems import error_response
from interaction_center.access.site_doors import read_body, with_cors
from interaction_center.errors import CenterError, NotFoundError
from interaction_center.live.http_line import HttpLine, open_line

View = Callable[[HttpRequest], HttpResponseBase]


def on_the_loop(view: View) -> Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]:
    """A view that runs on the loop, where lines live: POST only, errors as JSON, readable by the page that asked."""

    @csrf_exempt
    @wraps(view)
    async def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        try:
            response = view(request)
        except CenterError as error:
            response = error_response(error)
        return with_cors(response, request.headers.get("Origin", ""), ("POST",))

    return answer


@on_the_loop
def line(request: HttpRequest) -> HttpResponseBase:
    """Open a line: an answer without an end."""
    within_rate(request)
    opened = HttpLine(request.scope, chat_socket)  # type: ignore[attr-defined]  # an ASGI request has its scope
    headers = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}  # no proxy may collect frames
    return StreamingHttpResponse(opened.lines(), content_type="application/x-ndjson", headers=headers)


@on_the_loop
def line_frames(request: HttpRequest) -> HttpResponseBase:
    """What a client says: the name of its line, then one frame a line. NotFoundError when the line has ended."""
    name, *frames = read_body(request).decode(errors="replace").split("\n")
    opened = open_line(name)
    if opened is None:
        within_rate(request)
        raise NotFoundError("This line has ended. Open a new one.")
    opened.take(frames)
    return HttpResponse(status=204)
