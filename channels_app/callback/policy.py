"""The rules of a callback: where a request and a telephone leg may go, and when we try again. Pure; `now` is given.

Three tables, one each for the request, for a leg and for what a call came to. What is not in a table is refused, and
the tests walk every pair.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from django.db.models import TextChoices

from channels_app.callback.stages import ENDS, CallOutcome, LegStage, RequestStage
from channels_app.callback.windows import Window
from interaction_center.business_hours import Calendar, CalendarError
from interaction_center.errors import ConflictError

EXPIRY_DAYS = 3  # business days


class Command(TextChoices):
    """What happens to a request."""

    FALL_DUE = "fall_due"  # its time has come
    CLAIM = "claim"
    UNCLAIM = "unclaim"  # the lease ran out before a telephone rang, dialling is paused, the window is closed
    DIAL = "dial"  # the row of the call is written; the POST follows
    LOSE_ANSWER = "lose_answer"  # the POST timed out
    ADOPT = "adopt"  # the call exists after all
    FIND_ABSENT = "find_absent"  # it does not: nothing rang, no attempt
    BACK_OFF = "back_off"  # the network takes no more calls just now, or we hung up ourselves: no attempt
    MISS_AGENT = "miss_agent"  # the agent did not pick up: no attempt, the customer keeps the place
    CONNECT = "connect"
    HANG_UP = "hang_up"  # the talk is over
    FINISH = "finish"
    RETRY = "retry"  # an attempt that has failed, and there is another
    FAIL = "fail"  # an attempt that has failed, and it was the last
    REFUSE = "refuse"
    EXPIRE = "expire"
    MOVE = "move"  # another time, by the customer (link, key 2) or the agent
    CANCEL = "cancel"


_R, _C = RequestStage, Command
_WAITING = (_R.SCHEDULED, _R.DUE, _R.CLAIMED, _R.RETRY_WAIT)  # no telephone rings
_RINGING = (_R.DIALLING, _R.UNKNOWN)

REQUEST_TRANSITIONS: Mapping[tuple[RequestStage, Command], RequestStage] = MappingProxyType(
    {
        (_R.SCHEDULED, _C.FALL_DUE): _R.DUE,
        (_R.RETRY_WAIT, _C.FALL_DUE): _R.DUE,
        (_R.DUE, _C.CLAIM): _R.CLAIMED,
        (_R.CLAIMED, _C.UNCLAIM): _R.DUE,
        (_R.CLAIMED, _C.DIAL): _R.DIALLING,
        (_R.DIALLING, _C.LOSE_ANSWER): _R.UNKNOWN,
        (_R.UNKNOWN, _C.ADOPT): _R.DIALLING,
        (_R.UNKNOWN, _C.FIND_ABSENT): _R.DUE,
        (_R.DIALLING, _C.BACK_OFF): _R.DUE,
        (_R.CLAIMED, _C.MISS_AGENT): _R.DUE,
        (_R.DIALLING, _C.MISS_AGENT): _R.DUE,
        (_R.DIALLING, _C.CONNECT): _R.CONNECTED,
        (_R.CONNECTED, _C.HANG_UP): _R.WRAPUP,
        (_R.WRAPUP, _C.FINISH): _R.DONE,
        # Connected and wrap-up too: a machine that is recognised late, or by the agent's ear.
        **{(stage, _C.RETRY): _R.RETRY_WAIT for stage in (*_RINGING, _R.CONNECTED, _R.WRAPUP)},
        **{(stage, _C.FAIL): _R.FAILED for stage in (*_RINGING, _R.CONNECTED, _R.WRAPUP)},
        **{(stage, _C.REFUSE): _R.REFUSED for stage in (*_WAITING, *_RINGING)},
        **{(stage, _C.EXPIRE): _R.EXPIRED for stage in _WAITING},
        # Not while unknown: a telephone may be ringing that nobody can take back yet.
        **{(stage, _C.MOVE): _R.SCHEDULED for stage in (*_WAITING, _R.DIALLING, _R.WRAPUP)},
        **{(stage, _C.CANCEL): _R.CANCELLED for stage in (*_WAITING, *_RINGING)},
    }
)


def next_stage(stage: str, command: Command) -> RequestStage:
    """Where the command leads. Whatever is not in the table is refused, with what to do about it in words."""
    target = REQUEST_TRANSITIONS.get((RequestStage(stage), command))
    if target is not None:
        return target
    if stage in ENDS:
        raise ConflictError("This callback is over. Ask for a new one.", "callback_over", stage=str(stage))
    if stage == _R.UNKNOWN and command is _C.MOVE:
        raise ConflictError("Your telephone may be ringing. Try again in two minutes.", "callback_ringing")
    if stage in (_R.CONNECTED, _R.WRAPUP) and command in (_C.MOVE, _C.CANCEL):
        raise ConflictError("You are being called already. Tell the person on the telephone.", "callback_in_talk")
    raise ConflictError(f"This can't be done while the callback is {stage}.", "wrong_stage", stage=str(stage))


def allows(stage: str, command: Command) -> bool:
    """Whether the command can be done now; for a late message of the network that has lost its race."""
    return (RequestStage(stage), command) in REQUEST_TRANSITIONS


class LegCommand(TextChoices):
    """What we learn of a leg: by the answer to the POST, by a callback or by asking."""

    LOSE_ANSWER = "lose_answer"
    ACCEPT = "accept"
    RING = "ring"
    ANSWER = "answer"
    END = "end"
    FIND_ABSENT = "find_absent"


_L, _K = LegStage, LegCommand

# Only forward. A callback may be here before the answer to its own POST, so each step can follow each earlier one.
LEG_TRANSITIONS: Mapping[tuple[LegStage, LegCommand], LegStage] = MappingProxyType(
    {
        (_L.POSTING, _K.LOSE_ANSWER): _L.UNKNOWN,
        (_L.UNKNOWN, _K.FIND_ABSENT): _L.ABSENT,
        **{(stage, _K.ACCEPT): _L.ACCEPTED for stage in (_L.POSTING, _L.UNKNOWN)},
        **{(stage, _K.RING): _L.RINGING for stage in (_L.POSTING, _L.UNKNOWN, _L.ACCEPTED)},
        **{(stage, _K.ANSWER): _L.ANSWERED for stage in (_L.POSTING, _L.UNKNOWN, _L.ACCEPTED, _L.RINGING)},
        **{(stage, _K.END): _L.ENDED for stage in LegStage if stage not in (_L.ENDED, _L.ABSENT)},
    }
)


def next_leg_stage(stage: str, command: LegCommand) -> LegStage:
    """Where the command leads. What is not in the table is refused: for news that may be late, use `merge`."""
    target = LEG_TRANSITIONS.get((LegStage(stage), command))
    if target is None:
        raise ConflictError(f"A telephone that is {stage} can't do “{command}”.", "wrong_leg_stage", stage=str(stage))
    return target


class CallStatus(TextChoices):
    """Twilio's words for where a call is, in its own order; the last five are ends."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    CANCELED = "canceled"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    COMPLETED = "completed"


