"""What leaves by mail, as the next hop would get it."""

import pytest

from channels_app.email.adapter import EmailAdapter
from interaction_center.envelope import OutboundMessage, Receipt


def caught(monkeypatch: pytest.MonkeyPatch) -> list[OutboundMessage]:
    """Everything that the e-mail channel is to deliver from now on."""
    mails: list[OutboundMessage] = []

    async def deliver(_: EmailAdapter, message: OutboundMessage) -> Receipt:
        mails.append(message)
        return Receipt(f"remote-{len(mails)}")

    monkeypatch.setattr(EmailAdapter, "deliver", deliver)
    return mails
