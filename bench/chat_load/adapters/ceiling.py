"""`reference/ceiling.py`: no accounts, no resume; the path says which chat it is."""

import json
import time
from collections.abc import Iterable

from bench.chat_load.adapters import Key, Target
from bench.chat_load.wsclient import WS, OnClose, OnMessage, connect

RUN = time.time_ns() // 1000 % 16**8  # client ids must not repeat between runs


class CeilingAdapter:
    """Both shapes of the server speak alike."""

    def __init__(self, target: Target) -> None:
        self._target = target

    async def open_visitor(self, chat: int, on_message: OnMessage, on_close: OnClose | None) -> WS:
        """`/v/<chat>`, counted from 1."""
        ws = await connect(f"{self._target.base}/v/{chat + 1}", on_message, on_close)
        ws.user = chat
        return ws

    async def open_agent(self, index: int, on_message: OnMessage, on_close: OnClose | None) -> WS:
        """`/a/<agent>`."""
        return await connect(f"{self._target.base}/a/{index}", on_message, on_close)

    def send(self, ws: WS, chat: int, number: int, body: str) -> None:
        """The id names run, chat and number."""
        ws.send(b'{"t":"msg","cid":"%x-%d-%d","body":"%s"}' % (RUN, chat, number, body.encode()))

    def accepted(self, payload: bytes) -> Iterable[Key]:
        """An `ack`."""
        return self._keys(payload, "ack")

    def heard(self, payload: bytes) -> Iterable[Key]:
        """A `msg`."""
        return self._keys(payload, "msg")

    def _keys(self, payload: bytes, kind: str) -> Iterable[Key]:
        frame = json.loads(payload)
        if frame["t"] != kind:
            return ()
        _, chat, number = frame["cid"].split("-")
        return ((int(chat), int(number)),)


def new(target: Target) -> CeilingAdapter:
    """For `adapters.load`."""
    return CeilingAdapter(target)
