"""What knowledge says beside a conversation, and what comes of it: counted, and learnt from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from interaction_center.access.doors import Actor
from interaction_center.customers.selectors import private_words
from interaction_center.installed_base.models import InstalledDevice
from interaction_center.installed_base.selectors import device_context, devices_of
from interaction_center.queue.models import Interaction
from interaction_center.queue.selectors import customer_words
from kb.learning import learn_question
from kb.models import Audience, Door, EventKind, QuestionSource
from kb.questions import question_of
from kb.services import Suggestion, record_event, suggest

SUGGESTIONS = 5
LAST_MESSAGES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """`text` is what knowledge is asked with, `question` what of it may be kept: "" when that says too little."""

    text: str
    question: str
    private: tuple[str, ...]
    devices: tuple[InstalledDevice, ...]


def suggestions_for(interaction: Interaction, actor: Actor) -> tuple[str, list[Suggestion]]:
    """What was asked with and the answers, internal ones too. That a person was shown them counts once a question."""
    asked = _asked(interaction)
    if not asked.text:
        return "", []
    device = device_context(asked.devices, asked.text)
    found = suggest(
        asked.text, device=device, locale=interaction.language, audience=Audience.INTERNAL, limit=SUGGESTIONS
    )
    if actor.user is not None and (found or asked.question):
        _note_shown(interaction, asked, found)
    return asked.text, found


@transaction.atomic
def note_inserted(*, interaction: Interaction, suggestion: str, actor: Actor) -> None:
    """An answer was put into a reply: counted once an interaction, and its question is learnt."""
    asked = _asked(interaction)
    is_new = record_event(
        kind=EventKind.INSERTED,
        door=Door.CONSOLE,
        key=f"{interaction.public_id}:{suggestion}:inserted",
        target=suggestion,
        question=asked.question,
        locale=interaction.language,
        user=actor.user,
    )
    if is_new and asked.question:
        learn_question(
            target=suggestion,
            text=asked.question,
            locale=interaction.language,
            source=QuestionSource.INSERTED,
            private=asked.private,
        )


def _asked(interaction: Interaction) -> Asked:
    """The subject and the customer's last messages; kept is the newest question among them."""
    newest = customer_words(interaction, limit=LAST_MESSAGES)
    devices = tuple(devices_of(interaction.customer))
    private = (*private_words(interaction.customer), *(device.serial for device in devices))
    text = "\n".join([interaction.subject, *reversed(newest)]).strip()
    return Asked(text, question_of([*newest, interaction.subject], private), private, devices)


def _note_shown(interaction: Interaction, asked: Asked, found: Sequence[Suggestion]) -> None:
    about = asked.question or asked.text
    key = hashlib.sha256(f"console\n{interaction.public_id}\n{about}".encode()).hexdigest()
    record_event(
        kind=EventKind.SHOWN if found else EventKind.ZERO_HIT,
        door=Door.CONSOLE,
        key=key,
        target=found[0].id if found else "",
        question=about,
        locale=interaction.language,
        private=asked.private,
    )
