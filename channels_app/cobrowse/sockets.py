"""The socket of co-browsing."""

from typing import Any

from django.urls import path

from channels_app.cobrowse.consumers import CobrowseSocket
from interaction_center.live.hub import Send
from interaction_center.live.session import Receive


async def cobrowse_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One end of a session."""
    await CobrowseSocket(scope, receive, send).run()


_socket: Any = cobrowse_socket  # Django's `path` is typed for HTTP views
routes = [path("ws/cobrowse", _socket)]
