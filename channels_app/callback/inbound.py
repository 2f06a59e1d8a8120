"""What somebody hears who calls us: a greeting, their place in the queue, and what they can do but wait.

Each function is a step of the talk, as in `talks.py`. A caller waits in a circle of documents, each about half a minute
long and never silent; an agent who accepts sends them into the room.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.conf import settings

from channels_app.callback.estimate import wait_words
from channels_app.callback.hub_acts import recall_interaction
from channels_app.callback.models import CallLeg, Direction, Mode
from channels_app.callback.numbers import NumberProblem, display, problem_words
from channels_app.callback.offers import measured_wait, people_of, place_of
from channels_app.callback.requests import open_from_call
from channels_app.callback.selectors import calendars_of, number_for
from channels_app.callback.stages import CallOutcome
from channels_app.callback.steps import STAFF
from channels_app.callback.talks import Step, Turn, connect
from channels_app.callback.times import moment_words
from channels_app.callback.twiml import Gather, Hangup, Play, Say, Verb
from channels_app.callback.voicemail import take_message
from channels_app.callback.words import voice
from interaction_center.errors import CenterError, RateLimitedError
from interaction_center.queue import by_channel

ROUNDS = 4  # of the music between two words on where they are in the queue
LAST_SECONDS = 1  # for a key, once the music is over
TYPING_SECONDS = 5  # after each key of a number
LOOKING_UP = 5  # rounds of the music until the first one
TRIES = 3


def _welcome(turn: Turn) -> list[Verb]:
    """Whoever we were just calling is connected to that call; everybody else queues."""
    call = turn.scene.call
    if call.direction == Direction.OUT:
        return _joined(turn)
    is_back = call.waiting_since is not None and call.waiting_since < call.created_at
    hello = turn.say("welcome_back" if is_back else "welcome", line=str(call.line))
    return [hello, *_go_on(turn)]


def _joined(turn: Turn) -> list[Verb]:
    """The agent is rung already, or is now: a caller has proved to be a person."""
    if turn.scene.call.mode == Mode.CUSTOMER_FIRST:
        return connect(turn)
    return [turn.say("connecting"), turn.room("connecting")]


def _go_on(turn: Turn) -> list[Verb]:
    """Where they were, after whatever they tried."""
    return _wait(turn) if turn.scene.call.waiting_since else _shut(turn)


# In the queue.


def _queue(turn: Turn) -> list[Verb]:
    """What was pressed while they wait. Whoever is just being connected has nothing to choose any more."""
    if _agent(turn) is not None:
        return _wait(turn)
    if turn.digit == "1":
        return _offer_callback(turn)
    if turn.digit == "2" and turn.scene.line.takes_voicemail:
        return take_message(turn)
    return _wait(turn)


def _wait(turn: Turn) -> list[Verb]:
    agent, call = _agent(turn), turn.scene.call
    turn.leg.due_at = turn.now  # heard of: the look after a lost caller begins anew
    if agent is not None:
        return _join(turn) if agent.joined_at else [_gather(turn, "queue", turn.say("connecting"), music=2)]
    state, _user = by_channel.standing([call.interaction]).get(call.interaction, ("closed", None))
    if state == "closed":
        return [turn.say("withdrawn"), Hangup()]
    if not _calendar_is_open(turn) and not people_of(call.line, turn.now):
        return _close(turn)
    keys = [turn.say("queue_keys"), *([turn.say("message_key")] if call.line.takes_voicemail else [])]
    return [_gather(turn, "queue", _where(turn), *keys, music=ROUNDS)]


def _where(turn: Turn) -> Say:
    call = turn.scene.call
    place = place_of(call, call.waiting_since or call.created_at, turn.now)
    wait = wait_words(measured_wait(call.line, turn.now, place), turn.language)
    return turn.say("next", wait=wait) if place == 1 else turn.say("place", place=str(place), wait=wait)


def _agent(turn: Turn) -> CallLeg | None:
    """The telephone of ours that rings for them, or is in the room."""
    return next((leg for leg in turn.scene.legs if leg.party in STAFF and leg.ended_at is None), None)


def _join(turn: Turn) -> list[Verb]:
    """Somebody is there for them, if they still are."""
    agent = _agent(turn)
    if agent is None or agent.joined_at is None:
        return _go_on(turn)
    return [turn.say("connecting"), turn.room("connecting")]


def _gather(turn: Turn, step: str, *said: Say, music: int = 1, **facts: str) -> Gather:
    """Words, then music behind which a key is waited for: nobody sits in silence."""
    return Gather(turn.url(step, **facts), LAST_SECONDS, [*said, _tune(music)])


def _tune(rounds: int) -> Play:
    return Play(f"{settings.PUBLIC_BASE_URL}/cb/hold.wav", rounds)


# When we are closed.


def _calendar_is_open(turn: Turn) -> bool:
    line = turn.scene.line
    return calendars_of([line])[line.pk].is_open(turn.now)


def _close(turn: Turn) -> list[Verb]:
    """The house has closed over their waiting."""
    call, opens_at = turn.scene.call, _opens_at(turn)
    call.waiting_since = None
    turn.scene.acts.append(partial(recall_interaction, call.interaction, not_before=opens_at))
    return _shut(turn)


def _opens_at(turn: Turn) -> datetime:
    line = turn.scene.line
    return calendars_of([line])[line.pk].next_opening(turn.now)


def _shut(turn: Turn, tried: str = "1") -> list[Verb]:
    line = turn.scene.line
    zone = calendars_of([line])[line.pk].zone
    when = moment_words(_opens_at(turn), zone, turn.language)
    keys = [turn.say("closed_keys"), *([turn.say("message_key")] if line.takes_voicemail else [])]
    return [_gather(turn, "closed", turn.say("closed", when=when), *keys, tried=tried)]


def _closed(turn: Turn) -> list[Verb]:
    """No key, twice: an old telephone has none, and may leave a message all the same."""
    takes_message = turn.scene.line.takes_voicemail
    if turn.digit == "1":
        return _offer_callback(turn)
    if takes_message and (turn.digit == "2" or turn.form.get("tried") == "2"):
        return take_message(turn)
    return [turn.say("goodbye"), Hangup()] if turn.form.get("tried") == "2" else _shut(turn, "2")


# A callback in place of waiting.


def _offer_callback(turn: Turn) -> list[Verb]:
    """To the number they call from, where it is one that we ring."""
    call = turn.scene.call
    if call.request_id is not None:
        return _promise(turn)
    try:
        _read(turn, call.caller)
    except NumberProblem:
        return _ask_number(turn)
    return _confirm(turn, call.caller)


def _read(turn: Turn, text: str) -> str:
    return number_for(turn.scene.line, text).e164


def _ask_number(turn: Turn, *before: Say, tried: int = 1) -> list[Verb]:
    prompts: list[Say | Play] = [*before, turn.say("type_number"), _tune(LOOKING_UP)]
    return [Gather(turn.url("number", tried=str(tried)), TYPING_SECONDS, prompts, until="#")]


def _number(turn: Turn) -> list[Verb]:
    """What was typed, before anything is done with it."""
    try:
        turn.scene.call.typed_number = _read(turn, turn.digit)
    except NumberProblem as problem:
        why = Say(problem_words(problem.reason, turn.language), voice(turn.language))
        tried = turn.form.get("tried", "")
        if tried.isdecimal() and int(tried) < TRIES:
            return _ask_number(turn, why, tried=int(tried) + 1)
        return [why, *_go_on(turn)]
    return _confirm(turn, turn.scene.call.typed_number)


def _confirm(turn: Turn, number: str) -> list[Verb]:
    digits = " ".join(character for character in display(number, turn.language) if character.isdigit())
    return [_gather(turn, "confirm", turn.say("confirm_number", digits=f"+ {digits}"))]


def _confirmed(turn: Turn) -> list[Verb]:
    """Somebody may have come for them meanwhile: then they are connected in place of called back."""
    if _agent(turn) is not None:
        return _wait(turn)
    return _ask_number(turn) if turn.digit == "2" else _promise(turn)


def _promise(turn: Turn) -> list[Verb]:
    """Their request, at the place that they have. What can't be promised is said, and they wait on."""
    call = turn.scene.call
    if call.request_id is None:
        number = call.typed_number or call.caller
        promised_at = by_channel.named(call.interaction).promised_at
        try:
            request = open_from_call(call=call, number=number, language=turn.language, promised_at=promised_at)
        except RateLimitedError:
            return [turn.say("number_limit"), *_go_on(turn)]
        except NumberProblem as problem:
            return [Say(problem_words(problem.reason, turn.language), voice(turn.language)), *_go_on(turn)]
        except CenterError:
            return [turn.say("number_impossible"), *_go_on(turn)]
        if request.interaction == call.interaction:
            call.request_id = request.pk
        else:  # somebody has asked for this number before: that one counts
            turn.scene.note("call_requested", callback=request.interaction)
    call.outcome = CallOutcome.MOVED
    return last_words(turn)


def last_words(turn: Turn) -> list[Verb]:
    """For a caller whose call has come to its end, however often it is asked for."""
    call = turn.scene.call
    if call.outcome == CallOutcome.VOICEMAIL:
        return [turn.say("message_kept"), Hangup()]
    if call.outcome == CallOutcome.MOVED:
        return [turn.say("promised" if call.waiting_since else "promised_later"), Hangup()]
    return [turn.say("goodbye"), Hangup()]


STEPS: Mapping[str, Step] = {
    "welcome": _welcome,
    "queue": _queue,
    "join": _join,
    "closed": _closed,
    "number": _number,
    "confirm": _confirmed,
}
