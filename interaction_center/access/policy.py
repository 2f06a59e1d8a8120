"""Who may do what, over plain values. Pure: roles are sets of permissions, sight is a question of teams."""

from collections.abc import Collection
from dataclasses import dataclass

from interaction_center.access.models import Permission

AGENT, SUPERVISOR, ADMINISTRATOR, KNOWLEDGE_EDITOR = "Agent", "Supervisor", "Administrator", "Knowledge editor"

BUILT_IN_ROLES: dict[str, tuple[Permission, ...]] = {
    AGENT: (Permission.WORK_QUEUE,),
    SUPERVISOR: (Permission.WORK_QUEUE, Permission.SUPERVISE, Permission.MERGE_CUSTOMERS),
    ADMINISTRATOR: tuple(Permission),
    KNOWLEDGE_EDITOR: (Permission.EDIT_KNOWLEDGE,),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """Whose piece of work something is: database ids of its team and of its agent, None for nobody's."""

    team_id: int | None
    agent_id: int | None


def sees_everything(permissions: Collection[str]) -> bool:
    """Supervisors see the work of every team."""
    return Permission.SUPERVISE in permissions


def may_see(
    permissions: Collection[str], *, user_id: int | None, team_ids: Collection[int], placement: Placement
) -> bool:
    """Agents see the work of their teams, work without a team, and what is assigned to them."""
    if Permission.WORK_QUEUE not in permissions:
        return False
    if sees_everything(permissions) or placement.team_id is None or placement.team_id in team_ids:
        return True
    return user_id is not None and placement.agent_id == user_id
