"""The servers that are measured, as processes of their own: the centre on a fresh data folder, and the references."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.servers import ROOT, Center, free_ports, prepare

# One generator plays hundreds of visitors from one address: without this the limits would be measured, not the server.
LIMITS = (
    "VISITOR_MESSAGES_PER_SECOND",
    "VISITOR_MESSAGE_BURST",
    "VISITOR_MESSAGES_PER_MINUTE",
    "VISITOR_SOCKETS_PER_IP",
    "NEW_VISITORS_PER_MINUTE",
)
NO_LIMITS = dict.fromkeys(LIMITS, "1000000000")
ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """Something that runs. `plan` is the file of its visitors and agents, "" when it has no accounts."""

    name: str
    adapter: str
    base: str
    pid: int
    plan: str = ""
    smtp: tuple[str, int] = ("", 0)

    @property
    def words(self) -> list[str]:
        """What the generator's commands need to know."""
        plan = ["--plan", self.plan] if self.plan else []
        return ["--adapter", self.adapter, "--base", self.base, *plan, "--pid", str(self.pid)]


@contextlib.contextmanager
def centre(
    folder: Path, name: str, *, chats: int, agents: int, others: int = 0, knowledge: Path | None = None
) -> Iterator[Server]:
    """The centre with `chats` held by `agents`, and `others` open besides. `knowledge` is a file of documents."""
    prepare(folder)
    center = Center(folder, NO_LIMITS)
    plan = folder / "plan.json"
    center.run(f"from bench.prepare import fill; fill({str(plan)!r}, {chats=}, {agents=}, {others=})")
    if knowledge is not None:
        center.run(f"from bench.prepare import fill_knowledge; fill_knowledge({str(knowledge)!r})")
    center.start()
    try:  # the data are thrown away: ended at once, however many sockets are open
        yield Server(name, "cic", center.ws_url, center.pid, str(plan), center.smtp)
    finally:
        center.kill9()


@contextlib.contextmanager
def reference(folder: Path, name: str, *, shape: str = "group", agents: int = 10) -> Iterator[Server]:
    """`reference/ceiling.py` in one of its shapes."""
    folder.mkdir(parents=True, exist_ok=True)
    given = {"SHAPE": shape, "AGENTS": str(agents), "SQLITE": str(folder / "ceiling.sqlite3")}
    with _daphne("ceiling", folder, given) as (port, pid):
        yield Server(name, "ceiling", f"ws://127.0.0.1:{port}", pid)


@contextlib.contextmanager
def echo_server(folder: Path) -> Iterator[tuple[str, int]]:
    """`reference/echoapp.py`: its address and process."""
    folder.mkdir(parents=True, exist_ok=True)
    with _daphne("echoapp", folder, {}) as (port, pid):
        yield f"ws://127.0.0.1:{port}/", pid


@contextlib.contextmanager
def _daphne(module: str, folder: Path, given: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Daphne with its own defaults (`--ping-interval 0` would ping every two seconds)."""
    port = free_ports(1)[0]
    words = ["-b", "127.0.0.1", "-p", str(port), "-v", "0", f"bench.chat_load.reference.{module}:app"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **given}
    with (folder / f"{module}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "daphne", *words], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(port, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until it listens. RuntimeError when it does not in time."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the reference server does not start; see its log")


def generate(module: str, *words: str) -> "subprocess.Popen[str]":
    """One command of the generator, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", f"bench.chat_load.{module}", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def pipe(stream: IO[str] | None) -> IO[str]:
    """A pipe that was asked for."""
    assert stream is not None
    return stream
