"""How much a customer's page may send: what is on its way to agents, and how much in a second. Pure."""

from interaction_center.access.rate_limits import Bucket

UNACKED = 256 * 1024  # what a page may send before it waits
ACK_AT = 32 * 1024  # so much is acknowledged at once, less of it together: each acknowledgement is a frame as well
ACK_SECONDS = 0.25
MOST_UNACKED = 2 * UNACKED  # what is taken from one that does not know, or has not heard in time
BYTES_A_SECOND, BURST = 256 * 1000, 2 * 1000 * 1000
LEAST_WEIGHT = 512  # of a frame: the shortest one takes time as well
UNPACKED = 2  # so many bytes of its content weigh one: a few that unpack to many take as long to check as those
FRAMES_A_SECOND = 30
CONTROL_BURST = 60


class Credit:
    """The acknowledgements of one page. They come when agents have what it sent, and no faster than the rate."""

    def __init__(self) -> None:
        self._unacked = 0
        self._is_again = False
        self._since = 0.0
        self._bucket: Bucket | None = None

    def spend(self, size: int, unpacked: int, now: float) -> bool:
        """One more frame of so many bytes. False when the page takes no notice of what it may."""
        if not self._unacked:
            self._since = now
        self._unacked += max(size, unpacked // UNPACKED, LEAST_WEIGHT)
        return self._unacked <= MOST_UNACKED

    def owe_again(self) -> None:
        """The page has sent something twice: it has not heard the last acknowledgement."""
        self._is_again = True

    @property
    def is_settled(self) -> bool:
        """Whether everything was acknowledged."""
        return not self._unacked and not self._is_again

    def is_ripe(self, now: float) -> bool:
        """Whether it is time to acknowledge something."""
        is_old = self._unacked > 0 and not self.ripe_in(now)
        return is_old or self._is_again or self._unacked >= ACK_AT

    def ripe_in(self, now: float) -> float:
        """Seconds until then at the latest."""
        return max(0.0, self._since + ACK_SECONDS - now)

    def due(self, last: int, now: float) -> int | None:
        """The number to acknowledge now that everybody has everything up to `last`; None for nothing, or not yet."""
        if not self.is_ripe(now):
            return None
        if self._bucket is None:
            self._bucket = Bucket(BYTES_A_SECOND, BURST, BURST, now)
        if self._bucket.take(now, self._unacked):
            return None
        self._unacked, self._is_again = 0, False
        return last
