"""What the API takes: every field by name and by value. Stricter than Twilio, which ignores what it does not know."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from channels_app.callback.simulator.account import E164, is_telephone
from channels_app.callback.simulator.calls import CONFERENCE_EVENTS, PROGRESS_EVENTS, RECORDING_EVENTS

INVALID: Final = 20001
DAY_CHARACTERS: Final = len("2026-01-31")


class Refused(Exception):
    """The API refuses a request, with Twilio's code."""

    def __init__(self, code: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.status = status


Check = Callable[[str, str], None]  # name and value; raises Refused


def text(name: str, value: str) -> None:
    """Anything."""


def flag(name: str, value: str) -> None:
    """true or false."""
    if value.lower() not in ("true", "false"):
        raise Refused(INVALID, f"{name} must be true or false, not {value!r}")


def whole(least: int, most: int) -> Check:
    """A whole number within these bounds."""

    def check(name: str, value: str) -> None:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise Refused(INVALID, f"{name} must be a whole number from {least} to {most}, not {value!r}")

    return check


def one_of(*known: str, code: int = INVALID) -> Check:
    """One of these words."""

    def check(name: str, value: str) -> None:
        if value not in known:
            raise Refused(code, f"{name} must be one of {', '.join(known)}, not {value!r}")

    return check


def address(code: int) -> Check:
    """An absolute http(s) URL."""

    def check(name: str, value: str) -> None:
        try:
            parts = urlsplit(value)
            is_url = (
                parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\x00-\x1f]", value)
            )
        except ValueError:
            is_url = False
        if not is_url or len(value) > 4_000:
            raise Refused(code, f"{name} is not a valid URL: {value[:200]!r}")

    return check


def short(most: int) -> Check:
    """At most so many characters."""

    def check(name: str, value: str) -> None:
        if len(value) > most:
            raise Refused(INVALID, f"{name} has more than {most} characters")

    return check


def instant(name: str, value: str) -> None:
    """A day with a time. Twilio's words allow days alone, its description does not."""
    if len(value) == DAY_CHARACTERS:
        raise Refused(INVALID, f"{name} needs a time as well: {value}T00:00:00Z, not {value}")
    _instant(name, value)


def day(name: str, value: str) -> None:
    """A day."""
    if len(value) != DAY_CHARACTERS:
        raise Refused(INVALID, f"{name} must be a day, as 2026-01-31, not {value!r}")
    _instant(name, value)


