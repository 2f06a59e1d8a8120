"""Whether a telephone may be rung now: asked in the transaction that marks it as posted, for a whole batch at once."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels_app.callback.models import CallbackRequest, CallLeg, Direction, DoNotCall, Party, PhoneLine
from channels_app.callback.scenes import Scene
from channels_app.callback.selectors import Use, use_of_lines, windows_of
from channels_app.callback.settling import leave_out
from channels_app.callback.stages import RequestStage
from channels_app.callback.steps import IN_FLIGHT
from channels_app.callback.windows import Window
from interaction_center.queue import by_channel

A_SECOND, A_MOMENT = timedelta(seconds=1), timedelta(seconds=0.2)
CLOSED = "closed"
DIALLED = (RequestStage.DIALLING, RequestStage.UNKNOWN)
Pair = tuple[Scene, CallLeg]


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be known of a batch, as it stands in this transaction."""

    now: datetime
    lines: dict[int, PhoneLine]
    do_not_call: frozenset[str]
    states: dict[str, str]
    windows: dict[int, Window]
    use: dict[int, Use]


def locked_lines(legs: Collection[int]) -> dict[int, PhoneLine]:
    """The lines of these legs, by primary key: locked, before any call is, so that a pause is seen or waits and two
    processes keep one limit."""
    lines = set(CallLeg.objects.filter(pk__in=legs).values_list("call__line", flat=True))
    locked = PhoneLine.objects.select_for_update(no_key=True).filter(pk__in=lines).order_by("pk")
    return {line.pk: line for line in locked}


def admit(legs: Sequence[Pair], lines: dict[int, PhoneLine], now: datetime) -> list[Pair]:
    """Those that are rung now: first for whom a customer waits, then oldest due first. Whoever may not is left out,
    whoever has to wait is due later."""
    if not legs:
        return []
    facts = _facts(legs, lines, now)
    placed: Counter[int] = Counter()
    admitted = []
    for scene, leg in sorted(legs, key=_urgency):
        reason = refusal(scene, leg, facts)
        line = facts.lines[scene.call.line_id]
        used = facts.use.get(line.pk, Use())
        if reason:
            leave_out(leg, reason, now)
        elif used.last_second + placed[line.pk] >= line.calls_a_second:
            leg.due_at = now + (A_MOMENT if scene.has_customer else A_SECOND)  # else whoever is due on the second wins
        else:
            placed[line.pk] += 1
            admitted.append((scene, leg))
    return admitted


def _urgency(pair: Pair) -> tuple[bool, datetime, int]:
    scene, leg = pair
    return not scene.has_customer, leg.due_at, leg.pk


def refusal(scene: Scene, leg: CallLeg, facts: Facts) -> str:
    """Why this telephone must not be rung any more; "" if it may."""
    line, request = facts.lines[scene.call.line_id], scene.request
    if scene.call.outcome or scene.call.ended_at is not None:
        return "not_needed"
    if leg.party in (Party.COLLEAGUE, Party.SUPERVISOR) or scene.call.direction == Direction.IN or request is None:
        return ""  # somebody talks already, who wants it so
    if request.stage not in (DIALLED if leg.party == Party.CUSTOMER else IN_FLIGHT):
        return "not_wanted"
    if facts.states.get(request.interaction) == CLOSED:
        return CLOSED
    if leg.party == Party.CUSTOMER:
        return _refusal_of_customer(leg, request, line, facts)
    return "" if scene.living(Party.CUSTOMER) is not None else _refusal_of_line(line)


def _refusal_of_customer(leg: CallLeg, request: CallbackRequest, line: PhoneLine, facts: Facts) -> str:
    if leg.to in facts.do_not_call:
        return "do_not_call"
    if request.expires_at <= facts.now:
        return "expired"
    if not facts.windows[request.pk].may_ring(facts.now, line.ring_seconds):
        return "window"
    if facts.use.get(line.pk, Use()).today >= line.calls_a_day:
        return "calls_a_day"
    return _refusal_of_line(line)


def _refusal_of_line(line: PhoneLine) -> str:
    return "paused" if line.paused_at is not None or not line.active else ""


def _facts(legs: Sequence[Pair], lines: dict[int, PhoneLine], now: datetime) -> Facts:
    """A constant number of queries."""
    requests = [scene.request for scene, _ in legs if scene.request is not None]
    numbers = DoNotCall.objects.filter(number__in=[leg.to for _, leg in legs])
    return Facts(
        now=now,
        lines=lines,
        do_not_call=frozenset(numbers.values_list("number", flat=True)),
        states=by_channel.states_of([request.interaction for request in requests]),
        windows=windows_of(requests) if requests else {},
        use=use_of_lines(now),
    )


def is_still_wanted(leg: int) -> bool:
    """Asked just before the POST, when it has waited for its turn: whether anybody has called it off since."""
    row = CallLeg.objects.select_related("call__request", "call__line").get(pk=leg)
    request = row.call.request
    if row.call.outcome or row.orders:
        return False
    if request is None or row.call.direction == Direction.IN:
        return True
    if row.party == Party.CUSTOMER and DoNotCall.objects.filter(number=row.to).exists():
        return False
    return request.stage in IN_FLIGHT and (row.party != Party.CUSTOMER or not _refusal_of_line(row.call.line))
