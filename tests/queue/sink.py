"""A channel whose next hop does what a test tells it to."""

import asyncio
from dataclasses import dataclass, field

from interaction_center.adapters import ChannelAdapter
from interaction_center.envelope import OutboundMessage, Receipt
from interaction_center.queue.delivery import deliver_due, finish_deliveries


@dataclass
class NextHop:
    """What arrived, and what happens to the next attempts: an exception or a receipt each, then plain receipts.

    A message with a text of `slow` is kept until its event is set.
    """

    attempts: list[OutboundMessage] = field(default_factory=list)
    answers: list[Exception | Receipt] = field(default_factory=list)
    slow: dict[str, asyncio.Event] = field(default_factory=dict)


HOP = NextHop()


async def deliver_all() -> int:
    """What is due now, to its end; how many were tried."""
    begun = await deliver_due()
    await finish_deliveries()
    return begun


class SinkAdapter(ChannelAdapter):
    """An ordinary channel: the customer does not see the log."""

    kind = "sink"

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """Note it, then do as told."""
        HOP.attempts.append(message)
        if message.text in HOP.slow:
            await HOP.slow[message.text].wait()
        answer = HOP.answers.pop(0) if HOP.answers else Receipt(remote_id=f"remote-{len(HOP.attempts)}")
        if isinstance(answer, Exception):
            raise answer
        return answer


class ChatSinkAdapter(SinkAdapter):
    """A channel whose customers read the log; looked at again at once."""

    kind = "chat_sink"
    customers_read_log = True
