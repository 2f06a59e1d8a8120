"""What the person behind an open console may do, as it was when they were let in and as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.utils import timezone

from interaction_center.access.models import User


@dataclass(frozen=True, slots=True)
class Rights:
    """`secret` changes with the password; `teams` are primary keys."""

    secret: str
    permissions: frozenset[str]
    teams: frozenset[int]


def rights_of(user: User) -> Rights:
    """As this row says. Reads role and teams: prefetch both for more than one."""
    permissions = frozenset(user.role.permissions) if user.role else frozenset()
    return Rights(user.get_session_auth_hash(), permissions, frozenset(team.pk for team in user.teams.all()))


def rights_now(people: Mapping[str, int]) -> dict[str, Rights]:
    """Session key -> rights, for those of `people` (session key -> user) who are still signed in and active.

    Three queries, however many there are.
    """
    signed_in = set(
        Session.objects.filter(session_key__in=people, expire_date__gt=timezone.now()).values_list("pk", flat=True)
    )
    active = User.objects.filter(pk__in=set(people.values()), is_active=True)
    rights = {user.pk: rights_of(user) for user in active.select_related("role").prefetch_related("teams")}
    return {key: rights[user] for key, user in people.items() if key in signed_in and user in rights}
