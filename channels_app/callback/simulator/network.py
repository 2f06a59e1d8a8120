"""The phone network: calls, telephones, conferences and the API, on a clock of its own. No thread, no socket, no sleep.

    network = Network(account=Account("AC…", "token"), start=datetime.now(UTC), send=ask_our_server)
    network.add_number("+49301234", voice_url="https://…/cb/in/…")
    network.script("+49301111", Script(reaction="busy"))
    client = Client(account.sid, account.token, http_client=NetworkTransport(network))
    network.advance(60)
    assert network.ledger.overlaps() == []

`send` gets one `WebhookRequest` at a time, never while a state is half changed; it answers at once, or returns None and
calls `request.answered` later. The same seed and the same requests give the same ledger.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from threading import RLock
from typing import Final
from urllib.parse import urlsplit

from channels_app.callback.simulator import api_account, api_calls, api_conferences, rest
from channels_app.callback.simulator.account import API_VERSION, Account, Sids, is_telephone
from channels_app.callback.simulator.calls import (
    Call,
    Document,
    Heard,
    Hook,
    OwnNumber,
    Plan,
)
from channels_app.callback.simulator.conferences import Conferences
from channels_app.callback.simulator.exchanges import noted_here
from channels_app.callback.simulator.faults import Faults
from channels_app.callback.simulator.ledger import Bridge, Ledger
from channels_app.callback.simulator.lines import Lines
from channels_app.callback.simulator.messages import Messages
from channels_app.callback.simulator.phones import Phone, Script
from channels_app.callback.simulator.queues import Queues
from channels_app.callback.simulator.recordings import Recordings
from channels_app.callback.simulator.timeline import Changed, Timeline
from channels_app.callback.simulator.webhooks import NO_ANSWER, Send, WebhookAnswer, WebhookRequest, Webhooks

CALLS_KEPT: Final = 5_000
ROUTES: Final = {**api_calls.ROUTES, **api_conferences.ROUTES, **api_account.ROUTES}
REPORTS_KEPT: Final = 1_000
LONGEST_RUN: Final = 4 * 3_600 + 900.0  # no call lasts longer than its limit of four hours; a callback may be late


@dataclass(frozen=True, slots=True)
class Report:
    """A line of Twilio's debugger: something that our documents or addresses did wrong."""

    at: float
    code: int
    text: str
    call: str


