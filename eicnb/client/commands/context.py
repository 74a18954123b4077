"""The context of the commands of a cell: their dialog with the user, the settings and the connection.

Tested in tests/notebook/test_magics.py, tests/notebook/test_writes.py and tests/client/test_connections.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from eicnb.cli.command import Command
from eicnb.client import connect, settings
from eicnb.client import connections as named_connections
from eicnb.client.dialog import Ask, Show, ask_at_the_keyboard, to_stderr
from eicnb.client.eic import Eic
from eicnb.client.hints import adding_options
from eicnb.client.settings import Settings
from eicnb.model.destination import DestinationArn
from eicnb.redaction import masks

Run = Callable[[], Any]
"""Runs a prepared command and returns its result."""


@dataclass(slots=True)
class Context:
    """The context of the commands of a cell.

    `show` prints text, `log` takes the lines of `--debug`, and `ask` requests a confirmation. The settings are resolved
    once for all commands. `chosen` is the connection of an earlier `use`. `noted` are the destinations with a note that
    was already shown.
    """

    show: Show
    log: Show = to_stderr
    ask: Ask = ask_at_the_keyboard
    settings: Settings = field(default_factory=settings.current)
    chosen: Eic | None = None
    noted: set[DestinationArn] = field(default_factory=set)

    def show_line(self, line: str) -> None:
        """Show a line, without secrets."""
        self.show(f"{masks.printed(line)}\n")

    def current(self) -> Eic:
        """Return the connection that a command without connection options uses."""
        return self.chosen or named_connections.current()

    def prepared(self, command: Command, prepare: Callable[[Eic], Run]) -> Run:
        """Prepare a command on its connection; commands in its hints get its connection options."""
        if not command.connection:
            return prepare(self.current())
        advising = partial(adding_options, command.connection)
        with advising():
            eic = self.current().derive(**command.connection)
            named_connections.check_region(eic)
            return advising()(prepare(eic))


def connection_with(options: Mapping[str, Any]) -> Eic:
    """Return the connection of a profile; without one, the connection in use with these options."""
    if "profile" not in options:
        return named_connections.current().derive(**options)
    named = {name: options[name] for name in ("profile", "region", "endpoint_url") if name in options}
    named.setdefault("region", settings.current().region)
    return connect.connect(**named).derive(**{name: value for name, value in options.items() if name not in named})
