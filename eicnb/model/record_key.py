"""The keys of the records that Lambda stores in a bucket.

    aws/lambda/async/<function-name>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

RECORDS: Final = "aws/lambda/async/"
"""The prefix of all records' keys."""

_TIME = re.compile(r"/(\d{4}-\d{2}-\d{2}T\d{2}\.\d{2}\.\d{2})-[^/]+$")


def time_of_key(key: str) -> datetime | None:
    """Return when a record was stored; None for the key of another object.

    >>> str(time_of_key("aws/lambda/async/checkout/2026/11/25/2026-11-25T14.03.09-6f3d"))
    '2026-11-25 14:03:09+00:00'
    """
    found = _TIME.search(key)
    try:
        return datetime.strptime(found[1], "%Y-%m-%dT%H.%M.%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def before_day(folder: str, moment: datetime) -> str:
    """Return a key that sorts before a function's records of that day and later.

    >>> before_day("aws/lambda/async/checkout/", datetime(2026, 11, 25, tzinfo=UTC))
    'aws/lambda/async/checkout/2026/11/25/'
    """
    return f"{folder}{moment.astimezone(UTC):%Y/%m/%d}/"
