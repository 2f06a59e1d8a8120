"""The telephones of a flow: in the phone network in a box that the centre runs, and the ledger that judges it."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.flows.parties import Frame, eventually
from tests.seed import ANNA, SITE_KEY, SITE_ORIGIN
from tests.servers import Center

LINE, CARLA, DESK = "+494066969100", "+4915228817386", "+493023125011"
MAIL = "carla@customer.test"
SET_UP = """
from channels_app.callback.models import AgentPhone, PhoneLine
from interaction_center.access.models import Team, User
line = dict(name="Service", number="{line}", quiet_until="00:00", quiet_from="24:00", wrap_up_seconds=1, ring_seconds=5)
PhoneLine.objects.create(team=Team.objects.get().public_id, detects_machines=False, **(line | {values!r}))
AgentPhone.objects.create(user=User.objects.get(email="{agent}").public_id, number="{desk}")
"""


def connect(center: Center, **values: Any) -> None:
    """A line that rings at any time of the day, and a telephone on Anna's desk. Before the centre starts."""
    center.run(SET_UP.format(line=LINE, agent=ANNA, desk=DESK, values=values))


@dataclass(slots=True)
class Telephone:
    """One telephone outside; what it does takes effect at once."""

    box: httpx.AsyncClient
    number: str

    async def rings(self) -> Frame:
        """Wait until it does; the call."""
        return await self._comes_to("ringing")

    async def talks(self) -> Frame:
        """Wait until somebody has picked it up."""
        return await self._comes_to("talking")

    async def is_down(self) -> None:
        """Wait until it neither rings nor talks."""
        await self._comes_to("idle")

    async def hears(self, words: str) -> None:
        """Wait until this is said to it."""
        await eventually(lambda: self._heard(words))

    async def is_heard_by(self, other: "Telephone") -> None:
        """Wait until the two are connected."""
        await eventually(lambda: self._reaches(other))

    async def does(self, deed: str, **body: Any) -> None:
        """answer, decline, hangup, press, say, call."""
        answer = await self.box.post(f"/box/phones/{self.number}/{deed}", json=body)
        assert answer.status_code == 200, answer.text

    async def picks_up(self) -> None:
        """As soon as it rings."""
        await self.rings()
        await self.does("answer")

    async def state(self) -> Frame:
        """As it is now."""
        state: Frame = (await self.box.get(f"/box/phones/{self.number}")).json()
        return state

    async def _comes_to(self, wanted: str) -> Frame:
        return await eventually(lambda: self._if_at(wanted))

    async def _if_at(self, wanted: str) -> Frame:
        state = await self.state()
        return state if state["state"] == wanted else {}

    async def _reaches(self, other: "Telephone") -> bool:
        call = (await other.state())["call"]
        return bool(call) and self.number in (await self.box.get(f"/box/calls/{call['sid']}")).json()["hears"]

    async def _heard(self, words: str) -> bool:
        call = (await self.state())["call"]
        return bool(call) and any(words in what["text"] for what in call["heard"])


@dataclass(slots=True)
class PhoneWorld:
    """Everybody's telephones."""

    box: httpx.AsyncClient

    @property
    def carla(self) -> Telephone:
        """The customer's."""
        return Telephone(self.box, CARLA)

    @property
    def desk(self) -> Telephone:
        """Anna's."""
        return Telephone(self.box, DESK)

    async def rings_at(self, number: str) -> list[Frame]:
        """Every time that it was rung, from the ledger; no two of them at once."""
        ledger = (await self.box.get("/box/ledger", params={"number": number})).json()
        assert ledger["overlaps"] == []
        return [ring for ring in ledger["rings"] if ring["rang"] is not None]


@asynccontextmanager
async def telephones(center: Center) -> AsyncIterator[PhoneWorld]:
    """Those of this running centre."""
    address = (center.data_dir / "phone-network" / "address").read_text()
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as box:
        yield PhoneWorld(box)


async def asks_for_a_call(center: Center, **fields: Any) -> Frame:
    """Carla asks by the widget of the shop; what she is promised."""
    form = {"phone": CARLA, "name": "Carla", "email": MAIL, "text": "My printer shows E-04", "zone": "Europe/Berlin"}
    async with httpx.AsyncClient(base_url=center.base_url, headers={"Origin": SITE_ORIGIN}, timeout=60) as http:
        sent = {**form, "client_id": str(uuid.uuid4()), **fields}
        answer = await http.post("/callback/requests", params={"site": SITE_KEY, "lang": "en"}, json=sent)
    assert answer.status_code == 201, answer.text
    promise: Frame = answer.json()
    return promise
