"""Text messages to customers: a row first, then one request to Twilio. Nothing leaves while no sender is set."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.letters import MESSAGES as KIND_OF_WORK
from channels_app.callback.letters import short_words
from channels_app.callback.models import TextMessage
from channels_app.callback.rest import send_message
from interaction_center.due_work import DueRow, claim, finish, postpone, revive_dead, revive_one, shown_rows

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
GROUP = 10
_AGAIN = (Action.BACK_OFF, Action.STOP_DIALLING)  # nothing has left, and what stands in the way may pass


def send_due() -> int:
    """Send what is due; how many were tried. Called by a ticker."""
    if not settings.CONFIG.twilio_sms_from:
        return 0
    keys = claim(TextMessage, now=timezone.now(), lease=LEASE, limit=GROUP)
    for row in TextMessage.objects.filter(pk__in=keys).select_related("request__line").order_by("pk"):
        _send(row)
    return len(keys)


def _send(row: TextMessage) -> None:
    """One message. Of one whose answer was lost nobody knows: a second one would be worse than none."""
    request = row.request
    try:
        send_message(to=request.number, from_=settings.CONFIG.twilio_sms_from, body=short_words(request, row.about))
    except CallFailure as failure:
        _take_failure(row, failure)
    else:
        finish(row)


def _take_failure(row: TextMessage, failure: CallFailure) -> None:
    if failure.action.needs_a_person:
        log.error("Text messages: %s", failure.text)
    if failure.action is Action.RECONCILE:
        finish(row)
    else:
        postpone(row, error=failure.text, permanent=failure.action not in _AGAIN, now=timezone.now())


# For people who look after what was laid aside.


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """The text messages in this state."""
    found = TextMessage.objects.filter(state=state).select_related("request")
    return shown_rows(KIND_OF_WORK, found, _words_of, after=after, limit=limit)


def _words_of(message: TextMessage) -> tuple[str, str]:
    return f"{message.request.number}: {message.about}", message.request.interaction


def retry(row_id: str) -> None:
    """Try one again. NotFoundError."""
    revive_one(KIND_OF_WORK, TextMessage.objects.all(), row_id)


def retry_all() -> int:
    """Try all again that were laid aside; how many."""
    return revive_dead(KIND_OF_WORK, TextMessage.objects.all())
