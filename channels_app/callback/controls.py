"""What people do during a call: hold, mute, put through, add, send away, listen, record, hang up.

Each is one transaction over one locked call: who may do it is asked in one place, the rows are changed, Twilio gets its
orders from them, the console is told. Each may be done twice, and none minds that the call ends in the same moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.callback import consenting
from channels_app.callback.admitting import Act, must_be_allowed
from channels_app.callback.models import (
    CallLeg,
    Direction,
    DoNotCall,
    Listening,
    Party,
    PhoneCall,
    PhoneLine,
    RecordingState,
)
from channels_app.callback.numbers import NumberProblem, read_number, region_of
from channels_app.callback.orders import order
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.selectors import addresses_of, countries_of
from channels_app.callback.settling import end_call, put_down, settle
from channels_app.callback.stages import CallOutcome
from channels_app.callback.steps import outcome_of_talk
from channels_app.callback.transfers import begin_transfer, is_engaged, release_customer
from interaction_center.access.selectors import names_of, person_who_may, team_named
from interaction_center.errors import ConflictError, InvalidError, NotFoundError, RateLimitedError
from interaction_center.routing.selectors import free_members

if TYPE_CHECKING:
    from interaction_center.access.models import User

NUMBERS_AN_HOUR = 20  # that one agent may ring outside: each of them costs us money
MOST_TRIED = 3  # people of a team that are rung while a customer waits
ENGAGED = "Their telephone is engaged. Choose somebody else, or try again in a moment."


@contextmanager
def _acting(call: PhoneCall, user: "User", act: Act, leg: CallLeg | None = None) -> Iterator[tuple[Scene, datetime]]:
    """The locked call, for somebody who may do this with it; what was changed is carried out and told."""
    now = timezone.now()
    try:
        with transaction.atomic():
            scene = locked_scenes([call.pk])[0]
            must_be_allowed(scene, user.public_id, act, supervises=user.has_permission("supervise"), leg=leg)
            yield scene, now
            settle([scene], now)
    except IntegrityError as error:  # the same telephone was rung in the same instant for something else
        raise ConflictError(ENGAGED, "phone_engaged") from error


def _is_over(scene: Scene) -> bool:
    return bool(scene.call.outcome) or scene.call.ended_at is not None


def _talking(scene: Scene) -> CallLeg:
    """The customer's telephone, while they talk with somebody. ConflictError says why not."""
    customer = scene.living(Party.CUSTOMER)
    if _is_over(scene) or customer is None:
        raise ConflictError("This call is over.", "call_over")
    if scene.call.bridged_at is None:
        raise ConflictError("They are not talking yet. Wait until the customer is there.", "call_not_connected")
    if scene.call.recording == RecordingState.ASKED:
        raise ConflictError("The customer is being asked whether the call may be recorded. Wait for it.", "call_asked")
    return customer


def _settled(scene: Scene) -> CallLeg:
    """The same, while they are not just being put through to somebody."""
    customer = _talking(scene)
    if scene.call.transfer:
        raise ConflictError("The customer is being put through. Wait until somebody answers.", "call_transferring")
    return customer


def hang_up(call: PhoneCall, user: "User") -> None:
    """End the call; whoever leaves others with the customer only puts their own telephone down."""
    with _acting(call, user, Act.HANG_UP) as (scene, now):
        if _is_over(scene):
            return
        mine = next((leg for leg in scene.legs if leg.user == user.public_id and leg.ended_at is None), None)
        if mine is not None and _may_leave(scene, mine):
            put_down(mine, now)
        else:
            end_call(scene, _outcome_now(scene, now), now)


def _may_leave(scene: Scene, mine: CallLeg) -> bool:
    """Others stay with the customer, or it is not on this one that the call depends: a caller waits for the next."""
    waits = scene.call.direction == Direction.IN and scene.call.bridged_at is None
    others = (leg for leg in scene.legs if leg is not mine and leg.party in (Party.AGENT, Party.COLLEAGUE))
    return waits or mine.party != Party.AGENT or any(leg.joined_at and leg.ended_at is None for leg in others)


def _outcome_now(scene: Scene, now: datetime) -> CallOutcome:
    customer = scene.living(Party.CUSTOMER)
    if scene.call.bridged_at is not None:
        return outcome_of_talk(scene.call, customer, now)
    waits = customer is not None and customer.joined_at is not None
    return CallOutcome.AGENT_MISSED if waits else CallOutcome.CANCELLED


def hold(call: PhoneCall, user: "User", on: bool) -> None:
    """The customer waits, with words; or goes on talking."""
    with _acting(call, user, Act.HOLD) as (scene, _now):
        customer = _settled(scene)
        if on and not customer.on_hold:
            customer.on_hold = True
            order(customer, "hold", step="hold")
        elif not on and customer.on_hold:
            release_customer(scene)


