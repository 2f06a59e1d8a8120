"""How knowledge is written, in a real browser: from the first word to what readers find, and back."""

import asyncio
import re

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.browser.pages import Complaints, accessible, sign_in
from tests.conftest import NewCenter, NewPage
from tests.seed import ADMIN
from tests.servers import Center

WORD = "Quarzlampe"


async def new_article(page: Page, center: Center, title: str, text: str) -> None:
    """An article, saved as a draft."""
    await page.goto(f"{center.base_url}/console/knowledge/articles/new")
    await page.get_by_label("Title").fill(title)
    await body(page).fill(text)
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_text("Everything is saved")).to_be_visible()


def body(page: Page) -> Locator:
    """Where the text of an article is written."""
    return page.get_by_role("textbox", name="Text", exact=True)


async def choose(page: Page, act: str) -> None:
    """One of the acts behind the three dots."""
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name=act).click()


async def open_versions(page: Page) -> Locator:
    """The list of versions, unfolded."""
    versions = page.get_by_role("list", name="Versions")
    if not await versions.is_visible():
        await page.locator("summary", has_text="Versions").click()
    return versions


async def test_an_article_goes_from_its_first_word_to_its_readers_and_back(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    page, reader, complaints = await new_page(width=1280), await new_page(), Complaints()
    await sign_in(page, center, ADMIN)
    complaints.watch(page)
    await new_article(page, center, f"Change the {WORD}", "1. Switch off.\n2. Wait.")
    await expect(page.get_by_role("region", name="Preview").get_by_role("listitem")).to_have_count(2)
    await accessible(page, "a draft")
    await choose(page, "Submit for review")
    await expect(page.locator(".author-standing").get_by_text("In review")).to_be_visible()
    await reader.goto(f"{center.base_url}/help/")
    path = await published_path(page)
    answer = await reader.goto(f"{center.base_url}{path}")
    assert answer is not None
    assert answer.status == 200
    await expect(reader.get_by_text("Switch off.")).to_be_visible()
    await body(page).fill("1. Switch off.\n2. Wait for a minute.")
    await page.get_by_label("What you changed").fill("Said how long")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("Published · change in draft")).to_be_visible()
    await reader.reload()
    await expect(reader.get_by_text("Wait for a minute.")).to_have_count(0)
    await page.get_by_role("button", name="Publish changes").click()
    await expect(page.locator(".author-standing").get_by_text("Published", exact=True)).to_be_visible()
    await reader.reload()
    await expect(reader.get_by_text("Wait for a minute.")).to_be_visible()
    await compare_and_restore(page)
    await expect(body(page)).to_have_value("1. Switch off.\n2. Wait.")
    await page.get_by_role("button", name="Undo").click()
    await expect(body(page)).to_have_value("1. Switch off.\n2. Wait for a minute.")
    await expect(page.locator(".author-standing").get_by_text("Published", exact=True)).to_be_visible()
    assert complaints.words == []


async def published_path(page: Page) -> str:
    """Publishes the open article; where readers find it."""
    await page.get_by_role("button", name="Publish", exact=True).click()
    see = page.get_by_role("link", name="See it")
    await expect(see).to_be_visible()
    return await see.get_attribute("href") or ""


async def compare_and_restore(page: Page) -> None:
    """What changed from version 1 to 2 is told by sign and word; then version 1 comes back."""
    versions = await open_versions(page)
    await expect(versions.get_by_text("Said how long")).to_be_visible()
    await page.get_by_role("button", name="Version 2: actions").click()
    await page.get_by_role("menuitem", name="Compare versions").click()
    dialog = page.get_by_role("dialog", name="Compare versions")
    await expect(dialog.get_by_text("Removed:")).to_have_count(1)
    await expect(dialog.get_by_text("Added:")).to_have_count(1)
    await accessible(page, "two versions compared")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Version 1: actions").click()
    await page.get_by_role("menuitem", name="Restore as draft").click()


async def test_what_was_typed_and_not_saved_survives_a_crash_of_the_page(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    page = await new_page(width=1280)
    await sign_in(page, center, ADMIN)
    await new_article(page, center, "Reset", "Press the button.")
    await body(page).fill("Press the button for ten")
    while not await page.evaluate("Object.values(localStorage).some(text => text.includes('for ten'))"):
        await asyncio.sleep(0.05)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.reload()
    await expect(body(page)).to_have_value("Press the button for ten")
    await expect(page.get_by_text("Your unsaved changes from")).to_be_visible()
    await page.get_by_role("button", name="Throw it away").click()
    await expect(body(page)).to_have_value("Press the button.")


async def test_two_editors_who_save_the_same_article_lose_nothing(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    page = await new_page(width=1280)
    await sign_in(page, center, ADMIN)
    await new_article(page, center, "Reset", "Press the button.")
    other = await page.context.new_page()
    await other.goto(page.url)
    await body(other).fill("Press the red button.")
    await body(page).fill("Press the green button.")
    await other.get_by_role("button", name="Save", exact=True).click()
    await expect(other.get_by_text("Everything is saved")).to_be_visible()
    await page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name=re.compile("has saved this article meanwhile"))
    await expect(dialog.locator(".diff-del")).to_contain_text("red")
    await expect(dialog.locator(".diff-add")).to_contain_text("green")
    await accessible(page, "a conflict")
    await dialog.get_by_role("button", name="Save mine over theirs").click()
    await expect(page.get_by_text("Everything is saved")).to_be_visible()
    versions = await open_versions(page)
    await expect(versions.get_by_role("listitem")).to_have_count(3)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
async def test_the_editor_is_accessible_and_fits_the_window(
    new_center: NewCenter, new_page: NewPage, scheme: str, width: int
) -> None:
    center = new_center().start()
    page = await new_page(width=width)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await sign_in(page, center, ADMIN)
    await new_article(page, center, "A very long title " * 11, "Word " * 2000 + "![x](nowhere)")
    parts = ["Write", "Preview", "Details"] if width < 1100 else [""]
    for part in parts:
        if part:
            await page.get_by_role("tab", name=part).click()
        await accessible(page, f"editor {part}, {scheme}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_wrong_file_of_error_codes_changes_nothing_and_a_right_one_is_imported(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    page = await new_page(width=1280)
    await sign_in(page, center, ADMIN)
    await page.goto(f"{center.base_url}/console/knowledge/codes")
    await page.get_by_role("button", name="Import…").click()
    dialog = page.get_by_role("dialog", name="Import error codes")
    await give(dialog, "family,code,locale,severity,meaning\nPump,E-1,en,terrible,Dry\n")
    await expect(dialog.get_by_text("1 problem. Nothing was changed.")).to_be_visible()
    await expect(dialog.get_by_role("cell", name="terrible")).to_be_visible()
    await accessible(page, "a wrong file")
    await dialog.get_by_role("button", name="Another file").click()
    await give(dialog, "family,code,locale,severity,meaning\nPump,E-1,en,danger,Dry\n")
    await dialog.get_by_role("button", name="Import 1 code").click()
    await expect(dialog.get_by_text("The file is imported.")).to_be_visible()
    await dialog.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("link", name=re.compile("E-1 · Dry"))).to_be_visible()


async def give(dialog: Locator, text: str) -> None:
    """A CSV file with this text."""
    file = FilePayload(name="codes.csv", mimeType="text/csv", buffer=text.encode())
    await dialog.locator("input[type=file]").set_input_files([file])
