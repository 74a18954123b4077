"""The rehearsal of a write as a frame and a line.

Tested in tests/client/test_script.py and tests/notebook/test_writes.py.
"""

from __future__ import annotations

from eicnb.aws.connection import Connection
from eicnb.changes.apply import config_frame, rehearse
from eicnb.frames.frame import Frame
from eicnb.model.request import Request


def rehearsed(connection: Connection, request: Request, *, must: bool = True) -> tuple[Frame, str]:
    """Return the row of a write and a line about its change; nothing is written."""
    applied = rehearse(connection, request, must=must)
    frame = config_frame(connection, applied.configs, request.verb)
    frame.attrs["dry_run"] = True
    return frame, applied.line