def mute(call: PhoneCall, user: "User", leg: str, on: bool) -> None:
    """Nobody hears this telephone (public id of the leg), or all do again."""
    with _acting(call, user, Act.MUTE, _leg_of(call, leg)) as (scene, _now):
        _talking(scene)
        found = _living(scene, leg)
        if found.party == Party.SUPERVISOR:
            raise ConflictError("Choose listen, whisper or barge for a supervisor.", "call_supervised")
        if found.muted != on:
            found.muted = on
            if found.joined_at is not None:
                order(found, "mute" if on else "unmute")


def remove(call: PhoneCall, user: "User", leg: str) -> None:
    """Send away a colleague or a number that was added (public id of the leg)."""
    with _acting(call, user, Act.REMOVE) as (scene, now):
        found = next((one for one in scene.legs if one.public_id == leg), None)
        if found is None:
            raise NotFoundError("There is no such telephone on this call.")
        if found.party != Party.COLLEAGUE:
            raise ConflictError("Only who was added can be sent away. To end the call, hang up.", "call_not_added")
        if found.ended_at is None:
            put_down(found, now)


def transfer(call: PhoneCall, user: "User", to: dict[str, str]) -> None:
    """Put the customer through: to a person, a team or a number outside. The agent's telephone is put down."""
    with _acting(call, user, Act.TRANSFER) as (scene, now):
        if scene.call.transfer.get("target") == to and not _is_over(scene):
            return
        _settled(scene)
        if _added(scene):
            raise ConflictError("Somebody was added. Hang up, and they have the call; or send them away.", "call_added")
        target, people = _targets(scene, to, now)
        begin_transfer(scene, {"by": user.public_id, "to": people[1:], "team": to.get("team", ""), "target": to})
        consenting.pause_recording(scene)
        _ring(scene, target, people[:1], now)
        for leg in scene.legs:
            if leg.party == Party.AGENT and leg.ended_at is None:
                put_down(leg, now)
        scene.note("call_transferred", by=str(user), to=_in_words(to))


def add(call: PhoneCall, user: "User", to: dict[str, str]) -> None:
    """Ring a person or a number outside into the call; whoever added them stays."""
    with _acting(call, user, Act.ADD) as (scene, now):
        _settled(scene)
        if _is_there(scene, to):
            return
        target, people = _targets(scene, to, now)
        consenting.pause_recording(scene)
        _ring(scene, target, people, now)
        scene.note("call_added", by=str(user), to=_in_words(to))


def listen(call: PhoneCall, user: "User", how: str) -> None:
    """A supervisor hears the call (listen), speaks to its agent alone (whisper) or to all (barge), or leaves (off)."""
    with _acting(call, user, Act.LISTEN) as (scene, now):
        mine = next((leg for leg in scene.legs if leg.user == user.public_id and leg.ended_at is None), None)
        if mine is not None and mine.party != Party.SUPERVISOR:
            raise ConflictError("You are on this call already.", "call_mine")
        if how == "off":
            if mine is not None:
                put_down(mine, now)
            return
        _talking(scene)
        if mine is None:
            mine = scene.ring(Party.SUPERVISOR, _phone_of(scene, user.public_id), now, user=user.public_id)
        elif mine.listens == how:
            return
        _attend(scene, mine, how)
        scene.note("call_listened", by=str(user), how=how)


def _attend(scene: Scene, leg: CallLeg, how: str) -> None:
    """What is to be heard by nobody else is not recorded either."""
    leg.listens = how
    agent = scene.living(Party.AGENT)
    if how == Listening.BARGE:
        consenting.pause_recording(scene, leg if leg.joined_at is not None else None)
    if leg.joined_at is not None:
        order(leg, "listen", how=how, of=(agent.call_sid or "") if agent is not None else "")


def record(call: PhoneCall, user: "User", on: bool) -> None:
    """The agent agrees to be recorded and the customer is asked; or it pauses. Nothing happens before both agree."""
    with _acting(call, user, Act.RECORD) as (scene, now):
        if not on:
            consenting.pause_recording(scene)
            return
        if scene.call.recording in (RecordingState.ASKED, RecordingState.STARTING, RecordingState.ON):
            return
        customer, agent = _settled(scene), scene.living(Party.AGENT)
        answer = _must_be_recordable(scene, customer)
        if agent is not None:
            consenting.agree(scene, agent, wording=consenting.BY_BUTTON, given=True, now=now)
        if answer is None:
            consenting.ask_customer(scene, customer)
        else:
            consenting.start_recording(scene, customer)