URL: Final = address(21205)
METHOD: Final = one_of("GET", "POST")
STATUS_URL: Final = address(21609)
STATUS: Final[Mapping[str, Check]] = {
    "StatusCallback": STATUS_URL,
    "StatusCallbackMethod": METHOD,
    "StatusCallbackEvent": one_of(*PROGRESS_EVENTS, code=21626),
}
RECORDING: Final[Mapping[str, Check]] = {
    "RecordingStatusCallback": STATUS_URL,
    "RecordingStatusCallbackMethod": METHOD,
    "RecordingStatusCallbackEvent": one_of(*RECORDING_EVENTS, code=21626),
    "RecordingChannels": one_of("mono", "dual"),
    "RecordingTrack": one_of("inbound", "outbound", "both"),
    "Trim": one_of("trim-silence", "do-not-trim"),
}
MACHINES: Final[Mapping[str, Check]] = {
    "MachineDetection": one_of("Enable", "DetectMessageEnd"),
    "MachineDetectionTimeout": whole(3, 59),
    "MachineDetectionSpeechThreshold": whole(1_000, 6_000),
    "MachineDetectionSpeechEndThreshold": whole(500, 5_000),
    "MachineDetectionSilenceTimeout": whole(2_000, 10_000),
}
CALLING: Final[Mapping[str, Check]] = {
    "To": text,
    "From": text,
    "CallerId": text,
    "Timeout": whole(1, 600),
    "TimeLimit": whole(1, 86_400),
    "Record": flag,
    "CallReason": short(50),
    "CallToken": text,
    **STATUS,
    **RECORDING,
    **MACHINES,
}
CALL_CREATE: Final[Mapping[str, Check]] = {
    **CALLING,
    "Url": URL,
    "Twiml": short(4_000),
    "Method": METHOD,
    "FallbackUrl": URL,
    "FallbackMethod": METHOD,
    "SendDigits": short(32),
    "AsyncAmd": flag,
    "AsyncAmdStatusCallback": STATUS_URL,
    "AsyncAmdStatusCallbackMethod": METHOD,
}
CALL_UPDATE: Final[Mapping[str, Check]] = {
    "Url": URL,
    "Twiml": short(4_000),
    "Method": METHOD,
    "FallbackUrl": URL,
    "FallbackMethod": METHOD,
    "Status": one_of("canceled", "completed"),
    "StatusCallback": STATUS_URL,
    "StatusCallbackMethod": METHOD,
    "TimeLimit": whole(1, 86_400),
}
PAGE: Final[Mapping[str, Check]] = {"Page": whole(0, 100_000), "PageSize": whole(1, 1_000), "PageToken": text}
CALL_STATUSES: Final = ("queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled")
CALL_LIST: Final[Mapping[str, Check]] = {
    "To": text,
    "From": text,
    "ParentCallSid": text,
    "Status": one_of(*CALL_STATUSES),
    **{f"{name}{sign}": instant for name in ("StartTime", "EndTime") for sign in ("", "<", ">")},
    **PAGE,
}
CONFERENCE_LIST: Final[Mapping[str, Check]] = {
    "FriendlyName": text,
    "Status": one_of("init", "in-progress", "completed"),
    **{f"{name}{sign}": day for name in ("DateCreated", "DateUpdated") for sign in ("", "<", ">")},
    **PAGE,
}
CONFERENCE_UPDATE: Final[Mapping[str, Check]] = {
    "Status": one_of("completed"),
    "AnnounceUrl": URL,
    "AnnounceMethod": METHOD,
}
PARTICIPANT_CREATE: Final[Mapping[str, Check]] = {
    **CALLING,
    "Label": short(128),
    "Muted": flag,
    "Beep": one_of("true", "false", "onEnter", "onExit"),
    "StartConferenceOnEnter": flag,
    "EndConferenceOnExit": flag,
    "EarlyMedia": flag,
    "MaxParticipants": whole(2, 250),
    "WaitUrl": URL,
    "WaitMethod": METHOD,
    "Coaching": flag,
    "CallSidToCoach": text,
    "ConferenceRecord": one_of("true", "false", "record-from-start", "do-not-record"),
    "ConferenceTrim": one_of("trim-silence", "do-not-trim"),
    "ConferenceStatusCallback": STATUS_URL,
    "ConferenceStatusCallbackMethod": METHOD,
    "ConferenceStatusCallbackEvent": one_of(*CONFERENCE_EVENTS, code=21626),
    "ConferenceRecordingStatusCallback": STATUS_URL,
    "ConferenceRecordingStatusCallbackMethod": METHOD,
    "ConferenceRecordingStatusCallbackEvent": one_of(*RECORDING_EVENTS, code=21626),
    "AmdStatusCallback": STATUS_URL,
    "AmdStatusCallbackMethod": METHOD,
}
PARTICIPANT_UPDATE: Final[Mapping[str, Check]] = {
    "Muted": flag,
    "Hold": flag,
    "HoldUrl": URL,
    "HoldMethod": METHOD,
    "AnnounceUrl": URL,
    "AnnounceMethod": METHOD,
    "EndConferenceOnExit": flag,
    "Coaching": flag,
    "CallSidToCoach": text,
}
PARTICIPANT_LIST: Final[Mapping[str, Check]] = {"Muted": flag, "Hold": flag, "Coaching": flag, **PAGE}
RECORDING_CREATE: Final = RECORDING
RECORDING_UPDATE: Final[Mapping[str, Check]] = {
    "Status": one_of("in-progress", "paused", "stopped"),
    "PauseBehavior": one_of("skip", "silence"),
}
RECORDING_LIST: Final[Mapping[str, Check]] = {
    **{f"DateCreated{sign}": instant for sign in ("", "<", ">")},
    "CallSid": text,
    "ConferenceSid": text,
    "IncludeSoftDeleted": flag,
    **PAGE,
}
QUEUE: Final[Mapping[str, Check]] = {"FriendlyName": short(64), "MaxSize": whole(1, 5_000)}
MEMBER_UPDATE: Final[Mapping[str, Check]] = {"Url": URL, "Method": METHOD}
MESSAGE_CREATE: Final[Mapping[str, Check]] = {
    "To": text,
    "From": text,
    "Body": text,
    "StatusCallback": STATUS_URL,
    "ValidityPeriod": whole(1, 36_000),
}
MESSAGE_LIST: Final[Mapping[str, Check]] = {
    "To": text,
    "From": text,
    **{f"DateSent{sign}": instant for sign in ("", "<", ">")},
    **PAGE,
}
NUMBER_LIST: Final[Mapping[str, Check]] = {
    "PhoneNumber": text,
    "FriendlyName": text,
    "Beta": flag,
    "Origin": text,
    **PAGE,
}
NUMBER_UPDATE: Final[Mapping[str, Check]] = {
    "FriendlyName": short(64),
    "VoiceUrl": URL,
    "VoiceMethod": METHOD,
    "VoiceFallbackUrl": URL,
    "StatusCallback": STATUS_URL,
    "StatusCallbackMethod": METHOD,
    "SmsUrl": URL,
    "SmsMethod": METHOD,
}


