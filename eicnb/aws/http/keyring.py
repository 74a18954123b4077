"""The credentials of a connection in an audit: read every few seconds, renewed once if refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from eicnb.aws.http.threads import in_thread
from eicnb.aws.keys import Keys
from eicnb.errors import EicError

_FRESH_SECONDS = 5.0

T = TypeVar("T")

FindAccount = Callable[[Keys], Awaitable[str | None]]
"""Returns the account that keys belong to; None if that cannot be determined."""


class KeySource(Protocol):
    """A source of credentials; both methods may have to call STS."""

    def keys(self) -> Keys: ...

    def renewed_keys(self, refused: Keys) -> Keys | None: ...


class KeyProvider(Protocol):
    """The keys for requests to one account; `fresh_keys` returns them if no wait is needed."""

    def fresh_keys(self) -> Keys | None: ...

    async def keys(self) -> Keys: ...

    async def renewed(self, refused: Keys) -> bool: ...


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """Keys that are not renewed."""

    fixed: Keys

    def fresh_keys(self) -> Keys:
        """Return the keys."""
        return self.fixed

    async def keys(self) -> Keys:
        """Return the keys."""
        return self.fixed

    async def renewed(self, refused: Keys) -> bool:
        """Return whether there are other keys than those that AWS refused."""
        return self.fixed != refused


class Keyring:
    """The keys to sign with, read again every few seconds; botocore renews them before they expire.

    One caller at a time reads or renews them while the others wait for the result. A failure is final: the source is
    not called again. After `guard`, keys of another account are refused.
    """

    def __init__(self, source: KeySource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: Keys | None = None
        self._read_at = 0.0
        self._refused: Keys | None = None
        self._error: EicError | None = None
        self._account_id: str | None = None
        self._find_account: FindAccount | None = None

    def guard(self, account_id: str, find_account: FindAccount) -> None:
        """Refuse keys of another account from now on."""
        self._account_id, self._find_account = account_id, find_account

    def fresh_keys(self) -> Keys | None:
        """Return the keys to sign the next request with; None if they must be read again."""
        return self._keys if self._clock() - self._read_at <= _FRESH_SECONDS else None

    async def keys(self) -> Keys:
        """Return the keys to sign the next request with."""
        if self.fresh_keys() is None:
            async with self._lock:
                if self.fresh_keys() is None:
                    keys = await self._tried(lambda: in_thread(self._source.keys))
                    await self._use(keys)
        assert self._keys is not None
        return self._keys

    async def renewed(self, refused: Keys) -> bool:
        """Return whether there are other keys than those that AWS refused."""
        async with self._lock:
            if self._keys == refused != self._refused:
                found = await self._tried(lambda: in_thread(self._source.renewed_keys, refused))
                if found is None:
                    self._refused = refused
                else:
                    await self._use(found)
            return self._keys != refused

    async def _use(self, keys: Keys) -> None:
        """Use these keys from now on; refuse keys of a different account than the last ones."""
        if self._keys not in {None, keys} and self._find_account is not None:
            find = self._find_account
            await self._tried(lambda: self._check_account(keys, find))
        self._keys, self._read_at = keys, self._clock()

    async def _check_account(self, keys: Keys, find_account: FindAccount) -> None:
        found = await find_account(keys)
        if found != self._account_id:
            now = f"belong to account {found}" if found else "cannot be matched to an account"
            raise EicError(
                f"the credentials changed during the audit: they were of account {self._account_id}, and now {now}",
                hint="audit each account with a connection of its own",
            )

    async def _tried(self, call: Callable[[], Awaitable[T]]) -> T:
        """Await a call; if an earlier one failed, raise that error again instead."""
        if self._error is None:
            try:
                return await call()
            except EicError as error:
                self._error = error
        raise self._error.with_traceback(None)
