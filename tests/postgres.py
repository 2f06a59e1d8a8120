"""A throw-away PostgreSQL: own folder, unix socket only, no fsync.

As a program it runs a command against one:  python -m tests.postgres pytest tests/queue
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests import machine

FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200"]


@contextlib.contextmanager
def cluster(programs: str) -> Iterator[str]:
    """A running cluster; gives the URL of its empty database `center`."""
    folder = Path(tempfile.mkdtemp(prefix="center-pg-"))
    try:
        folder.chmod(0o755)
        data, sockets = folder / "data", folder / "sockets"
        for path in (data, sockets):
            path.mkdir(mode=0o700)
            hand_over(path)
        subprocess.run(
            [
                *as_owner(),
                f"{programs}/initdb",
                "-A",
                "trust",
                "--no-sync",
                "--locale=C.UTF-8",
                "-U",
                "center",
                "-D",
                data,
            ],
            cwd="/",
            check=True,
            capture_output=True,
        )
        with server(programs, data, sockets, folder / "log"):
            yield f"postgres://center@{quote(str(sockets), safe='')}/center"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def server(programs: str, data: Path, sockets: Path, log: Path) -> Iterator[None]:
    """The server process, from the first accepted connection to its end."""
    options = [word for option in FAST for word in ("-c", option)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*as_owner(), f"{programs}/postgres", "-D", data, "-k", sockets, *options],
            cwd="/",
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        create_database(sockets, process, log)
        yield
    finally:
        end_postmaster(data, process)


def end_postmaster(data: Path, process: "subprocess.Popen[bytes]") -> None:
    """SIGQUIT-free immediate end by the pid that PostgreSQL wrote down; `runuser` itself ends with it."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), 3)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def create_database(sockets: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for the server and make the database."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(host=str(sockets), user="center", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE center")
                return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}") from None
            time.sleep(0.05)


def as_owner() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def hand_over(path: Path) -> None:
    """Root makes the folders, the database's own user uses them."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def main(command: Sequence[str]) -> int:
    """Run the command with DATABASE_URL set; its exit code is ours."""
    programs = machine.postgresql()
    if programs is None:
        print(f"PostgreSQL is missing: apt-get install {machine.APT['postgresql']}", file=sys.stderr)
        return 1
    with cluster(programs) as url:
        words = [sys.executable, "-m", *command]
        return subprocess.run(words, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
