"""The losses of an audit's functions, on the connections that reach its accounts.

Tested in tests/client/test_losses.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.fleet.progress import Show
from eicnb.frames.frame import Frame
from eicnb.widgets.progress import show_of


def losses_of(audit: Any, connections: Sequence[Connection], *, progress: bool | Show = True, **options: Any) -> Frame:
    """Count the lost events of an audit's functions; the options are those of `Eic.losses`."""
    from eicnb.fleet.losses import losses

    return losses(audit, connections=[connection.aws for connection in connections], show=show_of(progress), **options)