_S = CallStatus
TERMINAL = frozenset({_S.CANCELED, _S.FAILED, _S.NO_ANSWER, _S.BUSY, _S.COMPLETED})
_RANK: dict[CallStatus, int] = {_S.QUEUED: 1, _S.INITIATED: 2, _S.RINGING: 3, _S.IN_PROGRESS: 4} | dict.fromkeys(
    TERMINAL, 5
)
_CERTAINTY = {status: place for place, status in enumerate(CallStatus)}
_TOLD: dict[CallStatus, LegCommand] = {
    _S.QUEUED: _K.ACCEPT,
    _S.INITIATED: _K.ACCEPT,
    _S.RINGING: _K.RING,
    _S.IN_PROGRESS: _K.ANSWER,
} | dict.fromkeys(TERMINAL, _K.END)


@dataclass(frozen=True, slots=True)
class CallStatusEvent:
    """What a status callback, or a look at the call, says. `sequence` is -1 where the network gives none."""

    call_sid: str
    status: CallStatus
    sequence: int = -1
    source: str = ""

    @property
    def key(self) -> tuple[str, int, str, str]:
        """Two messages with the same key are one that was sent twice."""
        return self.call_sid, self.sequence, str(self.status), self.source


@dataclass(frozen=True, slots=True)
class LegView:
    """What the messages about one leg add up to. `was_answered`: somebody, or something, has picked up."""

    stage: LegStage
    call_sid: str = ""
    status: CallStatus | None = None
    sequence: int = -1
    was_answered: bool = False


def merge(leg: LegView, event: CallStatusEvent) -> LegView:
    """The leg with one more message, the same for every order and any number of repetitions.

    The status with the highest rank stays (queued < initiated < ringing < in-progress < an end), within a rank the one
    with the higher sequence number. Of two different ends with the same number, or without, the one stays that says
    most about the customer's telephone: completed, then busy, no answer, failed, canceled. To believe that nobody
    was reached when somebody was, would ring them again.

    A message about another call (`is_stray`) changes nothing. A leg that was held to be absent stays absent, but its
    status tells that its call is there: see `is_ghost`.
    """
    if is_stray(leg, event):
        return leg
    stage = LEG_TRANSITIONS.get((leg.stage, _TOLD[event.status]), leg.stage)
    answered = leg.was_answered or event.status in (_S.IN_PROGRESS, _S.COMPLETED)
    leg = replace(leg, stage=stage, call_sid=event.call_sid, was_answered=answered)
    if leg.status is not None and _weight(leg.status, leg.sequence) >= _weight(event.status, event.sequence):
        return leg
    return replace(leg, status=event.status, sequence=event.sequence)


def is_stray(leg: LegView, event: CallStatusEvent) -> bool:
    """Whether the message is about a second call that the network made of one POST: to be ended at once."""
    return leg.call_sid not in ("", event.call_sid)


