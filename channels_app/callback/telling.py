"""What happens to a call, told to the console after the commit."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.callback.models import PhoneCall
from channels_app.callback.wire import call_wire
from interaction_center.access.selectors import names_of
from interaction_center.events import EVERYBODY, SUPERVISORS, agent_topic, publish_on_commit, staff_topic
from interaction_center.live.hub import Push
from interaction_center.live.session import encode


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A call as it stands now, for those who have its interaction open, its people, and supervisors."""

    interaction: str
    agents: tuple[str, ...]
    call: Mapping[str, Any]

    def pushes(self) -> list[Push]:
        people = (agent_topic(agent) for agent in self.agents)
        topics = tuple(dict.fromkeys((SUPERVISORS, staff_topic(self.interaction), *people)))
        return [Push(topics, encode({"t": "call", "c": self.interaction, "call": self.call}))]


@dataclass(frozen=True, slots=True)
class LinesChanged:
    """A line was changed, stopped or started: whoever shows lines asks for them again."""

    def pushes(self) -> list[Push]:
        return [Push((EVERYBODY, SUPERVISORS), encode({"t": "lines"}))]


def tell_call(call: PhoneCall) -> None:
    """Reads the call anew, with its legs: what is in hand may be older."""
    tell_calls([call])


def tell_calls(calls: Collection[PhoneCall]) -> None:
    """The same for a group, with a constant number of queries."""
    if not calls:
        return
    for wire, agents in call_wires(calls):
        publish_on_commit(CallChanged(wire["interaction"], agents, wire))


def call_wires(calls: Iterable[PhoneCall]) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """Each as it stands in the database, with its people: a constant number of queries."""
    keys = [call.pk for call in calls]
    found = PhoneCall.objects.filter(pk__in=keys).select_related("line").prefetch_related("legs", "consents")
    rows = list(found.order_by("pk"))
    people = [tuple(leg.user for leg in row.legs.all() if leg.user) for row in rows]
    names = names_of({*(name for group in people for name in group), *(row.agent for row in rows if row.agent)})
    return [(call_wire(row, names), group) for row, group in zip(rows, people, strict=True)]
