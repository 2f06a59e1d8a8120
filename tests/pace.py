"""How fast this machine is just now, so that a limit in seconds means the same on a crowded one.

A limit is stated for the machine of docs/measurements.md at rest, where the sum below takes REFERENCE_SECONDS.
"""

import time

REFERENCE_SECONDS = 0.04
ROUNDS = 500_000


def slowness() -> float:
    """How many times longer work takes here and now than on the reference machine; never below 1.

    The median of five: a virtual machine may stand still for a moment, which is no pace.
    """
    return max(1.0, sorted(_one_sum() for _ in range(5))[2] / REFERENCE_SECONDS)


def _one_sum() -> float:
    started = time.perf_counter()
    total = 0
    for number in range(ROUNDS):
        total += number * number
    return time.perf_counter() - started
