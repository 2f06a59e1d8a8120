"""The telephones of the demo page in a real browser: they ring, are answered, heard, used and hung up."""

import json
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from channels_app.callback.simulator.account import API_VERSION
from tests.browser.pages import Complaints, accessible
from tests.conftest import NewCenter, NewPage
from tests.servers import Center

LINE, CUSTOMER, DESK = "+494066969100", "+4915228817386", "+493023125011"
MENU = (
    '<Response><Gather numDigits="1" timeout="600" action="/nowhere"><Say language="en-GB">Press 1 to be connected.'
    "</Say></Gather></Response>"
)
TALK = '<Response><Say language="en-GB">You are connected.</Say><Dial><Conference>room</Conference></Dial></Response>'


class Twilio:
    """The API of the phone network, asked as the centre asks it."""

    def __init__(self, center: Center) -> None:
        folder = center.data_dir / "phone-network"
        kept = json.loads((folder / "account.json").read_text())
        self.account = f"/{API_VERSION}/Accounts/{kept['account_sid']}"
        credentials = (kept["account_sid"], kept["auth_token"])
        self.http = httpx.Client(base_url=(folder / "address").read_text(), auth=credentials, trust_env=False)

    def call(self, to: str, twiml: str) -> None:
        self._post("Calls", To=to, From=LINE, Twiml=twiml)

    def text(self, to: str, body: str) -> None:
        self._post("Messages", To=to, From=LINE, Body=body)

    def _post(self, what: str, **form: str) -> None:
        answer = self.http.post(f"{self.account}/{what}.json", data=form)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def center(new_center: NewCenter) -> Center:
    """One with a line and a desk."""
    center = new_center()
    center.run(
        "from channels_app.callback.models import AgentPhone, PhoneLine\n"
        "from interaction_center.access.models import User\n"
        f"PhoneLine.objects.create(name='Lichthafen service', number='{LINE}')\n"
        f"AgentPhone.objects.create(user=User.objects.get(name='Anna Agent').public_id, number='{DESK}')\n"
    )
    return center.start()


def customers(page: Page) -> Locator:
    return page.get_by_role("region", name="The customer’s telephone")


def desk(page: Page) -> Locator:
    return page.get_by_role("region", name="The agent’s desk telephone")


def said(phone: Locator) -> Locator:
    return phone.get_by_role("log", name="What is said")


async def test_both_telephones_ring_and_talk_to_each_other(center: Center, new_page: NewPage) -> None:
    page, complaints, twilio = await new_page(), Complaints(), Twilio(center)
    complaints.watch(page)
    await page.goto(f"{center.base_url}/demo/")
    await expect(customers(page).get_by_text("Ready")).to_be_visible()
    await accessible(page, "idle telephones")
    twilio.call(CUSTOMER, TALK)
    await expect(page.get_by_role("link", name="The customer’s telephone is ringing")).to_be_visible()
    await expect(page).to_have_title("☎ The customer’s telephone is ringing")
    twilio.call(DESK, TALK)
    for phone in (customers(page), desk(page)):
        await expect(phone.get_by_text("Ringing")).to_be_visible()
        await expect(phone.get_by_text("Lichthafen service, +49 40 66969100").first).to_be_visible()
        await phone.get_by_role("button", name="Answer").click()
        await expect(said(phone).get_by_text("You are connected.")).to_be_visible()
    await customers(page).get_by_label("Say something").fill("My Kestrel shows X-1207.")
    await customers(page).get_by_role("button", name="Say", exact=True).click()
    await expect(said(customers(page)).get_by_text("My Kestrel shows X-1207.")).to_be_visible()
    await accessible(page, "telephones that talk")
    await desk(page).get_by_role("button", name="Hang up").click()
    await expect(desk(page).get_by_text("The call has ended")).to_be_visible()
    await customers(page).get_by_role("button", name="Hang up").click()
    assert complaints.words == []


async def test_a_telephone_is_used_by_the_keyboard_alone(center: Center, new_page: NewPage) -> None:
    page, twilio = await new_page(), Twilio(center)
    await page.goto(f"{center.base_url}/demo/")
    phone = customers(page)
    twilio.call(CUSTOMER, MENU)
    await phone.get_by_role("button", name="Answer").focus()
    await page.keyboard.press("Enter")
    await expect(phone.get_by_role("button", name="Hang up")).to_be_focused()
    await expect(said(phone).get_by_text("Press 1 to be connected.")).to_have_attribute("lang", "en-GB")
    async with page.expect_request(lambda request: request.url.endswith("/press")) as pressed:
        await page.keyboard.press("1")
    assert (await pressed.value).post_data_json == {"digits": "1"}


