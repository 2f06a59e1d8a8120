"""A customer calls us: over the real server and the phone network in a box."""

import pytest

from tests.conftest import NewCenter
from tests.flows.parties import Colleague, Frame, at_work, eventually
from tests.flows.telephones import CARLA, LINE, Telephone, connect, telephones
from tests.seed import ANNA
from tests.servers import Center


@pytest.fixture
def center(new_center: NewCenter) -> Center:
    """One with a line and a telephone on Anna's desk."""
    center = new_center()
    connect(center)
    return center.start()


def offers(anna: Colleague) -> list[Frame]:
    return [frame for frame in anna.wire.frames if frame["t"] == "offer"]


async def test_who_calls_waits_with_words_and_music_and_talks_to_who_took_the_call(center: Center) -> None:
    async with at_work(center, ANNA, wanted="available") as anna, telephones(center) as phones:
        await phones.carla.does("call", to=LINE)
        await phones.carla.hears("Guten Tag, hier ist Service.")
        await phones.carla.hears("Sie sind als Nächstes dran.")
        (offer,) = await eventually(lambda: offers(anna))
        await anna.does(f"offers/{offer['offer']}/accept")
        await phones.desk.picks_up()
        await phones.desk.hears("is calling and has waited for")
        await phones.desk.does("press", digits="1")
        await phones.carla.is_heard_by(phones.desk)
        await phones.carla.does("say", text="Mein Drucker zeigt E-04.")
        await phones.desk.hears("Mein Drucker zeigt E-04.")
        await phones.desk.does("hangup")
        await phones.carla.is_down()
        assert await phones.rings_at(CARLA) == []


async def test_a_message_of_a_caller_is_a_file_of_the_interaction(center: Center) -> None:
    async with at_work(center, ANNA, wanted="away") as anna, telephones(center) as phones:
        await phones.carla.does("call", to=LINE)
        await phones.carla.hears("Für eine Nachricht die 2.")
        await phones.carla.does("press", digits="2")
        await phones.carla.hears("Bitte sprechen Sie nach dem Ton")
        await eventually(lambda: hears_the_tone(phones.carla))
        await phones.carla.does("say", text="Mein Drucker zeigt E-04.")
        await phones.carla.is_down()
        c = (await anna.sees(view="open"))["id"]
        await eventually(lambda: has_message(anna, c))


async def hears_the_tone(phone: Telephone) -> bool:
    return any(what["kind"] == "beep" for what in (await phone.state())["call"]["heard"])


async def has_message(anna: Colleague, c: str) -> bool:
    said = [line for line in await anna.log(c) if line["kind"] == "message"]
    return any(line["body"].startswith("Voicemail (0:") and line["files"] for line in said)
