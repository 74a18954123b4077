"""The verb `losses`, on the connection in use or on several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from eicnb.client.connections import connections_or_current
from eicnb.client.docstrings import with_details_of
from eicnb.client.eic import Eic
from eicnb.client.on_connections import losses_of
from eicnb.client.parameters import checked
from eicnb.fleet.progress import Choice
from eicnb.frames.frame import Frame

if TYPE_CHECKING:
    from pandas import DataFrame


@with_details_of(Eic.losses)
@checked
def losses(
    audit: DataFrame,
    *,
    since: str | date | timedelta = "7d",
    until: str | date | timedelta | None = None,
    rate: float | None = None,
    progress: Choice = True,
    connections: Iterable[Eic] | None = None,
) -> Frame:
    """Count the asynchronous events that each function of an audit lost, as CloudWatch reports them.

    >>> losses(eic.audit(functions="thumbnails", progress=False), progress=False).why.tolist()
    ['destination-fails']

    `connections` reach the accounts of the audit; the default is the connection in use, in every region of its account.
    The other parameters are those of `Eic.losses`.
    """
    return losses_of(audit, connections_or_current(connections), since=since, until=until, rate=rate, progress=progress)
