"""The consent gate of one session, asked for each frame: never more open than the row, and closed before it.

Pure but for its own memory. A grant opens it when the row that says so is heard of; a revocation closes it at once,
and it stays closed until that revocation is in the row.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from channels_app.cobrowse.policy import FRAMES, Role, Scope, Stage, dependents

IN_FLIGHT_SECONDS = 3.0  # what was on its way when its scope was revoked is dropped, but is nobody's fault


class Verdict(StrEnum):
    """What becomes of a frame: it passes, is dropped in silence, or is dropped and held against its sender."""

    PASS = "pass"  # noqa: S105 - no password
    DROP = "drop"
    VIOLATION = "violation"


class Gate:
    """`facts` are those of selectors.facts_of: the row as it was heard of last."""

    def __init__(self) -> None:
        self.version = -1
        self.stage = Stage.CONSENT_PENDING
        self.controller = ""
        self.paused = False
        self._granted: frozenset[str] = frozenset()
        self._closing: Counter[str] = Counter()
        self._closed_at: dict[str, float] = {}

    @property
    def scopes(self) -> frozenset[str]:
        """What passes now."""
        if self.stage != Stage.VIEWING:
            return frozenset()
        return frozenset(scope for scope in self._granted if not self._closing[scope])

    def hear(self, facts: Mapping[str, Any], now: float) -> frozenset[str]:
        """The row as it is in the database; which scopes have gone with it. Old news change nothing."""
        if facts["version"] <= self.version:
            return frozenset()
        before = self.scopes
        self.version, self.stage = facts["version"], Stage(facts["stage"])
        self._granted, self.controller, self.paused = frozenset(facts["scopes"]), facts["controller"], facts["paused"]
        gone = before - self.scopes
        self._closed_at |= dict.fromkeys(gone, now)
        return gone

    def close(self, scope: str, now: float) -> frozenset[Scope]:
        """Somebody has revoked it: from now on nothing passes by it or by what needs it. Which scopes those are."""
        gone = dependents(scope)
        self._closing.update(gone)
        self._closed_at |= dict.fromkeys(gone, now)
        return gone

    def revoked(self, scopes: Collection[str]) -> None:
        """Their revocation is in the row, which was heard of: from now on the row alone decides."""
        self._closing.subtract(scopes)

    def judge(self, role: Role, kind: str, now: float, user: str = "") -> Verdict:
        """What becomes of a frame of this type, from an agent (`user`) or the customer."""
        scope = FRAMES[role].get(kind, Scope.CONTROL)
        if scope is None:
            return Verdict.PASS
        if scope not in self.scopes:
            return self._refused(scope, now)
        if scope is Scope.CONTROL and role is Role.AGENT and user != self.controller:
            return self._refused(scope, now)
        if self.paused and scope is not Scope.P2P and kind != "input.done":
            return Verdict.DROP
        return Verdict.PASS

    def _refused(self, scope: str, now: float) -> Verdict:
        is_late = now - self._closed_at.get(scope, float("-inf")) <= IN_FLIGHT_SECONDS
        return Verdict.DROP if is_late else Verdict.VIOLATION
