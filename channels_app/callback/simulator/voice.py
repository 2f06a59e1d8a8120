"""Executes TwiML for one call: documents, what is heard, what is asked, how it ends. With others: twiml.py."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urljoin

from channels_app.callback.simulator.calls import RECORDING_EVENTS, Call, Document, Heard, Hook, Recording
from channels_app.callback.simulator.documents import WARNING, DocumentError, Verb, verbs_in, warnings_about
from channels_app.callback.simulator.timeline import Fetch, Pressed, Process, Spoke, Wait
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


class Voice:
    """What one telephone hears. `verbs`: how each verb is executed; the subclass adds those that need others."""

    verbs: ClassVar[Mapping[str, Callable[[Any, Verb], Verbs]]] = {}

    def __init__(self, network: "Network", call: Call) -> None:
        self._network = network
        self._call = call
        self._base = ""  # address of the document that is executed, for relative ones
        self._process: Process
        self._documents_at = (0.0, 0)

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
            if verb.name != "Reject" and not verb.flag("answerOnBridge"):
                self._pick_up()
            outcome = yield from self.verbs[verb.name](self, verb)
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
                yield from self.verbs[prompt.name](self, prompt)
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
        hook = self._absolute(hook_in(verb, "recordingStatusCallback", RECORDING_EVENTS, ("completed",)))
        recording = self._network.recordings.begin("RecordVerb", call=self._call, hook=hook)
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


SINGLE_VERBS: Final[Mapping[str, Callable[[Voice, Verb], Verbs]]] = {
    "Say": Voice._say,
    "Play": Voice._play,
    "Pause": Voice._pause,
    "Gather": Voice._gather,
    "Record": Voice._record,
    "Redirect": Voice._redirect,
    "Leave": Voice._leave,
    "Hangup": Voice._hangup,
    "Reject": Voice._reject,
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


def hook_in(verb: Verb, name: str, known: tuple[str, ...], otherwise: tuple[str, ...]) -> Hook:
    """The address for callbacks in these attributes of a verb."""
    events = tuple(verb.get(f"{name}Event").split()) or otherwise
    if unknown := sorted(set(events) - set(known)):
        raise DocumentError(WARNING, f'{name}Event="{" ".join(unknown)}" is not known')
    return Hook(verb.get(name), verb.get(f"{name}Method", "POST"), events)
