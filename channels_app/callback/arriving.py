"""A call comes in: its rows in one transaction, and the first words. The same web hook again is the same call.

A number that we are just calling joins that call. One with an open request, or one that was missed a moment ago, goes
on in that interaction, at the place that it has there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from channels_app.callback.adapter import CallbackAdapter, Wish
from channels_app.callback.hearing import first_words
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Party, PhoneCall, PhoneLine
from channels_app.callback.numbers import caller_of, display, spoken_language
from channels_app.callback.orders import order
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.selectors import calendars_of
from channels_app.callback.settling import leave_out
from channels_app.callback.stages import RequestStage
from channels_app.callback.telling import tell_call
from channels_app.callback.tokens import hook_url
from channels_app.callback.twiml import Hangup, Pause, Redirect, Say, document
from channels_app.callback.words import voice, words
from interaction_center.envelope import Address, Proof
from interaction_center.queue import by_channel
from interaction_center.queue.intake import receive_envelope

ANSWER_WITHIN = timedelta(minutes=1)  # what callers are promised: whoever is on the line comes before other work
OFTEN, OFTEN_WITHIN = 10, timedelta(minutes=10)  # calls of one number; a switchboard shows one for many people
MOST_ON_A_LINE = 200  # at once
MOST_HIDDEN = 20  # of them without a number
ASK_AGAIN = 5  # times, while the call that we were making to them ends
WAITING = (RequestStage.SCHEDULED, RequestStage.DUE, RequestStage.RETRY_WAIT)
_CALL = {"en": ("Call", "Call from {number}"), "de": ("Anruf", "Anruf von {number}")}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller goes on: in which interaction, since when, and for which request."""

    interaction: str
    since: datetime
    request: CallbackRequest | None = None


class CrossedError(Exception):
    """We began to call this number in the moment in which it called us."""


def arrive(line: str, form: Mapping[str, str], tried: int = 0) -> str:
    """The first document for a call to the line with this public id. `tried`: how often they were asked to wait."""
    try:
        return _arrive(line, form, tried)
    except (DatabaseError, CrossedError):  # the same web hook or our call to them in the same instant: now it is seen
        return _arrive(line, form, tried)


@transaction.atomic
def _arrive(name: str, form: Mapping[str, str], tried: int) -> str:
    sid, caller, now = form.get("CallSid", ""), caller_of(form.get("From", "")), timezone.now()
    known = CallLeg.objects.filter(call_sid=sid).values_list("pk", "call").first()
    if known is not None:
        scene = locked_scenes([known[1]])[0]
        return first_words(scene, scene.leg(known[0]), now)
    line = PhoneLine.objects.filter(public_id=name, active=True).first()
    if line is None or not sid:
        return _goodbye("no_line", spoken_language(caller))
    refusal = _refusal(line, caller, now)
    if refusal:
        return _goodbye(refusal, spoken_language(caller or line.number))
    return _taken(line, sid, caller, tried, now)


def _goodbye(sentence: str, language: str) -> str:
    return document(Say(words(sentence, language), voice(language)), Hangup())


def _refusal(line: PhoneLine, caller: str, now: datetime) -> str:
    """Why this call can't be taken, as a sentence; "" if it can. Two queries."""
    often = caller and PhoneCall.objects.filter(caller=caller, created_at__gt=now - OFTEN_WITHIN).count() >= OFTEN
    if often:
        return "too_often"
    there = PhoneCall.objects.filter(line=line, direction=Direction.IN, ended_at=None)
    count = there.aggregate(all=Count("pk"), hidden=Count("pk", filter=Q(caller="")))
    is_full = count["all"] >= MOST_ON_A_LINE or (not caller and count["hidden"] >= MOST_HIDDEN)
    return "too_many" if is_full else ""


def _taken(line: PhoneLine, sid: str, caller: str, tried: int, now: datetime) -> str:
    ours = _our_call_to(caller)
    if ours is not None and not ours.call.outcome:
        return first_words(ours, _joined(ours, sid, now), now)
    if ours is not None and tried < ASK_AGAIN:  # its request is free again as soon as it has ended
        language = spoken_language(caller)
        again = Redirect(hook_url("in", line.public_id, f"?tried={tried + 1}"))
        return document(Say(words("moment", language), voice(language)), Pause(), again)
    return _new_call(line, sid, caller, now)


def _our_call_to(caller: str) -> Scene | None:
    """The call that we are just making to this number, locked; None once they talk."""
    key = _calls_to(caller).values_list("pk", flat=True).first() if caller else None
    scenes = locked_scenes([key]) if key else []
    return next((scene for scene in scenes if scene.call.ended_at is None and scene.call.bridged_at is None), None)


