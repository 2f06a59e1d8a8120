"""May this mail be acknowledged, and how does that read? Pure."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from channels_app.email.models import Mailbox
from interaction_center.adapters import Way
from interaction_center.envelope import InboundEnvelope
from interaction_center.queue.answer_links import answer_link
from kb.services import Suggestion

_THANKS = {
    "en": "Thank you for your message. It has reached us and a person will answer it.",
    "de": "vielen Dank für Ihre Nachricht. Sie ist bei uns angekommen, und ein Mensch wird sie beantworten.",
}
_NOTHING_TO_DO = {
    "en": "You do not need to do anything now. If you would like to add something, simply answer this mail.",
    "de": "Sie müssen jetzt nichts tun. Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.",
}
_HELP = {
    "en": "Perhaps one of these pages helps you in the meantime:",
    "de": "Vielleicht hilft Ihnen bis dahin schon eine dieser Seiten:",
}
_ANSWERED = {"en": "That answers it:", "de": "Das beantwortet es:"}
_GREETINGS = {"en": "Hello,\n\n", "de": "Guten Tag,\n\n"}


def is_welcome(mailbox: Mailbox, envelope: InboundEnvelope) -> bool:
    """The mailbox wants it, and nothing forbids it. Never to robots, never to what could not be read."""
    forbidden = envelope.data.get("automatic") or envelope.quarantine
    return bool(mailbox.acknowledge and envelope.sender and not forbidden)


def text(
    language: str,
    name: str,
    promise: Mapping[str, str],
    suggestions: Sequence[Suggestion] = (),
    *,
    interaction: str = "",
    ways: Sequence[Way] = (),
) -> str:
    """The acknowledgement in the customer's language, with what is promised (a sentence by language), the pages that
    may answer the question already, each with a link that closes `interaction` by a press, and other ways to us."""
    known = language if language in _THANKS else "en"
    pages = [_page(suggestion, known, interaction) for suggestion in suggestions]
    others = [_other_way(way, known) for way in ways]
    thanks = f"{_THANKS[known]} {promise.get(known, '')}".strip()
    paragraphs = [thanks, _NOTHING_TO_DO[known], *([_HELP[known], *pages] if pages else []), *others, name]
    return _GREETINGS[known] + "\n\n".join(paragraphs).strip()


def _other_way(way: Way, language: str) -> str:
    words = f"Oder {way.german}" if language == "de" else f"Or {way.english}"
    return f"{words}:\n{settings.PUBLIC_BASE_URL}{way.path}"


def _page(suggestion: Suggestion, language: str, interaction: str) -> str:
    """Its address says that it was opened from a mail."""
    answered = f"{_ANSWERED[language]} {answer_link(interaction=interaction, answer=suggestion.id)}"
    return f"{suggestion.title}\n{suggestion.url}?from=mail\n{answered}"
