"""Settings of people: agents, roles, teams and the keys of integrations."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja import Status as Answer
from pydantic import Field, StringConstraints

from interaction_center.access import services
from interaction_center.access.models import ApiKey, BusinessCalendar, Permission, Role, Team, User
from interaction_center.console.fields import Clean, Cursor, Id, Limit, MailAddress, Name, PersonName
from interaction_center.console.http import actor, doors
from interaction_center.console.lookup import all_named, one, one_or_none
from interaction_center.console.schemas import Items, Ok
from interaction_center.paging import listed
from interaction_center.queue.wire import moment
from interaction_center.routing import services as routing
from interaction_center.routing.models import Agent

router = Router(tags=["settings"], auth=doors(Permission.MANAGE_SETTINGS))
DEFAULT_CAPACITY = 5
Password = Annotated[str, StringConstraints(max_length=200), Clean]  # empty: none is given
Capacity = Annotated[int, Field(ge=1, le=100)]
Ids = Annotated[list[Id], Field(max_length=500)]
PermissionName = Literal[
    "work_queue", "supervise", "edit_knowledge", "publish_knowledge", "merge_customers", "manage_settings"
]


class AgentIn(Schema):
    """Somebody who works here. `role` and `teams` are ids."""

    email: MailAddress
    name: PersonName
    role: Id
    teams: Ids = []
    capacity: Capacity = DEFAULT_CAPACITY
    active: bool = True
    language: Literal["en", "de"] = "en"
    password: Password | None = None


class AgentChange(Schema):
    """What to change; what is left out stays."""

    email: MailAddress | None = None
    name: PersonName | None = None
    role: Id | None = None
    teams: Ids | None = None
    capacity: Capacity | None = None
    active: bool | None = None
    language: Literal["en", "de"] | None = None
    password: Password | None = None


class AgentOut(Schema):
    """Somebody who works here."""

    id: str
    email: str
    name: str
    role: str | None
    teams: list[str]
    capacity: int
    active: bool
    language: str


class RoleIn(Schema):
    """A named set of permissions."""

    name: Name
    permissions: list[PermissionName]


class RoleChange(Schema):
    """What to change; what is left out stays."""

    name: Name | None = None
    permissions: list[PermissionName] | None = None


class RoleOut(Schema):
    """A role; built-in ones keep their names."""

    id: str
    name: str
    permissions: list[str]
    built_in: bool


class TeamIn(Schema):
    """A team; `calendar` and `members` are ids."""

    name: Name
    calendar: Id | None = None
    members: Ids = []


class TeamChange(Schema):
    """What to change; what is left out stays, `calendar: null` means always open."""

    name: Name | None = None
    calendar: Id | None = None
    members: Ids | None = None


class TeamOut(Schema):
    """A team."""

    id: str
    name: str
    calendar: str | None
    members: list[str]


class KeyIn(Schema):
    """A key for an integration that acts with this role."""

    name: Name
    role: Id


class KeyChange(Schema):
    """What to change; what is left out stays."""

    name: Name | None = None
    role: Id | None = None


class KeyOut(Schema):
    """A key as it is listed: the key itself is never shown again."""

    id: str
    name: str
    role: str
    prefix: str
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


class NewKeyOut(KeyOut):
    """A new key, shown this once."""

    key: str


@router.get("/settings/agents", response=Items[AgentOut])
def list_agents(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Everybody who works or worked here, by name."""
    users = User.objects.select_related("role", "agent").prefetch_related("teams")
    return listed(users, ("name", "pk"), _agent, name="agents", cursor=cursor, limit=limit)


@router.post("/settings/agents", response={201: AgentOut})
def create_agent(request: HttpRequest, agent: AgentIn) -> Answer[dict[str, Any]]:
    """Enter somebody. Without a password they choose one by “forgotten password”."""
    user = services.create_user(
        email=agent.email,
        name=agent.name,
        role=one(Role, agent.role, "role"),
        teams=all_named(Team, agent.teams, "teams"),
        language=agent.language,
        password=agent.password or None,
    )
    if not agent.active:
        services.deactivate_user(user=user)
    _take_work(user, agent.capacity)
    return Answer(201, _agent(user))


@router.patch("/settings/agents/{id}", response=AgentOut)
def change_agent(request: HttpRequest, id: Id, change: AgentChange) -> dict[str, Any]:
    """Change somebody."""
    values = change.model_dump(exclude_unset=True)
    if "role" in values:
        values["role"] = one_or_none(Role, change.role, "role")
    if change.teams is not None:
        values["teams"] = all_named(Team, change.teams, "teams")
    capacity = values.pop("capacity", None)
    values["password"] = change.password or None
    user = services.update_user(user=one(User, id), **values)
    _take_work(user, capacity)
    return _agent(user)


@router.delete("/settings/agents/{id}", response=Ok)
def delete_agent(request: HttpRequest, id: Id) -> dict[str, Any]:
    """They can't sign in any more; what they wrote keeps their name."""
    services.deactivate_user(user=one(User, id))
    return {"ok": True}


