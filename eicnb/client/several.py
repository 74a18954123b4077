"""The `connections` argument of the verbs that work on several accounts.

Tested in tests/changes/test_planning.py and tests/fleet/test_bad_input.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.errors import UsageError, shown


def checked_connections(connections: Any) -> list[Any]:
    """Return the connections that a verb is given: one, or several in an iterable.

    >>> len(checked_connections([eic, eic.derive(region="eu-west-1")]))
    2
    """
    with UsageError.about("connections"):
        hint = "connections=[eicnb.connect(…), …]"
        if _is_connection(connections):
            return [connections]
        if isinstance(connections, str) or not isinstance(connections, Iterable):
            raise UsageError(f"connections is {shown(connections)}", hint=hint)
        found = [*connections]
        for connection in found:
            if not _is_connection(connection):
                raise UsageError(f"{shown(connection)} is not a connection", hint=hint)
        if not found:
            raise UsageError("connections is empty", hint=hint)
        return found


def _is_connection(value: Any) -> bool:
    """Return whether a value is an `Eic`; this module is below the class and cannot import it."""
    return isinstance(getattr(value, "_connection", None), Connection)
