"""The `losses` command.

Tested in tests/notebook/test_losses.py.
"""

from __future__ import annotations

from eicnb.cli.command import Command
from eicnb.client import settings
from eicnb.client.commands.audit import profile_names, several_connections
from eicnb.client.commands.context import Context, Run
from eicnb.client.eic import connection_of
from eicnb.client.on_connections import losses_of
from eicnb.frames.frame import Frame


def prepare_losses(command: Command, _context: Context) -> Run:
    """Prepare the losses of an audit."""
    options = dict(command.arguments)
    audit = options.pop("audit")
    several = several_connections(command, profile_names(command, options.pop("profiles", None)))
    connections = [connection_of(eic) for eic in several]
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", held.rate)

    def run() -> Frame:
        with command.blamed():
            return losses_of(audit, connections, progress=progress, **options)

    return run
