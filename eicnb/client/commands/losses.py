"""The `losses` command.

Tested in tests/notebook/test_losses.py.
"""

from __future__ import annotations

from eicnb.cli.command import Command
from eicnb.client import connections as in_use
from eicnb.client import settings
from eicnb.client.commands.context import Context, Run, connection_with
from eicnb.client.counting import losses_of
from eicnb.client.eic import connection_of
from eicnb.frames.frame import Frame


def prepare_losses(command: Command, _context: Context) -> Run:
    """Prepare the losses of an audit."""
    options = dict(command.arguments)
    audit = options.pop("audit")
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", held.rate)
    eic = connection_with(command.connection)
    if command.connection:
        in_use.check_region(eic)

    def run() -> Frame:
        with command.blamed():
            return losses_of(audit, [connection_of(eic)], progress=progress, **options)

    return run
