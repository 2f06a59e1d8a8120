"""What the page shows, on its way to those who watch: checked, numbered, kept for whoever comes later, never rushed."""

from collections.abc import Callable
from functools import partial

from channels_app.cobrowse import shown
from channels_app.cobrowse.company import Company, Guard, Member
from channels_app.cobrowse.gate import Gate
from channels_app.cobrowse.pacing import Credit
from channels_app.cobrowse.policy import MIRROR, Scope
from channels_app.cobrowse.replay import Replay
from channels_app.cobrowse.wire import Checker, FrameError, Head, read_head
from interaction_center.errors import TooLargeError

BEHIND_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05
SNAPSHOT_EVERY = 5.0
RESUME_AGAIN_SECONDS = 1.0  # what was sent again may be lost as well
BAD_FRAME, RATE = 4400, 4429

Later = Callable[[float, Callable[[], object]], object]


class Picture:
    """`start`: the number before that of the first frame; `later` calls something in so many seconds."""

    def __init__(
        self, company: Company, gate: Gate, guard: Guard, *, start: int, clock: Callable[[], float], later: Later
    ) -> None:
        self._company, self._gate, self._guard = company, gate, guard
        self._clock, self._later = clock, later
        self._checker, self._replay, self._credit = Checker(), Replay(start), Credit()
        self._asked_at = float("-inf")
        self._resumed_from = -1
        self._looks_at = float("inf")

    @property
    def last(self) -> int:
        """The number of the last frame."""
        return self._replay.last

    def begin_connection(self) -> None:
        """The page has a new connection: nothing is on its way on that."""
        self._credit = Credit()
        self._resumed_from = -1

    def take(self, page: Member, data: bytes) -> bool:
        """A binary frame of the page. Whether something new is seen."""
        if not self._guard.passes(page, MIRROR):
            return False
        try:
            head = read_head(data)
            if not self._is_next(page, head):
                return False
            unpacked = self._checker.check(head)
        except (FrameError, TooLargeError) as error:
            self._refuse(page, error)
            return False
        self._replay.add(head)
        if not self._credit.spend(len(data), unpacked, self._clock()):
            page.outbox.close(RATE, shown.error("rate_limited", "Wait for acknowledgements before you send more."))
        self.progress()
        return True

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
            self._ask_for_missing(page)
        return False

    def _ask_for_missing(self, page: Member) -> None:
        """Of this connection; again as long as it does not come."""
        self._resumed_from = self.last
        page.outbox.tell({"t": "resume", "from": self.last})
        self._later(RESUME_AGAIN_SECONDS, partial(self._is_still_missing, page, self.last))

    def _is_still_missing(self, page: Member, last: int) -> None:
        is_asked_for = page is self._company.page and self._resumed_from == self.last == last
        if is_asked_for and page.is_open and Scope.VIEW in self._gate.scopes and not self._gate.paused:
            self._ask_for_missing(page)

    def _refuse(self, page: Member, error: FrameError | TooLargeError) -> None:
        page.outbox.tell({"t": "err", "code": error.code, "message": error.message, "of": MIRROR})
        self._guard.hold_against(page, MIRROR, "bad_frame", BAD_FRAME)
        self.ask_for_snapshot()

    def progress(self) -> None:
        """Hand on what agents have room for, and acknowledge what all of them have; look again when one has to wait."""
        now = self._clock()
        waiting = [agent for agent in self._company.agents.values() if agent.is_open and not self._feed(agent, now)]
        if any(agent.wanted == 0 for agent in waiting):
            self.ask_for_snapshot()
        if not any(self._is_waited_for(agent, now) for agent in waiting):
            self._acknowledge(now)
        is_owed = self._company.page is not None and not self._credit.is_settled
        if waiting or (is_owed and self._credit.is_ripe(now)):
            self._look_again(now, LOOK_AGAIN_SECONDS)
        elif is_owed:
            self._look_again(now, self._credit.ripe_in(now))

    def _feed(self, agent: Member, now: float) -> bool:
        """Whether this agent has everything, with room for more. Who needs a snapshot waits for it without blame."""
        if Scope.VIEW not in self._gate.scopes or self._gate.paused or self._replay.is_fresh:
            return True
        if not self._find_place(agent):
            return False
        while agent.outbox.has_room and (data := self._replay.frame(agent.wanted)) is not None:
            agent.outbox.give(data, Scope.VIEW)
            agent.wanted += 1
        if agent.wanted > self.last and agent.outbox.has_room:
            agent.blocked_since = None
            return True
        if agent.blocked_since is None:
            agent.blocked_since = now
        return False

    def _find_place(self, agent: Member) -> bool:
        """From where on this agent reads; whoever begins anew is waited for like everybody."""
        place = self._replay.place(agent.wanted)
        if place is None:
            agent.blocked_since = float("-inf")
        elif not agent.wanted:
            agent.blocked_since = None
        agent.wanted = place or 0
        return place is not None

    def _is_waited_for(self, agent: Member, now: float) -> bool:
        """Not for one who does not read: they get what is kept, or a snapshot, when they do."""
        return agent.blocked_since is None or now - agent.blocked_since <= BEHIND_SECONDS

    def _acknowledge(self, now: float) -> None:
        page = self._company.page
        acknowledged = self._credit.due(self.last, now) if page is not None else None
        if page is not None and acknowledged is not None:
            page.outbox.tell({"t": "ack", "s": acknowledged})

    def _look_again(self, now: float, seconds: float) -> None:
        """A transport does not say when it has been read from."""
        if now + seconds < self._looks_at:
            self._looks_at = now + seconds
            self._later(seconds, partial(self._look, self._looks_at))

    def _look(self, at: float) -> None:
        if at != self._looks_at:
            return
        self._looks_at = float("inf")
        if self._company.everybody():
            self.progress()

    def resume(self, agent: Member, last: int) -> None:
        """An agent has everything up to `last`, of this connection or of an earlier one."""
        agent.outbox.purge({Scope.VIEW})
        agent.wanted = last + 1
        self.progress()

    def ask_for_snapshot(self, *, at_once: bool = False) -> None:
        """Somebody has nothing to go on from."""
        page, now = self._company.page, self._clock()
        if page is None or Scope.VIEW not in self._gate.scopes or self._gate.paused:
            return
        if at_once or now - self._asked_at >= SNAPSHOT_EVERY:
            self._asked_at = now
            page.outbox.tell({"t": "snapshot.request"})
