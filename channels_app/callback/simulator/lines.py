"""The life of a call: placed, ringing, answered, ended; with its callbacks, its limits and the hunt for machines."""

from functools import partial
from typing import TYPE_CHECKING, Final

from channels_app.callback.simulator.calls import Call, Detection, Document, Heard, Plan, Speech
from channels_app.callback.simulator.ledger import Ring
from channels_app.callback.simulator.phones import Action
from channels_app.callback.simulator.timeline import Changed, Pressed, Spoke
from channels_app.callback.simulator.twiml import Talk
from channels_app.callback.simulator.voice import CHARACTERS_PER_SECOND
from channels_app.callback.simulator.webhooks import Callback, rfc_2822

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

QUEUE_SECONDS: Final = 0.1
DIALLING_SECONDS: Final = 0.4
HUMAN_SECONDS: Final = 1.8
MACHINE_SECONDS: Final = 4.0
FAX_SECONDS: Final = 3.0
BEEP_SECONDS: Final = 0.5
SILENCE_AFTER_GREETING: Final = 2.0
SIP_CODES: Final = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404"}
HANG_UP_REASON: Final = "participant_hung_up"


class Lines:
    """Moves calls from state to state. Every change of a call's status happens here."""

    def __init__(self, network: "Network") -> None:
        self._network = network

    # From the placing to the answer.

    def place(
        self,
        plan: Plan,
        *,
        to: str,
        from_: str,
        direction: str,
        parent: Call | None = None,
        request: str = "",
        by_fault: bool = False,
    ) -> Call:
        """Accept a call; it is dialled a moment later."""
        call = self._new(plan, to, from_, direction, phone=to, parent=parent)
        self._into_ledger(call, request, by_fault)
        self._later(call, QUEUE_SECONDS, partial(self._dial, call))
        return call

    def arrive(self, plan: Plan, *, from_: str, to: str) -> Call:
        """Somebody calls one of our numbers: it rings until the first verb of the document answers."""
        call = self._new(plan, to, from_, "inbound", phone=from_, parent=None)
        call.status, call.started = "ringing", self._network.timeline.now
        call.script = self._network.script_for(from_)
        self._into_ledger(call, "", by_fault=False)
        self._saw(call, "calling", to=to)
        Talk(self._network, call).begin(plan.document)
        return call

    def _new(self, plan: Plan, to: str, from_: str, direction: str, *, phone: str, parent: Call | None) -> Call:
        now = self._network.timeline.now
        call = Call(
            sid=self._network.sids.new("CA"),
            to=to,
            from_=from_,
            direction=direction,
            created=now,
            updated=now,
            plan=plan,
            phone=phone,
            parent=parent,
            phone_number_sid=self._network.number_sid(to if direction == "inbound" else from_),
        )
        self._network.registered(call)
        return call

    def _into_ledger(self, call: Call, request: str, by_fault: bool) -> None:
        peer = call.from_ if call.phone == call.to else call.to
        ring = Ring(call.sid, call.phone, peer, call.direction, call.created, request, by_fault=by_fault)
        ring.path = self._network.path_of(call.plan.document.url)
        self._network.ledger.placed(ring)

    def _dial(self, call: Call) -> None:
        self._progress(call, "initiated", "initiated")
        call.script = self._network.script_for(call.phone)
        if self._network.is_engaged(call):
            self._later(call, DIALLING_SECONDS, partial(self.end, call, "busy"))
        elif call.script.reaction in ("busy", "failed"):
            self._later(call, call.script.after, partial(self.end, call, call.script.reaction))
        else:
            self._later(call, DIALLING_SECONDS, partial(self._ring, call))

    def _ring(self, call: Call) -> None:
        call.status, call.started = "ringing", self._network.timeline.now
        self._network.ledger.rang(call.sid, call.started)
        self._saw(call, "ringing", caller=call.from_)
        self._progress(call, "ringing", "ringing")
        if call.script.reaction == "answer":
            self._later(call, call.script.after, partial(self.answer, call))
        elif call.script.reaction == "canceled":
            self._later(call, call.script.after, partial(self.end, call, "canceled"))
        self._later(call, call.plan.timeout, partial(self._give_up, call))

    def _give_up(self, call: Call) -> None:
        if call.answered is None:
            self.end(call, "no-answer")

    def answer(self, call: Call) -> None:
        """The telephone is picked up (or, of a call that comes in, our number answers)."""
        if call.is_over or call.answered is not None:
            return
        now = self._network.timeline.now
        call.status, call.answered = "in-progress", now
        call.sounds.append((now, ""))
        self._network.ledger.answered(call.sid, now)
        self._saw(call, "answered")
        self._progress(call, "answered", "in-progress")
        self.limit(call)
        if call.plan.record:
            self._network.recordings.begin("OutboundAPI", call=call, hook=call.plan.recording_hook)
        self._let_act(call)
        if call.direction != "inbound":
            self._begin_talk(call)

    def limit(self, call: Call) -> None:
        """A talk ends when its time limit is over; before the answer nothing is to be done."""
        if call.answered is not None:
            left = call.answered + call.plan.time_limit - self._network.timeline.now
            self._later(call, left, partial(self.end, call, "completed"))

    def _begin_talk(self, call: Call) -> None:
        """Digits are sent; the machine is looked for; then, or at the same time, the document is executed."""
        if call.plan.send_digits:
            self._network.heard(call, Heard(self._network.timeline.now, "digits", call.plan.send_digits))
        detection = call.plan.detection
        if not detection.mode or call.plan.send_digits:
            self._talk(call)
        else:
            seconds, result = _detected(call, detection)
            self._later(call, seconds, partial(self._detect, call, detection, seconds, result))
            if not detection.waits:
                self._talk(call)

    def _detect(self, call: Call, detection: Detection, seconds: float, result: str) -> None:
        call.answered_by = result
        if detection.waits:
            self._talk(call)
        elif detection.hook.url:
            about = [("CallSid", call.sid), ("AccountSid", self._network.account.sid), ("AnsweredBy", result)]
            about.append(("MachineDetectionDuration", str(round(seconds * 1000))))
            hook = detection.hook
            self._network.webhooks.tell(Callback(hook.url, hook.method, about, "amd", result, call.sid))

    def _talk(self, call: Call) -> None:
        talk, seat = Talk(self._network, call), call.plan.seat
        if seat is not None and call.participant is not None:
            self._network.conferences.enter(call.participant)
            talk.begin_in_conference(seat, call.participant)
        elif call.parent is None:
            talk.begin(call.plan.document)
        elif call.plan.document.url:
            talk.begin_whisper(call.plan.document, partial(self._make_ready, call))
        else:
            self._make_ready(call)

    def _make_ready(self, call: Call) -> None:
        call.is_ready = True
        _wake(call.parent)

    # To the end.

    def hang_up(self, call: Call) -> None:
        """End it from our side: completed if it was answered, canceled if not."""
        self.end(call, "canceled" if call.answered is None else "completed")

    def end(self, call: Call, status: str, reason: str = HANG_UP_REASON) -> None:
        """The call is over. Nothing of it happens any more; who depends on it hears of it."""
        if call.is_over:
            return
        now = self._network.timeline.now
        call.status, call.ended = status, now
        call.sounds.append((now, ""))
        for timer in call.timers:
            timer.cancel()
        self._detach(call, reason)
        self._network.recordings.end_with(call)
        self._network.ledger.ended(call.sid, now, status)
        self._saw(call, "ended", result=status)
        self._progress(call, "completed", status)
        _wake(call.parent)
        self._network.is_done_with(call)

    def redirect(self, call: Call, document: Document) -> None:
        """Let it execute another document from now on, wherever it is."""
        self._detach(call, "participant_updated_via_api")
        Talk(self._network, call).begin(document)

    def _detach(self, call: Call, reason: str) -> None:
        if call.process is not None:
            call.process.stop()
        for end in list(call.at_end):
            end()
        call.at_end.clear()
        self._network.disconnect(call)
        if call.participant is not None:
            self._network.conferences.leave(call.participant, reason)

    # The person at the telephone.

    def press(self, call: Call, digits: str) -> None:
        """Keys, one after the other."""
        self._saw(call, "pressed", digits=digits)
        for index, digit in enumerate(digit for digit in digits if digit not in "wW"):
            self._later(call, index * 0.3, partial(self._press_one, call, digit))

    def _press_one(self, call: Call, digit: str) -> None:
        if call.process is not None and not call.is_over:
            call.process.interrupt(Pressed(digit))

    def speak(self, call: Call, text: str, seconds: float = 0.0) -> None:
        """Say something: whoever hears this telephone hears it, and so does a recording."""
        now = self._network.timeline.now
        seconds = seconds or max(0.5, len(text) / CHARACTERS_PER_SECOND)
        call.speeches.append(Speech(now, now + seconds, text))
        self._saw(call, "spoke", text=text)
        for listener in self._network.listeners_of(call):
            self._network.heard(listener, Heard(now, "person", text))
        self._network.conferences.spoke(call, seconds)
        if call.process is not None:
            call.process.interrupt(Spoke())

    def _let_act(self, call: Call) -> None:
        if call.script.answered_by.startswith("machine"):
            self.speak(call, "", call.script.greeting)
        for index, action in enumerate(call.script.actions):
            if action.heard:
                call.waiting_deeds.append(index)
            else:
                self._later(call, action.after, partial(self._act, call, action))

    def react(self, call: Call, text: str) -> None:
        """The person has heard this text: do what waits for it."""
        for index in list(call.waiting_deeds):
            action = call.script.actions[index]
            if action.heard.lower() in text.lower():
                call.waiting_deeds.remove(index)
                self._later(call, action.after, partial(self._act, call, action))

    def _act(self, call: Call, action: Action) -> None:
        if action.do == "press":
            self.press(call, action.digits)
        elif action.do == "say":
            self.speak(call, action.text, action.seconds)
        else:
            self.end(call, "completed")

    # What is told.

    def _progress(self, call: Call, event: str, status: str) -> None:
        """A status callback. The sequence counts all four events, whether somebody wants to hear of them or not."""
        call.updated = self._network.timeline.now
        hook = call.plan.status_hook
        if hook.wants(event):
            params = [*self._network.params_of(call, status), *self._progress_params(call, event)]
            self._network.webhooks.tell(Callback(hook.url, hook.method, params, "status", event, call.sid))
        call.sequence += 1

    def _progress_params(self, call: Call, event: str) -> list[tuple[str, str]]:
        params = [
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(call.sequence)),
            ("Timestamp", rfc_2822(self._network.timeline.now)),
        ]
        if event == "completed":
            minutes = -(-call.seconds // 60)
            params += [("CallDuration", str(call.seconds)), ("Duration", str(minutes))]
            params.append(("SipResponseCode", SIP_CODES[call.status]))
        return params

    def _saw(self, call: Call, kind: str, **about: str) -> None:
        at = self._network.now.isoformat()
        self._network.phone(call.phone).saw(kind, at, call=call.sid, **about)

    def _later(self, call: Call, seconds: float, action: "partial[None]") -> None:
        def act() -> None:
            if not call.is_over:
                action()

        call.timers = [
            timer for timer in call.timers if not timer.is_cancelled and timer.at >= self._network.timeline.now
        ]
        call.timers.append(self._network.timeline.after(seconds, act))


def _detected(call: Call, detection: Detection) -> tuple[float, str]:
    """After how many seconds Twilio knows what has answered, and what it says."""
    script, to_the_end = call.script, detection.mode == "DetectMessageEnd"
    seconds, result = {
        "human": (HUMAN_SECONDS, "human"),
        "fax": (FAX_SECONDS, "fax"),
        "unknown": (detection.timeout, "unknown"),
        "machine": (script.greeting + BEEP_SECONDS, "machine_end_beep"),
        "machine_without_beep": (script.greeting + SILENCE_AFTER_GREETING, "machine_end_silence"),
    }[script.answered_by]
    if result.startswith("machine") and not to_the_end:
        seconds, result = MACHINE_SECONDS, "machine_start"
    return (seconds, result) if seconds <= detection.timeout else (detection.timeout, "unknown")


def _wake(call: Call | None) -> None:
    if call is not None and call.process is not None:
        call.process.interrupt(Changed())