async def test_the_customer_calls_the_company_and_gives_up(center: Center, new_page: NewPage) -> None:
    page = await new_page()
    await page.goto(f"{center.base_url}/demo/")
    phone = customers(page)
    await phone.get_by_role("button", name="Call", exact=True).click()
    await expect(phone.get_by_text("Lichthafen service, +49 40 66969100").first).to_be_visible()
    await expect(said(phone).get_by_text("Lichthafen service")).to_be_visible(timeout=15_000)
    await phone.get_by_role("button", name="Hang up").click()
    await expect(phone.get_by_text("The call has ended")).to_be_visible()


async def test_a_text_message_comes_with_a_link_that_leads_to_the_centre_alone(
    center: Center, new_page: NewPage
) -> None:
    page, twilio = await new_page(), Twilio(center)
    await page.goto(f"{center.base_url}/demo/")
    twilio.text(CUSTOMER, f"Move it: {center.base_url}/callback/en/abc/ <b>not</b> https://evil.example/x")
    phone = customers(page)
    await expect(phone.get_by_role("link", name="/callback/en/abc/")).to_be_visible()
    assert await phone.get_by_role("link").count() == 1
    await expect(phone.get_by_text("<b>not</b>")).to_be_visible()


async def test_a_call_to_another_number_is_noticed_and_can_be_picked_up(center: Center, new_page: NewPage) -> None:
    page, twilio = await new_page(width=360), Twilio(center)
    await page.goto(f"{center.base_url}/demo/")
    twilio.call("+491711234567", TALK)
    await expect(page.get_by_text("calling a telephone that is not shown here")).to_be_visible()
    field = customers(page).get_by_label("Its number")
    await field.fill("not a number")
    await field.blur()
    await expect(customers(page).get_by_role("alert")).to_contain_text("country code")
    await field.fill("0171 1234567")
    await field.blur()
    await customers(page).get_by_role("button", name="Answer").click()
    await expect(said(customers(page)).get_by_text("You are connected.")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_it_makes_no_sound_and_does_not_shake_unless_that_is_wanted(center: Center, new_page: NewPage) -> None:
    page, twilio = await new_page(), Twilio(center)
    await page.emulate_media(reduced_motion="reduce")
    await page.add_init_script(
        "window.spoken = []; SpeechSynthesis.prototype.speak = (what) => spoken.push([what.text, what.lang])"
    )
    await page.goto(f"{center.base_url}/demo/")
    phone = customers(page)
    twilio.call(CUSTOMER, TALK)
    answer = phone.get_by_role("button", name="Answer")
    await expect(answer).to_be_visible()
    shakes: Any = await phone.locator(".phone-body").evaluate("body => getComputedStyle(body).animationName")
    assert shakes == "none"
    await page.emulate_media(reduced_motion="no-preference")
    assert await phone.locator(".phone-body").evaluate("b => getComputedStyle(b).animationName") == "phone-shake"
    await answer.click()
    await expect(said(phone).get_by_text("You are connected.")).to_be_visible()
    assert await page.evaluate("spoken") == []
    await phone.get_by_role("button", name="Hang up").click()
    await page.get_by_label("Sound").check()
    twilio.call(CUSTOMER, TALK)
    await answer.click()
    await expect(said(phone).get_by_text("You are connected.")).to_be_visible()
    assert await page.evaluate("spoken") == [["You are connected.", "en-GB"]]


async def test_the_telephones_speak_german(center: Center, new_page: NewPage) -> None:
    page, twilio = await new_page(locale="de-DE"), Twilio(center)
    await page.emulate_media(color_scheme="dark")
    await page.goto(f"{center.base_url}/demo/")
    twilio.call(CUSTOMER, TALK)
    phone = page.get_by_role("region", name="Telefon des Kunden")
    await expect(phone.get_by_text("Es klingelt")).to_be_visible()
    await accessible(page, "a telephone that rings in German, in the dark")
    await phone.get_by_role("button", name="Ablehnen").click()
    await expect(phone.get_by_text("Bereit")).to_be_visible()
