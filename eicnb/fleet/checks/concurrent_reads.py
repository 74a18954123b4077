"""Concurrent reads of many subjects, at the pace of the account's quotas, with progress.

    read_in_threads    through boto3: a blocking read for each subject
    read_lambda        through the audit's sender: thousands of requests to Lambda

Tested in tests/fleet/checks/test_concurrent_reads.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from eicnb.aws.boto import Aws
from eicnb.aws.failures import FORBIDDEN, is_denied
from eicnb.aws.http.keyring import Keyring
from eicnb.aws.http.pool import SenderPool
from eicnb.aws.http.rate_limit import BUCKETS
from eicnb.aws.http.sender import Sender, Tally
from eicnb.aws.http.threads import in_thread
from eicnb.aws.paced_requests import CallAws, Paced, Quotas
from eicnb.errors import AwsError, EicError
from eicnb.fleet.background import LoopThread
from eicnb.fleet.checks.evidence import Reading, Unreadable
from eicnb.fleet.progress import Progress, Show
from eicnb.model.verbs import action_of

K = TypeVar("K")
F = TypeVar("F")

Place = tuple[str, str]
"""An account and a region."""

_THREADS, _READERS = 5, 32  # boto3 keeps five connections to a host

CallsTo = Callable[[Aws, str], CallAws]
"""Returns a function that calls AWS through a connection to an account, at the pace of its quotas."""


class Pacing(Protocol):
    """The rate of some reads, the function that shows their progress, and the count of their requests."""

    @property
    def rate(self) -> float | None:
        """The requests per second in each account and region; None uses the default rate."""

    @property
    def show(self) -> Show:
        """The function that shows the progress."""

    @property
    def tally(self) -> Tally:
        """The count of the requests."""


def unreadable(error: Exception) -> Unreadable:
    """Return an error as the reason why a fact is unknown.

    >>> unreadable(EicError("GetPolicy got no response: timed out")).reason
    'GetPolicy got no response: timed out'
    """
    if not isinstance(error, EicError):
        return Unreadable(f"{type(error).__name__}: {error}")
    if isinstance(error, AwsError) and is_denied(error):
        action = action_of(error.operation)
        whose = f", or {error.message}" if error.code == FORBIDDEN else ""
        return Unreadable(f"{action} is denied{whose}", action)
    reason = _first_line(error.message)
    if isinstance(error, AwsError):
        reason = f"{error.operation} failed with {error.code}: {reason}"
    return Unreadable(reason, hint=_first_line(error.hint or "check again"))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


@dataclass(slots=True)
class ConcurrentReads(Generic[K, F]):
    """Reads of many subjects, `size` at a time; `what` names them in the progress."""

    reading: Pacing
    what: str
    keys: Sequence[K]
    size: int
    facts: dict[K, F | Unreadable] = field(default_factory=dict)
    _started_at: float = field(default_factory=time.monotonic)

    def run(
        self,
        read: Callable[[K], Awaitable[F]],
        around: AbstractAsyncContextManager[Any] = nullcontext(),  # noqa: B008 # it has no state
    ) -> dict[K, F | Unreadable]:
        """Read a fact about each subject; `around` is open meanwhile.

        An exception while the progress is shown, usually Ctrl-C, stops the reads.
        """

        async def main() -> None:
            waiting = iter(self.keys)
            async with around:
                await asyncio.gather(*(self._read(waiting, read) for _ in range(min(self.size, len(self.keys)))))

        try:
            LoopThread(main).run(lambda: self.reading.show(self._progress()))
        finally:
            self.reading.show(self._progress(is_over=True))
        return self.facts

    async def _read(self, waiting: Iterator[K], one: Callable[[K], Awaitable[F]]) -> None:
        for key in waiting:
            try:
                self.facts[key] = await one(key)
            except Exception as error:  # noqa: BLE001 # an error about one subject must not stop the others
                self.facts[key] = unreadable(error)

    def _progress(self, *, is_over: bool = False) -> Progress:
        return Progress(
            functions_done=len(self.facts),
            functions_known=len(self.keys),
            regions_done=0,
            regions=0,
            calls=self.reading.tally.calls,
            throttles=self.reading.tally.throttles,
            seconds=time.monotonic() - self._started_at,
            seconds_left=None,
            what=self.what,
            is_over=is_over,
        )


def connection_to(reading: Reading, account_id: str, region: str | None) -> Aws:
    """Return a connection to an account and region; raise EicError if no connection reaches the account.

    Without one to the region, derive it from a connection to another region of the account.
    """
    exact = reading.connections.get((account_id, region or ""))
    found = next((aws for (account, _), aws in reading.connections.items() if account == account_id), exact)
    if found is None:
        raise EicError(
            f"no connection reaches account {account_id}", hint="pass a connection to it too: connections=[…]"
        )
    return exact or (found if region is None else found.derived(region=region, options={}))


def read_in_threads(
    reading: Pacing, what: str, keys: Sequence[K], read: Callable[[K, CallsTo], F]
) -> dict[K, F | Unreadable]:
    """Read each subject in a thread; `read` gets the subject and a function that opens paced calls to AWS."""
    with Quotas(BUCKETS, reading.rate) as quotas:

        def calls_to(aws: Aws, account_id: str) -> CallAws:
            return Paced(aws, account_id, quotas, reading.tally).call

        async def one(key: K) -> F:
            return await in_thread(read, key, calls_to)

        return ConcurrentReads[K, F](reading, what, keys, _THREADS).run(one)


@dataclass(slots=True)
class Senders:
    """The senders to the accounts and regions of a reading, one for each quota."""

    reading: Reading
    pool: SenderPool
    quotas: Quotas
    _made: dict[tuple[Place, str], asyncio.Future[Sender]] = field(default_factory=dict)
    _keyrings: dict[Aws, Keyring] = field(default_factory=dict)

    async def of(self, place: Place, quota: str) -> Sender:
        """Return the sender for a place and quota; raise EicError if the place cannot be reached."""
        key = (place, quota)
        if key not in self._made:
            self._made[key] = asyncio.ensure_future(self._sender(place, quota))
        return await asyncio.shield(self._made[key])

    async def _sender(self, place: Place, quota: str) -> Sender:
        aws, (account_id, region) = self.reading.connections[place], place
        route = await in_thread(aws.route, region)
        words = aws.words_of(region, account_id)
        if aws not in self._keyrings:
            self._keyrings[aws] = Keyring(aws)
            self._keyrings[aws].guard(account_id, lambda keys: in_thread(aws.account_of, keys))
        turns = self.quotas.of(account_id, region, quota, usual_rate=aws.usual_rate)
        return self.pool.sender(
            route, self._keyrings[aws], turns, lambda operation: aws.attempt(operation, region, words)
        )


def read_lambda(
    reading: Reading, what: str, keys: Sequence[K], read: Callable[[K, Senders], Awaitable[F]]
) -> dict[K, F | Unreadable]:
    """Read each subject from Lambda; `read` gets the subject and the senders."""
    pool = SenderPool(tally=reading.tally)
    with Quotas(BUCKETS, reading.rate) as quotas:
        senders = Senders(reading, pool, quotas)
        return ConcurrentReads[K, F](reading, what, keys, _READERS).run(lambda key: read(key, senders), around=pool)
