"""What the network knows of one call, one conference, one queue, one recording: plain state, no behaviour of others."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from channels_app.callback.simulator.phones import Script
from channels_app.callback.simulator.timeline import Process, Timer

FINAL: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
PROGRESS_EVENTS: Final = ("initiated", "ringing", "answered", "completed")
CONFERENCE_EVENTS: Final = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
RECORDING_EVENTS: Final = ("in-progress", "completed", "absent", "failed")
FOUR_HOURS: Final = 14_400


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that wants to hear of events."""

    url: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ()

    def wants(self, event: str) -> bool:
        """Whether this event is told."""
        return bool(self.url) and event in self.events


@dataclass(frozen=True, slots=True)
class Document:
    """TwiML: given, or where it is."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"


@dataclass(frozen=True, slots=True)
class Detection:
    """Whether a machine has answered is found out. `waits`: the document is asked for only when it is known."""

    mode: str = ""
    waits: bool = True
    timeout: float = 30.0
    hook: Hook = field(default_factory=Hook)


@dataclass(frozen=True, slots=True)
class Seat:
    """How somebody takes part in a conference."""

    conference: str
    label: str = ""
    muted: bool = False
    coaching: str = ""  # call sid of who is coached
    starts: bool = True
    ends: bool = False
    wait_url: str = "music:default"
    wait_method: str = "POST"
    beep: str = "true"
    hook: Hook = field(default_factory=Hook)
    record: bool = False
    recording_hook: Hook = field(default_factory=Hook)
    max_participants: int = 250


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call was placed with."""

    document: Document = field(default_factory=Document)
    status_hook: Hook = field(default_factory=Hook)
    timeout: float = 60.0
    time_limit: float = FOUR_HOURS
    detection: Detection = field(default_factory=Detection)
    send_digits: str = ""
    record: bool = False
    recording_hook: Hook = field(default_factory=Hook)
    seat: Seat | None = None  # a participant that was added by the API


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that this party heard. `kind`: say, play, beep, digits, error, whisper or person."""

    at: float
    kind: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """The person at this telephone spoke."""

    start: float
    end: float
    text: str


@dataclass(slots=True, eq=False)
class Call:
    """One leg: one telephone outside and what it hears."""

    sid: str
    to: str
    from_: str
    direction: str
    created: float
    plan: Plan
    phone: str  # the number of the telephone outside: `to` of what we place, `from_` of what comes in
    parent: "Call | None" = None
    phone_number_sid: str = ""
    status: str = "queued"
    updated: float = 0.0
    started: float | None = None
    answered: float | None = None
    ended: float | None = None
    answered_by: str | None = None
    sequence: int = 0
    script: Script = field(default_factory=Script)
    process: Process | None = None
    timers: list[Timer] = field(default_factory=list)
    at_end: list[Callable[[], None]] = field(default_factory=list)
    transcript: list[Heard] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    sounds: list[tuple[float, str]] = field(default_factory=list)  # from when on it hears what; "": silence
    waiting_deeds: list[int] = field(default_factory=list)  # indexes of the script's actions that wait for a text
    participant: "Participant | None" = None
    peer: "Call | None" = None  # the other end of a bridge of two
    was_bridged: bool = False
    is_ready: bool = False  # a dialled call that may be bridged: answered, and its whisper is over

    @property
    def is_over(self) -> bool:
        """Whether the call has ended, in whatever way."""
        return self.status in FINAL

    @property
    def seconds(self) -> int:
        """Whole seconds of talk."""
        if self.answered is None or self.ended is None:
            return 0
        return max(0, round(self.ended - self.answered))


@dataclass(slots=True, eq=False)
class Participant:
    """A call in a conference (or on its way into it)."""

    call: Call
    conference: "Conference"
    seat: Seat
    created: float
    updated: float
    muted: bool
    coaching: str
    ends: bool
    hold: bool = False
    hold_url: str = "music:default"
    hold_method: str = "GET"
    joined: bool = False
    has_left: bool = False
    last_news: tuple[object, ...] = ()  # what it was last told of: it is woken only by something new


@dataclass(slots=True, eq=False)
class Conference:
    """Calls that hear each other."""

    sid: str
    name: str
    created: float
    updated: float
    hook: Hook
    status: str = "init"
    sequence: int = 0
    participants: list[Participant] = field(default_factory=list)
    reason: str | None = None
    ended_by: str | None = None

    @property
    def present(self) -> list[Participant]:
        """Who is in it now."""
        return [participant for participant in self.participants if participant.joined and not participant.has_left]


@dataclass(slots=True, eq=False)
class Waiting:
    """A call in a queue. `result` is set when it leaves it."""

    call: Call
    since: float
    result: str = ""
    bridged_to: Call | None = None
    redirect: Document | None = None


@dataclass(slots=True, eq=False)
class Queue:
    """Calls that wait, first come first served."""

    sid: str
    name: str
    created: float
    updated: float
    max_size: int = 100
    members: list[Waiting] = field(default_factory=list)
    takers: list[Call] = field(default_factory=list)  # who waits for somebody to come
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=1_000))  # seconds, of the last who have left

    @property
    def average_wait(self) -> int:
        """Whole seconds, of the last who have left it."""
        return round(sum(self.waits) / len(self.waits)) if self.waits else 0


@dataclass(slots=True, eq=False)
class Recording:
    """Of a call or of a conference. `seconds`: of the parts that are over; one may run since `running_since`."""

    sid: str
    call: Call | None
    conference: Conference | None
    source: str
    created: float
    updated: float
    hook: Hook
    channels: int = 1
    status: str = "in-progress"
    seconds: float = 0.0
    running_since: float | None = None
    ended: float | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A text message."""

    sid: str
    to: str
    from_: str
    body: str
    created: float
    updated: float
    hook: Hook
    status: str = "queued"
    direction: str = "outbound-api"
    sent: float | None = None


@dataclass(slots=True, eq=False)
class OwnNumber:
    """A number of the account: who calls it hears the document of `voice_url`."""

    sid: str
    number: str
    created: float
    updated: float
    name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    fallback_url: str = ""
    status_callback: str = ""
    status_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
