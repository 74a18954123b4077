"""Requests to any AWS service through boto3, at the pace of the account's quotas.

Tested in tests/aws/test_paced_requests.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, Self

from eicnb.aws.boto import Aws
from eicnb.aws.http.rate_limit import LAMBDA, USUAL_RATE, Buckets, TokenBucket
from eicnb.aws.http.sender import Tally
from eicnb.model.limits import GET_FUNCTION_A_SECOND, LOOKUPS_A_SECOND, REQUESTS_A_SECOND
from eicnb.model.verbs import Operation

_SHARES: Mapping[str, float] = {
    Operation.GET_FUNCTION: GET_FUNCTION_A_SECOND / REQUESTS_A_SECOND,
    Operation.LOOKUP_EVENTS.service: LOOKUPS_A_SECOND / REQUESTS_A_SECOND,
}

_GLOBAL = frozenset({"iam"})

_MOST_PAGES = 10_000

_MARKERS = ("NextToken", "Marker", "NextMarker", "NextContinuationToken")
"""The members that are set if another page follows."""

_counting = Lock()


class CallAws(Protocol):
    """Sends an operation and yields the pages of its response; one that is not a list is one page."""

    def __call__(self, operation: Operation, **parameters: Any) -> Iterator[Mapping[str, Any]]: ...


class Quotas:
    """The token buckets of one run, shared with all concurrent runs of the process.

    `rate` is the rate for a quota of 15 requests a second; other quotas get a proportional rate. None means the usual
    rate of each account and region.
    """

    def __init__(self, buckets: Buckets, rate: float | None) -> None:
        self._buckets = buckets
        self._rate = rate
        self._shares = ExitStack()
        self._open: dict[tuple[str, str, str], TokenBucket] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._shares.close()

    def of(self, account_id: str, region: str, quota: str = LAMBDA, *, usual_rate: float = USUAL_RATE) -> TokenBucket:
        """Return the bucket of a service, or of a Lambda operation with its own quota."""
        key = (account_id, "" if quota in _GLOBAL else region, str(quota))
        with self._lock:
            if key not in self._open:
                bucket = self._open[key] = self._buckets.of(*key)
                self._shares.enter_context(bucket.shared_at((self._rate or usual_rate) * _SHARES.get(quota, 1.0)))
            return self._open[key]


class Paced:
    """The rate-limited requests of one connection, counted in `tally`."""

    def __init__(
        self, aws: Aws, account_id: str, quotas: Quotas, tally: Tally, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.aws = aws
        self.account_id = account_id
        self._quotas = quotas
        self._tally = tally
        self._sleep = sleep

    def call(self, operation: Operation, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """Send an operation and yield its pages, requesting each only when it is needed."""
        usual_rate = self.aws.usual_rate
        turns = self._quotas.of(self.account_id, self.aws.region, operation.service, usual_rate=usual_rate)
        pages = self.aws.listing(operation.service, operation, _MOST_PAGES, **parameters)
        has_more = True
        while has_more:
            self._sleep(turns.take())
            with _counting:
                self._tally.calls += 1
            page = next(pages, {})
            has_more = any(page.get(marker) for marker in _MARKERS)
            yield page
