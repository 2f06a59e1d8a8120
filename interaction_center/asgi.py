"""The application for any ASGI server: HTTP by Django or a short way, sockets by `sockets.router`."""

import os
from collections.abc import Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interaction_center.settings")
http: Any = get_asgi_application()  # loads the apps: what follows may need them

from interaction_center.live.hub import Send  # noqa: E402
from interaction_center.live.session import Receive  # noqa: E402
from interaction_center.short_ways import short_way  # noqa: E402
from interaction_center.sockets import router  # noqa: E402


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Tell the two apart, and let whoever streams know how many bytes wait in the transport."""
    serve = router if scope["type"] == "websocket" else short_way(scope["path"]) or http
    await serve(scope | {"buffered": _buffered_bytes(send)}, receive, send)


def _buffered_bytes(send: Send) -> Callable[[], int]:
    """Daphne has no backpressure (django/daphne#170): what a slow reader has not taken lies in Twisted's transport.

    Daphne hands out `partial(handle_reply, protocol)`; under another server, which waits in `send`, this is 0.
    """
    arguments = getattr(send, "args", ())
    transport = getattr(arguments[0], "transport", None) if arguments else None
    if transport is None or not hasattr(transport, "_tempDataLen"):
        return lambda: 0
    return lambda: len(transport.dataBuffer) - transport.offset + transport._tempDataLen
