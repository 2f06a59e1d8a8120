"""One file for each server that can be measured: its addresses and its wire format."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from bench.chat_load.wsclient import WS, OnClose, OnMessage

Key = tuple[int, int]  # (chat, number of the message in this chat)


@dataclass(frozen=True, slots=True)
class Target:
    """What is measured. `plan` is the file that `bench.prepare` wrote, for servers with accounts."""

    base: str
    chats: int
    agents: int
    plan: str = ""


class Adapter(Protocol):
    """How the generator speaks to one kind of server."""

    async def open_visitor(self, chat: int, on_message: OnMessage, on_close: OnClose | None) -> WS:
        """An open socket that may send messages of this chat; `ws.user` is the chat."""
        ...

    async def open_agent(self, index: int, on_message: OnMessage, on_close: OnClose | None) -> WS:
        """An open socket that hears of every message in its share of the chats."""
        ...

    def send(self, ws: WS, chat: int, number: int, body: str) -> None:
        """Send one message."""
        ...

    def accepted(self, payload: bytes) -> Iterable[Key]:
        """The messages that this frame to a visitor acknowledges. ValueError when the server refuses one."""
        ...

    def heard(self, payload: bytes) -> Iterable[Key]:
        """The messages of customers in this frame to an agent."""
        ...


def load(name: str, target: Target) -> Adapter:
    """The adapter in the module of this name."""
    make = cast(Callable[[Target], Adapter], import_module(f"bench.chat_load.adapters.{name}").new)
    return make(target)
