"""What a customer is written about their callback, in the language in which they asked."""

from collections.abc import Mapping

from channels_app.callback.models import CallbackRequest
from interaction_center.queue import services as queue

TEXTS: Mapping[str, tuple[str, str]] = {
    "busy": (
        "We called you, and your line was busy. We will call you again.",
        "Wir haben Sie angerufen, Ihr Anschluss war besetzt. Wir rufen Sie wieder an.",
    ),
    "no_answer": (
        "We called you and did not reach you. We will call you again.",
        "Wir haben Sie angerufen und nicht erreicht. Wir rufen Sie wieder an.",
    ),
    "moved": (
        "You asked us to call at another time. We will call you again.",
        "Sie möchten zu einer anderen Zeit angerufen werden. Wir rufen Sie wieder an.",
    ),
    "failed": (
        "We could not reach you by telephone, and this callback has ended. Answer this mail, or ask for a new call.",
        "Wir konnten Sie telefonisch nicht erreichen, dieser Rückruf ist beendet. Antworten Sie auf diese Mail oder "
        "bitten Sie um einen neuen Anruf.",
    ),
    "refused": (
        "We can't call the number that you gave. Answer this mail, or ask for a call to another number.",
        "Die angegebene Nummer können wir nicht anrufen. Antworten Sie auf diese Mail oder geben Sie eine andere an.",
    ),
    "expired": (
        "We are sorry: we did not manage to call you in time. Answer this mail, or ask for a new call.",
        "Es tut uns leid: Wir haben es nicht geschafft, Sie rechtzeitig anzurufen. Antworten Sie auf diese Mail oder "
        "bitten Sie um einen neuen Anruf.",
    ),
    "cancelled": ("Your callback is cancelled.", "Ihr Rückruf ist abgesagt."),
}
SAME_AS = {"machine": "no_answer", "lost": "no_answer", "failed": "no_answer"}  # as long as it is tried again


def mail_try(request: CallbackRequest, outcome: str, key: str) -> None:
    """Tell the customer of a call that came to nothing and is tried again, once for each `key`."""
    mail_outcome(request, SAME_AS.get(outcome, outcome), key)


def mail_outcome(request: CallbackRequest, about: str, key: str) -> None:
    """Tell the customer what came of it, once for each `key`. Needs their mail address."""
    texts = TEXTS.get(about)
    if texts is None or not request.email:
        return
    body = texts[1] if request.language[:2] == "de" else texts[0]
    queue.acknowledge(interaction=request.interaction, body=body, client_id=f"call:{key}:{about}"[:64])
