"""What a telephone hears next: the steps of a talk, each one request of Twilio and one document.

A step is named by `?step=` in the address of the leg; the first one has no name. It may be asked for twice (Twilio
asks again when an answer is late), and does what it does once. What callers hear is in `inbound.py` and `voicemail.py`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from channels_app.callback.consenting import asked, consent, consented
from channels_app.callback.estimate import duration_words
from channels_app.callback.models import CallLeg, Direction, Listening, Mode, Party
from channels_app.callback.numbers import display
from channels_app.callback.orders import order
from channels_app.callback.policy import Command, allows, next_stage
from channels_app.callback.scenes import Scene
from channels_app.callback.selectors import addresses_of
from channels_app.callback.settling import end_request
from channels_app.callback.stages import CallOutcome
from channels_app.callback.steps import IN_FLIGHT, STAFF, last_leg
from channels_app.callback.subjects import BY_TELEPHONE, NO_WORDS
from channels_app.callback.tokens import hook_url
from channels_app.callback.transfers import arrive
from channels_app.callback.twiml import Conference, Gather, Hangup, Pause, Say, Verb
from channels_app.callback.words import voice, words
from interaction_center.access.selectors import person_named
from interaction_center.queue import by_channel
from interaction_center.queue.by_channel import About

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
    def about(self) -> About:
        """What the call is about, and with whom."""
        return by_channel.about(self.scene.call.interaction)

    @cached_property
    def language(self) -> str:
        """What the person at this telephone speaks."""
        if self.leg.party == Party.CUSTOMER:
            return self.scene.language
        if self.leg.user in ("", self.about.agent):  # outside: of whoever has them rung
            return self.about.agent_language or self.scene.language
        person = person_named(self.leg.user)
        return person.language if person else self.scene.language

    def url(self, step: str, **facts: str) -> str:
        """The address of another step of this leg."""
        query = "".join(f"&{name}={value}" for name, value in facts.items())
        return hook_url("t", self.token, f"?step={step}{query}")

    def say(self, sentence: str, **facts: str) -> Say:
        """A sentence in the language of this telephone."""
        return Say(words(sentence, self.language, **facts), voice(self.language))

    def room(self, wait: str) -> Conference:
        """Into the room of the call; this counts as being there. `wait`: the step that is heard until it begins."""
        leg, call = self.leg, self.scene.call
        leg.joined_at = leg.joined_at or self.now
        agent = self.scene.living(Party.AGENT)
        coach = agent.call_sid if agent is not None and leg.listens == Listening.WHISPER else ""
        is_muted = leg.muted or (leg.listens not in ("", Listening.BARGE) and not coach)
        hooks = self.url(wait), hook_url("c", self.token)
        return Conference(call.conference, *hooks, leg.public_id, muted=is_muted, coach=coach or "")


Step = Callable[[Turn], list[Verb]]


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
    """Who is called and why, for our people alone; a telephone outside hears only whose call it is."""
    if turn.leg.party == Party.COLLEAGUE and not turn.leg.user:
        return [turn.say("whisper_outside", line=str(turn.scene.line))]
    call = turn.scene.call
    reason = _reason(turn, turn.about.subject, turn.about.first_words)[:REASON_CHARACTERS]
    if call.direction == Direction.IN and turn.leg.party == Party.AGENT and not call.transfer:
        return [_whisper_of_caller(turn, turn.about.customer, reason)]
    name = _name_of_customer(turn, turn.about.customer)
    return [turn.say(_whispered(turn), name=name, reason=reason)]


def _reason(turn: Turn, subject: str, first_words: str) -> str:
    """What they wrote; where they wrote nothing, what it is about."""
    request = turn.scene.request
    has_written = request is not None and request.source not in BY_TELEPHONE and first_words not in NO_WORDS.values()
    return first_words if has_written or not subject else subject


def _name_of_customer(turn: Turn, known: str) -> str:
    """As they gave it, or as we know them."""
    request = turn.scene.request
    return (request.name if request else known) or words("nameless", turn.language)


def _whispered(turn: Turn) -> str:
    if turn.leg.party == Party.SUPERVISOR:
        return "whisper_supervisor"
    if turn.leg.party == Party.COLLEAGUE and not turn.scene.call.transfer:
        return "whisper_join"
    return "whisper" if turn.scene.living(Party.CUSTOMER) is None else "whisper_waiting"


def _whisper_of_caller(turn: Turn, name: str, reason: str) -> Say:
    """Who is on the line, and since when they wait."""
    call = turn.scene.call
    shown = display(call.caller, turn.language) if call.caller else words("nameless", turn.language)
    minutes = round((turn.now - (call.waiting_since or call.created_at)).total_seconds() / 60)
    waited = duration_words(max(minutes, 1), turn.language)
    return turn.say("whisper_caller", name=name or shown, waited=waited, reason=reason)


def _accept_by_key(turn: Turn) -> list[Verb]:
    """No key, or another one: asked once more, then it counts as nobody."""
    if turn.digit == "1":
        return _accept(turn)
    return _ask_agent(turn, "2") if turn.form.get("tried") == "1" else [Hangup()]


def _accept(turn: Turn) -> list[Verb]:
    """They are there: into the room. With the agent the customer is rung, if that is still to be done."""
    scene, call = turn.scene, turn.scene.call
    arrive(scene, turn.leg)
    customer = last_leg(scene.legs, Party.CUSTOMER)
    if turn.leg.party == Party.AGENT and call.direction == Direction.OUT and customer is None:
        _ring_customer(turn)
    if customer is not None and customer.ended_at is None and customer.joined_at is None and customer.came_in:
        order(customer, "say", step="join")
    return [turn.room("connecting" if customer is not None else "ringing")]


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
    choice = {"1": connect, "2": _move, "3": _cancel}.get(turn.digit)
    if choice is not None:
        return choice(turn)
    if turn.form.get("tried") == "1":
        return [Gather(turn.url("choice", tried="2"), KEY_SECONDS, [turn.say("offer")])]
    return [turn.say("goodbye"), Hangup()]


def connect(turn: Turn) -> list[Verb]:
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


def _says(sentence: str) -> Step:
    """Over and over, for whoever waits in the room."""
    return lambda turn: [turn.say(sentence), Pause()]


def _sorry(turn: Turn) -> list[Verb]:
    """Who cancelled or moved it expects nothing more; all others are called again."""
    request, missed = turn.scene.request, turn.scene.call.outcome == CallOutcome.AGENT_MISSED
    is_called_again = missed or (request is not None and request.stage in IN_FLIGHT)
    otherwise = "withdrawn" if turn.scene.call.direction == Direction.IN else "stopped"  # a caller was not troubled
    return [turn.say("sorry" if is_called_again else otherwise), Hangup()]


def _voicemail(turn: Turn) -> list[Verb]:
    return [turn.say("voicemail"), Hangup()]


def told(turn: Turn) -> list[Verb]:
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
    "hold": _says("on_hold"),
    "transferring": _says("put_through"),
    "asking": _says("is_asked"),
    "consent": consent,
    "consented": consented,
    "asked": asked,
    "sorry": _sorry,
    "voicemail": _voicemail,
    "told": told,
}
