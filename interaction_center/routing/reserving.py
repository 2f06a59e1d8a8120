"""Agents for calls that are made before anybody is asked: reserved at once, many in one transaction.

A customer whose telephone rings must find somebody there, so no more are rung than agents are free.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from interaction_center.access.models import User
from interaction_center.bulk import by_key, lock_rows, write
from interaction_center.queue.by_channel import note_events
from interaction_center.queue.log import lock_named, tell_rows
from interaction_center.queue.models import Interaction, State
from interaction_center.routing.models import Agent
from interaction_center.routing.selectors import unoccupied_agents

Free = tuple[Agent, set[int]]  # with the primary keys of their teams
MEMBERS = User.teams.through
GIVEN = ("state", "assigned_to_id", "exclusive", "version")  # columns that a reservation changes


@transaction.atomic
def reserve_agents(names: Sequence[str], now: datetime) -> dict[str, User]:
    """Give these waiting interactions (public ids, most urgent first) to free agents of their teams.

    As many as there are agents who hold nothing else; who has got which. Each of them is asked nothing else until it
    is given back or closed.
    """
    agents = _locked_agents(names, now)
    if not agents:
        return {}
    waiting = {row.public_id: row for row in lock_named(names) if row.state == State.WAITING}
    chosen = _matched([waiting[name] for name in names if name in waiting], agents)
    for interaction, agent in chosen:
        interaction.state, interaction.assigned_to, interaction.exclusive = State.ASSIGNED, agent.user, True
        interaction.version += 1
    rows = [interaction for interaction, _ in chosen]
    note_events({row: {"name": "assigned", "to": str(agent.user)} for row, agent in chosen})
    write((row, {name: getattr(row, name) for name in GIVEN}) for row in rows)
    Agent.objects.filter(pk__in=[agent.pk for _, agent in chosen]).update(idle_since=now)
    tell_rows(rows)
    return {interaction.public_id: agent.user for interaction, agent in chosen}


def _locked_agents(names: Sequence[str], now: datetime) -> list[Free]:
    """Of the teams of these interactions, as many as are wanted. Locked before they are looked at again: another
    process may reserve at the same moment."""
    teams = set(Interaction.objects.filter(public_id__in=names).values_list("team", flat=True))
    free = unoccupied_agents(now)
    if None not in teams:
        free = free.filter(Exists(MEMBERS.objects.filter(user=OuterRef("user"), team__in=teams)))
    keys = free.values_list("pk", flat=True)[: len(names)]
    locked = {agent.pk: agent for agent in lock_rows(Agent, "id", list(keys))}
    return _with_people([locked[key] for key in keys.all() if key in locked])


def _with_people(agents: Sequence[Agent]) -> list[Free]:
    users = by_key(User, [agent.user_id for agent in agents])
    teams: dict[int, set[int]] = defaultdict(set)
    for user, team in MEMBERS.objects.filter(user__in=users).values_list("user", "team"):
        teams[user].add(team)
    for agent in agents:
        agent.user = users[agent.user_id]
    return [(agent, teams[agent.user_id]) for agent in agents]


def _matched(waiting: Sequence[Interaction], free: Sequence[Free]) -> list[tuple[Interaction, Agent]]:
    """Each interaction with the first agent of its team who is left."""
    left, pairs = list(free), []
    for interaction in waiting:
        suits = (one for one in left if interaction.team_id is None or interaction.team_id in one[1])
        found = next(suits, None)
        if found is not None:
            left.remove(found)
            pairs.append((interaction, found[0]))
    return pairs
