"""Puts a customer through to somebody else: who is rung next, who comes, and no silence in between.

Rows in hand are changed, inside a locked scene. While `call.transfer` is filled the customer waits with words; it is
emptied by whoever comes. Nobody comes: whoever has the call is rung again.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from channels_app.callback.models import CallLeg, Listening, Party
from channels_app.callback.orders import order
from channels_app.callback.scenes import Scene
from channels_app.callback.selectors import addresses_of
from channels_app.callback.steps import STAFF
from interaction_center.access.selectors import person_named, team_named
from interaction_center.errors import CenterError
from interaction_center.queue import by_channel
from interaction_center.routing import services as routing

log = logging.getLogger(__name__)


def begin_transfer(scene: Scene, transfer: Mapping[str, Any]) -> None:
    """The customer waits from now on. `by`: who puts them through; `to`: people, in the order of ringing."""
    park(scene)
    scene.call.transfer = {**scene.call.transfer, **transfer}


def park(scene: Scene) -> None:
    """Words instead of an empty room."""
    customer = scene.living(Party.CUSTOMER)
    if customer is not None:
        customer.on_hold = True
        order(customer, "hold", step="transferring")
    scene.call.transfer = {"by": scene.call.agent, "to": []}


def pass_on(scene: Scene, now: datetime) -> bool:
    """Ring the next of those who may take it, and in the end whoever has it; False when nobody is left."""
    transfer = dict(scene.call.transfer)
    to = list(transfer.get("to", []))
    while to:
        if ring(scene, Party.COLLEAGUE, to.pop(0), now) is not None:
            scene.call.transfer = transfer | {"to": to}
            return True
    if transfer.get("is_back"):
        return False
    scene.call.transfer = transfer | {"to": [], "is_back": True}
    return ring(scene, Party.AGENT, scene.call.agent, now) is not None


def ring(scene: Scene, party: str, user: str, now: datetime) -> CallLeg | None:
    """The telephone of this person; None when they have none, or are on it."""
    to = addresses_of([user], scene.call.mode).get(user)
    return None if to is None or is_engaged(scene, to) else scene.ring(party, to, now, user=user)


def is_engaged(scene: Scene, to: str) -> bool:
    """Whether this telephone rings or talks. What has ended in this scene is written first: the database knows less."""
    for leg in scene.legs:
        if leg.to == to and leg.ended_at is not None:
            CallLeg.objects.filter(pk=leg.pk, ended_at=None).update(ended_at=leg.ended_at, stage=leg.stage)
    return CallLeg.objects.filter(to=to, ended_at=None).exists()


def arrive(scene: Scene, leg: CallLeg) -> None:
    """Somebody has come to the customer who waits: they hear each other, and a colleague has the call from now on."""
    if not scene.call.transfer or leg.party not in STAFF:
        return
    transfer, scene.call.transfer = scene.call.transfer, {}
    release_customer(scene)
    if leg.party == Party.COLLEAGUE and leg.user:
        hand_over(scene, leg, transfer)
    elif leg.party == Party.AGENT:
        coach(scene, leg)


def free_agent(scene: Scene) -> None:
    """Whoever has just left the customer with somebody outside may do something else while those two talk."""
    call = scene.call
    if call.bridged_at is None or call.outcome or call.transfer or scene.living(Party.AGENT) is not None:
        return
    agents = (leg for leg in scene.legs if leg.party == Party.AGENT)
    has_left = "transfer" in scene.changes_of(call) or any("ended_at" in scene.changes_of(leg) for leg in agents)
    if has_left and scene.living(Party.COLLEAGUE) is not None:
        leave_together(scene)
        scene.acts.append(partial(by_channel.set_exclusive, call.interaction, exclusive=False))


def leave_together(scene: Scene) -> None:
    """Whoever leaves lets the two who stay talk: nobody outside has a button for a hold, or for a customer's mute."""
    customer = scene.living(Party.CUSTOMER)
    if customer is not None and customer.on_hold:
        release_customer(scene)
    if customer is not None and customer.muted:
        customer.muted = False
        order(customer, "unmute")


def release_customer(scene: Scene) -> None:
    """Off hold."""
    customer = scene.living(Party.CUSTOMER)
    if customer is not None:
        customer.on_hold = False
        order(customer, "unhold")


def hand_over(scene: Scene, leg: CallLeg, transfer: Mapping[str, Any] | None = None) -> None:
    """This colleague has the call, and the interaction with it."""
    by, scene.call.agent = (transfer or {}).get("by") or scene.call.agent, leg.user
    leg.party = Party.AGENT
    leave_together(scene)
    coach(scene, leg)
    name, team = scene.call.interaction, (transfer or {}).get("team", "")
    if name:
        scene.acts.append(partial(_hand_interaction, name, by, leg.user, team))


def coach(scene: Scene, agent: CallLeg) -> None:
    """Who whispers is heard by the new agent."""
    for leg in scene.legs:
        if leg.party == Party.SUPERVISOR and leg.ended_at is None and leg.listens == Listening.WHISPER:
            order(leg, "listen", how=leg.listens, of=agent.call_sid or "")


def _hand_interaction(name: str, by: str, to: str, team: str) -> None:
    """The call stands whatever becomes of this: somebody may have taken or closed the interaction meanwhile."""
    giver, taker = person_named(by), person_named(to)
    interaction = by_channel.named(name)
    if giver is None or taker is None or interaction.assigned_to == taker:
        return
    try:
        if team:
            routing.transfer_interaction(interaction=interaction, user=giver, team=team_named(team))
            routing.take_interaction(interaction=interaction, user=taker)
        else:
            routing.transfer_interaction(interaction=interaction, user=giver, to=taker)
        by_channel.set_exclusive(name, exclusive=True)
    except CenterError as error:
        log.warning("The interaction %s stays where it is: %s", name, error.code)
