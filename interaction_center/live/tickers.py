"""The tickers of one process: each calls its function when it is rung, and every few seconds in any case."""

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from interaction_center.live.threads import in_database_thread

log = logging.getLogger(__name__)


class Ticker:
    """Runs one kind of due work. `work` is a coroutine function, or a plain one that runs in a database thread.

    It returns how much it did; as long as that is not nothing, it is called again at once.
    """

    def __init__(self, slug: str, work: Callable[[], Any], seconds: float) -> None:
        self.slug, self._work, self._seconds = slug, work, seconds
        self._bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._stopping = False

    def ring(self, after: float = 0.0) -> None:
        """From any thread: look now, or so many seconds later."""
        self._loop.call_soon_threadsafe(self._loop.call_later, after, self._bell.set)

    def stop(self) -> None:
        """End after the work in hand."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            self._bell.clear()
            if await self._once():
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), self._seconds)

    async def _once(self) -> bool:
        try:
            if inspect.iscoroutinefunction(self._work):
                return bool(await self._work())
            return bool(await in_database_thread(self._work))
        except Exception:
            log.exception("The work “%s” failed; it is tried again", self.slug)
            await asyncio.sleep(min(self._seconds, 1.0))
            return False
