"""Widget and console against the running server: nothing lost, nothing twice, nobody who may not."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest

from interaction_center.access.identity import identity_signature
from tests.seed import ANNA, SITE_KEY, SITE_ORIGIN, SITE_SECRET
from tests.servers import Center
from tests.web_chat.clients import Desk, Widget, applied, open_line

# One conversation


async def test_a_message_is_acknowledged_reaches_the_console_and_the_answer_the_widget(
    chat_center: Center, anna: Desk
) -> None:
    console = await anna.console()
    await console.subscribe("inbox")
    visitor = await Widget(chat_center).come()
    ack = await visitor.write("My printer shows E-04")
    row = (await console.until(lambda f: f["t"] == "row" and f["row"]["id"] == ack["c"]))["row"]
    assert (row["channel"], row["state"], row["first_words"]) == ("web_chat", "waiting", "My printer shows E-04")
    await visitor.line.subscribe(visitor.c)
    (snap,) = visitor.line.of("snap")
    assert [entry["body"] for entry in snap["entries"] if entry["kind"] == "message"] == ["My printer shows E-04"]
    await anna.post(f"/interactions/{visitor.c}/take")
    entry = await anna.reply(visitor.c, "Please restart it.")
    said = await visitor.line.until(lambda f: f["t"] == "ev" and f["kind"] == "message" and f["from"] == "agent")
    assert (said["s"], said["body"], said["name"]) == (entry["s"], "Please restart it.", "Anna Agent")
    await visitor.write("Thank you")
    heard = await console.until(lambda f: f["t"] == "ev" and f.get("body") == "Thank you")
    assert heard["c"] == visitor.c


async def test_what_was_acknowledged_is_committed(chat_center: Center, anna: Desk) -> None:
    visitor = await Widget(chat_center).began("first")
    acks = [await visitor.write(f"{number}") for number in range(5)]
    assert await anna.messages(visitor.c) == ["first", "0", "1", "2", "3", "4"]
    numbers = [ack["s"] for ack in acks]
    assert numbers == sorted(set(numbers))  # not in a row: a promise to the visitor may come between them


async def test_the_same_message_five_times_over_new_sockets_is_one_entry(chat_center: Center, anna: Desk) -> None:
    visitor, client_id = Widget(chat_center), str(uuid4())
    acks = []
    for _ in range(5):
        await visitor.come()
        visitor.c = ""
        acks.append(await visitor.write("only once", client_id))
        await visitor.line.cut()
    assert {(ack["c"], ack["s"], ack["at"]) for ack in acks} == {(acks[0]["c"], acks[0]["s"], acks[0]["at"])}
    assert [ack.get("dup", False) for ack in acks] == [False, True, True, True, True]
    assert await anna.messages(visitor.c) == ["only once"]


async def test_five_times_at_once_is_one_entry_too_and_two_equal_texts_are_two(chat_center: Center, anna: Desk) -> None:
    visitor, client_id = await Widget(chat_center).began("first"), str(uuid4())
    requests = [await visitor.line.say("msg", c=visitor.c, client_id=client_id, body="ok") for _ in range(5)]
    answers = [await visitor.line.answer_to(request) for request in requests]
    assert len({answer["s"] for answer in answers}) == 1
    await visitor.write("ok")
    assert await anna.messages(visitor.c) == ["first", "ok", "ok"]


async def test_all_windows_of_a_visitor_see_what_one_of_them_writes(chat_center: Center) -> None:
    first = await Widget(chat_center).began("from the first")
    second = Widget(chat_center)
    second.token, second.c = first.token, first.c
    await second.come()
    assert second.line.of("ready")[0]["c"] == first.c
    await second.line.subscribe(first.c)
    await second.write("from the second")
    await first.line.until(lambda f: f["t"] == "ev" and f["body"] == "from the second")
    await second.line.until(lambda f: f["t"] == "ev" and f["body"] == "from the second")


# Dead sockets


@pytest.mark.timeout(180)
@pytest.mark.alone  # longer than a minute without its console, and the chat goes back to the queue
async def test_a_widget_and_a_console_that_were_dead_for_150_answers_get_all_in_order_and_none_twice(
    chat_center: Center, anna: Desk, ben: Desk
) -> None:
    visitor = await Widget(chat_center).began()
    await anna.post(f"/interactions/{visitor.c}/take")
    console = await ben.console()  # the interaction is Anna's: on Ben's screen it is not open
    synced = await console.subscribe(visitor.c)
    await visitor.line.until(lambda f: f["t"] == "ev" and f["s"] == synced["s"])
    last = synced["s"]
    await console.cut()
    await visitor.line.cut()
    expected = [f"answer {number}" for number in range(150)]
    for body in expected:
        await anna.reply(visitor.c, body)

    await visitor.come()
    assert visitor.line.of("ready")[0]["s"] == last + 150
    console = await ben.console()
    for line in (visitor.line, console):
        end = await line.subscribe(visitor.c, last)
        assert end["s"] == last + 150
        frames = applied(line.frames, visitor.c, last)
        assert [frame["body"] for frame in frames] == expected
        assert [frame["s"] for frame in line.of("ev") if frame["c"] == visitor.c] == [frame["s"] for frame in frames]
    assert (await anna.messages(visitor.c))[1:] == expected


async def test_a_widget_that_comes_and_goes_while_answers_flow_misses_none(chat_center: Center, anna: Desk) -> None:
    visitor = await Widget(chat_center).began()
    await anna.post(f"/interactions/{visitor.c}/take")
    last = (await visitor.line.subscribe(visitor.c))["s"]
    expected = [f"answer {number}" for number in range(40)]

    async def answer() -> None:
        for body in expected:
            await anna.reply(visitor.c, body)

    answering = asyncio.create_task(answer())
    heard: list[str] = []
    while len(heard) < len(expected):
        await asyncio.sleep(0.1)
        await visitor.line.cut()
        await visitor.come()
        await visitor.line.subscribe(visitor.c, last)
        if answering.done():
            await visitor.line.until(lambda f: f["t"] == "synced")
        taken = applied(visitor.line.frames, visitor.c, last)
        heard += [frame["body"] for frame in taken]
        last += len(taken)
    await answering
    assert heard == expected


async def test_a_long_log_comes_as_a_snapshot_and_the_future_is_refused(chat_center: Center) -> None:
    visitor = await Widget(chat_center).began()
    request = await visitor.line.say("sub", subs=[{"c": visitor.c, "last_s": 99}])
    assert (await visitor.line.answer_to(request))["code"] == "resume_failed"
    synced = await visitor.line.subscribe(visitor.c)
    assert visitor.line.of("snap")[-1]["s"] == synced["s"]


# Signs


async def test_typing_and_seen_reach_the_other_side(chat_center: Center, anna: Desk) -> None:
    visitor = await Widget(chat_center).began()
    console = await anna.console()
    synced = await console.subscribe(visitor.c)
    await visitor.line.say("typing", c=visitor.c)
    sign = await console.until(lambda f: f["t"] == "typing")
    assert (sign["c"], sign["by"]) == (visitor.c, "customer")
    await console.say("typing", c=visitor.c)
    sign = await visitor.line.until(lambda f: f["t"] == "typing" and f["by"] == "staff")
    assert sign["name"] == "Anna Agent"
    await console.say("read", c=visitor.c, s=synced["s"])
    seen = await visitor.line.until(lambda f: f["t"] == "seen")
    assert (seen["by"], seen["s"]) == ("staff", synced["s"])
    await visitor.line.say("read", c=visitor.c, s=synced["s"])
    seen = await console.until(lambda f: f["t"] == "seen" and f["by"] == "customer")
    assert seen["s"] == synced["s"]


async def test_agents_see_who_has_an_interaction_on_the_screen(chat_center: Center, anna: Desk, ben: Desk) -> None:
    visitor = await Widget(chat_center).began()
    first, second = await anna.console(), await ben.console()
    for console in (first, second):
        await console.subscribe(visitor.c)
        await console.say("view", c=visitor.c)
    both = ["Anna Agent", "Ben Agent"]
    await first.until(lambda f: f["t"] == "presence" and [v["name"] for v in f["viewers"]] == both)
    since = len(first.frames)
    await second.cut()
    await first.until(lambda f: f["t"] == "presence" and [v["name"] for v in f["viewers"]] == both[:1], since=since)
    assert visitor.line.of("presence") == []


async def test_a_note_reaches_colleagues_and_the_widget_hears_only_its_number(
    chat_center: Center, anna: Desk, ben: Desk
) -> None:
    visitor = await Widget(chat_center).began()
    console = await ben.console()
    await console.subscribe(visitor.c)
    note = await anna.post(f"/interactions/{visitor.c}/notes", {"client_id": str(uuid4()), "body": "A secret"})
    assert (await console.until(lambda f: f["t"] == "ev" and f["s"] == note["s"]))["body"] == "A secret"
    skip = await visitor.line.until(lambda f: f["t"] == "ev" and f["s"] == note["s"])
    assert skip == {"t": "ev", "c": visitor.c, "s": note["s"], "kind": "skip"}
    assert "A secret" not in json.dumps(visitor.line.frames)


async def test_a_waiting_chat_is_offered_to_who_is_available_and_accepted(center: Center) -> None:
    anna = await Desk(center, ANNA).sign_in()
    console = await anna.console()
    await console.subscribe("inbox")
    await anna.post("/me/status", {"wanted": "available"})
    visitor = await Widget(center).began()
    offer = await console.until(lambda f: f["t"] == "offer")
    assert (offer["c"], offer["seconds"]) == (visitor.c, 20)
    reloaded = await anna.console()
    assert (await reloaded.until(lambda f: f["t"] == "offer"))["offer"] == offer["offer"]
    row = await anna.post(f"/offers/{offer['offer']}/accept")
    assert (row["id"], row["state"]) == (visitor.c, "assigned")
    ended = await console.until(lambda f: f["t"] == "offer.revoked")
    assert (ended["offer"], ended["reason"]) == (offer["offer"], "accepted")
    assigned = await visitor.line.until(lambda f: f["t"] == "ev" and _event(f) == "assigned")
    assert assigned["event"]["to"] == "Anna Agent"
    await anna.leave()


async def test_with_nobody_there_the_visitor_is_told_by_when(chat_center: Center) -> None:
    visitor = await Widget(chat_center).began()
    promised = await visitor.line.until(
        lambda f: _event(f) == "promised" or (f["t"] == "snap" and any(_event(e) == "promised" for e in f["entries"]))
    )
    event = promised if promised["t"] == "ev" else next(e for e in promised["entries"] if _event(e) == "promised")
    assert event["event"]["promise"]["by"]


async def test_who_reopens_a_chat_with_nobody_there_is_told_by_when_too(chat_center: Center, anna: Desk) -> None:
    visitor = await Widget(chat_center).began()
    await anna.post(f"/interactions/{visitor.c}/take")
    await anna.post(f"/interactions/{visitor.c}/close")
    await visitor.line.until(lambda f: _event(f) == "closed")
    since = len(visitor.line.frames)
    assert (await visitor.write("It is broken again"))["t"] == "ack"
    await visitor.line.until(lambda f: _event(f) == "promised", since=since)
    await visitor.write("Really")
    await anna.post(f"/interactions/{visitor.c}/take")
    await anna.reply(visitor.c, "I am looking into it.")
    await visitor.write("Thank you")
    await anna.reply(visitor.c, "It works now.")
    await visitor.line.until(lambda f: f["t"] == "ev" and f.get("body") == "It works now.")
    promised = [f for f in visitor.line.frames[since:] if _event(f) == "promised"]
    assert len(promised) == 1, "whoever talks to somebody is promised nothing"


def _event(frame: dict[str, object]) -> str:
    event = frame.get("event")
    return str(event.get("name")) if isinstance(event, dict) else ""


# Contact, end, files


async def test_a_typed_address_is_noted_and_the_visitor_may_end_it_and_begin_anew(
    chat_center: Center, anna: Desk
) -> None:
    visitor = await Widget(chat_center).began()
    first = visitor.c
    answers = []
    typed: list[dict[str, object]] = [{"email": "jo@example.org", "name": "Jo"}, {"email": "nonsense"}, {"email": 5}]
    for fields in typed:
        answers.append(await visitor.line.answer_to(await visitor.line.say("contact", **fields)))
    assert [answer.get("code", answer["t"]) for answer in answers] == ["ack", "invalid", "bad_request"]
    assert (await anna.get(f"/interactions/{first}"))["customer"]["name"] == "Jo"
    assert (await visitor.line.answer_to(await visitor.line.say("end")))["t"] == "ack"
    assert (await anna.get(f"/interactions/{first}"))["row"]["state"] == "closed"
    assert (await visitor.line.answer_to(await visitor.line.say("end")))["code"] == "not_found"
    visitor.c = ""
    assert (await visitor.write("Something else"))["c"] != first


async def test_who_starts_a_new_chat_after_the_agent_has_closed_the_old_one_gets_a_new_one(
    chat_center: Center, anna: Desk
) -> None:
    visitor = await Widget(chat_center).began()
    closed = visitor.c
    await anna.post(f"/interactions/{closed}/take")
    await anna.post(f"/interactions/{closed}/close")
    await visitor.line.until(lambda f: _event(f) == "closed")
    visitor.c = ""
    assert (await visitor.write("Something else"))["c"] != closed
    assert (await anna.get(f"/interactions/{closed}"))["row"]["state"] == "closed"


async def test_the_first_words_of_a_chat_are_a_question_that_knowledge_did_not_answer(
    chat_center: Center, anna: Desk
) -> None:
    visitor, question = await Widget(chat_center).come(), f"Where is my cable {uuid4().hex[:6]}"
    await visitor.write(question)
    await visitor.write("I have looked everywhere")
    async with asyncio.timeout(20):
        while question not in (asked := await _unanswered(anna)):
            await asyncio.sleep(0.1)
    assert "I have looked everywhere" not in asked


async def _unanswered(desk: Desk) -> list[str]:
    return [found["question"] for found in (await desk.get("/reports/deflection"))["zero_hits"]]


async def test_a_window_that_slept_through_the_end_writes_into_the_new_conversation(chat_center: Center) -> None:
    old = await Widget(chat_center).began()
    new = Widget(chat_center)
    new.token = old.token
    await new.come()
    await new.line.answer_to(await new.line.say("end"))
    assert (await new.write("A new concern"))["c"] != old.c
    ack = await old.write("still here")
    assert (ack["t"], ack["c"]) == ("ack", new.c)


async def test_an_identity_that_the_page_vouches_for_joins_the_running_conversation(
    chat_center: Center, anna: Desk
) -> None:
    visitor = await Widget(chat_center).began()
    await visitor.line.cut()
    name, email = "Kim Known", f"kim-{uuid4().hex[:6]}@example.org"
    signature = identity_signature(SITE_SECRET, email=email, name=name)
    await visitor.come(identity={"email": email, "name": name, "hmac": signature})
    points = (await anna.get(f"/interactions/{visitor.c}"))["customer"]["contact_points"]
    assert {"kind": "email", "value": email, "proof": "verified"} in [
        {key: point[key] for key in ("kind", "value", "proof")} for point in points
    ]


async def test_a_file_is_uploaded_attached_and_read_back_by_both_sides(chat_center: Center, anna: Desk) -> None:
    visitor, thief = await Widget(chat_center).began(), await Widget(chat_center).began()
    async with httpx.AsyncClient(base_url=chat_center.base_url) as http:
        headers = {"Origin": SITE_ORIGIN, "Authorization": f"Visitor {visitor.token}"}
        sent = await http.post(
            f"/chat/upload?site={SITE_KEY}", files={"file": ("p.png", b"\x89PNG", "image/png")}, headers=headers
        )
        upload = sent.json()["id"]
        assert (await thief.write("mine?", files=[upload]))["code"] == "invalid"
        assert (await visitor.write("", files=[upload]))["t"] == "ack"
        assert (await visitor.write("again", files=[upload]))["code"] == "invalid"
        entry = await visitor.line.until(lambda f: f["t"] == "ev" and f.get("files"))
        assert (await http.get(entry["files"][0]["url"])).content == b"\x89PNG"
        shown = (await anna.get(f"/interactions/{visitor.c}/entries"))["items"][-1]["files"][0]
        assert (await anna.http.get(shown["url"])).content == b"\x89PNG"
        assert (await http.get(shown["url"])).status_code == 401


# Whom the server lets in


@pytest.mark.parametrize("origin", ["https://evil.example", "http://shop.test.evil.example", "", "null"])
async def test_a_foreign_page_is_refused_with_4003(chat_center: Center, anna: Desk, origin: str) -> None:
    widget = await open_line(chat_center, "/ws/chat", origin=origin)
    await widget.say("auth", site=SITE_KEY, token=None)
    console = await open_line(chat_center, "/ws/console", origin=origin, cookie=anna.cookie)
    await console.say("auth")
    assert (await widget.closed(), await console.closed()) == (4003, 4003)
    assert widget.of("err")[0]["code"] == console.of("err")[0]["code"] == "forbidden"


@pytest.mark.parametrize("cookie", ["", "sessionid=forged", "sessionid=;x=;;="])
async def test_an_agent_who_is_not_signed_in_is_refused_with_4001(chat_center: Center, cookie: str) -> None:
    console = await open_line(chat_center, "/ws/console", origin=chat_center.base_url, cookie=cookie)
    await console.say("auth")
    assert await console.closed() == 4001
    assert console.of("err")[0]["code"] == "unauthorized"


@pytest.mark.parametrize("token", ["forged", "W10:1:x", "\ud800", {"a": 1}, ["x"], "x" * 5_000])
async def test_a_forged_token_is_refused_with_4001(chat_center: Center, token: object) -> None:
    widget = await open_line(chat_center, "/ws/chat", origin=SITE_ORIGIN)
    await widget.say("auth", site=SITE_KEY, token=token)
    assert await widget.closed() == 4001


@pytest.mark.parametrize("site", ["nonsense", "", None, 5, "\x00", ["x"]])
async def test_an_unknown_site_is_refused(chat_center: Center, site: object) -> None:
    widget = await open_line(chat_center, "/ws/chat", origin=SITE_ORIGIN)
    await widget.say("auth", site=site, token=None)
    assert await widget.closed() == 4001
    assert widget.of("err")[0]["code"] in ("not_found", "bad_request")


async def test_a_wrong_identity_signature_is_refused(chat_center: Center) -> None:
    forged: list[dict[str, object]] = [
        {"email": "a@b.example", "name": "A", "hmac": "0"},
        {"email": "\ud800", "hmac": 5},
        {"email": {}},
    ]
    for identity in forged:
        widget = await open_line(chat_center, "/ws/chat", origin=SITE_ORIGIN)
        await widget.say("auth", site=SITE_KEY, token=None, identity=identity)
        assert await widget.closed() == 4001


async def test_another_protocol_and_an_unknown_address_are_refused(chat_center: Center) -> None:
    other = await open_line(chat_center, "/ws/chat", origin=SITE_ORIGIN, subprotocol="cic.v9")
    assert await other.closed() == 4426
    with pytest.raises(Exception, match="403"):
        await open_line(chat_center, "/ws/nowhere", origin=SITE_ORIGIN)


async def test_who_says_nothing_is_closed_after_five_seconds(chat_center: Center) -> None:
    lines = [await open_line(chat_center, path, origin=SITE_ORIGIN) for path in ("/ws/chat", "/ws/console")]
    assert [await line.closed() for line in lines] == [4408, 4408]


async def test_a_visitor_reads_and_writes_only_their_own_conversation(chat_center: Center) -> None:
    mine, theirs = await Widget(chat_center).began(), await Widget(chat_center).began("private")
    answers = [
        await mine.line.answer_to(await mine.line.say("sub", subs=[{"c": theirs.c, "last_s": 1}])),
        await mine.line.answer_to(await mine.line.say("msg", c=theirs.c, client_id=str(uuid4()), body="hi")),
        await mine.line.answer_to(await mine.line.say("read", c=theirs.c, s=1)),
        await mine.line.answer_to(await mine.line.say("read", c=[], s=1)),
        await mine.line.answer_to(await mine.line.say("msg", c={}, client_id=str(uuid4()), body="hi")),
        await mine.line.answer_to(await mine.line.say("sub", subs=[{"c": "inbox"}])),
    ]
    codes = [answer["code"] for answer in answers]
    assert codes == ["not_found", "forbidden", "bad_request", "bad_request", "forbidden", "not_found"]
    await theirs.write("more private words")
    await mine.write("a round trip")
    assert "private" not in json.dumps(mine.line.frames)


# Bad input


async def test_bad_frames_are_answered_and_the_conversation_goes_on(chat_center: Center, anna: Desk) -> None:
    visitor = await Widget(chat_center).began("first")
    say = visitor.line.ws.send
    for bad in ("not json", "[]", '{"t":"nonsense"}', b"\x00\x01", json.dumps({"t": "typing", "x": "y" * 70_000})):
        await say(bad)
    fields: list[dict[str, object]] = [
        {"client_id": "no uuid", "body": "x"},
        {"client_id": str(uuid4()), "body": ""},
        {"client_id": str(uuid4()), "body": 5},
        {"client_id": str(uuid4()), "body": "x" * 8_001},
        {"client_id": str(uuid4()), "body": "x", "files": "abc"},
        {"client_id": str(uuid4()), "body": "x", "files": ["x"] * 11},
        {"body": "x"},
    ]
    codes = [
        (await visitor.line.answer_to(await visitor.line.say("msg", c=visitor.c, **each)))["code"] for each in fields
    ]
    assert codes == ["bad_request", "invalid", "bad_request", "too_large", "invalid", "invalid", "bad_request"]
    assert [nack["code"] for nack in visitor.line.of("nack")[:5]] == ["bad_request"] * 4 + ["too_large"]
    assert (await visitor.write("a NUL \x00, half a \ud800 character, ünïcödé 👩‍🔧"))["t"] == "ack"
    assert await anna.messages(visitor.c) == ["first", "a NUL , half a ? character, ünïcödé 👩‍🔧"]


async def test_a_frame_beyond_all_limits_ends_its_socket_and_no_other(chat_center: Center) -> None:
    good, bad = await Widget(chat_center).began(), await Widget(chat_center).began()
    await bad.line.ws.send("x" * 300_000)
    assert await bad.line.closed() in (1009, 1006)
    assert (await good.write("unharmed"))["t"] == "ack"


async def test_too_many_messages_at_once_are_told_when_to_come_again_and_none_is_lost(
    chat_center: Center, anna: Desk
) -> None:
    visitor = await Widget(chat_center).began("first")
    bodies = [f"{number}" for number in range(14)]
    requests = {}
    for body in bodies:
        requests[await visitor.line.say("msg", c=visitor.c, client_id=str(uuid4()), body=body)] = body
    answers = {body: await visitor.line.answer_to(request) for request, body in requests.items()}
    refused = [body for body, answer in answers.items() if answer["t"] == "nack"]
    assert refused
    assert {answers[body]["code"] for body in refused} == {"rate_limited"}
    for body in refused:
        await asyncio.sleep(answers[body]["retry_after"])
        while (answer := await visitor.write(body))["t"] == "nack":
            await asyncio.sleep(answer["retry_after"])
    assert sorted(await anna.messages(visitor.c)) == sorted(["first", *bodies])


async def test_a_visitor_has_at_most_five_windows(chat_center: Center) -> None:
    visitor = await Widget(chat_center).began()
    lines = [visitor.line]
    for _ in range(5):
        if len(lines) > 1:  # let in, so that it is counted before the next one comes
            await lines[-1].until(lambda frame: frame["t"] == "ready")
        line = await open_line(chat_center, "/ws/chat", origin=SITE_ORIGIN)
        await line.say("auth", site=SITE_KEY, token=visitor.token)
        lines.append(line)
    assert await lines[-1].closed() == 4009
    await lines[1].leave()
    await asyncio.sleep(0.2)
    await visitor.come()
