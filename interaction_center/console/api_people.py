"""Colleagues and teams, as everybody in the queue sees them: whom can I hand this to?"""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from interaction_center.access.models import Permission, Team
from interaction_center.console.fields import Cursor, Limit
from interaction_center.console.http import doors
from interaction_center.console.schemas import Items, Named
from interaction_center.paging import listed
from interaction_center.routing.selectors import agents_with_load, colleague

router = Router(tags=["people"], auth=doors(Permission.WORK_QUEUE))


class PersonOut(Named):
    """A colleague who takes work. `presence` is available, busy, away or offline."""

    presence: str
    load: int
    capacity: int


@router.get("/people", response=Items[PersonOut])
def list_people(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Who takes work, by name."""
    agents = agents_with_load(timezone.now()).select_related("user")
    order = ("user__name", "pk")
    return listed(agents, order, lambda one: asdict(colleague(one)), name="people", cursor=cursor, limit=limit)


@router.get("/teams", response=Items[Named])
def list_teams(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All teams by name."""
    return listed(Team.objects.all(), ("name",), _named, name="teams", cursor=cursor, limit=limit)


def _named(team: Team) -> dict[str, str]:
    return {"id": team.public_id, "name": team.name}
