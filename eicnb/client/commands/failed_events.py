"""The command `records`.

Tested in tests/notebook/test_records.py.
"""

from __future__ import annotations

from eicnb.cli.command import Command
from eicnb.client.commands.context import Context, Run
from eicnb.client.commands.plans import several
from eicnb.client.failed_events import records_on
from eicnb.frames.frame import Frame


def prepare_records(command: Command, context: Context) -> Run:
    """Prepare the reading of a queue, a bucket or those of an audit."""
    arguments, connections = several(command, context)

    def run() -> Frame:
        with command.blamed():
            return records_on(connections, **arguments)

    return run
