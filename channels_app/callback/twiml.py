"""TwiML: values become the document that a telephone executes. Pure.

Written by hand and not by the SDK's builder, which keeps characters that no XML parser accepts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

# What XML 1.0 has no place for: control characters, lone surrogates, two non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Say:
    """Spoken text. `voice`: a language tag."""

    text: str
    voice: str

    def xml(self) -> str:
        return _element("Say", {"language": self.voice}, escape(clean(self.text)))


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in whole seconds."""

    seconds: int = 1

    def xml(self) -> str:
        return _element("Pause", {"length": self.seconds})


@dataclass(frozen=True, slots=True)
class Play:
    """The sound at this address, so many times in a row."""

    url: str
    times: int = 1

    def xml(self) -> str:
        return _element("Play", {"loop": self.times}, escape(clean(self.url)))


@dataclass(frozen=True, slots=True)
class Gather:
    """Asks for keys while it speaks and `seconds` longer; goes to `action` with or without any.

    One key, or with `until` as many as come before that one.
    """

    action: str
    seconds: int
    prompts: Sequence["Say | Play"]
    until: str = ""

    def xml(self) -> str:
        how_many: dict[str, str | int] = {"finishOnKey": self.until} if self.until else {"numDigits": 1}
        about = {
            "input": "dtmf",
            **how_many,
            "timeout": self.seconds,
            "action": self.action,
            "method": "POST",
            "actionOnEmptyResult": "true",
        }
        return _element("Gather", about, "".join(prompt.xml() for prompt in self.prompts))


@dataclass(frozen=True, slots=True)
class Conference:
    """Into the room of this name. `wait_url` says what is heard until the talk begins; `label` names the leg.

    Who comes and goes we know by ourselves: only what others may change is asked for.

    `coach`: the call that alone hears this one.
    """

    name: str
    wait_url: str
    status_url: str
    label: str
    ends: bool = False
    muted: bool = False
    coach: str = ""

    def xml(self) -> str:
        about = {
            "beep": "false",
            "startConferenceOnEnter": "true",
            "endConferenceOnExit": str(self.ends).lower(),
            "muted": str(self.muted).lower(),
            "participantLabel": self.label,
            "waitUrl": self.wait_url,
            "waitMethod": "POST",
            "statusCallback": self.status_url,
            "statusCallbackEvent": "mute hold",
            "statusCallbackMethod": "POST",
        }
        about |= {"coach": self.coach} if self.coach else {}
        return _element("Dial", {}, _element("Conference", about, escape(clean(self.name))))


@dataclass(frozen=True, slots=True)
class Record:
    """A tone, then what is said after it, at most so many seconds, until # or silence; then `action`.

    Nothing said: the next verb instead. `status_url` is told of the recording, also when they hang up meanwhile;
    `transcription_url` what was said, "" = nobody writes it down.
    """

    action: str
    status_url: str
    seconds: int
    silence: int = 5
    transcription_url: str = ""

    def xml(self) -> str:
        written = {"transcribe": "true", "transcribeCallback": self.transcription_url} if self.transcription_url else {}
        about: dict[str, str | int] = {
            "action": self.action,
            "method": "POST",
            "maxLength": self.seconds,
            "timeout": self.silence,
            "finishOnKey": "#",
            "playBeep": "true",
            "recordingStatusCallback": self.status_url,
            "recordingStatusCallbackEvent": "completed absent",
            "recordingStatusCallbackMethod": "POST",
            **written,
        }
        return _element("Record", about)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on with the document at this address."""

    url: str

    def xml(self) -> str:
        return _element("Redirect", {"method": "POST"}, escape(clean(self.url)))


@dataclass(frozen=True, slots=True)
class Hangup:
    """Put it down."""

    def xml(self) -> str:
        return "<Hangup/>"


Verb = Say | Pause | Play | Gather | Conference | Record | Redirect | Hangup


def document(*verbs: Verb) -> str:
    """The whole document."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verb.xml() for verb in verbs)}</Response>'


def clean(text: str) -> str:
    """Without what no parser accepts: names and subjects are typed by customers."""
    return _FORBIDDEN.sub("", text)


def _element(name: str, attributes: Mapping[str, str | int], inside: str = "") -> str:
    given = "".join(f" {key}={quoteattr(clean(str(value)))}" for key, value in attributes.items())
    return f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"
