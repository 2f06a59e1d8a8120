"""The hub: to its readers only, once, in order; a reader that does not read harms nobody else."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from interaction_center.live import hub as hub_module
from interaction_center.live.hub import MAX_BYTES, MAX_FRAMES, Hub, Push, Socket
from interaction_center.live.session import say_goodbye
from tests.live.peers import Peer, a_socket


def a_push(topic: str = "c:a", seq: int = 0, *, ephemeral: bool = False, text: str = "") -> Push:
    return Push((topic,), json.dumps({"t": "ev", "s": seq, "text": text}), seq, ephemeral)


def numbers(peer: Peer) -> list[int]:
    return [frame["s"] for frame in peer.of("ev")]


async def test_a_push_reaches_the_readers_of_its_topics_once_and_nobody_else() -> None:
    hub = Hub()
    (one, peer), (two, both), (_, other) = a_socket(hub), a_socket(hub), a_socket(hub)
    for socket, topics in ((one, ["c:a"]), (two, ["c:a", "agent:x"])):
        for topic in topics:
            hub.join(socket, topic)
    hub.publish(Push(("c:a", "agent:x"), '{"t":"ev","s":1}', 1))
    await asyncio.gather(one.drained(), two.drained())
    assert (numbers(peer), numbers(both), numbers(other)) == ([1], [1], [])


async def test_the_sender_of_a_sign_does_not_get_it_back() -> None:
    hub = Hub()
    (one, mine), (two, theirs) = a_socket(hub), a_socket(hub)
    hub.join(one, "c:a")
    hub.join(two, "c:a")
    hub.publish(a_push(seq=1), sender=one)
    await two.drained()
    assert (numbers(mine), numbers(theirs)) == ([], [1])


async def test_what_one_turn_of_the_loop_brings_goes_out_as_one_frame() -> None:
    hub = Hub()
    socket, peer = a_socket(hub)
    hub.join(socket, "c:a")
    for seq in range(1, 11):
        hub.publish(a_push(seq=seq))
    await socket.drained()
    assert len(peer.texts) == 1
    assert numbers(peer) == list(range(1, 11))


async def test_one_frame_is_never_larger_than_256_kib() -> None:
    socket, peer = a_socket(Hub())
    for seq in range(9):
        socket.push(json.dumps({"t": "ev", "s": seq, "text": "x" * 40_000}))
    await socket.drained()
    assert len(peer.texts) == 2
    assert max(map(len, peer.texts)) <= hub_module.MAX_FRAME_OUT
    assert numbers(peer) == list(range(9))


async def test_nobody_who_left_or_is_gone_costs_or_gets_anything() -> None:
    hub = Hub()
    (one, peer), (two, gone) = a_socket(hub), a_socket(hub)
    for socket in (one, two):
        for topic in ("c:a", "c:b"):
            hub.join(socket, topic)
    hub.leave(one, "c:a")
    hub.drop(two)
    hub.publish(a_push("c:a", 1))
    hub.publish(a_push("c:b", 2))
    await one.drained()
    assert (numbers(peer), numbers(gone)) == ([2], [])
    hub.drop(one)
    assert (dict(hub.members), hub.sockets) == ({}, set())


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns every microsecond: what can go wrong between two lines does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


async def test_pushes_from_many_threads_all_arrive_each_thread_in_order(hasty_threads: None) -> None:
    hub = Hub()
    hub.attach(asyncio.get_running_loop())
    peers = {name: a_socket(hub) for name in "abcdefgh"}
    for name, (socket, _) in peers.items():
        hub.join(socket, f"c:{name}")
    threads = [threading.Thread(target=_publish, args=(hub, f"c:{name}")) for name in peers]
    for thread in threads:
        thread.start()
    for _, peer in peers.values():
        await peer.until(lambda peer: len(numbers(peer)) == 150)
        assert numbers(peer) == list(range(1, 151))
    for thread in threads:
        thread.join()


def _publish(hub: Hub, topic: str) -> None:
    for seq in range(1, 151):
        hub.publish_threadsafe(a_push(topic, seq))
        if seq % 5 == 0:
            time.sleep(0)


async def test_without_a_loop_publishing_does_nothing_and_taps_still_hear() -> None:
    hub = Hub()
    heard: list[Push] = []
    hub.taps.append(heard.append)
    hub.publish_threadsafe(a_push(seq=1))
    assert [push.seq for push in heard] == [1]


# Slow readers


@pytest.mark.parametrize(("count", "text"), [(MAX_FRAMES + 44, ""), (100, "x" * 8_000)])
async def test_a_burst_of_one_commit_makes_nobody_slow_who_reads(count: int, text: str) -> None:
    hub = Hub()
    hub.attach(asyncio.get_running_loop())
    socket, peer = a_socket(hub)
    hub.join(socket, "c:a")
    for seq in range(1, count + 1):
        hub.publish_threadsafe(a_push(seq=seq, text=text))
    await peer.until(lambda peer: peer.code or len(numbers(peer)) == count)
    assert peer.code is None
    assert numbers(peer) == list(range(1, count + 1))


async def test_a_burst_to_a_reader_that_takes_nothing_ends_it() -> None:
    hub = Hub()
    hub.attach(asyncio.get_running_loop())
    peer = Peer()
    peer.is_reading = False
    socket, _ = a_socket(hub, peer)
    hub.join(socket, "c:a")
    for seq in range(1, 200):
        hub.publish_threadsafe(a_push(seq=seq, text="x" * 8_000))
    await peer.until(lambda peer: peer.code)
    assert peer.code == 4008
    assert sum(map(len, peer.texts)) < 2 * MAX_BYTES


async def test_a_reader_that_does_not_read_is_told_bye_and_closed_and_nothing_more_piles_up() -> None:
    hub = Hub()
    slow, good = Peer(), Peer()
    slow.is_reading = False
    sockets = [a_socket(hub, peer)[0] for peer in (slow, good)]
    for socket in sockets:
        hub.join(socket, "c:a")
    for seq in range(1, 400):
        hub.publish(a_push(seq=seq, text="x" * 8_000))
        await asyncio.sleep(0)
    await asyncio.gather(*(socket.drained() for socket in sockets))
    assert numbers(good) == list(range(1, 400))
    assert good.code is None
    assert slow.code == 4008
    assert slow.heard[-1] == {"t": "bye", "reason": "slow", "reconnect_ms": 1000}
    assert sum(map(len, slow.texts)) < 2 * MAX_BYTES


async def test_too_many_small_frames_at_once_are_slow_too() -> None:
    socket, peer = a_socket(Hub())
    for seq in range(MAX_FRAMES + 1):
        socket.push(json.dumps({"t": "ev", "s": seq}))
    await socket.drained()
    assert peer.code == 4008
    assert [frame["t"] for frame in peer.heard] == ["bye"]


async def test_signs_are_dropped_first() -> None:
    hub = Hub()
    socket, peer = a_socket(hub)
    hub.join(socket, "c:a")
    for seq in range(1, MAX_FRAMES + 1):
        hub.publish(a_push(seq=seq))
    for _ in range(50):
        hub.publish(a_push(ephemeral=True))
    await socket.drained()
    assert peer.code is None
    assert numbers(peer) == list(range(1, MAX_FRAMES + 1))


async def test_a_long_replay_waits_for_a_reader_that_reads_slowly() -> None:
    """500 long messages are more than the outbox may hold: that is no reason to call the reader slow."""
    peer = Peer()
    peer.is_reading = False
    socket, _ = a_socket(Hub(), peer)
    frames = [json.dumps({"t": "ev", "s": seq, "text": "x" * 8_000}) for seq in range(1, 501)]
    replay = asyncio.create_task(socket.push_all(frames))
    while not replay.done():
        peer.buffered = max(0, peer.buffered - 200_000)
        await asyncio.sleep(0.002)
        assert peer.buffered <= MAX_BYTES + 300_000
    socket.push('{"t":"synced"}')
    await socket.drained()
    assert peer.code is None
    assert numbers(peer) == list(range(1, 501))
    assert peer.heard[-1] == {"t": "synced"}


async def test_a_replay_to_a_reader_that_takes_nothing_at_all_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PATIENCE_SECONDS", 0.05)
    peer = Peer()
    peer.is_reading = False
    socket, _ = a_socket(Hub(), peer)
    await socket.push_all(json.dumps({"t": "ev", "s": seq, "text": "x" * 8_000}) for seq in range(500))
    await socket.drained()
    assert peer.code == 4008


async def test_a_replay_that_lasts_too_long_ends_even_if_the_reader_takes_a_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "REPLAY_SECONDS", 0.1)
    peer = Peer()
    peer.is_reading = False
    socket, _ = a_socket(Hub(), peer)
    replay = asyncio.create_task(
        socket.push_all(json.dumps({"t": "ev", "s": seq, "text": "x" * 8_000}) for seq in range(500))
    )
    async with asyncio.timeout(5):
        while not replay.done():
            peer.buffered = max(0, peer.buffered - 1)
            await asyncio.sleep(0.002)
    await socket.drained()
    assert peer.code == 4008


async def test_what_comes_during_a_replay_does_not_pile_up_without_end() -> None:
    hub = Hub()
    socket, peer = a_socket(hub)
    hub.join(socket, "c:a")
    socket.hold("c:a")
    for seq in range(1, 10_000):
        hub.publish(a_push(seq=seq))
    await socket.drained()
    assert peer.code == 4008
    assert peer.of("ev") == []


async def test_bytes_are_counted_not_characters() -> None:
    socket, peer = a_socket(Hub())
    for seq in range(4):
        socket.push(json.dumps({"t": "ev", "s": seq, "text": "€" * 100_000}, ensure_ascii=False))
    await socket.drained()
    assert peer.code == 4008
    socket, peer = a_socket(Hub())
    for seq in range(2):
        socket.push(json.dumps({"t": "ev", "s": seq, "text": "€" * 50_000}, ensure_ascii=False))
    await socket.drained()
    assert (len(peer.texts), numbers(peer)) == (2, [0, 1])


async def test_a_socket_whose_peer_has_gone_takes_pushes_and_does_nothing() -> None:
    async def broken(event: object) -> None:
        raise ConnectionError

    hub = Hub()
    socket = Socket(broken)
    hub.join(socket, "c:a")
    hub.publish(a_push(seq=1))
    await socket.drained()
    hub.publish(a_push(seq=2))
    await socket.drained()
    assert socket.closing is not None


async def test_at_the_end_everybody_hears_what_waits_then_bye_and_1012() -> None:
    hub = Hub()
    pairs = [a_socket(hub) for _ in range(20)]
    for socket, _ in pairs:
        hub.join(socket, "c:a")
    hub.publish(a_push(seq=1))
    await say_goodbye(hub)
    for socket, peer in pairs:
        assert [frame["t"] for frame in peer.heard] == ["ev", "bye"]
        assert peer.heard[-1]["reason"] == "restart"
        assert peer.code == 1012
        socket.push("{}")
        assert len(peer.heard) == 2


# What it costs


async def test_the_cost_of_an_event_depends_on_its_own_readers_only() -> None:
    """Counted, not timed: sockets that a push looks at."""
    hub = Hub()
    looked: list[str] = []

    class Counting(Socket):
        def receive(self, topics: object, push: Push) -> None:
            looked.append(push.frame)

    for number in range(10_000):
        hub.join(Counting(Peer().send), f"c:{number}")
    hub.publish(a_push("c:7", 1))
    hub.publish(Push(("c:8", "agent:none"), "{}", 1))
    hub.publish(a_push("c:nobody", 1))
    assert len(looked) == 2


@pytest.mark.alone
async def test_an_event_costs_no_more_with_ten_thousand_other_conversations_than_with_a_hundred() -> None:
    hubs = {others: _hub_with(others) for others in (100, 10_000)}
    costs: dict[int, list[float]] = {others: [] for others in hubs}
    for _ in range(60):  # in turns and in short rounds, so that what disturbs one disturbs the other
        for others, hub in hubs.items():
            costs[others].append(await _cost(hub))
    ratio = min(costs[10_000]) / min(costs[100])
    print(f"cost of an event with 10,000 other conversations: {ratio:.2f} of that with 100")
    assert ratio < 1.2


def _hub_with(others: int) -> Hub:
    hub = Hub()
    for number in range(others):
        hub.join(a_socket(hub)[0], f"c:{number}")
    return hub


async def _cost(hub: Hub) -> float:
    """CPU seconds of a hundred events of one conversation."""
    before = time.process_time()
    for seq in range(100):
        hub.publish(a_push("c:5", seq))
        await asyncio.sleep(0)
    return time.process_time() - before
