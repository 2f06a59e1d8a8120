"""The console in a real browser: readable for everybody, by keyboard alone, on a phone, and it loses nothing."""

import asyncio
import base64
import re
from email.message import EmailMessage
from typing import cast

import pytest
from playwright.async_api import Page, Request, Route, expect

from tests.browser.pages import Complaints, accessible, log, sign_in, take
from tests.conftest import NewCenter, NewPage
from tests.flows.parties import a_mail, at_work, post, visit
from tests.seed import ADMIN, ANNA, BEN
from tests.servers import Center

SCREENS = ["", "search", "customers", "reports", "work", "settings", "settings/agents", "settings/sites", "knowledge"]
SCREENS += [f"knowledge/{name}" for name in ("codes", "codes/new", "categories/new", "products", "questions", "links")]
PICTURE = "http://pictures.customer.test/pixel.png"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ATTACK = f"<script>parent.hacked = 1</script><img src='{PICTURE}' onerror='parent.hacked = 1'><p>The end</p></body>"
WITHOUT_SANDBOX = """
const set = Element.prototype.setAttribute
Element.prototype.setAttribute = function (name, value) { if (name !== 'sandbox') set.call(this, name, value) }
"""
MANY = 150


async def ready(page: Page) -> None:
    """The screen has what it asked for."""
    await expect(page.get_by_role("main")).to_be_visible()
    await page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 400)])
async def test_every_screen_is_accessible_and_fits_the_window(
    new_center: NewCenter, new_page: NewPage, scheme: str, width: int
) -> None:
    center = new_center().start()
    await post(center, a_mail("It shows E-04. " * 60, subject="A very long subject " * 8))
    page, complaints = await new_page(width=width), Complaints()
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await sign_in(page, center, ADMIN)
    complaints.watch(page)
    await take(page, "A very long subject")
    await ready(page)
    await accessible(page, f"open interaction, {scheme}")
    for screen in SCREENS:
        await page.goto(f"{center.base_url}/console/{screen}")
        await ready(page)
        await accessible(page, f"{screen or 'queue'}, {scheme}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, (
            f"{screen} is wider than {width} px"
        )
    assert complaints.words == []


async def test_a_mail_can_be_answered_by_keyboard_alone(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    await post(center, a_mail("Can you help me?"))
    page = await new_page()
    await sign_in(page, center, ANNA)
    await expect(page.get_by_role("link", name=re.compile("Can you help me"))).to_be_visible()
    for keys in ("j", "Enter"):
        await page.keyboard.press(keys)
    await expect(log(page).get_by_text("Can you help me?")).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.get_by_role("textbox", name="Reply")).to_be_focused()
    await page.keyboard.type("Yes, gladly.")
    await page.keyboard.press("Control+Enter")
    await expect(log(page).get_by_text("Yes, gladly.")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.get_by_role("tab", name=re.compile(r"^Open\s*0$"))).to_be_visible()
    await expect(page.get_by_role("button", name="Reopen").first).to_be_visible()
    await page.keyboard.press("o")
    await expect(page.get_by_role("tab", name=re.compile(r"^Mine\s*1$"))).to_be_visible()
    await expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.get_by_role("tab", name=re.compile(r"^Waiting\s*1$"))).to_be_visible()


async def test_who_hears_the_console_hears_which_answer_is_chosen(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    await post(center, a_mail("Can you help me?"))
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "Can you help me")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Note")
    await note.press_sequentially("@")
    chosen = page.get_by_role("listbox", name="Colleagues").get_by_role("option", selected=True)
    await expect(note).to_have_attribute("aria-activedescendant", await chosen.get_attribute("id") or "")
    first = await chosen.inner_text()
    await page.keyboard.press("ArrowDown")
    await expect(chosen).not_to_have_text(first)
    await expect(note).to_have_attribute("aria-activedescendant", await chosen.get_attribute("id") or "")
    await accessible(page, "with answers to choose from")
    await page.keyboard.type("xyz")
    await expect(page.get_by_role("status").filter(has_text="Nobody")).to_be_visible()
    assert await note.get_attribute("aria-activedescendant") is None


async def test_a_sender_who_is_not_who_the_mail_says_is_seen_before_the_answer(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    text = "Please send me my contract.\n\nOn Mon, Apr 2, 2026, Service <s@center.test> wrote:\n> The quoted words"
    await post(center, a_mail(text, Reply_To="mallory@evil.test"))
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "Please send me my contract")
    await expect(log(page).get_by_text("Answers to this message go to mallory@evil.test")).to_be_visible()
    await expect(page.get_by_text("asked for answers to mallory@evil.test")).to_be_visible()
    await accessible(page, "a warning")
    await expect(log(page).get_by_text("The quoted words")).to_have_count(0)
    await log(page).get_by_role("button", name="Show the whole message").click()
    await expect(log(page).get_by_text("The quoted words")).to_be_visible()


