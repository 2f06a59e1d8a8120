"""What goes over the console's doors, as types: they check what comes in and what leaves, and are its OpenAPI."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from interaction_center.customers.policy import normalise


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _mail_address(text: str) -> str:
    if text and not normalise("email", text):
        raise ValueError("is no e-mail address: it looks like name@example.com")
    return text


_Clean = AfterValidator(_without_nul)
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,32}$")]
IdOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{0,32}$")]
Name = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True), _Clean]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), _Clean]
MailAddress = Annotated[
    str, StringConstraints(max_length=254, strip_whitespace=True), _Clean, AfterValidator(_mail_address)
]
Reason = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), _Clean]
Phone = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True), _Clean]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
EndClock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Country = Annotated[str, StringConstraints(max_length=2, strip_whitespace=True, to_upper=True), _Clean]
Countries = Annotated[list[Country], Field(max_length=250)]
Cursor = Annotated[str, StringConstraints(max_length=600), _Clean]
Limit = Annotated[int, Field(ge=1, le=200)]
ModeName = Literal["agent_first", "customer_first", "softphone"]
SlotMinutes = Annotated[int, Field(ge=5, le=240)]
SlotCapacity = Annotated[int, Field(ge=1, le=1000)]
DaysAhead = Annotated[int, Field(ge=1, le=60)]
RingSeconds = Annotated[int, Field(ge=10, le=120)]
Attempts = Annotated[int, Field(ge=1, le=10)]
CallsADay = Annotated[int, Field(ge=1, le=100_000)]
CallsASecond = Annotated[int, Field(ge=1, le=50)]
WrapUpSeconds = Annotated[int, Field(ge=0, le=3600)]
_FIRST, _LAST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(3000, 1, 1, tzinfo=dt.UTC)
Day = Annotated[dt.date, Field(gt=_FIRST.date(), lt=_LAST.date())]
Moment = Annotated[AwareDatetime, Field(gt=_FIRST, lt=_LAST)]  # one that can be told on any clock


class LineIn(Schema):
    """A new line. `team` and `calendar` are ids, `site` is the key of a site, `countries` are ISO codes."""

    name: Name
    number: Phone
    mode: ModeName = "agent_first"
    site: IdOrNone | None = None
    team: IdOrNone | None = None
    calendar: IdOrNone | None = None
    countries: Countries = []
    quiet_until: Clock = "08:00"
    quiet_from: EndClock = "20:00"
    slot_minutes: SlotMinutes = 30
    slot_capacity: SlotCapacity = 2
    days_ahead: DaysAhead = 14
    ring_seconds: RingSeconds = 25
    max_attempts: Attempts = 3
    calls_a_day: CallsADay = 500
    calls_a_second: CallsASecond = 1
    wrap_up_seconds: WrapUpSeconds = 120
    detects_machines: bool = True
    takes_voicemail: bool = True
    calls_back_missed: bool = True
    records: bool = False
    active: bool = True


class LineChange(Schema):
    """What is to change; what is left out stays. A null empties site, team and calendar and changes nothing else."""

    name: Name | None = None
    number: Phone | None = None
    mode: ModeName | None = None
    site: IdOrNone | None = None
    team: IdOrNone | None = None
    calendar: IdOrNone | None = None
    countries: Countries | None = None
    quiet_until: Clock | None = None
    quiet_from: EndClock | None = None
    slot_minutes: SlotMinutes | None = None
    slot_capacity: SlotCapacity | None = None
    days_ahead: DaysAhead | None = None
    ring_seconds: RingSeconds | None = None
    max_attempts: Attempts | None = None
    calls_a_day: CallsADay | None = None
    calls_a_second: CallsASecond | None = None
    wrap_up_seconds: WrapUpSeconds | None = None
    detects_machines: bool | None = None
    takes_voicemail: bool | None = None
    calls_back_missed: bool | None = None
    records: bool | None = None
    active: bool | None = None


class LineShort(Schema):
    """A line as a request or a call names it."""

    id: str
    name: str
    mode: str


class LineState(LineShort):
    """A line as agents see it."""

    number: str
    team: str
    active: bool
    paused_at: str | None
    paused_by: str


class LineOut(LineShort):
    """A line with its settings. `web_hook` is the address that Twilio is given for calls that come in."""

    number: str
    site: str | None
    team: str | None
    calendar: str | None
    countries: list[str]
    quiet_until: str
    quiet_from: str
    slot_minutes: int
    slot_capacity: int
    days_ahead: int
    ring_seconds: int
    max_attempts: int
    calls_a_day: int
    calls_a_second: int
    wrap_up_seconds: int
    detects_machines: bool
    takes_voicemail: bool
    calls_back_missed: bool
    records: bool
    active: bool
    paused_at: str | None
    paused_by: str
    web_hook: str


class LinePage(Schema):
    """One page of lines."""

    items: list[LineOut]
    next: str | None


class PauseIn(Schema):
    """Stop (`paused`) or resume dialling; `line` "" = all of them."""

    line: IdOrNone = ""
    paused: bool


class LineStates(Schema):
    """How the lines stand."""

    items: list[LineState]


class DoNotCallIn(Schema):
    """A number that is never to be rung again."""

    number: Phone
    reason: Reason = ""


class DoNotCallOut(Schema):
    """A number on the list, and who put it there; "" = its owner, on the telephone."""

    id: str
    number: str
    reason: str
    by: str
    at: str


class DoNotCallPage(Schema):
    """One page of the list."""

    items: list[DoNotCallOut]
    next: str | None


class PhoneIn(Schema):
    """Where an agent is rung."""

    kind: Literal["none", "number", "softphone"]
    number: Phone = ""


class PhoneOut(Schema):
    """Where an agent is rung. `number` is "" unless `kind` is number."""

    kind: Literal["none", "number", "softphone"]
    number: str


class PersonPhone(PhoneOut):
    """The same, of somebody."""

    id: str
    name: str


class PersonPhonePage(Schema):
    """One page of people and their telephones."""

    items: list[PersonPhone]
    next: str | None


class Named(Schema):
    """Something by its public id and its name."""

    id: str
    name: str


class CalledOut(Named):
    """The customer of a request."""

    verified: bool


class RequestOut(Schema):
    """“Call me back”. `promised_at`: by when; `late_seconds`: how much later they were reached, or wait already."""

    id: str
    interaction: str
    line: LineShort
    number: str
    extension: str
    flags: list[str]
    zones: list[str]
    subject: str
    name: str
    email: str
    source: str
    stage: str
    reason: str
    requested_at: str
    wanted_at: str | None
    next_at: str | None
    expires_at: str
    calls_made: int
    max_attempts: int
    connected_at: str | None
    ended_at: str | None
    disposition: str
    promised_at: str
    late_seconds: int | None
    customer: CalledOut
    first_words: str
    assigned_to: Named | None
    team: Named | None


class RequestIn(Schema):
    """A call that is promised to a customer. `key` makes it one; `origin`: the interaction in which it was agreed."""

    key: Annotated[str, StringConstraints(min_length=8, max_length=64), _Clean]
    line: Id
    number: Phone
    wanted_at: Moment | None = None
    name: Line = ""
    email: MailAddress = ""
    language: Annotated[str, StringConstraints(max_length=8), _Clean] = "en"
    subject: Annotated[str, StringConstraints(max_length=32), _Clean] = "general"
    reason: Annotated[str, StringConstraints(max_length=4_000), _Clean] = ""
    zone: Annotated[str, StringConstraints(max_length=64), _Clean] = ""
    origin: IdOrNone = ""


class MadeOut(Schema):
    """The interaction that waits for the call which was promised."""

    interaction: str


class MoveIn(Schema):
    """When they are to be called: the begin of a slot, null for as soon as possible."""

    wanted_at: Moment | None = None


class RequestPage(Schema):
    """One page of requests."""

    items: list[RequestOut]
    next: str | None


class LegOut(Schema):
    """One telephone of a call. `to` is "" for people of ours: where they sit is nobody's business."""

    id: str
    party: str
    user: str
    name: str
    to: str
    stage: str
    on_hold: bool
    muted: bool
    listens: str
    answered_at: str | None
    ended_at: str | None


