"""Applies what was reported: in groups, one transaction for the calls of a group, in whatever order reports come."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from channels_app.callback.legs import take_status
from channels_app.callback.models import CallEvent, CallLeg, Party
from channels_app.callback.policy import CallStatus, CallStatusEvent
from channels_app.callback.recordings import take_report
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.settling import settle
from channels_app.callback.voicemail import apply_transcription, take_message_report
from interaction_center.due_work import DueRow, WorkState, claim, postpone, revive_dead, revive_one, shown_rows

log = logging.getLogger(__name__)
KIND_OF_WORK = "call_events"
GROUP = 30  # a longer transaction would keep web hooks waiting that want to be stored
MACHINES = {"human": "human", "fax": "fax", "unknown": "unknown"}  # all others of Twilio's words are machines

Applier = Callable[[Scene, CallLeg, Mapping[str, str], datetime], None]


def apply_due() -> int:
    """The reports that are due, up to a group; how many. For a ticker."""
    now = timezone.now()
    lease = timedelta(seconds=settings.CONFIG.call_lease_seconds)
    keys = claim(CallEvent, now=now, lease=lease, limit=GROUP)
    try:
        if keys:
            apply(keys, now)
    except Exception:
        log.exception("A group of reports could not be applied; each is tried by itself")
        for key in keys:
            _apply_alone(key, now)
    return len(keys)


@transaction.atomic
def apply(events: Collection[int], now: datetime) -> None:
    """All of these, in the order in which they came."""
    found = list(CallEvent.objects.filter(pk__in=events, state=WorkState.DUE).order_by("pk"))
    legs = dict(CallLeg.objects.filter(events__in=found).values_list("pk", "call"))
    scenes = {scene.call.pk: scene for scene in locked_scenes(set(legs.values()))}
    for event in found:
        scene = scenes[legs[event.leg_id]]
        APPLIERS[event.kind](scene, scene.leg(event.leg_id), event.facts, now)
    settle(list(scenes.values()), now)
    CallEvent.objects.filter(pk__in=[event.pk for event in found]).update(
        state=WorkState.DONE, lease_until=None, lease_owner=""
    )


def _apply_alone(key: int, now: datetime) -> None:
    """One that can't be applied harms no other: it is tried again later, and then laid aside for a person."""
    try:
        apply([key], now)
    except Exception as error:
        log.exception("A report could not be applied")
        postpone(CallEvent.objects.get(pk=key), error=type(error).__name__, permanent=False, now=now)


def _apply_status(scene: Scene, leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    status = facts.get("CallStatus", "")
    if status not in CallStatus.values or not facts.get("CallSid"):
        return
    event = CallStatusEvent(facts["CallSid"], CallStatus(status), _sequence(facts), facts.get("CallbackSource", ""))
    take_status(scene, leg, event, now)


def _sequence(facts: Mapping[str, str]) -> int:
    """-1 for none: a status without its number is still news."""
    number = facts.get("SequenceNumber", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else -1


def _apply_machine(scene: Scene, leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    answered_by = facts.get("AnsweredBy", "")
    if not answered_by or facts.get("CallSid") != leg.call_sid:
        return
    leg.answered_by = MACHINES.get(answered_by, "machine")
    if leg.party == Party.CUSTOMER:
        scene.call.answered_by = leg.answered_by


def _apply_conference(scene: Scene, _leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    """The name of the room. Who is held and muted is for our rows to say: a report may be older."""
    scene.call.conference_sid = scene.call.conference_sid or facts.get("ConferenceSid", "")[:34]


def _apply_recording(scene: Scene, leg: CallLeg, facts: Mapping[str, str], now: datetime) -> None:
    """A message that a caller has spoken, or a talk that was recorded."""
    take = take_message_report if facts.get("RecordingSource") == "RecordVerb" else take_report
    take(scene, leg, facts, now)


APPLIERS: Mapping[str, Applier] = {
    "status": _apply_status,
    "machine": _apply_machine,
    "conference": _apply_conference,
    "recording": _apply_recording,
    "transcription": apply_transcription,
}


# For people who look after what was laid aside.


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """The reports in this state."""
    found = CallEvent.objects.filter(state=state).select_related("leg__call")
    return shown_rows(KIND_OF_WORK, found, _words_of, after=after, limit=limit)


def _words_of(event: CallEvent) -> tuple[str, str]:
    return f"{event.leg.call.telephone}: {event.kind}", event.leg.call.interaction


def retry(row_id: str) -> None:
    """Try one again. NotFoundError."""
    revive_one(KIND_OF_WORK, CallEvent.objects.all(), row_id)


def retry_all() -> int:
    """Try all again that were laid aside; how many."""
    return revive_dead(KIND_OF_WORK, CallEvent.objects.all())
