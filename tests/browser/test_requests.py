"""The form and “my requests” in a real browser: with scripts and without, for everybody."""

import asyncio
import re
import sqlite3
from contextlib import closing
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from interaction_center.access.form_keys import MIN_SECONDS
from tests.browser.pages import Complaints, accessible
from tests.conftest import NewCenter, NewPage
from tests.flows.parties import eventually
from tests.servers import Center

CARLA = "carla@customer.test"


@pytest.fixture
def running(new_center: NewCenter) -> Center:
    """Mail stays in the built-in catcher."""
    return new_center().start()


def last_link(center: Center) -> str:
    """What the newest mail to Carla leads to; "" before it is there."""
    with closing(sqlite3.connect(center.data_dir / "center.sqlite3")) as database:
        found = database.execute("SELECT raw FROM email_channel_caughtmail ORDER BY id DESC LIMIT 1").fetchone()
    body = message_from_bytes(found[0], policy=default).get_body(("plain",)) if found else None
    link = re.search(r"http\S+#t=\S+", body.get_content()) if body else None
    return link[0] if link else ""


async def fill_in(page: Page) -> None:
    """As slowly as a person."""
    await page.get_by_label("Your name").fill("Carla")
    await page.get_by_label("Your e-mail address").fill(CARLA)
    await page.get_by_label("Subject").fill("The gate is stuck")
    await page.get_by_label("Message").fill("It shows E-04.")
    await asyncio.sleep(MIN_SECONDS + 1)


async def ask_for_link(page: Page, center: Center) -> str:
    """By the form; the link in the mail."""
    await page.goto(f"{center.base_url}/help/requests/")
    await page.get_by_label("Your e-mail address").fill(CARLA)
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    return await eventually(lambda: last_link(center))


async def test_a_customer_writes_signs_in_reads_answers_and_closes(running: Center, new_page: NewPage) -> None:
    page, complaints = await new_page(width=360), Complaints()
    complaints.watch(page)
    await page.goto(f"{running.base_url}/help/write/?q=E-04")
    await accessible(page, "form")
    await fill_in(page)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Your message has reached us")).to_be_visible()
    await accessible(page, "sent")

    link = await ask_for_link(page, running)
    await accessible(page, "asked")
    await page.goto(link)
    await accessible(page, "open")
    assert "#" not in page.url
    await page.get_by_role("button", name="Sign in").click()
    await accessible(page, "list")
    await page.get_by_role("link", name=re.compile("The gate is stuck")).click()
    await page.get_by_label("Message").fill("It moves again.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("listitem").filter(has_text="It moves again.")).to_be_visible()
    await accessible(page, "request")
    await page.get_by_role("button", name="Yes, close this request").click()
    await expect(page.get_by_text("Closed", exact=True)).to_be_visible()
    await accessible(page, "closed")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.goto(f"{running.base_url}/help/requests/")
    await expect(page.get_by_role("button", name="Send me the link")).to_be_visible()
    assert complaints.words == []


async def test_all_of_it_works_without_scripts(running: Center, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{running.base_url}/help/write/")
    await fill_in(page)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Your message has reached us")).to_be_visible()
    link = await ask_for_link(page, running)
    await page.goto(link)
    await page.get_by_label("Paste the whole link from our mail").fill(link)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name=re.compile("The gate is stuck")).click()
    await expect(page.get_by_text("It shows E-04.")).to_be_visible()
    await context.close()


async def test_what_must_be_corrected_is_accessible_and_keeps_the_file(running: Center, new_page: NewPage) -> None:
    page = await new_page(locale="de-DE")
    await page.goto(f"{running.base_url}/help/write/")
    await page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
    photo = FilePayload(name="photo.png", mimeType="image/png", buffer=b"pixels")
    await page.get_by_label("Dateien").set_input_files(files=[photo])
    await page.get_by_role("button", name="Senden").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_role("checkbox", name=re.compile("photo.png"))).to_be_visible()
    await accessible(page, "wrong")


async def test_files_that_are_too_large_together_are_said_before_anything_is_sent(
    running: Center, new_page: NewPage
) -> None:
    page = await new_page()
    await page.goto(f"{running.base_url}/help/write/")
    await page.evaluate("document.querySelector('#files').dataset.max = '10'")
    files = page.get_by_label("Files")
    await files.set_input_files(files=[FilePayload(name="a.txt", mimeType="text/plain", buffer=b"x" * 11)])
    assert await files.evaluate("input => input.validationMessage") == (
        "Together these files are larger than 20 MB. Choose fewer or smaller ones."
    )


async def test_the_press_behind_the_link_that_proves_an_address_is_taken(running: Center, new_page: NewPage) -> None:
    link = running.run(
        "from interaction_center.customers.mail_links import mail_link\n"
        "from interaction_center.customers.models import Customer\n"
        f"print(mail_link(customer=Customer.objects.create().public_id, address={CARLA!r}))"
    )
    page = await new_page()
    await page.goto(link.strip())
    await page.get_by_role("button", name="Yes, this is my address").click()
    await expect(page.get_by_role("heading", name="Confirmed. Thank you!")).to_be_visible()
