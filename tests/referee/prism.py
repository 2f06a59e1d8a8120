"""Prism as referee between our client and whatever plays Twilio: both sides are held against Twilio's description.

A request that Twilio would not understand is answered with 422 by Prism itself, an answer that Twilio would not give
becomes a 500. Either is also noted here, so that a test need not see it to fail.
"""

import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests import machine
from tests.referee.patching import patched
from tests.servers import free_ports

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
PRISM = PACKAGES / "@stoplight" / "prism-cli" / "dist" / "index.js"
SPEC = PACKAGES / "@twilio" / "cli-core" / "src" / "services" / "twilio-api" / "twilio_api_v2010.json"
START_SECONDS = 90.0
STOP_SECONDS = 10.0
LOG_SECONDS = 30.0
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
VIOLATION = re.compile(r"\[HTTP SERVER\] (.*) ✖ .*prism/errors#(?!UNKNOWN)(.*)")  # unknown: the upstream has gone away
FIELD = "WHICH FIELD "  # from say_which_field.cjs, just before the line of the violation
MARK = "/read-up-to-here/"


@dataclass(slots=True)
class Referee:
    """A running Prism. `address` stands for https://api.twilio.com; `lines` is its log."""

    address: str
    lines: list[str] = field(default_factory=list)
    marks: int = 0

    @property
    def violations(self) -> list[str]:
        """What it has found so far: the request, and what is wrong with it or with its answer."""
        self._read_up_to_here()
        found, field_line = [], ""
        for line in self.lines:
            if line.startswith(FIELD):
                field_line = line.removeprefix(FIELD)
            match = VIOLATION.search(line)
            if match and MARK not in match[1]:
                found.append(f"{match[1]}: {field_line or match[2]}")
        return found

    def forget(self) -> None:
        """Start anew."""
        self._read_up_to_here()
        self.lines.clear()

    def _read_up_to_here(self) -> None:
        """The log comes after the answers: once it shows a request of our own, all before it is there."""
        self.marks += 1
        mark, deadline = f"{MARK}{self.marks} ", time.monotonic() + LOG_SECONDS
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(self.address + mark.strip(), timeout=LOG_SECONDS)
        while not any(mark in line and "prism/errors#" in line for line in list(self.lines)):
            assert time.monotonic() < deadline, "Prism no longer writes its log"
            time.sleep(0.01)


@contextmanager
def referee(upstream: str, folder: Path) -> Iterator[Referee]:
    """Prism in front of this address; `folder` takes the changed description. Ended by its process id."""
    node = machine.needed("Node", machine.node(), "install Node 20, or start bin/test, which does")
    machine.needed("Prism", str(PRISM) if PRISM.exists() else None, "npm ci in tests/referee, or start bin/test")
    spec = folder / "twilio.json"
    spec.write_text(json.dumps(twilios_description()))
    port = free_ports(1)[0]
    program = [node, "--require", str(HERE / "say_which_field.cjs"), str(PRISM)]
    command = [*program, "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), str(spec), upstream]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    found = Referee(f"http://127.0.0.1:{port}")
    reader = threading.Thread(target=_note, args=(process.stdout, found.lines), daemon=True)
    reader.start()
    try:
        _wait_until_it_answers(process, found)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(STOP_SECONDS)


def twilios_description() -> dict[str, Any]:
    """As Prism gets it."""
    return patched(json.loads(SPEC.read_text()))


def _note(output: IO[str], lines: list[str]) -> None:
    for line in output:
        lines.append(COLOURS.sub("", line).strip())


def _wait_until_it_answers(process: "subprocess.Popen[str]", found: Referee) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Prism has ended: {found.lines[-5:]}"
        try:
            urllib.request.urlopen(f"{found.address}{MARK}0", timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Prism did not start: {found.lines[-5:]}")
