"""What a telephone hears next: the steps of a talk, each one request of Twilio and one document.

A step is named by `?step=` in the address of the leg; the first one has no name. It may be asked for twice (Twilio
asks again when an answer is late), and does what it does once. Incoming calls and recordings add their steps to STEPS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils import timezone

from channels_app.callback.legs import take_status
from channels_app.callback.models import CallLeg, Direction, Mode, Party
from channels_app.callback.policy import CallStatus, CallStatusEvent, Command, allows, next_stage
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.selectors import addresses_of
from channels_app.callback.settling import end_request, settle
from channels_app.callback.stages import CallOutcome
from channels_app.callback.steps import STAFF, last_leg
from channels_app.callback.tokens import digest_of, hook_url
from channels_app.callback.twiml import Conference, Gather, Hangup, Pause, Say, Verb, document
from channels_app.callback.words import voice, words
from interaction_center.queue import by_channel

KEY_SECONDS = 6  # how long a key is waited for after the last word
APOLOGISE_AFTER = timedelta(seconds=10)
REASON_CHARACTERS = 120


class Turn:
    """One request of Twilio for one leg: who asks, what was pressed, and the way on."""

    def __init__(self, scene: Scene, leg: CallLeg, token: str, form: Mapping[str, str], now: datetime) -> None:
        self.scene, self.leg, self.token, self.form, self.now = scene, leg, token, form, now

    @property
    def digit(self) -> str:
        """The key; "" for none."""
        return self.form.get("Digits", "")

    @cached_property
    def language(self) -> str:
        """What the person at this telephone speaks."""
        if self.leg.party == Party.CUSTOMER:
            return self.scene.language
        _state, user = by_channel.standing([self.scene.call.interaction]).get(self.scene.call.interaction, ("", None))
        return user.language if user else self.scene.language

    def url(self, step: str, **facts: str) -> str:
        """The address of another step of this leg."""
        query = "".join(f"&{name}={value}" for name, value in facts.items())
        return hook_url("t", self.token, f"?step={step}{query}")

    def say(self, sentence: str, **facts: str) -> Say:
        """A sentence in the language of this telephone."""
        return Say(words(sentence, self.language, **facts), voice(self.language))

    def room(self, wait: str) -> Conference:
        """Into the room of the call; this counts as being there. `wait`: the step that is heard until it begins."""
        self.leg.joined_at = self.leg.joined_at or self.now
        call = self.scene.call
        return Conference(call.conference, self.url(wait), hook_url("c", self.token), self.leg.public_id)


Step = Callable[[Turn], list[Verb]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of Twilio: what does the telephone with this token hear at this step?"""

    token: str
    step: str
    form: Mapping[str, str]


def hear_all(asked: Sequence[Asked]) -> list[str]:
    """For the group commit: a document for each; one that hangs up for whoever may not speak now."""
    now = timezone.now()
    found = CallLeg.objects.filter(token_digest__in={digest_of(one.token) for one in asked})
    legs = {digest: (leg, call) for digest, leg, call in found.values_list("token_digest", "pk", "call")}
    scenes = {scene.call.pk: scene for scene in locked_scenes({call for _, call in legs.values()})}
    documents = [_document(one, legs.get(digest_of(one.token)), scenes, now) for one in asked]
    settle(list(scenes.values()), now)
    return documents


def _document(asked: Asked, found: tuple[int, int] | None, scenes: Mapping[int, Scene], now: datetime) -> str:
    if found is None:
        return document(Hangup())
    leg, call = found
    scene = scenes[call]
    return document(*_heard(Turn(scene, scene.leg(leg), asked.token, asked.form, now), asked.step))


def _heard(turn: Turn, step: str) -> list[Verb]:
    """Whoever hears something has picked up, whatever else was reported."""
    take_status(turn.scene, turn.leg, _picked_up(turn), turn.now)
    if not _may_speak(turn) or step not in STEPS:
        return [Hangup()]
    if turn.scene.call.outcome and step not in LAST_WORDS:
        return [turn.say("stopped"), Hangup()] if turn.leg.party == Party.CUSTOMER else _told(turn)
    return STEPS[step](turn)


def _picked_up(turn: Turn) -> CallStatusEvent:
    return CallStatusEvent(turn.form.get("CallSid") or turn.leg.call_sid or "", CallStatus.IN_PROGRESS)


def _may_speak(turn: Turn) -> bool:
    """This leg and this call of it: not a second one that the network made of the same POST, none that has ended."""
    is_this = turn.form.get("CallSid", turn.leg.call_sid) == turn.leg.call_sid
    return is_this and turn.leg.ended_at is None and turn.scene.call.ended_at is None


# Who picks up.


def _begin(turn: Turn) -> list[Verb]:
    """The first words."""
    if turn.leg.party == Party.CUSTOMER:
        return _offer(turn) if turn.scene.call.mode == Mode.CUSTOMER_FIRST else _greet(turn)
    if turn.leg.to.startswith("client:"):
        return [*_whisper(turn), *_accept(turn)]  # who answers in the console is no mailbox
    return _ask_agent(turn)


def _ask_agent(turn: Turn, tried: str = "1") -> list[Verb]:
    """A key proves that it is a person: a mailbox must not count as an agent."""
    return [Gather(turn.url("accept", tried=tried), KEY_SECONDS, [*_whisper(turn), turn.say("press_1")])]


