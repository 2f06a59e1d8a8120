"""Callbacks and calls at the console, in a real browser."""

import re

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser.pages import Complaints, accessible, sign_in
from tests.conftest import NewCenter, NewPage
from tests.seed import ADMIN, ANNA
from tests.servers import Center

SEED = f"""
from datetime import timedelta
from django.utils import timezone
from channels_app.callback.models import Party, PhoneCall
from interaction_center.access.models import BusinessCalendar, User
from interaction_center.routing.services import take_interaction
from tests.builders import fresh
from tests.callback import console_builders as build
now = build.NOW = timezone.now()
anna = User.objects.get(email="{ANNA}")
calendar = BusinessCalendar.objects.get().public_id
line = build.a_line(calendar=calendar)
build.a_line("Sales of spare parts for all of Central Europe", "+4930901821", calendar=calendar)
talk = build.a_request(line, name="Tina Talks", stage="connected")
wrap = build.a_request(line, name="Wanda Wraps", stage="wrapup")
for request in (talk, wrap):
    take_interaction(interaction=fresh(request.interaction), user=anna)
call = build.a_call(talk, anna, bridged_at=now)
call.legs.update(stage="answered")
build.a_leg(call, Party.CUSTOMER, to=talk.number, stage="answered")
build.a_call(wrap, anna, bridged_at=now, ended_at=now + timedelta(days=1), outcome="talked")
build.a_request(line, name="Lara Late " * 18, requested_at=now - timedelta(hours=1))
build.a_request(line, name="Paul Planned", stage="scheduled", wanted_at=now + timedelta(hours=5))
build.a_request(line, name="Dora Done", stage="done", connected_at=now, ended_at=now, disposition="solved")
"""
SCREENS = [
    "callbacks",
    "callbacks/scheduled",
    "callbacks/ended",
    "callbacks/calendar",
    "reports/callbacks",
    "settings/phone-lines/new",
    "settings/do-not-call/new",
    "settings/my-phone",
]


def with_calls(new_center: NewCenter) -> Center:
    """A centre with two lines, requests in every stage, a call of Anna's and one that she has to write up."""
    center = new_center()
    center.run(SEED)
    return center.start()


async def ready(page: Page) -> None:
    """The screen has what it asked for."""
    await expect(page.get_by_role("main")).to_be_visible()
    await page.wait_for_load_state("networkidle")


async def language(page: Page, code: str) -> None:
    """Of the signed-in person, from the next page on."""
    await page.evaluate(
        """async (language) => {
            const { csrf } = await (await fetch('/api/me')).json()
            const headers = { 'X-CSRFToken': csrf, 'Content-Type': 'application/json' }
            await fetch('/api/me', { method: 'PATCH', headers, body: JSON.stringify({ language }) })
        }""",
        code,
    )


