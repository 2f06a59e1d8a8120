"""Anybody does anything with any call, in any order, while people hang up: by seeds, the same every time."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from channels_app.callback import controls
from channels_app.callback.models import CallLeg, Consent, Listening, Party, PhoneCall
from channels_app.callback.simulator.calls import FINAL
from channels_app.callback.simulator.phones import Script
from interaction_center.access.models import User
from interaction_center.errors import CenterError, ForbiddenError
from tests.callback.builders import ACCEPTS, MARIA, World, a_line, a_request, a_world, an_agent_with_phone, taken_by
from tests.callback.talking import ANNA, BEN, CONSENTS, REFUSES, SUE, a_colleague, a_supervisor

pytestmark = pytest.mark.django_db
OTTO, CEM, EVE, OUTSIDE = "+4930123457", "+4930555004", "+4930555005", "+4930777888"
ACTS = 22


@dataclass(frozen=True, slots=True)
class Cast:
    """Anna talks with Maria, Ben with Otto; Cem and Eve have no call, Sue supervises."""

    people: dict[str, User]
    calls: list[PhoneCall]


def a_cast(world: World, chance: random.Random) -> Cast:
    line = a_line(records=True)
    anna, ben = an_agent_with_phone("Anna Agent", ANNA), an_agent_with_phone("Ben Agent", BEN)
    for number in (ANNA, BEN, OUTSIDE):
        world.network.script(number, ACCEPTS)
    world.network.script(MARIA, CONSENTS)
    world.network.script(OTTO, REFUSES)
    requests = [a_request(line), a_request(line, OTTO)]
    for person, request in zip((anna, ben), requests, strict=True):
        taken_by(person, request)
    cem = a_colleague(world, "Cem Agent", CEM, chance.choice((ACCEPTS, Script(reaction="no-answer"))))
    people = {"anna": anna, "ben": ben, "cem": cem, "eve": a_colleague(world, "Eve Agent", EVE)}
    world.run(25)
    assert PhoneCall.objects.filter(bridged_at__isnull=False).count() == 2
    return Cast(people | {"sue": a_supervisor(world)}, list(PhoneCall.objects.order_by("pk")))


def an_act(chance: random.Random, cast: Cast, call: PhoneCall, who: User) -> tuple[str, Callable[[], None]]:
    """Something that this person tries with this call."""
    on, leg = chance.random() < 0.5, chance.choice(list(call.legs.order_by("pk"))).public_id
    target = chance.choice(
        [{"user": person.public_id} for person in cast.people.values()] + [{"number": OUTSIDE}, {"number": "112"}]
    )
    how = chance.choice([*Listening.values, "off"])
    acts: dict[str, Callable[[], None]] = {
        "hold": lambda: controls.hold(call, who, on),
        "mute": lambda: controls.mute(call, who, leg, on),
        "record": lambda: controls.record(call, who, on),
        "listen": lambda: controls.listen(call, who, how),
        "add": lambda: controls.add(call, who, target),
        "remove": lambda: controls.remove(call, who, leg),
        "transfer": lambda: controls.transfer(call, who, target),
        "hang_up": lambda: controls.hang_up(call, who),
    }
    weights = [4, 3, 4, 4, 3, 2, 2, 1]
    name = chance.choices(list(acts), weights)[0]
    return name, acts[name]


def rows() -> list[Any]:
    """All that an act may change."""
    return [*PhoneCall.objects.order_by("pk").values(), *CallLeg.objects.order_by("pk").values()]


def has_a_right(name: str, call: PhoneCall, who: User) -> bool:
    """Told in other words than the table does."""
    call.refresh_from_db()
    supervises, holds = who.has_permission("supervise"), call.agent == who.public_id
    takes_part = CallLeg.objects.filter(call=call, user=who.public_id, ended_at=None).exists()
    if name == "listen":
        return supervises
    if name == "record":
        return holds
    return supervises or holds or (takes_part and name in ("hang_up", "mute"))


def tried(name: str, act: Callable[[], None], call: PhoneCall, who: User) -> None:
    """Who has no right is refused and changes nothing; whoever is refused in words changes nothing either."""
    may, before = has_a_right(name, call, who), rows()
    refusal = refusal_of(act)
    assert may or isinstance(refusal, ForbiddenError), f"{name} by {who}: {refusal}"
    assert refusal is None or rows() == before, f"{name} by {who} was refused and changed something"


def refusal_of(act: Callable[[], None]) -> CenterError | None:
    try:
        act()
    except CenterError as refusal:
        return refusal
    return None


def assert_nobody_hears_another_call(world: World) -> None:
    calls = dict(CallLeg.objects.exclude(call_sid=None).values_list("call_sid", "call"))
    for sid, call in calls.items():
        heard = {calls.get(other) for other in world.network.ledger.heard_now(str(sid))}
        assert heard <= {call}, f"somebody of call {call} hears {heard}"


def assert_the_network_agrees(world: World) -> None:
    """Once nothing is on its way, our rows and the network say the same."""
    for leg in CallLeg.objects.exclude(call_sid=None).select_related("call"):
        there = world.network.calls[str(leg.call_sid)]
        assert (there.status in FINAL) == (leg.ended_at is not None), f"{leg} is {there.status}"
        seat = there.participant
        if seat is None or leg.ended_at is not None:
            continue
        assert seat.hold == leg.on_hold, f"{leg}"
        if leg.listens == Listening.WHISPER:
            assert seat.coaching or seat.muted, "heard by the agent alone, and without one by nobody"
        else:
            assert (seat.coaching, seat.muted) == ("", leg.muted or leg.listens == Listening.LISTEN), f"{leg}"
    for call in PhoneCall.objects.filter(ended_at=None):
        customer = call.legs.get(party=Party.CUSTOMER)
        found = [one.status for one in world.network.recordings.of_call(str(customer.call_sid)) if one.ended is None]
        assert found == {"on": ["in-progress"], "paused": ["paused"]}.get(call.recording, [])


@pytest.mark.parametrize("seed", range(6))
def test_anybody_does_anything(seed: int) -> None:
    chance = random.Random(seed)
    with a_world() as world:
        cast = a_cast(world, chance)
        for _ in range(ACTS):
            call, who = chance.choice(cast.calls), chance.choice(list(cast.people.values()))
            name, act = an_act(chance, cast, call, who)
            tried(name, act, call, who)
            if chance.random() < 0.06:
                number = chance.choice((MARIA, OTTO, ANNA, BEN, CEM))
                if world.network.current_call(number) is not None:
                    world.network.hang_up(number)
            world.run(chance.choice((0.0, 1.0, 4.0)))
            assert_nobody_hears_another_call(world)
        world.run(100, step=1)
        assert_nobody_hears_another_call(world)
        assert_the_network_agrees(world)
        assert not Consent.objects.filter(call__number=OTTO, leg__party=Party.CUSTOMER, given=True).exists()
        otto = str(CallLeg.objects.filter(to=OTTO).order_by("pk")[0].call_sid)
        assert world.network.recordings.of_call(otto) == []
        assert not world.network.ledger.overlaps()
        for number in (MARIA, OTTO):
            if world.network.current_call(number) is not None:
                world.network.hang_up(number)
        world.run(10)
        assert not PhoneCall.objects.filter(pk__in=[call.pk for call in cast.calls], ended_at=None).exists()
        assert world.network.current_call(SUE) is None
