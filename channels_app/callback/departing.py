"""How a call that came in ends without a talk: a callback, a message, or a missed call."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from channels_app.callback.hub_acts import close_interaction, give_back, recall_interaction
from channels_app.callback.models import CallbackRequest, Mode, PhoneCall
from channels_app.callback.scenes import HubAct, Scene
from channels_app.callback.stages import CallOutcome, RequestStage

FOLLOW_UP_AFTER = timedelta(minutes=5)  # who calls again by then has not been missed
LATER = (RequestStage.SCHEDULED, RequestStage.RETRY_WAIT)


def conclude_inbound(scene: Scene, now: datetime) -> Sequence[HubAct]:
    """What the hub has to do, now that the caller has gone."""
    call, request = scene.call, scene.request
    if call.outcome == CallOutcome.VOICEMAIL:
        return []  # its interaction waits already
    if call.outcome == CallOutcome.HUNG_UP:
        since = call.waiting_since or call.created_at
        scene.note("call_missed_inbound", seconds=round((now - since).total_seconds()))
    if request is None and call.outcome == CallOutcome.MOVED:  # they wait for a call that was asked for elsewhere
        return [partial(close_interaction, call.interaction)]
    if request is None:
        return _missed(call, now)
    if request.interaction != call.interaction or request.ended_at is not None:
        return [partial(close_interaction, call.interaction)]
    return [partial(back_to, request, request.due_at if request.stage in LATER else None)]


def _missed(call: PhoneCall, now: datetime) -> Sequence[HubAct]:
    """Whoever has hidden their number can't be called back; the log keeps that they called."""
    if call.line.calls_back_missed and call.caller:
        call.follow_up_at = now + FOLLOW_UP_AFTER
        return [partial(recall_interaction, call.interaction, not_before=call.follow_up_at)]
    return [
        partial(recall_interaction, call.interaction, not_before=None),
        partial(close_interaction, call.interaction),
    ]


def back_to(request: CallbackRequest, not_before: datetime | None) -> None:
    """They are called, as was agreed before. Who is called later was promised an answer within a minute only as long as
    they were on the line; all others keep the place that this gives them."""
    promised_at = request.promised_at if not_before is not None else None
    is_reserved = request.line.mode == Mode.CUSTOMER_FIRST
    give_back(request.interaction, not_before=not_before, promised_at=promised_at, by_channel_alone=is_reserved)
