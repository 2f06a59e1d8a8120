"""What a form means to the hub, and how its answers reach whoever wrote it."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from channels_app.email.models import Mailbox
from channels_app.email.services import create_mailbox, update_mailbox
from channels_app.web_form.adapter import WebFormAdapter
from interaction_center.access.models import Site, User
from interaction_center.adapters import form_adapter
from interaction_center.customers.models import Customer, SuspectedMatch
from interaction_center.customers.services import verify_contact_point
from interaction_center.envelope import Address, FormMessage, OutboundMessage, Proof
from interaction_center.errors import NotFoundError
from interaction_center.queue.hot_path import Received
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Delivery, Entry, Outbox
from interaction_center.queue.services import reply
from interaction_center.routing.services import close_interaction, take_interaction
from tests.access.builders import a_site, a_user
from tests.builders import a_mail, fresh, happened, in_thread, landed, said
from tests.mails import caught
from tests.queue.sink import deliver_all

SERVICE, SHOP = "service@center.test", "shop@center.test"


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[OutboundMessage]:
    """What leaves by mail."""
    return caught(monkeypatch)


def a_form(text: str = "It shows E-04", **values: Any) -> FormMessage:
    """What a page has checked."""
    return FormMessage(
        **{
            "key": "k-1",
            "site": "site",
            "sender": Address("email", "jo@example.org"),
            "received_at": timezone.now(),
            "text": text,
            "sender_name": "Jo",
            "subject": "Printer",
            "language": "en",
            **values,
        }
    )


def received(**values: Any) -> Received:
    """Through the one way in."""
    return receive_envelope(WebFormAdapter().to_envelope(a_form(**values)))


def a_shop() -> Site:
    """A site with a mailbox of its own, beside an older one."""
    create_mailbox(address=SERVICE)
    create_mailbox(address=SHOP)
    return a_site("Shop", mail_from=SHOP)


def answered(interaction: str, body: str = "Restart it.") -> Entry:
    """An agent takes it and answers."""
    agent = User.objects.filter(name="Anna Agent").first() or a_user()
    row = take_interaction(interaction=fresh(interaction), user=agent)
    return reply(interaction=row, user=agent, body=body, client_id=body)


@pytest.mark.django_db
def test_a_form_sent_twice_is_one_interaction() -> None:
    first, second = received(), received()
    assert (first.opened, second.duplicate, second.interaction) == (True, True, first.interaction)
    row = fresh(first.interaction)
    assert (row.channel, row.subject, row.state, row.customer.name) == ("web_form", "Printer", "waiting", "Jo")
    assert row.promised_at is not None


@pytest.mark.django_db
def test_every_other_form_is_an_interaction_of_its_own() -> None:
    assert received(key="k-1").interaction != received(key="k-2").interaction


@pytest.mark.django_db
def test_the_agent_reads_which_device_it_is_about_and_the_question_is_kept() -> None:
    name = received(device="Aurora MR", question="E-04", language="de").interaction
    assert said(name) == ["It shows E-04\n\nGerät: Aurora MR"]
    assert Entry.objects.get(interaction__public_id=name, kind="message").data == {"question": "E-04"}


@pytest.mark.django_db
def test_a_typed_address_of_somebody_else_joins_nothing() -> None:
    owner = landed(a_mail(by="jo@example.org")).customer
    writer = fresh(received().interaction).customer
    assert writer != owner
    assert list(SuspectedMatch.objects.values_list("customer", "other")) == [(writer.pk, owner.pk)]


@pytest.mark.django_db
def test_a_proved_sender_goes_on_in_what_was_begun_by_mail_and_opens_it_again() -> None:
    interaction = landed(a_mail(by="jo@example.org"))
    verify_contact_point(customer=interaction.customer, kind="email", value="jo@example.org", by="mail_link")
    close_interaction(interaction=interaction, user=None)
    owner = Address("email", "jo@example.org", Proof.VERIFIED)
    went_on = received(text="Still broken", sender=owner, continues=interaction.public_id)
    assert went_on.interaction == interaction.public_id
    assert happened(interaction)[-1] == "reopened"
    assert (fresh(interaction).state, fresh(interaction).reply_channel) == ("waiting", "web_form")


@pytest.mark.django_db(transaction=True)
async def test_every_answer_is_a_mail_of_its_own_from_the_mailbox_of_the_site(mails: list[OutboundMessage]) -> None:
    def prepare() -> list[Entry]:
        name = received(site=a_shop().key).interaction
        return [answered(name, "Restart it."), answered(name, "And tell us.")]

    entries = await in_thread(prepare)
    assert [entry.delivery for entry in entries] == [Delivery.PENDING] * 2
    assert {entry.data["to"] for entry in entries} == {"jo@example.org"}
    await deliver_all()
    await deliver_all()
    assert sorted(mail.text.split("\n\n")[0] for mail in mails) == ["And tell us.", "Restart it."]
    assert {(mail.account, mail.to) for mail in mails} == {(SHOP, "jo@example.org")}
    assert all("/confirm/#t=" in mail.text for mail in mails)
    assert await in_thread(lambda: set(Entry.objects.exclude(delivery="").values_list("delivery", flat=True))) == {
        "sent"
    }


@pytest.mark.django_db(transaction=True)
async def test_whose_address_is_proved_gets_the_way_to_their_requests(mails: list[OutboundMessage]) -> None:
    def prepare() -> None:
        name = received(site=a_shop().key).interaction
        customer = Customer.objects.get()
        verify_contact_point(customer=customer, kind="email", value="jo@example.org", by="mail_link")
        answered(name)

    await in_thread(prepare)
    await deliver_all()
    await deliver_all()
    assert mails[0].text.endswith("/help/requests/")
    assert "/confirm/" not in mails[0].text


@pytest.mark.django_db(transaction=True)
async def test_where_the_site_has_no_mailbox_the_default_one_writes(mails: list[OutboundMessage]) -> None:
    def prepare() -> None:
        create_mailbox(address=SERVICE)
        answered(received(site="").interaction)

    await in_thread(prepare)
    await deliver_all()
    await deliver_all()
    assert [mail.account for mail in mails] == [SERVICE]


@pytest.mark.django_db(transaction=True)
async def test_without_any_mailbox_the_agent_reads_what_to_do() -> None:
    def prepare() -> Entry:
        site = a_shop()
        for address in (SERVICE, SHOP):
            update_mailbox(mailbox=Mailbox.objects.get(address=address), active=False)
        return answered(received(site=site.key).interaction)

    entry = await in_thread(prepare)
    await deliver_all()
    row = await in_thread(lambda: Outbox.objects.select_related("entry").get(entry=entry))
    assert (row.entry.delivery, row.state) == ("failed", "dead")
    assert "Add one in the settings" in row.last_error


def test_pages_find_the_channel_of_forms_without_knowing_its_name(settings: LazySettings) -> None:
    assert form_adapter().kind == "web_form"
    settings.CHANNELS = {kind: path for kind, path in settings.CHANNELS.items() if kind != "web_form"}
    with pytest.raises(NotFoundError):
        form_adapter()
