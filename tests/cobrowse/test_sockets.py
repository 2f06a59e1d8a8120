"""Page and view against the running server: consent, what is shown, who is let in, and every way it ends."""

import asyncio
from typing import Any

from tests.cobrowse.builders import PAGE, Peer, Shown, a_page, a_shown_chat, a_view, mirror, packed
from tests.seed import ADMIN, SITE_ORIGIN
from tests.servers import Center
from tests.web_chat.clients import Desk, Widget


async def events_of(desk: Desk, interaction: str) -> list[dict[str, Any]]:
    """What the log says of co-browsing."""
    entries = (await desk.get(f"/interactions/{interaction}/entries"))["items"]
    events = [entry["event"] for entry in entries if entry["kind"] == "event"]
    return [event for event in events if event["name"].startswith("cobrowse")]


async def claimed(center: Center, desk: Desk, **body: Any) -> tuple[Peer, dict[str, Any]]:
    """A page whose code this agent has claimed, and what they were told."""
    widget = await Widget(center).come()
    page = await a_page(center, widget.token)
    assert (await page.of_type("ready"))["session"] is None
    await page.say("code.create")
    code = await page.of_type("code")
    started = await desk.post("/cobrowse/claims", {"code": code["code"], **body})
    await widget.line.leave()
    return page, started


async def test_a_page_is_shown_from_a_chat_with_consent_and_ends_when_the_customer_says_so(
    chat_center: Center, anna: Desk
) -> None:
    widget = await Widget(chat_center).began()
    await anna.post(f"/interactions/{widget.c}/take")
    started = await anna.post(f"/interactions/{widget.c}/cobrowse")
    session = started["session"]["id"]
    assert (await anna.post(f"/interactions/{widget.c}/cobrowse"))["session"]["id"] == session
    told = await widget.line.until(lambda f: f["t"] == "cobrowse")
    assert (told["session"], told["agent"]) == (session, "Anna Agent")
    page = await a_page(chat_center, widget.token, session=session)
    ready = await page.of_type("ready")
    assert (ready["state"], ready["scopes"], ready["rules"]["deny"]) == ("consent_pending", [], False)
    (ask,) = ready["asks"]
    assert "Anna Agent" in ask["text"]
    view = await a_view(anna, session)
    assert (await view.of_type("ready"))["state"] == "consent_pending"
    await page.grant(ask)
    await view.until_state(state="viewing", scopes=["view"])
    s = ready["s"] + 1
    await page.show(mirror(s, snapshot=True))
    assert (await view.until_mirrored(1)) == [mirror(s, snapshot=True)]
    assert (await page.of_type("ack"))["s"] == s
    await page.show(packed(s + 1, PAGE))
    assert (await view.until_mirrored(2))[1] == packed(s + 1, PAGE)
    await page.say("pointer", x=10, y=20)
    assert (await view.of_type("pointer"))["x"] == 10
    await page.say("consent.revoke", scope="view")
    end = await view.of_type("end")
    assert (end["reason"], end["by"]) == ("customer", "customer")
    assert (await view.closed(), await page.closed()) == (4440, 4440)
    assert (await widget.line.until(lambda f: f["t"] == "cobrowse" and f.get("ended")))["session"] == session
    (one,) = (await anna.get(f"/interactions/{widget.c}/cobrowse"))["earlier"]
    assert (one["reason"], one["agents"], one["scopes"]) == ("customer", ["Anna Agent"], ["view"])
    assert [event["name"] for event in await events_of(anna, widget.c)] == ["cobrowse_started", "cobrowse_ended"]
    await widget.line.leave()


async def test_a_widget_that_connects_later_hears_of_the_invitation(chat_center: Center, anna: Desk) -> None:
    widget = await Widget(chat_center).began()
    await anna.post(f"/interactions/{widget.c}/take")
    started = await anna.post(f"/interactions/{widget.c}/cobrowse")
    await widget.line.leave()
    await widget.come()
    told = await widget.line.until(lambda f: f["t"] == "cobrowse")
    assert told["session"] == started["session"]["id"]
    await widget.line.leave()
    other = await Widget(chat_center).come()
    await other.line.say("ping")
    await other.line.until(lambda f: f["t"] == "pong")
    assert other.line.of("cobrowse") == []
    await other.line.leave()


