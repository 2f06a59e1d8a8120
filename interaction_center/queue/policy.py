"""The rules of the queue: who may move an interaction from where to where, and what is promised. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from interaction_center.business_hours import Calendar, CalendarError
from interaction_center.errors import AlreadyTakenError, ClosedError, ConflictError, ForbiddenError
from interaction_center.queue.models import State


class Role(StrEnum):
    """In what capacity somebody acts on an interaction."""

    SYSTEM = "system"
    CUSTOMER = "customer"
    AGENT = "agent"  # may work in this queue, does not hold the interaction
    OWNER = "owner"  # holds it
    OFFERED = "offered"  # it is offered to them
    SUPERVISOR = "supervisor"


class Command(StrEnum):
    """What somebody wants to do with an interaction."""

    OFFER = "offer"
    ACCEPT = "accept"
    UNOFFER = "unoffer"  # declined, lapsed or revoked
    TAKE = "take"
    RELEASE = "release"
    TRANSFER = "transfer"
    REPLY = "reply"
    NOTE = "note"
    CLOSE = "close"
    REOPEN = "reopen"
    MESSAGE = "message"  # the customer writes


_W, _O, _A, _C = State.WAITING, State.OFFERED, State.ASSIGNED, State.CLOSED
_STAFF = (Role.AGENT, Role.OWNER, Role.OFFERED, Role.SUPERVISOR)

TRANSITIONS: dict[tuple[State, Command, Role], State] = {
    (_W, Command.OFFER, Role.SYSTEM): _O,
    (_O, Command.ACCEPT, Role.OFFERED): _A,
    (_O, Command.UNOFFER, Role.OFFERED): _W,
    (_O, Command.UNOFFER, Role.SYSTEM): _W,
    (_W, Command.TAKE, Role.AGENT): _A,
    (_W, Command.TAKE, Role.SUPERVISOR): _A,
    (_O, Command.TAKE, Role.OFFERED): _A,
    (_O, Command.TAKE, Role.SUPERVISOR): _A,
    (_A, Command.TAKE, Role.SUPERVISOR): _A,
    (_A, Command.RELEASE, Role.OWNER): _W,
    (_A, Command.RELEASE, Role.SUPERVISOR): _W,
    (_A, Command.RELEASE, Role.SYSTEM): _W,
    (_W, Command.TRANSFER, Role.AGENT): _W,
    (_W, Command.TRANSFER, Role.SUPERVISOR): _W,
    (_O, Command.TRANSFER, Role.SUPERVISOR): _W,
    (_A, Command.TRANSFER, Role.OWNER): _W,
    (_A, Command.TRANSFER, Role.SUPERVISOR): _W,
    (_A, Command.REPLY, Role.OWNER): _A,
    (_A, Command.REPLY, Role.SUPERVISOR): _A,
    (_A, Command.CLOSE, Role.OWNER): _C,
    (_A, Command.CLOSE, Role.SUPERVISOR): _C,
    (_W, Command.CLOSE, Role.SUPERVISOR): _C,
    (_O, Command.CLOSE, Role.SUPERVISOR): _C,
    (_C, Command.REOPEN, Role.AGENT): _W,
    (_C, Command.REOPEN, Role.SUPERVISOR): _W,
    (_C, Command.MESSAGE, Role.CUSTOMER): _W,
    (_C, Command.MESSAGE, Role.SYSTEM): _C,  # a machine's answer does not wake a closed interaction
    **{(state, Command.NOTE, role): state for state in State for role in _STAFF},
    **{(state, Command.MESSAGE, role): state for state in (_W, _O, _A) for role in (Role.CUSTOMER, Role.SYSTEM)},
    **{(state, Command.CLOSE, role): _C for state in (_W, _O, _A) for role in (Role.CUSTOMER, Role.SYSTEM)},
}


def next_state(state: str, command: Command, role: Role) -> State:
    """Where the command leads. Whatever is not in the table is refused, with the reason in words."""
    target = TRANSITIONS.get((State(state), command, role))
    if target is not None:
        return target
    if state == State.CLOSED:
        raise ClosedError("This interaction is closed. Reopen it first.")
    if command in (Command.TAKE, Command.ACCEPT):
        raise AlreadyTakenError("Somebody else already has this interaction.")
    if command is Command.REPLY:
        raise ConflictError("Take the interaction before you answer it.", "take_first")
    if any((State(state), command, other) in TRANSITIONS for other in Role):
        raise ForbiddenError("Only the agent who has this interaction, or a supervisor, may do this.", "not_yours")
    raise ConflictError(f"This can't be done while the interaction is {state}.", "wrong_state", state=str(state))


def promise(answer_within: timedelta, calendar: Calendar | None, now: datetime) -> datetime:
    """By when we promise an answer: so much opening time from now. Without a calendar somebody is always there.

    A calendar that never opens promises as if there were none: no message may be refused because of it.
    """
    try:
        return calendar.add_open_time(now, int(answer_within.total_seconds())) if calendar else now + answer_within
    except CalendarError:
        return now + answer_within