@router.get("/settings/roles", response=Items[RoleOut])
def list_roles(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All roles, by name."""
    return listed(Role.objects.all(), ("name",), _role, name="roles", cursor=cursor, limit=limit)


@router.post("/settings/roles", response={201: RoleOut})
def create_role(request: HttpRequest, role: RoleIn) -> Answer[dict[str, Any]]:
    """A role of one's own."""
    return Answer(201, _role(services.create_role(name=role.name, permissions=role.permissions)))


@router.patch("/settings/roles/{id}", response=RoleOut)
def change_role(request: HttpRequest, id: Id, change: RoleChange) -> dict[str, Any]:
    """Change what a role may do, or its name."""
    return _role(services.update_role(role=one(Role, id), name=change.name, permissions=change.permissions))


@router.delete("/settings/roles/{id}", response=Ok)
def delete_role(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Delete a role that nobody has."""
    services.delete_role(role=one(Role, id))
    return {"ok": True}


@router.get("/settings/teams", response=Items[TeamOut])
def list_teams(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All teams with their members, by name."""
    teams = Team.objects.select_related("calendar").prefetch_related("members")
    return listed(teams, ("name",), _team, name="teams", cursor=cursor, limit=limit)


@router.post("/settings/teams", response={201: TeamOut})
def create_team(request: HttpRequest, team: TeamIn) -> Answer[dict[str, Any]]:
    """A new team."""
    made = services.create_team(
        name=team.name,
        calendar=one_or_none(BusinessCalendar, team.calendar, "calendar"),
        members=all_named(User, team.members, "members"),
    )
    return Answer(201, _team(made))


@router.patch("/settings/teams/{id}", response=TeamOut)
def change_team(request: HttpRequest, id: Id, change: TeamChange) -> dict[str, Any]:
    """Change a team; null is a value for its calendar only."""
    given = change.model_dump(exclude_unset=True)
    values = {name: value for name, value in given.items() if value is not None or name == "calendar"}
    if "calendar" in values:
        values["calendar"] = one_or_none(BusinessCalendar, change.calendar, "calendar")
    if change.members is not None:
        values["members"] = all_named(User, change.members, "members")
    return _team(services.update_team(team=one(Team, id), **values))


@router.delete("/settings/teams/{id}", response=Ok)
def delete_team(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Delete a team; its work is everybody's then."""
    services.delete_team(team=one(Team, id))
    return {"ok": True}


@router.get("/settings/api-keys", response=Items[KeyOut])
def list_keys(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All keys, without the keys themselves, newest first."""
    return listed(ApiKey.objects.select_related("role"), ("-pk",), _key, name="keys", cursor=cursor, limit=limit)


@router.post("/settings/api-keys", response={201: NewKeyOut})
def create_key(request: HttpRequest, key: KeyIn) -> Answer[dict[str, Any]]:
    """A new key; `key` is shown this once."""
    who = actor(request)
    made, token = services.create_api_key(name=key.name, role=one(Role, key.role, "role"), by=who.user)
    return Answer(201, _key(made) | {"key": token})


@router.patch("/settings/api-keys/{id}", response=KeyOut)
def change_key(request: HttpRequest, id: Id, change: KeyChange) -> dict[str, Any]:
    """Rename a key or give it another role."""
    role = one_or_none(Role, change.role, "role")
    return _key(services.update_api_key(key=one(ApiKey, id), name=change.name, role=role))


@router.delete("/settings/api-keys/{id}", response=Ok)
def revoke_key(request: HttpRequest, id: Id) -> dict[str, Any]:
    """The key is refused from now on."""
    services.revoke_api_key(key=one(ApiKey, id), now=timezone.now())
    return {"ok": True}


def _take_work(user: User, capacity: int | None) -> None:
    """Whoever may work in the queue is an agent to routing; without a number their capacity stays."""
    if user.has_permission(Permission.WORK_QUEUE):
        known = Agent.objects.filter(user=user).first()
        routing.ensure_agent(user=user, capacity=capacity or (known.capacity if known else DEFAULT_CAPACITY))


def _agent(user: User) -> dict[str, Any]:
    agent = getattr(user, "agent", None)  # a reverse one-to-one raises where there is none
    return {
        "id": user.public_id,
        "email": user.email,
        "name": user.name,
        "role": user.role.public_id if user.role else None,
        "teams": [team.public_id for team in user.teams.all()],
        "capacity": agent.capacity if agent else 0,
        "active": user.is_active,
        "language": user.language,
    }


def _role(role: Role) -> dict[str, Any]:
    return {"id": role.public_id, "name": role.name, "permissions": role.permissions, "built_in": role.built_in}


def _team(team: Team) -> dict[str, Any]:
    return {
        "id": team.public_id,
        "name": team.name,
        "calendar": team.calendar.public_id if team.calendar else None,
        "members": [user.public_id for user in team.members.all()],
    }


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.public_id,
        "name": key.name,
        "role": key.role.public_id,
        "prefix": key.prefix,
        "created_at": moment(key.created_at),
        "last_used_at": moment(key.last_used_at),
        "revoked_at": moment(key.revoked_at),
    }
