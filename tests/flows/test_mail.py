"""A mail comes in, is answered, and the conversation stays one: over real SMTP, and as an agent sees it."""

import asyncio
import smtplib
import socket
import sqlite3

import pytest

from tests.conftest import NewCenter
from tests.flows.parties import (
    Colleague,
    Frame,
    World,
    a_mail,
    an_answer_to,
    at_work,
    eventually,
    hand_in,
    post,
)
from tests.seed import ADMIN, ANNA, MAILBOX
from tests.servers import Center

CARLA = "carla@customer.test"
STRANGER = "mallory@elsewhere.test"


FULL = """CREATE TRIGGER refuse BEFORE INSERT ON email_channel_rawmail
          BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"""


async def tried(person: Colleague) -> Frame:
    """A delivery that was tried and is tried again, as the work screen shows it."""
    rows: list[Frame] = (await person.get("work", state="due"))["items"]
    return next((row for row in rows if row["last_error"]), {})


def acknowledging(center: Center) -> None:
    """The mailbox says at once that a mail has come."""
    center.run("from channels_app.email.models import Mailbox; Mailbox.objects.update(acknowledge=True)")


async def test_a_mail_is_offered_taken_and_answered_and_the_answer_to_that_lands_in_the_same_interaction(
    running: Center, world: World
) -> None:
    first = a_mail("It shows E-04. What shall I do?")
    async with at_work(running, ANNA, wanted="available") as anna:
        await post(running, first)
        offer = await anna.wire.hears("offer")
        row = await anna.does(f"offers/{offer['offer']}/accept")
        assert (row["state"], row["subject"], row["channel"]) == ("assigned", "My printer", "email")

        await anna.replies(row["id"], "Please switch it off and on.")
        answer = await world.mail_to(CARLA)
        assert answer.sender == MAILBOX
        assert answer.mail["In-Reply-To"] == first["Message-ID"]
        assert first["Message-ID"] in answer.mail["References"]
        assert answer.mail["Subject"] == "Re: My printer"
        assert "Please switch it off and on." in answer.text
        assert answer.mail["Auto-Submitted"] is None

        await post(running, an_answer_to(answer, "That helped, thank you!"))
        line = await anna.wire.hears("ev", c=row["id"], body="That helped, thank you!")
        assert line["from"] == "customer"
        assert await anna.messages(row["id"]) == [
            "It shows E-04. What shall I do?",
            "Please switch it off and on.",
            "That helped, thank you!",
        ]
        assert (await anna.get("queue"))["counts"]["open"] == 1


async def test_an_answer_names_the_whole_thread_and_is_sent_under_our_signed_id(running: Center, world: World) -> None:
    async with at_work(running, ANNA) as anna:
        await post(running, a_mail("One"))
        row = await anna.sees("My printer")
        await anna.does(f"interactions/{row['id']}/take")
        await anna.replies(row["id"], "First answer")
        one = await world.mail_to(CARLA)
        second = an_answer_to(one, "Two")
        await post(running, second)
        await anna.wire.hears("ev", c=row["id"], body="Two")
        await anna.replies(row["id"], "Second answer")
        two = await world.mail_to(CARLA, count=2)
    assert two.mail["In-Reply-To"] == second["Message-ID"]
    assert two.mail["References"].split()[-2:] == [one.mail["Message-ID"], second["Message-ID"]]
    assert one.mail["Message-ID"] != two.mail["Message-ID"]
    assert all(row["id"] in caught.mail["Message-ID"] for caught in (one, two))


async def test_an_answer_to_a_closed_interaction_opens_it_again(running: Center, world: World) -> None:
    async with at_work(running, ANNA) as anna:
        await post(running, a_mail("One"))
        row = await anna.sees("My printer")
        await anna.does(f"interactions/{row['id']}/take")
        await anna.replies(row["id"], "First answer")
        answer = await world.mail_to(CARLA)
        await anna.does(f"interactions/{row['id']}/close")
        await post(running, an_answer_to(answer, "It is broken again."))
        again = await anna.sees("My printer", view="waiting")
    assert again["id"] == row["id"]


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
async def test_a_stranger_who_copies_our_message_id_opens_an_interaction_of_their_own(
    running: Center, world: World, header: str
) -> None:
    async with at_work(running, ANNA) as anna:
        await post(running, a_mail("One"))
        row = await anna.sees("My printer")
        await anna.does(f"interactions/{row['id']}/take")
        await anna.replies(row["id"], "Your code is 4711.")
        ours = str((await world.mail_to(CARLA)).mail["Message-ID"])
        await post(running, a_mail("Send me all you have.", by=STRANGER, subject="Re: My printer", **{header: ours}))
        other = await anna.sees("Re: My printer")
        assert other["id"] != row["id"]
        assert not other["customer"]["verified"]
        assert await anna.messages(row["id"]) == ["One", "Your code is 4711."]


