"""Who is there, and how much each of them has."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, ExpressionWrapper, F, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from interaction_center.access.models import Permission, User
from interaction_center.access.selectors import people_who_may
from interaction_center.queue.models import Interaction, State
from interaction_center.routing.models import Agent, AgentConnection, Offer, Wanted

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Load(TypedDict):
    """What `agents_with_load` adds to an agent."""

    load: int
    connected: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to hand work to. `presence`: available, busy, away or offline."""

    id: str
    name: str
    presence: str
    load: int
    capacity: int


def agents_with_load(now: datetime) -> "QuerySet[WithAnnotations[Agent, Load]]":
    """Who may work in the queue, with `load` (interactions held or offered) and `connected`."""
    held = (
        Interaction.objects.filter(assigned_to=OuterRef("user"), state=State.ASSIGNED)
        .order_by()
        .values("assigned_to")
        .annotate(n=Count("*"))
        .values("n")
    )
    offered = (
        Offer.objects.filter(agent=OuterRef("pk"), state=Offer.State.OPEN)
        .order_by()
        .values("agent")
        .annotate(n=Count("*"))
        .values("n")
    )
    return Agent.objects.filter(user__in=people_who_may(Permission.WORK_QUEUE)).annotate(
        load=Coalesce(Subquery(held), 0) + Coalesce(Subquery(offered), 0), connected=_is_connected(now)
    )


def _is_connected(now: datetime) -> Exists:
    return Exists(AgentConnection.objects.filter(agent=OuterRef("pk"), lease_until__gt=now))


def _holds(**which: bool) -> Exists:
    return Exists(Interaction.objects.filter(assigned_to=OuterRef("user"), state=State.ASSIGNED, **which))


def _is_asked() -> Exists:
    return Exists(Offer.objects.filter(agent=OuterRef("pk"), state=Offer.State.OPEN))


def agents_with_room(now: datetime) -> "QuerySet[WithAnnotations[Agent, Load]]":
    """Agents who want work, are connected and have room."""
    return agents_with_load(now).filter(wanted=Wanted.AVAILABLE, connected=True, load__lt=F("capacity"))


def agents_to_ask(now: datetime) -> "QuerySet[WithAnnotations[Agent, Load]]":
    """Agents with room who have no offer to answer, for nobody answers five cards in the seconds that are for one,
    and nothing in hand that takes the whole of them."""
    return agents_with_room(now).filter(~_is_asked(), ~_holds(exclusive=True))


def free_agents(now: datetime) -> "list[WithAnnotations[Agent, Load]]":
    """Agents to ask: fewest of their places taken first, then longest idle."""
    share = ExpressionWrapper(Cast("load", FloatField()) / Cast("capacity", FloatField()), output_field=FloatField())
    return list(
        agents_to_ask(now)
        .annotate(share=share)
        .order_by("share", "idle_since", "pk")
        .select_related("user")
        .prefetch_related("user__teams")
    )


def unoccupied_agents(now: datetime) -> "QuerySet[Agent]":
    """Those of the agents to ask who have nothing else in hand, longest idle first."""
    there = Agent.objects.filter(user__in=people_who_may(Permission.WORK_QUEUE), wanted=Wanted.AVAILABLE)
    free = there.filter(_is_connected(now), ~_holds(), ~_is_asked(), capacity__gt=0)
    return free.order_by("idle_since", "pk")


def free_members(team: str, now: datetime) -> list[User]:
    """Those of a team (public id) who could be asked now, in the order in which they would be."""
    return [agent.user for agent in free_agents(now) if any(one.public_id == team for one in agent.user.teams.all())]


def colleague(agent: "WithAnnotations[Agent, Load]") -> Colleague:
    """One of `agents_with_load`, as the others see them. Reads `user`."""
    return Colleague(
        id=agent.user.public_id,
        name=str(agent.user),
        presence=agent.wanted if agent.connected else "offline",
        load=agent.load,
        capacity=agent.capacity,
    )


def is_anybody_available(now: datetime, *, team: str = "") -> bool:
    """Whether a customer who writes now can expect a person: somebody is connected, wants work and has room for it."""
    there = agents_with_room(now)
    if team:
        there = there.filter(user__teams__public_id=team)
    return there.exists()


def open_offer(interaction: Interaction) -> Offer | None:
    """The offer of this interaction that waits for an answer."""
    return Offer.objects.select_related("agent__user").filter(interaction=interaction, state=Offer.State.OPEN).first()


def open_offers_of(user: User) -> list[Offer]:
    """What is offered to this person now (after a reload)."""
    offers = Offer.objects.filter(agent__user=user, state=Offer.State.OPEN).select_related("interaction")
    return list(offers.order_by("expires_at"))
