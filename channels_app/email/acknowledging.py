"""May this mail be acknowledged, and how does that read? Pure."""

from collections.abc import Sequence

from channels_app.email.models import Mailbox
from interaction_center.envelope import InboundEnvelope
from kb.services import Suggestion

_TEXTS = {
    "en": "Thank you for your message. It has reached us and a person will answer it.\n\n"
    "You do not need to do anything now. If you would like to add something, simply answer this mail.",
    "de": "vielen Dank für Ihre Nachricht. Sie ist bei uns angekommen, und ein Mensch wird sie beantworten.\n\n"
    "Sie müssen jetzt nichts tun. Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.",
}
_HELP = {
    "en": "Perhaps one of these pages helps you in the meantime:",
    "de": "Vielleicht hilft Ihnen bis dahin schon eine dieser Seiten:",
}
_GREETINGS = {"en": "Hello,\n\n", "de": "Guten Tag,\n\n"}


def is_welcome(mailbox: Mailbox, envelope: InboundEnvelope) -> bool:
    """The mailbox wants it, and nothing forbids it. Never to robots, never to what could not be read."""
    forbidden = envelope.data.get("automatic") or envelope.quarantine
    return bool(mailbox.acknowledge and envelope.sender and not forbidden)


def text(language: str, name: str, suggestions: Sequence[Suggestion] = ()) -> str:
    """The acknowledgement in the customer's language, with the pages that may answer the question already."""
    known = language if language in _TEXTS else "en"
    pages = [f"{suggestion.title}\n{suggestion.url}" for suggestion in suggestions]
    paragraphs = [_TEXTS[known], *([_HELP[known], *pages] if pages else []), name]
    return _GREETINGS[known] + "\n\n".join(paragraphs).strip()
