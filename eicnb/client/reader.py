"""The user of some commands: functions to show, log and ask.

Tested in tests/notebook/test_magics.py and tests/notebook/test_writes.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from eicnb.client import settings
from eicnb.client.settings import Settings
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
