"""The sockets of co-browsing."""

from typing import Any

from django.urls import path

from channels_app.cobrowse.consumers import CobrowseSocket
from channels_app.cobrowse.playback import PlaybackSocket
from interaction_center.live.hub import Send
from interaction_center.live.session import Receive


async def cobrowse_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One end of a session."""
    await CobrowseSocket(scope, receive, send).run()


async def playback_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """A recording that is played."""
    await PlaybackSocket(scope, receive, send).run()


def _route(address: str, socket: Any) -> Any:
    """Django's `path` is typed for HTTP views."""
    return path(address, socket)


routes = [_route("ws/cobrowse", cobrowse_socket), _route("ws/cobrowse/recording", playback_socket)]
