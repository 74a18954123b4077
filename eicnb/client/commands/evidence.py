"""The commands `check` and `losses`, which look further into an audit.

Tested in tests/notebook/test_check.py and tests/notebook/test_losses.py.
"""

from __future__ import annotations

from collections.abc import Callable

from eicnb.cli.command import Command
from eicnb.client import settings
from eicnb.client.commands.audit import profile_names, several_connections
from eicnb.client.commands.context import Context, Run
from eicnb.client.eic import connection_of
from eicnb.client.findings import check_of
from eicnb.client.on_connections import losses_of
from eicnb.frames.frame import Frame


def prepare_check(command: Command, _context: Context) -> Run:
    """Prepare a check of an audit."""
    return _prepared(command, check_of)


def prepare_losses(command: Command, _context: Context) -> Run:
    """Prepare the losses of an audit."""
    return _prepared(command, losses_of)


def _prepared(command: Command, look: Callable[..., Frame]) -> Run:
    options = dict(command.arguments)
    audit = options.pop("audit")
    several = several_connections(command, profile_names(command, options.pop("profiles", None)))
    connections = [connection_of(eic) for eic in several]
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", held.rate)

    def run() -> Frame:
        with command.blamed():
            return look(audit, connections, progress=progress, **options)

    return run
