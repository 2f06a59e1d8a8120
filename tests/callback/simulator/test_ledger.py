"""The judge."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_app.callback.simulator.ledger import Ledger, Ring
from tests.callback.simulator.builders import AGENT, THEIRS, Site, a_network, answers, call, response


def a_ring(ledger: Ledger, call: str, *, start: float, end: float | None, number: str = THEIRS) -> None:
    """A call that rings from its placing on."""
    ledger.placed(Ring(call, number, "+49301", "outbound-api", start))
    ledger.rang(call, start)
    if end is not None:
        ledger.ended(call, end, "no-answer")


@pytest.mark.parametrize(
    ("first", "second", "is_overlap"),
    [
        ((0, 10), (10, 20), False),
        ((0, 10), (9.9, 20), True),
        ((0, 100), (10, 20), True),
        ((0, None), (500, 510), True),
        ((5, 5), (5, 5), True),
        ((0, 10), (30, 40), False),
    ],
)
def test_two_calls_to_one_telephone_at_one_instant_are_an_overlap(
    first: tuple[float, float | None], second: tuple[float, float | None], is_overlap: bool
) -> None:
    ledger = Ledger()
    a_ring(ledger, "CA1", start=first[0], end=first[1])
    a_ring(ledger, "CA2", start=second[0], end=second[1])
    a_ring(ledger, "CA3", start=0, end=1000, number=AGENT)
    assert [(one.call, other.call) for one, other in ledger.overlaps()] == ([("CA1", "CA2")] if is_overlap else [])


def test_a_ring_outside_of_the_window_is_found() -> None:
    ledger = Ledger()
    night = datetime(2026, 3, 2, 20, 0, tzinfo=UTC).timestamp()
    a_ring(ledger, "CA1", start=night - 100, end=night - 50)
    a_ring(ledger, "CA2", start=night - 10, end=night + 10)
    assert [ring.call for ring in ledger.outside(lambda number, start, end: end.hour < 20)] == ["CA2"]


def test_the_file_tells_the_same_as_the_memory(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    network = a_network(Site(twiml=response(f"<Dial>{AGENT}</Dial>")), ledger=ledger)
    network.script(THEIRS, answers())
    network.script(AGENT, answers())
    call(network)
    network.advance(5)
    network.hang_up(THEIRS)
    network.run_until_idle()
    read = Ledger.read(tmp_path / "ledger.jsonl")
    shown = [
        [(ring.call, ring.number, ring.rang, ring.ended, ring.result) for ring in one.rings] for one in (ledger, read)
    ]
    assert shown[0] == shown[1]
    assert len(shown[0]) == 2
    assert [(bridge.listener, bridge.end) for bridge in read.bridges] == [
        (bridge.listener, bridge.end) for bridge in ledger.bridges
    ]


def test_each_line_is_in_the_file_at_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    a_ring(ledger, "CA1", start=1, end=None)
    assert [ring.rang for ring in Ledger.read(tmp_path / "ledger.jsonl").rings] == [1]


def test_what_was_open_when_the_network_ended_has_ended_with_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    before = Ledger(path)
    a_ring(before, "CA1", start=1, end=None)
    before.hears(5, "room", {("CA1", "CA9")})
    before.close()
    path.write_bytes(path.read_bytes() + b'{"event":"rang","at')  # cut off by a crash
    after = Ledger(path)
    a_ring(after, "CA2", start=10, end=20)
    assert [(ring.call, ring.result) for ring in after.rings] == [("CA1", "network-ended"), ("CA2", "no-answer")]
    assert after.overlaps() == []
    assert [ring.call for ring in Ledger.read(path).rings] == ["CA1", "CA2"]
    assert [bridge.end for bridge in Ledger.read(path).bridges] == [5]


def test_the_path_of_the_document_is_known_without_its_query() -> None:
    network = a_network(Site(twiml=response("<Hangup/>")))
    call(network, url="https://centre.example/cb/t/abc?step=hello")
    assert network.ledger.rings[0].path == "/cb/t/abc"
