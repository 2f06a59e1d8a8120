"""A stand-in for Twilio, and our client led to it."""

from collections.abc import Iterator

import pytest

from channels_app.callback import rest
from channels_app.callback.accounts import TwilioAccount
from tests.callback.stand_in import ACCOUNT, StandIn, stand_in


def led_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the account in use be one whose hosts are this address."""
    account = TwilioAccount(
        sid=ACCOUNT,
        auth_token="token",
        hosts=(("api.twilio.com", address), ("voice.twilio.com", address)),
        is_real=True,
        signing_secrets=("token",),
        algorithm="sha1",
    )
    monkeypatch.setattr(rest, "twilio_account", lambda: account)


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Where our client's requests end."""
    with stand_in() as running:
        led_to(running.address, monkeypatch)
        yield running
