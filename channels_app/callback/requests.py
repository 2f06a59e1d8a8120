""" "Call me back": asked for once, in one transaction; how it is changed afterwards is in `changing.py`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.callback import letters, limits, links, offers
from channels_app.callback.adapter import CallbackAdapter, Wish
from channels_app.callback.booking import Booking, appoint, book, locked_line
from channels_app.callback.limits import Asker
from channels_app.callback.models import CallbackRequest, Direction, PhoneCall, PhoneLine
from channels_app.callback.numbers import Number, spoken_language
from channels_app.callback.problems import words
from channels_app.callback.selectors import number_for
from channels_app.callback.stages import OPEN_STAGES, RequestStage
from channels_app.callback.subjects import NO_WORDS, SUBJECTS, title
from interaction_center.due_work import wake
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
    line, now = locked_line(asked.line.pk), timezone.now()
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
    appoint(row, booking, now, asked.kept_promise)
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


def _note_asked(request: CallbackRequest, asked: _Asked) -> None:
    facts: dict[str, Any] = {"source": asked.source, "wanted_at": moment(request.wanted_at)}
    from_chat: dict[str, Any] = {"origin": asked.origin} if asked.origin else {}
    by_channel.note(request.interaction, "call_requested", user=asked.user, **facts, **from_chat)
    if asked.origin:
        by_channel.note(asked.origin, "call_requested", user=asked.user, **facts, callback=request.interaction)


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
