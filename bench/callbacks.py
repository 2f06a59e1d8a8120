"""How soon is a due callback dialled, and how soon are web hooks answered meanwhile? `python -m bench.callbacks`.

A real centre on SQLite, the phone network in this process, five hundred customers who are due at the same instant and
as many free agents. Customers pick up after 3 to 15 seconds, agents after 2 to 6, as people do; `--at-once` has all of
them pick up after one second. Then what ten thousand appointments cost that wait for their time. Ends with 1 when a
figure is not good enough.
"""

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import psutil  # type: ignore[import-untyped]

from bench.report import conditions, table, verdict
from channels_app.callback.simulator.account import Account
from channels_app.callback.simulator.network import Network
from channels_app.callback.simulator.phones import Action, Script
from channels_app.callback.simulator.server import RunningNetwork, start_in_loop
from channels_app.callback.simulator.webhooks import WebhookAnswer, WebhookRequest
from tests.servers import Center

OURS = "+4930987654"  # of the line that the builders make
ACCOUNT, TOKEN = "AC" + "0" * 32, "f" * 32
POST_SECONDS, HOOK_SECONDS, IDLE_SHARE = 1.0, 0.1, 0.01
PRESSES = (Action("press", heard="press 1", after=0.3, digits="1"), Action("hang_up", after=20.0))
CUSTOMER, AGENT, AT_ONCE = (3.0, 15.0), (2.0, 6.0), (1.0, 1.0)  # seconds that a telephone rings
IDLE_SECONDS = 20.0
NOTICE_SECONDS = 45.0  # from the last preparation to the rush
PEOPLE = """
from tests.callback.builders import an_agent_with_phone
for number in range({count}):
    an_agent_with_phone(f"P{{number}} Smith", f"+49305{{number:06}}", email=f"p{{number}}@center.test")
"""
REQUESTS = """
from datetime import timedelta
from django.utils import timezone
from tests.callback.builders import a_line, a_request
line = a_line("customer_first", calls_a_second=10_000, calls_a_day=100_000, quiet_until="00:00", quiet_from="24:00")
for number in range({count}):
    a_request(line, f"+49301{{number:06}}", stage="scheduled", due_at=timezone.now() + timedelta(hours=9))
"""
DUE = """
from datetime import datetime
from channels_app.callback.models import CallbackRequest
CallbackRequest.objects.update(due_at=datetime.fromisoformat("{due}"))
"""
CONNECTED = """
from datetime import timedelta
from django.utils import timezone
from interaction_center.routing.models import Agent, AgentConnection
until = timezone.now() + timedelta(days=1)
agents = Agent.objects.filter(user__email__startswith="p")
AgentConnection.objects.bulk_create([AgentConnection(agent=agent, node="bench", lease_until=until) for agent in agents])
agents.update(left_at=None)
"""
WAITING = """
from datetime import timedelta
from django.utils import timezone
from channels_app.callback.models import CallbackRequest, PhoneLine
line, now = PhoneLine.objects.get(), timezone.now()
CallbackRequest.objects.bulk_create([
    CallbackRequest(key=f"w-{{n}}", line=line, interaction=f"w{{n}}", number=f"+49302{{n:06}}", link_digest=f"w-{{n}}",
                    requested_at=now, due_at=now + timedelta(days=9), expires_at=now + timedelta(days=12),
                    promised_at=now + timedelta(days=9))
    for n in range({count})
])
"""


