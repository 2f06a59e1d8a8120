"""The channel as the hub sees it: a claimed page in the queue, and answers that go on by mail."""

import asyncio
from datetime import UTC, datetime

import pytest

from channels_app.cobrowse.adapter import ADAPTER, ClaimedPage
from channels_app.email.services import create_mailbox
from interaction_center.adapters import news_for_visitor
from interaction_center.envelope import Address, Forward, OutboundMessage, Proof
from interaction_center.errors import DeliveryError
from tests.access.builders import a_site, a_user
from tests.cobrowse.rows import VISITOR, an_invitation, granted, joined

PAGE = ClaimedPage("session", "site", VISITOR, "de", datetime(2026, 3, 2, tzinfo=UTC), team="t")


def an_answer(address: str) -> OutboundMessage:
    """To somebody who has shown their page."""
    return OutboundMessage(
        delivery_id="d",
        interaction_id="i",
        channel="cobrowse",
        account="site",
        to=VISITOR,
        message_id="m",
        subject="",
        text="Press the green knob.",
        author_name="Anna Agent",
        language="en",
        data={"seen": False, "mail_address": address},
    )


def test_a_claimed_page_is_one_message_of_its_visitor() -> None:
    envelope = ADAPTER.to_envelope(PAGE)
    assert (envelope.channel, envelope.external_id, envelope.conversation) == ("cobrowse", "session", "")
    assert envelope.sender == (Address("visitor", VISITOR, Proof.VERIFIED),)
    assert (envelope.text, envelope.team) == ("Zeigt diese Seite mit einem Code.", "t")


@pytest.mark.django_db(transaction=True)
def test_an_answer_goes_on_by_mail_where_an_address_is_known() -> None:
    create_mailbox(address="service@center.test", name="Service")
    receipt = asyncio.run(ADAPTER.deliver(an_answer("jo@example.org")))
    assert receipt.forward == Forward("email", "service@center.test", "jo@example.org")
    with pytest.raises(DeliveryError):
        asyncio.run(ADAPTER.deliver(an_answer("")))


@pytest.mark.django_db
def test_a_visitor_hears_of_an_invitation_as_long_as_it_waits() -> None:
    anna = a_user()
    session = an_invitation(anna)
    news = [{"t": "cobrowse", "session": session.public_id, "agent": "Anna Agent"}]
    assert news_for_visitor(session.site, VISITOR) == news
    assert news_for_visitor(session.site, "v-2") == []
    assert news_for_visitor(a_site("Other").key, VISITOR) == []
    joined(session)
    granted(session, "view", anna)
    assert news_for_visitor(session.site, VISITOR) == []
