"""A limit on the functions in memory while accounts and regions are read in parallel.

Tested in tests/fleet/parts/test_memory_limit.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MOST = 80_000
"""The functions that may be in memory."""

_EXPECTED = 5_000
"""The functions that an account and region is assumed to have until more is known."""

_FEWEST_EXPECTED = 200
_ENOUGH = 16
"""The accounts and regions to read before their usual number of functions counts."""

_BETWEEN_CHECKS = 0.1

Known = Callable[[], tuple[int, bool]]
"""Returns the number of listed functions, and whether all are listed."""


@dataclass(slots=True)
class MemoryLimit:
    """A limit of `most` functions; one account and region is always admitted, however large it is."""

    most: int = MOST
    _admitted: list[Known] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _read: int = 0
    _functions_read: int = 0

    @asynccontextmanager
    async def admit(self, known: Known) -> AsyncIterator[None]:
        """Wait until there is room for an account and region, and count its functions until the block ends.

        Only the first in the queue polls, so thousands of waiting ones cost nothing.
        """
        async with self._turn:
            while self._admitted and self._taken() + self._expected > self.most:  # noqa: ASYNC110 # no event marks a change of the counts
                await asyncio.sleep(_BETWEEN_CHECKS)
            self._admitted.append(known)
        try:
            yield
        finally:
            self._admitted.remove(known)
            self._read += 1
            self._functions_read += known()[0]

    @property
    def _expected(self) -> int:
        """Twice the usual number of functions, once enough accounts and regions have been read."""
        if self._read < _ENOUGH:
            return _EXPECTED
        return min(_EXPECTED, max(_FEWEST_EXPECTED, 2 * self._functions_read // self._read))

    def _taken(self) -> int:
        expected = self._expected
        counts = (known() for known in self._admitted)
        return sum(count if is_listed else max(count, expected) for count, is_listed in counts)
