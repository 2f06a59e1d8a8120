"""Page and view against the running server: an invitation, consent, what is shown, and its end."""

from tests.cobrowse.builders import a_page, a_view, mirror
from tests.servers import Center
from tests.web_chat.clients import Desk, Widget


async def test_a_page_is_shown_from_a_chat_with_consent_and_ends_when_the_customer_says_so(
    chat_center: Center, anna: Desk
) -> None:
    widget = await Widget(chat_center).began()
    await anna.post(f"/interactions/{widget.c}/take")
    started = await anna.post(f"/interactions/{widget.c}/cobrowse")
    session = started["session"]["id"]
    told = await widget.line.until(lambda f: f["t"] == "cobrowse")
    assert (told["session"], told["agent"]) == (session, "Anna Agent")
    page = await a_page(chat_center, widget.token, session=session)
    ready = await page.of_type("ready")
    assert (ready["state"], ready["scopes"], ready["rules"]["deny"]) == ("consent_pending", [], False)
    (ask,) = ready["asks"]
    assert ask["by"]["name"] == "Anna Agent"
    assert "Anna Agent" in ask["text"]
    view = await a_view(anna, session)
    assert (await view.of_type("ready"))["state"] == "consent_pending"
    await page.grant(ask)
    await view.until_state(state="viewing", scopes=["view"])
    s = ready["s"] + 1
    await page.show(mirror(s, snapshot=True))
    assert (await view.until_mirrored(1)) == [mirror(s, snapshot=True)]
    assert (await page.of_type("ack"))["s"] == s
    await page.say("pointer", x=10, y=20)
    assert (await view.of_type("pointer"))["x"] == 10
    await page.say("consent.revoke", scope="view")
    end = await view.of_type("end")
    assert (end["reason"], end["by"]) == ("customer", "customer")
    assert (await view.closed(), await page.closed()) == (4440, 4440)
    earlier = (await anna.get(f"/interactions/{widget.c}/cobrowse"))["earlier"]
    (one,) = earlier
    assert (one["reason"], one["agents"], one["scopes"]) == ("customer", ["Anna Agent"], ["view"])
    entries = (await anna.get(f"/interactions/{widget.c}/entries"))["items"]
    names = [entry["event"]["name"] for entry in entries if entry["kind"] == "event"]
    assert names[-2:] == ["cobrowse_started", "cobrowse_ended"]
    await widget.line.leave()
