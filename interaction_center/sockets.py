"""Socket routes: the console's, and those of the channels that have `sockets.routes`."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

from interaction_center.adapters import channel_package
from interaction_center.console.consumers import AgentSession
from interaction_center.live.hub import Send
from interaction_center.live.session import Receive


async def console_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One agent's console."""
    await AgentSession(scope, receive, send).run()


async def unknown_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """No such address: refused before it is accepted."""
    await receive()
    await send({"type": "websocket.close", "code": 4004})


def _channel_routes() -> list[Any]:
    modules = [f"{channel_package(kind)}.sockets" for kind in settings.CHANNELS]
    return [route for module in modules if find_spec(module) for route in import_module(module).routes]


def _route(address: str, socket: Any) -> Any:
    """Django's `path` is typed for HTTP views; Channels routes sockets with it as well."""
    return path(address, socket)


router = URLRouter([_route("ws/console", console_socket), *_channel_routes(), _route("<path:rest>", unknown_socket)])
