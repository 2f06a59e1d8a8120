"""The real server as a process of its own: own data folder, own free ports, its own log.

Nothing here reaches into the server: tests talk to it as browsers, mail programs and integrations do.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.forked import Forked, Running

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 20.0


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, all different."""
    with contextlib.ExitStack() as stack:
        doors = [stack.enter_context(socket.socket()) for _ in range(count)]
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [door.getsockname()[1] for door in doors]


@dataclass(slots=True)
class Center:
    """One centre. `start`, `stop` and `kill9` may be called again and again; data and ports stay."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=lambda: free_ports(3))
    process: Running | None = None

    @property
    def base_url(self) -> str:
        """Where browsers go, without a slash at the end."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def ws_url(self) -> str:
        """Where sockets go, without a slash at the end."""
        return f"ws://127.0.0.1:{self.ports[0]}"

    @property
    def smtp(self) -> tuple[str, int]:
        """Where mail is handed in."""
        return "127.0.0.1", self.ports[1]

    @property
    def catcher(self) -> tuple[str, int]:
        """Where the demo's mail catcher listens."""
        return "127.0.0.1", self.ports[2]

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self.process is not None, "the server does not run"
        return self.process.pid

    @property
    def log(self) -> str:
        """All it has written."""
        path = self.data_dir / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def environment(self) -> dict[str, str]:
        """What the server sees; nothing of the test's own settings leaks in."""
        own = {
            "DJANGO_SETTINGS_MODULE": "interaction_center.settings",
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": "",
            "PUBLIC_BASE_URL": self.base_url,
            "SMTP_PORT": str(self.ports[1]),
            "CATCHER_PORT": str(self.ports[2]),
        }
        return {**os.environ, **own, **self.settings}

    def manage(self, *words: str) -> str:
        """Run one management command on this centre's data; gives what it printed."""
        with tempfile.TemporaryDirectory() as folder:
            output, errors = Path(folder, "output"), Path(folder, "errors")
            code = self._forked("django", *words, output=output, errors=errors).wait()
            assert code == 0, f"{words} failed:\n{output.read_text()}{errors.read_text()}"
            return output.read_text()

    def run(self, script: str) -> str:
        """Run Python on this centre's data, with its models at hand; gives what it printed."""
        return self.manage("shell", "--no-imports", "-c", script)

    def migrate(self) -> None:
        """Make the tables."""
        self.manage("migrate", "--run-syncdb", "--verbosity", "0")

    def start(self, *, module: str = "django") -> "Center":
        """Start and wait until it answers. `module` takes Django's words, and may do something before it."""
        words = [module, "runcenter", "--host", "127.0.0.1", "--port", str(self.ports[0])]
        log = self.data_dir / "server.log"
        self.process = self._forked(*words, output=log, errors=log)
        self.wait_until_healthy()
        return self

    def _forked(self, *words: str, output: Path, errors: Path) -> Forked:
        return Forked([*words], folder=ROOT, environment=self.environment(), output=output, errors=errors)

    def wait_until_healthy(self) -> None:
        """Until /healthz says 200."""
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(self.base_url):
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended:\n{self.log[-4000:]}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{self.log[-4000:]}"
            time.sleep(0.05)

    def stop(self) -> int:
        """End it as Ctrl-C does and wait; gives the exit code."""
        return self.end(signal.SIGINT)

    def kill9(self) -> None:
        """End it as a power cut does."""
        self.end(signal.SIGKILL)

    def restart(self) -> "Center":
        """Stop in order, start again."""
        self.stop()
        return self.start()

    def end(self, how: signal.Signals) -> int:
        """Send one signal to our own process; one that does not heed it in time is killed and fails the test."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not stop in {STOP_SECONDS} s:\n{self.log[-4000:]}") from None


def is_healthy(base_url: str) -> bool:
    """Whether /healthz answers 200."""
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextlib.contextmanager
def center_from(template: Path, folder: Path, **settings: str) -> Iterator[Center]:
    """A centre on a copy of a prepared data folder, not started; whatever runs at the end is ended."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    center = Center(folder, settings)
    try:
        yield center
    finally:
        if center.process is not None:
            center.stop()


def prepare(folder: Path) -> None:
    """A data folder with tables, people and doors (tests/seed.py)."""
    folder.mkdir(parents=True, exist_ok=True)
    center = Center(folder)
    center.migrate()
    center.run("from tests.seed import fill; fill()")


def prepared(folder: Path) -> Path:
    """A prepared data folder inside this one, made once."""

    def people(making: Path) -> None:
        shutil.copytree(with_tables(folder / "tables"), making, dirs_exist_ok=True)
        prepare(making)

    return made_once(folder, people)


def with_tables(folder: Path) -> Path:
    """A data folder with tables and nothing in them inside this one, made once: they take seconds."""
    return made_once(folder, lambda making: Center(making).migrate())


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder inside this one: filled by whoever asks first, while all others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    made, making = folder / "made", folder / "making"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(made)
    return made


def copy_database(source: Path, target: Path) -> None:
    """As the first one was committed; whatever the second one held is gone."""
    with contextlib.closing(sqlite3.connect(source)) as read, contextlib.closing(sqlite3.connect(target)) as written:
        read.backup(written)
