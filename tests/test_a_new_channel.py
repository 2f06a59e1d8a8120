"""A new channel is one folder and one settings line: here pigeons carry messages, and the hub stays as it is."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django.utils.module_loading import import_string

from interaction_center.access.models import Permission, Role, User
from interaction_center.adapters import adapter_for
from interaction_center.envelope import Address, InboundEnvelope, Proof
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Author, Delivery, Entry, Interaction
from interaction_center.queue.services import reply
from interaction_center.routing.services import take_interaction
from tests.queue.sink import deliver_all

ADAPTER = '''
from interaction_center.adapters import ChannelAdapter
from interaction_center.envelope import OutboundMessage, Receipt


class PigeonAdapter(ChannelAdapter):
    """Answers fly to their loft."""

    kind = "pigeon"

    def __init__(self) -> None:
        self.flown: list[OutboundMessage] = []

    async def deliver(self, message: OutboundMessage) -> Receipt:
        self.flown.append(message)
        return Receipt(remote_id=f"ring-{len(self.flown)}")
'''


@pytest.fixture
def pigeon_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[None]:
    """The folder, and the line."""
    package = tmp_path / "pigeon_channel"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "adapter.py").write_text(ADAPTER)
    monkeypatch.syspath_prepend(tmp_path)
    settings.CHANNELS = {**settings.CHANNELS, "pigeon": "pigeon_channel.adapter.PigeonAdapter"}
    yield
    for name in [name for name in sys.modules if name.startswith("pigeon_channel")]:
        del sys.modules[name]


def letter(external_id: str, text: str) -> InboundEnvelope:
    """What a pigeon brings."""
    return InboundEnvelope(
        channel="pigeon",
        account="north-loft",
        external_id=external_id,
        sender=(Address("email", "carla@example.test", Proof.TYPED),),
        sender_name="Carla",
        received_at=timezone.now(),
        text=text,
        conversation="loft-7",
    )


def an_agent() -> User:
    """Somebody who may work in the queue."""
    role = Role.objects.create(name="Pigeon keeper", permissions=[Permission.WORK_QUEUE])
    return User.objects.create_user("keeper@example.test", name="Kit Keeper", role=role)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("pigeon_channel")
def test_a_channel_of_one_folder_and_one_line_receives_and_answers() -> None:
    received = receive_envelope(letter("ring-1", "The gate of the scanner is stuck."))
    assert receive_envelope(letter("ring-1", "The gate of the scanner is stuck.")).duplicate
    interaction = Interaction.objects.get(public_id=received.interaction)
    agent = an_agent()
    take_interaction(interaction=interaction, user=agent)
    answer = reply(interaction=interaction, user=agent, body="Press the green knob.", client_id="one")
    assert asyncio.run(deliver_all()) == 1
    flown = import_string("pigeon_channel.adapter.PigeonAdapter")
    adapter = adapter_for("pigeon")
    assert isinstance(adapter, flown)
    (message,) = vars(adapter)["flown"]
    assert (message.account, message.text, message.author_name) == ("north-loft", "Press the green knob.", "Kit Keeper")
    assert Entry.objects.get(pk=answer.pk).delivery == Delivery.SENT


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("pigeon_channel")
def test_a_second_letter_of_one_conversation_joins_the_first() -> None:
    first = receive_envelope(letter("ring-1", "The gate is stuck."))
    second = receive_envelope(letter("ring-2", "It moves again."))
    assert (second.interaction, second.opened) == (first.interaction, False)
    said = Entry.objects.filter(interaction__public_id=first.interaction, author=Author.CUSTOMER).order_by("seq")
    assert [entry.body for entry in said] == ["The gate is stuck.", "It moves again."]
