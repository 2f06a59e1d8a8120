"""Call me back in a real browser, as somebody tries it: the widget of the shop, the console, and both telephones.

`--pictures docs/images` plays the same on the demo's data and keeps the pictures of docs/callback.md and
docs/calls-at-the-console.md.
"""

import contextlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, TimeoutError, expect

from interaction_center.access.form_keys import MIN_SECONDS
from interaction_center.demo.house import staff_address
from interaction_center.demo.loading import SIGN_INS
from tests.browser.pages import Complaints, accept, accessible, be_available, log, open_panel, sign_in
from tests.browser.pictures import Pictures
from tests.conftest import NewCenter, NewPage
from tests.flows.telephones import connect
from tests.seed import ADMIN, ANNA, PASSWORD
from tests.servers import Center

NUMBER, ANOTHER = "+49 1522 8817386", "+49 30 23125900"  # reserved for fiction
CALLER, WISH = "Robin Ashdown", "The Kestrel stops after three patients"
# So long nobody is free by the clock alone: that the second call reaches them is then the work of the form.
WRAP_UP = 3600
AT_THEIR_DESKS = """
from interaction_center.access.models import User
from interaction_center.queue.models import Interaction
from interaction_center.routing.services import take_interaction
for waiting in Interaction.objects.filter(state="waiting"):
    take_interaction(interaction=waiting, user=User.objects.get(email__startswith="jonas@"))
"""


@dataclass(frozen=True, slots=True)
class House:
    """A running centre with a line, an agent with a telephone on the desk, and who leads them."""

    center: Center
    agent: str
    lead: str
    passwords: dict[str, str]

    async def sign_in(self, page: Page, who: str) -> None:
        """To the console."""
        await sign_in(page, self.center, who, self.passwords[who])


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Pictures:
    return Pictures(request.config.getoption("--pictures"))


@pytest.fixture
def house(pictures: Pictures, new_center: NewCenter, tmp_path: Path) -> Iterator[House]:
    """That of all tests; for pictures the invented company, where a colleague has taken all that waits."""
    if pictures.folder is None:
        center = new_center()
        connect(center, wrap_up_seconds=WRAP_UP)
        yield House(center.start(), ANNA, ADMIN, dict.fromkeys((ANNA, ADMIN), PASSWORD))
    else:
        with company(tmp_path / "company") as center:
            kept = (center.data_dir / SIGN_INS).read_text().splitlines()[2:]
            passwords = {email: password for *_, email, password in map(str.split, kept)}
            yield House(center, staff_address("mika"), staff_address("vera"), passwords)


@contextmanager
def company(folder: Path) -> Iterator[Center]:
    folder.mkdir()
    center = Center(folder)
    center.migrate()
    center.manage("loaddemo")
    center.run(AT_THEIR_DESKS)
    try:
        yield center.start()
    finally:
        center.stop()


def telephones(shop: Page) -> tuple[Locator, Locator]:
    """The customer's, and that on the desk."""
    customers = shop.get_by_role("region", name="The customer’s telephone")
    return customers, shop.get_by_role("region", name="The agent’s desk telephone")


async def ask_in_the_widget(shop: Page, pictures: Pictures) -> Locator:
    """In the shop, as soon as possible; the panel with the promise."""
    panel = await open_panel(shop)
    await panel.get_by_role("button", name="Call me back").click()
    await panel.get_by_label("Telephone number").fill(NUMBER)
    await panel.get_by_label("Name", exact=True).fill(CALLER)
    await panel.get_by_label(re.compile("What is it about")).fill(WISH)
    await pictures.take("callback-wish", shop)
    await panel.get_by_role("button", name="Call me back").click()
    await expect(panel.get_by_role("heading", name="We will call you")).to_be_visible()
    return panel


async def ask_on_the_page(page: Page, center: Center) -> None:
    """Somebody else, as soon as possible."""
    await page.goto(f"{center.base_url}/callback/en/")
    await page.get_by_label("Telephone number").fill(ANOTHER)
    await page.get_by_label("Your name").fill("Jo Doe")
    await page.wait_for_timeout(MIN_SECONDS * 1_000)  # whoever fills it in faster is taken for a program
    await page.get_by_role("button", name="Call me back").click()
    await expect(page.get_by_role("heading", name="We will call you")).to_be_visible()


