"""May this mail be acknowledged, and how does that read? Pure."""

from channels_app.email.models import Mailbox
from interaction_center.envelope import InboundEnvelope

_TEXTS = {
    "en": "Thank you for your message. It has reached us and a person will answer it.\n\n"
    "You do not need to do anything now. If you would like to add something, simply answer this mail.\n\n{name}",
    "de": "vielen Dank für Ihre Nachricht. Sie ist bei uns angekommen, und ein Mensch wird sie beantworten.\n\n"
    "Sie müssen jetzt nichts tun. Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.\n\n{name}",
}
_GREETINGS = {"en": "Hello,\n\n", "de": "Guten Tag,\n\n"}


def is_welcome(mailbox: Mailbox, envelope: InboundEnvelope) -> bool:
    """The mailbox wants it, and a person wrote. Never to robots, never to what could not be read."""
    return bool(mailbox.acknowledge and envelope.sender and not envelope.automatic and not envelope.quarantine)


def text(language: str, name: str) -> str:
    """The acknowledgement in the customer's language."""
    known = language if language in _TEXTS else "en"
    return (_GREETINGS[known] + _TEXTS[known].format(name=name)).strip()
