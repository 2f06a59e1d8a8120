"""What of one session goes on its recording, as far as its page is connected here. Used on the loop only.

It begins with a snapshot of its own and ends at once; what has passed is written in a thread, in order, once a second.
Nobody waits for it: when it can't keep up, or can't write, the recording is over and the customer is told so.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from channels_app.cobrowse import recordings
from channels_app.cobrowse.models import Recording
from channels_app.cobrowse.policy import FRAMES, Scope
from channels_app.cobrowse.reel import PICTURE, WORDS, Reel, pack_item
from channels_app.cobrowse.wire import Head
from interaction_center.live.session import encode
from interaction_center.live.threads import release_connection

log = logging.getLogger(__name__)
WRITE_SECONDS = 1.0
PIECE = 64 * 1024
MOST_WAITING = 4 * 1024 * 1024
NOT_KEPT = "text"  # what is typed is kept as far as the page shows it
KEPT = frozenset(
    kind for role in FRAMES for kind, scope in FRAMES[role].items() if scope in (Scope.POINT, Scope.CONTROL)
) - {"input.done"} | {"pointer"}

_desk = ThreadPoolExecutor(1, thread_name_prefix="cobrowse-recordings")


@dataclass(frozen=True, slots=True)
class Item:
    """One frame, and when it passed (seconds since 1970)."""

    at: float
    kind: int
    data: bytes


class Tape:
    """`later` calls something in so many seconds; `failed` is called once when no more can be written."""

    def __init__(
        self, session: str, *, later: Callable[[float, Callable[[], object]], object], failed: Callable[[], object]
    ) -> None:
        self._later, self._failed = later, failed
        self._writing = _Writing(session)
        self._is_on = False
        self._has_begun = False
        self._is_broken = False
        self._is_flush_due = False
        self._items: list[Item] = []
        self._size = 0
        self._begins_snapshot = False
        self._waiting = 0

    def listen(self, is_on: bool) -> bool:
        """Whether this is being recorded now. True when that is new: it begins with the next snapshot."""
        if is_on == self._is_on or (is_on and self._is_broken):
            return False
        self._is_on, self._has_begun = is_on, False
        if not is_on:
            self._flush()
            self._submit(self._writing.close, 0)
        return is_on

    def picture(self, head: Head) -> None:
        """A binary frame of the page."""
        if not self._is_on or not (self._has_begun or head.begins_snapshot):
            return
        if head.begins_snapshot:
            self._flush()
            self._has_begun = self._begins_snapshot = True
        self._add(PICTURE, head.data)

    def words(self, frame: Mapping[str, Any], *, by: str, name: str) -> None:
        """A text frame that the customer (`by` is empty) or an agent had for the other end."""
        if not self._is_on or not self._has_begun or frame["t"] not in KEPT:
            return
        kept = {key: value for key, value in frame.items() if key != NOT_KEPT}
        self._add(WORDS, encode(kept | ({"by": by, "name": name} if by else {})).encode())

    def _add(self, kind: int, data: bytes) -> None:
        self._items.append(Item(time.time(), kind, data))
        self._size += len(data)
        if self._size >= PIECE:
            self._flush()
        elif not self._is_flush_due:
            self._is_flush_due = True
            self._later(WRITE_SECONDS, self._flush_in_time)

    def _flush_in_time(self) -> None:
        self._is_flush_due = False
        self._flush()

    def _flush(self) -> None:
        if not self._items:
            return
        items, size, begins = self._items, self._size, self._begins_snapshot
        self._items, self._size, self._begins_snapshot = [], 0, False
        if self._waiting + size > MOST_WAITING:
            self._break("The disk does not keep up.")
            return
        self._submit(partial(self._writing.store, items, begins), size)

    def _submit(self, work: Callable[[], None], size: int) -> None:
        self._waiting += size
        future = asyncio.get_running_loop().run_in_executor(_desk, _guarded, work)
        future.add_done_callback(partial(self._written, size))

    def _written(self, size: int, future: "asyncio.Future[None]") -> None:
        self._waiting -= size
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self._break(type(error).__name__)

    def _break(self, why: str) -> None:
        if self._is_broken:
            return
        log.error("A recording had to be ended: %s", why)
        self._is_broken = True
        self._items, self._size = [], 0
        self.listen(False)
        self._failed()


class _Writing:
    """The file, in the one thread that writes."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._reel: Reel | None = None
        self._of: Recording | None = None

    def store(self, items: list[Item], begins_snapshot: bool) -> None:
        """As the next piece. What has passed after the consent was over is not kept, whoever has heard of that late."""
        row = recordings.latest_recording(self._session)
        if row is None or row.removed_at is not None:
            return
        kept = [item for item in items if row.ended_at is None or item.at <= row.ended_at.timestamp()]
        kept = [item for item in kept if item.at >= row.started_at.timestamp()]
        if kept:
            self._append(row, kept, begins_snapshot)

    def _append(self, row: Recording, items: list[Item], begins_snapshot: bool) -> None:
        if self._reel is None or self._of is None or self._of.pk != row.pk:
            self.close()
            self._reel, self._of = recordings.open_reel(row), row
        content = b"".join(pack_item(_ms(item, row.started_at), item.kind, item.data) for item in items)
        self._reel.append(_ms(items[0], row.started_at), content, begins_snapshot=begins_snapshot)

    def close(self) -> None:
        """Another process, or a later consent, may go on."""
        reel, self._reel, self._of = self._reel, None, None
        if reel is not None:
            reel.close()


def _ms(item: Item, since: datetime) -> int:
    return max(0, int((item.at - since.timestamp()) * 1000))


def _guarded(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        release_connection()


async def all_written() -> None:
    """What has passed so far is in its file."""
    await asyncio.get_running_loop().run_in_executor(_desk, lambda: None)
