"""Nothing is lost and nothing comes twice between what a reader has, what the database has and what happens."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import OperationalError

from interaction_center.errors import NotFoundError, ResumeFailedError
from interaction_center.live import heads as heads_module
from interaction_center.live.heads import keep_heads, tell_heads
from interaction_center.live.hub import Hub, Push
from interaction_center.live.session import encode
from tests.live.peers import EchoSession, Peer

TOPIC, NAME = "c:abc", "abc"


@dataclass
class Log:
    """A log that is written while it is read: committed first, told a moment later, as by the real services."""

    hub: Hub
    committed: int = 0
    pace: random.Random = field(default_factory=random.Random)

    async def write(self, count: int) -> None:
        for _ in range(count):
            self.committed += 1
            seq = self.committed
            await self._rest()
            self.hub.publish(Push((TOPIC, "agent:x"), encode({"t": "ev", "c": NAME, "s": seq}), seq))
            await self._rest()

    def read(self, last_s: int) -> tuple[list[dict[str, Any]], int]:
        """In a database thread, slowly: what was committed when it began."""
        end = self.committed
        time.sleep(self.pace.random() / 500)
        return [{"t": "ev", "c": NAME, "s": seq} for seq in range(last_s + 1, end + 1)], end

    async def _rest(self) -> None:
        for _ in range(self.pace.randrange(3)):
            await asyncio.sleep(0)
        if self.pace.random() < 0.2:
            await asyncio.sleep(self.pace.random() / 1000)


def a_line(hub: Hub) -> tuple[EchoSession, Peer]:
    peer = Peer()
    session = EchoSession(peer, hub)
    hub.sockets.add(session.socket)
    return session, peer


def numbers(peer: Peer) -> list[int]:
    return [frame["s"] for frame in peer.of("ev")]


def applied(peer: Peer, last: int) -> list[int]:
    """As a receiver does it: what it has already (a push that came late) is ignored. There must be no gap."""
    taken: list[int] = []
    for seq in numbers(peer):
        if seq > last + len(taken):
            assert seq == last + len(taken) + 1, f"a gap before {seq}"
            taken.append(seq)
    return taken


@pytest.mark.parametrize("seed", range(25))
async def test_a_reader_who_comes_in_the_middle_gets_everything_once_and_in_order(seed: int) -> None:
    hub = Hub()
    log = Log(hub, pace=random.Random(seed))
    session, peer = a_line(hub)
    if seed % 2:
        hub.join(session.socket, "agent:x")  # reads the same events by another topic as well
    await log.write(5)
    peer.texts.clear()
    writing = asyncio.create_task(log.write(40))
    for _ in range(log.pace.randrange(20)):
        await asyncio.sleep(0)
    if seed % 2:
        hub.leave(session.socket, "agent:x")
        await session.socket.drained()
        peer.texts.clear()
        hub.join(session.socket, "agent:x")
    await session.replay(TOPIC, NAME, 3, log.read, lambda: {"state": {}})
    await writing
    await session.socket.drained()
    assert applied(peer, 3) == list(range(4, 46))
    (synced,) = peer.of("synced")
    assert session.socket.sent[TOPIC] == 45
    before = [frame["s"] for frame in peer.heard[: peer.heard.index(synced)]]
    assert max(before) == synced["s"]


@pytest.mark.parametrize("seed", range(10))
async def test_a_reader_who_resumes_again_and_again_misses_nothing(seed: int) -> None:
    hub = Hub()
    log = Log(hub, pace=random.Random(seed))
    session, peer = a_line(hub)
    writing = asyncio.create_task(log.write(60))
    has = 0
    while not writing.done() or has < log.committed:
        await session.replay(TOPIC, NAME, has, log.read, dict)
        for _ in range(log.pace.randrange(10)):
            await asyncio.sleep(0)
        await session.socket.drained()
        has += len(applied(peer, has))
        peer.texts.clear()
    assert has == 60


async def test_whoever_may_not_read_a_log_hears_nothing_of_it_not_even_meanwhile() -> None:
    hub = Hub()
    session, peer = a_line(hub)

    def refuse(last_s: int) -> tuple[list[dict[str, Any]], int]:
        time.sleep(0.03)
        raise NotFoundError("No such conversation.")

    replay = asyncio.create_task(session.replay(TOPIC, NAME, 0, refuse, dict))
    await asyncio.sleep(0.01)
    hub.publish(Push((TOPIC,), '{"t":"ev","s":1,"body":"secret"}', 1))
    with pytest.raises(NotFoundError):
        await replay
    hub.publish(Push((TOPIC,), '{"t":"ev","s":2,"body":"secret"}', 2))
    await session.socket.drained()
    assert peer.texts == []
    assert TOPIC not in hub.members


async def test_who_claims_the_future_is_not_subscribed() -> None:
    hub = Hub()
    session, peer = a_line(hub)

    def refuse(last_s: int) -> tuple[list[dict[str, Any]], int]:
        raise ResumeFailedError("Too far.")

    with pytest.raises(ResumeFailedError):
        await session.replay(TOPIC, NAME, 99, refuse, dict)
    assert (peer.texts, dict(hub.members), session.socket.sent) == ([], {}, {})


async def test_heads_heal_a_lost_last_push_and_bother_nobody_else() -> None:
    hub = Hub()
    log = Log(hub)
    lines = [a_line(hub) for _ in range(3)]
    await log.write(3)
    for session, _ in lines[:2]:
        await session.replay(TOPIC, NAME, 0, log.read, dict)
    hub.leave(lines[0][0].socket, TOPIC)
    hub.join(lines[0][0].socket, TOPIC)
    lines[0][0].socket.sent[TOPIC] = 3
    log.committed += 1  # committed, but the push was lost for the first; the second got it
    lines[1][0].socket.receive([TOPIC], Push((TOPIC,), '{"t":"ev","s":4}', 4))

    async def heads(names: Any) -> dict[str, int]:
        assert list(names) == [NAME]
        return {NAME: log.committed}

    await tell_heads(heads, hub)
    await asyncio.gather(*(session.socket.drained() for session, _ in lines))
    assert [peer.of("head") for _, peer in lines] == [[{"t": "head", "heads": {NAME: 4}}], [], []]


async def test_a_round_of_heads_that_fails_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads_module, "HEAD_SECONDS", 0)
    hub = Hub()
    session, peer = a_line(hub)
    hub.join(session.socket, TOPIC)
    session.socket.sent[TOPIC] = 1
    rounds: list[str] = []

    async def read(names: Any) -> dict[str, int]:
        rounds.append("read")
        if len(rounds) == 1:
            raise OperationalError("the database is away")
        return {NAME: 2}

    keeping = asyncio.create_task(keep_heads(read, hub))
    await peer.until(lambda peer: peer.of("head"))
    keeping.cancel()
    assert peer.of("head")[0] == {"t": "head", "heads": {NAME: 2}}


async def test_what_came_during_a_replay_counts_as_sent() -> None:
    hub = Hub()
    log = Log(hub)
    session, peer = a_line(hub)

    def read(last_s: int) -> tuple[list[dict[str, Any]], int]:
        time.sleep(0.02)
        return [], 0

    replay = asyncio.create_task(session.replay(TOPIC, NAME, 0, read, dict))
    await asyncio.sleep(0.005)
    await log.write(2)
    await replay

    async def heads(names: Any) -> dict[str, int]:
        return {NAME: 2}

    await tell_heads(heads, hub)
    await session.socket.drained()
    assert numbers(peer) == [1, 2]
    assert peer.of("head") == []


async def test_a_push_that_overtakes_another_does_not_turn_the_count_back() -> None:
    hub = Hub()
    session, _ = a_line(hub)
    hub.join(session.socket, TOPIC)
    session.socket.sent[TOPIC] = 1
    for seq in (3, 2):
        hub.publish(Push((TOPIC,), "{}", seq))
    assert session.socket.sent[TOPIC] == 3
