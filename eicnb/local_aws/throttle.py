"""AWS's limits on control-plane calls: a token bucket for each account, region and quota.

Lambda allows 100 GetFunction, 15 GetPolicy and 15 other control-plane calls per second, account and region
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests). Invoke has no such limit.
CloudTrail allows 2 LookupEvents calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from eicnb.errors import ConfigurationError

GET_FUNCTION_SHARE = 100 / 15
_UNLIMITED = {"Invoke"}
_SHARES = {"GetFunction": GET_FUNCTION_SHARE, "GetPolicy": 1.0, "LookupEvents": 2 / 15}


class RequestBucket:
    """A token bucket that admits `burst` calls at once, and then `rate` calls per second.

    >>> bucket = RequestBucket(rate=1, burst=1, now=lambda: 0.0)
    >>> bucket.take(), bucket.take()
    (True, False)
    """

    def __init__(self, *, rate: float, burst: float, now: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self._tokens = burst
        self._filled_at = now()
        self._lock = Lock()

    def take(self) -> bool:
        """Take one token; return False if no token is left."""
        with self._lock:
            now = self._now()
            self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
            self._filled_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Throttle:
    """The token buckets of a sandbox, by account and region; nothing is limited until a rate is set."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rate: float | None = None
        self._burst = 0.0
        self._buckets: dict[tuple[str, str | None], RequestBucket] = {}
        self._lock = Lock()

    def rate(self) -> float | None:
        """Return the requests per second in each region, or None without a limit."""
        return self._rate

    def limit(self, requests_per_second: float | None, burst: float | None = None) -> None:
        """Set a new rate for every account and region, with full buckets; None removes the limit."""
        if requests_per_second is not None and not requests_per_second > 0:
            raise ConfigurationError(
                f"A sandbox cannot serve {requests_per_second} requests per second.",
                hint="give a number above 0, or None for no limit",
            )
        if burst is not None and not burst >= 1:
            raise ConfigurationError(f"A burst of {burst} admits no calls.", hint="give 1 or more")
        with self._lock:
            self._rate = requests_per_second
            self._burst = burst if burst is not None else max(1.0, requests_per_second or 0.0)
            self._buckets.clear()

    def admits(self, place: str, operation: str) -> bool:
        """Return whether a request is within the limit of its account and region."""
        with self._lock:
            if self._rate is None or operation in _UNLIMITED:
                return True
            bucket = self._bucket(place, self._rate, operation if operation in _SHARES else None)
        return bucket.take()

    def _bucket(self, place: str, rate: float, operation: str | None) -> RequestBucket:
        key = (place, operation)
        if key not in self._buckets:
            share = 1.0 if operation is None else _SHARES[operation]
            self._buckets[key] = RequestBucket(rate=rate * share, burst=max(1.0, self._burst * share), now=self._now)
        return self._buckets[key]
