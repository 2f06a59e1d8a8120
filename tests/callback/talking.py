"""Talks to do something with: an agent and a customer who are connected, colleagues and supervisors with telephones."""

from typing import Any

from channels_app.callback.models import CallbackRequest, CallLeg, Party, PhoneCall
from channels_app.callback.simulator.phones import Action, Script
from interaction_center.access.models import User
from interaction_center.access.policy import SUPERVISOR
from tests.callback.builders import ACCEPTS, MARIA, World, a_line, a_request, an_agent_with_phone, taken_by, the_call

ANNA, BEN, SUE = "+4930555001", "+4930555002", "+4930555003"
SILENT = Script(reaction="no-answer")
CONSENTS = Script(actions=(Action("press", heard="press 1", after=6.0, digits="1"),))
REFUSES = Script(actions=(Action("press", heard="press 1", after=0.5, digits="2"),))


def a_talk(world: World, customer: Script | None = None, **line: Any) -> tuple[User, CallbackRequest]:
    """Anna talks with Maria."""
    anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line(**line))
    world.network.script(ANNA, ACCEPTS)
    if customer is not None:
        world.network.script(MARIA, customer)
    taken_by(anna, request)
    world.run(25)
    assert the_call(request).bridged_at is not None
    return anna, request


def a_colleague(world: World, name: str = "Ben Agent", number: str = BEN, script: Script = ACCEPTS) -> User:
    """Somebody else who can be rung."""
    world.network.script(number, script)
    return an_agent_with_phone(name, number)


def a_supervisor(world: World) -> User:
    """Sue, who may listen."""
    world.network.script(SUE, ACCEPTS)
    return an_agent_with_phone("Sue Supervisor", SUE, role=SUPERVISOR)


def leg(call: PhoneCall, party: str = Party.CUSTOMER) -> CallLeg:
    """The last telephone of this party."""
    return CallLeg.objects.filter(call=call, party=party).order_by("-pk")[0]


def hears(world: World, number: str) -> set[str]:
    """Which telephones this one hears now."""
    call = world.network.current_call(number)
    if call is None:
        return set()
    return {world.network.calls[sid].to for sid in world.network.ledger.heard_now(call.sid)}


def is_silent(world: World, number: str = MARIA) -> bool:
    """Whether whoever is at this telephone has heard nothing for more than two seconds at a time."""
    rings = world.network.ledger.rings_to(number)
    return any(end - start > 2 for ring in rings for start, end in world.network.silences(ring.call))
