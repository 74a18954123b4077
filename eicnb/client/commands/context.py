"""The context of the commands of a cell: their user, their connection, and the notes shown.

Tested in tests/notebook/test_magics.py, tests/notebook/test_writes.py and tests/client/test_connections.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from eicnb.cli.command import Command
from eicnb.client import connect, settings
from eicnb.client import connections as in_use
from eicnb.client.eic import Eic
from eicnb.client.hints import reaching
from eicnb.client.settings import Settings
from eicnb.model.destination import DestinationArn
from eicnb.redaction import masks

Show = Callable[[str], object]
"""Shows text to the user."""


def to_stderr(text: str) -> None:
    """Write to the current standard error; in a notebook it is the cell's."""
    sys.stderr.write(text)


Ask = Callable[[str], str]
"""Asks the user a question and returns the reply."""


def ask_at_the_keyboard(question: str) -> str:
    """Ask with the current `input`; in a notebook it belongs to the cell."""
    return input(question)


@dataclass(frozen=True, slots=True)
class Reader:
    """The user of some commands: functions to show, log and ask, and the settings in force.

    `log` takes the lines of `--debug`. The settings are resolved here, once for all the commands.
    """

    show: Show
    log: Show = to_stderr
    ask: Ask = ask_at_the_keyboard
    settings: Settings = field(default_factory=settings.current)

    def show_line(self, line: str) -> None:
        """Show a line, without secrets."""
        self.show(masks.printed(f"{line}\n"))


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
        """Prepare a command on its connection; what its hints give to type has its connection options too."""
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
