"""What comes next in a call, from how its legs and its request stand. Pure: reads rows in hand, asks nobody.

`next_steps` decides inside a call, `consequence` what a call that is over means for its request.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels_app.callback import policy
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Mode, Party, PhoneCall
from channels_app.callback.policy import Command, RetryRules
from channels_app.callback.stages import CallOutcome, LegStage, RequestStage
from channels_app.callback.windows import Window

STAFF = (Party.AGENT, Party.COLLEAGUE)
IN_FLIGHT = (RequestStage.CLAIMED, RequestStage.DIALLING, RequestStage.UNKNOWN, RequestStage.CONNECTED)
MACHINES = ("machine", "fax")  # beginnings of Twilio's words for what has answered
LONGEST_GREETING = timedelta(seconds=30)  # of a mailbox, until its beep
MOVED_BY = timedelta(hours=1)  # who presses 2 is called in an hour, unless they choose a time by the link in the mail
# Why a customer was not rung -> what became of the call; whatever is not here was nobody's fault.
UNPOSTED = {
    "do_not_call": CallOutcome.REFUSED,
    "refused": CallOutcome.REFUSED,
    "invalid": CallOutcome.INVALID,
    "failed": CallOutcome.FAILED,
}
AGENTS_FAULTS = ("refused", "invalid", "failed")  # of a telephone that can't be rung as it is written down


@dataclass(frozen=True, slots=True)
class Bridge:
    """Customer and agent hear each other."""


@dataclass(frozen=True, slots=True)
class Decide:
    """This is what the call came to: it ends as soon as every telephone of it is down."""

    outcome: CallOutcome


@dataclass(frozen=True, slots=True)
class Order:
    """Twilio is to do something with this leg; `say` names a step of the talk to send it to."""

    leg: CallLeg
    do: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """This leg has never been posted, and will not be."""

    leg: CallLeg


@dataclass(frozen=True, slots=True)
class Requeue:
    """The agent of a caller is not there; `missed`: by their own fault. The caller waits for the next one."""

    missed: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """Every telephone is down: the call is over."""


@dataclass(frozen=True, slots=True)
class Park:
    """The customer is alone in the room while a telephone still rings: words for them."""


@dataclass(frozen=True, slots=True)
class PassOn:
    """Whoever was rung for a waiting customer did not come: the next one is."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The agent has left: whom they had added has the call now."""

    leg: CallLeg


Step = Bridge | Decide | Order | Drop | Requeue | Finish | Park | PassOn | HandOver


def next_steps(call: PhoneCall, legs: Sequence[CallLeg], request: CallbackRequest | None) -> list[Step]:
    """What is to be done now; nothing when something has to happen first."""
    living = [leg for leg in legs if leg.ended_at is None]
    if call.ended_at is not None:
        return []
    if not call.outcome:
        outcome = _verdict(call, legs, request)
        if outcome is None:
            if _is_bridged(call, living):
                return [Bridge()]
            return _requeued(call, legs) or _between(call, living)
        return ending(legs, outcome)
    return [] if living else [Finish()]


def ending(legs: Sequence[CallLeg], outcome: CallOutcome) -> list[Step]:
    """The call has come to this, and every telephone of it is told."""
    return [Decide(outcome), *(_goodbye(leg, outcome) for leg in legs if leg.ended_at is None)]


def _between(call: PhoneCall, living: Sequence[CallLeg]) -> list[Step]:
    """Whom the customer talks with, once they have talked: somebody is there, or is found."""
    staff = [leg for leg in living if leg.party in STAFF]
    if call.bridged_at is None or (not staff and not call.transfer):
        return []
    if call.transfer:
        return [] if staff else [PassOn()]
    there = [leg for leg in staff if leg.joined_at is not None]
    if not there:
        return [Park()]
    heir = next((leg for leg in there if leg.user), None)
    has_agent = any(leg.party == Party.AGENT for leg in there)
    return [] if has_agent or heir is None else [HandOver(heir)]


def last_leg(legs: Sequence[CallLeg], *parties: str) -> CallLeg | None:
    """The telephone of this party that was rung last."""
    return max((leg for leg in legs if leg.party in parties), key=lambda leg: leg.pk, default=None)


