"""What a visitor's frames mean to the hub, and what goes on by mail."""

from dataclasses import replace

import pytest
from django.utils import timezone

from channels_app.email.services import create_mailbox, update_mailbox
from channels_app.web_chat.adapter import WebChatAdapter
from channels_app.web_chat.visitors import Visitor, VisitorMessage, read_message, read_visitor
from interaction_center.access import visitor_tokens
from interaction_center.access.identity import identity_signature
from interaction_center.access.site_doors import clean_text
from interaction_center.envelope import Address, Forward, OutboundMessage, Proof, Receipt
from interaction_center.errors import BadRequestError, DeliveryError, UnauthorizedError
from tests.access.builders import a_calendar, a_site, a_team
from tests.builders import in_thread

ADAPTER = WebChatAdapter()
VISITOR = Visitor(id="v-1", site_key="site", team="t", language="en", returning=True)
ANSWER = OutboundMessage(
    delivery_id="d",
    interaction_id="i",
    channel="web_chat",
    account="site",
    to="v-1",
    message_id="m",
    subject="",
    text="Please restart it.",
    author_name="Anna Agent",
    language="en",
    data={"seen": False, "mail_address": "jo@example.org"},
)


@pytest.mark.django_db
def test_a_token_brings_the_same_visitor_back_without_one_it_is_somebody_new() -> None:
    site = a_site()
    token = visitor_tokens.issue(site, "v-1")
    known = read_visitor(site, {"token": token, "lang": "de-AT"})
    assert (known.id, known.returning, known.language) == ("v-1", True, "de")
    first, second = read_visitor(site, {}), read_visitor(site, {"token": None})
    assert len({first.id, second.id, "v-1"}) == 3
    assert not first.returning


@pytest.mark.django_db
def test_what_a_visitor_writes_carries_the_team_and_the_hours_of_the_site() -> None:
    team, calendar = a_team(), a_calendar()
    visitor = read_visitor(a_site(team=team, calendar=calendar), {})
    message = VisitorMessage("c", "Hello", "", timezone.now())
    envelope = ADAPTER.to_envelope(visitor, message)
    assert (envelope.team, envelope.calendar) == (team.public_id, calendar.public_id)
    assert ADAPTER.to_envelope(read_visitor(a_site("Blog"), {}), message).calendar == ""


@pytest.mark.django_db
def test_only_the_secret_of_the_site_makes_an_identity_true() -> None:
    site = a_site()
    good = identity_signature(site.identity_secret, email="jo@example.org", name="Jo")
    identity = {"email": "jo@example.org", "name": "Jo", "hmac": good}
    visitor = read_visitor(site, {"identity": identity})
    assert (visitor.email, visitor.email_proof, visitor.name) == ("jo@example.org", Proof.VERIFIED, "Jo")
    for changed in ({"email": "ann@example.org"}, {"name": "Ann"}, {"hmac": ""}, {"hmac": good[:-1]}):
        with pytest.raises(UnauthorizedError):
            read_visitor(site, {"identity": identity | changed})


@pytest.mark.parametrize(("given", "kept"), [("a\x00b", "ab"), ("\ud800x", "?x"), ("ü👩‍🔧", "ü👩‍🔧"), ("", "")])
def test_text_is_kept_as_every_database_takes_it(given: str, kept: str) -> None:
    assert clean_text(given) == kept


@pytest.mark.parametrize("given", [None, 1, ["x"], {"a": 1}, b"x"])
def test_what_is_no_text_is_refused(given: object) -> None:
    with pytest.raises(BadRequestError):
        clean_text(given)


def test_a_client_id_is_one_id_however_it_is_written() -> None:
    same = ("6F9619FF-8B86-D011-B42D-00CF4FC964FF", "{6f9619ff8b86d011b42d00cf4fc964ff}")
    ids = {read_message(VISITOR, {"client_id": each, "body": "x"}, timezone.now()).client_id for each in same}
    assert ids == {"6f9619ff-8b86-d011-b42d-00cf4fc964ff"}


def test_a_message_may_name_none_of_the_conversations_of_its_socket() -> None:
    visitor = replace(VISITOR, current="abc", interactions={"abc", "old"})
    message = {"client_id": "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "body": "x"}
    named = [read_message(visitor, message | c, timezone.now()).interaction for c in ({"c": "old"}, {"c": None}, {})]
    assert named == ["old", "", "abc"]


def test_the_token_proves_the_visitor_a_typed_address_proves_nothing() -> None:
    message = VisitorMessage(client_id="c-1", body="Hello", interaction="abc", received_at=timezone.now())
    envelope = ADAPTER.to_envelope(replace(VISITOR, email="jo@example.org"), message)
    assert envelope.sender == (
        Address("visitor", "v-1", Proof.VERIFIED),
        Address("email", "jo@example.org", Proof.TYPED),
    )
    assert (envelope.external_id, envelope.conversation, envelope.thread) == ("v-1:c-1", "v-1", ("abc",))
    assert (envelope.account, envelope.team) == ("site", "t")


@pytest.mark.django_db(transaction=True)
async def test_what_was_not_seen_goes_on_by_mail_where_there_is_an_address_and_a_mailbox() -> None:
    await in_thread(lambda: create_mailbox(address="service@center.test"))
    shop = await in_thread(lambda: a_site("Shop", mail_from="service@center.test"))
    unseen = replace(ANSWER, account=shop.key)
    forward = Receipt(forward=Forward("email", "service@center.test", "jo@example.org"))
    assert await ADAPTER.deliver(unseen) == forward
    for nothing_to_do in (
        replace(unseen, data={"seen": True, "mail_address": "jo@example.org"}),
        replace(unseen, data={"seen": False, "mail_address": ""}),
    ):
        assert await ADAPTER.deliver(nothing_to_do) == Receipt()


@pytest.mark.django_db(transaction=True)
async def test_an_answer_that_somebody_waits_for_by_mail_fails_where_the_site_has_no_mailbox() -> None:
    mailbox = await in_thread(lambda: create_mailbox(address="service@center.test"))
    mute = await in_thread(lambda: a_site("Mute", mail_from=""))
    shop = await in_thread(lambda: a_site("Shop"))
    await in_thread(lambda: update_mailbox(mailbox=mailbox, active=False))
    for site in (mute, shop):
        with pytest.raises(DeliveryError, match="Choose one in the settings of the site") as failed:
            await ADAPTER.deliver(replace(ANSWER, account=site.key))
        assert failed.value.permanent
