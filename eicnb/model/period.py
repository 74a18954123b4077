"""A period in the past, and the points of time in which CloudWatch keeps its metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from eicnb.errors import UsageError, shown

LONGEST = timedelta(days=455)
"""How long CloudWatch keeps the points of an hour, the longest of all."""

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_STEPS = ((timedelta(days=15), 60), (timedelta(days=63), 300), (LONGEST, 3600))
"""How long CloudWatch keeps points of a minute, of five minutes and of an hour."""

_DAY, _HOUR = 86400, 3600
_FORMS = "7d, 12h, 90m, 2w, or a time as 2026-11-01 or 2026-11-01T09:30:00Z"


def read_time(value: Any, what: str, now: datetime) -> datetime:
    """Return a time: a datetime, a text of ISO 8601, or one as long ago as `7d`, `12h`, `90m` or `2w`.

    >>> read_time("7d", "since", datetime(2026, 11, 8, tzinfo=UTC)).isoformat()
    '2026-11-01T00:00:00+00:00'

    A time without a zone is in UTC.
    """
    found = _time_in(value, now)
    if found is None:
        raise UsageError(f"{what} is {shown(value)}, which is not a time", hint=_FORMS, culprit=value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _time_in(value: Any, now: datetime) -> datetime | None:
    try:
        match value:
            case datetime():
                return None if value != value else value  # noqa: PLR0124 # pandas' NaT equals nothing
            case date():
                return datetime.combine(value, time(), UTC)
            case timedelta():
                return now - value
            case str():
                ago = re.fullmatch(r"([0-9]{1,6})([mhdw])", value.strip())
                if ago:
                    return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
                return datetime.fromisoformat(value.strip())
    except (ValueError, OverflowError):
        pass
    return None


@dataclass(frozen=True, slots=True)
class Period:
    """A period of which CloudWatch has points, `step` seconds each.

    >>> Period.parse("7d", None, now=datetime(2026, 11, 8, 9, 30, 15, tzinfo=UTC)).step
    86400

    The start is rounded down as CloudWatch would.
    """

    since: datetime
    until: datetime
    step: int

    @classmethod
    def parse(cls, since: Any, until: Any, *, now: datetime) -> Self:
        """Read a period from its two ends; without `until` it reaches to now."""
        with UsageError.about("since"):
            start = read_time(since, "since", now)
            if start >= now:
                raise UsageError(f"since is {shown(since)}, which is in the future", hint="7d", culprit=since)
            if now - start > LONGEST:
                message = f"since is {shown(since)}, but CloudWatch keeps metrics for {LONGEST.days} days"
                raise UsageError(message, hint=f"{LONGEST.days}d", culprit=since)
        with UsageError.about("until"):
            end = now if until is None else read_time(until, "until", now)
            if end > now:
                raise UsageError(f"until is {shown(until)}, which is in the future", hint="leave until out")
            if end <= start:
                raise UsageError(
                    f"until is {shown(until)}, which is not after since", hint="give a later until", culprit=until
                )
        return cls._of(start.astimezone(UTC), end.astimezone(UTC), now)

    @classmethod
    def _of(cls, start: datetime, end: datetime, now: datetime) -> Self:
        finest = next(step for kept, step in _STEPS if now - start <= kept)
        start -= timedelta(seconds=start.timestamp() % finest)
        seconds = (end - start).total_seconds()
        widest = _DAY if seconds > _DAY else _HOUR if seconds > _HOUR else 60
        return cls(start, end, max(finest, widest))

    def has(self, moment: datetime | None) -> bool:
        """Return whether a time is within the period."""
        return moment is not None and self.since <= moment <= self.until

    @property
    def most_points(self) -> int:
        """The most points that one metric can have."""
        return int((self.until - self.since).total_seconds() // self.step) + 1
