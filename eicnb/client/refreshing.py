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
        """Bring an audit up to date, reading only what changed since, and return the whole audit.

        >>> audit = eic.audit(progress=False)
        >>> eic.server.pass_time(20 * 60)
        >>> refreshed = eic.refresh(audit, progress=False)
        >>> refreshed.attrs["calls"] < audit.attrs["calls"], refreshed.attrs["read_in_full"]
        (True, None)

        ListFunctions shows which functions were created, deleted or changed. CloudTrail (LookupEvents) shows what
        happened to configs, aliases and versions since the earliest `read_at`. CloudTrail is up to 15 minutes late, so
        the result has every change until `attrs["known_until"]`. A row that did not change keeps its `read_at`.

        An account and region is read in full if its trail may not be read, does not show the audit's own requests, or
        does not go back far enough. The same applies if the audit is incomplete there, or younger than 15 minutes.
        `attrs["read_in_full"]` has the reasons as JSON, and a warning names them.

        The functions, regions and qualifiers are those of the audit. The other parameters are as in `audit`.
        https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
        """
        return refresh_of(audit, [self._connection], rate=rate, progress=progress, errors=errors)
