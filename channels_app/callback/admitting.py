"""Who may do what with a call: the one table, and the one question."""

from collections.abc import Mapping
from enum import StrEnum

from channels_app.callback.models import CallLeg
from channels_app.callback.scenes import Scene
from interaction_center.errors import ForbiddenError


class Act(StrEnum):
    """What can be done with a call."""

    HANG_UP = "hang_up"
    HOLD = "hold"
    MUTE = "mute"
    TRANSFER = "transfer"
    ADD = "add"
    REMOVE = "remove"
    LISTEN = "listen"
    RECORD = "record"
    WRAP_UP = "wrap_up"


class Capacity(StrEnum):
    """In what capacity somebody acts: has the call, takes part with a telephone of their own, or supervises."""

    HOLDER = "holder"
    MEMBER = "member"
    OWN = "own"  # takes part, and it is about their own telephone
    SUPERVISOR = "supervisor"


_H, _M, _O, _S = Capacity.HOLDER, Capacity.MEMBER, Capacity.OWN, Capacity.SUPERVISOR
# Only the agent speaks for themselves: what they agree to, and what they noted.
MAY: Mapping[Act, frozenset[Capacity]] = {
    Act.HANG_UP: frozenset((_H, _M, _S)),
    Act.HOLD: frozenset((_H, _S)),
    Act.MUTE: frozenset((_H, _O, _S)),
    Act.TRANSFER: frozenset((_H, _S)),
    Act.ADD: frozenset((_H, _S)),
    Act.REMOVE: frozenset((_H, _S)),
    Act.LISTEN: frozenset((_S,)),
    Act.RECORD: frozenset((_H,)),
    Act.WRAP_UP: frozenset((_H,)),
}


def must_be_allowed(scene: Scene, user: str, act: Act, *, supervises: bool, leg: CallLeg | None = None) -> None:
    """ForbiddenError unless this person (public id) may do it now. `leg`: the telephone that it is about."""
    if MAY[act].isdisjoint(_capacities(scene, user, supervises, leg)):
        raise ForbiddenError("Only the agent who has this call, or a supervisor, may do this.", "not_your_call")


def _capacities(scene: Scene, user: str, supervises: bool, leg: CallLeg | None) -> set[Capacity]:
    is_member = any(one.user == user and one.ended_at is None for one in scene.legs)
    found = {
        Capacity.HOLDER: scene.call.agent == user,
        Capacity.MEMBER: is_member,
        Capacity.OWN: is_member and leg is not None and leg.user == user,
        Capacity.SUPERVISOR: supervises,
    }
    return {capacity for capacity, has in found.items() if has}
