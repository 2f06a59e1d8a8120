"""What a process notes of the API: each kind of exchange once, at once, and nothing secret."""

import json
from pathlib import Path

import pytest

from channels_app.callback.simulator.exchanges import FOLDER
from tests.callback.simulator.builders import ACCOUNT, AGENT, OURS, THEIRS, a_client, a_network, call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process notes."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "notes"))
    return tmp_path / "notes"


def lines(folder: Path) -> list[dict[str, object]]:
    """What is noted so far."""
    (path,) = folder.glob("*.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_exchange_is_noted_with_its_answer_and_the_test_that_made_it(folder: Path) -> None:
    sid = call(a_network(), twiml="<Response/>")
    (noted,) = lines(folder)
    assert (noted["method"], noted["path"]) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT.sid}/Calls.json")
    assert noted["form"] == {"To": [THEIRS], "From": [OURS], "Twiml": ["<Response/>"]}
    assert (noted["status"], json.loads(str(noted["answer"]))["sid"]) == (201, sid)
    assert str(noted["test"]).endswith("::test_an_exchange_is_noted_with_its_answer_and_the_test_that_made_it")


def test_what_differs_in_numbers_and_names_alone_is_counted_by_doubling(folder: Path) -> None:
    network = a_network()
    for number in (THEIRS, AGENT, THEIRS, AGENT, THEIRS):
        call(network, to=number, twiml="<Response/>")
    assert [line.get("count", 1) for line in lines(folder)] == [1, 2, 4]


def test_another_field_another_word_and_another_state_are_other_kinds(folder: Path) -> None:
    network = a_network()
    sid = call(network, twiml="<Response/>")
    call(network, twiml="<Response/>", timeout=20)
    for machines in ("Enable", "DetectMessageEnd"):
        call(network, twiml="<Response/>", machine_detection=machines)
    a_client(network).calls(sid).fetch()
    network.run_until_idle()
    a_client(network).calls(sid).fetch()
    assert [line["number"] for line in lines(folder)] == [0, 1, 2, 3, 4, 5]


def test_no_credentials_are_noted(folder: Path) -> None:
    call(a_network(), twiml="<Response/>")
    (path,) = folder.glob("*.jsonl")
    assert ACCOUNT.token not in path.read_text()


def test_nothing_is_noted_where_nobody_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    call(a_network(), twiml="<Response/>")
    assert list(tmp_path.iterdir()) == []
