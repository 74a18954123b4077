"""Access to the connection in use for modules that `client.connections` imports.

Tested in tests/client/test_connections.py and tests/widgets/test_form.py.
"""

from __future__ import annotations

from collections.abc import Callable

from eicnb.aws.connection import Connection


class CurrentConnection:
    """Access to the connection in use; `choose` sets the function that finds it."""

    def __init__(self) -> None:
        self._find: Callable[[], Connection] | None = None

    def choose(self, find: Callable[[], Connection]) -> None:
        """Set the function that finds the connection."""
        self._find = find

    def get(self) -> Connection:
        """Return the connection in use."""
        assert self._find is not None, "`eicnb.connect` and `eicnb.sandbox` import what sets it"
        return self._find()


CURRENT_CONNECTION = CurrentConnection()
"""The process's connection in use."""