class ConsentOut(Schema):
    """What whoever has this telephone answered when asked about a recording."""

    leg: str
    given: bool


class CallOut(Schema):
    """One call: who is rung, who talks. `wrap_up_until`: until then its agent writes it up undisturbed."""

    id: str
    interaction: str
    direction: str
    line: LineShort
    number: str
    agent: Named | None
    attempt: int
    stage: str
    outcome: str
    answered_by: str
    started_at: str
    bridged_at: str | None
    ended_at: str | None
    wrap_up_until: str | None
    consents: list[ConsentOut]
    recording: Literal["", "asked", "starting", "on", "paused"]
    disposition: str
    notes: str
    legs: list[LegOut]


class TargetIn(Schema):
    """Whom to put a customer through to, or to add: one of a person, a team (ids) and a number outside."""

    user: IdOrNone = ""
    team: IdOrNone = ""
    number: Phone = ""


class OnIn(Schema):
    """On or off."""

    on: bool


class LegIn(Schema):
    """One telephone of a call."""

    leg: Id


class MuteIn(LegIn, OnIn):
    """One telephone of a call, heard by nobody (on) or by all."""


class ListenIn(Schema):
    """How a supervisor takes part."""

    how: Literal["listen", "whisper", "barge", "off"]


class WrapUpIn(Schema):
    """What came of a call, and what happens next. `wanted_at`: the begin of a slot, for `move`."""

    disposition: Literal["solved", "follow_up", "wrong_number", "no_interest", "do_not_call", "other"]
    notes: Annotated[str, StringConstraints(max_length=10_000), _Clean] = ""
    next: Literal["done", "retry", "move"] = "done"
    wanted_at: Moment | None = None


class TokenOut(Schema):
    """A token for the softphone; null: `reason` says why there is none."""

    token: str | None
    reason: str = ""


class Calls(Schema):
    """Calls, the oldest first."""

    items: list[CallOut]


class RequestDetail(Schema):
    """The request of an interaction (null: they called us) and its calls, the oldest first."""

    request: RequestOut | None
    calls: list[CallOut]


class SlotOut(Schema):
    """A time to choose; `free` more customers can have it, `taken` have it."""

    start: str
    end: str
    free: int
    taken: int


class SlotDay(Schema):
    """The slots of one day on the line's own clock."""

    date: dt.date
    slots: list[SlotOut]


class SlotsOut(Schema):
    """The calendar of a line; days without a slot are left out."""

    line: LineState
    zone: str
    minutes: int
    capacity: int
    days: list[SlotDay]


class CallFigures(Schema):
    """Sums of requests. Rates are from 0 to 1; null = of nothing."""

    asked: int
    promised: int
    kept: int
    reached: int
    calls: int
    kept_rate: float | None
    reach_rate: float | None
    attempts_per_contact: float | None
    wait_saved_seconds: float | None


class DayFigures(CallFigures):
    """One day of the centre's clock."""

    day: dt.date


class LineFigures(CallFigures):
    """One line."""

    id: str
    name: str


class ReportOut(Schema):
    """What became of the requests of these days."""

    since: dt.date = Field(alias="from")
    until: dt.date = Field(alias="to")
    whole: CallFigures
    series: list[DayFigures]
    lines: list[LineFigures]


class Ok(Schema):
    """Done."""

    ok: bool = True
