"""Lines, requests and calls as rows, for tests of what the console shows of them."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from channels_app.callback import lines
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Party, PhoneCall, PhoneLine
from channels_app.callback.stages import LegStage, RequestStage
from interaction_center.access.models import Team, User
from interaction_center.due_work import WorkState
from interaction_center.envelope import Address, InboundEnvelope, Proof
from interaction_center.queue.intake import receive_envelope

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)  # a Wednesday, 11:00 in Berlin
NUMBER = "+4930901820"
_numbers = itertools.count(1)


def a_line(name: str = "Service", number: str = NUMBER, **values: Any) -> PhoneLine:
    return lines.create_line(name=name, number=number, **values)


def a_request(
    line: PhoneLine, *, name: str = "Mia Customer", team: Team | None = None, **values: Any
) -> CallbackRequest:
    """A wish to be called, as soon as possible, with its interaction in the queue. No dialler looks at it."""
    number = next(_numbers)
    asked, wanted = values.setdefault("requested_at", NOW), values.get("wanted_at")
    slot = timedelta(minutes=values.get("slot_minutes", 30))
    facts: dict[str, Any] = {
        "key": f"key-{number}",
        "number": f"+4930901{number:04}",
        "name": name,
        "stage": RequestStage.DUE,
        "due_at": asked,
        "promised_at": wanted + slot if wanted else asked + timedelta(minutes=30),
        "state": WorkState.DONE,
        "expires_at": asked + timedelta(days=3),
        "link_digest": f"digest-{number}",
        "zones": ["Europe/Berlin"],
        "interaction": _interaction(number, name, team),
    }
    return CallbackRequest.objects.create(line=line, **facts | values)


def _interaction(number: int, name: str, team: Team | None) -> str:
    phone = Address("phone", f"+4930901{number:04}", Proof.TYPED)
    envelope = InboundEnvelope(
        channel="callback",
        account="line",
        external_id=f"callback-{number}",
        sender=(phone,),
        sender_name=name,
        received_at=NOW,
        text="The printer shows E-04",
        language="en",
        team=team.public_id if team else "",
    )
    return receive_envelope(envelope).interaction


def a_call(request: CallbackRequest, agent: User, **values: Any) -> PhoneCall:
    """A call of this request, on which the agent's telephone was rung."""
    facts = {"direction": Direction.OUT, "number": request.number, "mode": request.line.mode, "created_at": NOW}
    call = PhoneCall.objects.create(
        line=request.line, request=request, interaction=request.interaction, agent=agent.public_id, **facts | values
    )
    a_leg(call, Party.AGENT, user=agent.public_id)
    return call


def a_leg(call: PhoneCall, party: str, **values: Any) -> CallLeg:
    facts = {
        "to": f"+4930555{next(_numbers):04}",
        "stage": LegStage.RINGING,
        "created_at": NOW,
        "due_at": NOW,
        "state": WorkState.DONE,
    }
    return CallLeg.objects.create(call=call, party=party, **facts | values)
