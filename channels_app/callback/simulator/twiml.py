"""Executes TwiML for one call: what this telephone hears, verb by verb, on the network's clock."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from channels_app.callback.simulator.account import is_telephone
from channels_app.callback.simulator.calls import (
    CONFERENCE_EVENTS,
    FOUR_HOURS,
    PROGRESS_EVENTS,
    RECORDING_EVENTS,
    Call,
    Document,
    Heard,
    Hook,
    Participant,
    Plan,
    Recording,
    Seat,
    Waiting,
)
from channels_app.callback.simulator.documents import (
    EVERYTHING,
    WARNING,
    WHILE_IN_CONFERENCE,
    WHILE_IN_QUEUE,
    DocumentError,
    Verb,
    verbs_in,
    warnings_about,
)
from channels_app.callback.simulator.timeline import Changed, Fetch, Pressed, Process, Spoke, Steps, Wait
from channels_app.callback.simulator.webhooks import WebhookAnswer

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

CHARACTERS_PER_SECOND: Final = 15.0
SHORTEST_SECONDS: Final = 0.5
PLAY_SECONDS: Final = 4.0
DIGIT_SECONDS: Final = 0.25
BEEP_SECONDS: Final = 0.5
DOCUMENTS_PER_SECOND: Final = 50
LOOPS: Final = 1_000
APPLICATION_ERROR: Final = "An application error has occurred. Goodbye."
DEFAULT_MUSIC: Final = "music:default"
MUSIC_HOSTS: Final = ("twimlets.com", "com.twilio.music", "com.twilio.sounds")

Extra = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Goto:
    """The next document."""

    document: Document
    extra: Extra = ()


@dataclass(frozen=True, slots=True)
class Finish:
    """The talk ends here: `leave` a queue, or hang up."""

    leaves: bool = False


Next = Goto | Finish | None
Verbs = Generator[Wait | Fetch, Any, Next]


class Talk:
    """One call and the documents that it executes."""

    def __init__(self, network: "Network", call: Call) -> None:
        self._network = network
        self._call = call
        self._base = ""  # address of the document that is executed, for relative ones
        self._process: Process
        self._documents_at = (0.0, 0)

    # Ways to begin.

    def begin(self, document: Document, extra: Extra = ()) -> None:
        """Execute this document; when nothing is left the call ends."""
        self._start(lambda: self._whole(Goto(document, extra)))

    def begin_whisper(self, document: Document, then: Callable[[], None]) -> None:
        """Execute the document of a dialled number, then let it be bridged."""
        self._start(lambda: self._whisper(document, then))

    def begin_in_conference(self, seat: Seat, participant: Participant) -> None:
        """For a participant that the API has added: it is nowhere but in the conference."""
        self._start(lambda: self._only_conference(seat, participant))

    def _start(self, steps: Callable[[], Steps]) -> None:
        def begin(process: Process) -> Steps:
            self._process = process
            return steps()

        self._call.process = Process(self._network.timeline, self._ask, begin)

    def _whole(self, first: Goto) -> Steps:
        yield from self._documents(first, EVERYTHING)
        self._network.lines.hang_up(self._call)

    def _whisper(self, document: Document, then: Callable[[], None]) -> Steps:
        outcome = yield from self._documents(Goto(document), EVERYTHING)
        if isinstance(outcome, Finish):
            self._network.lines.hang_up(self._call)
        else:
            then()

    def _only_conference(self, seat: Seat, participant: Participant) -> Steps:
        yield from self._in_conference(seat, participant)
        self._network.lines.hang_up(self._call)

    # Documents.

    def _documents(self, first: Goto, allowed: frozenset[str]) -> Verbs:
        """Execute documents until one does not lead to another. What Twilio can't execute ends the call."""
        coming: Next = first
        while isinstance(coming, Goto):
            try:
                self._count_document()
                verbs = yield from self._load(coming, allowed)
                coming = yield from self._perform(verbs)
            except DocumentError as problem:
                self._network.report(problem.code, str(problem), self._call.sid)
                return (yield from self._apologise())
        return coming

    def _count_document(self) -> None:
        since, count = self._documents_at
        fresh = self._network.timeline.now - since >= 1.0
        self._documents_at = (self._network.timeline.now, 1) if fresh else (since, count + 1)
        if not fresh and count >= DOCUMENTS_PER_SECOND:
            raise DocumentError(11215, "Too many documents in a row without a word: is it a loop?")

    def _load(self, goto: Goto, allowed: frozenset[str]) -> Generator[Wait | Fetch, Any, list[Verb]]:
        document = goto.document
        if not document.url:
            return self._checked(document.twiml, "text/xml", allowed)
        self._sound("")
        answer: WebhookAnswer = yield Fetch(urljoin(self._base, document.url), document.method, goto.extra)
        problem = _problem_of(answer)
        if problem and document.fallback_url:
            about = (("ErrorCode", "11200"), ("ErrorUrl", document.url))
            answer = yield Fetch(document.fallback_url, document.fallback_method, about)
            document, problem = Document(document.fallback_url), _problem_of(answer)
        if problem:
            raise DocumentError(11200, f"HTTP retrieval failure: {problem} from {document.url}")
        self._base = urljoin(self._base, document.url)
        return self._checked(answer.body, answer.content_type, allowed)

    def _checked(self, text: str, content_type: str, allowed: frozenset[str]) -> list[Verb]:
        verbs = verbs_in(text, content_type, allowed)
        for warning in warnings_about(verbs):
            self._network.report(WARNING, f"Schema validation warning: {warning}", self._call.sid)
        return verbs

    def _ask(self, fetch: Fetch, done: Callable[[WebhookAnswer], None]) -> None:
        params = [*self._network.params_of(self._call), *fetch.extra]
        self._network.webhooks.fetch(fetch.url, fetch.method, params, self._call.sid, done)

    def _apologise(self) -> Verbs:
        self._pick_up()
        yield from self._hear("error", APPLICATION_ERROR, _spoken_in(APPLICATION_ERROR), "say")
        return Finish()

    def _perform(self, verbs: list[Verb]) -> Verbs:
        for verb in verbs:
            if verb.name != "Reject":
                self._pick_up()
            outcome = yield from VERBS[verb.name](self, verb)
            if outcome is not None:
                return outcome
        return None

    def _pick_up(self) -> None:
        """Who calls us is answered by the first verb that is not a refusal."""
        if self._call.answered is None:
            self._network.lines.answer(self._call)

    # What is heard.

    def _sound(self, kind: str) -> None:
        self._network.hear(self._call, kind)

    def _hear(self, kind: str, text: str, seconds: float, sound: str, language: str = "") -> Verbs:
        self._sound(sound)
        self._network.heard(self._call, Heard(self._network.timeline.now, kind, text, language))
        yield Wait(seconds)
        self._sound("")
        return None

    def _say(self, verb: Verb) -> Verbs:
        for _ in range(_loops(verb)):
            yield from self._hear("say", verb.text, _spoken_in(verb.text), "say", verb.get("language"))
        return None

    def _play(self, verb: Verb) -> Verbs:
        digits = verb.get("digits")
        for _ in range(_loops(verb)):
            if digits:
                yield from self._hear("digits", digits, DIGIT_SECONDS * len(digits), "play")
            else:
                yield from self._hear("play", urljoin(self._base, verb.text), PLAY_SECONDS, "play")
        return None

    def _pause(self, verb: Verb) -> Verbs:
        self._sound("")
        yield Wait(verb.number("length", 1))
        return None

    # What is asked.

    def _gather(self, verb: Verb) -> Verbs:
        digits, finish = "", verb.get("finishOnKey", "#")
        most = verb.number("numDigits", 0)
        with self._process.listening(Pressed):
            key = yield from self._first_key(verb)
            while key and key not in finish:
                digits += key
                if most and len(digits) >= most:
                    break
                key = yield from self._key_within(verb.number("timeout", 5))
        if not digits and not verb.flag("actionOnEmptyResult"):
            return None
        ended_by = (("FinishedOnKey", key),) if key and key in finish else ()
        return self._action(verb, (("Digits", digits), ("msg", "Gather End"), *ended_by), always=True)

    def _first_key(self, verb: Verb) -> Generator[Wait | Fetch, Any, str]:
        try:
            for prompt in verb.children:
                yield from VERBS[prompt.name](self, prompt)
        except Pressed as pressed:
            return pressed.digit
        return (yield from self._key_within(verb.number("timeout", 5)))

    def _key_within(self, seconds: float) -> Generator[Wait | Fetch, Any, str]:
        self._sound("")
        try:
            yield Wait(seconds)
        except Pressed as pressed:
            return pressed.digit
        return ""

    def _record(self, verb: Verb) -> Verbs:
        if verb.flag("playBeep", True):
            yield from self._hear("beep", "", BEEP_SECONDS, "beep")
        recording = self._network.recordings.begin(
            "RecordVerb", call=self._call, hook=_hook(verb, "recordingStatusCallback", RECORDING_EVENTS, ("completed",))
        )
        lost = partial(self._hung_up_while_recording, verb, recording)
        self._call.at_end.append(lost)
        digit = yield from self._message(verb)
        self._call.at_end.remove(lost)
        if not self._finish_recording(verb, recording):
            return None
        return self._action(verb, self._network.recordings.about(recording, digit), always=True)

    def _message(self, verb: Verb) -> Generator[Wait | Fetch, Any, str]:
        """Until a key, the longest length or too long a silence; returns the key."""
        begun = self._network.timeline.now
        self._sound("record")
        with self._process.listening(Pressed, Spoke):
            while (left := self._recording_left(verb, begun)) > 0:
                try:
                    yield Wait(left)
                except Pressed as pressed:
                    if pressed.digit in verb.get("finishOnKey", "1234567890*#"):
                        return pressed.digit
                except Spoke:
                    continue
        return ""

    def _recording_left(self, verb: Verb, begun: float) -> float:
        spoken_until = max([begun, *(speech.end for speech in self._call.speeches)])
        ends = min(begun + verb.number("maxLength", 3600), spoken_until + verb.number("timeout", 5))
        return ends - self._network.timeline.now

    def _finish_recording(self, verb: Verb, recording: Recording) -> bool:
        """False if nobody spoke: then Twilio goes on with the next verb."""
        said = " ".join(speech.text for speech in self._call.speeches if speech.end > recording.created).strip()
        is_empty = not any(speech.end > recording.created for speech in self._call.speeches)
        self._network.recordings.finish(recording, is_absent=is_empty)
        if not is_empty and (verb.flag("transcribe") or verb.get("transcribeCallback")):
            url = urljoin(self._base, verb.get("transcribeCallback") or verb.get("action"))
            self._network.recordings.transcribe(recording, said, url)
        return not is_empty

    def _hung_up_while_recording(self, verb: Verb, recording: Recording) -> None:
        if self._finish_recording(verb, recording):
            self._tell_action(verb, self._network.recordings.about(recording, "hangup"))

    # With others.

    def _dial(self, verb: Verb) -> Verbs:
        nouns = verb.children or (Verb("Number", {}, verb.text),)
        if nouns[0].name == "Conference":
            extra = yield from self._dial_conference(verb, nouns[0])
        elif nouns[0].name == "Queue":
            extra = yield from self._dial_queue(nouns[0])
        else:
            extra = yield from self._dial_telephones(verb, nouns)
        return self._action(verb, extra)

    def _dial_telephones(self, verb: Verb, nouns: tuple[Verb, ...]) -> Generator[Wait | Fetch, Any, Extra]:
        children = [child for noun in nouns if (child := self._child(verb, noun)) is not None]
        if not children:
            return (("DialCallStatus", "failed"),)
        end_all = partial(self._end_all, children)
        self._call.at_end.append(end_all)
        self._sound("ringback")
        yield from self._until(lambda: any(map(_may_talk, children)) or all(child.is_over for child in children))
        winner = next(filter(_may_talk, children), None)
        self._end_all([child for child in children if child is not winner])
        if winner is not None:
            yield from self._bridge(verb, winner)
        self._call.at_end.remove(end_all)
        return _result_of(winner or children[-1])

    def _child(self, verb: Verb, noun: Verb) -> Call | None:
        to = f"client:{noun.text}" if noun.name == "Client" else noun.text
        caller_id = verb.get("callerId") or self._call.from_
        if noun.name not in ("Number", "Client") or not is_telephone(to):
            self._network.report(13224, f"Dial: invalid phone number {to!r}", self._call.sid)
            return None
        if not self._network.may_show(caller_id) and caller_id != self._call.from_:
            self._network.report(13214, f"Dial: invalid callerId {caller_id!r}", self._call.sid)
            return None
        whisper = (
            Document(urljoin(self._base, noun.get("url")), noun.get("method", "POST")) if noun.get("url") else None
        )
        plan = Plan(
            document=whisper or Document(),
            status_hook=self._absolute(_hook(noun, "statusCallback", PROGRESS_EVENTS, ("completed",))),
            timeout=verb.number("timeout", 30),
            time_limit=verb.number("timeLimit", FOUR_HOURS),
            send_digits=noun.get("sendDigits"),
        )
        return self._network.lines.place(plan, to=to, from_=caller_id, direction="outbound-dial", parent=self._call)

    def _end_all(self, children: list[Call]) -> None:
        for child in children:
            self._network.lines.hang_up(child)

    def _bridge(self, verb: Verb, other: Call) -> Steps:
        self._network.connect(self._call, other)
        recording = None
        if verb.get("record", "do-not-record") not in ("do-not-record", "false"):
            hook = self._absolute(_hook(verb, "recordingStatusCallback", RECORDING_EVENTS, ("completed",)))
            recording = self._network.recordings.begin("DialVerb", call=self._call, hook=hook)
        yield from self._until(lambda: self._call.peer is None)
        if recording is not None:
            self._network.recordings.finish(recording)

    def _until(self, is_so: Callable[[], bool]) -> Steps:
        with self._process.listening(Changed):
            while not is_so():
                try:
                    yield Wait()
                except Changed:
                    continue

    def _dial_conference(self, verb: Verb, noun: Verb) -> Generator[Wait | Fetch, Any, Extra]:
        events = tuple(noun.get("statusCallbackEvent").split())
        record = noun.get("record", "do-not-record")
        seat = Seat(
            conference=noun.text,
            label=noun.get("participantLabel"),
            muted=noun.flag("muted"),
            coaching=noun.get("coach"),
            starts=noun.flag("startConferenceOnEnter", True),
            ends=noun.flag("endConferenceOnExit"),
            wait_url=self._wait_url(noun),
            wait_method=noun.get("waitMethod", "POST"),
            beep=noun.get("beep", "true"),
            hook=self._absolute(_hook(noun, "statusCallback", CONFERENCE_EVENTS, events)),
            record=record in ("true", "record-from-start"),
            recording_hook=self._absolute(_hook(noun, "recordingStatusCallback", RECORDING_EVENTS, ("completed",))),
            max_participants=int(noun.number("maxParticipants", 250)),
        )
        if not seat.conference or len(seat.conference) > 128:
            raise DocumentError(13220, "Dial: invalid conference name")
        if seat.coaching and seat.coaching not in self._network.calls:
            raise DocumentError(13251, f"Dial: there is no call {seat.coaching} to coach")
        participant = self._network.conferences.join(self._call, seat)
        yield from self._in_conference(seat, participant)
        return (("DialCallStatus", "answered"),)

    def _wait_url(self, verb: Verb) -> str:
        """Without the attribute there is music; an empty one is silence."""
        url = verb.attributes.get("waitUrl")
        return DEFAULT_MUSIC if url is None else urljoin(self._base, url) if url else ""

    def _in_conference(self, seat: Seat, participant: Participant) -> Steps:
        conference = participant.conference
        with self._process.listening(Changed):
            while not participant.has_left:
                try:
                    if participant.hold:
                        hold = Document(participant.hold_url, participant.hold_method)
                        yield from self._music(hold, self._conference_extra, WHILE_IN_CONFERENCE)
                    elif conference.status == "init":
                        wait = Document(seat.wait_url, seat.wait_method)
                        yield from self._music(wait, self._conference_extra, WHILE_IN_CONFERENCE)
                    else:
                        self._sound("bridge" if self._network.conferences.hears_anybody(participant) else "")
                        yield Wait()
                except Changed:
                    continue

    def _conference_extra(self) -> Extra:
        participant = self._call.participant
        if participant is None:
            return ()
        conference = participant.conference
        return (("ConferenceSid", conference.sid), ("FriendlyName", conference.name))

    def _music(self, document: Document, extra: Callable[[], Extra], allowed: frozenset[str]) -> Verbs:
        """Music, or a document over and over, until something changes or it says <Leave>."""
        if not document.url or _is_music(document.url):
            self._sound("music" if document.url else "")
            yield Wait()
        while True:
            began = self._network.timeline.now
            outcome = yield from self._documents(Goto(document, extra()), allowed)
            if isinstance(outcome, Finish):
                if not outcome.leaves:
                    self._network.lines.hang_up(self._call)
                return outcome
            if self._network.timeline.now - began < 1.0:  # an empty document is silence
                yield Wait(1.0)

    def _enqueue(self, verb: Verb) -> Verbs:
        queue = self._network.queue_named(verb.text or "default")
        if len(queue.members) >= queue.max_size:
            return self._action(verb, (("QueueResult", "queue-full"), ("QueueSid", queue.sid)))
        waiting = Waiting(self._call, self._network.timeline.now)
        queue.members.append(waiting)
        self._network.queue_changed(queue)
        lost = partial(self._hung_up_in_queue, verb, waiting, queue.sid)
        self._call.at_end.append(lost)
        yield from self._wait_in_queue(verb, waiting)
        self._network.leave_queue(waiting, waiting.result or "bridged")
        if waiting.bridged_to is not None:
            yield from self._with_whom_took_it(waiting, waiting.bridged_to)
        self._call.at_end.remove(lost)
        if waiting.redirect is not None:
            return Goto(waiting.redirect, self._queue_result(waiting, queue.sid))
        return self._action(verb, self._queue_result(waiting, queue.sid))

    def _wait_in_queue(self, verb: Verb, waiting: Waiting) -> Steps:
        document = Document(self._wait_url(verb), verb.get("waitUrlMethod", "POST"))
        with self._process.listening(Changed):
            while not waiting.result and waiting.bridged_to is None:
                try:
                    extra = partial(self._network.queue_extra, waiting)
                    outcome = yield from self._music(document, extra, WHILE_IN_QUEUE)
                    if isinstance(outcome, Finish):
                        waiting.result = "leave"
                except Changed:
                    continue

    def _with_whom_took_it(self, waiting: Waiting, taker: Call) -> Steps:
        if waiting.redirect is not None:
            document, waiting.redirect = waiting.redirect, None
            yield from self._documents(Goto(document, self._network.queue_extra(waiting)), EVERYTHING)
        self._call.is_ready = True
        self._wake(taker)
        yield from self._until(lambda: self._call.peer is None and (self._call.was_bridged or taker.is_over))

    def _hung_up_in_queue(self, verb: Verb, waiting: Waiting, queue: str) -> None:
        self._network.leave_queue(waiting, waiting.result or "hangup")
        self._tell_action(verb, self._queue_result(waiting, queue))

    def _queue_result(self, waiting: Waiting, queue: str) -> Extra:
        seconds = str(round(self._network.timeline.now - waiting.since))
        return (("QueueResult", waiting.result), ("QueueSid", queue), ("QueueTime", seconds))

    def _dial_queue(self, noun: Verb) -> Generator[Wait | Fetch, Any, Extra]:
        queue = self._network.queue_named(noun.text)
        self._sound("music")
        queue.takers.append(self._call)
        yield from self._until(lambda: bool(queue.members))
        queue.takers.remove(self._call)
        waiting, other = queue.members[0], queue.members[0].call
        other.is_ready = other.was_bridged = False
        if noun.get("url"):
            waiting.redirect = Document(urljoin(self._base, noun.get("url")), noun.get("method", "POST"))
        waiting.bridged_to = self._call
        self._network.leave_queue(waiting, "bridged")
        self._wake(other)
        self._call.at_end.append(partial(self._wake, other))
        self._sound("ringback")
        yield from self._until(lambda: other.is_ready or other.is_over)
        if other.is_over:
            return (("DialCallStatus", "no-answer"),)
        self._network.connect(self._call, other)
        yield from self._until(lambda: self._call.peer is None)
        return (("DialCallStatus", "completed"), ("DialCallSid", other.sid))

    def _wake(self, other: Call) -> None:
        if other.process is not None:
            other.process.interrupt(Changed())

    # Ways to end.

    def _redirect(self, verb: Verb) -> Verbs:
        yield from ()
        return Goto(self._document(verb.text, verb.get("method", "POST")))

    def _leave(self, verb: Verb) -> Verbs:
        yield from ()
        return Finish(leaves=True)

    def _hangup(self, verb: Verb) -> Verbs:
        yield from ()
        return Finish()

    def _reject(self, verb: Verb) -> Verbs:
        yield from ()
        if self._call.answered is None:
            self._network.lines.end(self._call, "busy" if verb.get("reason") == "busy" else "no-answer")
        return Finish()

    def _action(self, verb: Verb, extra: Extra, always: bool = False) -> Next:
        """Where the verb leads; `always`: without an action to the same document again."""
        url = verb.get("action") or (self._base if always else "")
        return Goto(self._document(url, verb.get("method", "POST")), extra) if url else None

    def _document(self, url: str, method: str) -> Document:
        return Document(urljoin(self._base, url) or self._base, method)

    def _tell_action(self, verb: Verb, extra: Extra) -> None:
        """The call has ended: its action hears of it, and nobody executes the answer."""
        if url := verb.get("action"):
            params = [*self._network.params_of(self._call), *extra]
            target = urljoin(self._base, url)
            self._network.webhooks.fetch(target, verb.get("method", "POST"), params, self._call.sid, lambda _: None)

    def _absolute(self, hook: Hook) -> Hook:
        return Hook(urljoin(self._base, hook.url), hook.method, hook.events) if hook.url else hook


