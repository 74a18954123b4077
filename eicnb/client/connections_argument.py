"""The `connections` argument of the verbs that work on several accounts.

Tested in tests/changes/test_planning.py and tests/fleet/test_bad_input.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.errors import UsageError, shown


def connections_of(connections: Any) -> list[Connection]:
    """Return the connections of one `Eic`, or of several in an iterable.

    >>> [connection.region for connection in connections_of([eic, eic.derive(region="eu-west-1")])]
    ['us-east-1', 'eu-west-1']
    """
    with UsageError.about("connections"):
        hint = "connections=[eicnb.connect(…), …]"
        if (single := _connection_in(connections)) is not None:
            return [single]
        if isinstance(connections, str) or not isinstance(connections, Iterable):
            raise UsageError(f"connections is {shown(connections)}", hint=hint)
        found: list[Connection] = []
        for eic in connections:
            connection = _connection_in(eic)
            if connection is None:
                raise UsageError(f"{shown(eic)} is not a connection", hint=hint)
            found.append(connection)
        if not found:
            raise UsageError("connections is empty", hint=hint)
        return found


def _connection_in(value: Any) -> Connection | None:
    """Return the connection of an `Eic`, None for any other value; `Eic` is above this module."""
    connection = getattr(value, "_connection", None)
    return connection if isinstance(connection, Connection) else None
