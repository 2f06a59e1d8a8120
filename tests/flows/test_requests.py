"""From a form on the help pages to the answer by mail, and back by “my requests”."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from interaction_center.access.form_keys import MIN_SECONDS
from tests.flows.parties import World, an_answer_to, at_work, post
from tests.seed import ANNA, BEN, MAILBOX
from tests.servers import Center

CARLA = "carla@customer.test"
Form = dict[str, str]


@contextlib.asynccontextmanager
async def a_customer(center: Center) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the help pages."""
    own = {"Origin": center.base_url, "Referer": f"{center.base_url}/"}
    async with httpx.AsyncClient(base_url=center.base_url, headers=own, timeout=30) as http:
        yield http


async def opens(http: httpx.AsyncClient, page: str) -> Form:
    """The hidden fields of this page's forms."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', (await http.get(page)).text))


async def sends(http: httpx.AsyncClient, page: str, hidden: Form | None = None, *, to: str = "", **fields: Any) -> None:
    """The form of this page, filled in and sent as a browser without scripts does."""
    answer = await http.post(to or page, data={**(hidden or await opens(http, page)), **fields})
    assert answer.status_code == 302, answer.text[:2000]


async def test_what_a_form_asks_is_answered_by_mail_and_goes_on_in_my_requests(running: Center, world: World) -> None:
    async with a_customer(running) as carla, at_work(running, ANNA) as anna:
        form = {"name": "Carla", "email": CARLA, "subject": "The gate is stuck", "text": "It shows E-04."}
        opened = await opens(carla, "/help/write/")
        await asyncio.sleep(MIN_SECONDS + 1)  # a person needs as long
        for _ in range(2):
            await sends(carla, "/help/write/", opened, step="send", **form)
        row = await anna.sees("The gate is stuck", channel="web_form")
        c = row["id"]
        await anna.does(f"interactions/{c}/take")
        await anna.replies(c, "Press the green knob.")
        mail = await world.mail_to(CARLA)
        assert (mail.sender, mail.text.splitlines()[0]) == (MAILBOX, "Press the green knob.")

        await sends(carla, "/help/requests/sign-in/", email=CARLA)
        link = re.search(r"http\S+#t=(\S+)", (await world.mail_to(CARLA, count=2)).text)
        assert link is not None
        await sends(carla, "/help/requests/open/", token=link[1])
        assert f'href="/help/requests/{c}/"' in (await carla.get("/help/requests/")).text
        page = (await carla.get(f"/help/requests/{c}/")).text
        assert "Press the green knob." in page

        await sends(carla, f"/help/requests/{c}/", to="/help/requests/answer/", text="It moves again.")
        await anna.wire.follow(c)
        await anna.wire.reads(c, "It moves again.")
        assert (await anna.sees(id=c))["customer"]["verified"] is True
        await anna.replies(c, "Good to hear.")
        last = await world.mail_to(CARLA, count=3)
        assert last.text.startswith("Good to hear.")
        assert f"{running.base_url}/help/requests/" in last.text

        await sends(carla, f"/help/requests/{c}/", to=f"/help/requests/{c}/close/")
        await anna.sees(view="closed", id=c)
        await post(running, an_answer_to(last, "One more thing."))
        await anna.wire.reads(c, "One more thing.")
        assert await anna.messages(c) == [
            "It shows E-04.",
            "Press the green knob.",
            "It moves again.",
            "Good to hear.",
            "One more thing.",
        ]


async def test_what_staff_note_and_what_others_ask_never_reaches_a_customer(running: Center, world: World) -> None:
    async with a_customer(running) as carla, at_work(running, BEN) as ben:
        opened = [await opens(carla, "/help/write/") for _ in range(2)]
        await asyncio.sleep(MIN_SECONDS + 1)
        for name, address in (("Carla", CARLA), ("Mallory", "mallory@customer.test")):
            words = {"name": name, "email": address, "subject": f"From {name}", "text": f"Words of {name}"}
            await sends(carla, "/help/write/", opened.pop(), **words, step="send")
        mine, other = [(await ben.sees(f"From {name}"))["id"] for name in ("Carla", "Mallory")]
        await ben.does(f"interactions/{mine}/notes", client_id="n", body="SECRET NOTE")
        await sends(carla, "/help/requests/sign-in/", email=CARLA)
        link = re.search(r"#t=(\S+)", (await world.mail_to(CARLA)).text)
        assert link is not None
        await sends(carla, "/help/requests/open/", token=link[1])
        page = (await carla.get(f"/help/requests/{mine}/")).text
        assert "Words of Carla" in page
        assert "SECRET" not in page
        assert "From Mallory" not in (await carla.get("/help/requests/")).text
        assert (await carla.get(f"/help/requests/{other}/")).status_code == 404
