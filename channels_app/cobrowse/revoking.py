"""How either end takes a scope back while frames are on their way."""

from functools import partial

from channels_app.cobrowse import consenting, policy
from channels_app.cobrowse.policy import Command, Role, Scope
from channels_app.cobrowse.room import Room
from interaction_center.errors import CenterError
from interaction_center.live.threads import in_database_thread


async def revoke(room: Room, scope: Scope, *, role: Role, user: str = "", name: str = "") -> None:
    """The gate first, then the row, then everybody is told: nothing of this scope leaves after its end is stored."""
    policy.next_stage(room.gate.stage, Command.REVOKE_VIEW if scope is Scope.VIEW else Command.REVOKE, role)
    gone = room.close_gate(scope)
    work = partial(consenting.revoke, session=room.name, scope=scope, role=role, user=user, name=name)
    try:
        room.hear(await in_database_thread(work))
    except CenterError:  # it has moved on meanwhile, and the row says how; whatever else fails leaves the gate closed
        room.gate.revoked(gone)
        room.progress()
        raise
    room.gate.revoked(gone)