def _whisper(turn: Turn) -> list[Say]:
    """Who is called and why, for the agent alone."""
    request, call = turn.scene.request, turn.scene.call
    name = (request.name if request else "") or words("nameless", turn.language)
    interaction = by_channel.named(call.interaction)
    reason = (interaction.subject or interaction.first_words)[:REASON_CHARACTERS]
    waits = turn.scene.living(Party.CUSTOMER) is not None
    return [turn.say("whisper_waiting" if waits else "whisper", name=name, reason=reason)]


def _accept_by_key(turn: Turn) -> list[Verb]:
    """No key, or another one: asked once more, then it counts as nobody."""
    if turn.digit == "1":
        return _accept(turn)
    return _ask_agent(turn, "2") if turn.form.get("tried") == "1" else [Hangup()]


def _accept(turn: Turn) -> list[Verb]:
    """The agent is there: into the room, and with this the customer is rung, if that is still to be done."""
    scene, call = turn.scene, turn.scene.call
    if call.direction == Direction.OUT and last_leg(scene.legs, Party.CUSTOMER) is None:
        _ring_customer(turn)
    return [turn.room("ringing")]


def _ring_customer(turn: Turn) -> None:
    request, call = turn.scene.request, turn.scene.call
    if request is None or not allows(request.stage, Command.DIAL):
        return
    request.stage = next_stage(request.stage, Command.DIAL).value
    turn.scene.ring(Party.CUSTOMER, call.number, turn.now)
    turn.scene.note("call_started", attempt=call.attempt)


# The customer.


def _greet(turn: Turn) -> list[Verb]:
    """The agent waits already."""
    return [turn.say("greeting"), turn.room("connecting")]


def _offer(turn: Turn) -> list[Verb]:
    """Agents are reserved, and asked once the customer has proved to be a person."""
    return [Gather(turn.url("choice", tried="1"), KEY_SECONDS, [turn.say("offer")])]


def _choose(turn: Turn) -> list[Verb]:
    choice = {"1": _connect, "2": _move, "3": _cancel}.get(turn.digit)
    if choice is not None:
        return choice(turn)
    if turn.form.get("tried") == "1":
        return [Gather(turn.url("choice", tried="2"), KEY_SECONDS, [turn.say("offer")])]
    return [turn.say("goodbye"), Hangup()]


def _connect(turn: Turn) -> list[Verb]:
    scene = turn.scene
    if last_leg(scene.legs, *STAFF) is None:
        _ring_agent(turn)
    return _sorry(turn) if scene.call.outcome else [turn.room("connecting")]


def _ring_agent(turn: Turn) -> None:
    call = turn.scene.call
    to = addresses_of([call.agent], call.mode).get(call.agent)
    if to is None or CallLeg.objects.filter(to=to, ended_at=None).exists():
        turn.scene.call.outcome = CallOutcome.AGENT_MISSED  # their telephone is gone or engaged
    else:
        turn.scene.ring(Party.AGENT, to, turn.now, user=call.agent)


def _move(turn: Turn) -> list[Verb]:
    turn.scene.call.outcome = CallOutcome.MOVED
    turn.scene.note("call_moved", by="customer")
    return [turn.say("moved"), Hangup()]


def _cancel(turn: Turn) -> list[Verb]:
    scene, request = turn.scene, turn.scene.request
    if request is not None and allows(request.stage, Command.CANCEL):
        request.stage = next_stage(request.stage, Command.CANCEL).value
        scene.note("call_cancelled", by="customer")
        scene.acts += end_request(request, "customer", turn.now)
    scene.call.outcome = CallOutcome.CANCELLED
    return [turn.say("cancelled"), Hangup()]


# Waiting, and last words.


def _wait(turn: Turn) -> list[Verb]:
    """Words all the time: silence on a telephone sounds like the end of the call. Enough for a while: each document
    costs a request."""
    still: list[Verb] = [turn.say("still_connecting"), Pause()]
    first: list[Verb] = [turn.say("connecting"), Pause()]
    since = turn.now - (turn.leg.joined_at or turn.now)
    return still * 5 if since >= APOLOGISE_AFTER else first * 2 + still * 4


def _ringing(turn: Turn) -> list[Verb]:
    """What the agent hears while the customer's telephone rings."""
    calling: list[Verb] = [turn.say("calling"), Pause()]
    return calling * 10


def _hold(turn: Turn) -> list[Verb]:
    return [turn.say("on_hold"), Pause()]


def _sorry(turn: Turn) -> list[Verb]:
    missed = turn.scene.call.outcome == CallOutcome.AGENT_MISSED
    return [turn.say("sorry" if missed else "stopped"), Hangup()]


def _voicemail(turn: Turn) -> list[Verb]:
    return [turn.say("voicemail"), Hangup()]


def _told(turn: Turn) -> list[Verb]:
    """Why the agent's telephone is put down."""
    outcome = turn.scene.call.outcome
    name = f"told_{SAID_AS.get(outcome, outcome)}"
    return [turn.say(name), Hangup()]


SAID_AS: Mapping[str, str] = {
    CallOutcome.TALKED: "over",
    CallOutcome.LOST: "failed",
    CallOutcome.MOVED: "cancelled",
    CallOutcome.AGENT_MISSED: "cancelled",
    CallOutcome.HUNG_UP: "over",
    CallOutcome.VOICEMAIL: "over",
    CallOutcome.NONE: "over",
}
LAST_WORDS = ("sorry", "voicemail", "told")
STEPS: Mapping[str, Step] = {
    "": _begin,
    "accept": _accept_by_key,
    "choice": _choose,
    "connecting": _wait,
    "ringing": _ringing,
    "hold": _hold,
    "sorry": _sorry,
    "voicemail": _voicemail,
    "told": _told,
}
