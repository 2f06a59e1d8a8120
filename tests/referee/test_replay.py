"""The referee finds what is planted into the notes of a run: it bites."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels_app.callback.simulator.exchanges import FOLDER
from tests.callback.simulator.builders import SITE, a_client, a_network, call
from tests.referee.prism import referee, twilios_description
from tests.referee.replay import Exchange, Upstream, Verdict, an_upstream, exchanges_in, replay

Judge = tuple[str, Upstream, dict[str, Any]]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Prism takes seconds to start, so the tests here share one."""
    with an_upstream() as upstream, referee(upstream.address, tmp_path_factory.mktemp("referee")) as running:
        yield running.address, upstream, twilios_description()


@pytest.fixture
def placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    """A call that was really placed and noted, as if the centre had done it."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    call(a_network(), machine_detection="Enable", status_callback=f"{SITE}/s", status_callback_event=["completed"])
    (exchange,) = exchanges_in(tmp_path)
    return replace(exchange, test="tests/callback/test_dialling.py::test")


def judged(judge: Judge, *exchanges: Exchange) -> Verdict:
    """What the referee says of these."""
    return replay(exchanges, *judge)


def test_what_was_right_is_right_once_more(judge: Judge, placed: Exchange) -> None:
    verdict = judged(judge, placed)
    assert (verdict.judged, verdict.violations) == (1, [])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("Timeout", "soon", '"type": "integer"'),
        ("Method", "PATCH", '"enum"'),
        ("StatusCallback", "nowhere", '"format": "uri"'),
    ],
)
def test_a_wrong_parameter_is_reported_with_what_twilio_says(
    judge: Judge, placed: Exchange, field: str, value: str, words: str
) -> None:
    (found,) = judged(judge, replace(placed, form={**placed.form, field: [value]})).violations
    assert found.place == f"body.{field}"
    assert words in found.description
    assert placed.test in str(found)


@pytest.mark.parametrize(
    ("right", "wrong", "place", "words"),
    [
        ('"status": "queued"', '"status": "waiting"', "response.body.status", '"in-progress"'),
        ('"direction": "outbound-api"', '"direction": 7', "response.body.direction", '"type": "string"'),
    ],
)
def test_a_wrong_answer_is_reported_with_what_twilio_says(
    judge: Judge, placed: Exchange, right: str, wrong: str, place: str, words: str
) -> None:
    assert right in placed.answer
    found = judged(judge, replace(placed, answer=placed.answer.replace(right, wrong))).violations
    assert {one.place for one in found} == {place}
    assert words in found[0].description


def test_a_path_that_twilio_does_not_describe_is_reported(judge: Judge, placed: Exchange) -> None:
    (found,) = judged(judge, replace(placed, path=placed.path.replace("Calls", "Rings"))).violations
    assert found.description == "no POST of such a path"


def test_what_a_test_of_the_simulator_asks_wrongly_is_right_when_it_is_refused(judge: Judge, placed: Exchange) -> None:
    wrong = replace(placed, form={**placed.form, "Timeout": ["soon"]})
    of_the_simulator = replace(wrong, test="tests/callback/simulator/test_api.py::test")
    refused = replace(of_the_simulator, status=400, answer='{"code": 20001, "message": "no", "status": 400}')
    assert judged(judge, refused).refused_by_both == 1
    assert judged(judge, refused).violations == []
    assert judged(judge, of_the_simulator).violations, "taken by the simulator, but not by Twilio"
    assert judged(judge, replace(refused, test=placed.test)).violations, "the centre must not ask so"


def test_sound_and_closed_connections_are_left_out(judge: Judge, placed: Exchange) -> None:
    sound = replace(placed, method="GET", path=placed.path.replace("Calls.json", "Recordings/RE1.wav"))
    assert judged(judge, sound, replace(placed, type="audio/x-wav"), replace(placed, status=0)).judged == 0


def test_a_list_without_twilios_names_is_reported(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    network = a_network()
    call(network)
    a_client(network).calls.list()
    listed = next(one for one in exchanges_in(tmp_path) if one.method == "GET")
    assert judged(judge, listed).violations == []
    planted = replace(listed, answer=listed.answer.replace('"status": "queued"', '"status": null'))
    found = judged(judge, planted).violations
    assert {one.place for one in found} == {"response.body.calls.0.status"}


def test_a_kind_that_several_processes_have_seen_is_judged_once(tmp_path: Path, placed: Exchange) -> None:
    notes = next(tmp_path.glob("*.jsonl"))
    (tmp_path / "another.jsonl").write_text(notes.read_text())
    assert len(exchanges_in(tmp_path)) == 1
