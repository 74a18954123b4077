"""The time limits of running requests, checked together.

aiohttp would start and stop three timers for each request.
"""

from __future__ import annotations

import asyncio
import math
from types import TracebackType
from typing import Any, Self

import aiohttp

_EVERY = 0.25


class Deadlines:
    """The time limits of one event loop's tasks, checked four times a second."""

    def __init__(self) -> None:
        self._limits: dict[asyncio.Task[Any] | None, Limit] = {}
        self._timer: asyncio.TimerHandle | None = None

    def limit(self, total: float | None, silence: float | None) -> Limit:
        """Return a limit in seconds for the current task: in total, and without receiving data."""
        return Limit(self, total or math.inf, silence or math.inf)

    def connected(self) -> None:
        """Start to count the current task's seconds without data."""
        limit = self._limits.get(asyncio.current_task())
        if limit is not None:
            limit.restart()

    def add(self, limit: Limit) -> None:
        """Watch a limit."""
        self._limits[limit.task] = limit
        if self._timer is None:
            self._timer = limit.loop.call_later(_EVERY, self._check)

    def drop(self, limit: Limit) -> None:
        """Stop watching a limit."""
        del self._limits[limit.task]

    def _check(self) -> None:
        self._timer = None
        for limit in list(self._limits.values()):
            limit.check()
        if self._limits:
            self._timer = asyncio.get_running_loop().call_later(_EVERY, self._check)


class Limit:
    """The time limit of one request, as a context that raises TimeoutError when it expires.

    >>> async def slow() -> None:
    ...     with Deadlines().limit(total=0.1, silence=None):
    ...         await asyncio.sleep(60)
    >>> asyncio.run(slow())
    Traceback (most recent call last):
    TimeoutError: it took longer than 0.1 seconds
    """

    __slots__ = ("_before", "_ends_at", "_owner", "_silence", "_silent_until", "_total", "_why", "loop", "task")

    def __init__(self, owner: Deadlines, total: float, silence: float) -> None:
        self._owner = owner
        self._total = total
        self._silence = silence
        self._silent_until = math.inf
        self._why: str | None = None

    def __enter__(self) -> Self:
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        self._before = self.task.cancelling() if self.task else 0
        self._ends_at = self.loop.time() + self._total
        self._owner.add(self)
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._owner.drop(self)
        if self._why is None or self.task is None:
            return
        if self.task.uncancel() <= self._before and error_type is asyncio.CancelledError:
            raise TimeoutError(self._why) from error

    def restart(self) -> None:
        """Count the seconds without data from now on."""
        self._silent_until = self.loop.time() + self._silence

    def check(self) -> None:
        """Cancel the task if its time is over."""
        now = self.loop.time()
        if self._why is not None or self.task is None or now < min(self._ends_at, self._silent_until):
            return
        is_silent = self._silent_until <= self._ends_at
        self._why = (
            f"no data came for {self._silence:g} seconds"
            if is_silent
            else f"it took longer than {self._total:g} seconds"
        )
        self.task.cancel()


class TimedConnector(aiohttp.TCPConnector):
    """A connector that counts a request's seconds without data once it has a connection."""

    def __init__(self, deadlines: Deadlines) -> None:
        super().__init__(limit=0)
        self._deadlines = deadlines

    async def connect(self, *args: Any, **options: Any) -> Any:
        """Return a free or a new connection."""
        connection = await super().connect(*args, **options)
        self._deadlines.connected()
        return connection
