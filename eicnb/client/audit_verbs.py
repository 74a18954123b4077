"""The verbs of a connection that take an audit: `check`, `losses` and `refresh`.

Tested in tests/client/test_findings.py, tests/client/test_losses.py and tests/client/test_refresh.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from eicnb.aws.connection import Connection
from eicnb.client.on_connections import check_of, losses_of, refresh_of
from eicnb.client.parameters import checked
from eicnb.fleet.progress import Choice
from eicnb.fleet.scope import Errors
from eicnb.frames.frame import Frame
from eicnb.model.severity import Severity

if TYPE_CHECKING:
    from os import PathLike

    from pandas import DataFrame


class AuditVerbs:
    """The verbs of a connection that take an audit."""

    _connection: Connection

    @checked
    def check(
        self,
        audit: DataFrame,
        *,
        look: str | Sequence[str] = "settings",
        checks: str | Sequence[str] | None = None,
        rules: DataFrame | str | PathLike[str] | None = None,
        mute: DataFrame | str | PathLike[str] | None = None,
        fail_on: Severity | None = None,
        rate: float | None = None,
        progress: Choice = True,
    ) -> Frame:
        """Check an audit and return its findings, the most severe first, each with its fix.

        >>> findings = eic.check(eic.audit(functions="cart-*", qualifiers="all", progress=False))
        >>> findings.finding[0]
        'an age of 1 minute leaves no time for its 2 retries'

        `look` names the layers to check. The default is the settings, which sends no request; `%eic help checks` lists
        the others, and `"all"` is all of them. `checks` are the names of checks to run, by default all in these layers.
        `rules` are settings that your team requires and `mute` findings that it accepts, each a DataFrame or a YAML
        file. With `fail_on`, findings of that severity or higher raise ChecksFailed with the frame as `result`, and so
        do rows that were not read. `rate` and `progress` are as in `audit`. The columns are
        `eicnb.fleet.checks.finding.FINDING_COLUMNS`.
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
        """
        return check_of(
            audit,
            [self._connection],
            look=look,
            checks=checks,
            rules=rules,
            mute=mute,
            fail_on=fail_on,
            rate=rate,
            progress=progress,
        )

    @checked
    def losses(
        self,
        audit: DataFrame,
        *,
        since: str | date | timedelta = "7d",
        until: str | date | timedelta | None = None,
        rate: float | None = None,
        progress: Choice = True,
    ) -> Frame:
        """Count the asynchronous events that each function of an audit lost, the most first.

        >>> audit = eic.audit(functions=["thumbnails", "newsletters"], progress=False)
        >>> eic.losses(audit, progress=False)[["function_name", "lost", "why"]].to_dict("records")[0]
        {'function_name': 'thumbnails', 'lost': 240, 'why': 'destination-fails'}

        The numbers come from CloudWatch, which is some minutes late. `since` and `until` are times, or how long ago
        (`"7d"`, `"12h"`). `lost` is an upper bound: the events that Lambda dropped without a destination, and those
        that a destination or dead-letter queue did not accept. The columns are `eicnb.fleet.losses.LOSS_COLUMNS`. An
        alias that the audit lacks counts as `$LATEST`, so audit with `qualifiers="all"`. `rate` and `progress` are as
        in `audit`.
        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        return losses_of(audit, [self._connection], since=since, until=until, rate=rate, progress=progress)

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
