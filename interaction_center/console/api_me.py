"""The signed-in person: who am I, what may I do, am I there."""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

from interaction_center.access import services as access
from interaction_center.access.models import Permission, User
from interaction_center.console.fields import PersonName
from interaction_center.console.http import actor, doors
from interaction_center.console.schemas import Named
from interaction_center.routing import services as routing
from interaction_center.routing.models import Agent, Wanted

router = Router(tags=["me"])


class Me(Schema):
    """The signed-in person. `csrf` goes into the X-CSRFToken header of everything that writes."""

    id: str
    name: str
    email: str
    language: str
    theme: str
    role: str
    permissions: list[str]
    wanted: str
    capacity: int
    teams: list[Named]
    demo: bool
    csrf: str


class MeChange(Schema):
    """What people may change about themselves."""

    name: PersonName | None = None
    language: Literal["en", "de"] | None = None
    theme: Literal["system", "light", "dark"] | None = None


class StatusChange(Schema):
    """Whether I take work."""

    wanted: Literal["available", "busy", "away"]


@router.get("/me", response=Me)
def me(request: HttpRequest) -> dict[str, object]:
    """Who I am, what I may do, and the CSRF token of this session."""
    return _me(request, actor(request).person)


@router.patch("/me", response=Me)
def change_me(request: HttpRequest, change: MeChange) -> dict[str, object]:
    """Change my name, language or theme."""
    user = access.update_user(user=actor(request).person, **change.model_dump(exclude_unset=True))
    return _me(request, user)


@router.post("/me/status", response=Me, auth=doors(Permission.WORK_QUEUE))
def change_status(request: HttpRequest, change: StatusChange) -> dict[str, object]:
    """Say whether I take work; with an open console, available means that offers come."""
    user = actor(request).person
    routing.set_status(user=user, wanted=change.wanted)
    return _me(request, user)


def _me(request: HttpRequest, user: User) -> dict[str, object]:
    agent = Agent.objects.filter(user=user).first()
    return {
        "id": user.public_id,
        "name": str(user),
        "email": user.email,
        "language": user.language,
        "theme": user.theme,
        "role": user.role.name if user.role else "",
        "permissions": user.role.permissions if user.role else [],
        "wanted": agent.wanted if agent else Wanted.AWAY,
        "capacity": agent.capacity if agent else 0,
        "teams": [{"id": team.public_id, "name": team.name} for team in user.teams.order_by("name")],
        "demo": settings.CONFIG.demo,
        "csrf": get_token(request),
    }
