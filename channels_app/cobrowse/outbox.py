"""What waits for one end of a session: text and binary frames in one order, each with the scope it is sent by."""

from collections.abc import Collection, Mapping
from typing import Any

from interaction_center.live.hub import Socket
from interaction_center.live.session import encode

MIRROR_MARK = 128 * 1024  # bytes that may wait for an agent before the customer's page has to
MIRROR_FRAMES = 128
POINTER_MARK = 16 * 1024


class Outbox(Socket):
    """A socket whose frames can be taken back when the customer does."""

    @property
    def backlog(self) -> int:
        """Bytes that the reader has not taken yet, here and in the transport."""
        return self._bytes + self._buffered()

    @property
    def has_room(self) -> bool:
        """Whether mirror data may be added."""
        return self.closing is None and self.backlog < MIRROR_MARK and len(self._outbox) < MIRROR_FRAMES

    def tell(self, frame: Mapping[str, Any], scope: str = "") -> None:
        """One text frame; a reader that is far behind is closed."""
        if self.closing is not None:
            return
        if self._is_full():
            self._close_slow()
            return
        self._append(encode(frame), scope)
        self._start_drain()

    def hint(self, frame: Mapping[str, Any], scope: str) -> None:
        """One text frame that is worth nothing later: dropped when anything waits."""
        if self.closing is None and self.backlog < POINTER_MARK:
            self.tell(frame, scope)

    def give(self, data: bytes, scope: str) -> None:
        """One binary frame, for a reader that has room."""
        if self.closing is None:
            self._append(data, scope)
            self._start_drain()

    def purge(self, scopes: Collection[str]) -> None:
        """What waits by these scopes is not sent any more."""
        kept = [waiting for waiting in self._outbox if waiting[2] not in scopes]
        self._outbox.clear()
        self._outbox.extend(kept)
        self._bytes = sum(size for _, size, _ in kept)
