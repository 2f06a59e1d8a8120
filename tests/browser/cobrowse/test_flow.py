"""A customer on a shop's page and an agent at the console, from the question to the goodbye.

`--pictures docs/images` keeps the pictures of docs/cobrowsing.md.
"""

import re

import pytest
from playwright.async_api import FrameLocator, Locator, Page, expect

from tests.browser.cobrowse.stage import begin_chat, invite
from tests.browser.cobrowse.windows import Windows
from tests.browser.conftest import ServeShop
from tests.browser.pages import Complaints, accessible, log, open_chat, open_panel, say, sign_in, take
from tests.browser.pictures import Pictures
from tests.conftest import NewPage
from tests.flows.parties import at_work
from tests.seed import ANNA

# The driver of the test reaches into the frame; its scripts are what the sandbox stops when the page comes anew.
SANDBOX = "the document's frame is sandboxed and the 'allow-scripts' permission is not set"
ORDER = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Your order</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1d2430; background: #f4f6f9; }
header { background: #17324d; color: #fff; padding: 14px 24px; font-weight: 600; }
main { max-width: 560px; margin: 24px 16px; background: #fff; padding: 8px 24px 24px; border-radius: 10px; }
label { display: block; margin: 14px 0 4px; } input, select { font: inherit; padding: 8px; width: 100%;
box-sizing: border-box; border: 1px solid #aab4c2; border-radius: 6px; } button { margin-top: 18px; font: inherit;
padding: 10px 18px; border: 0; border-radius: 6px; background: #0b6bcb; color: #fff; } .total { font-weight: 600; }
</style></head><body><header data-cobrowse="show">Kestrel Imaging</header><main>
<div data-cobrowse="show"><h1>Your order</h1>
<label for="city">City of delivery</label><input id="city" value="Bremen">
<label for="speed">Delivery</label><select id="speed"><option>Standard</option><option>Express</option></select>
<button type="button" id="more" onclick="count.textContent = Number(count.textContent) + 1">One more</button>
<p class="total">Filters: <span id="count">1</span></p></div>
<label for="name">Your name</label><input id="name" value="Robin Ashdown">
<label for="card">Card number</label><input id="card" autocomplete="cc-number" value="4111 1111 1111 1111">
<p>Customer since 2019, at 12 Harbour Street.</p></main></body></html>"""


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Pictures:
    return Pictures(request.config.getoption("--pictures"))


async def agree(customer: Page, picture: str = "", pictures: Pictures | None = None) -> None:
    """The customer reads what Anna asks, and says yes."""
    question = customer.get_by_role("dialog", name="Anna Agent asks")
    await expect(question).to_be_visible(timeout=15_000)
    if pictures is not None:
        await pictures.take(picture, customer)
    await question.get_by_role("button", name="Agree").click()
    await expect(question).to_be_hidden()


async def press(console: Page, seen: Locator) -> None:
    """A click of the agent where this part of the customer's page is shown."""
    box = await seen.bounding_box()
    assert box is not None, "it is not in the view"
    await console.mouse.move(box["x"] + box["width"] / 2 - 1, box["y"] + box["height"] / 2)
    await console.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


async def ask(console: Page, view: FrameLocator, customer: Page, name: str) -> None:
    """For more than looking, and the customer agrees."""
    await view.get_by_role("button", name=name, exact=True).click()
    await agree(customer)


@pytest.mark.timeout(240)
async def test_from_looking_at_a_page_to_helping_on_it_and_its_end(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage, pictures: Pictures
) -> None:
    shop.wholes["/order"] = ORDER
    center = serve_shop()
    customer, console, complaints = await new_page(), await new_page(width=1600, height=900), Complaints()
    for page in (customer, console):
        complaints.watch(page)
    await customer.goto(f"{shop.url}/order")
    panel = await open_chat(customer)
    await say(panel, "I can't find express delivery")
    await panel.get_by_role("button", name="Close").click()
    await sign_in(console, center, ANNA)
    await take(console, "express delivery")

    await console.get_by_role("button", name="Look at the page").click()
    await agree(customer, "cobrowse-consent", pictures)
    view = console.frame_locator("iframe.cobrowse-frame")
    seen = view.frame_locator("iframe")
    await it_is_masked(seen)
    banner = customer.get_by_role("region", name="Shown page")
    await expect(banner.get_by_text("Anna Agent sees this page")).to_be_visible()
    await there_is_room_for_both(console)
    await pictures.take("cobrowse-console", console)
    await pictures.take("cobrowse-banner", customer)

    await it_is_pointed_at(console, view, seen, customer, pictures)
    await it_is_helped_with(console, view, seen, customer, pictures)

    await customer.reload()
    await expect(banner.get_by_text("Anna Agent sees this page")).to_be_visible(timeout=15_000)
    await expect(seen.locator("#city")).to_have_value("Bremen", timeout=15_000)
    await expect(view.get_by_role("button", name="Ask for control", exact=True)).to_be_visible()
    await expect(view.get_by_role("button", name="Hand control back")).to_be_hidden()

    await banner.get_by_role("button", name="Stop").click()
    await expect(banner).to_be_hidden()
    await expect(view.get_by_role("heading", name="The session has ended")).to_be_visible()
    for words in ("Anna Agent sees the customer’s page", "point", "control", "The customer ended it"):
        await expect(log(console).get_by_text(re.compile(words)).first).to_be_visible()
    assert [word for word in complaints.words if SANDBOX not in word] == []


async def there_is_room_for_both(console: Page) -> None:
    """The customer is answered while their page is looked at."""
    send = await console.get_by_role("button", name=re.compile(r"^Send(?! &)")).bounding_box()
    page = await console.get_by_role("region", name="Customer’s page").bounding_box()
    assert send is not None
    assert page is not None
    assert send["x"] + send["width"] <= page["x"]


async def it_is_masked(seen: FrameLocator) -> None:
    """What the shop opens is shown, what it does not open is masked, and of a card there is nothing."""
    await expect(seen.get_by_role("heading", name="Your order")).to_be_visible(timeout=15_000)
    await expect(seen.locator("#city")).to_have_value("Bremen")
    await expect(seen.locator("#name")).to_have_value("••••• •••••••")
    await expect(seen.locator("#card")).to_have_value("")
    assert "Harbour" not in await seen.locator("body").inner_text()


async def it_is_pointed_at(
    console: Page, view: FrameLocator, seen: FrameLocator, customer: Page, pictures: Pictures
) -> None:
    await ask(console, view, customer, "Ask to point")
    await view.get_by_role("button", name="Pointer").click()
    await press(console, seen.locator("#speed"))
    await expect(customer.locator(".pointer").get_by_text("Anna Agent")).to_be_visible()
    await view.get_by_role("button", name="Highlight").click()
    await press(console, seen.locator("#speed"))
    mark = customer.locator(".highlight")
    await expect(mark.get_by_text("Anna Agent")).to_be_visible()
    await pictures.take("cobrowse-highlight", customer)
    box, meant = await mark.bounding_box(), await customer.locator("#speed").bounding_box()
    assert box is not None
    assert meant is not None
    assert abs(box["x"] - meant["x"]) < 8
    assert abs(box["y"] - meant["y"]) < 8


async def it_is_helped_with(
    console: Page, view: FrameLocator, seen: FrameLocator, customer: Page, pictures: Pictures
) -> None:
    await ask(console, view, customer, "Ask for control")
    await view.get_by_role("button", name="Control", exact=True).click()
    await press(console, seen.locator("#more"))
    await expect(customer.locator("#count")).to_have_text("2")
    await expect(seen.locator("#count")).to_have_text("2")
    await press(console, seen.locator("#city"))
    await view.get_by_role("textbox", name=re.compile("Write in this field")).fill("Hamburg")
    await expect(customer.locator("#city")).to_have_value("Hamburg")
    await press(console, seen.locator("#speed"))
    await view.get_by_role("listbox").select_option("Express")
    await expect(customer.locator("#speed")).to_have_value("Express")
    await pictures.take("cobrowse-control", customer)
    await press(console, seen.locator("#card"))
    await expect(view.get_by_text(re.compile("hidden from you|only be done by the customer"))).to_be_visible()
    await expect(customer.locator("#card")).to_have_value("4111 1111 1111 1111")


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "scheme", "name"), [(360, "dark", "phone"), (1280, "light", "desk")])
async def test_the_question_and_the_banner_fit_a_phone_and_a_desk_in_german(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage, pictures: Pictures, width: int, scheme: str, name: str
) -> None:
    shop.wholes["/order"] = ORDER
    shop.words = 'data-lang="de"'
    center, page = serve_shop(), await new_page(locale="de-DE", width=width, height=740)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    async with at_work(center, ANNA) as anna:
        await invite(anna, await begin_chat(center, shop, page, "/order"))
    question = page.get_by_role("dialog", name="Anna Agent fragt")
    await expect(question).to_be_visible(timeout=15_000)
    await accessible(page, "the question")
    await pictures.take(f"cobrowse-question-{name}", page)
    await question.get_by_role("button", name="Einverstanden").click()
    banner = page.get_by_role("region", name="Gezeigte Seite")
    await expect(banner.get_by_role("button", name="Beenden")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await accessible(page, "the banner")
    await pictures.take(f"cobrowse-banner-{name}", page)


@pytest.mark.timeout(120)
async def test_a_code_leads_to_a_page_without_a_chat(
    serve_shop: ServeShop, shop: Windows, new_page: NewPage, pictures: Pictures
) -> None:
    shop.wholes["/order"] = ORDER
    center = serve_shop()
    customer, console = await new_page(), await new_page(width=1600)
    await customer.goto(f"{shop.url}/order")
    code = await code_of(customer, pictures)
    await sign_in(console, center, ANNA)
    await enter(console, code)
    await agree(customer)
    seen = console.frame_locator("iframe.cobrowse-frame").frame_locator("iframe")
    await expect(seen.get_by_role("heading", name="Your order")).to_be_visible(timeout=15_000)


async def code_of(customer: Page, pictures: Pictures) -> str:
    """The digits that the widget shows."""
    panel = await open_panel(customer)
    await panel.get_by_role("button", name="Show my page").click()
    card = customer.get_by_role("region", name="Your code")
    await expect(card).to_be_visible()
    await pictures.take("cobrowse-code", customer)
    digits = re.sub(r"\D", "", await card.locator(".digits").inner_text())
    assert len(digits) == 9
    return digits


async def enter(console: Page, code: str) -> None:
    """By the palette, as there is no conversation yet."""
    await console.keyboard.press("Control+k")
    await console.get_by_role("combobox").last.fill("code")
    await console.get_by_role("option", name=re.compile("Look at a page by code")).click()
    dialog = console.get_by_role("dialog", name="Look at a page by code")
    await dialog.get_by_label("Code").fill(code)
    await dialog.get_by_role("button", name="Open the page").click()
