"""Every ten seconds: does each socket have the end of what it follows? One query for all of them.

A push that was lost is healed by the next one's gap; the last push of a log has no next one, so its reader is told
the number. Sockets that are not behind hear nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from interaction_center.live.hub import Hub, Socket, hub
from interaction_center.live.session import encode

log = logging.getLogger(__name__)
HEAD_SECONDS = 10
CHUNK = 500

ReadHeads = Callable[[Collection[str]], Awaitable[dict[str, int]]]


async def keep_heads(read: ReadHeads, live: Hub = hub) -> None:
    """Run until cancelled. `read` gives the last sequence number of each of these interactions (public ids)."""
    while True:
        await asyncio.sleep(HEAD_SECONDS)
        try:
            await tell_heads(read, live)
        except Exception:  # a database that is away for a moment must not end this for good
            log.exception("Readers could not be told where their logs end; the next round tells them")


async def tell_heads(read: ReadHeads, live: Hub = hub) -> None:
    """One round."""
    names = sorted({_name(topic) for socket in live.sockets for topic in socket.sent})
    heads: dict[str, int] = {}
    for start in range(0, len(names), CHUNK):
        heads |= await read(names[start : start + CHUNK])
    for index, socket in enumerate(tuple(live.sockets)):
        _tell(socket, heads)
        if index % CHUNK == CHUNK - 1:
            await asyncio.sleep(0)  # thousands of sockets must not hold the loop


def _tell(socket: Socket, heads: dict[str, int]) -> None:
    behind = {
        _name(topic): heads[_name(topic)] for topic, sent in socket.sent.items() if heads.get(_name(topic), 0) > sent
    }
    if behind:
        socket.push(encode({"t": "head", "heads": behind}))


def _name(topic: str) -> str:
    """Topics of logs are `c:<public id>` and `v:<public id>`."""
    return topic.partition(":")[2]
