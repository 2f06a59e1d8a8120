"""Whatever a page does to itself, the agent sees that page, masked, and no other."""

import asyncio
import difflib
import itertools

import pytest

from tests.browser.cobrowse.stage import Open, Stage, kept
from tests.browser.cobrowse.windows import SCRIPTS, Windows, scripts

FIELD = """<style>.amber { color: rgb(1, 2, 3); }</style><div id="field" class="birch"><p>Words at the start</p>
<form><input placeholder="Your name"><select><option>One</option><option>Two</option></select></form></div>"""
ORACLE = (SCRIPTS / "oracle.js").read_text()
SETTLE_SECONDS = 30.0


async def fuzz(stage: Stage, seed: int, count: int) -> None:
    """So many changes of the customer's page."""
    await stage.customer.evaluate("([seed, count]) => fuzz(seed, count)", [seed, count])


async def differences(stage: Stage) -> str:
    """Where what the agent sees is not what they should see; nothing when it is."""
    wanted = kept(await stage.customer.evaluate("oracle.wanted()"))
    seen = kept(await stage.agent.evaluate("oracle.seen(document.querySelector('iframe').contentDocument)"))
    lines = difflib.unified_diff(wanted.splitlines(), seen.splitlines(), "wanted", "seen", lineterm="", n=6)
    return "\n".join(itertools.islice(lines, 60))


async def assert_same(stage: Stage, what: str) -> None:
    """The same in the end: what was changed last may be on its way."""
    until = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while found := await differences(stage):
        assert asyncio.get_running_loop().time() < until, f"{what}:\n{found}"
        await asyncio.sleep(0.1)


async def ready(open_view: Open, shop: Windows) -> Stage:
    shop.pages["/fuzz"] = FIELD + scripts("oracle.js", "fuzz.js")
    stage = await open_view("/fuzz")
    await stage.agent.evaluate(ORACLE)
    return stage


@pytest.mark.timeout(180)
async def test_after_hundreds_of_random_changes_the_agent_sees_the_masked_page(open_view: Open, shop: Windows) -> None:
    stage = await ready(open_view, shop)
    await assert_same(stage, "at the start")
    for seed in (1, 2, 3):
        await fuzz(stage, seed, 500)
        await assert_same(stage, f"seed {seed}")


@pytest.mark.slow
@pytest.mark.timeout(3_600)
async def test_after_thousands_of_random_changes_the_agent_sees_the_masked_page(open_view: Open, shop: Windows) -> None:
    stage = await ready(open_view, shop)
    for seed in range(100, 150):
        await fuzz(stage, seed, 5_000)
        await assert_same(stage, f"seed {seed}")
