"""Check an audit on the connections that reach its accounts.

Tested in tests/client/test_findings.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.client.in_use import IN_USE
from eicnb.errors import ConfigurationError
from eicnb.fleet.progress import Choice
from eicnb.frames.frame import Frame
from eicnb.widgets.progress import show_of


def check_of(audit: Any, connections: Sequence[Connection], *, progress: Choice = True, **options: Any) -> Frame:
    """Check an audit with the options of `Eic.check`; the fixes are lines for the connection in use."""
    from eicnb.fleet.checks.run import check

    try:
        region = IN_USE.connection().aws.known_region
    except ConfigurationError:
        region = None  # each line then has --region
    several = [connection.aws for connection in connections]
    return check(audit, connections=several, show=show_of(progress), region=region, **options)
