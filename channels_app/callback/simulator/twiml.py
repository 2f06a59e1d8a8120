"""TwiML with others: <Dial> to telephones, conferences and queues, and <Enqueue>. What one hears alone: voice.py."""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from channels_app.callback.simulator.account import is_telephone
from channels_app.callback.simulator.calls import (
    CONFERENCE_EVENTS,
    FOUR_HOURS,
    PROGRESS_EVENTS,
    RECORDING_EVENTS,
    Call,
    Document,
    Participant,
    Plan,
    Seat,
    Waiting,
)
from channels_app.callback.simulator.documents import (
    EVERYTHING,
    WHILE_IN_CONFERENCE,
    WHILE_IN_QUEUE,
    DocumentError,
    Verb,
)
from channels_app.callback.simulator.timeline import Changed, Fetch, Process, Steps, Wait
from channels_app.callback.simulator.voice import SINGLE_VERBS, Extra, Finish, Goto, Verbs, Voice, hook_in

DEFAULT_MUSIC: Final = "music:default"
MUSIC_HOSTS: Final = ("twimlets.com", "com.twilio.music", "com.twilio.sounds")


class Talk(Voice):
    """One call and the documents that it executes, with all whom it meets on the way."""

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
            status_hook=self._absolute(hook_in(noun, "statusCallback", PROGRESS_EVENTS, ("completed",))),
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
            hook = self._absolute(hook_in(verb, "recordingStatusCallback", RECORDING_EVENTS, ("completed",)))
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
            hook=self._absolute(hook_in(noun, "statusCallback", CONFERENCE_EVENTS, events)),
            record=record in ("true", "record-from-start"),
            recording_hook=self._absolute(hook_in(noun, "recordingStatusCallback", RECORDING_EVENTS, ("completed",))),
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
                    yield Wait()  # the process has ended with its call: nothing behind this happens
                return outcome
            if self._network.timeline.now - began < 1.0:  # an empty document is silence
                yield Wait(1.0)

    def _enqueue(self, verb: Verb) -> Verbs:
        queue = self._network.queues.named(verb.text or "default")
        if len(queue.members) >= queue.max_size:
            return self._action(verb, (("QueueResult", "queue-full"), ("QueueSid", queue.sid)))
        waiting = Waiting(self._call, self._network.timeline.now)
        self._network.queues.enter(queue, waiting)
        lost = partial(self._hung_up_in_queue, verb, waiting, queue.sid)
        self._call.at_end.append(lost)
        yield from self._wait_in_queue(verb, waiting)
        self._network.queues.leave(waiting, waiting.result or "bridged")
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
                    extra = partial(self._network.queues.news_for, waiting)
                    outcome = yield from self._music(document, extra, WHILE_IN_QUEUE)
                    if isinstance(outcome, Finish):
                        waiting.result = "leave"
                except Changed:
                    continue

    def _with_whom_took_it(self, waiting: Waiting, taker: Call) -> Steps:
        if waiting.redirect is not None:
            document, waiting.redirect = waiting.redirect, None
            yield from self._documents(Goto(document, self._network.queues.news_for(waiting)), EVERYTHING)
        self._call.is_ready = True
        self._wake(taker)
        yield from self._until(lambda: self._call.peer is None and (self._call.was_bridged or taker.is_over))

    def _hung_up_in_queue(self, verb: Verb, waiting: Waiting, queue: str) -> None:
        self._network.queues.leave(waiting, waiting.result or "hangup")
        self._tell_action(verb, self._queue_result(waiting, queue))

    def _queue_result(self, waiting: Waiting, queue: str) -> Extra:
        seconds = str(round(self._network.timeline.now - waiting.since))
        return (("QueueResult", waiting.result), ("QueueSid", queue), ("QueueTime", seconds))

    def _dial_queue(self, noun: Verb) -> Generator[Wait | Fetch, Any, Extra]:
        queue = self._network.queues.named(noun.text)
        self._sound("music")
        queue.takers.append(self._call)
        yield from self._until(lambda: bool(queue.members))
        queue.takers.remove(self._call)
        waiting, other = queue.members[0], queue.members[0].call
        other.is_ready = other.was_bridged = False
        if noun.get("url"):
            waiting.redirect = Document(urljoin(self._base, noun.get("url")), noun.get("method", "POST"))
        waiting.bridged_to = self._call
        self._network.queues.leave(waiting, "bridged")
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


Talk.verbs = {**SINGLE_VERBS, "Dial": Talk._dial, "Enqueue": Talk._enqueue}


def _is_music(url: str) -> bool:
    return url.startswith("music:") or (urlsplit(url).hostname or "").removesuffix(".s3.amazonaws.com") in MUSIC_HOSTS


def _may_talk(child: Call) -> bool:
    return child.is_ready and not child.is_over


def _result_of(child: Call) -> Extra:
    if not child.was_bridged:
        return (("DialCallStatus", "no-answer" if child.status == "completed" else child.status),)
    about = (("DialCallSid", child.sid), ("DialCallDuration", str(child.seconds)), ("DialBridged", "true"))
    return (("DialCallStatus", "completed"), *about)