async def test_an_agent_points_and_then_helps_and_each_act_is_in_the_audit(chat_center: Center, anna: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view", "point", "control")
    await shown.picture()
    await shown.view.say("pointer", x=1, y=2)
    pointer = await shown.page.of_type("pointer")
    assert (pointer["name"], pointer["x"]) == ("Anna Agent", 1)
    await shown.view.send("input.type", id=7, e=1, n=4, text="Mia")
    assert (await shown.page.of_type("input.type"))["text"] == "Mia"
    await shown.page.send("input.done", id=7, ok=True, what="00112233445566aa")
    assert (await shown.view.of_type("input.done"))["ok"] is True
    await shown.view.say("control.release")
    await shown.page.until_state(scopes=["view", "point"], controller=None)
    ada = await Desk(chat_center, ADMIN).sign_in()
    await shown.view.say("end")
    assert await shown.page.closed() == 4441
    audit = await audited(ada, shown.session)
    (act,) = audit["actions"]
    assert (act["kind"], act["outcome"], act["what"]) == ("input.type", "done", "00112233445566aa")
    assert "Mia" not in str(audit)
    granted = [line["scope"] for line in audit["consents"] if line["decision"] == "granted"]
    assert granted == ["view", "point", "control"]
    await shown.leave()
    await ada.leave()


async def audited(desk: Desk, session: str) -> dict[str, Any]:
    """The audit, once the group commit has stored its lines."""
    for _ in range(100):
        audit: dict[str, Any] = await desk.get(f"/cobrowse/{session}/audit")
        if audit["actions"]:
            return audit
        await asyncio.sleep(0.05)
    raise AssertionError("nothing was written down")


async def test_a_code_leads_a_page_into_an_interaction_of_its_own(chat_center: Center, anna: Desk) -> None:
    page, started = await claimed(chat_center, anna)
    row = (await anna.get(f"/interactions/{started['interaction']}"))["row"]
    assert (row["channel"], row["state"], row["assigned_to"]["name"]) == ("cobrowse", "assigned", "Anna Agent")
    ask = await page.of_type("ask")
    view = await a_view(anna, started["session"]["id"])
    await view.of_type("ready")
    await page.grant(ask)
    await view.until_state(state="viewing")
    await anna.post(f"/cobrowse/{started['session']['id']}/end")
    assert (await page.of_type("end"))["reason"] == "agent"
    assert await page.closed() == 4441
    await view.closed()


async def test_without_an_open_page_the_code_is_the_way(chat_center: Center, anna: Desk) -> None:
    widget = await Widget(chat_center).began()
    await anna.post(f"/interactions/{widget.c}/take")
    await widget.line.leave()
    headers = {"X-CSRFToken": anna.http.cookies["csrftoken"], "Origin": chat_center.base_url}
    path = f"/api/interactions/{widget.c}/cobrowse"
    answer = await anna.http.post(path, headers=headers)
    while answer.status_code == 200:  # the server has not noticed yet that the page has gone
        await anna.post(f"/cobrowse/{answer.json()['session']['id']}/end")
        answer = await anna.http.post(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_page")
    page, started = await claimed(chat_center, anna, interaction=widget.c)
    assert started["interaction"] == widget.c
    await page.leave()


# Who is let in


async def refused(peer: Peer) -> tuple[int | None, str]:
    """The close code and what was said last."""
    code = await peer.closed()
    return code, peer.of("err")[-1]["code"]


async def test_who_may_not_is_not_let_in(chat_center: Center, anna: Desk, ben: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view")
    stranger = await Widget(chat_center).come()
    token = shown.widget.token
    assert await refused(await a_page(chat_center, stranger.token, session=shown.session)) == (4404, "not_found")
    assert await refused(await a_page(chat_center, "forged", session=shown.session)) == (4401, "unauthorized")
    evil = await a_page(chat_center, token, session=shown.session, origin="http://evil.test")
    assert await refused(evil) == (4403, "forbidden")
    assert await refused(await a_page(chat_center, token, session=shown.session)) == (4409, "conflict")
    assert await refused(await a_view(anna, shown.session, origin=SITE_ORIGIN)) == (4403, "forbidden")
    assert await refused(await a_view(anna, "nosuchsession")) == (4404, "not_found")
    nobody = Desk(chat_center, "nobody@center.test")
    nobody.http.cookies.set("sessionid", "x")
    assert await refused(await a_view(nobody, shown.session)) == (4401, "unauthorized")
    colleague = await a_view(ben, shown.session)  # of the same team
    assert (await colleague.of_type("ready"))["customer"] is not None
    for line in (stranger.line, colleague):
        await line.leave()
    await nobody.leave()
    await shown.leave()


async def test_a_supervisor_ends_what_others_watch(chat_center: Center, anna: Desk, ben: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view")
    headers = {"X-CSRFToken": ben.http.cookies["csrftoken"], "Origin": chat_center.base_url}
    answer = await ben.http.post(f"/api/cobrowse/{shown.session}/end", headers=headers)
    assert answer.status_code in (403, 409)
    ada = await Desk(chat_center, ADMIN).sign_in()
    await ada.post(f"/cobrowse/{shown.session}/end")
    assert (await shown.page.closed(), await shown.view.closed()) == (4442, 4442)
    assert shown.page.of("end")[-1] == {"t": "end", "reason": "supervisor", "by": "Ada Admin"}
    await shown.leave()
    await ada.leave()


# Coming back


async def test_a_reload_goes_on_with_view_and_without_control(chat_center: Center, anna: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view", "point", "control")
    s = await shown.picture()
    await shown.page.cut()
    await shown.view.until(lambda f: f["t"] == "state" and f["reconnecting"])
    assert shown.view.frames[-1]["scopes"] == ["view", "point"]
    shown.page = await a_page(chat_center, shown.widget.token, session=shown.session, resume=shown.ready["resume"])
    ready = await shown.page.of_type("ready")
    assert (ready["state"], ready["scopes"], ready["controller"], ready["s"]) == ("viewing", ["view", "point"], None, s)
    await shown.page.show(mirror(s + 1, snapshot=True))
    assert len(await shown.view.until_mirrored(2)) == 2
    await shown.leave()


async def test_an_agent_who_comes_back_goes_on_where_they_were(chat_center: Center, anna: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view")
    s = await shown.picture()
    await shown.view.cut()
    await shown.page.show(mirror(s + 1))
    back = await a_view(anna, shown.session)
    assert (await back.of_type("ready"))["s"] >= s
    await back.send("resume", **{"from": s})
    mirrored = await back.until_mirrored(2)
    assert mirror(s + 1) in mirrored
    shown.view = back
    await shown.leave()


async def test_a_page_of_many_frames_arrives_whole_and_in_order(chat_center: Center, anna: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view")
    first = await shown.picture()
    big = [["t", 7, 3, 0, "•" * 4_000, 0]]
    sent = [mirror(first + 1 + number, big) for number in range(80)]  # a megabyte
    done = 0
    for at, frame in enumerate(sent):
        await shown.page.show(frame)
        while at - done > 15:  # what a page may send before it waits
            acked = await shown.page.until(lambda f, after=first + done: f["t"] == "ack" and f["s"] > after)  # type: ignore[misc]
            done = acked["s"] - first
    assert (await shown.view.until_mirrored(1 + len(sent)))[1:] == sent
    await shown.leave()


async def test_what_was_not_granted_reaches_nobody_and_is_closed_the_third_time(
    chat_center: Center, anna: Desk
) -> None:
    shown: Shown = await a_shown_chat(chat_center, anna, "view")
    for _ in range(3):
        await shown.view.send("input.click", id=1, e=1, n=2)
    assert await shown.view.closed() == 4403
    await shown.page.say("ping")
    await shown.page.of_type("pong")
    assert shown.page.of("input.click") == []
    ada = await Desk(chat_center, ADMIN).sign_in()
    audit = await audited(ada, shown.session)
    assert {(line["kind"], line["outcome"]) for line in audit["actions"]} == {("input.click", "no_consent")}
    await shown.leave()
    await ada.leave()


async def test_frames_that_are_none_are_answered_and_do_no_harm(chat_center: Center, anna: Desk) -> None:
    shown = await a_shown_chat(chat_center, anna, "view")
    for text in ("{", "[]", '{"t":"unknown"}', '{"t":"consent.ask","scope":"everything"}', '{"t":"resume","from":-1}'):
        await shown.view.ws.send(text)
    await shown.view.show(mirror(1))
    await shown.view.say("ping")
    await shown.view.of_type("pong")
    assert {frame["code"] for frame in shown.view.of("err")} == {"bad_request"}
    assert len(shown.view.of("err")) == 6
    await shown.leave()
