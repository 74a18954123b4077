"""The credentials of one connection during an audit: read now and then, renewed once when AWS refuses them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from eicnb.aws.http.threads import aside
from eicnb.aws.keys import Keys

_FRESH_SECONDS = 5.0


class Source(Protocol):
    """Where credentials come from; both calls may take as long as a call to STS."""

    def keys(self) -> Keys: ...

    def renewed_keys(self, refused: Keys) -> Keys | None: ...


class Keyring:
    """Hands out keys that are a few seconds old at most, since botocore renews those that end minutes before."""

    def __init__(self, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: Keys | None = None
        self._read_at = 0.0

    async def keys(self) -> Keys:
        """The keys to sign the next call with."""
        if self._keys is None or self._clock() - self._read_at > _FRESH_SECONDS:
            async with self._lock:
                if self._keys is None or self._clock() - self._read_at > _FRESH_SECONDS:
                    self._keys = await aside(self._source.keys)
                    self._read_at = self._clock()
        return self._keys

    async def renewed(self, refused: Keys) -> bool:
        """Whether there are other keys than those that were refused."""
        async with self._lock:
            if self._keys == refused:
                found = await aside(self._source.renewed_keys, refused)
                if found is None:
                    return False
                self._keys, self._read_at = found, self._clock()
            return True
