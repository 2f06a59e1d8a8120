"""The promises to a customer, kept in a real browser: console, widget and mail together."""

import re
from email.utils import formataddr

from playwright.async_api import expect

from tests.browser.conftest import ServeShop, Shop
from tests.browser.pages import accept, be_available, log, open_chat, reply, say, sign_in, take
from tests.conftest import NewPage
from tests.flows.parties import a_mail, an_answer_to, post, the_world
from tests.seed import ANNA

CARLA = "carla@customer.test"


async def test_a_mail_is_offered_answered_and_the_customers_answer_appears_below(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    async with the_world() as world:
        center = serve_shop(SMTP_RELAY_URL=world.url)
        page = await new_page()
        await sign_in(page, center, ANNA)
        await be_available(page)
        await post(center, a_mail("The display shows E-04. What shall I do?"))
        await accept(page)
        await expect(log(page).get_by_text("The display shows E-04.")).to_be_visible()

        await reply(page, "Please switch it off and on.")
        answer = await world.mail_to(CARLA)
        assert "Please switch it off and on." in answer.text
        await post(center, an_answer_to(answer, "That helped, thank you!", by=formataddr(("Carla Customer", CARLA))))
        await expect(log(page).get_by_text("That helped, thank you!")).to_be_visible()
        await expect(page.get_by_role("tab", name=re.compile(r"^Open\s*1$"))).to_be_visible()


async def test_a_chat_is_taken_answered_and_read_on_both_sides(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    center = serve_shop()
    agent, customer = await new_page(), await new_page()
    await sign_in(agent, center, ANNA)
    await customer.goto(shop.url)
    panel = await open_chat(customer)
    await say(panel, "My printer shows E-04.")

    await take(agent, "My printer shows E-04")
    await expect(log(agent).get_by_text("My printer shows E-04.")).to_be_visible()
    await reply(agent, "Please switch it off and on.")
    await expect(panel.get_by_text("Please switch it off and on.")).to_be_visible()
    await expect(panel.get_by_text("Anna Agent").first).to_be_visible()

    await say(panel, "That helped!")
    await expect(log(agent).get_by_text("That helped!")).to_be_visible()


async def test_a_chat_without_anybody_there_goes_on_by_mail(
    serve_shop: ServeShop, shop: Shop, new_page: NewPage
) -> None:
    async with the_world() as world:
        center = serve_shop(SMTP_RELAY_URL=world.url, CHAT_MAIL_AFTER_SECONDS="1")
        customer = await new_page()
        await customer.goto(shop.url)
        panel = await open_chat(customer)
        await say(panel, "Is anybody there?")
        await panel.get_by_label("E-mail").fill(CARLA)
        await panel.get_by_role("button", name="Save").click()
        await expect(panel.get_by_text(f"we also answer to {CARLA}")).to_be_visible()
        await customer.close()

        agent = await new_page()
        await sign_in(agent, center, ANNA)
        await take(agent, "Is anybody there")
        await reply(agent, "Now I am.")
        mailed = await world.mail_to(CARLA)
        assert "Now I am." in mailed.text
        await post(center, an_answer_to(mailed, "Good that you write.", by=formataddr(("Carla", CARLA))))
        await expect(log(agent).get_by_text("Good that you write.")).to_be_visible()
