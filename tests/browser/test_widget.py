"""The widget on the pages of others: it harms nothing, obeys the strictest policy, and loses no word."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import ServeShop, Shop
from tests.browser.pages import Complaints, accessible, open_chat, open_panel, policy, say
from tests.conftest import NewPage
from tests.flows.parties import at_work
from tests.seed import ANNA
from tests.servers import Center

DIALOG = "Help and chat"


@pytest.mark.parametrize(("sockets", "words"), [(True, ""), (False, 'data-transport="http"')])
async def test_it_works_under_the_strictest_policy_without_a_complaint(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage, tmp_path: Path, sockets: bool, words: str
) -> None:
    center = serve_shop()
    picture = tmp_path / "dot.png"
    picture.write_bytes(DOT)
    page, complaints = await new_page(), Complaints()
    complaints.watch(page)
    shop.csp, shop.words = policy(center, sockets=sockets), words
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "Hello from a strict page")
    await page.locator("input[type=file]").set_input_files(picture)
    await expect(panel.get_by_role("button", name="Remove dot.png")).to_be_visible()
    await say(panel, "With a picture")
    await expect(panel.get_by_role("img", name="dot.png")).to_be_visible()
    async with at_work(center, ANNA) as anna:
        row = await anna.sees(channel="web_chat")
        await anna.does(f"interactions/{row['id']}/take")
        await anna.replies(row["id"], "<b>Hello</b> & https://example.com/")
    await expect(panel.get_by_text("<b>Hello</b> & ")).to_be_visible()
    assert complaints.words == []


async def test_where_no_socket_gets_through_it_goes_on_over_http_and_loses_nothing(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    center = serve_shop()
    page, complaints = await new_page(), Complaints()
    complaints.watch(page)
    shop.csp = policy(center, sockets=False)
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "Written before there is any line")
    await expect(panel.get_by_role("img", name="Sent")).to_be_visible()
    center.restart()
    await say(panel, "Written while it was away")
    await expect(panel.get_by_role("img", name="Not sent yet")).to_have_count(0, timeout=30_000)
    async with at_work(center, ANNA) as anna:
        row = await anna.sees(channel="web_chat")
        await anna.does(f"interactions/{row['id']}/take")
        await anna.replies(row["id"], "You are heard")
        await expect(panel.get_by_text("You are heard")).to_be_visible()
        written = ["Written before there is any line", "Written while it was away", "You are heard"]
        assert await anna.messages(row["id"]) == written
    assert complaints.words
    assert all("ws://" in word or "ERR_" in word for word in complaints.words), complaints.words


async def test_it_leaves_nothing_behind_in_the_page(serve_shop: ServeShop, shop: Shop, new_page: NewPage) -> None:
    serve_shop()
    bare, page = await new_page(), await new_page()
    await bare.goto(f"{shop.url}/bare")
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "Hello")
    assert await _globals(page) == await _globals(bare)
    assert await page.evaluate("document.querySelectorAll('style, link').length") == 0
    assert await page.evaluate("document.cookie") == ""


async def _globals(page: Page) -> list[str]:
    names: list[str] = await page.evaluate(
        "Object.getOwnPropertyNames(window).filter(name => !/^\\d+$/.test(name)).sort()"
    )
    return names


async def test_a_reload_keeps_the_conversation(serve_shop: ServeShop, shop: Shop, new_page: NewPage) -> None:
    center = serve_shop()
    page = await new_page()
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "Before the reload")
    await expect(panel.get_by_role("img", name="Sent")).to_be_visible()
    async with at_work(center, ANNA) as anna:
        row = await anna.sees(channel="web_chat")
        await anna.does(f"interactions/{row['id']}/take")
        await page.reload()
        await anna.replies(row["id"], "While you were away")
        panel = await _reopened(page)
        await expect(panel.get_by_text("Before the reload")).to_be_visible()
        await expect(panel.get_by_text("While you were away")).to_be_visible()
        await say(panel, "After the reload")
        await anna.wire.hears("ev", c=row["id"], body="After the reload")
        assert await anna.messages(row["id"]) == ["Before the reload", "While you were away", "After the reload"]


async def test_what_is_written_without_a_connection_is_sent_once_when_it_is_back(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    center = serve_shop()
    page = await new_page()
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "One")
    await expect(panel.get_by_role("img", name="Sent")).to_be_visible()
    center.stop()
    await say(panel, "Two")
    await say(panel, "Three")
    await expect(panel.get_by_role("img", name="Not sent yet").first).to_be_visible()
    await expect(panel.get_by_text("No connection.")).to_be_visible()
    center.start()
    await expect(panel.get_by_role("img", name="Not sent yet")).to_have_count(0, timeout=30_000)
    async with at_work(center, ANNA) as anna:
        row = await anna.sees(channel="web_chat")
        assert await anna.messages(row["id"]) == ["One", "Two", "Three"]


async def test_unsent_words_survive_a_reload(serve_shop: ServeShop, shop: Shop, new_page: NewPage) -> None:
    center = serve_shop()
    page = await new_page()
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "One")
    await expect(panel.get_by_role("img", name="Sent")).to_be_visible()
    await page.context.set_offline(True)
    await _drop_the_line(center)
    await say(panel, "Two")
    await page.context.set_offline(False)
    await page.reload()
    panel = await _reopened(page)
    await expect(panel.get_by_text("Two", exact=True)).to_be_visible()
    async with at_work(center, ANNA) as anna:
        row = await anna.sees(channel="web_chat")
        await anna.wire.follow(row["id"])
        await anna.wire.reads(row["id"], "Two")
        assert await anna.messages(row["id"]) == ["One", "Two"]


async def _drop_the_line(center: Center) -> None:
    """Being offline stops new connections only; the server's restart ends the one that is open."""
    center.restart()


async def _reopened(page: Page) -> Locator:
    """The panel at the conversation, however it opens after a reload."""
    panel = page.get_by_role("dialog", name=DIALOG)
    button = page.get_by_role("button", name=re.compile("^Open help and chat"))
    await expect(panel.or_(button).first).to_be_visible()
    if not await panel.is_visible():
        await button.click()
    back = panel.get_by_role("button", name="Your conversation")
    await expect(panel.get_by_role("textbox", name="Message").or_(back).first).to_be_visible()
    if await back.is_visible():
        await back.click()
    return panel


async def test_the_open_panel_has_no_accessibility_violation(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    serve_shop()
    for scheme in ("light", "dark"):
        page = await new_page()
        await page.emulate_media(color_scheme=scheme)
        await page.goto(shop.url)
        await open_panel(page)
        await accessible(page, f"home, {scheme}")
        await page.reload()
        panel = await open_chat(page)
        await say(panel, "Hello, is this readable?")
        await accessible(page, f"chat, {scheme}")


async def test_on_a_phone_the_panel_fills_the_screen_and_nothing_is_cut_off(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    serve_shop()
    page = await new_page(width=360, height=640)
    await page.goto(shop.url)
    panel = await open_chat(page)
    await say(panel, "A word that is very long: " + "x" * 300)
    box = await panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await panel.evaluate("element => element.scrollWidth <= element.clientWidth")
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()


DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
