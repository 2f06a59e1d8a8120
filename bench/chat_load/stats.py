"""Percentiles of latencies; CPU seconds and resident bytes of process trees."""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import psutil  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Summary:
    """Latencies in milliseconds; `n` samples."""

    n: int
    p50: float
    p95: float
    p99: float
    max: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f} / {self.p99:.1f}"


def summary(seconds: Iterable[float]) -> Summary:
    """Percentiles of latencies given in seconds; NaN without samples."""
    values = sorted(seconds)
    points = (_percentile(values, 50), _percentile(values, 95), _percentile(values, 99), _percentile(values, 100))
    return Summary(len(values), *(round(point * 1000, 2) for point in points))


def as_json(value: Summary) -> dict[str, float]:
    """For one line of JSON."""
    return asdict(value)


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """Nearest rank."""
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time so far of these processes and their children."""
    return sum(_cpu(process) for process in _tree(pids))


def resident_bytes(pids: Sequence[int]) -> int:
    """Resident memory of these processes and their children."""
    return sum(_memory(process) for process in _tree(pids))


def load_average() -> float:
    """Of the last minute: figures in milliseconds count only when it was low before the run."""
    return round(os.getloadavg()[0], 2)


def _tree(pids: Sequence[int]) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            parent = psutil.Process(pid)
            found |= {process.pid: process for process in (parent, *parent.children(recursive=True))}
        except psutil.NoSuchProcess:
            continue
    return list(found.values())


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
