"""The commands `journal` and `undo`.

Tested in tests/changes/test_journal_frame.py and tests/changes/test_undo.py.
"""

from __future__ import annotations

from functools import partial

from eicnb.changes.plan import Plan
from eicnb.cli.command import Command
from eicnb.client import connections as named_connections
from eicnb.client.commands.context import Context, Run, connection_with
from eicnb.client.eic import connection_of
from eicnb.client.journal import journal, undo_on


def prepare_journal(command: Command, _context: Context) -> Run:
    """Prepare to list the journal."""
    return partial(journal, **command.arguments)


def prepare_undo(command: Command, _context: Context) -> Run:
    """Prepare the plan that undoes writes."""
    eic = connection_with(command.connection)
    named_connections.check_region(eic)

    def run() -> Plan:
        with command.blamed():
            return undo_on(connection_of(eic), **{"what": None, "functions": None, **command.arguments})

    return run
