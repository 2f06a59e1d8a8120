"""Figures as tables that can be pasted into docs/measurements.md, and the conditions they were taken under."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from statistics import median

from bench.chat_load.stats import load_average


def conditions() -> str:
    """One line: machine, versions, load average now."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("django", "daphne", "aiosmtpd"))
    python = platform.python_version()
    return f"{os.cpu_count()} cores, Python {python}, {versions}, load average {load_average()}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def middle(values: Iterable[float]) -> float:
    """The median, because one busy second of the machine must not decide."""
    return float(median(list(values)))


def verdict(what: str, *, is_met: bool) -> bool:
    """Print whether a figure is good enough; gives it back."""
    print(f"{'met    ' if is_met else 'NOT MET'}  {what}", flush=True)
    return is_met