def _is_bridged(call: PhoneCall, living: Sequence[CallLeg]) -> bool:
    """By our own doing: both were sent into the room. What is reported of the room only refines it."""
    joined = {leg.party for leg in living if leg.joined_at is not None}
    return call.bridged_at is None and Party.CUSTOMER in joined and not joined.isdisjoint(STAFF)


def _requeued(call: PhoneCall, legs: Sequence[CallLeg]) -> list[Step]:
    """Nobody of us is there any more for whoever called."""
    staff = [leg for leg in legs if leg.party in STAFF]
    if call.direction == Direction.OUT or not call.agent or call.bridged_at is not None:
        return []
    if not staff or not all(leg.ended_at for leg in staff):
        return []
    return [Requeue(_missed_by(staff[-1]) == CallOutcome.AGENT_MISSED)]


def _verdict(call: PhoneCall, legs: Sequence[CallLeg], request: CallbackRequest | None) -> CallOutcome | None:
    """What the call has come to; None while it goes on."""
    customer, staff = last_leg(legs, Party.CUSTOMER), [leg for leg in legs if leg.party in STAFF]
    if call.direction == Direction.IN:
        return _verdict_inbound(call, customer, staff)
    if call.bridged_at is not None:
        return _verdict_of_talk(call, customer, staff)
    if customer is not None and _is_machine(call, customer):
        return CallOutcome.MACHINE
    if request is not None and request.stage not in IN_FLIGHT:
        return CallOutcome.CANCELLED  # or moved: whoever did it has said so in the request
    if customer is not None and customer.ended_at is not None:
        return _outcome_of(customer)
    if staff and all(leg.ended_at for leg in staff):
        return _without_agent(legs, staff[-1])
    return None


def _verdict_of_talk(call: PhoneCall, customer: CallLeg | None, staff: Sequence[CallLeg]) -> CallOutcome | None:
    """None as long as somebody of each side is there: what detection says ends no talk. It takes people for machines,
    and the agent hears for themselves."""
    until = customer.ended_at if customer is not None else None
    if until is None and (customer is None or _is_alone(call, staff)):
        until = max((leg.ended_at for leg in staff if leg.ended_at is not None), default=call.bridged_at)
    return None if until is None else outcome_of_talk(call, customer, until)


def outcome_of_talk(call: PhoneCall, customer: CallLeg | None, until: datetime | None) -> CallOutcome:
    """A talk; but one with what was taken for a machine, as short as it takes to hear that it is one, was none."""
    is_short = call.bridged_at is not None and until is not None and until - call.bridged_at < LONGEST_GREETING
    is_machine = customer is not None and _is_machine(call, customer)
    return CallOutcome.MACHINE if is_short and is_machine else CallOutcome.TALKED


def _verdict_inbound(call: PhoneCall, customer: CallLeg | None, staff: Sequence[CallLeg]) -> CallOutcome | None:
    """Before the talk they wait, whatever agents do; in it whoever puts the telephone down ends it."""
    has_gone = customer is not None and customer.ended_at is not None
    if call.bridged_at is not None:
        return CallOutcome.TALKED if has_gone or _is_alone(call, staff) else None
    return CallOutcome.HUNG_UP if has_gone else None


def _is_alone(call: PhoneCall, staff: Sequence[CallLeg]) -> bool:
    """Nobody of us is there for the customer, nor is anybody being found for them."""
    return not call.transfer and all(leg.ended_at for leg in staff)


def _is_machine(call: PhoneCall, customer: CallLeg) -> bool:
    """Whoever pressed a key is none, whatever the detection says."""
    pressed = call.mode == Mode.CUSTOMER_FIRST and customer.joined_at is not None
    return not pressed and customer.answered_by.startswith(MACHINES)


def _outcome_of(customer: CallLeg) -> CallOutcome:
    if customer.came_in:
        return CallOutcome.CANCELLED  # they called while we were calling them, and did not wait: no attempt of ours
    if customer.stage == LegStage.ABSENT:
        return UNPOSTED.get(customer.error_code, CallOutcome.CANCELLED)
    return policy.outcome_of(leg_view(customer), talked=False)


