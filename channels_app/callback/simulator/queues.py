"""Queues of waiting calls."""

from typing import TYPE_CHECKING

from channels_app.callback.simulator.calls import Queue, Waiting
from channels_app.callback.simulator.timeline import Changed

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network


class Queues:
    """All queues of the account."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self.all: dict[str, Queue] = {}

    def named(self, name: str) -> Queue:
        """The queue of this name (or sid); it exists from the first use on."""
        now = self._network.timeline.now
        found = self.all.get(name) or next((queue for queue in self.all.values() if queue.name == name), None)
        if found is None:
            found = Queue(self._network.sids.new("QU"), name, now, now)
            self.all[found.sid] = found
        return found

    def enter(self, queue: Queue, waiting: Waiting) -> None:
        """Somebody comes: who waits for somebody looks again."""
        queue.members.append(waiting)
        queue.updated = self._network.timeline.now
        for call in queue.takers:
            if call.process is not None:
                call.process.interrupt(Changed())

    def leave(self, waiting: Waiting, result: str) -> None:
        """Out of the queue, if it is still in it."""
        waiting.result = result
        if (queue := self._of(waiting)) is not None:
            queue.members.remove(waiting)
            queue.waits.append(self._network.timeline.now - waiting.since)
            queue.updated = self._network.timeline.now

    def news_for(self, waiting: Waiting) -> tuple[tuple[str, str], ...]:
        """What the document that a waiting caller hears is told."""
        queue = self._of(waiting)
        seconds = (("QueueTime", str(round(self._network.timeline.now - waiting.since))),)
        if queue is None:
            return seconds
        position, size = queue.members.index(waiting) + 1, len(queue.members)
        about = (("QueueSid", queue.sid), ("QueuePosition", str(position)), ("CurrentQueueSize", str(size)))
        return (*about, *seconds, ("AvgQueueTime", str(queue.average_wait)))

    def _of(self, waiting: Waiting) -> Queue | None:
        return next((queue for queue in self.all.values() if waiting in queue.members), None)