@pytest.mark.parametrize(("scheme", "width", "words"), [("light", 1280, "en"), ("dark", 360, "de")])
async def test_every_screen_of_calls_is_accessible_and_fits_the_window(
    new_center: NewCenter, new_page: NewPage, scheme: str, width: int, words: str
) -> None:
    center = with_calls(new_center)
    page, complaints = await new_page(width=width), Complaints()
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await sign_in(page, center, ADMIN)
    await language(page, words)
    complaints.watch(page)
    for screen in SCREENS:
        await page.goto(f"{center.base_url}/console/{screen}")
        await ready(page)
        await accessible(page, f"{screen}, {scheme}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{screen} is too wide"
    assert complaints.words == []


async def test_a_call_is_on_every_screen_and_comes_back_with_its_notes_after_a_reload(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = with_calls(new_center)
    page = await new_page()
    await sign_in(page, center, ANNA)
    for screen in ("", "knowledge", "settings"):
        await page.goto(f"{center.base_url}/console/{screen}")
        await expect(page.get_by_role("region", name="Calls").get_by_text("Tina Talks")).to_be_visible()
        await expect(page.get_by_role("region", name="Calls").get_by_role("timer")).to_have_text(
            re.compile(r"^\d+:\d\d")
        )
    await page.get_by_role("link", name="Write it up").click()
    form = page.get_by_role("form", name="Wrap-up")
    await expect(form).to_be_visible()
    await accessible(page, "wrap-up")
    await form.get_by_label("Notes").fill("Wants an offer by Friday")
    await page.reload()
    await expect(form.get_by_label("Notes")).to_have_value("Wants an offer by Friday")
    await form.get_by_role("radio", name=re.compile("^Another time")).click()
    await expect(form.get_by_role("radiogroup", name="Time", exact=True).get_by_role("radio").first).to_be_visible()
    await page.get_by_role("region", name="Calls").get_by_role("link", name="Open").click()
    await expect(page.get_by_role("button", name="Transfer").last).to_be_visible()
    await accessible(page, "call")
    await expect(page.get_by_role("region", name="Calls").get_by_text("Tina Talks")).to_be_hidden()


async def test_everybody_sees_at_once_that_dialling_is_stopped(new_center: NewCenter, new_page: NewPage) -> None:
    center = with_calls(new_center)
    supervisor, agent = await new_page(), await new_page()
    await sign_in(supervisor, center, ADMIN)
    await sign_in(agent, center, ANNA)
    for page in (supervisor, agent):
        await page.keyboard.press("g")
        await page.keyboard.press("b")
        await expect(page.get_by_role("heading", name="Callbacks")).to_be_visible()
    await supervisor.get_by_role("button", name="Stop dialling").click()
    await expect(agent.get_by_text("Dialling is stopped.")).to_be_visible()
    await expect(agent.get_by_role("button", name="Resume dialling")).to_be_hidden()
    await accessible(supervisor, "stopped")
    await supervisor.get_by_role("button", name="Resume dialling").click()
    await expect(agent.get_by_text("Dialling is stopped.")).to_be_hidden()


async def test_a_line_is_added_and_a_wrong_number_is_said_beside_it(new_center: NewCenter, new_page: NewPage) -> None:
    center = new_center().start()
    page = await new_page()
    await sign_in(page, center, ADMIN)
    await page.goto(f"{center.base_url}/console/callbacks")
    await page.get_by_role("link", name="Telephone lines").click()
    await page.get_by_role("link", name="Add line").click()
    await page.get_by_label("Name").fill("Service")
    await page.get_by_label("Number").fill("030 901820")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_text("Write it with its country code")).to_be_visible()
    await page.get_by_label("Number").fill("+49 30 901820")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_label("Web hook for calls that come in")).to_have_value(
        re.compile(r"/cb/in/[0-9a-z]{16}$")
    )


async def test_the_softphone_says_that_it_is_not_set_up_and_fetches_nothing(
    new_center: NewCenter, new_page: NewPage
) -> None:
    center = with_calls(new_center)
    page = await new_page()
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    await page.route("**/api/callback/token", lambda route: route.fulfill(json={"token": None}))
    await sign_in(page, center, ANNA)
    await page.goto(f"{center.base_url}/console/settings/my-phone")
    await page.get_by_role("radio", name=re.compile("^This browser")).click()
    await page.get_by_role("button", name="Save").click()
    bar = page.get_by_role("region", name="Calls")
    await expect(bar.get_by_text("The softphone is not set up on this server.")).to_be_visible()
    assert any(url.endswith("/callback/token") for url in asked)
    assert not [url for url in asked if "twilio" in url], "the SDK is fetched only with a token"


async def test_a_customer_is_promised_a_call_from_any_interaction(new_center: NewCenter, new_page: NewPage) -> None:
    center = with_calls(new_center)
    page = await new_page()
    await sign_in(page, center, ANNA)
    await page.get_by_role("link", name=re.compile("Tina Talks")).first.click()
    await page.get_by_role("button", name="Call back…").click()
    dialog = page.get_by_role("dialog", name="Call the customer back")
    await expect(dialog.get_by_label("Number")).to_have_value(re.compile(r"^\+49"))
    await dialog.get_by_role("radio", name="At a time").click()
    await dialog.get_by_role("radiogroup", name="Time", exact=True).get_by_role("radio").first.click()
    await expect(dialog.get_by_role("button", name="Promise the call")).to_be_enabled()
    await accessible(page, "call back")
