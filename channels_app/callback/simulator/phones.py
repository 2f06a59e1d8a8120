"""The people at the other end: what somebody at a number does when it rings, and what their telephone has seen.

A number without a script of its own goes by its last five digits (`SUFFIXES`); every other number is answered by a
person after three seconds who stays until the other side hangs up. A script may also be given as JSON:

    {"reaction": "answer", "after": 2, "actions": [{"do": "press", "digits": "1", "heard": "press 1", "after": 0.5}]}
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

REACTIONS: Final = ("answer", "busy", "no-answer", "failed", "canceled", "manual")
ANSWERED_BY: Final = ("human", "machine", "machine_without_beep", "fax", "unknown")
DEEDS: Final = ("press", "say", "hang_up")
KEYS: Final = frozenset("0123456789*#wW")
EVENTS_KEPT = 500


class BadScriptError(ValueError):
    """A script that nobody can play; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Action:
    """One deed: `after` seconds from the answer, or from the moment in which a text with `heard` in it was heard."""

    do: str
    after: float = 0.0
    heard: str = ""
    digits: str = ""
    text: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        _one_of("do", self.do, DEEDS)
        _not_negative(after=self.after, seconds=self.seconds)
        if self.do == "press" and (not self.digits or set(self.digits) - KEYS):
            raise BadScriptError('"press" needs "digits" out of 0-9, * and #')


@dataclass(frozen=True, slots=True)
class Script:
    """What happens at a number: it reacts after so many seconds of ringing; who answers then acts."""

    reaction: str = "answer"
    after: float = 3.0
    answered_by: str = "human"
    greeting: float = 6.0  # seconds that a machine speaks before its beep
    actions: tuple[Action, ...] = ()

    def __post_init__(self) -> None:
        _one_of("reaction", self.reaction, REACTIONS)
        _one_of("answered_by", self.answered_by, ANSWERED_BY)
        _not_negative(after=self.after, greeting=self.greeting)

    @classmethod
    def from_json(cls, value: Any) -> "Script":
        """The script in this JSON object; raises BadScriptError for unknown names and impossible values."""
        fields = dict(_object(value, {"reaction", "after", "answered_by", "greeting", "actions"}))
        names = {"do", "after", "heard", "digits", "text", "seconds"}
        try:
            actions = tuple(Action(**_object(action, names)) for action in fields.pop("actions", ()))
            return cls(**fields, actions=actions)
        except TypeError as problem:
            raise BadScriptError(f"This is no script: {problem}") from None


def _object(value: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadScriptError("A script and each of its actions is a JSON object")
    if unknown := sorted(set(value) - names):
        raise BadScriptError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(names))}")
    return value


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadScriptError(f'"{name}" is one of {", ".join(known)}')


def _not_negative(**seconds: float) -> None:
    for name, value in seconds.items():
        if not isinstance(value, int | float) or not 0 <= value <= 86_400:
            raise BadScriptError(f'"{name}" is a number of seconds between 0 and 86400')


MANUAL: Final = Script(reaction="manual")
SUFFIXES: Final[Mapping[str, Script]] = {
    "99901": Script(reaction="busy", after=1.0),
    "99902": Script(reaction="no-answer"),
    "99903": Script(reaction="failed", after=1.0),
    "99904": Script(answered_by="machine"),
    "99905": Script(answered_by="machine_without_beep"),
    "99906": Script(answered_by="fax"),
    "99907": Script(answered_by="unknown"),
    "99908": Script(actions=(Action("press", after=4.0, digits="1"),)),
    "99909": MANUAL,
    "99910": Script(actions=(Action("hang_up", after=5.0),)),
    "99911": Script(reaction="canceled", after=2.0),
}


@dataclass(slots=True, eq=False)
class Phone:
    """A telephone outside: its scripts, one for each coming call and the last for all others, and what it has seen."""

    number: str
    scripts: deque[Script] = field(default_factory=deque)
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    messages: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    event_count: int = 0
    calls: int = 0  # that are in memory

    @property
    def is_blank(self) -> bool:
        """Whether nothing is lost when it is forgotten."""
        return not (self.calls or self.scripts or self.messages)

    def next_script(self, otherwise: Script) -> Script:
        """What happens at the coming call."""
        if len(self.scripts) > 1:
            return self.scripts.popleft()
        return self.scripts[0] if self.scripts else SUFFIXES.get(self.number[-5:], otherwise)

    def saw(self, kind: str, at: str, **about: Any) -> None:
        """Note what a page that shows this telephone has to know; `number` of the event grows by one."""
        self.event_count += 1
        self.events.append({"number": self.event_count, "kind": kind, "at": at, **about})

    def events_after(self, number: int) -> list[dict[str, Any]]:
        """What the telephone has seen since that event."""
        return [event for event in self.events if event["number"] > number]
