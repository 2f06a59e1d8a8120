""" "Call me back": asked for once, moved, brought forward, cancelled. Each is one transaction.

Locks are taken in one order: line, calls, legs, request, then what is the hub's. The line's lock is what two customers
meet at who want the last place of a slot.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.callback import letters, limits, links, offers
from channels_app.callback.adapter import CallbackAdapter, Wish
from channels_app.callback.hub_acts import close_interaction
from channels_app.callback.limits import Asker
from channels_app.callback.models import CallbackRequest, CallLeg, Direction, Mode, PhoneCall, PhoneLine
from channels_app.callback.numbers import Number, spoken_language
from channels_app.callback.orders import order
from channels_app.callback.policy import Command, allows, next_stage
from channels_app.callback.problems import words
from channels_app.callback.selectors import number_for, slot_rules, taken_slots, windows_of
from channels_app.callback.stages import OPEN_STAGES, RequestStage
from channels_app.callback.subjects import NO_WORDS, SUBJECTS, title
from channels_app.callback.windows import Window, slot_at
from interaction_center.due_work import WorkState, wake
from interaction_center.envelope import Address, Proof
from interaction_center.errors import ConflictError, InvalidError, RateLimitedError
from interaction_center.queue import by_channel
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.wire import moment

if TYPE_CHECKING:
    from interaction_center.access.models import Site, User

RECONNECTS_WITHIN = timedelta(minutes=5)  # who calls again by then is in our queue, and missed no more
MAX_REASON = 4_000
_MISSED = {"en": "Missed call.", "de": "Verpasster Anruf."}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: their id at a site's door, "" on our own page, and the mail address that is proved, "" for none."""

    id: str
    vouched: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """When they are called: `wanted_at` None for as soon as possible; first rung at `due_at`."""

    wanted_at: datetime | None
    slot_minutes: int
    due_at: datetime
    promised_at: datetime
    expires_at: datetime


class AlreadyOpenError(ConflictError):
    """This asker has a callback open for the same number and subject: `request`. For its owner and for us only."""

    code = "callback_open"

    def __init__(self, request: CallbackRequest) -> None:
        super().__init__(words("callback_open", "en"), interaction=request.interaction)
        self.request = request


def open_request(
    *,
    line: PhoneLine,
    number: str,
    key: str,
    wanted_at: datetime | None = None,
    name: str = "",
    email: str = "",
    language: str = "en",
    subject: str = "general",
    reason: str = "",
    zone: str = "",
    source: str = "portal",
    ip: str = "",
    site: "Site | None" = None,
    user: "User | None" = None,
    visitor: Visitor | None = None,
    question: str = "",
    origin: str = "",
) -> CallbackRequest:
    """Somebody wants to be called: their request, or the open one that was made with the same `key`.

    number      as it was typed
    wanted_at   begin of a slot, None = as soon as possible
    zone        IANA zone of the customer's browser, "" = unknown
    ip          their network address; only its network is kept
    user        who of us promises it
    origin      public id of the interaction in which it was asked for (a chat), which the door has found to be theirs

    One request is open for a number and subject. A stranger who asks for a second one is given the first: nothing of
    it may be shown to them, and its owner is told. NumberProblem, InvalidError, RateLimitedError, AlreadyTakenError
    (the slot), AlreadyOpenError for the owner of the first one and for us, and ConflictError for a `key` whose request
    is over.
    """
    asked = _Asked(
        line=line,
        number=number,
        key=key,
        wanted_at=wanted_at,
        name=" ".join(name.split())[:200],
        email=email.strip(),
        language=links.language_of(language),
        subject=subject if subject in SUBJECTS else "general",
        reason=reason.strip()[:MAX_REASON],
        zone=zone,
        source=source,
        network=limits.network_of(ip),
        site=site.key if site else "",
        user=user,
        visitor=visitor,
        question=question[:600],
        origin=origin,
    )
    try:
        return _open(asked)
    except IntegrityError:  # by another line, at the same moment: now it can be seen
        return _open(asked)


