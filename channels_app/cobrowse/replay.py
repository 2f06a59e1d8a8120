"""What an agent needs who comes later: every frame since the last snapshot, in bounded memory. Pure."""

from channels_app.cobrowse.wire import Head

MAX_BYTES = 2 * 1024 * 1024


class Replay:
    """Frames by their numbers. `is_whole`: they begin with a snapshot, so that whoever has nothing can begin here."""

    def __init__(self, start: int = 0) -> None:
        self.first = start + 1
        self.last = start
        self.is_whole = False
        self.is_fresh = True  # nothing was ever in it
        self._frames: list[bytes] = []
        self._size = 0

    def add(self, head: Head) -> None:
        """The next frame. A snapshot makes all before it worthless; too much is thrown away, and then it takes one."""
        if head.begins_snapshot:
            self._begin(head.s, is_whole=True)
        self.is_fresh = False
        self._frames.append(head.data)
        self._size += len(head.data)
        self.last = head.s
        if self._size > MAX_BYTES:
            self._begin(head.s + 1, is_whole=False)

    def frame(self, s: int) -> bytes | None:
        """The frame of this number, if it is kept."""
        at = s - self.first
        return self._frames[at] if 0 <= at < len(self._frames) else None

    def place(self, wanted: int) -> int | None:
        """From which number on somebody reads who wants `wanted` next; None as long as they need a snapshot."""
        if self.first <= wanted <= self.last + 1:
            return wanted
        return self.first if self.is_whole else None

    def _begin(self, s: int, *, is_whole: bool) -> None:
        self.first, self.is_whole, self._frames, self._size = s, is_whole, [], 0