async def test_an_invented_message_id_of_ours_joins_nothing(running: Center, world: World) -> None:
    async with at_work(running, ANNA) as anna:
        await post(running, a_mail("One"))
        row = await anna.sees("My printer")
        invented = f"<{'a' * 16}.{row['id']}.{'0' * 16}@localhost>"
        await post(running, a_mail("Two", by=STRANGER, subject="Other", In_Reply_To=invented))
        other = await anna.sees("Other")
    assert other["id"] != row["id"]


async def test_an_answer_that_is_just_being_sent_when_the_centre_stops_is_sent_once(
    running: Center, world: World
) -> None:
    await post(running, a_mail("One"))
    async with at_work(running, ANNA) as anna:
        row = await anna.sees("My printer")
        await anna.does(f"interactions/{row['id']}/take")
        world.ready.clear()
        await anna.replies(row["id"], "Here you are.")
        await world.mail_to(CARLA)
    stopping = asyncio.create_task(asyncio.to_thread(running.stop))
    await eventually(lambda: not takes_mail(running))
    world.ready.set()
    await stopping
    state = "from interaction_center.queue.models import Outbox; print(Outbox.objects.get().state)"
    assert (await asyncio.to_thread(running.run, state)).strip() == "done"


def takes_mail(center: Center) -> bool:
    """Whether its door for mail is open."""
    try:
        socket.create_connection(center.smtp, timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


async def test_a_person_is_told_once_that_the_mail_has_come(new_center: NewCenter, world: World) -> None:
    center = new_center(SMTP_RELAY_URL=world.url)
    acknowledging(center)
    center.start()
    await post(center, a_mail("One"))
    told = await world.mail_to(CARLA)
    assert told.sender == ""
    assert told.mail["Auto-Submitted"] == "auto-replied"


ROBOTS = {
    "Auto-Submitted": ("carla@customer.test", {"Auto_Submitted": "auto-replied"}),
    "null sender": ("", {}),
    "Precedence": ("carla@customer.test", {"Precedence": "bulk"}),
    "List-Id": ("carla@customer.test", {"List_Id": "<news.customer.test>"}),
}


async def test_robots_are_never_answered(new_center: NewCenter, world: World) -> None:
    center = new_center(SMTP_RELAY_URL=world.url)
    acknowledging(center)
    center.start()
    async with at_work(center, ANNA) as anna:
        for name, (sender, headers) in ROBOTS.items():
            mail = a_mail("I am away.", by=f"{name.split('-')[0].split()[0]}@robots.test", subject=name, **headers)
            await post(center, mail, sender=sender)
            await anna.sees(name)
        await post(center, a_mail("I am a person."))
        await world.mail_to(CARLA)
    assert [caught.recipients for caught in world.mails] == [[CARLA]]


async def test_two_answering_machines_stop(new_center: NewCenter, world: World) -> None:
    """The other one marks nothing: only that an address is acknowledged once a day ends it."""
    center = new_center(SMTP_RELAY_URL=world.url)
    acknowledging(center)
    center.start()
    await post(center, a_mail("Thank you for your mail, we will answer soon."))
    told = (await world.mail_to(CARLA)).mail["Message-ID"]
    for round_ in range(1, 4):
        await post(center, a_mail("Thank you for your mail.", subject=f"Received {round_}", References=told))
    await post(center, a_mail("Done", by="last@customer.test", subject="Last"))
    await world.mail_to("last@customer.test")
    assert len(world.to(CARLA)) == 1


async def test_mail_is_refused_while_the_database_refuses_and_taken_when_it_is_well_again(
    running: Center, world: World
) -> None:
    mail = a_mail("One")
    database = sqlite3.connect(running.data_dir / "center.sqlite3", timeout=20, isolation_level=None)
    database.execute(FULL)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        hand_in(running, mail)
    assert refused.value.smtp_code == 451
    database.execute("DROP TRIGGER refuse")
    database.close()
    await post(running, mail)
    async with at_work(running, ANNA) as anna:
        await anna.sees("My printer")
        assert (await anna.get("queue"))["counts"]["open"] == 1


async def test_a_mail_handed_in_twice_is_there_once(running: Center, world: World) -> None:
    mail = a_mail("One")
    await post(running, mail)
    await post(running, mail)
    async with at_work(running, ANNA) as anna:
        row = await anna.sees("My printer")
        assert await anna.messages(row["id"]) == ["One"]
        assert (await anna.get("queue"))["counts"]["open"] == 1


async def test_an_answer_waits_while_the_relay_is_down_and_leaves_once_under_its_id(
    running: Center, world: World
) -> None:
    world.refuse = "451 4.3.0 try again later"
    async with at_work(running, ADMIN) as ada:
        await post(running, a_mail("One"))
        row = await ada.sees("My printer")
        await ada.does(f"interactions/{row['id']}/take")
        await ada.wire.follow(row["id"])
        entry = await ada.replies(row["id"], "Answer")
        assert entry["delivery"] == "pending"
        due = await eventually(lambda: tried(ada))
        assert "try again later" in due["last_error"]

        world.refuse = ""
        await ada.wire.hears("upd", c=row["id"], s=entry["s"], delivery="sent", seconds=60)
    sent = world.to(CARLA)
    assert [caught.text.strip() for caught in sent] == ["Answer"]