class Network:
    """One account and the world outside it."""

    def __init__(
        self,
        *,
        account: Account,
        send: Send,
        start: datetime | None = None,
        ledger: Ledger | None = None,
        faults: Faults | None = None,
        seed: int | None = 0,
        otherwise: Script | None = None,
        api_base: str = "https://api.twilio.com",
        calls_kept: int = CALLS_KEPT,
    ) -> None:
        self.account = account
        self.api_base = api_base
        self.calls_kept = calls_kept
        self.timeline = Timeline((start or datetime.now(UTC)).timestamp())
        self.ledger = ledger or Ledger()
        self.faults = faults or Faults()
        self.otherwise = otherwise or Script()
        self.sids = Sids(seed)
        self.webhooks = Webhooks(self.timeline, account.token, self.faults, partial(self.sids.new, ""))
        self.lines = Lines(self)
        self.conferences = Conferences(self)
        self.recordings = Recordings(self)
        self.queues = Queues(self)
        self.messages = Messages(self)
        self.calls: dict[str, Call] = {}
        self.phones: dict[str, Phone] = {}
        self.numbers: dict[str, OwnNumber] = {}
        self.debugger: deque[Report] = deque(maxlen=REPORTS_KEPT)
        self.created = self.timeline.now
        self.send = send
        self._active: dict[str, list[Call]] = {}
        self._exchanges = noted_here()
        self._lock = RLock()  # callers may be threads of the centre; the network itself has none

    # The clock.

    @property
    def now(self) -> datetime:
        """What time it is in the network."""
        return datetime.fromtimestamp(self.timeline.now, UTC)

    def advance(self, seconds: float) -> None:
        """Let so much time pass, with all that happens in it."""
        self.run_to(self.timeline.now + seconds)

    def run_to(self, instant: float) -> None:
        """Let time pass until this instant (seconds since 1970)."""
        self.deliver()
        while self._step(instant):
            self.deliver()
        with self._lock:
            self.timeline.now = max(self.timeline.now, instant)

    def run_until_idle(self, longest: float = LONGEST_RUN) -> None:
        """Let time pass until nothing will happen any more, at most so many seconds."""
        end = self.timeline.now + longest
        self.deliver()
        while self._step(end):
            self.deliver()

    def _step(self, until: float) -> bool:
        with self._lock:
            timer = self.timeline.pop_due(until)
            if timer is not None:
                timer.action()
        return timer is not None

    def deliver(self) -> None:
        """Send what waits to be sent. Outside of the lock: the server may call the API before it answers."""
        while self.webhooks.waiting:
            request = self.webhooks.waiting.popleft()
            self.webhooks.sent.append((self.timeline.now, request))
            answer = self.send(request)
            if answer is not None:
                with self._lock:
                    request.answered(answer)

    # The API.

    def request(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, list[str]] | None = None,
        query: Mapping[str, list[str]] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> rest.RestAnswer:
        """One request to the API. Nothing is sent before time goes on."""
        with self._lock:
            asked = rest.RestRequest(method.upper(), path, form or {}, query or {}, auth)
            answer = rest.answer(self, asked, ROUTES)
            if self._exchanges is not None:
                self._exchanges.note(asked, answer)
            return answer

    # What is set up.

    def add_number(
        self,
        number: str,
        *,
        voice_url: str = "",
        voice_method: str = "POST",
        status_callback: str = "",
        name: str = "",
    ) -> OwnNumber:
        """A number of the account, or its addresses anew. Raises ValueError if it is none."""
        if not is_telephone(number):
            raise ValueError(f"{number!r} is no number: write it as +, country and number")
        now = self.timeline.now
        own = self.numbers.setdefault(number, OwnNumber(self.sids.new("PN"), number, now, now, name or number))
        own.voice_url, own.voice_method = voice_url, voice_method
        own.status_callback, own.updated = status_callback, now
        return own

    def remove_number(self, number: str) -> None:
        """The account gives it back; calls that are under way go on."""
        self.numbers.pop(number, None)

    def script(self, number: str, *scripts: Script) -> None:
        """What happens at this number at its next calls; the last one counts for all that follow."""
        phone = self.phone(number)
        phone.scripts.clear()
        phone.scripts.extend(scripts)

    def phone(self, number: str) -> Phone:
        """The telephone with this number."""
        return self.phones.setdefault(number, Phone(number))

    def script_for(self, number: str) -> Script:
        """What happens there now."""
        return self.phone(number).next_script(self.otherwise)

    # What people do.

    def inbound(self, from_: str, to: str, *, another: bool = False) -> str:
        """Somebody calls one of our numbers; returns the call's sid. Raises ValueError if nobody can.

        `another`: by a second telephone that shows the same number, as behind a switchboard.
        """
        own = self.numbers.get(to)
        if own is None or not is_telephone(from_):
            raise ValueError(f"{to} is no number of this account" if own is None else f"{from_!r} is no number")
        if not another and any(call.started is not None for call in self._active.get(from_, ())):
            raise ValueError(f"{from_} is in a call: it can't place another")
        document = Document(own.voice_url, own.voice_method, "" if own.voice_url else "<Response><Reject/></Response>")
        hook = Hook(own.status_callback, own.status_method, ("completed",))
        with self._lock:
            call = self.lines.arrive(Plan(document=document, status_hook=hook), from_=from_, to=to)
        return call.sid

    def answer(self, number: str) -> None:
        """Pick up the telephone that rings. Raises ValueError if it doesn't."""
        with self._lock:
            self.lines.answer(self._ringing_at(number))

    def decline(self, number: str) -> None:
        """Refuse the call that rings. Raises ValueError if none does."""
        with self._lock:
            self.lines.end(self._ringing_at(number), "busy")

    def press(self, number: str, digits: str) -> None:
        """Press keys during the call. Raises ValueError if there is none."""
        with self._lock:
            self.lines.press(self._call_at(number, "in-progress"), digits)

    def say(self, number: str, text: str, seconds: float = 0.0) -> None:
        """Speak into the telephone; without `seconds` as long as the text takes. Raises ValueError without a call."""
        with self._lock:
            self.lines.speak(self._call_at(number, "in-progress"), text, seconds)

    def hang_up(self, number: str) -> None:
        """Put it down: a call that is talked in is completed, one that was never answered is refused or given up."""
        with self._lock:
            call = self._call_at(number, "in-progress", "ringing")
            ending = "completed" if call.answered is not None else "canceled" if call.direction == "inbound" else "busy"
            self.lines.end(call, ending)

    def current_call(self, number: str) -> Call | None:
        """The call at this telephone: the one that is talked in, else the one that rings."""
        calls = [call for call in self._active.get(number, ()) if not call.is_over]
        return next((call for call in calls if call.answered is not None), calls[-1] if calls else None)

    def ringing(self) -> set[str]:
        """The telephones that ring."""
        calls = (call for active in self._active.values() for call in active)
        return {call.phone for call in calls if call.status == "ringing" and call.direction != "inbound"}

    def _ringing_at(self, number: str) -> Call:
        call = self._call_at(number, "ringing")
        if call.direction == "inbound":
            raise ValueError(f"{number} calls somebody itself: nothing rings there")
        return call

    def _call_at(self, number: str, *statuses: str) -> Call:
        call = self.current_call(number)
        if call is None or call.status not in statuses:
            raise ValueError(f"No call at {number} is {' or '.join(statuses)}")
        return call

    # What the judge asks.

    def transcript(self, sid: str) -> list[Heard]:
        """What this leg heard."""
        return list(self.calls[sid].transcript)

    def silences(self, sid: str) -> list[tuple[float, float]]:
        """When this leg heard nothing at all, as instants; between its answer and its end (or now)."""
        call = self.calls[sid]
        found: list[tuple[float, float]] = []
        end = call.ended if call.ended is not None else self.timeline.now
        sounds = [*call.sounds, (end, "end")]
        answered = call.answered if call.answered is not None else end
        for (began, kind), (until, _) in pairwise(sounds):
            start = max(began, answered)
            if not kind and until > start:
                joins = bool(found) and found[-1][1] == start
                found[-1:] = [(found[-1][0], until)] if joins else [*found[-1:], (start, until)]
        return found

    def bridged_agents(self, sid: str, at: datetime | None = None) -> list[str]:
        """Whom this leg hears at that instant (now), as addresses."""
        heard = self.ledger.heard_by(sid, at.timestamp() if at else self.timeline.now)
        return [self.calls[other].phone for other in heard if other in self.calls]

    def bridges_of(self, sid: str) -> list[Bridge]:
        """Whom this leg heard, from when to when."""
        return [bridge for bridge in self.ledger.bridges if bridge.listener == sid]

    # What the parts of the network ask of each other.

    def report(self, code: int, text: str, call: str) -> None:
        """A line for the debugger."""
        self.debugger.append(Report(self.timeline.now, code, text, call))

    def hear(self, call: Call, kind: str) -> None:
        """From now on this leg hears that."""
        if not call.is_over and (not call.sounds or call.sounds[-1][1] != kind):
            call.sounds.append((self.timeline.now, kind))

    def heard(self, call: Call, what: Heard) -> None:
        """This leg heard something; the person may react to it."""
        call.transcript.append(what)
        self.phone(call.phone).saw(
            "heard", self.now.isoformat(), call=call.sid, sound=what.kind, text=what.text, language=what.language
        )
        self.lines.react(call, what.text)

    def connect(self, call: Call, other: Call) -> None:
        """Two legs hear each other."""
        for one, peer in ((call, other), (other, call)):
            self.lines.answer(one)  # a <Dial answerOnBridge> has waited for this
            one.peer, one.was_bridged = peer, True
            self.hear(one, "bridge")
        self.ledger.hears(self.timeline.now, _scope(call, other), {(call.sid, other.sid), (other.sid, call.sid)})
        self._wake(other)

    def disconnect(self, call: Call) -> None:
        """This leg and its peer no longer hear each other."""
        if (other := call.peer) is None:
            return
        call.peer = other.peer = None
        self.ledger.hears(self.timeline.now, _scope(call, other), set())
        for one in (call, other):
            self.hear(one, "")
            self._wake(one)

    def listeners_of(self, call: Call) -> list[Call]:
        """Who hears what is said into this telephone."""
        if call.peer is not None:
            return [call.peer]
        if call.participant is None:
            return []
        others = [one.call for one in call.participant.conference.present]
        return [other for other in others if call.sid in self.ledger.heard_now(other.sid)]

    def is_engaged(self, call: Call) -> bool:
        """Whether somebody rings or talks there already."""
        return any(other is not call and other.started is not None for other in self._active.get(call.phone, ()))

    def registered(self, call: Call) -> None:
        """A call begins."""
        self.calls[call.sid] = call
        self._active.setdefault(call.phone, []).append(call)
        self.phone(call.phone).calls += 1

    def is_done_with(self, call: Call) -> None:
        """A call has ended. The oldest that are over leave the memory; the ledger keeps them."""
        self._active[call.phone].remove(call)
        if not self._active[call.phone]:
            del self._active[call.phone]
        while len(self.calls) > self.calls_kept and (oldest := self._oldest_over()) is not None:
            self._forget(oldest)

    def _oldest_over(self) -> Call | None:
        oldest = next(iter(self.calls.values()))
        return oldest if oldest.is_over else next((call for call in self.calls.values() if call.is_over), None)

    def _forget(self, call: Call) -> None:
        del self.calls[call.sid]
        self.recordings.forget(self.recordings.of_call(call.sid))
        self.conferences.forget_oldest(self.calls_kept)
        phone = self.phone(call.phone)
        phone.calls -= 1
        if phone.is_blank:
            del self.phones[call.phone]

    def may_show(self, caller: str) -> bool:
        """Whether this is a caller id that the account may use."""
        return caller in self.numbers or caller.startswith("client:")

    def number_sid(self, number: str) -> str:
        """The sid of one of our numbers, "" if it is none."""
        return self.numbers[number].sid if number in self.numbers else ""

    def path_of(self, url: str) -> str:
        """For the ledger: which address says what a call hears, without its host and query."""
        return urlsplit(url).path

    def params_of(self, call: Call, status: str = "") -> list[tuple[str, str]]:
        """What each request about a call carries."""
        params = [
            ("CallSid", call.sid),
            ("AccountSid", self.account.sid),
            ("From", call.from_),
            ("To", call.to),
            ("CallStatus", status or call.status),
            ("ApiVersion", API_VERSION),
            ("Direction", call.direction),
            ("Caller", call.from_),
            ("Called", call.to),
            *((f"{who}{what}", "") for who in ("From", "To", "Caller", "Called") for what in PLACES),
        ]
        if call.parent is not None:
            params.append(("ParentCallSid", call.parent.sid))
        if call.answered_by is not None:
            params.append(("AnsweredBy", call.answered_by))
        return params

    def _wake(self, call: Call) -> None:
        if call.process is not None:
            call.process.interrupt(Changed())


PLACES: Final = ("City", "State", "Zip", "Country")


def _scope(call: Call, other: Call) -> str:
    return "+".join(sorted((call.sid, other.sid)))


def unreachable(request: WebhookRequest) -> WebhookAnswer:
    """For a network without anybody to call back."""
    return WebhookAnswer(NO_ANSWER)
