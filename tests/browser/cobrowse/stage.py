"""One co-browsing session with both ends in real pages: a customer in the shop, an agent with the view document.

The chat that it belongs to is begun and taken over the wire: how people do that is the matter of other tests.
"""

import json
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from playwright.async_api import Frame, Locator, Page, expect

from tests.browser.cobrowse.windows import Windows
from tests.conftest import NewPage
from tests.flows.parties import Colleague, at_work, eventually, signed_in, visit
from tests.seed import ANNA, SITE_KEY
from tests.servers import Center

Prepare = Callable[[Page], Coroutine[Any, Any, None]]
PATIENCE_MS = 30_000


@dataclass(slots=True)
class Stage:
    """`c` is the interaction, `session` the co-browsing session."""

    center: Center
    customer: Page
    agent: Page
    c: str
    session: str

    @property
    def banner(self) -> Locator:
        """What the customer sees as long as anything is shown."""
        return self.customer.get_by_role("region", name="Shown page")

    async def rebuilt(self) -> Frame:
        """The page as the agent has it."""
        return await rebuilt(self.agent)


class Open(Protocol):
    """The fixture `open_view`."""

    async def __call__(self, path: str) -> Stage: ...


async def open_stage(
    center: Center,
    shop: Windows,
    path: str,
    new_page: NewPage,
    *,
    customer_first: Prepare | None = None,
    agent_first: Prepare | None = None,
) -> Stage:
    """Until the agent sees the page. `…_first` is done to a page before anything is loaded in it."""
    customer, agent = await new_page(), await new_page()
    for page, prepare in ((customer, customer_first), (agent, agent_first)):
        if prepare is not None:
            await prepare(page)
    async with at_work(center, ANNA) as anna:
        c = await begin_chat(center, shop, customer, path)
        session = await invite(anna, c)
    await sign_in_quickly(agent, center)
    await agent.goto(f"{center.base_url}/console/cobrowse-view/?session={session}")
    await agree(customer)
    stage = Stage(center, customer, agent, c, session)
    await expect(stage.banner).to_be_visible(timeout=PATIENCE_MS)
    await stage.rebuilt()
    return stage


async def begin_chat(center: Center, shop: Windows, page: Page, path: str) -> str:
    """The page of a customer who has written already; the interaction."""
    visitor = await visit(center, origin=shop.url)
    await visitor.says("Can you help me with this page?")
    await visitor.wire.leave()
    await page.goto(f"{shop.url}/empty")
    kept = {"token": visitor.token, "c": visitor.c}
    for name, value in kept.items():
        await page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"cic:{SITE_KEY}:{name}", value])
    await page.goto(shop.url + path)
    return visitor.c


async def invite(anna: Colleague, c: str) -> str:
    """Anna takes the chat and asks to see the page; the session."""
    await anna.does(f"interactions/{c}/take")

    async def ask() -> str:
        answer = await anna.http.post(f"/api/interactions/{c}/cobrowse")
        is_away = answer.status_code == 409 and answer.json()["code"] == "no_page"
        assert is_away or answer.status_code == 200, answer.text
        return "" if is_away else str(answer.json()["session"]["id"])

    return await eventually(ask)  # the page is there a moment before its widget is


async def sign_in_quickly(page: Page, center: Center) -> None:
    """Anna's cookies, without the form."""
    async with signed_in(center, ANNA) as http:
        cookies = [{"name": one.name, "value": one.value or "", "url": center.base_url} for one in http.cookies.jar]
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]


async def agree(customer: Page) -> None:
    """The customer is asked, reads it, and agrees."""
    question = customer.get_by_role("dialog", name=re.compile("asks$"))
    await question.get_by_role("button", name="Agree").click(timeout=PATIENCE_MS)
    await expect(question).to_be_hidden()


async def rebuilt(agent: Page) -> Frame:
    """The frame in which the page is shown, once there is one."""
    await agent.wait_for_function(
        "() => document.querySelector('iframe')?.contentDocument?.body?.childElementCount > 0", timeout=PATIENCE_MS
    )
    handle = await agent.query_selector("iframe")
    assert handle is not None
    frame = await handle.content_frame()
    assert frame is not None
    return frame


def kept(value: object) -> str:
    """A value of a page as one text, for comparisons that say where they differ."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
