"""A chat reaches a person, goes on when the line breaks, and becomes mail when nobody is there."""

import asyncio
import uuid
from calendar import monthrange
from datetime import UTC, datetime
from email.utils import formataddr

from tests.conftest import NewCenter
from tests.flows.parties import (
    Colleague,
    Frame,
    Visitor,
    World,
    a_mail,
    an_answer_to,
    at_work,
    eventually,
    open_console,
    post,
    visit,
)
from tests.seed import ANNA, DAYS, MAILBOX
from tests.servers import Center

CARLA = "carla@customer.test"
MANY = 150


def opening_hours(center: Center, **values: object) -> None:
    """Change every calendar of a centre that does not run yet."""
    center.run(f"from interaction_center.access.models import BusinessCalendar as C; C.objects.update(**{values!r})")


async def leave_address(visitor: Visitor, email: str, name: str = "Carla Customer") -> None:
    """Type it into the widget."""
    await visitor.wire.tell(t="contact", id="contact", email=email, name=name)
    await visitor.wire.hears("ack", id="contact")


async def test_a_chat_is_offered_taken_and_answered_on_both_sides(running: Center) -> None:
    async with at_work(running, ANNA, wanted="available") as anna:
        carla = await visit(running)
        await carla.says("My printer shows E-04.")
        offer = await anna.wire.hears("offer", c=carla.c)
        await anna.does(f"offers/{offer['offer']}/accept")
        await anna.wire.follow(carla.c)

        await anna.replies(carla.c, "Please switch it off and on.")
        answer = await carla.wire.reads(carla.c, "Please switch it off and on.")
        assert (answer["from"], answer["name"]) == ("agent", "Anna Agent")

        await carla.says("That helped!")
        line = await anna.wire.reads(carla.c, "That helped!")
        assert line["from"] == "customer"
        assert [line["s"] for line in carla.wire.lines(carla.c)] == [line["s"] for line in anna.wire.lines(carla.c)]


async def test_the_visitor_never_sees_a_note(running: Center) -> None:
    async with at_work(running, ANNA) as anna:
        carla = await visit(running)
        await carla.says("Hello")
        await anna.does(f"interactions/{carla.c}/notes", client_id=str(uuid.uuid4()), body="Difficult customer")
        await carla.says("Anybody there?")
        await carla.wire.reads(carla.c, "Anybody there?")
        assert "Difficult" not in str(carla.wire.frames)
        numbers = [line["s"] for line in carla.wire.lines(carla.c)]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_one_message_sent_five_times_is_one_and_equal_words_sent_twice_are_two(running: Center) -> None:
    carla = await visit(running)
    client_id = str(uuid.uuid4())
    acks = [await carla.says("Hello", client_id=client_id) for _ in range(5)]
    await carla.says("Hello?")
    await carla.says("Hello?")
    async with at_work(running, ANNA) as anna:
        assert await anna.messages(carla.c) == ["Hello", "Hello?", "Hello?"]
    assert len({ack["s"] for ack in acks}) == 1
    assert [bool(ack.get("dup")) for ack in acks] == [False, True, True, True, True]


async def test_both_sides_miss_nothing_of_what_was_said_while_their_line_was_dead(running: Center) -> None:
    async with at_work(running, ANNA) as anna:
        carla = await visit(running)
        await carla.says("Hello")
        await anna.does(f"interactions/{carla.c}/take")
        watching = await open_console(running, anna.http)
        await watching.follow(carla.c)
        await eventually(lambda: all("assigned" in wire.events(carla.c) for wire in (watching, carla.wire)))
        known = carla.wire.lines(carla.c)[-1]["s"]
        await carla.wire.leave()
        await watching.leave()

        said = [f"Line {number}" for number in range(MANY)]
        for line in said:
            await anna.replies(carla.c, line)

        back = await visit(running, token=carla.token, last_s=known)
        again = await open_console(running, anna.http)
        await again.follow(carla.c, last_s=known)
        for wire in (back.wire, again):
            assert [line["body"] for line in wire.lines(carla.c) if line["kind"] == "message"] == said
            assert wire.repeated == 0
        assert back.c == carla.c


async def test_an_unread_answer_goes_on_by_mail_once_and_one_that_was_read_does_not(
    running: Center, world: World
) -> None:
    async with at_work(running, ANNA) as anna:
        carla = await visit(running)
        await carla.says("Hello")
        await leave_address(carla, CARLA)
        await anna.does(f"interactions/{carla.c}/take")
        first = await anna.replies(carla.c, "Read at once")
        await carla.wire.reads(carla.c, "Read at once")
        await carla.wire.tell(t="read", c=carla.c, s=first["s"])
        await anna.wire.follow(carla.c)
        await anna.wire.hears("seen", c=carla.c, by="customer")
        await carla.wire.leave()
        await anna.replies(carla.c, "Said to an empty chair")
        mailed = await world.mail_to(CARLA)
    assert mailed.sender == MAILBOX
    assert "Said to an empty chair" in mailed.text
    assert "Read at once" not in mailed.text
    assert len(world.mails) == 1


