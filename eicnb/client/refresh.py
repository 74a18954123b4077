"""The verb `refresh`, on the connection in use or on several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eicnb.client.connections import connections_or_current
from eicnb.client.docstrings import with_details_of
from eicnb.client.eic import Eic
from eicnb.client.on_connections import refresh_of
from eicnb.client.parameters import checked
from eicnb.fleet.progress import Choice
from eicnb.fleet.scope import Errors
from eicnb.frames.frame import Frame

if TYPE_CHECKING:
    from pandas import DataFrame


@with_details_of(Eic.refresh)
@checked
def refresh(
    audit: DataFrame | BaseException,
    *,
    rate: float | None = None,
    progress: Choice = True,
    errors: Errors = "raise",
    connections: Iterable[Eic] | None = None,
) -> Frame:
    """Bring an audit of one or more accounts up to date, reading only what changed since.

    >>> audit = eic.audit(progress=False)
    >>> eic.server.pass_time(20 * 60)
    >>> len(refresh(audit, progress=False)) == len(audit)
    True

    `connections` reach the accounts of the audit; the default is the connection in use, in every region of its account.
    The rows of an account that its organisation has suspended since are left out. The other parameters are those of
    `Eic.refresh`.
    """
    return refresh_of(audit, connections_or_current(connections), rate=rate, progress=progress, errors=errors)
