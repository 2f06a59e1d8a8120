"""What a failure of Twilio means for us: an error, of whatever kind, becomes a CallFailure with one Action.

The SDK has three families of errors: answers of the API (two classes, by the shape of their body), errors of the
connection, and plain ones without a status (a list that can't be read). Whatever is not surely a refusal is unknown,
because a call that may have been placed must be looked for before anybody is rung again.
"""

import logging
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from interaction_center.errors import CenterError

log = logging.getLogger(__name__)

LONGEST_WAIT = 3600.0  # seconds; a Retry-After beyond that is a mistake of its sender


class Action(StrEnum):
    """What is to be done."""

    RECONCILE = "reconcile"  # nobody knows whether it happened: look before anything else
    BACK_OFF = "back_off"  # it did not happen and may be tried again, after `retry_after` if that is given
    OFFER_OTHER_WAY = "offer_other_way"  # this number can't be called: the request ends, another channel is offered
    FLAG_FRAUD = "flag_fraud"  # the number costs its caller: refuse, and mark who asked for it
    REFUSE = "refuse"  # Twilio will never do this
    REFUSE_AND_ALERT = "refuse_and_alert"  # not with the settings of the account: an administrator should know
    STOP_DIALLING = "stop_dialling"  # nothing will work before somebody has mended the account
    ALERT = "alert"  # our own mistake
    IGNORE = "ignore"  # somebody was faster (the call has just ended): what was wanted is so
    GONE = "gone"  # there is no such call, participant or recording (any more)

    @property
    def ends_request(self) -> bool:
        """Whether no further attempt to reach this number makes sense."""
        return self in {Action.OFFER_OTHER_WAY, Action.FLAG_FRAUD, Action.REFUSE, Action.REFUSE_AND_ALERT}

    @property
    def is_open(self) -> bool:
        """Whether the telephone may be ringing in spite of the failure."""
        return self is Action.RECONCILE

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to mend something: the account, its settings, or our own code."""
        return self in {Action.STOP_DIALLING, Action.ALERT, Action.REFUSE_AND_ALERT}


class CallFailure(CenterError):
    """Twilio did not do what was asked, or nobody knows. `text` says what to do and holds no number and no address.

    `code` is the stable one of the tree of errors, `call_` and the action, by which a screen finds its own sentence;
    `twilio_code` is Twilio's number for it (or the HTTP status), 0 when there was no answer; `retry_after` is seconds.
    """

    status = 502

    def __init__(self, action: Action, twilio_code: int = 0, retry_after: float | None = None, text: str = "") -> None:
        super().__init__(text or SENTENCES[action], f"call_{action}", twilio_code=twilio_code)
        self.action, self.twilio_code, self.retry_after, self.text = action, twilio_code, retry_after, self.message


class UnknownHostError(Exception):
    """A request to a host that is not in the map of hosts. It was not sent."""


class RefusedError(TwilioRestException):  # type: ignore[misc]  # the SDK has no types
    """An answer that is no success, with the Retry-After that the SDK's own errors lose."""

    def __init__(self, status: int, code: int, text: str, retry_after: float | None) -> None:
        super().__init__(status, "", text, code)
        self.retry_after = retry_after


ACTIONS: Mapping[int, Action] = {
    13224: Action.OFFER_OTHER_WAY,  # invalid number (Dial)
    21211: Action.OFFER_OTHER_WAY,  # invalid To
    21214: Action.OFFER_OTHER_WAY,  # To can't be reached
    21217: Action.OFFER_OTHER_WAY,  # does not look like a number
    21614: Action.OFFER_OTHER_WAY,  # no mobile number (messages)
    21202: Action.FLAG_FRAUD,  # premium number
    21216: Action.REFUSE,  # blocked by Twilio
    21610: Action.REFUSE,  # the owner has answered STOP (messages)
    21203: Action.REFUSE_AND_ALERT,  # international calls are off
    21215: Action.REFUSE_AND_ALERT,  # dialling permission of the country
    21219: Action.REFUSE_AND_ALERT,  # a trial account calls verified numbers only
    21408: Action.REFUSE_AND_ALERT,  # messaging permission of the country
    21204: Action.RECONCILE,  # already initiated
    10004: Action.BACK_OFF,  # too many calls at once
    20429: Action.BACK_OFF,  # too many requests
    21210: Action.STOP_DIALLING,  # our number is not of this account
    21212: Action.STOP_DIALLING,  # our number is none
    21606: Action.STOP_DIALLING,  # our number sends no messages
    20003: Action.STOP_DIALLING,  # credentials
    20005: Action.STOP_DIALLING,  # the account is not active
    21220: Action.IGNORE,  # the call is not in a state to be changed: it has ended
    20404: Action.GONE,
    21626: Action.ALERT,  # unknown event name: ours
}

