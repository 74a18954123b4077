"""The two timestamp formats of the CLI's setting `cli_timestamp_format`.

Tested in tests/cli/test_output.py.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Literal


def format_timestamp(
    moment: datetime, style: Literal["iso8601", "wire"] = "iso8601", tz: tzinfo | None = None
) -> str | float:
    """Format a timestamp as the CLI does: ISO 8601 in a time zone, or `wire` for seconds since 1970.

    >>> from datetime import UTC
    >>> format_timestamp(datetime(2019, 11, 13, 23, 0, 21, 479000, tzinfo=UTC), tz=UTC)
    '2019-11-13T23:00:21.479000+00:00'
    >>> format_timestamp(datetime(2019, 11, 13, 23, 0, 21, 479000, tzinfo=UTC), "wire")
    1573686021.479

    `tz` defaults to the machine's time zone, as in the CLI.
    """
    return moment.timestamp() if style == "wire" else moment.astimezone(tz).isoformat()