def is_ghost(leg: LegView) -> bool:
    """Whether a call goes on that we have held to be absent: to be ended at once, another may have been made."""
    return leg.stage is _L.ABSENT and leg.status is not None and leg.status not in TERMINAL


def _weight(status: CallStatus, sequence: int) -> tuple[int, int, int]:
    return _RANK[status], sequence, _CERTAINTY[status]


_O = CallOutcome


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """What an outcome means for its request: a used-up attempt or not, and what to do next."""

    command: Command
    counts_as_attempt: bool = False


# RETRY stands for "retry while attempts are left, else fail". A lost call counts: it may have rung.
OUTCOMES: Mapping[CallOutcome, OutcomeRule] = MappingProxyType(
    {
        _O.TALKED: OutcomeRule(_C.HANG_UP, counts_as_attempt=True),
        _O.BUSY: OutcomeRule(_C.RETRY, counts_as_attempt=True),
        _O.NO_ANSWER: OutcomeRule(_C.RETRY, counts_as_attempt=True),
        _O.MACHINE: OutcomeRule(_C.RETRY, counts_as_attempt=True),
        _O.FAILED: OutcomeRule(_C.RETRY, counts_as_attempt=True),
        _O.LOST: OutcomeRule(_C.RETRY, counts_as_attempt=True),
        _O.INVALID: OutcomeRule(_C.FAIL),
        _O.REFUSED: OutcomeRule(_C.REFUSE),
        _O.AGENT_MISSED: OutcomeRule(_C.MISS_AGENT),
        # Not CANCEL: who cancels or moves a request has changed its stage before we hang up; BACK_OFF is refused there.
        _O.CANCELLED: OutcomeRule(_C.BACK_OFF),
    }
)

_OUTCOME_OF = {
    _S.BUSY: _O.BUSY,
    _S.NO_ANSWER: _O.NO_ANSWER,
    _S.FAILED: _O.FAILED,
    _S.CANCELED: _O.CANCELLED,
}


def counts_as_attempt(outcome: CallOutcome) -> bool:
    """Whether this call used up one of the customer's attempts."""
    return OUTCOMES[outcome].counts_as_attempt


def outcome_of(customer: LegView, *, talked: bool) -> CallOutcome:
    """What a call came to, by the customer's leg when it has ended.

    `talked`: customer and agent were brought together. Picked up but never brought together (no key pressed, a machine
    recognised) is a machine: a person who hangs up at once is rung again no sooner than a machine is.
    """
    if talked:
        return _O.TALKED
    if customer.was_answered:
        return _O.MACHINE
    return _O.LOST if customer.status is None else _OUTCOME_OF.get(customer.status, _O.LOST)


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How often and how soon a customer is rung again; the last delay of a list holds for all further attempts."""

    max_attempts: int = 3
    busy: tuple[timedelta, ...] = (timedelta(minutes=5),)
    no_answer: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(hours=2))
    machine: tuple[timedelta, ...] = (timedelta(minutes=60),)
    spread: float = 0.2  # what full jitter adds at most, as a share of the delay
    ring_seconds: int = 30


def retry_at(
    outcome: CallOutcome,
    attempt: int,
    now: datetime,
    window: Window,
    rules: RetryRules,
    jitter: float,
    expires_at: datetime,
) -> datetime | None:
    """When to ring again after a call, or None: no more (talked, out of attempts, no allowed hour before it expires).

    `attempt` counts the used-up attempts, this call included if it counts; `jitter` is a random number from 0 to 1.
    Jitter only adds: nobody is rung sooner than the rule says. What is no attempt costs no time.
    """
    delays = _delays(outcome, rules)
    if not delays or attempt >= rules.max_attempts:
        return None
    delay = delays[min(max(attempt, 1), len(delays)) - 1]
    earliest = now.astimezone(UTC) + delay * (1 + rules.spread * jitter)
    return window.next_allowed(earliest, rules.ring_seconds, expires_at)


def _delays(outcome: CallOutcome, rules: RetryRules) -> tuple[timedelta, ...]:
    if OUTCOMES[outcome].command in (_C.MISS_AGENT, _C.BACK_OFF):
        return (timedelta(),)
    if OUTCOMES[outcome].command is not _C.RETRY:
        return ()
    return {_O.BUSY: rules.busy, _O.MACHINE: rules.machine}.get(outcome, rules.no_answer)


def expiry(requested_at: datetime, calendar: Calendar, days: int = EXPIRY_DAYS) -> datetime:
    """When a request is given up: as the line closes on its third business day after the day of the request.

    For a slot count from its begin. Raises CalendarError for a calendar that has not so many days.
    """
    today = requested_at.astimezone(calendar.zone).date()
    seen = 0
    for opening, _closing in calendar.segments(requested_at):
        day = opening.astimezone(calendar.zone).date()
        if day > today:
            today, seen = day, seen + 1
            if seen == days:
                return calendar.day_segments(day)[-1][1]
    raise CalendarError("This calendar opens on too few days for a callback.")
