"""A centre that dies at a named point: CRASH_AT=posting._prepared:after:2 python -m tests.callback.torture.crashing …

The point is a function of channels_app.callback, before or after, at its n-th call. The process is killed as by
SIGKILL: nothing is flushed, nothing is said. All other words go to Django.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

import django
from django.core.management import execute_from_command_line

from channels_app.callback import accounts


def die() -> None:
    """As a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying(work: Callable[..., Any], when: str, turn: int) -> Callable[..., Any]:
    """The same function, but for its `turn`-th call."""
    calls = count(1)

    def run(*args: Any, **kwargs: Any) -> Any:
        is_last = next(calls) == turn
        if is_last and when == "before":
            die()
        result = work(*args, **kwargs)
        if is_last and when == "after":
            die()
        return result

    return run


def main() -> None:
    """Lead the hosts of Twilio to the network in a box, plant the point, then do what was asked for."""
    django.setup()
    elsewhere = tuple((host, os.environ["TWILIO_IS_AT"]) for host, _ in accounts.REAL_HOSTS)
    vars(accounts).update(REAL_HOSTS=elsewhere)
    if point := os.environ.get("CRASH_AT"):
        name, when, turn = point.split(":")
        module_name, _, function = name.rpartition(".")
        module = import_module(f"channels_app.callback.{module_name}")
        setattr(module, function, dying(getattr(module, function), when, int(turn)))
    execute_from_command_line(["django", *sys.argv[1:]])


if __name__ == "__main__":
    main()