async def test_a_half_written_answer_survives_a_reload(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    await post(center, a_mail("Can you help me?"))
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "Can you help me")
    async with page.expect_response(re.compile("/draft$")):
        await page.get_by_role("textbox", name="Reply").fill("Not finished")
    await page.reload()
    await expect(page.get_by_role("textbox", name="Reply")).to_have_value("Not finished")


async def test_the_layout_of_a_mail_is_shown_without_its_scripts_and_remote_pictures(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    mail = a_mail("Plain words")
    mail.add_alternative(
        f"<p>Laid out</p><script>parent.hacked = 1</script><img src='{PICTURE}' onerror='parent.hacked = 1'>", "html"
    )
    await post(center, mail)
    page, asked = await new_page(), list[str]()

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    await sign_in(page, center, ANNA)
    await take(page, "Plain words")
    await page.get_by_role("button", name="Show formatted").click()
    frame = page.frame_locator("iframe[title='The mail as it was laid out']")
    await expect(frame.get_by_text("Laid out")).to_be_visible()
    assert PICTURE not in asked
    assert await page.evaluate("window.hacked") is None
    async with page.expect_request(PICTURE):
        await page.get_by_role("button", name="Load remote images").click()
    assert await page.evaluate("window.hacked") is None


async def test_the_pictures_that_came_with_a_mail_are_shown(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    mail = a_mail("Plain words")
    mail.add_alternative('<p>Look:</p><img src="cid:photo@customer.test" alt="The broken part">', "html")
    layout = cast(EmailMessage, cast(list[object], mail.get_payload())[1])
    layout.add_related(PIXEL, "image", "png", cid="<photo@customer.test>")
    await post(center, mail)
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "Plain words")
    await page.get_by_role("button", name="Show formatted").click()
    picture = page.frame_locator("iframe[title='The mail as it was laid out']").get_by_alt_text("The broken part")
    await expect(picture).to_have_js_property("complete", True)
    await expect(picture).to_have_js_property("naturalWidth", 1)
    await expect(page.get_by_role("button", name="Larger")).to_be_visible()
    await expect(page.get_by_role("button", name="Load remote images")).to_have_count(0)


@pytest.mark.parametrize("missing", ["content-security-policy", "sandbox"])
async def test_one_wall_is_enough_against_a_script_in_a_mail(
    new_center: NewCenter, new_page: NewPage, missing: str
) -> None:
    """As if cleaning had let it through, and once without the policy, once without the sandbox of the frame."""
    center = new_center().start()
    mail = a_mail("Plain words")
    mail.add_alternative("<p>Laid out</p>", "html")
    await post(center, mail)
    page = await new_page()

    async def smuggle(route: Route) -> None:
        answer = await route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != missing}
        await route.fulfill(response=answer, headers=headers, body=(await answer.text()).replace("</body>", ATTACK))

    await page.route("**/api/entries/*/html", smuggle)
    if missing == "sandbox":
        await page.add_init_script(WITHOUT_SANDBOX)
    refused = dict[str, str | None]()
    page.on("requestfailed", lambda request: refused.update({request.url: request.failure}))
    await sign_in(page, center, ANNA)
    await take(page, "Plain words")
    await page.get_by_role("button", name="Show formatted").click()
    frame = page.frame_locator("iframe[title='The mail as it was laid out']")
    await expect(frame.get_by_text("The end")).to_be_visible()
    assert await page.evaluate("window.hacked") is None
    if missing == "sandbox":
        assert refused[PICTURE] == "csp", "nothing left the machine"


async def test_an_interaction_that_was_not_open_while_the_line_was_dead_is_complete_afterwards(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center(VISITOR_MESSAGE_BURST="1000", VISITOR_MESSAGES_PER_MINUTE="1000").start()
    carla = await visit(center)
    await carla.says("The first words")
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "The first words")
    await page.get_by_role("link", name="Queue").first.click()
    await page.context.set_offline(True)
    center.restart()
    carla = await visit(center, token=carla.token)
    for number in range(MANY):
        await carla.says(f"Line {number}")
    await page.context.set_offline(False)
    await page.get_by_role("link", name=re.compile(f"Line {MANY - 1}")).first.click()
    await expect(log(page).get_by_text("Line 0", exact=True)).to_be_visible(timeout=30_000)
    assert await _all_lines(page) == ["The first words", *(f"Line {number}" for number in range(MANY))]


async def _all_lines(page: Page) -> list[str]:
    """The whole log from its beginning to its end, as somebody reads it who scrolls: only what is in sight is there."""
    read: dict[str, None] = {}
    await log(page).evaluate("element => element.scrollTo(0, 0)")
    for _ in range(400):
        await asyncio.sleep(0.05)
        read |= dict.fromkeys(await log(page).locator("p[dir=auto]").all_inner_texts())
        if f"Line {MANY - 1}" in read:
            break
        await log(page).evaluate("element => element.scrollBy(0, element.clientHeight / 2)")
    return list(read)