def open_from_call(*, call: PhoneCall, number: str, language: str, promised_at: datetime | None) -> CallbackRequest:
    """A caller would rather be called back than wait: in the interaction of the call, at the place that they have.

    number       the one they call from, or another one that they have typed: that one is under the limits of a stranger
    promised_at  what keeps their place in the queue
    Errors as of `open_request`.
    """
    asked = _Asked(
        line=call.line,
        number=number,
        key=f"call-{call.public_id}",
        language=links.language_of(language),
        reason="",
        source="phone",
        network=call.caller or f"hidden {call.line.public_id}",
        interaction=call.interaction,
        since=call.waiting_since or call.created_at,
        kept_promise=promised_at,
        is_caller=number == call.caller,
    )
    try:
        return _open(asked)
    except IntegrityError:  # by another line, at the same moment: now it can be seen
        return _open(asked)


def open_missed(
    *, line: PhoneLine, number: str, at: datetime, call: PhoneCall, email: str = ""
) -> CallbackRequest | None:
    """Somebody called and nobody answered: they are called back. None when they shall not be.

    Not who hides their number, may not be rung, was asked for too often, or has called again since. A request that is
    open for the number already is noted and given back. In the interaction of the call, if it has one. `email`: a
    proved address of theirs, which is told.
    """
    again = PhoneCall.objects.filter(number=number, direction=Direction.IN, created_at__gt=at).exclude(pk=call.pk)
    if again.filter(created_at__lte=at + RECONNECTS_WITHIN).exists():
        return None
    known = CallbackRequest.objects.filter(number=number, stage__in=OPEN_STAGES).order_by("pk").first()
    if known is not None:
        by_channel.note(known.interaction, "call_missed_inbound", at=at)
        return known
    language = spoken_language(number)
    facts: dict[str, Any] = {"reason": _MISSED[language], "source": "call", "interaction": call.interaction}
    facts |= {"is_caller": True, "email": email}
    asked = _Asked(line=line, number=number, key=f"missed-{call.public_id}", language=language, **facts)
    try:
        return _open(asked)
    except (InvalidError, ConflictError, RateLimitedError):
        return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What came in by whichever door, cleaned."""

    line: PhoneLine
    number: str
    key: str
    language: str
    reason: str
    source: str
    wanted_at: datetime | None = None
    name: str = ""
    email: str = ""
    subject: str = "general"
    zone: str = ""
    network: str = ""
    site: str = ""
    user: "User | None" = None
    visitor: Visitor | None = None
    question: str = ""
    origin: str = ""
    interaction: str = ""
    since: datetime | None = None
    kept_promise: datetime | None = None
    is_caller: bool = False

    @property
    def vouched(self) -> str:
        return self.visitor.vouched if self.visitor else ""

    @property
    def asker(self) -> Asker:
        return Asker(self.site, self.network, self.vouched, self.user is not None or self.is_caller)


@transaction.atomic
def _open(asked: _Asked) -> CallbackRequest:
    line, now = _locked_line(asked.line.pk), timezone.now()
    known = CallbackRequest.objects.select_related("line").filter(key=asked.key).first()
    if known is not None:
        return _still_open(known)
    number = number_for(line, asked.number)
    limits.check_door(line, asked.asker, now)
    limits.check_may_be_rung(number.e164)
    window, zones = offers.customer_window(line, zone=asked.zone, candidates=number.zones)
    booking = book(line, window, asked.wanted_at, now)
    # Last, so that whoever types a number learns nothing by it: all that could be refused has been refused by now.
    standing = CallbackRequest.objects.select_related("line").filter(
        number=number.e164, subject=asked.subject, stage__in=OPEN_STAGES
    )
    first = standing.first()
    if first is not None:
        return _asked_again(first, asked, now)
    limits.check_number(number.e164, now)
    return _create(line, asked, number, zones, booking, now)


def _still_open(known: CallbackRequest) -> CallbackRequest:
    """What was asked for before. One that is over is promised to nobody again: somebody has gone back in their browser
    after cancelling it, or after the call."""
    if known.stage not in OPEN_STAGES:
        raise ConflictError("This callback is over. Ask for a new one.", "callback_over")
    return known


def book(
    line: PhoneLine, window: Window, wanted_at: datetime | None, now: datetime, *, but: CallbackRequest | None = None
) -> Booking:
    """A place for this customer: of the slot, which may be full by now, or as soon as possible.

    Under the line's lock. `but`: a request whose own place is given up for it.
    """
    if wanted_at is not None:
        taken = taken_slots(line, now, but=but)
        slot = slot_at(wanted_at, now, window, slot_rules(line), taken)
        give_up = offers.give_up_at(slot.start, window.calendar)
        return Booking(slot.start, line.slot_minutes, slot.start, slot.end, give_up)
    soonest = offers.soonest(line, window, now)
    if soonest is None:
        sentence = words("no_hour", "en")
        raise InvalidError(sentence, "no_hour", wanted_at=sentence)
    return Booking(None, 0, soonest.at, soonest.promised_at, offers.give_up_at(soonest.at, window.calendar))


def _asked_again(first: CallbackRequest, asked: _Asked, now: datetime) -> CallbackRequest:
    if _is_own(first, asked):
        raise AlreadyOpenError(first)
    # At most once a day: nobody fills a stranger's inbox by typing their number.
    letters.write(first, "again", f"{first.public_id}:{now:%y%m%d}")
    return first


def _is_own(first: CallbackRequest, asked: _Asked) -> bool:
    """The same form, the same visitor, a proved address: or one of us, who may see it."""
    same_form = first.key.partition(".")[0] == asked.key.partition(".")[0] and "." in asked.key
    visitor = asked.visitor
    same_visitor = visitor is not None and bool(visitor.id) and first.visitor == visitor.id
    same_address = bool(asked.vouched) and first.is_proved and first.email == asked.vouched
    return asked.user is not None or same_form or same_visitor or same_address


def _create(
    line: PhoneLine, asked: _Asked, number: Number, zones: Sequence[str], booking: Booking, now: datetime
) -> CallbackRequest:
    interaction = asked.interaction or _received(_wish(line, asked, number, now))
    is_later = booking.wanted_at is not None or booking.due_at > now
    row = CallbackRequest(
        key=asked.key,
        line=line,
        interaction=interaction,
        number=number.e164,
        extension=number.extension[:16],
        flags=sorted(number.flags),
        zones=list(zones),
        subject=asked.subject,
        name=asked.name,
        email=asked.email,
        language=asked.language,
        source=asked.source,
        stage=RequestStage.SCHEDULED if is_later else RequestStage.DUE,
        requested_at=asked.since or now,
        wanted_at=booking.wanted_at,
        slot_minutes=booking.slot_minutes,
        promised_at=booking.promised_at,
        due_at=booking.due_at,
        expires_at=booking.expires_at,
        max_attempts=line.max_attempts,
        ip=asked.network,
        site=asked.site,
        visitor=asked.visitor.id if asked.visitor else "",
        is_proved=asked.user is not None or bool(asked.vouched),
    )
    row.link_digest = links.digest_of(links.token_of(row.public_id))
    row.save(force_insert=True)
    _appoint(row, booking, now, asked.kept_promise)
    _note_asked(row, asked)
    letters.write(row, "missed" if asked.source == "call" else "requested", row.public_id)
    wake("callbacks")
    return row


def _received(wish: Wish) -> str:
    return receive_envelope(CallbackAdapter().to_envelope(wish)).interaction


def _wish(line: PhoneLine, asked: _Asked, number: Number, now: datetime) -> Wish:
    return Wish(
        key=asked.key,
        line=line.public_id,
        sender=_sender(asked, number),
        asked_at=now,
        subject=title(asked.subject, asked.language),
        text=asked.reason or NO_WORDS[asked.language],
        name=asked.name,
        language=asked.language,
        question=asked.question,
        team=line.team,
        calendar=line.calendar,
    )


def _sender(asked: _Asked, number: Number) -> tuple[Address, ...]:
    """Who it is, the strongest proof first. A number that somebody typed proves nothing."""
    visitor, vouched = asked.visitor, asked.vouched
    named = [
        Address("email", vouched, Proof.VERIFIED) if vouched else None,
        Address("visitor", visitor.id, Proof.VERIFIED) if visitor and visitor.id else None,
        Address("email", asked.email) if asked.email and asked.email != vouched else None,
        Address("phone", number.e164),
    ]
    return tuple(address for address in named if address is not None)


def _appoint(request: CallbackRequest, booking: Booking, now: datetime, kept: datetime | None = None) -> None:
    """`kept`: what they were promised when they called; it stays theirs if they are called now."""
    is_later = booking.due_at > now
    by_channel.appoint(
        request.interaction,
        not_before=booking.due_at if is_later else None,
        promised_at=kept if kept and not is_later else booking.promised_at,
        routed_by_channel=request.line.mode == Mode.CUSTOMER_FIRST,
    )


def _note_asked(request: CallbackRequest, asked: _Asked) -> None:
    facts: dict[str, Any] = {"source": asked.source, "wanted_at": moment(request.wanted_at)}
    from_chat: dict[str, Any] = {"origin": asked.origin} if asked.origin else {}
    by_channel.note(request.interaction, "call_requested", user=asked.user, **facts, **from_chat)
    if asked.origin:
        by_channel.note(asked.origin, "call_requested", user=asked.user, **facts, callback=request.interaction)


@transaction.atomic
def move_request(*, request: CallbackRequest, wanted_at: datetime | None, by: "User | None" = None) -> CallbackRequest:
    """Another time; None for as soon as possible. `by` None: the customer. To the time that it has: nothing.

    A telephone that rings for it is hung up. ConflictError in a talk or when it is over, and as `slot_at` says.
    """
    line, now = _locked_line(request.line_id), timezone.now()
    calls, row = _locked(request)
    if row.stage == RequestStage.SCHEDULED and row.wanted_at == wanted_at and wanted_at is not None:
        return row
    next_stage(row.stage, Command.MOVE)
    booking = book(line, windows_of([row])[row.pk], wanted_at, now, but=row)
    _reschedule(row, booking, RequestStage.SCHEDULED)
    _hang_up(calls, now)
    if not calls:
        by_channel.put_back(row.interaction, not_before=booking.due_at)
    _appoint(row, booking, now)
    by_channel.note(row.interaction, "call_moved", user=by, wanted_at=moment(booking.wanted_at or booking.due_at))
    letters.write(row, "moved", f"{row.public_id}:{now:%y%m%d%H%M%S}")
    wake("callbacks")
    return row


@transaction.atomic
def cancel_request(*, request: CallbackRequest, by: "User | None" = None) -> CallbackRequest:
    """It is not made, also while the telephone rings for it, which is hung up. Cancelled before: nothing.

    ConflictError in a talk, or when it is over in another way.
    """
    now = timezone.now()
    calls, row = _locked(request)
    if row.stage == RequestStage.CANCELLED:
        return row
    row.stage = next_stage(row.stage, Command.CANCEL).value
    row.reason, row.ended_at = ("agent" if by else "customer"), now
    row.state, row.lease_until = WorkState.DONE, None
    row.save(update_fields=["stage", "reason", "ended_at", "state", "lease_until"])
    _hang_up(calls, now)
    by_channel.note(row.interaction, "call_cancelled", user=by)
    letters.write(row, "cancelled", row.public_id)
    if not calls:  # else the end of the call closes it
        close_interaction(row.interaction)
    wake("callbacks")
    return row


@transaction.atomic
def call_now(*, request: CallbackRequest, by: "User | None" = None) -> CallbackRequest:
    """Bring it forward: called as soon as somebody is free. Due already: nothing. ConflictError outside the hours in
    which this customer may be rung, and while a telephone rings."""
    line, now = _locked_line(request.line_id), timezone.now()
    calls, row = _locked(request)
    if row.stage in (RequestStage.DUE, RequestStage.CLAIMED):
        return row
    window = windows_of([row])[row.pk]
    if calls or not allows(row.stage, Command.FALL_DUE):
        next_stage(row.stage, Command.FALL_DUE)
    if not window.may_ring(now, line.ring_seconds):
        raise ConflictError("This customer can't be rung at this hour. The callback keeps its time.", "outside_hours")
    _reschedule(row, book(line, window, None, now, but=row), RequestStage.DUE)
    by_channel.appoint(
        row.interaction, not_before=None, promised_at=now, routed_by_channel=line.mode == Mode.CUSTOMER_FIRST
    )
    by_channel.note(row.interaction, "call_brought_forward", user=by)
    wake("callbacks")
    return row


def key_for(form: str, *parts: str) -> str:
    """The key of what was sent with a form: pressed again it is the same, changed and pressed again another."""
    return f"{form[:40]}.{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"


def sent_with(key: str) -> CallbackRequest | None:
    """The open request that was made with this very key."""
    found = CallbackRequest.objects.select_related("line").filter(key=key, stage__in=OPEN_STAGES)
    return found.first()


def of_visitor(visitor: str) -> CallbackRequest | None:
    """What this visitor has open, the newest."""
    found = CallbackRequest.objects.select_related("line").filter(visitor=visitor, stage__in=OPEN_STAGES)
    return found.order_by("-pk").first() if visitor else None


def _locked_line(key: int) -> PhoneLine:
    return PhoneLine.objects.select_for_update(no_key=True).get(pk=key)


class _CallBegunError(Exception):
    """A call for the request was begun while its lock was waited for: there is more to lock, and before it."""


def _locked(request: CallbackRequest) -> tuple[list[PhoneCall], CallbackRequest]:
    """Its open call, if there is one, and the request as it is now."""
    try:
        return _locked_at_once(request)
    except _CallBegunError:  # the savepoint has given the locks back
        return _locked(request)


@transaction.atomic
def _locked_at_once(request: CallbackRequest) -> tuple[list[PhoneCall], CallbackRequest]:
    there = PhoneCall.objects.filter(request=request, ended_at=None).order_by("pk")
    calls = list(there.select_for_update(of=("self",), no_key=True))
    list(CallLeg.objects.select_for_update(of=("self",), no_key=True).filter(call__in=calls).order_by("pk"))
    locked = CallbackRequest.objects.select_for_update(of=("self",), no_key=True).select_related("line")
    row = locked.get(pk=request.pk)
    if list(there) != calls:
        raise _CallBegunError
    return calls, row


def _reschedule(row: CallbackRequest, booking: Booking, stage: RequestStage) -> None:
    row.stage, row.state, row.lease_until = stage.value, WorkState.DUE, None
    row.wanted_at, row.slot_minutes = booking.wanted_at, booking.slot_minutes
    row.due_at, row.expires_at, row.promised_at = booking.due_at, booking.expires_at, booking.promised_at
    times = ["wanted_at", "slot_minutes", "due_at", "expires_at", "promised_at"]
    row.save(update_fields=["stage", "state", "lease_until", *times])


def _hang_up(calls: Sequence[PhoneCall], now: datetime) -> None:
    """Every telephone that rings for it: the order is in the commit, Twilio is told right after it."""
    for leg in CallLeg.objects.filter(call__in=calls, ended_at=None):
        order(leg, "hang_up")
        leg.state, leg.due_at = WorkState.DUE, now
        leg.save(update_fields=["orders", "state", "due_at"])
    wake("call_legs")
