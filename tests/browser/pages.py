"""What a person does in a browser: sign in, open the chat of a host page. Found by role and name, as people find it."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Locator, Page, TimeoutError, expect

from tests.seed import PASSWORD
from tests.servers import Center

OPEN = re.compile("Open help and chat|Hilfe und Chat öffnen")


@dataclass(slots=True)
class Complaints:
    """What a page wrote to its console as an error, and errors that nobody caught."""

    words: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """From now on."""
        page.on("console", lambda message: self.words.extend(_complaint(message)))
        page.on("pageerror", lambda error: self.words.append(str(error)))


def _complaint(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type in ("error", "warning") else []


def policy(center: Center, *, sockets: bool) -> str:
    """As strict as a host page can be; with `sockets` it lets them through: in `connect-src` http: is not ws: too."""
    base = center.base_url
    connect = f"{base} {center.ws_url}" if sockets else base
    return (
        f"default-src 'none'; script-src {base}; style-src {base}; connect-src {connect}; img-src {base};"
        " require-trusted-types-for 'script'"
    )


async def open_chat(page: Page) -> Locator:
    """The open panel, at the conversation."""
    panel = await open_panel(page)
    field = panel.get_by_role("textbox", name="Message")
    door = panel.get_by_role("button", name=re.compile("Chat with us|Write to us|Your conversation"))
    await expect(field.or_(door).first).to_be_visible()
    if await door.is_visible():  # a running conversation is shown at once
        await door.click()
    await expect(field).to_be_visible()
    return panel


async def open_panel(page: Page) -> Locator:
    """The open panel."""
    await page.get_by_role("button", name=OPEN).click()
    panel = page.get_by_role("dialog", name="Help and chat")
    await expect(panel).to_be_visible()
    return panel


async def say(panel: Locator, words: str) -> None:
    """Type it and send it."""
    await panel.get_by_role("textbox", name="Message").fill(words)
    await panel.get_by_role("button", name="Send").click()
    await expect(panel.get_by_text(words, exact=True)).to_be_visible()


async def sign_in(page: Page, center: Center, email: str, password: str = PASSWORD) -> None:
    """By the form, to the queue."""
    await page.goto(f"{center.base_url}/console/")
    await page.get_by_label(re.compile("^e-?mail", re.IGNORECASE)).fill(email)
    await page.get_by_label("Password", exact=False).first.fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("navigation", name="Main navigation")).to_be_visible()


async def be_available(page: Page) -> None:
    """Say that one takes work. A menu may close while the page behind it still loads: then once more."""
    chosen = page.get_by_role("button", name="You are: Available. Change")
    while not await chosen.is_visible():
        with contextlib.suppress(TimeoutError):
            await page.get_by_role("button", name=re.compile("^You are:")).click(timeout=2_000)
            await page.get_by_role("menuitemradio", name="Available").click(timeout=2_000)
            await chosen.wait_for(timeout=2_000)


async def accept(page: Page) -> None:
    """Take the offer on the screen."""
    offers = page.get_by_role("region", name="Offers to you")
    await offers.get_by_role("button", name=re.compile("^Accept")).click(timeout=15_000)


async def take(page: Page, words: str) -> None:
    """Open the row of the queue with these words and take it."""
    await page.get_by_role("link", name=re.compile(words)).first.click()
    await page.get_by_role("button", name="Take").first.click()
    await expect(page.get_by_role("textbox", name="Reply")).to_be_visible()


async def reply(page: Page, words: str) -> None:
    """Answer the customer."""
    await page.get_by_role("textbox", name="Reply").fill(words)
    await page.get_by_role("button", name=re.compile(r"^Send(?! &)")).click()
    await expect(log(page).get_by_text(words, exact=True)).to_be_visible()


def log(page: Page) -> Locator:
    """What was said in the open interaction."""
    return page.get_by_role("log", name="Messages")


async def accessible(page: Page, name: str) -> None:
    """No violation that axe finds in what is shown now."""
    await asyncio.sleep(0.4)  # what fades in has no contrast yet
    found = await Axe().run(page)
    violations = [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
    assert not violations, f"{name}:\n" + "\n".join(violations)
