"""Call me back: a promise that is kept exactly once, over the real server and the phone network in a box beside it."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest

from tests.conftest import NewCenter
from tests.flows.parties import Colleague, World, at_work, eventually
from tests.flows.telephones import CARLA, MAIL, PhoneWorld, asks_for_a_call, connect, telephones
from tests.seed import ADMIN, ANNA
from tests.servers import Center


@pytest.fixture
def prepared(new_center: NewCenter, world: World) -> Center:
    """A centre whose mail leaves into our world, not started."""
    return new_center(SMTP_RELAY_URL=world.url)


async def brings_the_call(anna: Colleague, phones: PhoneWorld, time: int = 1) -> None:
    """Anna takes the offer, her telephone rings, she hears who it is about and goes on: now Carla's rings."""
    offer = (await eventually(lambda: offers(anna)[time - 1 :]))[0]
    await anna.does(f"offers/{offer['offer']}/accept")
    await phones.desk.picks_up()
    await phones.desk.hears("A callback for Carla")
    await phones.desk.does("press", digits="1")


def offers(anna: Colleague) -> list[dict[str, str]]:
    return [frame for frame in anna.wire.frames if frame["t"] == "offer"]


def let_time_pass(center: Center) -> None:
    """What is due later is due now: nobody waits a quarter of an hour for a test."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    with closing(sqlite3.connect(center.data_dir / "center.sqlite3", isolation_level=None, timeout=30)) as database:
        database.execute("UPDATE callback_callbackrequest SET due_at = ? WHERE state = 'due'", [now])
        database.execute("UPDATE queue_interaction SET not_before = ? WHERE not_before IS NOT NULL", [now])


async def test_who_asks_is_called_once_and_talks_to_who_took_it(prepared: Center, world: World) -> None:
    connect(prepared)
    prepared.start()
    async with at_work(prepared, ANNA, wanted="available") as anna, telephones(prepared) as phones:
        await asks_for_a_call(prepared)
        assert "/callback/" in (await world.mail_to(MAIL)).text
        c = (await anna.sees(view="open"))["id"]
        await brings_the_call(anna, phones)
        await phones.carla.picks_up()
        await phones.carla.hears("the call back that you asked for")
        await anna.wire.hears("call", c=c)
        await eventually(lambda: is_noted(anna, c, "call_connected"))
        await phones.carla.is_heard_by(phones.desk)
        await phones.carla.does("say", text="My printer shows E-04.")
        await phones.desk.hears("My printer shows E-04.")
        await phones.carla.does("hangup")
        await phones.desk.is_down()
        await eventually(lambda: is_done(anna, c))
        assert len(await phones.rings_at(CARLA)) == 1


async def is_done(anna: Colleague, c: str) -> bool:
    return bool((await anna.get(f"callback/requests/{c}"))["request"]["stage"] == "done")


async def is_noted(anna: Colleague, c: str, event: str) -> bool:
    return any(line["kind"] == "event" and line["event"]["name"] == event for line in await anna.log(c))


async def test_who_is_not_reached_is_called_again_and_told_by_mail_when_it_ends(prepared: Center, world: World) -> None:
    connect(prepared, max_attempts=2)
    prepared.start()
    async with at_work(prepared, ANNA, wanted="available") as anna, telephones(prepared) as phones:
        await asks_for_a_call(prepared)
        await brings_the_call(anna, phones)
        await phones.carla.rings()
        await phones.carla.does("decline")
        assert "your line was busy" in (await world.mail_to(MAIL, count=2)).text
        await phones.desk.is_down()
        let_time_pass(prepared)
        await brings_the_call(anna, phones, 2)
        await phones.carla.rings()
        await phones.carla.is_down()
        assert "could not reach you" in (await world.mail_to(MAIL, count=3)).text
        assert [ring["result"] for ring in await phones.rings_at(CARLA)] == ["busy", "no-answer"]


async def test_a_press_on_the_link_of_the_mail_stops_the_ringing(prepared: Center, world: World) -> None:
    connect(prepared, ring_seconds=60)
    prepared.start()
    async with at_work(prepared, ANNA, wanted="available") as anna, telephones(prepared) as phones:
        await asks_for_a_call(prepared)
        await brings_the_call(anna, phones)
        await phones.carla.rings()
        link = re.search(r"http\S+/callback/\S*m/\S+", (await world.mail_to(MAIL)).text)
        assert link is not None
        async with httpx.AsyncClient(follow_redirects=True, timeout=60) as carla:
            page = await carla.get(link[0])
            answer = await carla.post(str(page.url), data={"step": "cancel"})
        assert answer.status_code == 200, answer.text
        await phones.carla.is_down()
        await phones.desk.is_down()
        assert [ring["result"] for ring in await phones.rings_at(CARLA)] == ["canceled"]


async def test_while_dialling_is_paused_nobody_is_rung(prepared: Center, world: World) -> None:
    connect(prepared, mode="customer_first")
    prepared.start()
    async with (
        at_work(prepared, ADMIN) as chief,
        at_work(prepared, ANNA, wanted="available"),
        telephones(prepared) as phones,
    ):
        await chief.does("callback/pause", line="", paused=True)
        await asks_for_a_call(prepared)
        await world.mail_to(MAIL)
        await asks_for_a_call(prepared, phone="+493023125900", email="nina@customer.test")
        await world.mail_to("nina@customer.test")
        assert await phones.rings_at(CARLA) == []
        await chief.does("callback/pause", line="", paused=False)
        await phones.carla.picks_up()
        await phones.carla.hears("To be connected, press 1")
        await phones.carla.does("press", digits="1")
        await phones.desk.picks_up()
        await phones.desk.hears("Carla is on the line")
