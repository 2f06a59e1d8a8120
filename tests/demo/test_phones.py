"""The doors of the telephones on the demo page: to the phone network in a box and to nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import AsyncClient, Client
from pytest_django import Settings

from channels_app.callback import rest
from channels_app.callback.models import AgentPhone, PhoneLine
from channels_app.callback.phone_network import PhoneNetwork
from interaction_center.access.rate_limits import Buckets
from interaction_center.demo import phones
from interaction_center.demo.telephones import CUSTOMERS, SERVICE
from interaction_center.live.threads import in_database_thread
from tests.flows.parties import eventually

CUSTOMER, DESK, SOMEBODY = CUSTOMERS[0], "+493023125011", "+493012345678"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def network(settings: Settings, tmp_path: Path) -> AsyncIterator[PhoneNetwork]:
    settings.DATA_DIR = tmp_path
    await in_database_thread(PhoneLine.objects.create, name="Service", number=SERVICE)
    network = PhoneNetwork()
    await network.start()
    yield network
    await network.stop()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "_LIMIT", Buckets(rate=1000, burst=1000))


async def act(deed: str, number: str = CUSTOMER, **body: str) -> HttpResponseBase:
    return await AsyncClient().post(f"/demo/phone/{number}/{deed}", json.dumps(body), "application/json")


async def watch(*seen: str) -> HttpResponseBase:
    return await AsyncClient().get("/demo/phone/events", {"phone": seen})


async def state_of(number: str = CUSTOMER) -> dict[str, Any]:
    response: Any = await watch(f"{number},999999")
    assert response.status_code == 200, response.content
    state: dict[str, Any] = response.json()["phones"][0]
    return state


def ring() -> None:
    where = "http://127.0.0.1:1/nobody"
    rest.place_call(to=CUSTOMER, from_=SERVICE, url=where, status_callback=where, ring_seconds=25, limit_seconds=60)


async def is_at(state: str) -> bool:
    return bool((await state_of())["state"] == state)


async def test_a_telephone_rings_on_the_page_and_is_picked_up(network: PhoneNetwork) -> None:
    waiting = asyncio.create_task(watch(f"{CUSTOMER},0", f"{DESK},0"))
    await asyncio.to_thread(ring)
    news: Any = await waiting
    assert [phone["state"] for phone in news.json()["phones"]] == ["ringing", "idle"]
    assert news.json()["phones"][0]["call"]["from"] == SERVICE
    assert (await act("answer")).status_code == 200
    assert await is_at("talking")
    assert (await act("say", text="Hello?")).status_code == 200
    assert (await act("press", digits="1")).status_code == 200
    assert (await act("hangup")).status_code == 200
    assert await is_at("idle")


async def test_the_customer_calls_the_company(network: PhoneNetwork) -> None:
    assert (await act("call", to=SERVICE)).status_code == 200
    assert (await act("call", to=SOMEBODY)).status_code == 409
    assert (await act("call", to="somebody")).status_code == 422


async def test_what_a_telephone_cannot_do_now_is_said(network: PhoneNetwork) -> None:
    response: Any = await act("answer")
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("deed", "body", "status"),
    [
        ("press", {"digits": "1a"}, 422),
        ("press", {}, 422),
        ("say", {"text": " "}, 422),
        ("say", {"text": "x" * 501}, 422),
        ("say", {"text": "x" * 5000}, 400),
        ("scripts", {"digits": "1"}, 404),
        ("..%2F..%2Fclock", {}, 404),
    ],
)
async def test_nothing_else_gets_through(network: PhoneNetwork, deed: str, body: dict[str, str], status: int) -> None:
    assert (await act(deed, **body)).status_code == status


@pytest.mark.parametrize("number", ["+0", "030123456", "+49301234567890123", "..", "+49301234%2Fscripts"])
async def test_what_is_no_number_is_no_telephone(network: PhoneNetwork, number: str) -> None:
    assert (await act("answer", number)).status_code == 404
    assert (await watch(f"{number},0")).status_code == 400


async def test_five_telephones_are_too_many(network: PhoneNetwork) -> None:
    assert (await watch(*(f"+4930231259{place:02},0" for place in range(5)))).status_code == 400
    assert (await watch()).status_code == 400


async def test_the_telephone_of_somebody_who_works_here_is_not_for_playing(network: PhoneNetwork) -> None:
    phone = await in_database_thread(AgentPhone.objects.create, user="somebody", number=SOMEBODY)
    assert (await act("answer", SOMEBODY)).status_code == 404
    assert (await watch(f"{SOMEBODY},0")).status_code == 404
    await in_database_thread(phone.delete)
    assert (await act("answer", SOMEBODY)).status_code == 409


async def test_a_desk_of_the_demo_is_for_playing(network: PhoneNetwork) -> None:
    await in_database_thread(AgentPhone.objects.create, user="somebody", number=DESK)
    assert (await act("answer", DESK)).status_code == 409


async def test_without_the_demo_there_are_no_telephones(network: PhoneNetwork, settings: Settings) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"demo": False})
    assert (await act("answer")).status_code == 404
    assert (await watch(f"{CUSTOMER},7")).status_code == 404


async def test_with_twilio_there_are_none_and_nothing_goes_there(network: PhoneNetwork, settings: Settings) -> None:
    real = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "secret"}
    settings.CONFIG = settings.CONFIG.model_copy(update=real)
    assert (await act("call", to=SERVICE)).status_code == 404
    assert (await watch(f"{CUSTOMER},7")).status_code == 404
    settings.CONFIG = settings.CONFIG.model_copy(update={"twilio_account_sid": ""})
    assert not await is_at("calling")


def test_with_twilio_the_page_shows_no_telephones(settings: Settings) -> None:
    assert b"data-phones" in Client().get("/demo/").content
    real = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "secret"}
    settings.CONFIG = settings.CONFIG.model_copy(update=real)
    assert b"data-phones" not in Client().get("/demo/").content


async def test_a_network_that_has_stopped_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert (await act("answer")).status_code == 409


async def test_who_asks_too_fast_is_told_to_wait(network: PhoneNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "_LIMIT", Buckets(rate=0.1, burst=1))
    await act("answer")
    slowed = await act("answer")
    assert (slowed.status_code, slowed["Retry-After"]) == (429, "10")


async def test_only_so_many_pages_wait_at_a_time(network: PhoneNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "MOST_WAITING", 1)
    waiting = asyncio.create_task(watch(f"{CUSTOMER},0"))
    await eventually(lambda: phones._waiting)
    assert (await watch(f"{CUSTOMER},0")).status_code == 429
    await asyncio.to_thread(ring)
    assert (await waiting).status_code == 200


async def test_another_site_can_press_no_button(network: PhoneNetwork) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    assert (await client.post(f"/demo/phone/{CUSTOMER}/answer", "{}", "application/json")).status_code == 403


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_has_both_telephones_and_the_companys_numbers(language: str) -> None:
    PhoneLine.objects.create(name="Service", number=SERVICE)
    AgentPhone.objects.create(user="nobody", number=DESK)
    AgentPhone.objects.create(user="somebody", number=SOMEBODY)
    page = Client().get("/demo/", headers={"Accept-Language": language}).content.decode()
    assert ("Telefon des Kunden" if language == "de" else "The customer’s telephone") in page
    assert f'value="{SERVICE}"' in page
    assert f'value="{DESK}"' in page
    assert SOMEBODY not in page
