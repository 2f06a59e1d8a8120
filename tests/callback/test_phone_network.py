"""The phone network in a box as the centre runs it: found by everybody, with our numbers, gone with the centre."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from channels_app.callback import account_rest, accounts, lines, phone_network, rest
from channels_app.callback.accounts import BOX_ADDRESS, box_address, keep_box_address, twilio_account
from channels_app.callback.adapter import CallbackAdapter
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.models import PhoneLine
from interaction_center.live.threads import in_database_thread
from tests.conftest import NewCenter
from tests.flows.parties import eventually

OURS, OTHER, THEIRS = "+494066969100", "+496990009200", "+4915228817386"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def adapter(settings: Settings, tmp_path: Path) -> AsyncIterator[CallbackAdapter]:
    settings.DATA_DIR = tmp_path
    adapter = CallbackAdapter()
    yield adapter
    await adapter.stop()


async def a_line(number: str = OURS) -> PhoneLine:
    return await in_database_thread(PhoneLine.objects.create, name="Service", number=number)


async def numbers() -> dict[str, str]:
    owned = await asyncio.to_thread(account_rest.owned_numbers)
    return {own.number: own.voice_url for own in owned}


def hook_of(line: PhoneLine) -> str:
    return f"{django_settings.PUBLIC_BASE_URL}/cb/in/{line.public_id}"


async def test_every_line_has_its_number_there_and_callers_are_led_to_the_centre(adapter: CallbackAdapter) -> None:
    line = await a_line()
    await adapter.start()
    assert await numbers() == {OURS: hook_of(line)}


async def test_a_line_that_is_saved_meanwhile_moves_its_number_at_once(
    adapter: CallbackAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_network, "LOOK_SECONDS", 3600.0)
    line = await a_line()
    await adapter.start()
    await in_database_thread(partial(lines.update_line, line=line, number=OTHER))
    assert await eventually(lambda: numbers_are({OTHER: hook_of(line)}))


async def numbers_are(wanted: dict[str, str]) -> bool:
    return await numbers() == wanted


async def test_it_is_found_while_it_runs_and_not_afterwards(adapter: CallbackAdapter) -> None:
    await adapter.start()
    address = box_address()
    assert BOX_ADDRESS.fullmatch(address)
    assert dict(twilio_account().hosts) == {"api.twilio.com": address}
    await adapter.stop()
    assert box_address() == ""
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/box/account")
    with pytest.raises(CallFailure) as raised:
        await numbers()
    assert raised.value.action is Action.BACK_OFF


async def test_with_an_account_of_twilio_there_is_none(adapter: CallbackAdapter, settings: Settings) -> None:
    real = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "secret"}
    settings.CONFIG = settings.CONFIG.model_copy(update=real)
    await adapter.start()
    assert box_address() == ""


async def test_a_telephone_rings_until_somebody_picks_it_up(adapter: CallbackAdapter) -> None:
    await a_line()
    await adapter.start()
    await asyncio.to_thread(ring)
    async with httpx.AsyncClient(base_url=box_address()) as box:
        await eventually(lambda: is_at(box, "ringing"))
        await box.post("/box/clock", json={"advance": 20})
        assert await is_at(box, "ringing")
        await box.post(f"/box/phones/{THEIRS}/answer")
        assert await is_at(box, "talking")


def ring() -> None:
    rest.place_call(
        to=THEIRS,
        from_=OURS,
        url=f"{django_settings.PUBLIC_BASE_URL}/cb/t/nobody",
        status_callback=f"{django_settings.PUBLIC_BASE_URL}/cb/s/nobody",
        ring_seconds=25,
        limit_seconds=60,
    )


async def is_at(box: httpx.AsyncClient, state: str) -> bool:
    return bool((await box.get(f"/box/phones/{THEIRS}")).json()["state"] == state)


@pytest.mark.parametrize("words", ["https://api.twilio.com", "http://127.0.0.1:80@evil.example", "http://127.0.0.1:0"])
def test_an_address_that_is_not_of_this_machine_is_never_used(words: str, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    accounts.box_folder().mkdir()
    keep_box_address(words)
    assert box_address() == ""


def test_a_command_beside_the_centre_finds_it(new_center: NewCenter) -> None:
    center = new_center()
    center.run(f"from channels_app.callback.models import PhoneLine as L; L.objects.create(name='S', number='{OURS}')")
    center.start()
    asks = "from channels_app.callback.account_rest import owned_numbers; print(owned_numbers()[0].number)"
    assert center.run(asks).strip() == OURS
    assert center.stop() == 0
    assert not (center.data_dir / "phone-network" / "address").exists()
