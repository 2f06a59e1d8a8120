"""Does search keep up with people who type, and do chats keep their pace beside them? `python -m bench.kb_http`.

The centre on a fresh data folder with ten thousand documents of the yardstick. In turns: people who type alone, chats
alone, both at once. Ends with 1 when an answer comes too late, or chats slow down beside the typists.
"""

import json
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bench.chat import FAULTS
from bench.chat_load.stats import load_average
from bench.kb_fit import YARDSTICK, yardstick
from bench.report import conditions, middle, table, verdict
from bench.servers import Server, centre, generate, pipe

SUGGEST_MS = 30.0
SLOWER = 1.2
COLUMNS = ("what", "round", "a second", "p50 / p95 / p99 ms", "CPU of the server", "faults", "load")

TYPISTS, CHATS = "typists", "chats"
TYPISTS_BESIDE, CHATS_BESIDE = "typists beside chats", "chats beside typists"

Figures = dict[str, Any]
T = TypeVar("T")


def main() -> None:
    """The command."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="10k", choices=["10k", "36k", "100k"])
    parser.add_argument("--typists", type=int, default=50)
    parser.add_argument("--pause", type=float, nargs=2, default=(0.15, 0.3), help="seconds between two keys")
    parser.add_argument("--rest", type=float, default=0.2, help="seconds after a key until the widget asks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--secs", type=float, default=10)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--agents", type=int, default=10)
    parser.add_argument("--rate", type=float, default=200, help="chat messages a second")
    given = parser.parse_args()
    if not YARDSTICK.exists():
        raise SystemExit(f"The yardstick is missing: {YARDSTICK}")
    print(conditions(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        is_met = measure(given, Path(folder))
    print(conditions())
    sys.exit(0 if is_met else 1)


def measure(given: Namespace, folder: Path) -> bool:
    """All rounds against one centre; prints the table and what is kept."""
    documents, questions = _written(given.size, folder)
    found: dict[str, list[Figures]] = {name: [] for name in (TYPISTS, CHATS, TYPISTS_BESIDE, CHATS_BESIDE)}
    rows = []
    with centre(folder / "centre", "centre", chats=given.chats, agents=given.agents, knowledge=documents) as server:
        for number in range(1, given.rounds + 1):
            for name, figures in _round(given, server, questions).items():
                found[name].append(figures)
                rows.append((name, number, *_cells(figures), load_average()))
    print(table(COLUMNS, rows) + "\n", flush=True)
    return all([*_typists_kept(found), _chats_kept(found)])


def _written(size: str, folder: Path) -> tuple[Path, Path]:
    """The documents that the centre is filled with, and what is typed: real questions of all kinds."""
    tool = yardstick(YARDSTICK)
    queries = tool.read(YARDSTICK / "queries.jsonl")
    documents, questions = folder / "documents.json", folder / "questions.json"
    documents.write_text(json.dumps(tool.corpus(size, queries)))
    typed = [(query["query"], query["lang"]) for query in tool.sample(queries, size, 60, "typed")]
    questions.write_text(json.dumps(typed))
    return documents, questions


def _round(given: Namespace, server: Server, questions: Path) -> dict[str, Figures]:
    alone, _ = _while_typing(given, server, questions, lambda: time.sleep(given.secs))
    with _connected_chats(given, server) as send:
        chats = send()
    with _connected_chats(given, server) as send:
        typists, beside = _while_typing(given, server, questions, send)
    return {TYPISTS: alone, CHATS: chats, TYPISTS_BESIDE: typists, CHATS_BESIDE: beside}


def _while_typing(given: Namespace, server: Server, questions: Path, work: Callable[[], T]) -> tuple[Figures, T]:
    """What became of the typists while `work` was done, and its result."""
    base = server.base.replace("ws:", "http:")
    words = [
        "--base",
        base,
        "--site",
        json.loads(Path(server.plan).read_text())["site"],
        "--questions",
        str(questions),
        "--pid",
        str(server.pid),
    ]
    pace = ["--typists", str(given.typists), "--pause", *map(str, given.pause), "--rest", str(given.rest)]
    typists = generate("typists", *words, *pace)
    pipe(typists.stdout).readline()  # all are at it
    done = work()
    figures, _ = typists.communicate()
    return json.loads(figures), done


@contextmanager
def _connected_chats(given: Namespace, server: Server) -> Iterator[Callable[[], Figures]]:
    """Every chat is connected; the function has them send and gives the figures."""
    words = ["--chats", str(given.chats), "--agents", str(given.agents), "--secs", str(given.secs), "--wait"]
    chats = generate("chat", *words, "--rate", str(given.rate), *server.words)
    pipe(chats.stdout).readline()

    def send() -> Figures:
        answer, _ = chats.communicate("go\n")
        return _figures_of(json.loads(answer))

    yield send


def _figures_of(found: Figures) -> Figures:
    faults = sum(found[name] for name in FAULTS)
    return {"a_second": found["acked_s"], "ms": found["ack_ms"], "server_cpu": found["server_cpu"], "faults": faults}


def _cells(figures: Figures) -> tuple[object, ...]:
    times = " / ".join(f"{figures['ms'][point]:.1f}" for point in ("p50", "p95", "p99"))
    return figures["a_second"], times, figures["server_cpu"], figures["faults"]


def _typists_kept(found: Mapping[str, Sequence[Figures]]) -> list[bool]:
    kept = []
    for name in (TYPISTS, TYPISTS_BESIDE):
        late = _p95(found[name])
        kept.append(verdict(f"{name}: p95 {late:.1f} ms (<= {SUGGEST_MS:g})", is_met=late <= SUGGEST_MS))
    faults = sum(figures["faults"] for runs in found.values() for figures in runs)
    return [*kept, verdict(f"faults {faults} (0)", is_met=not faults)]


def _chats_kept(found: Mapping[str, Sequence[Figures]]) -> bool:
    times = _p95(found[CHATS_BESIDE]) / _p95(found[CHATS])
    return verdict(
        f"acknowledgement of a chat, p95 beside typists / alone: {times:.2f} (<= {SLOWER})", is_met=times <= SLOWER
    )


def _p95(runs: Sequence[Figures]) -> float:
    return middle(run["ms"]["p95"] for run in runs)


if __name__ == "__main__":
    main()
