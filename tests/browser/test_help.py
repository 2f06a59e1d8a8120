"""The help pages in a real browser."""

import sqlite3
from contextlib import closing

from playwright.async_api import expect

from tests.browser.pages import Complaints
from tests.conftest import NewCenter, NewPage


async def test_from_a_help_page_one_gets_to_a_person_without_a_complaint(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center()
    with closing(sqlite3.connect(center.data_dir / "center.sqlite3", isolation_level=None)) as database:
        database.execute("UPDATE access_site SET mail_from = 'help@shop.example'")
    center.start()
    page, complaints = await new_page(), Complaints()
    complaints.watch(page)
    await page.goto(f"{center.base_url}/help/?q=flibbertigibbet")
    await expect(page.locator("interaction-center button").first).to_be_visible()
    await page.get_by_role("link", name="Chat with us").click()
    panel = page.get_by_role("dialog", name="Help and chat")
    await expect(panel).to_be_visible()
    await expect(panel.get_by_role("button", name="us")).to_be_visible()
    assert complaints.words == []
