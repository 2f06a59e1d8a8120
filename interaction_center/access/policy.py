"""Who may do what: roles are sets of permissions. Pure."""

from collections.abc import Collection

from interaction_center.access.models import Permission

AGENT, SUPERVISOR, ADMINISTRATOR = "Agent", "Supervisor", "Administrator"
KNOWLEDGE_EDITOR, KNOWLEDGE_AUTHOR = "Knowledge editor", "Knowledge author"

BUILT_IN_ROLES: dict[str, tuple[Permission, ...]] = {
    AGENT: (Permission.WORK_QUEUE,),
    SUPERVISOR: (Permission.WORK_QUEUE, Permission.SUPERVISE, Permission.MERGE_CUSTOMERS),
    ADMINISTRATOR: tuple(Permission),
    KNOWLEDGE_EDITOR: (Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE),
    KNOWLEDGE_AUTHOR: (Permission.EDIT_KNOWLEDGE,),
}


def sees_everything(permissions: Collection[str]) -> bool:
    """Supervisors see the work of every team."""
    return Permission.SUPERVISE in permissions
