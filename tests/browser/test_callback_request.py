"""Asking for a call in a real browser: the page without scripts, by the reader's own clock, the mail, the widget."""

import asyncio
import re
import sqlite3
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from interaction_center.access.form_keys import MIN_SECONDS
from tests.browser.conftest import ServeShop, Shop
from tests.browser.pages import Complaints, accessible, open_panel, policy
from tests.conftest import NewCenter, NewPage
from tests.flows.parties import eventually
from tests.servers import Center

LINE = """
from channels_app.callback.models import PhoneLine
PhoneLine.objects.create(number="+4930901820", name="Service", quiet_from="24:00", quiet_until="00:00")
"""

SIGNED_IN = """
from django.utils import timezone
from interaction_center.access.doors import digest_of
from interaction_center.customers.models import ContactPoint, Customer
from interaction_center.portal.models import CustomerSession
customer, address, now = Customer.objects.create(name="Carla Customer"), "carla@example.org", timezone.now()
point = ContactPoint.objects.create(
    customer=customer, kind="email", value=address, normalised=address, proof="verified"
)
CustomerSession.objects.create(
    contact_point=point, digest=digest_of("carla"), created_at=now, renewed_at=now, seen_at=now
)
"""


@pytest.fixture
def running(new_center: NewCenter) -> Center:
    """Somebody calls back at any hour; mail stays in the built-in catcher."""
    center = new_center()
    center.run(LINE)
    return center.start()


def rows(center: Center, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(center.data_dir / "center.sqlite3")) as database:
        found: list[tuple[Any, ...]] = database.execute(query).fetchall()
        return found


def link_in_mail(center: Center) -> str:
    """What the newest mail leads to; "" before it is there."""
    found = rows(center, "SELECT raw FROM email_channel_caughtmail ORDER BY id DESC LIMIT 1")
    body = message_from_bytes(found[0][0], policy=default).get_body(("plain",)) if found else None
    link = re.search(r"http\S+/callback/\S+/m/\S+", body.get_content()) if body else None
    return link[0] if link else ""


async def fill_in(place: Page | Locator) -> None:
    await place.get_by_label(re.compile("elephone number")).fill("030 2345678")
    await place.get_by_label(re.compile("^(Your )?[Nn]ame")).fill("Jo Doe")


async def test_without_scripts_a_customer_asks_moves_and_cancels(running: Center, browser: Browser) -> None:
    context = await browser.new_context(
        java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 800}
    )
    page = await context.new_page()
    await page.goto(f"{running.base_url}/callback/?question=The+gate+is+stuck")
    await expect(page.get_by_label(re.compile("What is it about"))).to_have_value("The gate is stuck")
    await fill_in(page)
    await page.get_by_label(re.compile("Your e-mail")).fill("jo@customer.test")
    await asyncio.sleep(MIN_SECONDS + 1)
    await page.get_by_role("button", name="Call me back").click()
    await expect(page.get_by_role("heading", name="We will call you")).to_be_visible()
    await expect(page.get_by_text("+49 30 2345678")).to_be_visible()

    await page.goto(await eventually(lambda: link_in_mail(running)))
    chosen = page.get_by_label(re.compile("When"))
    await chosen.select_option(index=3)
    await page.get_by_role("button", name="Move it").click()
    await expect(page.get_by_text("has a new time")).to_be_visible()
    await page.get_by_role("button", name="Cancel the callback").click()
    await expect(page.get_by_role("heading", name="Your callback is cancelled")).to_be_visible()
    assert rows(running, "SELECT stage FROM callback_callbackrequest") == [("cancelled",)]
    assert "2345678" not in running.log
    assert "/m/" not in running.log
    await context.close()


async def test_the_pages_are_for_everybody_and_nothing_is_cut_off(running: Center, new_page: NewPage) -> None:
    for locale, width in (("en-GB", 1280), ("de-DE", 360)):
        page, complaints = await new_page(locale=locale, width=width), Complaints()
        complaints.watch(page)
        await page.goto(f"{running.base_url}/callback/")
        await accessible(page, f"the form at {width}")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        assert not complaints.words
    await page.emulate_media(color_scheme="dark")
    await page.locator("#phone").fill("112")
    await page.locator("#name").fill("Jo " + "D" * 150)
    await asyncio.sleep(MIN_SECONDS + 1)
    await page.get_by_role("button", name="Rufen Sie mich zurück").click()
    await expect(page.locator("#phone-problem")).to_contain_text("Notrufnummer")
    await accessible(page, "what is wrong, dark")
    await page.locator("#phone").fill("030 2345678")
    await page.get_by_role("button", name="Rufen Sie mich zurück").click()
    await expect(page.get_by_role("heading", name="Wir rufen Sie an")).to_be_visible()
    await accessible(page, "the promise, dark")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_who_has_signed_in_to_the_help_pages_need_not_say_who_they_are(running: Center, browser: Browser) -> None:
    running.run(SIGNED_IN)
    context = await browser.new_context(locale="en-GB")
    await context.add_cookies([{"name": "customer_session", "value": "carla", "domain": "127.0.0.1", "path": "/help/"}])
    page, complaints = await context.new_page(), Complaints()
    complaints.watch(page)
    await page.goto(f"{running.base_url}/callback/en/")
    await expect(page.locator("#name")).to_have_value("Carla Customer")
    await expect(page.locator("#email")).to_have_value("carla@example.org")
    await page.locator("#phone").fill("030 2345678")
    await asyncio.sleep(MIN_SECONDS + 1)
    await page.get_by_role("button", name="Call me back").click()
    await expect(page.get_by_role("heading", name="We will call you")).to_be_visible()
    assert rows(running, "SELECT email, is_proved FROM callback_callbackrequest") == [("carla@example.org", 1)]
    assert complaints.words == []
    await context.close()


async def test_times_stand_on_the_readers_own_clock(running: Center, browser: Browser) -> None:
    context = await browser.new_context(locale="en-GB", timezone_id="Asia/Tokyo")
    page = await context.new_page()
    await page.goto(f"{running.base_url}/callback/en/")
    await expect(page.locator("[data-clock]")).to_have_text("Tokyo time")
    await page.get_by_label("Time zone").select_option("America/New_York")
    await expect(page.locator("[data-clock]")).to_have_text("New York time")
    assert await page.locator("input[name=zone]").input_value() == "America/New_York"
    await context.close()


async def test_in_the_widget_a_visitor_asks_and_cancels(serve_shop: ServeShop, shop: Shop, new_page: NewPage) -> None:
    center = serve_shop()
    center.run(LINE)
    shop.csp = policy(center, sockets=True)
    page, complaints = await new_page(), Complaints()
    complaints.watch(page)
    await page.goto(shop.url)
    panel = await open_panel(page)
    await panel.get_by_role("button", name="Call me back").click()
    await fill_in(panel)
    await panel.get_by_label(re.compile("What is it about")).fill("The gate is stuck")
    await accessible(page, "the widget's form")
    await panel.get_by_role("button", name="Call me back").click()
    await expect(panel.get_by_role("heading", name="We will call you")).to_be_visible()
    await accessible(page, "the widget's promise")
    assert rows(center, "SELECT source, stage FROM callback_callbackrequest") == [("widget", "due")]
    await panel.get_by_role("button", name="Cancel this callback").click()
    await expect(panel.get_by_text("We will not call you")).to_be_visible()
    assert rows(center, "SELECT stage FROM callback_callbackrequest") == [("cancelled",)]
    assert not complaints.words
