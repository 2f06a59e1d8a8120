"""Through the server as it is out of the box: none of a page's secrets is anywhere behind the customer's browser."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.cobrowse.line import Line
from tests.browser.cobrowse.stage import open_stage
from tests.browser.cobrowse.windows import Windows
from tests.browser.conftest import ServeShop
from tests.browser.test_cobrowse_capture import HIDE, LATER, PROBES
from tests.conftest import NewPage
from tests.servers import Center

NUMBERS = {b"4111 1111", b"0532 0130", b"5555 5555"}
ADDRESS = "/account?query=zq16query#zq16fragment"
WORDS = {word.encode() for word in re.findall(r"zq\d+[a-z]{3,}", PROBES + LATER + HIDE + ADDRESS)}
LAST_WORD = "The last change of all"


def stored(center: Center) -> dict[str, bytes]:
    """Every file of the centre: its database with what is not yet written back, its log, its files."""
    return {str(path): path.read_bytes() for path in center.data_dir.rglob("*") if path.is_file()}


@pytest.mark.timeout(120)
async def test_none_of_a_pages_secrets_leaves_the_browser_of_the_customer(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage
) -> None:
    shop.wholes["/account"] = PROBES.replace("<!--boot-->", "")
    sent, received = Line(), Line()
    stage = await open_stage(
        serve_shop(),
        shop,
        ADDRESS,
        new_page,
        customer_first=sent.stand_between,
        agent_first=received.stand_between,
    )
    page = stage.customer
    await page.locator("#p1").press_sequentially("zq17typing")
    await page.locator("#p4").press_sequentially("zq18typing")
    for change in (LATER, HIDE):
        await page.evaluate(change)
    await page.evaluate(
        "words => { document.body.append(Object.assign(document.createElement('p'), "
        "{ textContent: words, className: 'last' })) }",
        LAST_WORD,
    )
    await expect((await stage.rebuilt()).locator("p.last")).to_have_text("••• •••• •••••• •• •••")
    rebuilt = await (await stage.rebuilt()).content()

    everything = {"sent": sent.content, "received": received.content, "rebuilt": rebuilt.encode()}
    assert sent.snapshots >= 1
    assert len(received.frames) >= len(sent.frames)
    for place, content in everything.items():
        assert re.findall(rb"zq\d.{0,20}", content) == [], place
    everything |= stored(stage.center) | {"texts": "".join(sent.texts + received.texts).encode()}
    assert len(everything) > len(NUMBERS)
    leaks = {place: word for place, content in everything.items() for word in WORDS | NUMBERS if word in content}
    assert leaks == {}