async def test_without_anybody_there_a_chat_gets_a_promise_goes_on_by_mail_and_joins_one_customer(
    running: Center, world: World
) -> None:
    """The whole way: an old mail, a chat with the same address typed, an answer by mail, the answer to that."""
    await post(running, a_mail("My first question", subject="Old mail"))
    carla = await visit(running, lang="de")
    await carla.says("Is anybody there?")
    promise = await eventually(lambda: next((e for e in carla.wire.lines(carla.c) if _is_promise(e)), {}))
    assert promise["event"]["promise"].keys() == {"by"}
    await leave_address(carla, CARLA)
    await carla.wire.leave()

    async with at_work(running, ANNA) as anna:
        old, chat = await anna.sees("Old mail"), await anna.sees(channel="web_chat")
        assert chat["promised_at"]
        assert old["customer"]["id"] != chat["customer"]["id"], "a typed address joins nothing"
        await anna.does(f"interactions/{chat['id']}/take")
        await anna.replies(chat["id"], "Now I am here.")
        mailed = await world.mail_to(CARLA)
        assert "Now I am here." in mailed.text

        await anna.wire.follow(chat["id"])
        await post(running, an_answer_to(mailed, "Thank you, by mail.", by=formataddr(("Carla Customer", CARLA))))
        line = await anna.wire.reads(chat["id"], "Thank you, by mail.")
        assert line["channel"] == "email"

        customer = (await anna.get(f"interactions/{chat['id']}"))["customer"]
        timeline = await anna.get(f"customers/{customer['id']}/timeline")
        assert customer["verified"]
        assert (CARLA, "verified") in {(point["value"], point["proof"]) for point in customer["contact_points"]}
        assert {item["interaction"]["id"] for item in timeline["items"]} == {old["id"], chat["id"]}

        back = await visit(running, token=carla.token)
        assert "elsewhere" in back.wire.events(chat["id"])
        assert "Thank you, by mail." not in str(back.wire.frames), "a mail is for who holds the address"


def _is_promise(line: dict[str, object]) -> bool:
    event = line.get("event")
    return isinstance(event, dict) and event["name"] == "promised"


async def test_out_of_hours_a_chat_is_told_so_although_an_agent_is_there(new_center: NewCenter, world: World) -> None:
    in_three_days = DAYS[(datetime.now(UTC).weekday() + 3) % 7]
    center = new_center(SMTP_RELAY_URL=world.url)
    opening_hours(center, hours={in_three_days: [["09:00", "17:00"]]})
    center.start()
    async with at_work(center, ANNA, wanted="available"):
        carla = await visit(center)
        await carla.says("Hello at night")
        await eventually(lambda: "promised" in carla.wire.events(carla.c))


async def test_a_calendar_whose_holidays_cover_all_its_hours_loses_no_message(
    new_center: NewCenter, world: World
) -> None:
    center = new_center(SMTP_RELAY_URL=world.url)
    every_day = [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, monthrange(2024, month)[1] + 1)]
    opening_hours(center, extra_holidays=every_day)
    center.start()
    carla = await visit(center)
    await carla.says("Hello")
    await post(center, a_mail("Hello by mail"))
    async with at_work(center, ANNA) as anna:
        await anna.sees("My printer")
        assert await anna.messages(carla.c) == ["Hello"]


async def test_with_an_agent_there_nothing_is_promised(running: Center) -> None:
    async with at_work(running, ANNA, wanted="available") as anna:
        carla = await visit(running)
        await carla.says("Hello")
        await anna.wire.hears("offer", c=carla.c)
        await asyncio.sleep(0.5)
        assert "promised" not in carla.wire.events(carla.c)


async def test_a_visitor_who_types_somebody_elses_address_sees_nothing_of_theirs(running: Center) -> None:
    await post(running, a_mail("My secret question"))
    async with at_work(running, ANNA) as anna:
        theirs = await anna.sees("My printer")
        mallory = await visit(running)
        await mallory.says("I am Carla")
        await leave_address(mallory, CARLA, "Carla")
        row = await anna.sees(channel="web_chat")
        assert row["customer"]["id"] != theirs["customer"]["id"]
        detail = await eventually(lambda: _with_match(anna, row["id"]))
        assert detail["customer"]["matches"][0]["other"]["id"] == theirs["customer"]["id"]
        await mallory.wire.tell(t="sub", id=99, subs=[{"c": theirs["id"], "last_s": 0}])
        refused = await mallory.wire.hears("nack", id=99)
        assert refused["code"] == "not_found"
        assert "secret" not in str(mallory.wire.frames)


async def _with_match(anna: Colleague, c: str) -> Frame:
    detail: Frame = await anna.get(f"interactions/{c}")
    return detail if detail["customer"]["matches"] else {}
