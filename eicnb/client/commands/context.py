"""The context of the commands of a cell: their user, their connection, and the notes shown.

Tested in tests/notebook/test_magics.py, tests/notebook/test_writes.py and tests/client/test_connections.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from eicnb.cli.command import Command
from eicnb.client import connect, settings
from eicnb.client import connections as in_use
from eicnb.client.eic import Eic
from eicnb.client.hints import reaching
from eicnb.client.reader import Reader
from eicnb.model.destination import DestinationArn

Run = Callable[[], Any]
"""Runs a prepared command and returns its result."""


@dataclass(slots=True)
class Context:
    """The user of the commands, the connection that an earlier `use` chose, and the notes that were shown."""

    reader: Reader
    chosen: Eic | None = None
    noted: set[DestinationArn] = field(default_factory=set)

    def current(self) -> Eic:
        """Return the connection that a command without connection options uses."""
        return self.chosen or in_use.current()

    def prepared(self, command: Command, prepare: Callable[[Eic], Run]) -> Run:
        """Prepare a command on its connection; the commands in its hints get its connection options."""
        if not command.connection:
            return prepare(self.current())
        advising = partial(reaching, command.connection)
        with advising():
            eic = self.current().derive(**command.connection)
            in_use.check_region(eic)
            return advising()(prepare(eic))


def connection_with(options: Mapping[str, Any]) -> Eic:
    """Return the connection of a profile, or without one, the connection in use with these options."""
    if "profile" not in options:
        return in_use.current().derive(**options)
    named = {name: options[name] for name in ("profile", "region", "endpoint_url") if name in options}
    named.setdefault("region", settings.current().region)
    return connect.connect(**named).derive(**{name: value for name, value in options.items() if name not in named})
