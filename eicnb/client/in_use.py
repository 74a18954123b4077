"""The connection in use, for what a connection itself must ask about: `client.connections` says which it is."""

from __future__ import annotations

from collections.abc import Callable

from eicnb.aws.connection import Connection


class InUse:
    """Gives the connection in use at any moment; `choose` takes what finds it."""

    def __init__(self) -> None:
        self._find: Callable[[], Connection] | None = None

    def choose(self, find: Callable[[], Connection]) -> None:
        """Ask this from now on."""
        self._find = find

    def connection(self) -> Connection:
        """The connection in use at this moment."""
        assert self._find is not None, "`eicnb.connect` and `eicnb.sandbox` import what sets it"
        return self._find()


IN_USE = InUse()
"""The process's connection in use."""
