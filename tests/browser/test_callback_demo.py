"""Call me back in a real browser, as somebody tries it: the page, the console and both telephones of the demo page."""

import re

import pytest
from playwright.async_api import Page, expect

from interaction_center.access.form_keys import MIN_SECONDS
from tests.browser.pages import Complaints, accept, accessible, be_available, sign_in
from tests.conftest import NewCenter, NewPage
from tests.flows.telephones import connect
from tests.seed import ANNA
from tests.servers import Center

NUMBER = "+49 1522 8817386"  # reserved for fiction


@pytest.fixture
def center(new_center: NewCenter) -> Center:
    """One with a line and a telephone on Anna's desk."""
    center = new_center()
    connect(center, wrap_up_seconds=600)
    return center.start()


async def ask_for_a_call(page: Page, center: Center) -> None:
    """By the page, as soon as possible."""
    await page.goto(f"{center.base_url}/callback/en/")
    await page.get_by_label("Telephone number").fill(NUMBER)
    await page.get_by_label("Your name").fill("Robin Ashdown")
    await page.get_by_label("What is it about?").fill("The Kestrel stops after three patients")
    await page.wait_for_timeout(MIN_SECONDS * 1_000)  # whoever fills it in faster is taken for a program
    await page.get_by_role("button", name="Call me back").click()
    await expect(page.get_by_role("heading", name="We will call you")).to_be_visible()


async def test_from_the_wish_to_be_called_to_what_came_of_it(center: Center, new_page: NewPage) -> None:
    console, shop, page, complaints = await new_page(), await new_page(), await new_page(), Complaints()
    complaints.watch(shop)
    await sign_in(console, center, ANNA)
    await be_available(console)
    await shop.goto(f"{center.base_url}/demo/")
    customers = shop.get_by_role("region", name="The customer’s telephone")
    desk = shop.get_by_role("region", name="The agent’s desk telephone")

    await ask_for_a_call(page, center)
    await accept(console)
    await desk.get_by_role("button", name="Answer").click(timeout=15_000)
    await expect(desk.get_by_text("A callback for Robin Ashdown")).to_be_visible(timeout=15_000)
    await desk.get_by_role("button", name="1", exact=True).click()
    await expect(console.get_by_text("Calling the customer")).to_be_visible(timeout=15_000)

    await customers.get_by_role("button", name="Answer").click(timeout=15_000)
    await expect(customers.get_by_text("the call back that you asked for")).to_be_visible(timeout=15_000)
    await expect(console.get_by_text("Talking")).to_be_visible(timeout=15_000)
    await accessible(shop, "a call on both telephones")

    await customers.get_by_role("button", name="Hang up").click()
    await expect(console.get_by_text(re.compile("Wrap-up"))).to_be_visible(timeout=15_000)
    await expect(desk.get_by_text("The call has ended")).to_be_visible(timeout=15_000)
    assert complaints.words == []