VERBS: Final[Mapping[str, Callable[[Talk, Verb], Verbs]]] = {
    "Say": Talk._say,
    "Play": Talk._play,
    "Pause": Talk._pause,
    "Gather": Talk._gather,
    "Dial": Talk._dial,
    "Record": Talk._record,
    "Redirect": Talk._redirect,
    "Enqueue": Talk._enqueue,
    "Leave": Talk._leave,
    "Hangup": Talk._hangup,
    "Reject": Talk._reject,
}


def _problem_of(answer: WebhookAnswer) -> str:
    if answer.status == 0:
        return "no answer"
    return "" if 200 <= answer.status < 300 else f"status {answer.status}"


def _spoken_in(text: str) -> float:
    return max(SHORTEST_SECONDS, len(text) / CHARACTERS_PER_SECOND)


def _loops(verb: Verb) -> int:
    """0 means without end; Twilio too stops after a thousand."""
    return min(LOOPS, int(verb.number("loop", 1)) or LOOPS)


def _is_music(url: str) -> bool:
    return url.startswith("music:") or (urlsplit(url).hostname or "").removesuffix(".s3.amazonaws.com") in MUSIC_HOSTS


def _hook(verb: Verb, name: str, known: tuple[str, ...], otherwise: tuple[str, ...]) -> Hook:
    """The address for callbacks in these attributes of a verb."""
    events = tuple(verb.get(f"{name}Event").split()) or otherwise
    if unknown := sorted(set(events) - set(known)):
        raise DocumentError(WARNING, f'{name}Event="{" ".join(unknown)}" is not known')
    return Hook(verb.get(name), verb.get(f"{name}Method", "POST"), events)


def _may_talk(child: Call) -> bool:
    return child.is_ready and not child.is_over


def _result_of(child: Call) -> Extra:
    if not child.was_bridged:
        return (("DialCallStatus", "no-answer" if child.status == "completed" else child.status),)
    about = (("DialCallSid", child.sid), ("DialCallDuration", str(child.seconds)), ("DialBridged", "true"))
    return (("DialCallStatus", "completed"), *about)
