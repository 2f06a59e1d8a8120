"""Brings an agent to a caller who waits, and sees to those who did not wait. Part of the ticker of callbacks."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from channels_app.callback.hub_acts import close_interaction, send_away, take_from
from channels_app.callback.models import CallLeg, Direction, Party, PhoneCall, PhoneLine
from channels_app.callback.requests import open_missed
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.selectors import addresses_of
from channels_app.callback.settling import put_down, settle
from channels_app.callback.stages import CallOutcome
from channels_app.callback.steps import STAFF
from channels_app.callback.telling import tell_call
from channels_app.callback.wire import wrap_up_until
from interaction_center.customers.selectors import is_proved, mail_address_of
from interaction_center.queue import by_channel

log = logging.getLogger(__name__)
Some = TypeVar("Some")
CHANNEL = "callback"
GROUP = 50


def serve_callers(now: datetime) -> int:
    """Agents for who waits, callbacks for who did not, and the end of wrap-ups; how much was done."""
    return ring_holders(now) + follow_up_missed(now) + end_wrap_ups(now)


def each_alone(work: Callable[[Some, datetime], int], things: Iterable[Some], now: datetime) -> int:
    """How many were dealt with. One with which that fails harms no other, and is looked at again."""
    return sum(_tried(work, thing, now) for thing in things)


def _tried(work: Callable[[Some, datetime], int], thing: Some, now: datetime) -> int:
    try:
        return work(thing, now)
    except Exception:
        log.exception("A call could not be looked after; it is tried again")
        return 0


# Whoever has taken the interaction of a caller is rung.


def ring_holders(now: datetime) -> int:
    """Ring the agents who have taken a call, and stop those from whom it was taken; how many."""
    waiting = list(_waiting().order_by("pk").values_list("pk", "interaction", "agent"))
    held = by_channel.held(CHANNEL) if waiting else {}
    return each_alone(_ring_holder, [key for key, name, agent in waiting if name in held or agent], now)


def _waiting() -> "QuerySet[PhoneCall]":
    there = PhoneCall.objects.filter(direction=Direction.IN, ended_at=None, bridged_at=None, outcome="")
    return there.exclude(waiting_since=None)


@transaction.atomic
def _ring_holder(key: int, now: datetime) -> bool:
    """Asked again with the call locked: it may be over, or rung by another process."""
    scene = locked_scenes([key])[0]
    _state, user = by_channel.standing([scene.call.interaction]).get(scene.call.interaction, ("", None))
    if not _waiting().filter(pk=key).exists():
        return False
    holder = user.public_id if user else ""
    rung = [leg for leg in scene.legs if leg.party in STAFF and leg.ended_at is None]
    if rung:
        return _stop_others(scene, rung, holder, now)
    return bool(holder) and _ring(scene, holder, now)


def _stop_others(scene: Scene, rung: list[CallLeg], agent: str, now: datetime) -> bool:
    """It was taken from whoever is being rung: their telephone stops, and the next look rings the new one's."""
    if scene.call.agent == agent:
        return False
    stopped = [leg for leg in rung if {"do": "hang_up"} not in leg.orders]
    for leg in stopped:
        put_down(leg, now)
    settle([scene], now)
    return bool(stopped)


def _ring(scene: Scene, agent: str, now: datetime) -> bool:
    to = addresses_of([agent], scene.call.mode).get(agent)
    if to is None:
        _without_phone(scene.call.interaction, agent)
        return True
    if CallLeg.objects.filter(to=to, ended_at=None).exists():
        return False
    scene.call.agent = agent
    scene.ring(Party.AGENT, to, now, user=agent)
    scene.acts.append(lambda: by_channel.set_exclusive(scene.call.interaction, exclusive=True))
    settle([scene], now)
    return True


def _without_phone(interaction: str, agent: str) -> None:
    by_channel.note(interaction, "call_failed", reason="agent_without_phone")
    send_away(interaction, agent)
    take_from(interaction, agent)


# Whoever hung up while waiting is called back.


def follow_up_missed(now: datetime) -> int:
    """Callbacks for missed calls whose callers have not called again; how many were looked at."""
    due = PhoneCall.objects.filter(follow_up_at__lte=now).order_by("follow_up_at").values_list("pk", flat=True)
    return each_alone(_follow_up, list(due[:GROUP]), now)


@transaction.atomic
def _follow_up(key: int, now: datetime) -> bool:
    """The line first, as by all who book a place at it."""
    list(
        PhoneLine.objects.select_for_update(no_key=True).filter(pk__in=PhoneCall.objects.filter(pk=key).values("line"))
    )
    rows = PhoneCall.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("line")
    call = rows.filter(pk=key, follow_up_at__lte=now).first()
    if call is None:
        return False
    PhoneCall.objects.filter(pk=key).update(follow_up_at=None)
    interaction = by_channel.named(call.interaction)
    if interaction.state == "closed":  # somebody has dealt with it
        return True
    email = mail_address_of(interaction.customer)
    proved = email if email and is_proved(interaction.customer, "email", email) else ""
    request = open_missed(line=call.line, number=call.caller, at=call.created_at, call=call, email=proved)
    if request is None or request.interaction != call.interaction:
        close_interaction(call.interaction)
    else:
        PhoneCall.objects.filter(pk=key).update(request=request)
    return True


# After the talk.


def end_wrap_ups(now: datetime) -> int:
    """Agents who have noted nothing in time are free again; the interaction stays with them, to be written up."""
    talked = PhoneCall.objects.filter(direction=Direction.IN, outcome=CallOutcome.TALKED, wrapped_up_at=None)
    over = [call for call in talked.exclude(ended_at=None).select_related("line") if wrap_up_until(call) <= now]
    return each_alone(_end_wrap_up, over, now)


@transaction.atomic
def _end_wrap_up(call: PhoneCall, now: datetime) -> bool:
    if not PhoneCall.objects.filter(pk=call.pk, wrapped_up_at=None).update(wrapped_up_at=now):
        return False
    by_channel.set_exclusive(call.interaction, exclusive=False)
    tell_call(call)
    return True
