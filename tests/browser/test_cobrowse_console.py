"""From a conversation to the customer's page and back: two browsers, nothing in between but the real server."""

import re

from playwright.async_api import FrameLocator, Page, expect

from tests.browser.conftest import ServeShop, Shop
from tests.browser.pages import Complaints, accessible, log, open_chat, say, sign_in, take
from tests.conftest import NewPage
from tests.seed import ANNA


async def agree(page: Page, name: str = "Anna Agent") -> None:
    """The customer reads what they are asked, and says yes."""
    asked = page.get_by_role("dialog", name=re.compile(name))
    await asked.get_by_role("button", name="Agree").click()


async def both(shop: Shop, serve_shop: ServeShop, new_page: NewPage) -> tuple[Page, Page]:
    """A customer who has written from a shop's page, and Anna who has taken it."""
    center = serve_shop()
    customer, anna = await new_page(), await new_page(width=1600)
    await customer.goto(shop.url)
    await say(await open_chat(customer), "I am lost on this page")
    await sign_in(anna, center, ANNA)
    await take(anna, "I am lost")
    return customer, anna


def view_of(anna: Page) -> FrameLocator:
    """The document beside the conversation."""
    return anna.frame_locator("iframe.cobrowse-frame")


async def test_an_agent_sees_the_customers_page_points_helps_and_it_ends_with_the_customer(
    shop: Shop, serve_shop: ServeShop, new_page: NewPage
) -> None:
    customer, anna = await both(shop, serve_shop, new_page)
    complaints = Complaints()
    complaints.watch(anna)
    await anna.get_by_role("button", name="Look at the page").click()
    view = view_of(anna)
    await expect(view.get_by_role("heading", name="Waiting for consent")).to_be_visible()
    await agree(customer)
    mirrored = view.frame_locator("iframe")
    await expect(mirrored.get_by_role("heading", level=1)).to_have_text(re.compile("^[• ]+$"), timeout=15_000)
    await accessible(anna, "the view beside the conversation")
    await view.get_by_role("button", name="Ask to point").click()
    await agree(customer)
    await view.get_by_role("button", name="Highlight").click()
    await mirrored.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")
    await view.get_by_role("application").click(position={"x": 60, "y": 120})
    await expect(customer.locator("interaction-center .highlight, .highlight").first).to_be_visible()
    await customer.evaluate("document.querySelector('h1').append(' and more')")
    await expect(mirrored.get_by_role("heading", level=1)).to_have_text("• •••• ••• ••••")
    await customer.get_by_role("button", name="Stop").click()
    await expect(view.get_by_role("heading", name="The session has ended")).to_be_visible()
    await expect(log(anna).get_by_text("Anna Agent sees the customer’s page")).to_be_visible()
    await expect(log(anna).get_by_text(re.compile("The customer ended it"))).to_be_visible()
    assert complaints.words == []


async def test_a_page_that_is_not_known_is_reached_by_its_code(
    shop: Shop, serve_shop: ServeShop, new_page: NewPage
) -> None:
    customer, anna = await both(shop, serve_shop, new_page)
    await customer.close()
    await anna.get_by_role("button", name="Look at the page").click()
    dialog = anna.get_by_role("dialog", name="Look at a page by code")
    await expect(dialog.get_by_text(re.compile("no page of ours open"))).to_be_visible(timeout=15_000)
    await dialog.get_by_label("Code").fill("111222333")
    await dialog.get_by_role("button", name="Open the page").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("wrong or has run out")
    await accessible(anna, "the dialog of the code")