def _without_agent(legs: Sequence[CallLeg], agent: CallLeg) -> CallOutcome:
    """Whom we rang for nothing is not rung again at once: what stood in the way may still be there."""
    outcome, customer = _missed_by(agent), last_leg(legs, Party.CUSTOMER)
    was_rung = customer is not None and customer.answered_at is not None and not customer.came_in
    return CallOutcome.FAILED if outcome == CallOutcome.CANCELLED and was_rung else outcome


def _missed_by(agent: CallLeg) -> CallOutcome:
    """An agent's telephone that was never rung is no fault of the agent, unless the number itself is wrong."""
    is_innocent = agent.stage == LegStage.ABSENT and agent.error_code not in AGENTS_FAULTS
    return CallOutcome.CANCELLED if is_innocent else CallOutcome.AGENT_MISSED


def leg_view(leg: CallLeg) -> policy.LegView:
    """What the rules see of a leg."""
    return policy.LegView(
        stage=LegStage(leg.stage),
        call_sid=leg.call_sid or "",
        status=policy.CallStatus(leg.status) if leg.status else None,
        sequence=leg.sequence,
        was_answered=leg.answered_at is not None,
    )


def _goodbye(leg: CallLeg, outcome: CallOutcome) -> Step:
    """How a telephone that is still there is told that it is over."""
    if leg.posted_at is None and leg.call_sid is None:
        return Drop(leg)
    if leg.answered_at is None or outcome == CallOutcome.TALKED:
        return Order(leg, "hang_up")
    if leg.party == Party.CUSTOMER:
        return Order(leg, "say", {CallOutcome.MACHINE: "voicemail"}.get(outcome, "sorry"))
    return Order(leg, "say", "told")


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a call that is over means for its request. `command` None: the request has gone its own way meanwhile.

    `at`: when it is looked at next. `counts`: it used up one of the attempts.
    """

    command: Command | None
    at: datetime | None = None
    counts: bool = False


def consequence(
    call: PhoneCall,
    request: CallbackRequest,
    *,
    window: Callable[[], Window],
    rules: RetryRules,
    now: datetime,
    jitter: float,
) -> Consequence:
    """By the outcome of the call. `window` is asked for only where it is tried again."""
    outcome = CallOutcome(call.outcome)
    if request.stage not in IN_FLIGHT:
        return Consequence(None, None if request.ended_at else request.due_at)
    if outcome == CallOutcome.MOVED:
        at = window().next_allowed(now + MOVED_BY, rules.ring_seconds, request.expires_at)
        return Consequence(Command.RETRY, at) if at else Consequence(Command.FAIL)
    rule = policy.OUTCOMES[outcome]
    made = request.calls_made + rule.counts_as_attempt
    if rule.command == Command.RETRY:
        at = policy.retry_at(outcome, made, now, window(), rules, jitter, request.expires_at)
        return Consequence(Command.RETRY if at else Command.FAIL, at, rule.counts_as_attempt)
    if rule.command in _BACK and request.stage == RequestStage.CONNECTED:  # nobody was there to take it over
        at = window().next_allowed(now, rules.ring_seconds, request.expires_at)
        return Consequence(Command.RETRY if at else Command.FAIL, at)
    command = _back(request.stage, rule.command) if rule.command in _BACK else rule.command
    return Consequence(command, now, rule.counts_as_attempt)


# Nothing came of it and nobody is to blame: the request is due again at once.
_BACK = (Command.MISS_AGENT, Command.BACK_OFF)


def _back(stage: str, command: Command) -> Command:
    if stage == RequestStage.UNKNOWN:
        return Command.FIND_ABSENT
    return command if policy.allows(stage, command) else Command.UNCLAIM


EVENTS: Mapping[CallOutcome, str] = {
    CallOutcome.TALKED: "call_ended",
    CallOutcome.BUSY: "call_busy",
    CallOutcome.NO_ANSWER: "call_missed",
    CallOutcome.MACHINE: "call_machine",
    CallOutcome.FAILED: "call_failed",
    CallOutcome.INVALID: "call_failed",
    CallOutcome.REFUSED: "call_refused",
    CallOutcome.AGENT_MISSED: "call_missed",
    CallOutcome.LOST: "call_failed",
}
