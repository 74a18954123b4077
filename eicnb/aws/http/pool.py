"""The HTTP connections of one audit, and the senders that share them.

Tested in tests/aws/http/test_sender.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp

from eicnb.aws.failures import Attempt
from eicnb.aws.http.deadlines import Deadlines, TimedConnector
from eicnb.aws.http.keyring import KeyProvider
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.route import Route
from eicnb.aws.http.sender import PATIENCE, Patience, Sender, Tally

_MOST_CONNECTIONS = 256


@dataclass(slots=True, kw_only=True)
class SenderPool:
    """The HTTP connections of one audit, 256 at most, open within `async with`.

    A semaphore limits them, because a wait in aiohttp's own queue would count as time to connect.
    """

    patience: Patience = PATIENCE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    tally: Tally = field(default_factory=Tally)
    _session: aiohttp.ClientSession | None = None
    _deadlines: Deadlines = field(default_factory=Deadlines)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MOST_CONNECTIONS))

    async def __aenter__(self) -> Self:
        connector = TimedConnector(self._deadlines)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    def sender(
        self, route: Route, keyring: KeyProvider, turns: TokenBucket, attempt_at: Callable[[str], Attempt]
    ) -> Sender:
        """Return a sender for one account and region."""
        assert self._session is not None, "the pool is open"
        return Sender(
            route=route,
            keyring=keyring,
            turns=turns,
            session=self._session,
            room=self._room,
            deadlines=self._deadlines,
            attempt_at=attempt_at,
            tally=self.tally,
            patience=self.patience,
            clock=self.clock,
            sleep=self.sleep,
        )
