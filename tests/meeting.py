"""Two who do something at the same moment, each in a thread of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.db import connection


def at_once(*acts: Callable[[], Any]) -> Sequence[Any]:
    """Each in a thread and with a connection of its own. Raises what one of them raises."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class Meeting:
    """Where two wait for each other, once, as long as both can come: a lock may keep one away."""

    def __init__(self) -> None:
        self.barrier = Barrier(2)

    def wait(self) -> None:
        with suppress(BrokenBarrierError):
            self.barrier.wait(timeout=1)


def met(meeting: Meeting, act: Callable[..., Any]) -> Callable[..., Any]:
    """The act, for which two come together before."""

    def run(*values: Any, **named: Any) -> Any:
        meeting.wait()
        return act(*values, **named)

    return run
