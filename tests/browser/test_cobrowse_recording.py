"""A page is recorded with its customer's consent, and played by the agent who watched it: two browsers and the real
server."""

import re
import sqlite3
from contextlib import closing

from playwright.async_api import Request, expect

from tests.browser.conftest import ServeShop, Shop
from tests.browser.pages import Complaints, accessible, sign_in
from tests.browser.test_cobrowse_console import agree, both, view_of
from tests.conftest import NewPage
from tests.seed import ADMIN, SITE_KEY
from tests.servers import Center

ALLOW = """INSERT INTO cobrowse_siterules (site, enabled, show, mask, block, deny, submit, recording, retention_days)
VALUES (?, 1, '["h1"]', '[]', '[]', 0, 0, 1, 7)"""


HOSTILE = """<main>Harmless words</main>
<img src="http://elsewhere.test/a"><img src="/api/evil" onerror="parent.evil = 1">
<script>parent.evil = 1; fetch("/api/evil")</script><link rel="stylesheet" href="http://elsewhere.test/b">
<style>@import "http://elsewhere.test/c"; body { background: url(/api/evil) }</style><iframe src="/api/evil"></iframe>
<meta http-equiv="refresh" content="0;url=http://elsewhere.test/d"><form action="/api/evil"><button>x</button></form>"""


async def test_what_the_customer_let_us_record_is_played_and_is_no_file(
    shop: Shop, serve_shop: ServeShop, new_page: NewPage
) -> None:
    customer, anna = await both(shop, _with_rules(serve_shop), new_page)
    await anna.get_by_role("button", name="Look at the page").click()
    view = view_of(anna)
    await agree(customer)
    mirrored = view.frame_locator("iframe")
    await expect(mirrored.get_by_role("heading", level=1)).to_have_text("A shop", timeout=15_000)
    await view.get_by_role("button", name="More").click()
    await view.get_by_role("button", name="Ask to record").click()
    asked = customer.get_by_role("dialog", name=re.compile("Anna Agent"))
    await expect(asked).to_contain_text("deleted after 7 days")
    await asked.get_by_role("button", name="Agree").click()
    await expect(view.get_by_role("button", name="Give back: Recording")).to_be_visible()
    await expect(customer.get_by_role("region", name="Shown page")).to_contain_text("It is being recorded.")
    await customer.evaluate("document.querySelector('h1').textContent = 'A shop on film'")
    await expect(mirrored.get_by_role("heading", level=1)).to_have_text("A shop on film")
    await customer.get_by_role("button", name="Stop recording").click()
    await expect(view.get_by_role("button", name="Give back: Recording")).to_be_hidden()
    await customer.evaluate("document.querySelector('h1').textContent = 'A shop off film'")
    await expect(mirrored.get_by_role("heading", level=1)).to_have_text("A shop off film")
    await customer.get_by_role("button", name="Stop", exact=True).click()
    await expect(view.get_by_role("heading", name="The session has ended")).to_be_visible()
    await anna.get_by_role("button", name="Close the view").click()
    async with anna.context.expect_page() as opened:
        await anna.get_by_role("link", name="Play the recording").click()
    player = await opened.value
    complaints = Complaints()
    complaints.watch(player)
    played = player.frame_locator("iframe")
    await expect(played.get_by_role("heading", level=1)).to_have_text("A shop on film", timeout=15_000)
    await player.get_by_role("slider", name="Place in the recording").fill("0")
    await expect(player.get_by_role("button", name=re.compile("Play|Pause"))).to_be_visible()
    await accessible(player, "a recording")
    assert complaints.words == []


def _with_rules(serve_shop: ServeShop) -> ServeShop:
    def make(**settings: str) -> Center:
        center = serve_shop(**settings)
        with closing(sqlite3.connect(center.data_dir / "center.sqlite3", isolation_level=None)) as database:
            database.execute(ALLOW, [SITE_KEY])
        return center

    return make


async def test_an_administrator_says_what_agents_see(shop: Shop, serve_shop: ServeShop, new_page: NewPage) -> None:
    center, ada = serve_shop(), await new_page()
    complaints = Complaints()
    complaints.watch(ada)
    asked: list[Request] = []
    ada.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - it marks what it is given
    await sign_in(ada, center, ADMIN)
    await ada.goto(f"{center.base_url}/console/settings/cobrowse")
    await ada.get_by_role("link", name=re.compile("Test site")).click()
    await ada.get_by_label("Show", exact=True).fill("main\n.price")
    await ada.get_by_label("Block", exact=True).fill("div[")
    await expect(ada.get_by_text("Line 1, “div[”, is no CSS selector")).to_be_visible()
    await ada.get_by_label("Block", exact=True).fill(".account")
    await ada.get_by_role("button", name="Save").click()
    await expect(ada.get_by_text("2 shown, 0 masked, 1 blocked")).to_be_visible()
    seen = ada.frame_locator("iframe[title='What agents see']").frame_locator("iframe")
    await expect(seen.get_by_role("heading", level=1)).to_have_text("Your order", timeout=15_000)
    await expect(seen.get_by_text("Total: 249.90")).to_be_visible()
    await expect(seen.get_by_text("Anna Example")).to_have_count(0)
    await expect(seen.locator("body")).not_to_contain_text("4111")
    await expect(ada.get_by_text(re.compile(r"\d+ readable, \d+ masked, 1 blocked"))).to_be_visible()
    await ada.get_by_label("Mask", exact=True).fill(".price")
    await expect(seen.get_by_text("Total: 249.90")).to_have_count(0)
    asked.clear()
    await ada.get_by_label("HTML of a page").fill(HOSTILE)
    await expect(seen.get_by_text("Harmless words")).to_be_visible()
    hostile = [one for one in asked if "elsewhere" in one.url or "/api/evil" in one.url]
    assert {one.failure for one in hostile} <= {"csp"}, "the policy of the document stops them before they leave"
    assert await ada.evaluate("window.evil") is None
    await ada.get_by_role("button", name="Take the sample page").click()
    await expect(seen.get_by_role("heading", level=1)).to_have_text("Your order")
    await ada.set_viewport_size({"width": 1100, "height": 800})
    await expect(ada.get_by_text(re.compile(r"\d+ readable, \d+ masked, 1 blocked"))).to_be_visible()
    await expect(seen.get_by_role("heading", level=1)).to_be_visible()
    await accessible(ada, "the rules of a site")
    assert await ada.evaluate("document.documentElement.scrollHeight === innerHeight"), "the window itself scrolls"
