"""The help pages as readers use them: with and without scripts, by keyboard, in the dark, and for everybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import Complaints, accessible
from tests.conftest import NewPage
from tests.portal.knowledge import FILL
from tests.servers import Center, center_from

PAGES = {
    "home": "/help/en/",
    "answers": "/help/en/?q=film+jam",
    "no answer": "/help/de/?q=flibbertigibbet",
    "category": "/help/en/topic/printing",
    "article": "/help/en/film-jam",
    "article in another language": "/help/de/pale-prints",
    "code": "/help/en/code/aurora-mr/e104",
    "device": "/help/en/code/aurora-mr/",
    "look-up": "/help/en/code/",
    "unknown code": "/help/de/code/?device=aurora-mr&code=E-1O5",
    "several devices": "/help/en/code/?device=&code=E-04",
    "missing": "/help/en/jam-of-the-film",
    "what was wrong": "/help/en/film-jam?said=no",
    "thanks": "/help/en/film-jam?said=yes",
}


@pytest.fixture(scope="module")
def help_center(center_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """A running centre with a few articles and codes, which no test changes."""
    with center_from(center_template, tmp_path_factory.mktemp("help")) as center:
        center.run(FILL)
        yield center.start()


@pytest.mark.parametrize("name", PAGES)
async def test_everybody_can_use_a_help_page_in_light_dark_and_on_a_phone(
    name: str, help_center: Center, new_page: NewPage
) -> None:
    page, complaints = await new_page(width=360), Complaints()
    complaints.watch(page)
    await page.goto(help_center.base_url + PAGES[name])
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await accessible(page, f"{name}, {scheme}")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == 360
    assert await small_targets(page) == []
    if name != "missing":  # whose status the browser itself complains about
        assert complaints.words == []


async def small_targets(page: Page) -> list[str]:
    """What one has to hit and is smaller than 24 px (WCAG 2.2, 2.5.8), but for links in a line of text."""
    found: list[str] = await page.evaluate(
        """[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')]
        .filter((one) => one.getClientRects().length && !one.closest('.skip, p, .prose'))
        .filter((one) => (one.closest('label') ?? one).getBoundingClientRect().height < 24)
        .map((one) => one.outerHTML)"""
    )
    return found


async def test_answers_come_while_one_types_and_the_address_can_be_shared(
    help_center: Center, new_page: NewPage
) -> None:
    page, complaints = await new_page(), Complaints()
    complaints.watch(page)
    await page.goto(f"{help_center.base_url}/help/en/")
    await page.get_by_label("What is it about?").press_sequentially("film jam")
    await expect(page.get_by_role("status")).to_have_text("1 answer")
    await expect(page).to_have_url(re.compile(r"/help/en/\?q=film\+jam$"))
    await expect(page.get_by_label("What is it about?")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Remove a film jam")
    await expect(page).to_have_url(re.compile(r"/film-jam\?q=film%20jam$"))
    assert complaints.words == []


async def test_a_question_on_an_article_is_answered_without_leaving_it(help_center: Center, new_page: NewPage) -> None:
    page = await new_page()
    await page.goto(f"{help_center.base_url}/help/en/film-jam")
    await page.get_by_label("What is it about?").fill("prints are pale")
    await expect(page.get_by_role("region", name="Answers").get_by_role("link", name="Prints are pale")).to_be_visible()
    await expect(page).to_have_url(re.compile("/help/en/film-jam$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Remove a film jam")


async def test_what_was_missed_is_said_without_leaving_the_page(help_center: Center, new_page: NewPage) -> None:
    page, complaints = await new_page(), Complaints()
    complaints.watch(page)
    await page.goto(f"{help_center.base_url}/help/en/film-jam")
    await page.get_by_role("button", name="No, not yet").click()
    await expect(page.get_by_role("heading", name="Sorry that this did not help")).to_be_focused()
    await page.get_by_label("It didn't work").check()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("heading", name="Thank you. We will make this page better.")).to_be_focused()
    await expect(page).to_have_url(re.compile("/help/en/film-jam$"))
    assert complaints.words == []


async def test_by_keyboard_one_skips_to_the_content(help_center: Center, new_page: NewPage) -> None:
    page = await new_page()
    await page.goto(f"{help_center.base_url}/help/en/film-jam")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("What is it about?")).to_be_focused()


async def test_without_scripts_one_searches_reads_judges_and_looks_up_a_code(
    help_center: Center, browser: Browser
) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{help_center.base_url}/help/")
    await page.get_by_label("What is it about?").fill("film jam")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("region", name="Answers").get_by_role("link", name="Remove a film jam").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Remove a film jam")
    await page.get_by_role("button", name="No, not yet").click()
    await page.get_by_label("Something is missing").check()
    await page.get_by_label("Would you tell us more?").fill("A picture")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Thank you. We will make this page better.")).to_be_visible()
    await page.get_by_role("link", name="Deutsch").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Filmstau entfernen")
    await page.get_by_role("link", name="Hilfe-Center").first.click()
    await page.get_by_label("Welches Gerät?").select_option("Aurora MR")
    await page.get_by_label("Welcher Code?").fill("e 1o4")
    await page.get_by_role("button", name="Nachschlagen").click()
    await page.get_by_role("link", name="E-104").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Door of the room is open")
    await context.close()


async def test_print_has_the_article_and_nothing_to_press(help_center: Center, new_page: NewPage) -> None:
    page = await new_page()
    await page.goto(f"{help_center.base_url}/help/en/film-jam?q=film")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("Pull the film out slowly.")).to_be_visible()
    for name in ("Search", "Yes, that solved it"):
        await expect(page.get_by_role("button", name=name)).to_be_hidden()
    for name in ("Skip to content", "Help centre", "Deutsch", "Prints are pale"):
        await expect(page.get_by_role("link", name=name).first).to_be_hidden()
