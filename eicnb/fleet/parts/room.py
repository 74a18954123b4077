"""The room for functions in memory while accounts and regions are read side by side.

Tested in tests/fleet/parts/test_room.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MOST = 80_000
"""The functions that may be in memory."""

_EXPECTED = 5_000
"""The functions that an account and region counts for until its list is known."""

_BETWEEN_LOOKS = 0.1

Known = Callable[[], tuple[int, bool]]
"""Returns the number of listed functions, and whether all are listed."""


@dataclass(slots=True)
class Room:
    """Room for `most` functions; one account and region is always let in, however large it is."""

    most: int = MOST
    _inside: list[Known] = field(default_factory=list)

    @asynccontextmanager
    async def of(self, known: Known) -> AsyncIterator[None]:
        """Wait until there is room for an account and region, and count it while this is open."""
        while self._inside and self._taken() + _EXPECTED > self.most:  # noqa: ASYNC110 # counts change by themselves
            await asyncio.sleep(_BETWEEN_LOOKS)
        self._inside.append(known)
        try:
            yield
        finally:
            self._inside.remove(known)

    def _taken(self) -> int:
        counts = (known() for known in self._inside)
        return sum(count if is_listed else max(count, _EXPECTED) for count, is_listed in counts)
