"""Parts of the verbs that several modules of the client need, on plain connections.

Tested in tests/client/test_verbs.py and tests/notebook/test_writes.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.apply import config_frame, rehearse
from eicnb.fleet.progress import Choice
from eicnb.frames.frame import Frame
from eicnb.model.request import Request
from eicnb.widgets.progress import show_of


def rehearsed(connection: Connection, request: Request, *, must: bool = True) -> tuple[Frame, str]:
    """Return the row of a write and a line about its change; nothing is written."""
    applied = rehearse(connection, request, must=must)
    frame = config_frame(connection, applied.configs, request.verb)
    frame.attrs["dry_run"] = True
    return frame, applied.line


def audit_of(connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Audit the accounts of all connections at once; the options are those of `Eic.audit`."""
    from eicnb.fleet.audit import audit

    return audit([connection.aws for connection in connections], show=show_of(progress), **options)