SENTENCES: Mapping[Action, str] = {
    Action.RECONCILE: "It is not known whether the call was placed. It is looked for before anybody is rung again.",
    Action.BACK_OFF: "The telephone network can't take more just now. It is tried again shortly.",
    Action.OFFER_OTHER_WAY: "This number can't be called. Offer the customer another way.",
    Action.FLAG_FRAUD: "This is a premium number; it is not called. Look at who asked for it.",
    Action.REFUSE: "The telephone network refuses this number. Offer the customer another way.",
    Action.REFUSE_AND_ALERT: "The Twilio account may not call this number. Look at its dialling permissions.",
    Action.STOP_DIALLING: "Twilio refuses the account or our number. Ask the twiliodoctor command.",
    Action.ALERT: "Twilio did not understand the request. Please report this with the code.",
    Action.IGNORE: "The call had already ended.",
    Action.GONE: "The call is no longer there.",
}


@contextmanager
def only_call_failures() -> Iterator[None]:
    """Whatever goes wrong inside leaves as a CallFailure.

    `from None`, because the errors underneath hold numbers and addresses, which a log of the whole chain would show.
    """
    try:
        yield
    except CallFailure:
        raise
    except Exception as error:  # what we did not foresee is unknown, too
        raise failure_of(error) from None


def failure_of(error: Exception) -> CallFailure:
    """What this error means."""
    if isinstance(error, NewConnectionError | ConnectTimeoutError):  # nothing was sent
        return CallFailure(Action.BACK_OFF, text="Twilio can't be reached. It is tried again shortly.")
    if isinstance(error, UnknownHostError):
        return CallFailure(Action.ALERT, text=str(error))
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return _refusal(error)
    log.warning("Twilio: nobody knows what became of a request, after %s", type(error).__name__)
    return CallFailure(Action.RECONCILE)


def action_for(status: int, code: int) -> Action:
    """By status where the server failed, because then no code is to be trusted; else by code, else by status."""
    if status >= 500 or status == 408:
        return Action.RECONCILE
    if code in ACTIONS:
        return ACTIONS[code]
    by_status = {401: Action.STOP_DIALLING, 403: Action.STOP_DIALLING, 404: Action.GONE, 429: Action.BACK_OFF}
    return by_status.get(status, Action.ALERT)


def seconds_of(retry_after: str | None, now: datetime) -> float | None:
    """A Retry-After header, given in seconds or as a date; None when there is none that makes sense."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after) if "," not in retry_after else _seconds_until(retry_after, now)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds_until(date: str, now: datetime) -> float:
    return (parsedate_to_datetime(date) - now).total_seconds()


def _refusal(error: TwilioRestException | TwilioServiceException) -> CallFailure:
    code = error.code if isinstance(error.code, int) else 0
    action = action_for(error.status, code)
    words = without_secrets(str(getattr(error, "msg", "") or getattr(error, "title", "")))
    text = f"{SENTENCES[action]} (Twilio {code or error.status}: {words})" if words else SENTENCES[action]
    return CallFailure(action, code or error.status, getattr(error, "retry_after", None), text)


def without_secrets(words: str) -> str:
    """Twilio's own words without the numbers, addresses and SIDs in them."""
    return re.sub(r"https?://\S+|\b[A-Z]{2}[0-9a-f]{32}\b|\+?\d[\d\s().-]{4,}\d", "…", words)[:200]
