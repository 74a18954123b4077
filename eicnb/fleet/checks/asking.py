"""Many subjects of a layer, read side by side at the pace of the account's quotas, with progress.

    read_aside     through boto3: one blocking read for each subject
    read_lambda    through the sender of the audit: Lambda's own operations, thousands of them

Tested in tests/fleet/checks/test_asking.py.
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
from eicnb.aws.http.threads import aside
from eicnb.aws.paced import Ask, Paced, Quotas
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

Asking = Callable[[Aws, str], Ask]
"""Returns the function that calls AWS through a connection to an account, at the pace of its quotas."""


class Pacing(Protocol):
    """The rate of some reads, what draws their progress, and the count of their requests."""

    @property
    def rate(self) -> float | None:
        """The requests a second in each account and region; None for the usual ones."""

    @property
    def show(self) -> Show:
        """The function that draws the progress."""

    @property
    def tally(self) -> Tally:
        """The count."""


def unreadable(error: Exception) -> Unreadable:
    """Return an error as the reason why something is unknown, with the action that is missing.

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
class SideBySide(Generic[K, F]):
    """The reading of many subjects, `size` at a time; `what` names them in the progress."""

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
        """Return a fact about each subject; `around` is open while they are read.

        An exception while drawing, above all Ctrl-C, stops it.
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
            except Exception as error:  # noqa: BLE001 # whatever it is, the other subjects are read
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
    """Return the connection to an account and region; EicError if no connection reaches the account.

    Another region of an account is reached by the connection to one of its regions.
    """
    exact = reading.connections.get((account_id, region or ""))
    found = next((aws for (account, _), aws in reading.connections.items() if account == account_id), exact)
    if found is None:
        raise EicError(
            f"no connection reaches account {account_id}", hint="pass a connection to it too: connections=[…]"
        )
    return exact or (found if region is None else found.derived(region=region, options={}))


def read_aside(
    reading: Pacing, what: str, keys: Sequence[K], read: Callable[[K, Asking], F]
) -> dict[K, F | Unreadable]:
    """Read each subject in a thread; `read` gets it, and a function that calls through a connection."""
    with Quotas(BUCKETS, reading.rate) as quotas:

        def asking(aws: Aws, account_id: str) -> Ask:
            return Paced(aws, account_id, quotas, reading.tally).ask

        async def one(key: K) -> F:
            return await aside(read, key, asking)

        return SideBySide[K, F](reading, what, keys, _THREADS).run(one)


@dataclass(slots=True)
class Senders:
    """The senders to the accounts and regions of a reading, one for each quota."""

    reading: Reading
    pool: SenderPool
    quotas: Quotas
    _made: dict[tuple[Place, str], asyncio.Future[Sender]] = field(default_factory=dict)
    _keyrings: dict[Aws, Keyring] = field(default_factory=dict)

    async def of(self, place: Place, quota: str) -> Sender:
        """Return the sender to a place; EicError if there is no way to it."""
        key = (place, quota)
        if key not in self._made:
            self._made[key] = asyncio.ensure_future(self._sender(place, quota))
        return await asyncio.shield(self._made[key])

    async def _sender(self, place: Place, quota: str) -> Sender:
        aws, (account_id, region) = self.reading.connections[place], place
        route = await aside(aws.route, region)
        words = aws.words_of(region, account_id)
        if aws not in self._keyrings:
            self._keyrings[aws] = Keyring(aws)
            self._keyrings[aws].guard(account_id, lambda keys: aside(aws.account_of, keys))
        turns = self.quotas.of(account_id, region, quota, usual_rate=aws.usual_rate)
        return self.pool.sender(
            route, self._keyrings[aws], turns, lambda operation: aws.attempt(operation, region, words)
        )


def read_lambda(
    reading: Reading, what: str, keys: Sequence[K], read: Callable[[K, Senders], Awaitable[F]]
) -> dict[K, F | Unreadable]:
    """Read each subject from Lambda; `read` gets it and the senders."""
    pool = SenderPool(tally=reading.tally)
    with Quotas(BUCKETS, reading.rate) as quotas:
        senders = Senders(reading, pool, quotas)
        return SideBySide[K, F](reading, what, keys, _READERS).run(lambda key: read(key, senders), around=pool)
