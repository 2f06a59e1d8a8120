"""A customer's page and an agent's view in one browser: what is timed is timed by the clock that both have."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from threading import Thread

from playwright.async_api import Page, WebSocket, async_playwright, expect

from bench.chat_load.stats import Summary, summary
from tests import machine
from tests.browser.cobrowse.stage import Stage, begin_chat, invite, open_stage, sign_in_quickly
from tests.browser.cobrowse.windows import Windows
from tests.conftest import FLAGS, NewPage
from tests.flows.parties import at_work
from tests.seed import ANNA
from tests.servers import Center

ROWS = 1_250  # of eight elements each
IDLE_SECONDS, ANIMATION_SECONDS, POINTER_PAUSE, CHANGE_PAUSE = 30, 6, 0.05, 0.1
SMALL = """<main data-cobrowse="show"><h1>A shop</h1><p id="word">0</p><p id="moved">Moves</p>
<form><input placeholder="Name"><input placeholder="City"></form></main>"""
CLOCK = "globalThis.clock = () => performance.timeOrigin + performance.now(); globalThis.at = {}"
BLOCKS = """new PerformanceObserver(list => {
  for (const one of list.getEntries()) blocks.push([one.startTime, one.duration])
}).observe({ type: 'longtask', buffered: true })"""
WATCH_WORD = """() => {
  const page = document.querySelector('iframe').contentDocument
  new MutationObserver(() => {
    const word = page.getElementById('word').textContent
    at[word] ??= clock()
  }).observe(page, { subtree: true, childList: true, characterData: true })
}"""
SCALE = "(({ width }, own) => width / own)(frame.getBoundingClientRect(), frame.offsetWidth)".replace(
    "frame", "document.querySelector('iframe')"
)
NAME_MARKS = """() => {
  for (const one of document.querySelectorAll('*')) if (one.shadowRoot?.querySelector('.marks')) one.id = 'marks'
}"""
WATCH_MOVES = """([root, pick]) => {
  const place = root === 'view' ? document.querySelector('.drawn') : document
    .querySelector(root).shadowRoot
  new MutationObserver(() => {
    const found = place.querySelector(pick)?.closest('[transform], [style]')
    const [, x] = /translate\\((-?\\d+)/.exec(found?.getAttribute('transform') ?? found?.style.transform ?? '') ?? []
    if (x) at[x] ??= clock()
  }).observe(place, { subtree: true, childList: true, attributes: true })
}"""


@dataclass  # Playwright keeps notes of its own on whoever has its handlers
class Bytes:
    """What goes over a page's socket of co-browsing, both ways; the binary frames that were sent."""

    count: int = 0
    frames: list[bytes] = field(default_factory=list)

    async def watch(self, page: Page) -> None:
        """From the next socket on."""
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        if "cobrowse" in socket.url:
            socket.on("framesent", self._sent)
            socket.on("framereceived", self._add)

    def _sent(self, data: bytes | str) -> None:
        self._add(data)
        if isinstance(data, bytes):
            self.frames.append(data)

    def _add(self, data: bytes | str) -> None:
        self.count += len(data) if isinstance(data, bytes) else len(data.encode())


@dataclass(slots=True)
class Seen:
    """The figures, and the frames of the large page and of the small one's changes, for the load to come."""

    change: Summary
    pointer_of_customer: Summary
    pointer_of_agent: Summary
    nodes: int
    first_view: float
    longest_block: float
    first_bytes: int
    idle: float
    animation: float
    snapshot: list[bytes]
    changes: list[bytes]


async def look(center: Center, *, changes: int) -> Seen:
    """All that is measured with real pages."""
    shop = Windows()
    Thread(target=shop.serve_forever, daemon=True).start()
    shop.pages |= {"/small": SMALL, "/large": large_page()}
    let_in(center, shop)
    try:
        async with browser() as new_page:
            wire = Bytes()
            stage = await open_stage(center, shop, "/small", new_page, customer_first=wire.watch)
            idle = await _idle(wire)
            change = await _changes(stage, changes)
            recorded = wire.frames[-changes:]
            customers = await _customers_pointer(stage, changes)
            animation = await _animation(stage, wire)
            agents = await _agents_pointer(stage, changes)
            await stage.banner.get_by_role("button", name="Stop").click()
            nodes, first, block, size, frames = await _first_view(center, shop, new_page)
    finally:
        shop.shutdown()
        shop.server_close()
    return Seen(change, customers, agents, nodes, first, block, size, idle, animation, frames, recorded)


def let_in(center: Center, shop: Windows) -> None:
    """The centre knows the shop, and the shop the centre."""
    shop.center_url = center.base_url
    with closing(sqlite3.connect(center.data_dir / "center.sqlite3", isolation_level=None)) as database:
        database.execute("UPDATE access_site SET origins = ?", [json.dumps([shop.url, "http://shop.test"])])


def large_page() -> str:
    """An order of many rows, with a form: ten thousand elements."""
    row = "<tr class='row'><td>{n}</td><td><b>Filter {n}</b></td><td><span>pieces</span></td><td><i>12.50</i></td></tr>"
    rows = "".join(row.format(n=n) for n in range(ROWS))
    return f"<main><h1>Order</h1><form><input><select><option>A</option></select></form><table>{rows}</table></main>"


def browser() -> AbstractAsyncContextManager[NewPage]:
    """A browser of its own."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[NewPage]:
        async with async_playwright() as playwright:
            program = machine.needed("chromium", machine.chromium())
            running = await playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)

            async def make(*, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
                context = await running.new_context(locale=locale, viewport={"width": width, "height": height})
                page = await context.new_page()
                await page.add_init_script(CLOCK)
                return page

            yield make
            await running.close()

    return opened()


async def _idle(wire: Bytes) -> float:
    await asyncio.sleep(2)
    before = wire.count
    await asyncio.sleep(IDLE_SECONDS)
    return (wire.count - before) / IDLE_SECONDS


async def _changes(stage: Stage, count: int) -> Summary:
    """A word that changes, one change after the other."""
    await stage.agent.evaluate(WATCH_WORD)
    for number in range(1, count + 1):
        await stage.customer.evaluate("n => { at[n] = clock(); word.firstChild.data = n }", str(number))
        await asyncio.sleep(CHANGE_PAUSE)
    return await _between(stage.customer, stage.agent, count)


async def _between(said: Page, heard: Page, count: int) -> Summary:
    """From the one page to the other. What has not come counts as a minute."""
    await asyncio.sleep(1)
    begun, done = await said.evaluate("at"), await heard.evaluate("at")
    assert len(begun) >= count
    return summary((done.get(key, begun[key] + 60_000) - begun[key]) / 1_000 for key in begun)


async def _customers_pointer(stage: Stage, count: int) -> Summary:
    for page in (stage.customer, stage.agent):
        await page.evaluate("at = {}")
    await stage.agent.evaluate(WATCH_MOVES, ["view", ".their-pointer"])
    move = (
        "n => { at[n] = clock(); document.dispatchEvent(new PointerEvent('pointermove', { clientX: n, clientY: 9 })) }"
    )
    for number in range(101, count + 101):
        await stage.customer.evaluate(move, number)
        await asyncio.sleep(POINTER_PAUSE)
    return await _between(stage.customer, stage.agent, count)


async def _agents_pointer(stage: Stage, count: int) -> Summary:
    await stage.agent.get_by_role("button", name="Ask to point").click()
    await stage.customer.get_by_role("dialog").get_by_role("button", name="Agree").click()
    await stage.agent.get_by_role("button", name="Pointer").click()
    surface = stage.agent.get_by_role("application")
    box = await surface.bounding_box()
    assert box is not None
    scale = await stage.agent.evaluate(SCALE)
    for page in (stage.customer, stage.agent):
        await page.evaluate("at = {}")
    await stage.customer.evaluate(NAME_MARKS)
    await stage.customer.evaluate(WATCH_MOVES, ["#marks", ".pointer"])
    move = """([n, x, y]) => { at[n] = clock(); document.querySelector('.surface').dispatchEvent(
      new PointerEvent('pointermove', { clientX: x, clientY: y, bubbles: true })) }"""
    for number in range(101, count + 101):
        await stage.agent.evaluate(move, [number, box["x"] + number * scale, box["y"] + 20])
        await asyncio.sleep(POINTER_PAUSE)
    return await _between(stage.agent, stage.customer, count)


async def _animation(stage: Stage, wire: Bytes) -> float:
    """As frameworks move things: a style for each picture of the screen."""
    before = wire.count
    await stage.customer.evaluate(
        """seconds => new Promise(resolve => { let count = 0; const timer = setInterval(() => {
          moved.style.transform = `translateX(${count % 300}px)`
          if (++count > seconds * 60) { clearInterval(timer); resolve() } }, 1000 / 60) })""",
        ANIMATION_SECONDS,
    )
    return (wire.count - before) / ANIMATION_SECONDS


async def _first_view(center: Center, shop: Windows, new_page: NewPage) -> tuple[int, float, float, int, list[bytes]]:
    """From the customer's press on "Agree" to the last element at the agent's."""
    customer, agent, wire = await new_page(), await new_page(), Bytes()
    await wire.watch(customer)
    await customer.add_init_script("globalThis.blocks = []; " + BLOCKS)
    async with at_work(center, ANNA) as anna:
        c = await begin_chat(center, shop, customer, "/large")
        session = await invite(anna, c)
    await sign_in_quickly(agent, center)
    await agent.goto(f"{center.base_url}/console/cobrowse-view/?session={session}")
    await expect(agent.get_by_role("heading", name="Waiting for consent")).to_be_visible()
    count = await customer.evaluate("document.querySelectorAll('main *').length")
    await agent.evaluate(
        """count => { const look = () => { const page = document.querySelector('iframe')?.contentDocument
          if (page?.querySelectorAll('main *').length >= count) at.whole = clock()
          else setTimeout(look, 5) }; look() }""",
        count,
    )
    question = customer.get_by_role("dialog")
    await customer.evaluate("addEventListener('click', () => { at.agreed ??= clock() }, true)")
    await question.get_by_role("button", name="Agree").click()
    await agent.wait_for_function("() => at.whole", timeout=60_000)
    agreed, whole = await customer.evaluate("at.agreed"), await agent.evaluate("at.whole")
    blocks = await customer.evaluate(
        "agreed => blocks.filter(([start]) => performance.timeOrigin + start > agreed)", agreed
    )
    size = sum(map(len, wire.frames))
    longest = max((duration for _, duration in blocks), default=0.0)
    return count, (whole - agreed) / 1_000, longest, size, list(wire.frames)