def main() -> None:
    """Measure, print, judge."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--at-once", action="store_true", help="everybody picks up after one second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-callbacks-") as folder:
        met = asyncio.run(Bench(Path(folder), given.calls, given.waiting, at_once=given.at_once).run())
    sys.exit(0 if met else 1)


class Bench:
    """One centre, one network, one rush and one night."""

    def __init__(self, folder: Path, calls: int, waiting: int, *, at_once: bool) -> None:
        self.calls, self.waiting, self.at_once = calls, waiting, at_once
        self.center = Center(folder)
        self.hooks: dict[str, list[float]] = defaultdict(list)
        self.cpu = 0.0

    async def run(self) -> bool:
        """Whether everything is good enough."""
        network = await start_in_loop(Account(ACCOUNT, TOKEN), seed=1)
        network.network.add_number(OURS)
        self._give_telephones(network.network)
        self._time_hooks(network)
        await asyncio.to_thread(self._prepare, network.address)
        await asyncio.to_thread(partial(self.center.start, module="tests.referee.at_twilio"))
        try:
            await asyncio.to_thread(self.center.run, CONNECTED)
            return await self._measured(network)
        finally:
            await asyncio.to_thread(self.center.kill9)
            await network.stop()

    def _give_telephones(self, network: Network) -> None:
        random = Random(1)
        for number in range(self.calls):
            for start, seconds in (("+49301", CUSTOMER), ("+49305", AGENT)):
                after = random.uniform(*(AT_ONCE if self.at_once else seconds))
                network.script(f"{start}{number:06}", Script(after=after, actions=PRESSES))

    def _prepare(self, address: str) -> None:
        self.center.settings |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_IS_AT": address}
        self.center.migrate()
        self.center.run(PEOPLE.format(count=self.calls))
        self.center.run(REQUESTS.format(count=self.calls))

    def _time_hooks(self, network: RunningNetwork) -> None:
        """How long each web hook waits for its answer, as the network sees it."""
        ask = network._answer_to

        async def timed(request: WebhookRequest) -> WebhookAnswer:
            since = time.perf_counter()
            answer = await ask(request)
            self.hooks["heard" if request.kind == "twiml" else "reported"].append(time.perf_counter() - since)
            return answer

        network._answer_to = timed  # type: ignore[method-assign]  # the one place where both ends are seen

    async def _measured(self, network: RunningNetwork) -> bool:
        due = datetime.now(UTC) + timedelta(seconds=NOTICE_SECONDS)
        await asyncio.to_thread(self.center.run, DUE.format(due=due.isoformat()))
        if datetime.now(UTC) >= due:
            raise SystemExit("This machine is too busy to measure anything.")
        used = self._cpu()
        late = await self._rush(network, due)
        await asyncio.sleep(30)  # the talks end
        self.cpu = self._cpu() - used
        before = await self._idle_share()
        await asyncio.to_thread(self.center.run, WAITING.format(count=self.waiting))
        after = await self._idle_share()
        return self._report(late, before, after)

    async def _rush(self, network: RunningNetwork, due: datetime) -> list[float]:
        """Seconds from being due to being placed, for each customer."""
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
        end = time.monotonic() + 120
        while len(placed := self._placed(network, due)) < self.calls and time.monotonic() < end:
            await asyncio.sleep(0.2)
        await asyncio.sleep(25)  # they are connected meanwhile, and their web hooks counted
        return placed

    def _placed(self, network: RunningNetwork, due: datetime) -> list[float]:
        rings = [ring for ring in network.network.ledger.rings if ring.number.startswith("+49301")]
        return sorted(ring.placed - due.timestamp() for ring in rings)

    async def _idle_share(self) -> float:
        """How much of one core the centre uses while nothing happens."""
        since, used = time.monotonic(), self._cpu()
        await asyncio.sleep(IDLE_SECONDS)
        return (self._cpu() - used) / (time.monotonic() - since)

    def _cpu(self) -> float:
        """Seconds of processor time that the centre has used so far."""
        return float(sum(psutil.Process(self.center.pid).cpu_times()[:2]))

    def _report(self, late: list[float], before: float, after: float) -> bool:
        rows = [
            [f"due -> placed, {self.calls} at once", len(late), *(_ms(late, share) for share in (0.5, 0.95, 1.0))],
            *(
                [f"web hook answered ({name})", len(of), *(_ms(of, share) for share in (0.5, 0.95, 1.0))]
                for name, of in sorted(self.hooks.items())
            ),
        ]
        print(conditions(), "\n")
        print(table(["what", "count", "median ms", "p95 ms", "worst ms"], rows), "\n")
        print(f"CPU of the centre for each call, to the end of its talk: {self.cpu / self.calls * 1_000:.0f} ms\n")
        print(table(["idle centre", "share of a core"], [["nothing waits", f"{before:.2%}"]]))
        print(f"| {self.waiting:,} wait | {after:.2%} |\n")
        every = [one for of in self.hooks.values() for one in of]
        met = [
            verdict("every customer was placed", is_met=len(late) == self.calls),
            verdict(f"due -> placed p95 <= {POST_SECONDS} s", is_met=_at(late, 0.95) <= POST_SECONDS),
            verdict(f"web hooks p95 <= {HOOK_SECONDS} s", is_met=_at(every, 0.95) <= HOOK_SECONDS),
            verdict(f"{self.waiting:,} that wait cost <= {IDLE_SHARE:.0%}", is_met=after - before <= IDLE_SHARE),
        ]
        return all(met)


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("inf")


def _ms(values: list[float], share: float) -> str:
    return f"{_at(values, share) * 1_000:.0f}"


if __name__ == "__main__":
    main()
