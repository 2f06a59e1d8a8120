"""The phone network in a box as the centre runs it: on its own loop, with the numbers of our lines.

Its telephones ring until somebody picks one up, on the demo page or by the control API: nobody answers by themselves.
"""

import asyncio
import logging

from django.conf import settings

from channels_app.callback.accounts import box_folder, keep_box_address, twilio_account
from channels_app.callback.lines import CHANGED
from channels_app.callback.models import PhoneLine
from channels_app.callback.simulator.account import Account
from channels_app.callback.simulator.phones import MANUAL
from channels_app.callback.simulator.server import RunningNetwork, start_in_loop
from interaction_center.due_work import connect_bell, disconnect_bell
from interaction_center.live.threads import in_database_thread
from interaction_center.live.tickers import Ticker

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class PhoneNetwork:
    """Started and stopped once."""

    def __init__(self) -> None:
        self._running: RunningNetwork
        self._ticker: Ticker
        self._looking: asyncio.Task[None]

    async def start(self) -> None:
        """Listen on a free port of the loopback device, with the number of every line. OSError when there is none."""
        account = twilio_account()
        self._running = await start_in_loop(
            Account(account.sid, account.auth_token), data=box_folder(), otherwise=MANUAL
        )
        await self.set_up_numbers()
        keep_box_address(self._running.address)
        self._ticker = Ticker(CHANGED, self.set_up_numbers, LOOK_SECONDS)
        connect_bell(CHANGED, self._ticker.ring)
        self._looking = asyncio.get_running_loop().create_task(self._ticker.run())
        log.info("Calls go to the phone network in a box; no real telephone can ring")

    async def stop(self) -> None:
        """Nobody finds it any more; what rings or talks ends."""
        keep_box_address("")
        disconnect_bell(CHANGED)
        self._ticker.stop()
        await self._looking
        await self._running.stop()

    async def set_up_numbers(self) -> bool:
        """The account has the numbers of our lines and no others, and each asks the centre what a caller hears."""
        lines = await in_database_thread(_lines)
        network = self._running.network
        for number in set(network.numbers) - {line.number for line in lines}:
            network.remove_number(number)
        for line in lines:
            hook = f"{settings.PUBLIC_BASE_URL}/cb/in/{line.public_id}"
            network.add_number(line.number, voice_url=hook, status_callback=hook, name=str(line))
        return False


def _lines() -> list[PhoneLine]:
    """All of them: a number may be called even while its line is switched off."""
    return list(PhoneLine.objects.all())
