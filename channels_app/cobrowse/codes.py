"""Nine digits that a customer reads out to an agent: issued, claimed once, and not to be guessed.

Nine, because a hundred open codes of four digits are hit by one guess in a hundred; of nine it takes 100,500 guesses
for a chance of one per cent. Only a keyed digest of a code is kept, so that a copy of the database opens nothing.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from channels_app.cobrowse.events import CodesGuessed
from channels_app.cobrowse.models import Alert, CobrowseSession, CodeGuard, CodeTry, Stage
from channels_app.cobrowse.selectors import alert_wire
from interaction_center.errors import NotFoundError, RateLimitedError
from interaction_center.events import publish_on_commit

DIGITS = 9
TRIES_OF_AGENT, TRIES_OF_ALL = 5, 30
WINDOW = timedelta(minutes=10)
_GUARD = 1


def new_code() -> str:
    """Nine digits, none more likely than another."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def digest_of(code: str) -> str:
    """What is kept of a code; spaces and dashes between its digits don't matter."""
    digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    return salted_hmac("channels_app.cobrowse.code", digits, algorithm="sha256").hexdigest()


def find(code: str, *, user: str, name: str) -> str:
    """The session that waits under this code. RateLimitedError while this person, or everybody together, has tried
    too many wrong ones; NotFoundError for a wrong one, which is counted."""
    found, wait = _tried(code, user=user, name=name)
    if wait:
        raise RateLimitedError(
            "Too many wrong codes. Codes are locked for some minutes; supervisors have been told.",
            "codes_locked",
            retry_after=wait,
        )
    if not found:
        raise NotFoundError("This code is wrong or has expired. Ask the customer to read it out again.", "wrong_code")
    return found


@transaction.atomic
def _tried(code: str, *, user: str, name: str) -> tuple[str, int]:
    """The session, or ""; and for how many seconds codes are locked. What it counts is kept whatever the answer is."""
    CodeGuard.objects.get_or_create(pk=_GUARD)
    CodeGuard.objects.select_for_update(no_key=True).get(pk=_GUARD)
    now = timezone.now()
    locked_until = _locked_until(user, now)
    if locked_until is not None:
        return "", max(1, round((locked_until - now).total_seconds()))
    waiting = CobrowseSession.objects.filter(stage=Stage.CODE_ISSUED, code_digest=digest_of(code), code_until__gt=now)
    found = waiting.values_list("public_id", flat=True).first()
    if not found:
        CodeTry.objects.create(user=user, at=now)
        _lock_if_too_many(user, name, now)
    return found or "", 0


def _locked_until(user: str, now: datetime) -> datetime | None:
    locks = Alert.objects.filter(until__gt=now, user__in=("", user))
    until: datetime | None = locks.aggregate(until=Max("until"))["until"]
    return until


def _lock_if_too_many(user: str, name: str, now: datetime) -> None:
    """Whoever has used up their tries is locked, and everybody is once all of them together have."""
    recent = CodeTry.objects.filter(at__gt=now - WINDOW)
    own, every = recent.filter(user=user).count(), recent.count()
    if own >= TRIES_OF_AGENT:
        _raise_alert(Alert(user=user, name=name[:120], tries=own, at=now, until=now + WINDOW))
    if every >= TRIES_OF_ALL:
        _raise_alert(Alert(tries=every, at=now, until=now + WINDOW))


def _raise_alert(alert: Alert) -> None:
    alert.save(force_insert=True)
    publish_on_commit(CodesGuessed(alert_wire(alert)))
