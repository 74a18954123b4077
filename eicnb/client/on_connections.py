"""Parts of the verbs that several client modules share, on plain connections.

Tested in tests/client/test_verbs.py, tests/client/test_findings.py, tests/client/test_losses.py and
tests/notebook/test_writes.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.aws.responses import items
from eicnb.changes.apply import config_frame, frame_attrs, rehearse
from eicnb.client.current_connection import CURRENT_CONNECTION
from eicnb.errors import ConfigurationError
from eicnb.fleet.progress import Choice
from eicnb.frames.columns import FUNCTION_COLUMNS, IDENTITY_COLUMNS
from eicnb.frames.frame import Frame, function_row, to_frame
from eicnb.model.reported import ReportedFunction
from eicnb.model.request import Request
from eicnb.model.verbs import Operation
from eicnb.widgets.progress import show_of


def rehearsed(connection: Connection, request: Request, *, must: bool = True) -> tuple[Frame, str]:
    """Return the row that a write would result in, and a line about the change; nothing is written."""
    applied = rehearse(connection, request, must=must)
    frame = config_frame(connection, applied.configs, request.verb)
    frame.attrs["dry_run"] = True
    return frame, applied.line


def audit_of(connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Audit the accounts of all connections at once; `options` are those of `Eic.audit`."""
    from eicnb.fleet.audit import audit

    return audit(
        [connection.aws for connection in connections], show=show_of(progress), now=_clock(connections[0]), **options
    )


def _clock(connection: Connection) -> Callable[[], datetime]:
    """Return the clock of a connection; a sandbox's may be ahead."""
    server = connection.server
    return (lambda: datetime.now(UTC)) if server is None else lambda: datetime.fromtimestamp(server.time, UTC)


def refresh_of(earlier: Any, connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Bring an audit up to date; `options` are those of `Eic.refresh`."""
    from eicnb.fleet.refresh import refresh

    return refresh(
        earlier,
        [connection.aws for connection in connections],
        show=show_of(progress),
        now=_clock(connections[0]),
        **options,
    )


def identity_of(connection: Connection) -> Frame:
    """Return the caller of a connection in one row."""
    identity = next(iter(connection.listing("sts", Operation.GET_CALLER_IDENTITY, 1)))
    where = connection.where()
    row = {
        "account_id": where.account_id,
        "account_alias": connection.aws.account_alias(),
        "region": where.region,
        "partition": where.partition,
        "identity_arn": identity.get("Arn"),
        "expires_at": connection.aws.expires_at,
        "profile": connection.profile,
        "sandbox": connection.is_sandbox,
    }
    return to_frame([row], IDENTITY_COLUMNS, frame_attrs(connection, [row], "whoami"))


def functions_of(connection: Connection) -> Frame:
    """Return the functions of a connection's region, one row each."""
    pages, _ = connection.aws.pages(Operation.LIST_FUNCTIONS)
    reported = [
        ReportedFunction.from_api(function)
        for page in pages
        for function in items(page, "Functions", Operation.LIST_FUNCTIONS)
    ]
    rows = [function_row(function) for function in reported]
    return to_frame(rows, FUNCTION_COLUMNS, frame_attrs(connection, rows, "functions"))


def check_of(audit: Any, connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Check an audit with the options of `Eic.check`; the fixes are lines for the connection in use."""
    from eicnb.fleet.checks.run import check

    try:
        region = CURRENT_CONNECTION.get().aws.known_region
    except ConfigurationError:
        region = None  # each line then has --region
    several = [connection.aws for connection in connections]
    return check(audit, connections=several, show=show_of(progress), region=region, **options)


def losses_of(audit: Any, connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Count the lost events of an audit's functions; `options` are those of `Eic.losses`."""
    from eicnb.fleet.losses import losses

    return losses(audit, connections=[connection.aws for connection in connections], show=show_of(progress), **options)
