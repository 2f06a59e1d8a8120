"""How soon does an agent see what a customer sees, and what does that cost? `python -m bench.cobrowse`.

A real centre on SQLite; a customer's page and an agent's view in one Chromium, so that both have one clock; then fifty
sessions beside chats, played over sockets with the frames that the browser has sent. Ends with 1 when a figure is not
good enough.
"""

import asyncio
import gzip
import logging
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from bench.cobrowse.faults import Mended, mend
from bench.cobrowse.pages import Seen, look
from bench.cobrowse.sessions import Crowd, press
from bench.report import conditions, table, verdict
from bench.servers import NO_LIMITS, Server
from tests.servers import ROOT, Center, prepare

BUNDLE = ROOT / "frontend" / "dist" / "widget" / "cobrowse.js"
CHATS, AGENTS = 50, 5
MUST_MEND_MS = 2_000
MUST_SESSION_BYTES = 2 * 1024 * 1024
KILO = 1_000


def main() -> None:
    """The command."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--changes", type=int, default=100, help="changes and pointer moves that are timed")
    parser.add_argument("--faults", type=int, default=10, help="how often each accident happens")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--secs", type=float, default=10)
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # fifty sessions are begun by hundreds of requests
    print(conditions(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, centre(Path(folder) / "centre") as (center, server):
        seen = asyncio.run(look(center, changes=given.changes))
        met = report_pages(seen)
        met += report_faults(asyncio.run(mend(center, times=given.faults)))
        crowd = uvloop.run(press(center, server, seen, sessions=given.sessions, seconds=given.secs))
        met += report_crowd(crowd)
    print(conditions())
    sys.exit(0 if all(met) else 1)


@contextmanager
def centre(folder: Path) -> Iterator[tuple[Center, Server]]:
    """The centre with chats that agents hold, without limits per address: all customers come from one."""
    prepare(folder)
    center = Center(folder, NO_LIMITS)
    plan = str(folder / "plan.json")
    center.run(f"from bench.prepare import fill; fill({plan!r}, chats={CHATS}, agents={AGENTS})")
    center.start()
    try:
        yield center, Server("centre", "cic", center.ws_url, center.pid, plan, center.smtp)
    finally:
        center.kill9()


def report_pages(seen: Seen) -> list[bool]:
    """One customer and one agent in real pages."""
    bundle = len(gzip.compress(BUNDLE.read_bytes(), 9, mtime=0))
    print("\nOne customer, one agent, both in one Chromium\n")
    rows = [
        ("a change until the agent's page has it, p50 / p95 / p99 ms", seen.change, "40 / 120"),
        ("the customer's pointer, p50 / p95 / p99 ms", seen.pointer_of_customer, "- / 100"),
        ("the agent's pointer, p50 / p95 / p99 ms", seen.pointer_of_agent, "- / 100"),
        (f"first view of {seen.nodes:,} elements, from the consent, s", f"{seen.first_view:.2f}", "2.5"),
        ("of that the longest block of the customer's page, ms", f"{seen.longest_block:.0f}", "500"),
        ("of that on the wire, kB", f"{seen.first_bytes / KILO:.1f}", "-"),
        ("a page at rest, B/s", f"{seen.idle:.1f}", "30"),
        ("a style that changes 60 times a second, B/s", f"{seen.animation:.0f}", "2,000"),
        ("the part that is loaded for it, bytes gzip", f"{bundle:,}", "32,000"),
    ]
    print(table(("what", "measured", "at most"), rows) + "\n", flush=True)
    return [
        verdict("a change, p50 <= 40 ms and p95 <= 120 ms", is_met=seen.change.p50 <= 40 and seen.change.p95 <= 120),
        verdict("the customer's pointer, p95 <= 100 ms", is_met=seen.pointer_of_customer.p95 <= 100),
        verdict("the agent's pointer, p95 <= 100 ms", is_met=seen.pointer_of_agent.p95 <= 100),
        verdict("first view <= 2.5 s", is_met=seen.first_view <= 2.5),
        verdict("the longest block <= 500 ms", is_met=seen.longest_block <= 500),
        verdict("at rest <= 30 B/s", is_met=seen.idle <= 30),
        verdict("style animation <= 2,000 B/s", is_met=seen.animation <= 2_000),
        verdict("bundle <= 32,000 bytes", is_met=bundle <= 32_000),
    ]


def report_faults(mended: Mended) -> list[bool]:
    """From the moment at which the line is open again, and nothing changes any more."""
    print("\nUntil the agent sees the same page again\n")
    rows = [
        ("the customer's line was cut, p50 / p95 / p99 ms", mended.customers_line, "2,000"),
        ("the agent's line was cut, p50 / p95 / p99 ms", mended.agents_line, "2,000"),
        ("the page was loaded anew, p50 / p95 / p99 ms", mended.reload, "2,000"),
        ("frames were lost, doubled, swapped, p50 / p95 / p99 ms", mended.frames, "2,000"),
    ]
    print(table(("what", "measured", "at most"), rows) + "\n", flush=True)
    return [verdict("the same page again <= 2 s, each time", is_met=mended.worst <= MUST_MEND_MS)]


def report_crowd(crowd: Crowd) -> list[bool]:
    """Many sessions in one process."""
    print(f"\n{crowd.sessions} sessions with {crowd.rate} changes a second each, {CHATS} chats beside them\n")
    ratio = crowd.chat_beside["p95"] / crowd.chat_alone["p95"]
    alone, beside = (
        " / ".join(f"{one[point]:.1f}" for point in ("p50", "p95", "p99"))
        for one in (crowd.chat_alone, crowd.chat_beside)
    )
    rows = [
        ("customer's socket until the agent's has it, p50 / p95 / p99 ms", crowd.delivered, "- / 250"),
        ("frames lost or doubled", crowd.faults, "0"),
        ("a chat's acknowledgement alone, p50 / p95 / p99 ms", alone, "-"),
        ("beside the sessions", beside, "-"),
        ("p95 beside / alone", f"{ratio:.2f}", "1.3"),
        ("the server's memory a session, with its page, kB", f"{crowd.bytes_a_session / KILO:.0f}", "2,097"),
        ("the server's CPU beside the sessions, cores", f"{crowd.cpu:.2f}", "-"),
    ]
    print(table(("what", "measured", "at most"), rows) + "\n", flush=True)
    return [
        verdict("delivery p95 <= 250 ms", is_met=crowd.delivered.p95 <= 250),
        verdict("nothing lost or doubled", is_met=crowd.faults == 0),
        verdict(f"chat p95 {ratio:.2f} times (<= 1.3)", is_met=ratio <= 1.3),
        verdict("memory a session <= 2 MiB", is_met=crowd.bytes_a_session <= MUST_SESSION_BYTES),
    ]


if __name__ == "__main__":
    main()
