"""The direct line beside the relay in the running product: the customer's page, the agent's view, the real server, and
a network of their own whose way can be cut."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from tests import machine
from tests.browser.cobrowse.line import Line
from tests.browser.cobrowse.stage import PATIENCE_MS, Stage, open_stage
from tests.browser.cobrowse.test_fidelity import FIELD, ORACLE, assert_same, fuzz
from tests.browser.cobrowse.windows import SCRIPTS, Windows, scripts
from tests.browser.conftest import ServeShop
from tests.conftest import FLAGS, NewPage
from tests.flows.parties import eventually
from tests.network import Network, own_network
from tests.pace import slowness

DIRECT = (SCRIPTS / "direct.js").read_text()
MUST_SECONDS = 2.0
ROUND_SECONDS = 0.3  # what a round signals is within what a socket may send
ROUNDS = 100

pytestmark = pytest.mark.timeout(240)


class Valve(Line):
    """`is_shut`: what the page shows does not come by the relay."""

    is_shut = False

    def _troubled(self, frame: bytes) -> list[bytes]:
        return [] if self.is_shut else super()._troubled(frame)


class Both:
    """A session with a direct line; `up` and `down` are the relay's lines of the customer and of the agent."""

    def __init__(self, stage: Stage, up: Valve, down: Valve) -> None:
        self.stage, self.up, self.down = stage, up, down
        self.customer, self.agent = stage.customer, stage.agent

    def opened(self) -> int:
        """How often the customer's page has said that a line stands."""
        return sum(frame["up"] for frame in self.up.said("p2p"))

    async def stands(self, *, times: int) -> None:
        """The line has been opened so many times, and stands at both ends."""
        await eventually(lambda: self.opened() >= times)
        await expect(self.agent.get_by_text("direct", exact=True)).to_be_visible(timeout=PATIENCE_MS)

    async def carries(self, what: str) -> None:
        """A change reaches the agent although the relay brings none."""
        self.down.is_shut = True
        await self.customer.evaluate("word => { document.getElementById('word').textContent = word }", what)
        seen = await self.stage.rebuilt()
        await expect(seen.locator("#word")).to_have_text(what, timeout=PATIENCE_MS)
        self.down.is_shut = False


