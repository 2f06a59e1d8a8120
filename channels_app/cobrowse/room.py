"""One session as far as it is on this process: who is there, its gate, and what it tells its sockets.

Used on the loop only. It asks no database: whoever calls it has done that, and hands it what the row says now.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from channels_app.cobrowse import policy, shown, turn
from channels_app.cobrowse.auditing import Line
from channels_app.cobrowse.company import CONTROLLED, SILENT, Company, Guard, Member
from channels_app.cobrowse.gate import Gate
from channels_app.cobrowse.picture import Later, Picture
from channels_app.cobrowse.policy import Scope, Stage
from channels_app.cobrowse.relay import Relay
from channels_app.cobrowse.tape import Tape
from channels_app.cobrowse.wire import read_head

SIGNALS = frozenset({"sdp", "ice", "p2p"})  # machines seek a way; that is nobody's doing
NUMBERS_A_SECOND = 10_000  # more frames than a page may send in one
REPLACED_PAGE = shown.error("replaced", "This page is shown by a newer connection.")
REPLACED_VIEW = shown.error("replaced", "You watch in another window now.")
LOST = shown.error("silent", "Nothing was heard of you for too long.")


class Room:
    """`keep` stores a line of the audit, `clock` counts seconds, `later` calls something in so many of them."""

    def __init__(
        self,
        name: str,
        facts: Mapping[str, Any],
        *,
        keep: Callable[[Line], None],
        clock: Callable[[], float],
        later: Later,
        tape: Tape | None = None,
    ) -> None:
        self.name, self.facts = name, facts
        self.gate = Gate()
        self.gate.hear(facts, clock())
        self._clock = clock
        self._active_at = clock()
        self._company = Company()
        guard = Guard(name, self.gate, keep, clock)
        start = _first_number(facts["created_at"])
        self._picture = Picture(self._company, self.gate, guard, start=start, clock=clock, later=later)
        self._relay = Relay(self._company, self.gate, guard)
        self._tape = tape

    @property
    def page(self) -> Member | None:
        """The customer's page."""
        return self._company.page

    @property
    def views(self) -> list[str]:
        """The connections of the agents' views."""
        return [member.connection for member in self._company.agents.values()]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is connected here."""
        return not self._company.everybody()

    @property
    def last(self) -> int:
        """The number of the last mirror frame."""
        return self._picture.last

    @property
    def is_idle(self) -> bool:
        """Whether nothing has happened for long."""
        is_watched = self.gate.stage == Stage.VIEWING and not self.gate.paused and self.page is not None
        return is_watched and self._clock() - self._active_at > policy.IDLE_AFTER.total_seconds()

    # Who is there

    def enter_page(self, member: Member) -> None:
        """The customer's page. Of two connections of its tab the newer one stays, whichever comes here first."""
        if self._keeps_place(member):
            self._company.page = member
            self._picture.begin_connection()

    def enter_agent(self, member: Member) -> None:
        """An agent's view, in the place of an older one of the same person. It gets what it needs to see the page."""
        if self._keeps_place(member):
            self._company.agents[member.user] = member
            self._picture.progress()

    def _keeps_place(self, member: Member) -> bool:
        """Whether the row says so. Who has lost their place is told: to a newer connection, or for want of a sign of
        life of this process."""
        place = self.facts["views"].get(member.user) if member.user else self.facts["page"]
        if place == member.connection:
            return True
        if place is None:
            member.outbox.close(SILENT, LOST)
        else:
            member.outbox.close(CONTROLLED, REPLACED_VIEW if member.user else REPLACED_PAGE)
        return False

    def leave(self, member: Member) -> bool:
        """It is not connected any more. False when another connection has taken its place."""
        self._relay.lose_actions(member)
        if self._company.page is member:
            self._company.page = None
            self._listen()
            return True
        if self._company.agents.get(member.user) is not member:
            return False
        del self._company.agents[member.user]
        self._picture.progress()
        return True

    # What the row says

    def hear(self, facts: Mapping[str, Any]) -> None:
        """The session has changed, and this is how it is now. Old news are ignored."""
        if facts["version"] <= self.gate.version:
            return
        before, self.facts = self.facts, facts
        could_meet = Scope.P2P in self.gate.scopes
        self._take_back(self.gate.hear(facts, self._clock()))
        needs_snapshot = self._listen() or (before["paused"] and not facts["paused"])
        if facts["end"] is not None:
            self._end(facts["end"])
            return
        for member in self._company.everybody():
            if self._keeps_place(member):
                member.outbox.tell(shown.state(facts))
        self._tell_asks(before["asks"])
        if not could_meet:
            self.tell_turn(self._company.everybody())
        if before["paused"] and not facts["paused"]:
            self._active_at = self._clock()
        if needs_snapshot:
            self._picture.ask_for_snapshot(at_once=True)
        self._picture.progress()

    def close_gate(self, scope: Scope) -> frozenset[Scope]:
        """Somebody revokes this: nothing of it, or of what needs it, leaves from now on. Which scopes those are."""
        gone = self.gate.close(scope, self._clock())
        self._listen()
        self._take_back(gone)
        return gone

    def _take_back(self, gone: Iterable[str]) -> None:
        """What waits by these scopes is not sent any more; of a picture with a hole one begins anew."""
        scopes = frozenset(gone)
        if not scopes:
            return
        for member in self._company.everybody():
            member.outbox.purge(scopes)
            if Scope.VIEW in scopes:
                member.wanted = 0
            if Scope.CONTROL in scopes:
                self._relay.lose_actions(member)

    def _tell_asks(self, before: Mapping[str, Any]) -> None:
        for scope, asked in self.facts["asks"].items():
            if asked == before.get(scope):
                continue
            if self.page is not None:
                self.page.outbox.tell({"t": "ask"} | shown.ask(scope, asked, self.facts["language"]))
            for agent in self._company.agents.values():
                agent.outbox.tell({"t": "asked"} | shown.asked(scope, asked))

    def tell_turn(self, members: Iterable[Member]) -> None:
        """How these reach each other where nothing leads straight, if they may."""
        if Scope.P2P not in self.gate.scopes:
            return
        for member in members:
            who = f"{self.name}-{member.user or 'page'}"
            member.outbox.tell({"t": "turn", "servers": turn.servers(who, datetime.now(UTC))}, Scope.P2P)

    def _end(self, end: Mapping[str, str]) -> None:
        code = policy.close_code(end["reason"])
        for member in self._company.everybody():
            member.outbox.close(code, shown.text({"t": "end", **end}))

    # What they send

    def take_mirror(self, data: bytes) -> None:
        """A binary frame of the customer's page."""
        if self.page is not None and self._picture.take(self.page, data):
            self._active_at = self._clock()
            if self._tape is not None:
                self._tape.picture(read_head(data))

    def relay(self, member: Member, kind: str, frame: dict[str, Any]) -> None:
        """A text frame of one end for the other."""
        if self._relay.take(member, kind, frame, submit=self.facts["submit"]):
            if kind not in SIGNALS:
                self._active_at = self._clock()
            if self._tape is not None:
                self._tape.words(frame, by=member.user, name=member.name)
            if kind == "p2p" and not frame["up"]:
                # Whoever seeks another way may hold credentials that are not good any more.
                self.tell_turn(self._company.everybody())

    def _listen(self) -> bool:
        """Record as long as the customer lets us and shows something. True when that begins: it takes a snapshot."""
        is_on = self.page is not None and Scope.RECORD in self.gate.scopes and not self.gate.paused
        return self._tape is not None and self._tape.listen(is_on)

    def progress(self) -> None:
        """Somebody may have room now, or the page is there again."""
        if self._listen():
            self._picture.ask_for_snapshot(at_once=True)
        self._picture.progress()

    def resume_agent(self, agent: Member, last: int) -> None:
        """An agent has everything up to `last`."""
        self._picture.resume(agent, last)

    def request_snapshot(self) -> None:
        """An agent's view can't go on."""
        self._picture.ask_for_snapshot()


def _first_number(created_at: str) -> int:
    """A room that is made anew must not give out a number that an earlier one gave to another frame."""
    age = datetime.now(UTC) - datetime.fromisoformat(created_at)
    return max(0, int(age.total_seconds() * NUMBERS_A_SECOND))
