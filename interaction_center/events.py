"""What happened, told to the live readers after the commit. Services publish, nobody else does.

The log in the database is the truth; a push is a hint, and a reader that missed one asks by sequence number.
An event is a frozen dataclass: a field that it does not know is refused when it is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from django.db import transaction

from interaction_center.live.hub import Push, hub
from interaction_center.live.session import encode

EVERYBODY = "queue:any"
SUPERVISORS = "queue:all"


def staff_topic(interaction: str) -> str:
    """Agents who have this interaction open."""
    return f"c:{interaction}"


def customer_topic(interaction: str) -> str:
    """The customer's own sockets."""
    return f"v:{interaction}"


def visitor_topic(site: str, visitor: str) -> str:
    """The open pages of one visitor of a site (its key), whatever conversation they have."""
    return f"visitor:{site}:{visitor}"


def agent_topic(user: str) -> str:
    """One agent's sockets."""
    return f"agent:{user}"


def team_topic(team: str) -> str:
    """Agents who watch the queue of this team; "" = interactions of no team, which all watch."""
    return f"queue:{team}" if team else EVERYBODY


class Event(Protocol):
    """Anything that can be told: who is told, and in which frames."""

    def pushes(self) -> list[Push]:
        """Ready frames."""
        ...


@dataclass(frozen=True, slots=True)
class EntryAppended:
    """A line was added to a log: `entry` is its wire form for staff, `customer_entry` what the customer may see."""

    interaction: str
    seq: int
    entry: Mapping[str, Any]
    customer_entry: Mapping[str, Any]
    agent: str = ""

    def pushes(self) -> list[Push]:
        topics = (staff_topic(self.interaction), *((agent_topic(self.agent),) if self.agent else ()))
        frame = {"t": "ev", "c": self.interaction}
        if self.entry is self.customer_entry:  # the hot path: the same for both, so encoded once
            every = (*topics, customer_topic(self.interaction))
            return [Push(every, encode(frame | dict(self.entry)), self.seq)]
        return [
            Push(topics, encode(frame | dict(self.entry)), self.seq),
            Push((customer_topic(self.interaction),), encode(frame | dict(self.customer_entry)), self.seq),
        ]


@dataclass(frozen=True, slots=True)
class RowChanged:
    """A row of the queue changed: state, owner, team, promise. `teams` showed it before or show it now."""

    interaction: str
    row: Mapping[str, Any]
    teams: tuple[str, ...]
    agents: tuple[str, ...] = ()

    def pushes(self) -> list[Push]:
        topics = (
            SUPERVISORS,
            staff_topic(self.interaction),
            *(team_topic(team) for team in self.teams),
            *(agent_topic(agent) for agent in self.agents),
        )
        return [Push(tuple(dict.fromkeys(topics)), encode({"t": "row", "row": self.row}))]


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """An outgoing message was sent, failed or is tried again."""

    interaction: str
    seq: int
    delivery: str
    error: str = ""

    def pushes(self) -> list[Push]:
        frame = {"t": "upd", "c": self.interaction, "s": self.seq, "delivery": self.delivery}
        return [
            Push((staff_topic(self.interaction),), encode(frame | ({"error": self.error} if self.error else {}))),
            Push((customer_topic(self.interaction),), encode(frame)),
        ]


@dataclass(frozen=True, slots=True)
class SeenMoved:
    """`by` (customer or staff) has seen everything up to `seq`."""

    interaction: str
    by: str
    seq: int

    def pushes(self) -> list[Push]:
        topics = (staff_topic(self.interaction), customer_topic(self.interaction))
        return [Push(topics, encode({"t": "seen", "c": self.interaction, "by": self.by, "s": self.seq}))]


@dataclass(frozen=True, slots=True)
class OfferMade:
    """An interaction is offered to one agent until `expires_at`."""

    offer: str
    interaction: str
    agent: str
    row: Mapping[str, Any]
    expires_at: str
    seconds: int

    def pushes(self) -> list[Push]:
        frame = {
            "t": "offer",
            "offer": self.offer,
            "c": self.interaction,
            "row": self.row,
            "expires_at": self.expires_at,
            "seconds": self.seconds,
        }
        return [Push((agent_topic(self.agent),), encode(frame))]


@dataclass(frozen=True, slots=True)
class OfferEnded:
    """An offer is over: accepted, declined, lapsed, away (the agent is), taken, transferred or closed."""

    offer: str
    interaction: str
    agent: str
    reason: str

    def pushes(self) -> list[Push]:
        frame = {"t": "offer.revoked", "offer": self.offer, "c": self.interaction, "reason": self.reason}
        return [Push((agent_topic(self.agent),), encode(frame))]


def publish_on_commit(event: Event) -> None:
    """Tell it once the transaction is durable; a rolled-back event was never there."""
    transaction.on_commit(partial(_publish, event))


def _publish(event: Event) -> None:
    for push in event.pushes():
        hub.publish_threadsafe(push)
