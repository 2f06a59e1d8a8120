"""Colleagues and teams, as everybody in the queue sees them: whom can I hand this to?"""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from interaction_center.access.models import Permission, Team
from interaction_center.console.http import doors
from interaction_center.console.schemas import Items, Named
from interaction_center.routing.selectors import colleagues

router = Router(tags=["people"], auth=doors(Permission.WORK_QUEUE))


class PersonOut(Named):
    """A colleague who takes work. `presence` is available, busy, away or offline."""

    presence: str
    load: int
    capacity: int


@router.get("/people", response=Items[PersonOut])
def list_people(request: HttpRequest) -> dict[str, Any]:
    """Who takes work, by name."""
    return {"items": [asdict(colleague) for colleague in colleagues(timezone.now())]}


@router.get("/teams", response=Items[Named])
def list_teams(request: HttpRequest) -> dict[str, Any]:
    """All teams by name."""
    return {"items": [{"id": team.public_id, "name": team.name} for team in Team.objects.order_by("name")]}