def _must_be_recordable(scene: Scene, customer: CallLeg) -> bool | None:
    """What the customer has said already; None: they were not asked. ConflictError says why it may not be."""
    if not scene.line.records:
        raise ConflictError("This line records nothing. It can be changed in the settings.", "recording_off")
    if consenting.third_parties(scene):
        raise ConflictError("Somebody is on the call who was not asked. Record when they are gone.", "recording_third")
    if customer.on_hold:
        raise ConflictError("Take the customer off hold first: they are asked.", "call_on_hold")
    answer = consenting.answer_of(customer, consenting.ASKED_ALOUD)
    if answer is False:
        raise ConflictError("The customer does not want to be recorded.", "recording_refused")
    return answer


# Whom to ring.


def _targets(scene: Scene, to: dict[str, str], now: datetime) -> tuple[str, list[str]]:
    """The telephone to ring first, and the people who may be rung, that one first."""
    if number := to.get("number"):
        return _outside(scene, number, now), []
    if team := to.get("team"):
        return _first_of_team(scene, team, now)
    person = person_who_may("work_queue", to.get("user", ""))
    if person.public_id == scene.call.agent:
        raise InvalidError("They have this call already. Choose somebody else.", user="invalid")
    return _phone_of(scene, person.public_id), [person.public_id]


def _first_of_team(scene: Scene, team: str, now: datetime) -> tuple[str, list[str]]:
    members = [user.public_id for user in free_members(team_named(team).public_id, now)]
    phones = addresses_of(members, scene.call.mode)
    others = [name for name in members if name in phones and name != scene.call.agent]
    free = [name for name in others if not is_engaged(scene, phones[name])][:MOST_TRIED]
    if not free:
        raise ConflictError("Nobody of this team is free just now. Choose a person, or somebody else.", "team_busy")
    return phones[free[0]], free


def _phone_of(scene: Scene, user: str) -> str:
    """Where this person is rung. ConflictError when they can't be."""
    phone = addresses_of([user], scene.call.mode).get(user)
    if phone is None:
        raise ConflictError("No telephone is set for this person. They can set one in the settings.", "no_phone")
    if is_engaged(scene, phone):
        raise ConflictError(ENGAGED, "phone_engaged")
    return phone


def _outside(scene: Scene, text: str, now: datetime) -> str:
    """A number that this line may ring, and that its agent may ring today."""
    number = _read(scene.line, text)
    if number in (scene.call.number, scene.line.number) or PhoneLine.objects.filter(number=number).exists():
        raise InvalidError("This number is on the call already, or is our own.", number="invalid")
    if DoNotCall.objects.filter(number=number).exists():
        raise InvalidError("This number is on the list of those that are never called.", number="do_not_call")
    if is_engaged(scene, number):
        raise ConflictError(ENGAGED, "phone_engaged")
    outside = CallLeg.objects.filter(party=Party.COLLEAGUE, user="", created_at__gt=now - timedelta(hours=1))
    if outside.filter(call__agent=scene.call.agent).count() >= NUMBERS_AN_HOUR:
        raise RateLimitedError("Too many numbers outside were rung within the hour. Choose a colleague.")
    return number


def _read(line: PhoneLine, text: str) -> str:
    own = region_of(line.number) or "DE"
    try:
        return read_number(text, own, countries_of(line)).e164
    except NumberProblem as problem:
        raise InvalidError(problem.message, problem.code, number=problem.message) from problem


def _ring(scene: Scene, to: str, people: list[str], now: datetime) -> None:
    scene.ring(Party.COLLEAGUE, to, now, user=people[0] if people else "")


def _in_words(to: dict[str, str]) -> str:
    """For the log."""
    if user := to.get("user"):
        return names_of([user]).get(user, "")
    return str(team_named(to["team"])) if to.get("team") else to["number"]


# Who is there.


def _added(scene: Scene) -> list[CallLeg]:
    return [leg for leg in scene.legs if leg.party == Party.COLLEAGUE and leg.ended_at is None]


def _is_there(scene: Scene, to: dict[str, Any]) -> bool:
    number = _read(scene.line, to["number"]) if to.get("number") else None
    return any(leg.user == to.get("user") if leg.user else leg.to == number for leg in _added(scene))


def _leg_of(call: PhoneCall, leg: str) -> CallLeg | None:
    return CallLeg.objects.filter(call=call, public_id=leg).first()


def _living(scene: Scene, leg: str) -> CallLeg:
    found = next((one for one in scene.legs if one.public_id == leg and one.ended_at is None), None)
    if found is None:
        raise NotFoundError("This telephone is not on the call any more.")
    return found
