"""How fast and how safely does the live path carry chats? `python -m bench.chat` starts, measures and prints tables.

The centre on a fresh data folder against a bare server that only stores and fans out, in turns, so that both see
the same machine. Limits per visitor and address are lifted for the run.
Ends with 1 when something that must hold does not.
"""

import contextlib
import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.chat_load.stats import load_average
from bench.report import conditions, middle, table, verdict
from bench.servers import Server, centre, echo_server, generate, pipe, reference

RATIO = 0.5
COST = 1.2
BETTER = 3.0
ACTIVE = 100
FEW = 100
FAULTS = ("not_acked", "lost", "duplicates", "out_of_order", "errors", "closed")
COLUMNS = (
    "server",
    "round",
    "acked/s",
    "acked per CPU-s",
    "ack ms p50/p95/p99",
    "deliver ms p50/p95/p99",
    "faults",
    "load",
)

Figures = dict[str, Any]


def main() -> None:
    """The command."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=[*PARTS], nargs="*", default=[*PARTS])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--agents", type=int, default=10)
    parser.add_argument("--secs", type=float, default=5)
    parser.add_argument("--rate", type=float, default=200, help="messages a second of the open loop")
    parser.add_argument("--others", type=int, default=10_000, help="other open chats, each with its socket")
    given = parser.parse_args()
    print(conditions(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        met = [PARTS[part](given, Path(folder) / part) for part in given.only]
    print(conditions())
    sys.exit(0 if all(met) else 1)


def saturation(given: Namespace, folder: Path) -> bool:
    """Every chat keeps one message in flight: accepted messages a CPU-second, against the bare ceiling."""
    print(f"\nSaturation, {given.chats} chats, {given.agents} agents\n", flush=True)
    with (
        centre(folder / "centre", "centre", chats=given.chats, agents=given.agents) as ours,
        reference(folder / "ceiling", "ceiling", agents=given.agents) as bare,
    ):
        found = _rounds(given, (ours, bare), chats=given.chats)
    cost = {name: middle(run["acked_per_cpu_s"] for run in runs) for name, runs in found.items()}
    share = cost["centre"] / cost["ceiling"]
    kept = verdict(f"centre / ceiling, accepted per CPU-second: {share:.2f} (>= {RATIO})", is_met=share >= RATIO)
    return _is_faultless(found) and kept


def designs(given: Namespace, folder: Path) -> bool:
    """Against the design of the tutorials (channel layer, one transaction a message), and what Daphne does at most."""
    print(f"\nAgainst the tutorials' design, {given.chats} chats, {given.agents} agents\n", flush=True)
    with (
        centre(folder / "centre", "centre", chats=given.chats, agents=given.agents) as ours,
        reference(folder / "tutorial", "tutorial", shape="tutorial", agents=given.agents) as theirs,
        echo_server(folder / "echo") as (url, pid),
    ):
        found = _rounds(given, (ours, theirs), chats=given.chats)
        echo = json.loads(generate("echo", "--url", url, "--pid", str(pid)).communicate()[0])
    ours_cost, theirs_cost = (middle(run["acked_per_cpu_s"] for run in runs) for runs in found.values())
    print(f"Daphne's bare echo: {echo['echo_per_cpu_s']} messages a CPU-second")
    times = ours_cost / theirs_cost
    kept = verdict(f"centre / tutorials' design: {times:.1f} times (>= {BETTER:g})", is_met=times >= BETTER)
    return _is_faultless({"centre": found["centre"]}) and kept


def latency(given: Namespace, folder: Path) -> bool:
    """A fixed schedule, the same for both; latency counts from the scheduled moment."""
    print(f"\nOpen loop, {given.rate:g} messages/s over {given.chats} chats\n", flush=True)
    with (
        centre(folder / "centre", "centre", chats=given.chats, agents=given.agents) as ours,
        reference(folder / "ceiling", "ceiling", agents=given.agents) as bare,
    ):
        return _is_faultless(_rounds(given, (ours, bare), chats=given.chats, rate=given.rate))


def others(given: Namespace, folder: Path) -> bool:
    """What other open chats cost: two centres, few and many others, each with a socket that follows its log."""
    print(f"\n{ACTIVE} busy chats beside {FEW} or {given.others:,} other open ones\n", flush=True)
    with contextlib.ExitStack() as stack:
        crowds = [stack.enter_context(_crowd(given, folder, count)) for count in (FEW, given.others)]
        found = _rounds(given, [server for server, _ in crowds], chats=ACTIVE)
    costs = [_cost_of_a_message(found[server.name], idle) for server, idle in crowds]
    for (server, idle), cost in zip(crowds, costs, strict=True):
        sockets = f"{idle['open']} sockets of {idle['kib_a_socket']} KiB, idle CPU {idle['idle_cpu']:.1%}"
        print(f"{server.name}: {sockets}, {cost * 1e6:.0f} µs CPU a message")
    share = costs[1] / costs[0]
    words = f"CPU a message with {given.others:,} others / with {FEW}, idle CPU taken off: {share:.2f} (<= {COST})"
    kept = verdict(words, is_met=share <= COST)
    return _is_faultless(found) and kept


def _cost_of_a_message(runs: Sequence[Figures], idle: Figures) -> float:
    """CPU seconds, without what the idle sockets cost in any case (pings, heads)."""
    return middle((run["server_cpu"] - idle["idle_cpu"]) / run["acked_s"] for run in runs)


@contextlib.contextmanager
def _crowd(given: Namespace, folder: Path, count: int) -> Iterator[tuple[Server, Figures]]:
    """A centre with `count` idle visitors, and what they cost."""
    with centre(folder / str(count), f"{count:,} others", chats=ACTIVE, agents=given.agents, others=count) as server:
        holder = generate("idle", "--first", str(ACTIVE), "--steps", str(count), *server.words)
        try:
            yield server, json.loads(pipe(holder.stdout).readline())
        finally:
            holder.communicate()


def _rounds(given: Namespace, servers: Sequence[Server], *, chats: int, rate: float = 0.0) -> dict[str, list[Figures]]:
    """Each server in turn, `given.rounds` times; prints the table."""
    words = ["--chats", str(chats), "--agents", str(given.agents), "--secs", str(given.secs), "--rate", str(rate)]
    found: dict[str, list[Figures]] = {server.name: [] for server in servers}
    rows = []
    for number in range(1, given.rounds + 1):
        for server in servers:
            answer, _ = generate("chat", *words, *server.words).communicate()
            figures = json.loads(answer)
            found[server.name].append(figures)
            rows.append((server.name, number, *_cells(figures), load_average()))
    print(table(COLUMNS, rows) + "\n", flush=True)
    return found


def _cells(figures: Figures) -> tuple[object, ...]:
    ack, deliver = (
        " / ".join(f"{figures[kind][point]:.1f}" for point in ("p50", "p95", "p99"))
        for kind in ("ack_ms", "deliver_ms")
    )
    return figures["acked_s"], figures["acked_per_cpu_s"], ack, deliver, sum(figures[name] for name in FAULTS)


def _is_faultless(found: dict[str, list[Figures]]) -> bool:
    """Nothing lost, doubled, out of order, refused or closed, at any server."""
    faults = {name: sum(run[name] for runs in found.values() for run in runs) for name in FAULTS}
    counted = ", ".join(f"{name} {count}" for name, count in faults.items())
    return verdict(f"{counted} (all 0)", is_met=not any(faults.values()))


PARTS = {"saturation": saturation, "latency": latency, "designs": designs, "others": others}

if __name__ == "__main__":
    main()
