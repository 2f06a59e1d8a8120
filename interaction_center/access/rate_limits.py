"""Token buckets in memory. Pure but for the lock: the clock is an argument, in seconds of any monotonic clock."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock


@dataclass(slots=True)
class Bucket:
    """`rate` tokens a second flow in, up to `burst`; every act takes one, or as many as it weighs."""

    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float, weight: float = 1) -> float:
        """0 when the act may pass, else the seconds until it may. One that outweighs the bucket takes all of it."""
        weight = min(weight, self.burst)
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.filled_at) * self.rate)
        self.filled_at = max(self.filled_at, now)
        if self.tokens >= weight:
            self.tokens -= weight
            return 0.0
        return (weight - self.tokens) / self.rate


class Buckets:
    """One bucket per key, at most `size` of them: the one unused longest goes first. Safe from several threads."""

    def __init__(self, *, rate: float, burst: float, size: int = 10_000) -> None:
        self._rate, self._burst, self._size = rate, burst, size
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, now: float, weight: float = 1) -> float:
        """Like Bucket.take, for the bucket of `key`."""
        with self._lock:
            bucket = self._buckets.pop(key, None) or Bucket(self._rate, self._burst, self._burst, now)
            self._buckets[key] = bucket
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
            return bucket.take(now, weight)

    def __len__(self) -> int:
        return len(self._buckets)
