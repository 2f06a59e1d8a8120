"""Database work from the loop: a few threads that keep their connections, never the loop itself.

`sync_to_async` in its thread-sensitive form is one thread for the whole process: a slow report would stop every chat.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Thread
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(4, thread_name_prefix="database")


async def in_database_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in one of the threads; its result or its exception."""
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(_guarded, partial(work, *args, **kwargs)))


def _guarded(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        release_connection()


async def in_own_thread(work: Callable[[], T]) -> T:
    """For what waits long for somebody else (a mail relay), and asks the database nothing.

    A thread of its own, which takes no place of others and which the end of the process does not wait for.
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    Thread(target=_run_into, args=(future, work), name="own", daemon=True).start()
    return await asyncio.wrap_future(future)


def _run_into(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)


def release_connection() -> None:
    """After a piece of work in a thread that lives on: a pooled connection goes back to the pool.

    SQLite's stays open: opening the file costs more than most of the work. In a transaction that somebody else
    has begun in this thread it is theirs.
    """
    if connection.vendor != "sqlite" and not connection.in_atomic_block:
        close_old_connections()