class Form:
    """The checked fields of one request."""

    def __init__(self, values: Mapping[str, list[str]], allowed: Mapping[str, Check]) -> None:
        for name, given in values.items():
            if name not in allowed:
                raise Refused(INVALID, f"Unknown field: {name}")
            if len(given) > 1 and not name.endswith("Event"):
                raise Refused(INVALID, f"{name} is given more than once")
            for value in given:
                if value:
                    allowed[name](name, value)
        self._values = values

    def get(self, name: str, otherwise: str = "") -> str:
        """The text of a field."""
        given = self._values.get(name)
        return given[0] if given and given[0] else otherwise

    def all(self, name: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """The values of a field that may be repeated."""
        return tuple(value for value in self._values.get(name, ()) if value) or otherwise

    def flag(self, name: str, otherwise: bool = False) -> bool:
        """A field that is true or false."""
        value = self.get(name)
        return value.lower() == "true" if value else otherwise

    def flag_or_none(self, name: str) -> bool | None:
        """None if it is not given."""
        return self.flag(name) if self.get(name) else None

    def number(self, name: str, otherwise: int) -> int:
        """A whole number."""
        return int(self.get(name, str(otherwise)))

    def admits(self, name: str, instant: float | None) -> bool:
        """Whether an instant lies where `name`, `name<` and `name>` want it; one that has not come lies nowhere."""
        limits = [(sign, self.get(f"{name}{sign}")) for sign in ("", "<", ">")]
        return all(_lies(instant, sign, *_instant(name, value)) for sign, value in limits if value)


def _lies(instant: float | None, sign: str, start: float, end: float) -> bool:
    if instant is None:
        return False
    whole_second = int(instant)  # the resource shows no fractions, so nothing is compared by them
    return {"<": whole_second < end, ">": whole_second >= start, "": start <= whole_second < end}[sign]


def _instant(name: str, value: str) -> tuple[float, float]:
    """A day as its begin and end, an instant as its second; both in UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(INVALID, f"{name} is no date: {value!r}; write 2026-01-31 or 2026-01-31T12:00:00Z") from None
    length = timedelta(days=1) if len(value) == DAY_CHARACTERS else timedelta(seconds=1)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.timestamp(), (at + length).timestamp()


def check_callee(number: str) -> None:
    """Who is to be called; raises Refused."""
    if not number:
        raise Refused(21201, "No 'To' number is specified")
    if not is_telephone(number):
        raise Refused(21211, f"The phone number you are attempting to call, {number!r}, is not valid")


def check_caller(number: str, is_ours: bool) -> None:
    """Who calls; raises Refused."""
    if not number:
        raise Refused(21213, "No 'From' number is specified")
    if not (E164.fullmatch(number) or number.startswith("client:")):
        raise Refused(21212, f"The phone number {number!r} provided as 'From' is not valid")
    if not is_ours:
        raise Refused(21210, f"The source phone number provided, {number}, is not yet verified for your account")
