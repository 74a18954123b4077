"""The verb `refresh` of a connection.

Tested in tests/client/test_refresh.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eicnb.aws.connection import Connection
from eicnb.client.on_connections import refresh_of
from eicnb.client.parameters import checked
from eicnb.fleet.progress import Choice
from eicnb.fleet.scope import Errors
from eicnb.frames.frame import Frame

if TYPE_CHECKING:
    from pandas import DataFrame


class Refreshing:
    """The verb `refresh` of a connection."""

    _connection: Connection

    @checked
    def refresh(
        self,
        audit: DataFrame | BaseException,
        *,
        rate: float | None = None,
        progress: Choice = True,
        errors: Errors = "raise",
    ) -> Frame:
        """Bring an audit up to date: read only what changed since, and return the whole.

        >>> audit = eic.audit(progress=False)
        >>> eic.server.pass_time(20 * 60)
        >>> refreshed = eic.refresh(audit, progress=False)
        >>> refreshed.attrs["calls"] < audit.attrs["calls"], refreshed.attrs["read_in_full"]
        (True, None)

        ListFunctions reports functions that came, went or changed, and CloudTrail (LookupEvents) what happened to
        configs, aliases and versions since the earliest `read_at`. CloudTrail is up to 15 minutes late:
        `attrs["known_until"]` is the time until which the result has every change. A row that did not change keeps its
        `read_at`. An account and region whose trail cannot be relied on is read in full: if it may not be read, does
        not show the audit's own requests or goes back less far, and if the audit is younger than 15 minutes or
        incomplete there. `attrs["read_in_full"]` has the reasons as JSON, and a warning names them.
        All else is as in `audit`, whose functions, regions and qualifiers it keeps.
        https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
        """
        return refresh_of(audit, [self._connection], rate=rate, progress=progress, errors=errors)
