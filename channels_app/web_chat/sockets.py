"""The widget's socket."""

from typing import Any

from django.urls import path

from channels_app.web_chat.consumers import VisitorSession
from interaction_center.live.hub import Send
from interaction_center.live.session import Receive


async def chat_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One open widget."""
    await VisitorSession(scope, receive, send).run()


_socket: Any = chat_socket  # Django's `path` is typed for HTTP views
routes = [path("ws/chat", _socket)]
