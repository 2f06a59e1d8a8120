"""Work that nobody waits for: kept from the garbage collector until it is done, its failure logged."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)
_running: set[asyncio.Task[Any]] = set()


def background(work: Coroutine[Any, Any, Any]) -> None:
    """Start it on the running loop."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_done)


def _done(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("Background work failed", exc_info=task.exception())


async def finish_background() -> None:
    """Wait for what is running, but not for who asks (the server stops, in the background itself)."""
    await asyncio.gather(*_running - {asyncio.current_task()}, return_exceptions=True)
