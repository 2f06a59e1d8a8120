"""TwiML as text -> verbs, checked: what Twilio would not execute is refused here with Twilio's code."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

BAD_XML: Final = 12100
BAD_VERB: Final = 12200
WARNING: Final = 12200
BAD_TYPE: Final = 12300

CALLBACK: Final = frozenset({"statusCallback", "statusCallbackMethod", "statusCallbackEvent"})
RECORDING: Final = frozenset(
    {"recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent"}
)

VERBS: Final[Mapping[str, frozenset[str]]] = {
    "Say": frozenset({"voice", "language", "loop"}),
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Gather": frozenset(
        {"input", "action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult", "language"}
    ),
    "Dial": frozenset({"action", "method", "timeout", "callerId", "timeLimit", "answerOnBridge", "record", "trim"})
    | RECORDING,
    "Record": frozenset({"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim"})
    | frozenset({"transcribe", "transcribeCallback"})
    | RECORDING,
    "Redirect": frozenset({"method"}),
    "Enqueue": frozenset({"action", "method", "waitUrl", "waitUrlMethod"}),
    "Leave": frozenset(),
    "Hangup": frozenset(),
    "Reject": frozenset({"reason"}),
}
NOUNS: Final[Mapping[str, frozenset[str]]] = {
    "Number": frozenset({"url", "method", "sendDigits"}) | CALLBACK,
    "Client": frozenset({"url", "method"}) | CALLBACK,
    "Conference": frozenset(
        {"muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "participantLabel", "coach", "waitUrl"}
    )
    | frozenset({"waitMethod", "maxParticipants", "record", "trim", "region"})
    | CALLBACK
    | RECORDING,
    "Queue": frozenset({"url", "method"}),
}
INSIDE: Final[Mapping[str, frozenset[str]]] = {
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset(NOUNS),
}
# What may be heard while somebody waits; anything else there ends the call.
WHILE_IN_CONFERENCE: Final = frozenset({"Say", "Play", "Pause", "Redirect"})
WHILE_IN_QUEUE: Final = WHILE_IN_CONFERENCE | {"Gather", "Leave", "Hangup"}
EVERYTHING: Final = frozenset(VERBS)

NUMBERS: Final = frozenset({"loop", "length", "timeout", "numDigits", "maxLength", "timeLimit", "maxParticipants"})
FLAGS: Final = frozenset(
    {"actionOnEmptyResult", "answerOnBridge", "muted", "startConferenceOnEnter", "endConferenceOnExit", "playBeep"}
)


class DocumentError(Exception):
    """The call ends; `code` is what Twilio's debugger shows."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: its name, attributes, text and children."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple["Verb", ...] = ()

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute."""
        return self.attributes.get(name, otherwise)

    def number(self, name: str, otherwise: float) -> float:
        """An attribute that is a number; checked when the document was read."""
        value = self.attributes.get(name)
        return otherwise if value in (None, "", "auto") else float(value or 0)

    def flag(self, name: str, otherwise: bool = False) -> bool:
        """An attribute that is true or false."""
        value = self.attributes.get(name)
        return otherwise if value is None else value == "true"


def verbs_in(text: str, content_type: str, allowed: frozenset[str] = EVERYTHING) -> list[Verb]:
    """The verbs of a document; raises DocumentError with Twilio's code."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("audio/"):
        return [Verb("Play", {}, "audio")]
    if kind == "text/plain":
        return [Verb("Say", {}, text)]
    if kind not in ("text/xml", "application/xml", "text/html"):
        raise DocumentError(BAD_TYPE, f"Invalid Content-Type: {kind}")
    return _checked(_root(text), allowed)


def warnings_about(verbs: list[Verb]) -> Iterator[str]:
    """Attributes that Twilio does not know: it goes on without them, but says so in its debugger."""
    for verb in verbs:
        known = VERBS[verb.name] if verb.name in VERBS else NOUNS[verb.name]
        for name in sorted(set(verb.attributes) - known):
            yield f'Attribute "{name}" is not allowed in <{verb.name}>'
        yield from warnings_about(list(verb.children))


def _root(text: str) -> ET.Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # no entities: they cost memory without end
        raise DocumentError(BAD_XML, "Document parse failure: a document type is not allowed")
    try:
        root = ET.fromstring(text.strip())  # noqa: S314 - without entities, see above
    except (ET.ParseError, ValueError) as problem:
        raise DocumentError(BAD_XML, f"Document parse failure: {problem}") from None
    if root.tag != "Response":
        raise DocumentError(BAD_XML, f"Document parse failure: <{root.tag}> in place of <Response>")
    return root


def _checked(root: ET.Element, allowed: frozenset[str]) -> list[Verb]:
    if (root.text or "").strip() or any((element.tail or "").strip() for element in root):
        raise DocumentError(BAD_VERB, "Text outside of a verb")
    return [_verb(element, allowed) for element in root]


def _verb(element: ET.Element, allowed: frozenset[str]) -> Verb:
    if element.tag not in allowed:
        raise DocumentError(BAD_VERB, f"<{element.tag}> is not allowed here")
    children = tuple(_verb(child, INSIDE.get(element.tag, frozenset())) for child in element)
    _check_values(element)
    return Verb(element.tag, dict(element.attrib), " ".join((element.text or "").split()), children)


def _check_values(element: ET.Element) -> None:
    for name, value in element.attrib.items():
        if name in NUMBERS and not (re.fullmatch(r"[0-9]{1,6}", value) or value == "auto"):
            raise DocumentError(BAD_VERB, f'{name}="{value}" of <{element.tag}> is not a number')
        if name in FLAGS and value not in ("true", "false"):
            raise DocumentError(BAD_VERB, f'{name}="{value}" of <{element.tag}> is neither true nor false')
        if name.lower().endswith("method") and value not in ("GET", "POST"):
            raise DocumentError(BAD_VERB, f'{name}="{value}" of <{element.tag}> is neither GET nor POST')
        if name in ("action", "url", "waitUrl") or name.endswith("Callback"):
            _check_url(name, value)


def _check_url(name: str, value: str) -> None:
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        scheme = "?"
    if scheme not in ("", "http", "https"):
        raise DocumentError(BAD_VERB, f'{name}="{value}" is no address')
