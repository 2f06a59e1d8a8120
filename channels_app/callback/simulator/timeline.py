"""Virtual time: a heap of what happens when, and processes (generators) that sleep, fetch and are interrupted on it."""

import heapq
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any


class Timer:
    """Something that will happen, unless it is cancelled."""

    __slots__ = ("action", "at", "is_cancelled")

    def __init__(self, at: float, action: Callable[[], None]) -> None:
        self.at = at
        self.action = action
        self.is_cancelled = False

    def cancel(self) -> None:
        """It will not happen; harmless when it has happened."""
        self.is_cancelled = True


class Timeline:
    """Instants in seconds since 1970; of what is due at the same instant the first that was asked for comes first."""

    def __init__(self, start: float) -> None:
        self.now = start
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = 0

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Let `action` happen in so many seconds."""
        timer = Timer(self.now + max(0.0, seconds), action)
        self._count += 1
        heapq.heappush(self._heap, (timer.at, self._count, timer))
        return timer

    def next_at(self) -> float | None:
        """When the next thing happens; None if nothing will."""
        while self._heap and self._heap[0][2].is_cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, until: float) -> Timer | None:
        """The next thing that is due by then, and the clock moved to it."""
        at = self.next_at()
        if at is None or at > until:
            return None
        self.now = max(self.now, at)
        return heapq.heappop(self._heap)[2]


@dataclass(frozen=True, slots=True)
class Wait:
    """A process sleeps: so many seconds, or until it is interrupted."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """A process asks the customer's server and goes on with its answer."""

    url: str
    method: str
    extra: tuple[tuple[str, str], ...] = ()


class Interrupt(Exception):
    """Something happened that a waiting process may care about."""


class Pressed(Interrupt):
    """A key of the telephone."""

    def __init__(self, digit: str) -> None:
        super().__init__(digit)
        self.digit = digit


class Spoke(Interrupt):
    """The person began or ended to speak."""


class Changed(Interrupt):
    """The state of a dialled call, a conference or a queue has changed: look again."""


Steps = Generator[Wait | Fetch, Any, None]


class Process:
    """Runs one generator on the timeline. It is only ever resumed from there, so that it may interrupt itself."""

    def __init__(
        self, timeline: Timeline, fetch: Callable[[Fetch, Callable[[Any], None]], None], begin: Callable[..., Steps]
    ) -> None:
        self._timeline = timeline
        self._fetch = fetch
        self._catching: list[tuple[type[Interrupt], ...]] = []
        self._pending: list[Interrupt] = []
        self._ticket = 0
        self._is_resting = False
        self._is_running = False
        self._timer: Timer | None = None
        self.is_over = False
        self._steps = begin(self)
        self._wake(None)

    @contextmanager
    def listening(self, *kinds: type[Interrupt]) -> Iterator[None]:
        """Within this block interrupts of these kinds are raised inside the generator; others pass it by."""
        self._catching.append(kinds)
        try:
            yield
        finally:
            self._catching.pop()

    def interrupt(self, news: Interrupt) -> None:
        """Tell the process; it hears of it if it listens for such news."""
        if self.is_over or not self._listens_for(news):
            return
        if self._is_resting:
            self._wake(news)
        else:
            self._pending.append(news)

    def stop(self) -> None:
        """It never runs again."""
        self.is_over = True
        self._cancel_timer()
        if not self._is_running:
            self._steps.close()

    def _listens_for(self, news: Interrupt) -> bool:
        return any(isinstance(news, kinds) for kinds in self._catching)

    def _wake(self, value: Any) -> None:
        self._ticket += 1
        self._is_resting = False
        self._cancel_timer()
        self._timeline.after(0, partial(self._resume, self._ticket, value))

    def _resume(self, ticket: int, value: Any) -> None:
        if self.is_over or ticket != self._ticket:
            return
        self._is_running = True
        try:
            step = self._steps.throw(value) if isinstance(value, Interrupt) else self._steps.send(value)
        except StopIteration:
            self.is_over = True
        else:
            self._rest(step)
        finally:
            self._is_running = False

    def _rest(self, step: Wait | Fetch) -> None:
        if self.is_over:  # it ended its own call
            self._steps.close()
            return
        heard = next((news for news in self._pending if self._listens_for(news)), None)
        self._pending.clear()
        if heard is not None:
            self._wake(heard)
            return
        self._is_resting = True
        if isinstance(step, Fetch):
            self._fetch(step, partial(self._answered, self._ticket))
        elif step.seconds is not None:
            self._timer = self._timeline.after(step.seconds, partial(self._answered, self._ticket, None))

    def _answered(self, ticket: int, answer: Any) -> None:
        if ticket == self._ticket and self._is_resting:
            self._wake(answer)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
