"""The rate limit of each account and region: a token bucket shared within the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

RECOVERY_SECONDS = 15.0
"""How long it takes until the rate is back to normal after a throttled request."""

LAMBDA = "lambda"
"""The quota that most operations of Lambda's control plane share."""

USUAL_RATE = 10.0
"""The default rate in an account and region, in requests a second, of the 15 that AWS serves."""

MOST_RATE = 10_000.0
"""A rate that is higher than any in practice, for a sandbox without a limit."""

_SLOWEST_SHARE = 0.1
_BURST_SECONDS = 0.3
_LONGEST_PAUSE = 30.0


class TokenBucket:
    """A token bucket that spaces requests evenly; after a pause, it allows 0.3 seconds' worth at once.

    >>> bucket = TokenBucket(clock=lambda: 0.0)
    >>> with bucket.shared_at(10):
    ...     bucket.take(), bucket.take(), bucket.take()
    (0.0, 0.1, 0.2)

    Several users share it at the lowest of their rates, so two together are no faster than the slower one alone.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rates: list[float] = []
        self._next: float | None = None
        self._share = 1.0
        self._lowered_at = float("-inf")

    @contextmanager
    def shared_at(self, rate: float) -> Iterator[None]:
        """Use the bucket within this context, at a rate in requests a second.

        Time in which no one uses the bucket is not made up for.
        """
        with self._lock:
            if not self._rates and self._next is not None:
                self._next = max(self._next, self._clock())
            self._rates.append(rate)
        try:
            yield
        finally:
            with self._lock:
                self._rates.remove(rate)

    @property
    def rate(self) -> float:
        """The requests a second: the lowest rate of all users, reduced for a while after throttling."""
        with self._lock:
            return self._rate(self._clock())

    def take(self) -> float:
        """Take the next turn, and return the seconds until then."""
        with self._lock:
            now = self._clock()
            return max(0.0, self._take(now) - now)

    def take_now(self) -> bool:
        """Take the next turn if its time has come, and return whether it has."""
        with self._lock:
            now = self._clock()
            if self._next is not None and self._next > now:
                return False
            self._take(now)
            return True

    def _take(self, now: float) -> float:
        rate = self._rate(now)
        turn = now if self._next is None else max(self._next, now - max(_BURST_SECONDS, 1 / rate))
        self._next = turn + 1 / rate
        return turn

    def refused(self, sent_at: float, retry_after: float) -> None:
        """Slow down after a throttled request: send nothing for `retry_after` seconds, then at half the rate.

        Requests that were under way when the rate was lowered do not lower it again.
        """
        with self._lock:
            now = self._clock()
            self._next = max(self._next or now, now + min(max(retry_after, 0.0), _LONGEST_PAUSE))
            if sent_at >= self._lowered_at:
                self._share = max(_SLOWEST_SHARE, self._recovered(now) / 2)
                self._lowered_at = now

    def _rate(self, now: float) -> float:
        return min(self._rates, default=1.0) * self._recovered(now)

    def _recovered(self, now: float) -> float:
        return min(1.0, self._share + (now - self._lowered_at) / RECOVERY_SECONDS)


class Buckets:
    """The buckets of a process by account, region and quota; an unused one is dropped."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: WeakValueDictionary[Hashable, TokenBucket] = WeakValueDictionary()

    def of(self, account_id: str, region: str, quota: str = LAMBDA) -> TokenBucket:
        """Return the bucket of an account and region, which all concurrent users share.

        `quota` is a service, or a Lambda operation with its own quota.
        """
        key = (account_id, region, quota)
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = TokenBucket(self._clock)
            return bucket


BUCKETS = Buckets(time.monotonic)
"""The buckets of this process: audits, plans and their writes in the same account and region share one."""
