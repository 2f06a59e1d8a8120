"""How soon an agent sees the same page again after something went wrong: a line, a page, frames.

Counted from the moment at which the line is open again and the page does not change any more, until both trees are
found to be equal. Looking at them takes part of that time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Thread
from time import perf_counter

from playwright.async_api import WebSocketRoute

from bench.chat_load.stats import Summary, summary
from bench.cobrowse.pages import browser, let_in
from tests.browser.cobrowse.line import Line
from tests.browser.cobrowse.stage import Stage, open_stage
from tests.browser.cobrowse.test_fidelity import FIELD, ORACLE, differences, fuzz
from tests.browser.cobrowse.windows import Windows, scripts
from tests.flows.parties import eventually
from tests.servers import Center

PATIENCE = 60.0
CHANGES, TROUBLE = 200, 0.3


@dataclass
class Timed(Line):
    """A line that knows when it was opened."""

    opened: list[float] = field(default_factory=list)

    def _pass(self, to: WebSocketRoute, message: str | bytes) -> None:
        if isinstance(message, str) and '"t":"ready"' in message:
            self.opened.append(perf_counter())
        super()._pass(to, message)


@dataclass(slots=True)
class Mended:
    """The figures, in milliseconds."""

    customers_line: Summary
    agents_line: Summary
    reload: Summary
    frames: Summary

    @property
    def worst(self) -> float:
        """The longest of all."""
        return max(one.max for one in (self.customers_line, self.agents_line, self.reload, self.frames))


async def mend(center: Center, *, times: int) -> Mended:
    """Each accident so many times, on a page that changes at random."""
    shop = Windows()
    Thread(target=shop.serve_forever, daemon=True).start()
    shop.pages["/fuzz"] = FIELD + scripts("oracle.js", "fuzz.js")
    let_in(center, shop)
    up, down = Timed(1), Timed(2)
    try:
        async with browser() as new_page:
            stage = await open_stage(
                center, shop, "/fuzz", new_page, customer_first=up.stand_between, agent_first=down.stand_between
            )
            await stage.agent.evaluate(ORACLE)
            return Mended(
                await _each(times, lambda: _cut(stage, up)),
                await _each(times, lambda: _cut(stage, down)),
                await _each(times, lambda: _reloaded(stage, up)),
                await _each(times, lambda: _troubled(stage, up, down)),
            )
    finally:
        shop.shutdown()
        shop.server_close()


async def _each(times: int, accident: Callable[[], Awaitable[float]]) -> Summary:
    return summary([await accident() for _ in range(times)])


async def _cut(stage: Stage, line: Timed) -> float:
    """While the page changes."""
    known = len(line.opened)
    changing = asyncio.ensure_future(fuzz(stage, 11 + known, CHANGES))
    await asyncio.sleep(0.1)
    await line.cut()
    await changing
    return await _equal(stage, line, known)


async def _reloaded(stage: Stage, up: Timed) -> float:
    """The page is another one, and says so when its own line is open."""
    await fuzz(stage, 21 + len(up.opened), CHANGES)
    known = len(up.opened)
    await stage.customer.reload()
    return await _equal(stage, up, known)


async def _troubled(stage: Stage, up: Timed, down: Timed) -> float:
    """Frames are lost, doubled and swapped at both ends; that one is missing is seen by the next."""
    up.trouble = down.trouble = TROUBLE
    await fuzz(stage, 31 + len(up.frames), CHANGES)
    up.trouble = down.trouble = 0.0
    await fuzz(stage, 32, 1)
    return await _since(stage, perf_counter())


async def _equal(stage: Stage, line: Timed, known: int) -> float:
    done = perf_counter()
    await eventually(lambda: len(line.opened) > known, seconds=PATIENCE)
    return await _since(stage, max(done, line.opened[-1]))


async def _since(stage: Stage, begun: float) -> float:
    """Seconds until both are equal; the patience when they don't become so."""
    while await differences(stage) and perf_counter() - begun < PATIENCE:
        await asyncio.sleep(0.01)
    return perf_counter() - begun
