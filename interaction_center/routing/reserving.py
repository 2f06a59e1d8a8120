"""Agents for calls that are made before anybody is asked: reserved at once, many in one transaction.

A customer whose telephone rings must find somebody there, so no more are rung than agents are free.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from interaction_center.access.models import User
from interaction_center.queue.by_channel import note_events
from interaction_center.queue.log import lock_all, tell_rows
from interaction_center.queue.models import Interaction, State
from interaction_center.routing.models import Agent
from interaction_center.routing.selectors import free_agents


@transaction.atomic
def reserve_agents(names: Sequence[str], now: datetime) -> dict[str, User]:
    """Give these waiting interactions (public ids, most urgent first) to free agents of their teams.

    As many as there are agents who hold nothing else; who has got which. Each of them is asked nothing else until it
    is given back or closed.
    """
    agents = _locked_free_agents(now, limit=len(names))
    if not agents:
        return {}
    waiting = {row.public_id: row for row in lock_all(public_id__in=names, state=State.WAITING)}
    chosen = _matched([waiting[name] for name in names if name in waiting], agents)
    for interaction, agent in chosen:
        interaction.state, interaction.assigned_to, interaction.exclusive = State.ASSIGNED, agent.user, True
        interaction.version += 1
    rows = [interaction for interaction, _ in chosen]
    note_events({row: {"name": "assigned", "to": str(agent.user)} for row, agent in chosen})
    Interaction.objects.bulk_update(rows, ["assigned_to"], batch_size=200)  # the only one that differs: it is slow
    Interaction.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.ASSIGNED, exclusive=True, version=F("version") + 1
    )
    Agent.objects.filter(pk__in=[agent.pk for _, agent in chosen]).update(idle_since=now)
    tell_rows(rows)
    return {interaction.public_id: agent.user for interaction, agent in chosen}


def _locked_free_agents(now: datetime, *, limit: int) -> list[Agent]:
    """Locked before they are looked at again: another process may reserve at the same moment."""
    candidates = [agent.pk for agent in free_agents(now) if not agent.load][: limit * 2]
    list(Agent.objects.select_for_update(no_key=True).filter(pk__in=candidates).order_by("pk"))
    still = set(candidates)
    return [agent for agent in free_agents(now) if agent.pk in still and not agent.load]


def _matched(waiting: Sequence[Interaction], agents: list[Agent]) -> list[tuple[Interaction, Agent]]:
    """Each interaction with the first agent of its team who is left."""
    left, pairs = list(agents), []
    for interaction in waiting:
        suits = (agent for agent in left if interaction.team is None or interaction.team in agent.user.teams.all())
        agent = next(suits, None)
        if agent is not None:
            left.remove(agent)
            pairs.append((interaction, agent))
    return pairs
