"""What happens to a call, told to the console after the commit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from channels_app.callback.models import CallLeg, Consent, PhoneCall
from channels_app.callback.wire import call_wire
from interaction_center.access.selectors import names_of
from interaction_center.bulk import rows_of
from interaction_center.events import EVERYBODY, SUPERVISORS, agent_topic, publish_on_commit, staff_topic
from interaction_center.live.hub import Push
from interaction_center.live.session import encode

WithLegs = tuple[PhoneCall, Sequence[CallLeg]]
CallWire = tuple[dict[str, Any], tuple[str, ...]]  # and the public ids of its people
FAREWELL = timedelta(seconds=30)  # so long whoever has left is told, so that their screen learns it


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
    tell_in_hand(_as_stored(calls))


def tell_in_hand(calls: Collection[WithLegs]) -> None:
    """Calls that are locked and stored, with all their legs: two queries."""
    for wire, agents in _wires(calls):
        publish_on_commit(CallChanged(wire["interaction"], agents, wire))


def call_wires(calls: Iterable[PhoneCall]) -> list[CallWire]:
    """Each as it stands in the database, with its people: a constant number of queries."""
    return _wires(_as_stored(calls))


def _as_stored(calls: Iterable[PhoneCall]) -> list[WithLegs]:
    keys = [call.pk for call in calls]
    found = PhoneCall.objects.filter(pk__in=keys).select_related("line").prefetch_related("legs").order_by("pk")
    return [(call, list(call.legs.all())) for call in found] if keys else []


def _wires(calls: Collection[WithLegs]) -> list[CallWire]:
    if not calls:
        return []
    now = timezone.now()
    consents: dict[int, list[Consent]] = defaultdict(list)
    for consent in rows_of(Consent, "call_id", [call.pk for call, _ in calls]):
        consents[consent.call_id].append(consent)
    names = names_of(({leg.user for _, legs in calls for leg in legs} | {call.agent for call, _ in calls}) - {""})
    return [(call_wire(call, legs, consents[call.pk], names), _people(call, legs, now)) for call, legs in calls]


def _people(call: PhoneCall, legs: Sequence[CallLeg], now: datetime) -> tuple[str, ...]:
    """Whoever has it or is on it. Not who was: what is noted of it later may be another team's by then."""
    there = [leg for leg in legs if leg.ended_at is None or leg.ended_at > now - FAREWELL]
    return tuple(dict.fromkeys(filter(None, (call.agent, *(leg.user for leg in there)))))
