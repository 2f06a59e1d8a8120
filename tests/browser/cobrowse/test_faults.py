"""Lines break, frames go astray, pages reload and computers sleep: the agent sees the page again, and only the page."""

import asyncio

import pytest

from tests.browser.cobrowse.line import Line
from tests.browser.cobrowse.stage import Stage, open_stage
from tests.browser.cobrowse.test_fidelity import FIELD, ORACLE, assert_same, fuzz
from tests.browser.cobrowse.windows import Windows, scripts
from tests.browser.conftest import ServeShop
from tests.conftest import NewPage


async def ready(serve_shop: ServeShop, shop: Windows, new_page: NewPage, seed: int = 0) -> tuple[Stage, Line, Line]:
    """The fuzzed page with a line at each end that a test has in hand."""
    shop.pages["/fuzz"] = FIELD + scripts("oracle.js", "fuzz.js")
    up, down = Line(seed), Line(seed + 1)
    stage = await open_stage(
        serve_shop(), shop, "/fuzz", new_page, customer_first=up.stand_between, agent_first=down.stand_between
    )
    await stage.agent.evaluate(ORACLE)
    return stage, up, down


@pytest.mark.timeout(180)
async def test_frames_that_are_lost_doubled_or_swapped_leave_the_same_page(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    stage, up, down = await ready(serve_shop, shop, new_page, seed=5)
    for line in (up, down):
        line.trouble = 0.3
        await fuzz(stage, 7 + line.seed, 300)
        line.trouble = 0.0
        await fuzz(stage, 70 + line.seed, 20)  # that a frame is missing is seen by the next
        await assert_same(stage, f"seed {line.seed}")
    assert up.said("resume")
    assert down.said("resume")


@pytest.mark.timeout(180)
async def test_a_line_that_breaks_at_either_end_loses_and_doubles_nothing(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    stage, up, down = await ready(serve_shop, shop, new_page)
    for number, line in enumerate((up, down, up), start=11):
        changing = asyncio.ensure_future(fuzz(stage, number, 200))
        await asyncio.sleep(0.1)
        await line.cut()
        await changing
        await assert_same(stage, f"cut {number}")
    assert (up.connections, down.connections) == (3, 2)


@pytest.mark.timeout(180)
async def test_after_a_reload_the_agent_sees_the_new_page(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    stage, up, _down = await ready(serve_shop, shop, new_page)
    await fuzz(stage, 21, 200)
    before = up.snapshots
    await stage.customer.reload()
    await stage.banner.wait_for()
    await fuzz(stage, 22, 200)
    await assert_same(stage, "after the reload")
    assert up.snapshots > before


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_computer_that_slept_shows_its_page_again(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    stage, _up, _down = await ready(serve_shop, shop, new_page)
    session = await stage.customer.context.new_cdp_session(stage.customer)
    await session.send("Page.setWebLifecycleState", {"state": "frozen"})
    await asyncio.sleep(30)
    await session.send("Page.setWebLifecycleState", {"state": "active"})
    await fuzz(stage, 31, 200)
    await assert_same(stage, "after the sleep")
