"""Functions, audits and losses, on the connections that reach their accounts.

Tested in tests/client/test_verbs.py, tests/fleet/test_accounts.py and tests/client/test_losses.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.aws.responses import items
from eicnb.changes.apply import frame_attrs
from eicnb.fleet.progress import Choice
from eicnb.frames.columns import FUNCTION_COLUMNS
from eicnb.frames.frame import Frame, function_row, to_frame
from eicnb.model.reported import ReportedFunction
from eicnb.model.verbs import Operation
from eicnb.widgets.progress import show_of


def audit_of(connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Audit the accounts of all connections at once; the options are those of `Eic.audit`."""
    from eicnb.fleet.audit import audit

    return audit([connection.aws for connection in connections], show=show_of(progress), **options)


def functions_of(connection: Connection) -> Frame:
    """Return the functions of a connection's region, a row each."""
    pages, _ = connection.aws.pages(Operation.LIST_FUNCTIONS)
    reported = [
        ReportedFunction.from_api(function)
        for page in pages
        for function in items(page, "Functions", Operation.LIST_FUNCTIONS)
    ]
    rows = [function_row(function) for function in reported]
    return to_frame(rows, FUNCTION_COLUMNS, frame_attrs(connection, rows, "functions"))


def losses_of(audit: Any, connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Count the lost events of an audit's functions; the options are those of `Eic.losses`."""
    from eicnb.fleet.losses import losses

    return losses(audit, connections=[connection.aws for connection in connections], show=show_of(progress), **options)
