"""A channel whose next hop does what a test tells it to."""

from dataclasses import dataclass, field

from interaction_center.adapters import ChannelAdapter
from interaction_center.envelope import OutboundMessage, Receipt


@dataclass
class NextHop:
    """What arrived, and what happens to the next attempts: an exception or a receipt each, then plain receipts."""

    attempts: list[OutboundMessage] = field(default_factory=list)
    answers: list[Exception | Receipt] = field(default_factory=list)


HOP = NextHop()


class SinkAdapter(ChannelAdapter):
    """An ordinary channel: the customer does not see the log."""

    kind = "sink"

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """Note it, then do as told."""
        HOP.attempts.append(message)
        answer = HOP.answers.pop(0) if HOP.answers else Receipt(remote_id=f"remote-{len(HOP.attempts)}")
        if isinstance(answer, Exception):
            raise answer
        return answer


class ChatSinkAdapter(SinkAdapter):
    """A channel whose customers read the log; looked at again at once."""

    kind = "chat_sink"
    customers_read_log = True
