"""One session as far as it is on this process: its sockets, its gate, what is handed from one end to the other.

Used on the loop only. It asks no database: whoever calls it has done that, and hands it what the row says now.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels_app.cobrowse import policy, shown, turn
from channels_app.cobrowse.auditing import Line
from channels_app.cobrowse.gate import Gate, Verdict
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.pacing import Credit
from channels_app.cobrowse.policy import MIRROR, Role, Scope, Stage
from channels_app.cobrowse.replay import Replay
from channels_app.cobrowse.wire import Checker, FrameError, Head, read_head
from interaction_center.errors import TooLargeError

BEHIND_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05
SNAPSHOT_EVERY = 5.0
MAX_VIOLATIONS = 3
MAX_ACTIONS = 256
BAD_FRAME, NO_CONSENT, CONTROLLED, RATE = 4400, 4403, 4409, 4429


@dataclass(eq=False, slots=True)
class Member:
    """One connected end.

    wanted   the number of the mirror frame that an agent gets next, 0 for one who has nothing
    actions  id -> type of what the page has not answered yet
    """

    role: Role
    outbox: Outbox
    user: str = ""
    name: str = ""
    wanted: int = 0
    blocked_since: float | None = None
    violations: int = 0
    actions: dict[str | int, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether anything can be said to it."""
        return self.outbox.closing is None


