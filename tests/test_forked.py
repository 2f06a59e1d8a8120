"""A forked process is what `python -m` would have made, but for the libraries that it need not read."""

import contextlib
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.network import own_network
from tests.servers import copy_database, prepared

SAYS = """
import os, sys
print(sorted(os.environ), os.getcwd(), sys.argv[1:], "django.conf" in sys.modules, "interaction_center" in sys.modules)
sys.exit(int(sys.argv[1]))
"""


def forked(folder: Path, script: str, *words: str) -> Forked:
    (folder / "says.py").write_text(script)
    output, errors = folder / "output", folder / "errors"
    own = {"PYTHONPATH": str(folder), "LANG": "C.UTF-8"}
    return Forked(["says", *words], folder=folder, environment=own, output=output, errors=errors)


def test_it_knows_its_own_environment_alone_and_tells_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    process = forked(tmp_path, SAYS, "7")
    assert process.wait(60) == 7
    assert process.poll() == 7
    said = (tmp_path / "output").read_text()
    assert said == f"['LANG', 'PYTHONPATH'] {tmp_path} ['7'] True False\n"


def test_it_is_in_the_network_of_whoever_asked_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    says = "import os; print(os.readlink('/proc/thread-self/ns/net'))"
    forked(tmp_path, says).wait(60)  # the process that has read the libraries is in this network
    try:
        with own_network():
            forked(tmp_path, says).wait(60)
            here = os.readlink("/proc/thread-self/ns/net")
    except OSError as error:
        pytest.skip(f"no network of its own: {error}")
    first, second = (tmp_path / "output").read_text().split()
    assert first != second == here
    assert os.readlink("/proc/thread-self/ns/net") == first


def test_whoever_is_killed_says_by_which_signal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    process = forked(tmp_path, "import time; time.sleep(600)")
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    process.send_signal(signal.SIGKILL)  # nobody else gets it


def test_the_data_that_every_centre_begins_with_are_made_once(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    assert prepared(tmp_path) == tmp_path / "made"
    assert list((tmp_path / "made").iterdir()) == []


def test_a_copy_of_a_database_holds_what_was_committed_and_nothing_from_before(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for path, word in ((source, "new"), (target, "old")):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE said AS SELECT ? AS word", [word])
    copy_database(source, target)
    with contextlib.closing(sqlite3.connect(target)) as database:
        assert database.execute("SELECT word FROM said").fetchall() == [("new",)]
