"""The parts of the machine that tests need beside Python, and what happens where one is missing."""

import os
import shutil
from pathlib import Path

import pytest

APT = {"chromium": "chromium", "postgresql": "postgresql", "redis": "redis-server"}


def chromium() -> str | None:
    """The browser, whatever its name here."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def postgresql() -> str | None:
    """The folder of PostgreSQL's own programs, newest version first. Debian keeps `initdb` off PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    found = next((str(folder) for folder in folders if (folder / "initdb").exists()), None)
    initdb = shutil.which("initdb")
    return found or (str(Path(initdb).parent) if initdb else None)


def needed(name: str, found: str | None) -> str:
    """What was found; else the test is skipped with the line that helps, or fails where `CI` is set."""
    if found is not None:
        return found
    reason = f"{name} is missing: apt-get install {APT[name]}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