def _calls_to(caller: str) -> "QuerySet[PhoneCall]":
    return PhoneCall.objects.filter(number=caller, direction=Direction.OUT, ended_at=None, bridged_at=None)


def _joined(scene: Scene, sid: str, now: datetime) -> CallLeg:
    """They are connected to their own request; if their telephone rings for it, it stops."""
    for leg in scene.legs:
        if leg.party == Party.CUSTOMER and leg.ended_at is None:
            if leg.posted_at is None:
                leave_out(leg, "called_us", now)
            else:
                order(leg, "hang_up")
    scene.note("call_came_in")
    rings = any(leg.to == scene.call.number and leg.ended_at is None for leg in scene.legs)
    return scene.take_in("" if rings else scene.call.number, sid, now)


def _new_call(line: PhoneLine, sid: str, caller: str, now: datetime) -> str:
    place = _place(line, sid, caller, now)
    is_free = not PhoneCall.objects.filter(number=caller, ended_at=None).exists()
    if not is_free and caller and _calls_to(caller).filter(outcome="").exists():
        raise CrossedError  # it was begun while we waited for the lock of its request
    calendar = calendars_of([line])[line.pk]
    call = PhoneCall.objects.create(
        direction=Direction.IN,
        line=line,
        request=place.request,
        interaction=place.interaction,
        number=caller if is_free else "",
        caller=caller,
        mode=line.mode,
        waiting_since=place.since if calendar.is_open(now) else None,
        created_at=now,
    )
    scene = locked_scenes([call.pk])[0]
    leg = scene.take_in("" if CallLeg.objects.filter(to=caller, ended_at=None).exists() else caller, sid, now)
    _queue(call, calendar.next_opening(now), place.since)
    tell_call(call)
    return first_words(scene, leg, now)


def _queue(call: PhoneCall, opens_at: datetime, since: datetime) -> None:
    """Agents are asked at once; outside the hours not before somebody is there."""
    is_open = call.waiting_since is not None
    by_channel.appoint(
        call.interaction,
        not_before=None if is_open else opens_at,
        promised_at=(since if is_open else opens_at) + ANSWER_WITHIN,
    )
    by_channel.note(call.interaction, "call_came_in", line=str(call.line))


def _place(line: PhoneLine, sid: str, caller: str, now: datetime) -> Place:
    missed = _missed(caller)  # locked first, as calls are: from now on it does not become a request
    return _of_request(caller, now) or _of_missed(missed) or Place(_opened(line, sid, caller, now), now)


def _of_request(caller: str, now: datetime) -> Place | None:
    """The request of this number that waits to be called: what is due first, and no call made for it."""
    if not caller:
        return None
    waiting = CallbackRequest.objects.filter(number=caller, stage__in=WAITING).exclude(
        pk__in=PhoneCall.objects.filter(number=caller, ended_at=None, request__isnull=False).values("request")
    )
    found = list(waiting.select_for_update(of=("self",), no_key=True).order_by("pk"))
    open_ones = by_channel.standing([request.interaction for request in found])
    live = [request for request in found if open_ones[request.interaction][0] != "closed"]
    request = min(live, key=lambda one: (one.stage != RequestStage.DUE, one.due_at), default=None)
    if request is None:
        return None
    since = now if request.stage == RequestStage.SCHEDULED else request.requested_at
    return Place(request.interaction, since, request)


def _missed(caller: str) -> list[PhoneCall]:
    """Their calls that are still to be followed up."""
    if not caller:
        return []
    missed = PhoneCall.objects.filter(caller=caller, direction=Direction.IN).exclude(follow_up_at=None)
    return list(missed.select_for_update(no_key=True).order_by("pk"))


def _of_missed(missed: Sequence[PhoneCall]) -> Place | None:
    """What they hung up in a few minutes ago: they are missed no more."""
    if not missed:
        return None
    PhoneCall.objects.filter(pk__in=[call.pk for call in missed]).update(follow_up_at=None)
    call = missed[-1]
    state, _user = by_channel.standing([call.interaction]).get(call.interaction, ("closed", None))
    return Place(call.interaction, call.waiting_since or call.created_at) if state != "closed" else None


def _opened(line: PhoneLine, sid: str, caller: str, now: datetime) -> str:
    """A new interaction. The number that the network shows can be forged, as the sender of a mail can."""
    language = spoken_language(caller or line.number)
    subject, text = _CALL[language]
    wish = Wish(
        key=sid,
        line=line.public_id,
        sender=(Address("phone", caller, Proof.RECEIVED),) if caller else (),
        asked_at=now,
        subject=subject,
        text=text.format(number=display(caller, language)),
        language=language,
        team=line.team,
        calendar=line.calendar,
    )
    return receive_envelope(CallbackAdapter().to_envelope(wish)).interaction
