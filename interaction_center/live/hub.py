"""Topic -> sockets, in one process, on one loop. The cost of a message depends on its own readers only.

A socket has a bounded outbox and drains it by itself: what one turn of the loop brings goes out as one frame.
A reader that does not read is told `bye` and closed (4008); it resumes from the database.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

MAX_FRAMES = 256
MAX_BYTES = 512 * 1024
MAX_FRAME_OUT = 256 * 1024
PATIENCE_SECONDS = 5.0
REPLAY_SECONDS = 60.0
SLOW = 4008
TURN_FRAMES = MAX_FRAMES // 4
TURN_CHARACTERS = MAX_BYTES // 8  # up to four bytes each


@dataclass(frozen=True, slots=True)
class Push:
    """One ready frame for the readers of some topics. `seq` is 0 for what has no place in a log.

    An `ephemeral` push (typing, presence) is the first thing dropped for a reader that is behind.
    """

    topics: tuple[str, ...]
    frame: str
    seq: int = 0
    ephemeral: bool = False


Waiting = tuple[str | bytes, int, str]  # a frame, how many bytes it is on the wire, and its tag


class Socket:
    """One connected reader. A tag says by what right a frame is sent; a protocol that has any may `purge` by it."""

    def __init__(self, send: Send, *, buffered: Callable[[], int] = lambda: 0) -> None:
        self._send = send
        self._buffered = buffered
        self._outbox: deque[Waiting] = deque()
        self._bytes = 0
        self._drain: asyncio.Task[None] | None = None
        self._held: dict[str, list[tuple[int, str]]] = {}
        self.closing: tuple[int, str] | None = None
        self.topics: set[str] = set()
        self.sent: dict[str, int] = {}  # topic of a replayed log -> last number sent

    def push(self, frame: str, *, ephemeral: bool = False) -> None:
        """Queue one frame (JSON text of one object); never blocks."""
        if self.closing is not None:
            return
        if self._is_full():
            if not ephemeral:
                self._close_slow()
            return
        self._append(frame)
        self._start_drain()

    def _is_full(self) -> bool:
        return len(self._outbox) >= MAX_FRAMES or self._bytes + self._buffered() > MAX_BYTES

    def _append(self, frame: str | bytes, tag: str = "") -> None:
        size = len(frame) if isinstance(frame, bytes) or frame.isascii() else len(frame.encode())
        self._outbox.append((frame, size, tag))
        self._bytes += size

    async def push_all(self, frames: Iterable[str]) -> None:
        """Queue many frames at the pace of the transport (a replay), but not for ever."""
        until = asyncio.get_running_loop().time() + REPLAY_SECONDS
        for frame in frames:
            await self._room(until)
            self.push(frame)
        await self._room(until)

    async def _room(self, until: float) -> None:
        """Wait until half of the outbox is free, as long as the peer takes something every few seconds."""
        loop = asyncio.get_running_loop()
        least, since = self._buffered(), loop.time()
        while self.closing is None and self._is_half_full() and loop.time() < until:
            await self.drained()
            if self._buffered() < least:
                least, since = self._buffered(), loop.time()
            elif loop.time() - since > PATIENCE_SECONDS:
                return
            if self._is_half_full():
                await asyncio.sleep(0.01)

    def _is_half_full(self) -> bool:
        return len(self._outbox) >= MAX_FRAMES // 2 or self._bytes + self._buffered() > MAX_BYTES // 2

    def receive(self, topics: Iterable[str], push: Push) -> None:
        """A push for one of my topics: sent, or kept while that topic is being replayed."""
        for topic in topics:
            self._note(topic, push.seq)
            if topic in self._held:
                self._hold(topic, push)
                return
        self.push(push.frame, ephemeral=push.ephemeral)

    def _hold(self, topic: str, push: Push) -> None:
        """More than the outbox takes is too much here as well."""
        if len(self._held[topic]) < MAX_FRAMES:
            self._held[topic].append((push.seq, push.frame))
        elif not push.ephemeral:
            self._close_slow()

    def hold(self, topic: str) -> None:
        """Keep what comes for this topic until `release`: subscribe first, then read the database."""
        self._held.setdefault(topic, [])

    def release(self, topic: str, after: int) -> None:
        """Send what was kept and is not yet in the replay, which ended at sequence `after`."""
        for seq, frame in self._held.pop(topic, []):
            if seq == 0 or seq > after:
                self._note(topic, seq)
                self.push(frame)

    def forget(self, topic: str) -> None:
        """Drop what was kept: this reader may not have it."""
        self._held.pop(topic, None)

    def _note(self, topic: str, seq: int) -> None:
        if seq > self.sent.get(topic, seq):
            self.sent[topic] = seq

    def _close_slow(self) -> None:
        self.close(SLOW, '{"t":"bye","reason":"slow","reconnect_ms":1000}')

    def close(self, code: int, last_frame: str = "") -> None:
        """Send what waits (but to a slow reader only the last frame), then close with this code."""
        if self.closing is not None:
            return
        if code == SLOW:
            self._outbox.clear()
            self._held.clear()
        if last_frame:
            self._append(last_frame)
        self.closing = (code, last_frame)
        self._start_drain()

    async def drained(self) -> None:
        """Wait until everything queued has been handed to the transport."""
        if self._drain is not None:
            await asyncio.shield(self._drain)

    def _start_drain(self) -> None:
        if self._drain is None or self._drain.done():
            self._drain = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._outbox:
                await self._send(self._next_message())
            if self.closing is not None:
                await self._send({"type": "websocket.close", "code": self.closing[0]})
        except Exception:  # the peer is gone: whatever the server raises then, nothing can be sent any more
            self._outbox.clear()
            self.closing = self.closing or (1006, "")

    def _next_message(self) -> dict[str, Any]:
        """One binary frame, or all text that is queued before the next one, as one frame of at most 256 KiB."""
        frame, size, _ = self._outbox.popleft()
        self._bytes -= size
        if isinstance(frame, bytes):
            return {"type": "websocket.send", "bytes": frame}
        frames = [frame]
        while self._outbox and size + self._outbox[0][1] < MAX_FRAME_OUT:
            frame, more, _ = self._outbox[0]
            if isinstance(frame, bytes):
                break
            self._outbox.popleft()
            frames.append(frame)
            size += more
            self._bytes -= more
        return {"type": "websocket.send", "text": frames[0] if len(frames) == 1 else f"[{','.join(frames)}]"}


@dataclass
class Hub:
    """Who reads what. Used on the loop only; `publish_threadsafe` is the door for everybody else."""

    members: defaultdict[str, set[Socket]] = field(default_factory=lambda: defaultdict(set))
    sockets: set[Socket] = field(default_factory=set)
    taps: list[Callable[[Push], None]] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop | None = None
    _waiting: deque[Push] = field(default_factory=deque)
    _is_rung: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """This loop carries the sockets."""
        self._loop = loop

    def join(self, socket: Socket, topic: str) -> None:
        """From now on `socket` gets what is published to `topic`."""
        self.members[topic].add(socket)
        socket.topics.add(topic)
        self.sockets.add(socket)

    def leave(self, socket: Socket, topic: str) -> None:
        """No longer."""
        socket.topics.discard(topic)
        socket.sent.pop(topic, None)
        readers = self.members.get(topic)
        if readers is not None:
            readers.discard(socket)
            if not readers:
                del self.members[topic]

    def drop(self, socket: Socket) -> None:
        """The socket is gone."""
        for topic in tuple(socket.topics):
            self.leave(socket, topic)
        self.sockets.discard(socket)

    def readers(self, topic: str) -> int:
        """How many sockets of this process read `topic`. May be asked from any thread."""
        return len(self.members.get(topic, ()))

    def publish(self, push: Push, *, sender: Socket | None = None) -> None:
        """Hand the frame to each reader once, whatever number of the topics it reads; not to its `sender`."""
        if len(push.topics) == 1 and sender is None:
            for socket in tuple(self.members.get(push.topics[0], ())):
                socket.receive(push.topics, push)
            return
        sockets = set().union(*(self.members.get(topic, ()) for topic in push.topics)) - {sender}
        for socket in sockets:
            socket.receive(socket.topics.intersection(push.topics), push)

    def publish_threadsafe(self, push: Push) -> None:
        """From any thread, after the commit. However many wait, the loop is woken once."""
        for tap in self.taps:
            tap(push)
        if self._loop is None:
            return
        with self._lock:
            self._waiting.append(push)
            must_ring, self._is_rung = not self._is_rung, True
        if must_ring:
            self._loop.call_soon_threadsafe(self._publish_waiting)

    def _publish_waiting(self) -> None:
        """So much a turn: sockets drain in between, and only one that is not read from falls behind.

        A group commit alone may bring more than an outbox holds.
        """
        with self._lock:
            pushes = self._next_turn()
            has_more = self._is_rung = bool(self._waiting)
        try:
            for push in pushes:
                self.publish(push)
        finally:
            if has_more:
                asyncio.get_running_loop().call_soon(self._publish_waiting)

    def _next_turn(self) -> list[Push]:
        pushes: list[Push] = []
        size = 0
        while self._waiting and len(pushes) < TURN_FRAMES and size < TURN_CHARACTERS:
            pushes.append(self._waiting.popleft())
            size += len(pushes[-1].frame)
        return pushes


hub = Hub()
