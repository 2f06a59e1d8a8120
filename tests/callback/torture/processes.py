"""The phone network and a centre that dies, as processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels_app.callback.simulator.ledger import Ledger
from tests.servers import ROOT, Center, is_healthy

ACCOUNT, TOKEN = "AC" + "0" * 32, "f" * 32
ENDS = ("done", "cancelled", "expired", "refused", "failed")


@dataclass(slots=True)
class Box:
    """A phone network that runs beside us."""

    address: str
    data: Path

    @property
    def ledger(self) -> Ledger:
        """What it has written down, whoever has crashed since."""
        return Ledger.read(self.data / "ledger.jsonl")

    def tell(self, method: str, path: str, body: object) -> None:
        """Set something up."""
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.address}{path}", json.dumps(body).encode(), headers, method=method)
        urllib.request.urlopen(asked, timeout=10).close()


@contextmanager
def a_box(data: Path) -> Iterator[Box]:
    """Started, and ended by its pid."""
    words = ["--port", "0", "--data", str(data), "--account", ACCOUNT]
    environment = {**os.environ, "PHONE_NETWORK_TOKEN": TOKEN}
    process = subprocess.Popen(
        [sys.executable, "-m", "channels_app.callback.simulator", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Box(json.loads(process.stdout.readline())["address"], data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def led_to(box: Box, center: Center) -> None:
    """The centre uses this network, whose account it knows, and is less patient than usual."""
    center.settings |= {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_IS_AT": box.address,
        "TWILIO_TIMEOUT_SECONDS": "3",
        "CALL_LEASE_SECONDS": "10",
        "CALL_ABSENCE_SECONDS": "3",
    }


def start_dying(center: Center, point: str = "") -> None:
    """Start it so that it dies at this point, or not at all."""
    words = ["runcenter", "--host", "127.0.0.1", "--port", str(center.ports[0])]
    with (center.data_dir / "server.log").open("ab") as log:
        center.process = subprocess.Popen(
            [sys.executable, "-m", "tests.callback.torture.crashing", *words],
            cwd=ROOT,
            env={**center.environment(), "CRASH_AT": point},
            stdout=log,
            stderr=log,
        )


def wait_for_death(center: Center, seconds: float) -> None:
    """Until it has died of itself."""
    assert center.process is not None
    assert center.process.wait(seconds) == -signal.SIGKILL, center.log[-3_000:]
    center.process = None


def ask(center: Center, script: str) -> Any:
    """The JSON that a script prints that sees the rows of this centre."""
    return json.loads(center.run(script).strip().splitlines()[-1])


def until(center: Center, script: str, seconds: float) -> Any:
    """Ask until the answer is true; how it stands when the time is up."""
    end = time.monotonic() + seconds
    while not (found := ask(center, script)) and time.monotonic() < end:
        assert is_healthy(center.base_url)
        time.sleep(0.5)
    return found
