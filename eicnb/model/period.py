"""A period in the past, at the resolution at which CloudWatch still has its metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from eicnb.errors import UsageError, shown
from eicnb.model.moment import read_moment

LONGEST = timedelta(days=455)
"""How long CloudWatch keeps hourly data points, which it keeps longest."""

_STEPS = ((timedelta(days=15), 60), (timedelta(days=63), 300), (LONGEST, 3600))
"""How long CloudWatch keeps data points of one minute, of five minutes and of one hour."""

_DAY, _HOUR = 86400, 3600


@dataclass(frozen=True, slots=True)
class Period:
    """A period with a CloudWatch data point every `step` seconds.

    >>> Period.parse("7d", None, now=datetime(2026, 11, 8, 9, 30, 15, tzinfo=UTC)).step
    86400

    The start is rounded down, as CloudWatch does.
    """

    since: datetime
    until: datetime
    step: int

    @classmethod
    def parse(cls, since: Any, until: Any, *, now: datetime) -> Self:
        """Parse a period from its start and end; without `until` it ends now."""
        with UsageError.about("since"):
            start = read_moment(since, "since", now)
            if start >= now:
                raise UsageError(f"since is {shown(since)}, which is in the future", hint="7d", culprit=since)
            if now - start > LONGEST:
                message = f"since is {shown(since)}, but CloudWatch keeps metrics for {LONGEST.days} days"
                raise UsageError(message, hint=f"{LONGEST.days}d", culprit=since)
        with UsageError.about("until"):
            end = now if until is None else read_moment(until, "until", now)
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
        """The maximum number of data points of one metric."""
        return int((self.until - self.since).total_seconds() // self.step) + 1
