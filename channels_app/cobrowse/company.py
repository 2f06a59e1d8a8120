"""Who of a session is connected to this process, and what is held against whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from channels_app.cobrowse import shown
from channels_app.cobrowse.auditing import Line
from channels_app.cobrowse.gate import Gate, Verdict
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.policy import Role

MAX_VIOLATIONS = 3
NO_CONSENT, CONTROLLED = 4403, 4409
SILENT = 4000  # none of those that say that it is over: whoever was only asleep comes back


@dataclass(eq=False, slots=True)
class Member:
    """One connected end.

    connection  has the place as long as the row names it
    wanted      the number of the mirror frame that an agent gets next, 0 for one who has nothing
    actions     id -> type of what the page has not answered yet
    """

    role: Role
    outbox: Outbox
    user: str = ""
    name: str = ""
    connection: str = ""
    wanted: int = 0
    blocked_since: float | None = None
    violations: int = 0
    actions: dict[str | int, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether anything can be said to it."""
        return self.outbox.closing is None

    @property
    def has_violated(self) -> bool:
        """Whether it did three times what it may not."""
        return self.violations >= MAX_VIOLATIONS


@dataclass(slots=True)
class Company:
    """The page and the agents who watch it, by their public ids."""

    page: Member | None = None
    agents: dict[str, Member] = field(default_factory=dict)

    def everybody(self) -> list[Member]:
        """Whoever is there."""
        return [*([self.page] if self.page else []), *self.agents.values()]


class Guard:
    """Asks the gate for every frame, and shuts the door on whoever does not heed it. `keep` stores a line of audit."""

    def __init__(self, session: str, gate: Gate, keep: Callable[[Line], None], clock: Callable[[], float]) -> None:
        self._session, self._gate, self._keep, self._clock = session, gate, keep, clock

    def passes(self, member: Member, kind: str) -> bool:
        """Whether a frame of this type may go on."""
        verdict = self._gate.judge(member.role, kind, self._clock(), member.user)
        if verdict is Verdict.VIOLATION:
            is_controlled = kind.startswith("input.") and self._gate.controller not in ("", member.user)
            self.hold_against(member, kind, "no_consent", CONTROLLED if is_controlled else NO_CONSENT)
        return verdict is Verdict.PASS

    def hold_against(self, member: Member, kind: str, outcome: str, code: int) -> None:
        """Dropped and written down; the third time the door is shut."""
        if not member.is_open:
            return
        member.violations += 1
        self.note(member, kind, outcome)
        if member.has_violated:
            member.outbox.close(code, shown.error("forbidden", "This was not granted. The connection is closed."))

    def note(self, member: Member, kind: str, outcome: str, what: str = "") -> None:
        """A line of the audit."""
        self._keep(Line(self._session, member.role, member.user, kind, outcome, datetime.now(UTC), what))
