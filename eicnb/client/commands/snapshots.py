"""The commands that save and load frames; they send nothing.

Tested in tests/notebook/test_snapshots.py.
"""

from __future__ import annotations

from typing import Any

from eicnb.cli.command import Command
from eicnb.client import snapshots
from eicnb.client.commands.context import Context, Run
from eicnb.errors import UsageError

_PATH_ARGUMENT = {"save": "path", "load": "path", "history": "folder"}
"""The argument that an error points at, unless it names another."""


def prepare_file(command: Command, _context: Context) -> Run:
    """Prepare `save`, `load` or `history`; an error points at the word that caused it."""
    verb = getattr(snapshots, command.verb)

    def run() -> Any:
        with command.blamed(), UsageError.about(_PATH_ARGUMENT[command.verb]):
            return verb(**command.arguments)

    return run
