"""Which requests are called now, by whom: due ones fall due, those with an agent begin. The POST is `posting.py`'s.

Only what is due is looked at: ten thousand appointments cost nothing until their time. A request that waits for an
agent is found by what agents hold, or by how many of them are free.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from channels_app.callback import policy
from channels_app.callback.answering import each_alone, serve_callers
from channels_app.callback.hub_acts import send_away
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Mode, Party, PhoneCall, PhoneLine
from channels_app.callback.policy import Command
from channels_app.callback.scenes import HubAct, with_lines
from channels_app.callback.selectors import Use, addresses_of, calls_in_hand, use_of_lines, windows_of
from channels_app.callback.settling import end_request
from channels_app.callback.stages import LegStage, RequestStage
from channels_app.callback.telling import tell_calls, tell_in_hand
from channels_app.callback.windows import Window
from interaction_center.bulk import insert, lock_rows, write
from interaction_center.due_work import WorkState, claim, wake, wake_for_next
from interaction_center.queue import by_channel
from interaction_center.routing.reserving import reserve_agents
from interaction_center.routing.selectors import unoccupied_agents

log = logging.getLogger(__name__)
CHANNEL = "callback"
LOOKED_AT = 500  # due requests in one transaction
AT_ONCE = 100  # customers who are rung in one transaction
WRITTEN = ("stage", "state", "due_at", "reason", "ended_at", "lease_until", "lease_owner")  # by a look
WHILE_THEY_WAIT = timedelta(minutes=1)  # a request whose customer has called us is left alone
WAITING = (RequestStage.SCHEDULED, RequestStage.DUE, RequestStage.RETRY_WAIT)


def dial_due() -> int:
    """What is due falls due; who has an agent is called, or answered. How much was done. For a ticker."""
    now = timezone.now()
    held = look_at_due(now) + start_held(now)
    done = held + start_customer_first(now) + serve_callers(now)
    if not done:
        wake_for_next("callbacks", CallbackRequest, now)
    return done


# Falling due.


def look_at_due(now: datetime) -> int:
    """The requests that must be looked at: their time has come, has passed, or their wrap-up is over; how many."""
    lease = timedelta(seconds=settings.CONFIG.call_lease_seconds)
    keys = claim(CallbackRequest, now=now, lease=lease, limit=LOOKED_AT)
    try:
        if keys:
            _look_at(keys, now)
    except Exception:
        log.exception("A group of requests could not be looked at; each is by itself")
        each_alone(_look_at_one, keys, now)
    return len(keys)


def _look_at_one(key: int, now: datetime) -> bool:
    _look_at([key], now)
    return True


@transaction.atomic
def _look_at(keys: Sequence[int], now: datetime) -> None:
    _lock_unwritten_calls(keys)
    requests = _locked(keys)
    windows = windows_of(requests)
    states = by_channel.states_of([request.interaction for request in requests])
    acts: list[HubAct] = []
    on_the_line = set(PhoneCall.objects.filter(request__in=keys, ended_at=None).values_list("request", flat=True))
    for request in requests:
        is_closed = states.get(request.interaction, "closed") == "closed"
        if request.pk in on_the_line and request.stage in WAITING:
            request.due_at = now + WHILE_THEY_WAIT
        else:
            acts += _fall_due(request, windows[request.pk], now, is_closed=is_closed)
        request.lease_until, request.lease_owner = None, ""
    write((request, {name: getattr(request, name) for name in WRITTEN}) for request in requests)
    for act in acts:
        act()


def _lock_unwritten_calls(requests: Sequence[int]) -> None:
    """A wrap-up that ends here is written at its call, and calls are locked before requests."""
    calls = PhoneCall.objects.filter(request__in=requests, wrapped_up_at=None, ended_at__isnull=False).order_by("pk")
    list(calls.select_for_update(no_key=True).values_list("pk"))


def _fall_due(request: CallbackRequest, window: Window, now: datetime, *, is_closed: bool) -> list[HubAct]:
    """Moves the request in hand; gives what the hub has to do."""
    if request.stage == RequestStage.WRAPUP:
        return _end_wrap_up(request, now)
    if request.stage not in WAITING:
        request.state = WorkState.DONE  # a call is under way, which looks after it
        return []
    if is_closed:
        return _end(request, Command.CANCEL, "closed", now)
    if request.expires_at <= now:
        return _end(request, Command.EXPIRE, "expired", now)
    closes_at = window.open_until(now, request.line.ring_seconds)
    if closes_at is None:
        return _wait_for_hours(request, window, now)
    request.stage, request.state = RequestStage.DUE, WorkState.DUE
    request.due_at = min(closes_at, request.expires_at)  # looked at again then: nobody may be rung any more
    return [partial(wake, "callbacks")]


def _wait_for_hours(request: CallbackRequest, window: Window, now: datetime) -> list[HubAct]:
    at = window.next_allowed(now, request.line.ring_seconds, request.expires_at)
    if at is None:
        return _end(request, Command.EXPIRE, "no_hours", now)
    request.state, request.due_at = WorkState.DUE, at
    return [partial(by_channel.put_back, request.interaction, not_before=at)]


def _end(request: CallbackRequest, command: Command, reason: str, now: datetime) -> list[HubAct]:
    request.stage = policy.next_stage(request.stage, command)
    event = "call_expired" if command == Command.EXPIRE else "call_cancelled"
    note = partial(by_channel.note, request.interaction, event, reason=reason)
    return [note, *end_request(request, reason, now)]


def _end_wrap_up(request: CallbackRequest, now: datetime) -> list[HubAct]:
    """The agent has noted nothing in time: the call is done, and its interaction stays with them, to be written up."""
    request.stage = policy.next_stage(request.stage, Command.FINISH)
    request.state, request.ended_at = WorkState.DONE, now
    calls = PhoneCall.objects.filter(request=request, wrapped_up_at=None, ended_at__isnull=False)
    ended = list(calls)
    calls.update(wrapped_up_at=now)
    return [
        partial(tell_calls, ended),
        partial(by_channel.set_exclusive, request.interaction, exclusive=False),
    ]


# Agent first: whoever holds the interaction is rung.


def start_held(now: datetime) -> int:
    """Calls for requests that an agent has taken and whose time it is; how many began."""
    startable = _startable().exclude(line__mode=Mode.CUSTOMER_FIRST)
    held = by_channel.held(CHANNEL) if startable.exists() else {}
    waiting = startable.filter(interaction__in=held).order_by("requested_at", "pk")
    return each_alone(_start_held, list(waiting.values_list("pk", flat=True)), now)


@transaction.atomic
def _start_held(key: int, now: datetime) -> bool:
    """Asked again with the row locked: another process may have begun it."""
    ready = _ready(_locked([key], _startable()), now)
    if not ready:
        return False
    request = ready[0]
    _state, user = by_channel.standing([request.interaction]).get(request.interaction, ("", None))
    if user is None or calls_in_hand(user.public_id).exists():
        return False
    to = addresses_of([user.public_id], request.line.mode).get(user.public_id)
    if to is None:
        _send_back(request, user.public_id)
        return False
    if CallLeg.objects.filter(to=to, ended_at=None).exists():
        return False
    call = _call(request, user.public_id, now)
    call.save(force_insert=True)
    _leg(call, Party.AGENT, to, now, user.public_id).save(force_insert=True)
    _begin([request], RequestStage.CLAIMED)
    by_channel.set_exclusive(request.interaction, exclusive=True)
    tell_calls([call])
    return True


def _send_back(request: CallbackRequest, agent: str) -> None:
    """Nobody can be rung without a telephone: others are asked, and the log says what is missing."""
    by_channel.note(request.interaction, "call_failed", reason="agent_without_phone")
    send_away(request.interaction, agent)
    by_channel.put_back(request.interaction)


# Customer first: as many as agents are free.


def start_customer_first(now: datetime) -> int:
    """Ring customers for whom an agent is free, who is reserved for them; how many."""
    waiting = _startable().filter(line__mode=Mode.CUSTOMER_FIRST)
    lines = list(waiting.order_by().values_list("line", flat=True).distinct())
    if not lines or not unoccupied_agents(now).exists():
        return 0
    return each_alone(_start_line, lines, now)


@transaction.atomic
def _start_line(line: int, now: datetime) -> int:
    first = _startable().filter(line=line).order_by("requested_at", "pk").values_list("pk", flat=True)[:AT_ONCE]
    ready = {request.interaction: request for request in _ready(_locked(list(first), _startable()), now)}
    reserved = reserve_agents(sorted(ready, key=lambda name: ready[name].requested_at), now) if ready else {}
    agents = {name: user.public_id for name, user in reserved.items()}
    phones = addresses_of(list(agents.values()), Mode.CUSTOMER_FIRST)
    for name in [name for name, agent in agents.items() if agent not in phones]:
        _send_back(ready[name], agents.pop(name))
    return _ring_customers([ready[name] for name in agents], agents, now)


def _ring_customers(requests: Sequence[CallbackRequest], agents: dict[str, str], now: datetime) -> int:
    """In the order of their numbers, so that two processes never wait for each other crosswise."""
    chosen = sorted(requests, key=lambda request: request.number)
    calls = [_call(request, agents[request.interaction], now) for request in chosen]
    insert(calls)
    legs = [_leg(call, Party.CUSTOMER, call.number, now) for call in calls]
    insert(legs)
    _begin(chosen, RequestStage.DIALLING)
    tell_in_hand([(leg.call, [leg]) for leg in legs])
    return len(calls)


# What both have in common.


def _startable() -> "QuerySet[CallbackRequest]":
    """Those that may begin as soon as somebody is there."""
    return CallbackRequest.objects.filter(stage=RequestStage.DUE, line__active=True, line__paused_at=None)


def _locked(keys: Sequence[int], among: "QuerySet[CallbackRequest] | None" = None) -> list[CallbackRequest]:
    """As they are now; with `among` only those that fit it and that nobody else has in hand."""
    if among is None:
        found = lock_rows(CallbackRequest, "id", keys)
    else:
        free = among.filter(pk__in=keys).order_by("pk")
        found = list(free.select_for_update(of=("self",), no_key=True, skip_locked=True))
    with_lines(found)
    return found


def _ready(requests: Sequence[CallbackRequest], now: datetime) -> list[CallbackRequest]:
    """Those whose customer may be rung now, one for each number, as many as their lines still may today."""
    if not requests:
        return []
    windows, use = windows_of(requests), use_of_lines(now)
    numbers = [request.number for request in requests]
    busy = set(PhoneCall.objects.filter(number__in=numbers, ended_at=None).values_list("number", flat=True))
    busy |= set(CallLeg.objects.filter(to__in=numbers, ended_at=None).values_list("to", flat=True))
    on_the_line = set(PhoneCall.objects.filter(request__in=requests, ended_at=None).values_list("request", flat=True))
    found: dict[str, CallbackRequest] = {}
    for request in sorted(requests, key=lambda request: request.requested_at):
        if request.pk in on_the_line:
            continue
        may_ring = windows[request.pk].may_ring(now, request.line.ring_seconds)
        if may_ring and request.number not in busy and _has_calls_left(request.line, use):
            found.setdefault(request.number, request)
    return list(found.values())


def _has_calls_left(line: PhoneLine, use: dict[int, Use]) -> bool:
    return use.get(line.pk, Use()).today < line.calls_a_day


def _call(request: CallbackRequest, agent: str, now: datetime) -> PhoneCall:
    return PhoneCall(
        direction=Direction.OUT,
        line=request.line,
        request=request,
        interaction=request.interaction,
        number=request.number,
        mode=request.line.mode,
        agent=agent,
        attempt=request.calls_made + 1,
        created_at=now,
    )


def _leg(call: PhoneCall, party: str, to: str, now: datetime, user: str = "") -> CallLeg:
    return CallLeg(call=call, party=party, to=to, user=user, stage=LegStage.POSTING, created_at=now, due_at=now)


def _begin(requests: Iterable[CallbackRequest], stage: RequestStage) -> None:
    """From now on the call looks after them. The table of stages is kept by where they come from: all are due."""
    keys = [request.pk for request in requests]
    CallbackRequest.objects.filter(pk__in=keys).update(
        stage=stage, state=WorkState.DONE, lease_until=None, lease_owner=""
    )
    wake("call_legs")
