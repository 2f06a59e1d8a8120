"""Calls and requests as the console sees them: one shape for HTTP and sockets."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from channels_app.callback.models import CallbackRequest, CallLeg, Consent, Party, PhoneCall, PhoneLine
from channels_app.callback.stages import CallOutcome, LegStage
from interaction_center.queue.wire import moment

RINGING = (LegStage.POSTING, LegStage.UNKNOWN, LegStage.ACCEPTED, LegStage.RINGING)


def request_wire(request: CallbackRequest) -> dict[str, Any]:
    """Reads `line`. `wanted_at` null: as soon as possible."""
    return {
        "id": request.public_id,
        "interaction": request.interaction,
        "line": {"id": request.line.public_id, "name": str(request.line), "mode": request.line.mode},
        "number": request.number,
        "extension": request.extension,
        "flags": request.flags,
        "zones": request.zones,
        "subject": request.subject,
        "name": request.name,
        "email": request.email,
        "source": request.source,
        "stage": request.stage,
        "reason": request.reason,
        "requested_at": moment(request.requested_at),
        "wanted_at": moment(request.wanted_at),
        "next_at": moment(request.due_at) if request.ended_at is None else None,
        "expires_at": moment(request.expires_at),
        "calls_made": request.calls_made,
        "max_attempts": request.line.max_attempts,
        "connected_at": moment(request.connected_at),
        "ended_at": moment(request.ended_at),
        "disposition": request.disposition,
    }


def call_wire(
    call: PhoneCall, legs: Sequence[CallLeg], consents: Sequence[Consent], names: Mapping[str, str]
) -> dict[str, Any]:
    """Reads `line`. `names`: public id of a person -> name."""
    names_of_legs = {leg.pk: leg.public_id for leg in legs}
    return {
        "id": call.public_id,
        "interaction": call.interaction,
        "direction": call.direction,
        "line": {"id": call.line.public_id, "name": str(call.line), "mode": call.mode},
        "number": call.telephone,
        "agent": {"id": call.agent, "name": names.get(call.agent, "")} if call.agent else None,
        "attempt": call.attempt,
        "stage": call_stage(call, legs),
        "outcome": call.outcome,
        "answered_by": call.answered_by,
        "started_at": moment(call.created_at),
        "bridged_at": moment(call.bridged_at),
        "ended_at": moment(call.ended_at),
        "wrap_up_until": moment(_wrap_up_until(call)),
        "consents": [{"leg": names_of_legs.get(one.leg_id, ""), "given": one.given} for one in consents],
        "recording": call.recording if call.ended_at is None else "",
        "disposition": call.disposition,
        "notes": call.notes,
        "legs": [leg_wire(leg, names) for leg in legs],
    }


def leg_wire(leg: CallLeg, names: Mapping[str, str]) -> dict[str, Any]:
    """One telephone of a call."""
    return {
        "id": leg.public_id,
        "party": leg.party,
        "user": leg.user,
        "name": names.get(leg.user, ""),
        "to": "" if leg.user or leg.party == Party.AGENT else leg.to,
        "stage": leg.stage,
        "on_hold": leg.on_hold,
        "muted": leg.muted,
        "listens": leg.listens,
        "answered_at": moment(leg.answered_at),
        "ended_at": moment(leg.ended_at),
    }


def call_stage(call: PhoneCall, legs: Sequence[CallLeg]) -> str:
    """waiting, calling_agent, calling_customer, connecting, talking, on_hold, wrapup or ended, as people would say."""
    if call.ended_at is not None:
        is_written = call.disposition or call.outcome != CallOutcome.TALKED
        return "ended" if is_written else "wrapup"
    alive = {leg.party: leg for leg in legs if leg.ended_at is None}
    customer, agent = alive.get(Party.CUSTOMER), alive.get(Party.AGENT)
    if call.bridged_at is not None:
        return "on_hold" if customer is not None and customer.on_hold else "talking"
    if customer is not None and customer.stage in RINGING:
        return "calling_customer"
    if agent is None and customer is not None:
        return "waiting"
    return "calling_agent" if agent is not None and agent.stage in RINGING else "connecting"


def line_wire(line: PhoneLine) -> dict[str, Any]:
    """A line as agents see it."""
    return {
        "id": line.public_id,
        "name": str(line),
        "number": line.number,
        "mode": line.mode,
        "team": line.team,
        "active": line.active,
        "paused_at": moment(line.paused_at),
        "paused_by": line.paused_by,
    }


def wrap_up_until(call: PhoneCall) -> datetime:
    """Until when the agent of a call that has ended is left alone with it."""
    return (call.ended_at or call.created_at) + timedelta(seconds=call.line.wrap_up_seconds)


def _wrap_up_until(call: PhoneCall) -> datetime | None:
    if call.ended_at is None or call.wrapped_up_at is not None or call.bridged_at is None:
        return None
    return wrap_up_until(call)
