"""Points in time, given in UTC or as how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from eicnb.errors import UsageError, shown
from eicnb.model.age import abbreviated

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_HINT = 'name how long ago ("7d", "12h", "90m") or a time in UTC ("2026-11-25 14:00")'


def read_ago(text: str) -> timedelta | None:
    """Return the duration of `7d`, `12h`, `90m`, `30s` or `7 days`; None for any other text.

    >>> read_ago("7d")
    datetime.timedelta(days=7)
    """
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", abbreviated(text) or "")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else None


def read_moment(value: Any, argument: str, now: datetime) -> datetime:
    """Parse a time, or how long ago it was, as a time in UTC; without a zone it is in UTC.

    >>> now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    >>> str(read_moment("7d", "since", now)), str(read_moment("2026-11-25 14:00", "since", now))
    ('2026-11-19 12:00:00+00:00', '2026-11-25 14:00:00+00:00')
    """
    try:
        if isinstance(value, str) and (ago := read_ago(value)) is not None:
            return now - ago
        if isinstance(value, timedelta):
            return now - value
        if isinstance(value, str | date):
            text = value.strip() if isinstance(value, str) else value.isoformat()
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    with UsageError.about(argument):
        raise UsageError(f"{argument} is {shown(value)}, which is not a time", hint=_HINT)
