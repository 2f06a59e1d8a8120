"""How long after the 250 does a mail stand in an open console? `python -m bench.mail_push` starts, measures, prints.

One process, as a small service runs it: real SMTP in, a real console socket out. Ends with 1 when the median is over
20 ms.
"""

import asyncio
import json
import smtplib
import sys
import tempfile
from argparse import ArgumentParser
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

import uvloop

from bench.chat_load.adapters.cic import PROTOCOL, frames
from bench.chat_load.stats import load_average, summary
from bench.chat_load.wsclient import WS, connect
from bench.report import conditions, table, verdict
from bench.servers import Server, centre

MEDIAN_MS = 20.0
WORDS = "The tray is stuck and the display shows E-04. What can I do? " * 8
COLUMNS = ("what", "n", "p50 ms", "p95 ms", "p99 ms", "longest ms")


class Console:
    """One agent's open queue: when did the row of a subject come?"""

    def __init__(self) -> None:
        self.is_open = asyncio.get_running_loop().create_future()
        self._seen: dict[str, asyncio.Future[float]] = {}

    def expect(self, subject: str) -> "asyncio.Future[float]":
        """The moment at which the first row with this subject comes."""
        self._seen[subject] = asyncio.get_running_loop().create_future()
        return self._seen[subject]

    def take(self, ws: WS, payload: bytes) -> None:
        """Whatever the socket brings."""
        now = perf_counter()
        for frame in frames(payload):
            match frame["t"]:
                case "hello":
                    ws.send(b'{"t":"auth"}')
                case "ready":
                    ws.send(b'{"t":"sub","id":1,"subs":[{"c":"inbox"}]}')
                case "synced":
                    self.is_open.set_result(None)
                case "row":
                    self._note(frame["row"]["subject"], now)

    def _note(self, subject: str, now: float) -> None:
        waiting = self._seen.pop(subject, None)
        if waiting is not None:
            waiting.set_result(now)


async def measure(server: Server, smtp: tuple[str, int], count: int, pause: float) -> tuple[list[float], list[float]]:
    """Hand in mails one after another; for each the seconds from 250 to the row, and from the first byte to 250."""
    console = Console()
    plan = json.loads(Path(server.plan).read_text())
    headers = PROTOCOL | {"Cookie": f"sessionid={plan['sessions'][0]}"}
    ws = await connect(f"{server.base}/ws/console", console.take, headers=headers)
    await console.is_open
    pushed, stored = [], []
    for number in range(count):
        subject = f"Mail {number}"
        row = console.expect(subject)
        begin, accepted = await asyncio.to_thread(_hand_in, smtp, plan["mailbox"], subject)
        seen = await asyncio.wait_for(row, 10)
        pushed.append(max(0.0, seen - accepted))
        stored.append(accepted - begin)
        await asyncio.sleep(pause)
    ws.abort()
    return pushed, stored


def _hand_in(smtp: tuple[str, int], mailbox: str, subject: str) -> tuple[float, float]:
    """When the data began, and when the 250 came."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{subject} <customer@customer.test>", mailbox, subject
    mail["Message-ID"] = f"<{subject.replace(' ', '-')}@customer.test>"
    mail.set_content(WORDS)
    mail.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    with smtplib.SMTP(*smtp) as client:
        client.ehlo()
        client.mail("customer@customer.test")
        client.rcpt(mailbox)
        begin = perf_counter()
        code, words = client.data(mail.as_bytes())
        accepted = perf_counter()
    if code != 250:
        raise RuntimeError(f"the centre refused a mail: {code} {words!r}")
    return begin, accepted


def main() -> None:
    """The command."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two mails")
    given = parser.parse_args()
    print(conditions(), flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        centre(Path(folder), "centre", chats=0, agents=1) as server,
    ):
        pushed, stored = uvloop.run(measure(server, server.smtp, given.mails, given.pause))
    figures = {"data until 250": summary(stored), "250 until the row is in the console": summary(pushed)}
    rows = [(name, one.n, one.p50, one.p95, one.p99, one.max) for name, one in figures.items()]
    print(f"\n{table(COLUMNS, rows)}\n\nload average after it {load_average()}")
    median = figures["250 until the row is in the console"].p50
    is_met = verdict(f"median from 250 to the console: {median:.1f} ms (<= {MEDIAN_MS:g})", is_met=median <= MEDIAN_MS)
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