class Room:
    """`keep` stores a line of the audit, `clock` counts seconds, `later` calls something in so many of them."""

    def __init__(
        self,
        name: str,
        facts: Mapping[str, Any],
        *,
        keep: Callable[[Line], None],
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], object]], object],
    ) -> None:
        self.name = name
        self.gate = Gate()
        self.facts: Mapping[str, Any] = facts
        self.page: Member | None = None
        self.agents: dict[str, Member] = {}
        self.active_at = clock()
        self._keep, self._clock, self._later = keep, clock, later
        self._looks_again = False
        self._checker = Checker()
        age = datetime.now(UTC) - datetime.fromisoformat(facts["created_at"])
        # A room that is made anew must not give out a number that an earlier one gave to another frame.
        self._replay = Replay(start=max(0, int(age.total_seconds())) * 1_000)
        self._credit = Credit()
        self._asked_at = float("-inf")
        self._resumed_from = -1
        self.gate.hear(facts, clock())

    @property
    def is_empty(self) -> bool:
        """Whether nobody is connected here."""
        return self.page is None and not self.agents

    @property
    def last(self) -> int:
        """The number of the last mirror frame."""
        return self._replay.last

    # Who is there

    def enter_page(self, member: Member) -> None:
        """The customer's page; one that was there before is the same tab, whose old connection is not noticed yet."""
        before, self.page = self.page, member
        self._credit = Credit()
        self._resumed_from = -1
        if before is not None:
            before.outbox.close(CONTROLLED)

    def enter_agent(self, member: Member) -> None:
        """An agent's view; an older one of the same person is closed. It gets what it needs to see the page."""
        before = self.agents.pop(member.user, None)
        self.agents[member.user] = member
        if before is not None:
            before.outbox.close(CONTROLLED, shown.error("replaced", "You watch in another window now."))
        self.progress()

    def leave(self, member: Member) -> bool:
        """It is not connected any more. False when another connection has taken its place."""
        self._lose_actions(member)
        if self.page is member:
            self.page = None
            return True
        if self.agents.get(member.user) is not member:
            return False
        del self.agents[member.user]
        self.progress()
        return True

    def members(self) -> list[Member]:
        """Everybody here."""
        return [*([self.page] if self.page else []), *self.agents.values()]

    # What the row says

    def hear(self, facts: Mapping[str, Any]) -> None:
        """The session has changed, and this is how it is now. Old news are ignored."""
        if facts["version"] <= self.gate.version:
            return
        before, self.facts = self.facts, facts
        self._purge(self.gate.hear(facts, self._clock()))
        if facts["end"] is not None:
            self._end(facts["end"])
            return
        for member in self.members():
            member.outbox.tell(shown.state(facts))
        self._tell_asks(before["asks"])
        if Scope.P2P in facts["scopes"] and Scope.P2P not in before["scopes"]:
            self.tell_turn(self.members())
        if before["paused"] and not facts["paused"]:
            self.active_at = self._clock()
            self._ask_for_snapshot(at_once=True)
        self.progress()

    def close_gate(self, scope: Scope) -> frozenset[Scope]:
        """Somebody revokes this: nothing of it, or of what needs it, leaves from now on. Which scopes those are."""
        gone = self.gate.close(scope, self._clock())
        self._purge(gone)
        return gone

    def _purge(self, gone: Iterable[str]) -> None:
        scopes = frozenset(gone)
        if not scopes:
            return
        for member in self.members():
            member.outbox.purge(scopes)
        if Scope.CONTROL in scopes:
            for member in self.members():
                self._lose_actions(member)

    def _tell_asks(self, before: Mapping[str, Any]) -> None:
        for scope, asked in self.facts["asks"].items():
            if asked == before.get(scope):
                continue
            if self.page is not None:
                self.page.outbox.tell({"t": "ask"} | shown.ask(scope, asked, self.facts["language"]))
            for agent in self.agents.values():
                agent.outbox.tell({"t": "asked"} | shown.asked(scope, asked))

    def tell_turn(self, members: Iterable[Member]) -> None:
        """How these reach each other where nothing leads straight."""
        for member in members:
            who = f"{self.name}-{member.user or 'page'}"
            member.outbox.tell({"t": "turn", "servers": turn.servers(who, datetime.now(UTC))}, Scope.P2P)

    def _end(self, end: Mapping[str, str]) -> None:
        code = policy.close_code(end["reason"])
        for member in self.members():
            member.outbox.close(code, shown.text({"t": "end", **end}))

    # The picture of the page

    def take_mirror(self, data: bytes) -> None:
        """A binary frame of the customer's page: judged, checked, kept and handed to whoever watches."""
        now, page = self._clock(), self.page
        if page is None or not self._passes(page, MIRROR, now):
            return
        try:
            head = read_head(data)
            if not self._is_next(page, head):
                return
            self._checker.check(head)
        except (FrameError, TooLargeError) as error:
            self._bad_frame(page, error)
            return
        self.active_at = now
        self._replay.add(head)
        if not self._credit.spend(len(data)):
            page.outbox.close(RATE, shown.error("rate_limited", "Wait for acknowledgements before you send more."))
        self.progress()

    def _is_next(self, page: Member, head: Head) -> bool:
        """What came before is acknowledged once more; of what is missing the page sends what it still has."""
        if head.s <= self.last:
            self._credit.owe_again()
            self.progress()
            return False
        if head.s == self.last + 1 or head.begins_snapshot:
            self._resumed_from = -1
            return True
        if self._resumed_from != self.last:
            self._resumed_from = self.last
            page.outbox.tell({"t": "resume", "from": self.last})
        return False

    def _bad_frame(self, page: Member, error: FrameError | TooLargeError) -> None:
        self._hold_against(page, MIRROR, "bad_frame", BAD_FRAME)
        page.outbox.tell({"t": "err", "code": error.code, "message": error.message, "of": MIRROR})
        self._ask_for_snapshot()

    def progress(self) -> None:
        """Hand on what agents have room for, and acknowledge what all of them have; look again when one has to wait."""
        now = self._clock()
        waiting = [agent for agent in self.agents.values() if agent.is_open and not self._feed(agent, now)]
        if any(agent.wanted == 0 for agent in waiting):
            self._ask_for_snapshot()
        patient = [agent for agent in waiting if not self._is_behind(agent, now)]
        if self.page is not None and not patient:
            acknowledged = self._credit.due(self.last, now)
            if acknowledged is not None:
                self.page.outbox.tell({"t": "ack", "s": acknowledged})
        if waiting or not self._credit.is_settled:
            self._look_again()

    def _look_again(self) -> None:
        """A transport does not say when it has been read from."""
        if not self._looks_again:
            self._looks_again = True
            self._later(LOOK_AGAIN_SECONDS, self._look)

    def _look(self) -> None:
        self._looks_again = False
        if not self.is_empty:
            self.progress()

    def _feed(self, agent: Member, now: float) -> bool:
        """Whether this agent has everything, with room for more. Who needs a snapshot waits for it without blame."""
        if Scope.VIEW not in self.gate.scopes:
            return True
        place = self._replay.place(agent.wanted)
        agent.wanted = place or 0
        if place is None:
            agent.blocked_since = float("-inf")
            return self._replay.is_fresh
        while agent.outbox.has_room and (data := self._replay.frame(agent.wanted)) is not None:
            agent.outbox.give(data, Scope.VIEW)
            agent.wanted += 1
        if agent.wanted > self.last and agent.outbox.has_room:
            agent.blocked_since = None
            return True
        if agent.blocked_since is None:
            agent.blocked_since = now
        return False

    def _is_behind(self, agent: Member, now: float) -> bool:
        """Nobody waits for an agent who does not read: they get what is kept, or a snapshot, when they do."""
        return agent.blocked_since is not None and now - agent.blocked_since > BEHIND_SECONDS

    def resume_agent(self, agent: Member, last: int) -> None:
        """An agent has everything up to `last`, of this connection or of an earlier one."""
        agent.outbox.purge({Scope.VIEW})
        agent.wanted = last + 1
        self.progress()

    def request_snapshot(self) -> None:
        """An agent's view can't go on."""
        self._ask_for_snapshot()

    def _ask_for_snapshot(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if self.page is not None and (at_once or now - self._asked_at >= SNAPSHOT_EVERY):
            self._asked_at = now
            self.page.outbox.tell({"t": "snapshot.request"})

    # What one end says to the other

    def relay(self, member: Member, kind: str, frame: dict[str, Any]) -> None:
        """A frame that was read (commands.read_frame) goes on if the gate lets it."""
        now = self._clock()
        if not self._passes(member, kind, now):
            return
        if member.role is Role.CUSTOMER:
            self._from_page(kind, frame, now)
        else:
            self._from_agent(member, kind, frame)

    def _from_page(self, kind: str, frame: dict[str, Any], now: float) -> None:
        self.active_at = now
        if kind == "pointer":
            for agent in self.agents.values():
                agent.outbox.hint(frame, Scope.VIEW)
        elif kind == "input.done":
            self._answer_action(frame)
        else:
            to = self.agents.get(frame.pop("to"))
            if to is not None:
                to.outbox.tell(frame, Scope.P2P)

    def _from_agent(self, agent: Member, kind: str, frame: dict[str, Any]) -> None:
        if self.page is None:
            return
        if policy.FRAMES[Role.AGENT][kind] is Scope.P2P:
            frame.pop("to")
            self.page.outbox.tell(frame | {"from": agent.user}, Scope.P2P)
            return
        signed = frame | {"by": agent.user, "name": agent.name}
        if kind == "pointer":
            self.page.outbox.hint(signed, Scope.POINT)
        elif kind.startswith("input."):
            self._act(agent, self.page, kind, signed)
        else:
            self.page.outbox.tell(signed, Scope.POINT)

    def _act(self, agent: Member, page: Member, kind: str, frame: dict[str, Any]) -> None:
        """One act on the customer's page, remembered until the page says what became of it."""
        if len(agent.actions) >= MAX_ACTIONS:
            agent.outbox.tell({"t": "input.done", "id": frame["id"], "ok": False, "code": "gone"}, Scope.CONTROL)
            return
        agent.actions[frame["id"]] = kind
        page.outbox.tell(frame | {"submit": self.facts["submit"]}, Scope.CONTROL)

    def _answer_action(self, frame: dict[str, Any]) -> None:
        agent = self.agents.get(self.gate.controller)
        kind = agent.actions.pop(frame["id"], "") if agent is not None else ""
        if agent is None or not kind:
            return
        self._line(agent, kind, "done" if frame["ok"] else frame["code"] or "gone", frame["what"])
        agent.outbox.tell(frame, Scope.CONTROL)

    def _lose_actions(self, member: Member) -> None:
        """What the page did not answer any more may have happened or not: the audit says that nobody knows."""
        for kind in member.actions.values():
            self._line(member, kind, "unanswered")
        member.actions.clear()

    # Who does what they may not

    def _passes(self, member: Member, kind: str, now: float) -> bool:
        verdict = self.gate.judge(member.role, kind, now, member.user)
        if verdict is Verdict.VIOLATION:
            is_controlled = kind.startswith("input.") and self.gate.controller not in ("", member.user)
            self._hold_against(member, kind, "no_consent", CONTROLLED if is_controlled else NO_CONSENT)
        return verdict is Verdict.PASS

    def _hold_against(self, member: Member, kind: str, outcome: str, code: int) -> None:
        """Dropped and written down; the third time the door is shut."""
        if not member.is_open:
            return
        member.violations += 1
        self._line(member, kind, outcome)
        if member.violations >= MAX_VIOLATIONS:
            member.outbox.close(code, shown.error("forbidden", "This was not granted. The connection is closed."))

    def _line(self, member: Member, kind: str, outcome: str, what: str = "") -> None:
        self._keep(Line(self.name, member.role, member.user, kind, outcome, datetime.now(UTC), what))

    @property
    def has_violated(self) -> bool:
        """Whether the customer's page itself did what it may not, three times: nobody may go on with it."""
        return self.page is not None and self.page.violations >= MAX_VIOLATIONS

    @property
    def is_idle(self) -> bool:
        """Whether the page has shown nothing new for long."""
        watched = self.gate.stage == Stage.VIEWING and not self.gate.paused and self.page is not None
        return watched and self._clock() - self.active_at > policy.IDLE_AFTER.total_seconds()