@pytest.fixture(autouse=True)
def network() -> Iterator[Network]:
    """Before everything else that a test has: the server and the browser are in it."""
    try:
        with own_network() as network:
            yield network
    except OSError as error:
        pytest.skip(f"no route of its own, without which WebRTC finds no way: {error}")


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(network: Network) -> AsyncIterator[NewPage]:
    """As everywhere, but of a browser in this network."""
    async with async_playwright() as playwright:
        program = machine.needed("chromium", machine.chromium())
        browser = await playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)

        async def make(*, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
            context = await browser.new_context(locale=locale, viewport={"width": width, "height": height})
            return await context.new_page()

        yield make
        await browser.close()


async def connected(serve_shop: ServeShop, shop: Windows, new_page: NewPage) -> Both:
    """Until the agent has asked for a direct line, the customer has agreed, and it stands."""
    words = '<p id="word" data-cobrowse="show">none</p><ul id="lines" data-cobrowse="show"></ul>'
    shop.pages["/fuzz"] = words + FIELD + scripts("oracle.js", "fuzz.js")
    up, down = Valve(), Valve()

    async def of_customer(page: Page) -> None:
        await page.add_init_script(DIRECT)
        await up.stand_between(page)

    async def of_agent(page: Page) -> None:
        await page.add_init_script(DIRECT)
        await down.stand_between(page)

    stage = await open_stage(serve_shop(), shop, "/fuzz", new_page, customer_first=of_customer, agent_first=of_agent)
    await stage.agent.evaluate(ORACLE)
    await stage.agent.get_by_role("button", name="More").click()
    await stage.agent.get_by_role("button", name="Ask for a direct line").click()
    question = stage.customer.get_by_role("dialog", name="Anna Agent asks")
    await question.get_by_role("button", name="Agree").click()
    both = Both(stage, up, down)
    await both.stands(times=1)
    return both


async def test_the_agent_sees_the_masked_page_by_the_direct_line_alone_until_it_is_given_back(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    both = await connected(serve_shop, shop, new_page)
    await fuzz(both.stage, 41, 300)
    await assert_same(both.stage, "by both ways")
    by_relay, both.down.is_shut = both.up.snapshots, True
    await fuzz(both.stage, 42, 100)
    await assert_same(both.stage, "by the direct line")
    assert both.up.snapshots == by_relay
    both.down.is_shut = False
    await both.agent.get_by_role("button", name="Give back: Direct line").click()
    for page in (both.customer, both.agent):
        await page.wait_for_function("() => connections.every(({ connectionState }) => connectionState === 'closed')")
    await expect(both.agent.get_by_text("direct", exact=True)).to_be_hidden()
    await fuzz(both.stage, 43, 100)
    await assert_same(both.stage, "by the relay")


async def test_the_line_is_opened_anew_whoever_was_away(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    both = await connected(serve_shop, shop, new_page)
    await both.up.cut()
    await both.stands(times=2)
    await both.carries("after the customer's socket")
    await both.down.cut()
    await both.stands(times=3)
    await both.carries("after the agent's socket")
    await both.customer.reload()
    await both.stands(times=4)
    await both.carries("after the customer's page")
    await both.agent.reload()
    await both.stands(times=5)
    await both.carries("after the agent's page")


async def test_a_hundred_renegotiations_that_both_ends_begin_at_once_leave_none_stuck(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    both = await connected(serve_shop, shop, new_page)
    stuck, ends = 0, [await page.evaluate("connections.length") for page in (both.customer, both.agent)]
    for _ in range(ROUNDS):
        begun = time.time()
        moment = (begun + 0.05) * 1000
        done = await asyncio.gather(
            *(page.evaluate("moment => direct.renegotiated(moment)", moment) for page in (both.customer, both.agent))
        )
        stuck += not all(done)
        await asyncio.sleep(max(0.0, begun + ROUND_SECONDS - time.time()))
    assert stuck == 0
    assert [await page.evaluate("connections.length") for page in (both.customer, both.agent)] == ends
    assert (both.up.connections, both.down.connections) == (1, 1)
    await both.carries("after a hundred")
    said = both.up.said("sdp")
    offered = sum("from" in frame and frame["desc"]["type"] == "offer" for frame in said)
    answered = sum("to" in frame and frame["desc"]["type"] == "answer" for frame in said)
    assert offered > answered, "no two offers have crossed"


async def test_when_the_way_is_cut_the_relay_takes_over_and_nothing_is_lost_or_doubled(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage, network: Network
) -> None:
    both = await connected(serve_shop, shop, new_page)
    await both.agent.evaluate("direct.watch()")
    await both.customer.evaluate("direct.write()")
    snapshots = both.up.snapshots
    await both.agent.wait_for_function("() => came.length > 10")
    cut = time.time() * 1000
    network.cut()
    await expect(both.agent.get_by_text("direct", exact=True)).to_be_hidden(timeout=PATIENCE_MS)
    given_up = await both.agent.evaluate("saidUntil") - cut
    await both.agent.wait_for_function("cut => came.at(-1)[1] > cut + 3000", arg=cut)
    network.mend()
    await both.stands(times=2)
    await both.customer.evaluate("clearInterval(writing)")
    await assert_same(both.stage, "after the cut")
    written, came = await both.customer.evaluate("written"), await both.agent.evaluate("came")
    assert [number for number, _ in came] == [int(number) for number in written]
    assert both.up.snapshots == snapshots
    late = max(at - written[str(number)] for number, at in came if written[str(number)] > cut)
    print(f"a change after the cut took at most {late:.0f} ms, the line was called direct for {given_up:.0f} ms")
    assert late <= MUST_SECONDS * 1000 * slowness()
    assert given_up <= MUST_SECONDS * 1000 * slowness()
