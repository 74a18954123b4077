"""The command `journal`.

Tested in tests/changes/test_journal_frame.py.
"""

from __future__ import annotations

from functools import partial

from eicnb.cli.command import Command
from eicnb.client.commands.context import Context, Run
from eicnb.client.undoing import journal


def prepare_journal(command: Command, _context: Context) -> Run:
    """Prepare the frame of the journal."""
    return partial(journal, **command.arguments)