async def talk(shop: Page, console: Page, pictures: Pictures) -> None:
    """Both pick up their telephone, say something, and the customer hangs up."""
    customers, desk = telephones(shop)
    await desk.get_by_role("button", name="Answer").click(timeout=15_000)
    await expect(desk.get_by_text(f"A callback for {CALLER}")).to_be_visible(timeout=15_000)
    await desk.get_by_role("button", name="1", exact=True).click()
    await expect(console.get_by_text("Calling the customer")).to_be_visible(timeout=15_000)
    await expect(customers.get_by_role("button", name="Answer")).to_be_visible(timeout=15_000)
    await pictures.take("callback-rings", shop, shop.locator(".phones-row"))

    await customers.get_by_role("button", name="Answer").click()
    await expect(customers.get_by_text("the call back that you asked for")).to_be_visible(timeout=15_000)
    await expect(console.get_by_text("Talking")).to_be_visible(timeout=15_000)
    await be_heard(customers, "Hello?", desk)
    await be_heard(customers, "It says X-1207, since this morning.", desk)
    await accessible(shop, "a call on both telephones")
    await pictures.take("callback-phones", shop, shop.locator(".phones-row"))
    await pictures.take("callback-console", console)

    await customers.get_by_role("button", name="Hang up").click()
    await expect(desk.get_by_text("The call has ended")).to_be_visible(timeout=15_000)


async def be_heard(speaker: Locator, words: str, listener: Locator) -> None:
    """Say it until it is: what is said before both are in the room nobody hears."""
    heard = listener.get_by_role("log").get_by_text(words).first
    while not await heard.is_visible():
        await speaker.get_by_label("Say something").fill(words)
        await speaker.get_by_role("button", name="Say", exact=True).click()
        with contextlib.suppress(TimeoutError):
            await heard.wait_for(timeout=4_000)


async def write_up(console: Page, pictures: Pictures) -> None:
    """Solved, with a note."""
    form = console.get_by_role("form", name="Wrap-up")
    await form.get_by_label("What came of it").select_option("Solved")
    await form.get_by_label("Notes").fill("Cleaned the rollers on the telephone; X-1207 is gone.")
    await pictures.take("callback-wrap-up", console)
    await form.get_by_role("button", name="Finish").click()
    await expect(form).to_be_hidden()


@pytest.mark.timeout(300)  # with the company to be made first
async def test_from_the_wish_in_the_widget_to_what_came_of_it(
    house: House, pictures: Pictures, new_page: NewPage
) -> None:
    console, shop, lead, complaints = await new_page(), await new_page(), await new_page(), Complaints()
    for page in (shop, console, lead):
        complaints.watch(page)
    await house.sign_in(console, house.agent)
    await be_available(console)
    await house.sign_in(lead, house.lead)

    await shop.goto(f"{house.center.base_url}/demo/")
    panel = await ask_in_the_widget(shop, pictures)
    await panel.get_by_role("button", name="Close").click()
    await accept(console)
    await talk(shop, console, pictures)
    await write_up(console, pictures)

    for words in ("A callback was asked for", "Connected", "The call ended", "Cleaned the rollers", "closed this"):
        await expect(log(console).get_by_text(re.compile(words)).first).to_be_visible()
    await expect(console.get_by_role("button", name="Reopen").first).to_be_visible()

    await lead.goto(f"{house.center.base_url}/console/callbacks/ended")
    ended = lead.get_by_role("listitem").filter(has_text=CALLER)
    await expect(ended.get_by_text("Solved")).to_be_visible()
    await expect(ended.get_by_text("promise kept")).to_be_visible()
    await lead.goto(f"{house.center.base_url}/console/reports/callbacks")
    await expect(lead.get_by_text("1 of 1 whose time has come")).to_be_visible()
    await pictures.take("callback-report", lead)

    await ask_on_the_page(await new_page(), house.center)
    await accept(console)
    await expect(telephones(shop)[1].get_by_role("button", name="Answer")).to_be_visible(timeout=15_000)
    assert complaints.words == []
