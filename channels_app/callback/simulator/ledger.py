"""The ledger: every telephone that ever rang, everybody who ever heard anybody. A judge: it knows nothing of us.

In memory it answers questions; as JSON lines in a file, flushed line by line, it outlives whoever crashes.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import IO, Any

RINGS_KEPT = 50_000


@dataclass(slots=True, eq=False)
class Ring:
    """One call to (or, `inbound`, from) one telephone. Instants are seconds since 1970.

    `placed`: accepted by the network. `rang`: it began to ring, None if it never did. `result`: the final CallStatus.
    `by_fault`: a second call that only a fault of the network made. `path`: of the address that says what it hears.
    """

    call: str
    number: str
    peer: str
    direction: str
    placed: float
    request: str = ""
    path: str = ""
    by_fault: bool = False
    rang: float | None = None
    answered: float | None = None
    ended: float | None = None
    result: str = ""

    @property
    def ringing(self) -> tuple[float, float] | None:
        """From the first ring to the answer or the end of the ringing; None if it never rang or still rings."""
        end = self.answered if self.answered is not None else self.ended
        return None if self.rang is None or end is None else (self.rang, end)

    def overlaps(self, other: "Ring") -> bool:
        """Whether both had the telephone at the same instant, from the placing to the end."""
        first, second = sorted((self, other), key=lambda ring: ring.placed)
        return first.placed == second.placed or first.ended is None or second.placed < first.ended


@dataclass(slots=True, eq=False)
class Bridge:
    """One call hears another, from `start` to `end` (None: still)."""

    listener: str
    speaker: str
    start: float
    end: float | None = None


class Ledger:
    """Append-only. `path` None: in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self.rings: deque[Ring] = deque(maxlen=RINGS_KEPT)
        self.bridges: deque[Bridge] = deque(maxlen=RINGS_KEPT)
        self._by_call: dict[str, Ring] = {}
        self._open_bridges: dict[tuple[str, str], Bridge] = {}
        self._pairs: dict[str, set[tuple[str, str]]] = {}
        self._hearing: dict[str, set[str]] = {}
        self._file: IO[str] | None = None
        if path is not None:
            self._resume(path)

    @classmethod
    def read(cls, path: Path) -> "Ledger":
        """The ledger in this file, to ask questions of; a last line that was cut off by a crash is left out."""
        ledger = cls()
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                ledger._apply(json.loads(line))
            except json.JSONDecodeError:
                break
        return ledger

    def placed(self, ring: Ring) -> None:
        """A call was accepted by the network."""
        about = {"peer": ring.peer, "direction": ring.direction, "request": ring.request, "path": ring.path}
        self._note("placed", ring.placed, call=ring.call, number=ring.number, by_fault=ring.by_fault, **about)

    def rang(self, call: str, at: float) -> None:
        """Its telephone began to ring."""
        self._note("rang", at, call=call)

    def answered(self, call: str, at: float) -> None:
        """Somebody picked up."""
        self._note("answered", at, call=call)

    def ended(self, call: str, at: float, result: str) -> None:
        """It is over."""
        self._note("ended", at, call=call, result=result)

    def hears(self, at: float, scope: str, pairs: set[tuple[str, str]]) -> None:
        """Who hears whom from now on in this conference or bridge, as (listener, speaker) call sids."""
        before = self._pairs.get(scope, set())
        for listener, speaker in sorted(before - pairs):
            self._note("parted", at, listener=listener, speaker=speaker)
        for listener, speaker in sorted(pairs - before):
            self._note("bridged", at, listener=listener, speaker=speaker)
        self._pairs[scope] = pairs
        if not pairs:
            self._pairs.pop(scope)

    def heard_now(self, call: str) -> set[str]:
        """Whom this call hears, as call sids."""
        return self._hearing.get(call, set())

    def heard_by(self, call: str, at: float) -> list[str]:
        """Whom this call hears at that instant, as call sids."""
        heard = (bridge for bridge in self.bridges if bridge.listener == call and bridge.start <= at)
        return [bridge.speaker for bridge in heard if bridge.end is None or at < bridge.end]

    def rings_to(self, number: str) -> list[Ring]:
        """All calls to this telephone, in their order; not those that it made."""
        return [ring for ring in self.rings if ring.number == number and ring.direction != "inbound"]

    def overlaps(self, *, by_fault: bool = True) -> list[tuple[Ring, Ring]]:
        """Pairs of calls that had one telephone at the same instant. `by_fault` False leaves out what the network
        doubled by itself."""
        by_number: dict[str, list[Ring]] = defaultdict(list)
        for ring in self.rings:
            if by_fault or not ring.by_fault:
                by_number[ring.number].append(ring)
        return [pair for rings in by_number.values() for pair in _overlapping(rings)]

    def outside(self, is_allowed: Callable[[str, datetime, datetime], bool]) -> list[Ring]:
        """Rings that broke the rule: `is_allowed(number, start, end)` is asked about the ringing of each call to a
        telephone, in UTC."""
        return [ring for ring in self.rings if ring.direction != "inbound" and not _is_kept(ring, is_allowed)]

    def end_all(self, at: float | None = None) -> None:
        """The network ends, and with it what is open: at this instant, else at the last one that is known of each."""
        for ring in list(self._by_call.values()):
            known = [instant for instant in (ring.placed, ring.rang, ring.answered, at) if instant is not None]
            self.ended(ring.call, max(known), "network-ended")
        for (listener, speaker), bridge in list(self._open_bridges.items()):
            self._note("parted", bridge.start if at is None else at, listener=listener, speaker=speaker)

    def close(self) -> None:
        """Nothing is written any more."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _resume(self, path: Path) -> None:
        """Go on with an older file. What was open when the network ended has ended with it."""
        if path.exists():
            older = Ledger.read(path)
            self._restore(older, path)
        self._file = path.open("a", encoding="utf-8")
        self.end_all()

    def _restore(self, older: "Ledger", path: Path) -> None:
        text = path.read_bytes()
        if text and not text.endswith(b"\n"):  # a line that a crash cut off
            path.write_bytes(text[: text.rfind(b"\n") + 1])
        self.rings, self.bridges = older.rings, older.bridges
        self._by_call, self._open_bridges, self._hearing = older._by_call, older._open_bridges, older._hearing

    def _note(self, event: str, at: float, **about: Any) -> None:
        line = {"event": event, "at": round(at, 6), **about}
        self._apply(line)
        if self._file is not None:
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
            self._file.flush()

    def _apply(self, line: dict[str, Any]) -> None:
        event, at = line["event"], line["at"]
        about = {name: value for name, value in line.items() if name not in ("event", "at")}
        if event == "placed":
            self._open(Ring(placed=at, **about))
        elif event == "bridged":
            self._open_bridges[line["listener"], line["speaker"]] = bridge = Bridge(start=at, **about)
            self._hearing.setdefault(line["listener"], set()).add(line["speaker"])
            self.bridges.append(bridge)
        elif event == "parted":
            self._part(line["listener"], line["speaker"], at)
        elif ring := self._by_call.get(line["call"]):
            setattr(ring, event, at)
            if event == "ended":
                ring.result = line["result"]
                del self._by_call[ring.call]

    def _part(self, listener: str, speaker: str, at: float) -> None:
        self._open_bridges.pop((listener, speaker)).end = at
        self._hearing[listener].discard(speaker)
        if not self._hearing[listener]:
            del self._hearing[listener]

    def _open(self, ring: Ring) -> None:
        self.rings.append(ring)
        self._by_call[ring.call] = ring


def _overlapping(rings: Iterable[Ring]) -> Iterator[tuple[Ring, Ring]]:
    return (pair for pair in combinations(rings, 2) if pair[0].overlaps(pair[1]))


def _is_kept(ring: Ring, is_allowed: Callable[[str, datetime, datetime], bool]) -> bool:
    if ring.rang is None:
        return True
    start, end = ring.ringing or (ring.rang, ring.rang)
    return is_allowed(ring.number, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