async def test_two_people_see_each_others_notes_and_who_took_it(new_center: NewCenter, new_page: NewPage) -> None:
    center: Center = new_center().start()
    await post(center, a_mail("Who takes this?"))
    page = await new_page()
    await sign_in(page, center, ANNA)
    async with at_work(center, BEN) as ben:
        row = await ben.sees("My printer")
        await page.get_by_role("link", name=re.compile("Who takes this")).first.click()
        await ben.does(f"interactions/{row['id']}/take")
        await expect(page.get_by_text("With Ben Agent").first).to_be_visible()
        await ben.does(f"interactions/{row['id']}/notes", client_id="n1", body="I know this customer.")
        await expect(log(page).get_by_text("I know this customer.")).to_be_visible()
        await expect(page.get_by_text("Ben Agent is looking after this. You can leave a note.")).to_be_visible()


async def test_the_console_speaks_german(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    page = await new_page()
    await sign_in(page, center, ANNA)
    await page.get_by_role("button", name="Anna Agent: your menu").click()
    await page.get_by_role("menuitemradio", name="Deutsch").click()
    await expect(page.get_by_role("navigation", name="Hauptnavigation")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "de"


async def test_a_second_remark_stays_between_colleagues(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    await post(center, a_mail("Can you help me?"))
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "Can you help me")
    await page.get_by_role("tab", name="Note").click()
    await page.get_by_role("textbox", name="Note").focus()
    for remark in ("She called before.", "She never pays."):
        await page.keyboard.type(remark)
        await page.keyboard.press("Control+Enter")
        await expect(log(page).locator(".said-note").get_by_text(remark)).to_be_visible()
        await expect(page.get_by_role("textbox", name="Note")).to_be_focused()


async def test_the_keyboard_takes_the_row_it_is_on_and_goes_on_from_what_it_closed(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    for words in ("The first one", "The second one"):
        await post(center, a_mail(words))
    page = await new_page()
    await sign_in(page, center, ANNA)
    first, second = (page.get_by_role("link", name=re.compile(f"The {which} one")) for which in ("first", "second"))
    await expect(second).to_be_visible()
    await page.keyboard.press("j")
    await expect(first).to_be_focused()
    await page.keyboard.press("a")
    await answer_and_close(page)
    await expect(second).to_be_focused()
    await page.keyboard.press("a")
    await answer_and_close(page)
    await expect(page.locator(".locked").get_by_role("button", name="Reopen")).to_be_focused()


async def answer_and_close(page: Page) -> None:
    """By the keys alone, in the box that has the focus."""
    await expect(page.get_by_role("textbox", name="Reply")).to_be_focused()
    await page.keyboard.type("Yes, gladly.")
    await page.keyboard.press("Control+Shift+Enter")
    await expect(page.locator(".locked")).to_be_visible()


async def test_what_shows_a_mail_formatted_or_larger_stays_where_it_is(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = new_center().start()
    mail = a_mail("Plain words")
    mail.add_alternative("<p>Laid out</p>", "html")
    await post(center, mail)
    page = await new_page()
    await sign_in(page, center, ANNA)
    await take(page, "Plain words")
    await page.get_by_role("tab", name="Note").click()
    await page.get_by_role("textbox", name="Note").fill("One line\n" * 11 + "The last line")
    await page.keyboard.press("Control+Enter")
    await expect(log(page).locator(".said-note").get_by_text("The last line")).to_be_in_viewport()
    await expect(log(page).locator(".said-pending")).to_have_count(0)  # until it is stored it has a line more
    assert await log(page).evaluate("log => log.scrollTop > 0")
    for label, after in (("Show formatted", "Show as text"), ("Larger", "Smaller")):
        await expect(log(page).get_by_role("button", name=label)).to_be_in_viewport()
        before = await log(page).get_by_role("button", name=label).bounding_box()
        await log(page).get_by_role("button", name=label).click()
        await expect(log(page).get_by_role("button", name=after)).to_be_in_viewport()
        await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        moved = await log(page).get_by_role("button", name=after).bounding_box()
        assert before
        assert moved
        assert abs(moved["y"] - before["y"]) < 2
    await expect(page.locator("iframe")).to_be_in_viewport()


async def test_on_a_phone_the_name_of_the_customer_is_on_top(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    await post(center, a_mail("Can you help me?"))
    page = await new_page(width=360)
    await sign_in(page, center, ANNA)
    await page.get_by_role("link", name=re.compile("Can you help me")).click()
    name = page.locator(".conversation-title h1 .clip")
    await expect(name).to_be_visible()
    assert await name.evaluate("name => name.clientWidth >= name.scrollWidth && name.clientWidth > 0")
    await expect(page.locator(".conversation-head .action-text").first).to_be_hidden()
