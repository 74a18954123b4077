"""The options for reading records, validated before any request is sent.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from eicnb.aws.http.sender import Tally
from eicnb.errors import UsageError, shown
from eicnb.fleet.progress import Show
from eicnb.fleet.scope import check_rate
from eicnb.model.limits import MOST_IN_FLIGHT
from eicnb.model.moment import read_moment

_LONGEST = 3600
_MARGIN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Which records of each source to read, for how long to read a queue, and at what rate.

    `may_spend` allows reading a queue with a redrive policy, which counts the receives of its messages.
    """

    most: int
    seconds: float
    since: datetime | None
    until: datetime | None
    may_spend: bool
    rate: float | None
    show: Show
    tally: Tally

    @classmethod
    def parse(
        cls, *, most: Any, seconds: Any, since: Any, until: Any, spend_receives: Any, rate: Any, show: Show
    ) -> ReadOptions:
        """Validate the arguments of `eicnb.records`."""
        now = datetime.now(UTC)
        first = None if since is None else read_moment(since, "since", now)
        last = None if until is None else read_moment(until, "until", now)
        if first is not None and last is not None and first >= last:
            with UsageError.about("until"):
                message = f"until is {shown(until)}, which is not after since"
                raise UsageError(message, hint="give a later until", culprit=str(until))
        return cls(
            most=_most(most),
            seconds=check_seconds("seconds", seconds),
            since=first,
            until=last,
            may_spend=check_flag("spend_receives", spend_receives),
            rate=check_rate(rate),
            show=show,
            tally=Tally(),
        )

    @property
    def hold(self) -> int:
        """The seconds for which messages are hidden from others unless they are made visible earlier."""
        return math.ceil(self.seconds) + _MARGIN

    def covers(self, moment: datetime | None) -> bool:
        """Return whether a time is within the period; an unknown time is."""
        if moment is None:
            return True
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


def _most(value: Any) -> int:
    with UsageError.about("most"):
        try:
            number = 0 if isinstance(value, bool) else operator.index(value)
        except TypeError:
            number = 0
        if not 1 <= number <= MOST_IN_FLIGHT:
            raise UsageError(f"most is {shown(value)}", hint=f"give a number of records, 1 to {MOST_IN_FLIGHT}")
        return number


def check_seconds(argument: str, value: Any) -> float:
    """Return a number of seconds up to an hour, or raise UsageError.

    >>> check_seconds("wait", 60)
    60.0
    """
    with UsageError.about(argument):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 < value <= _LONGEST:
            raise UsageError(f"{argument} is {shown(value)}", hint=f"give a number of seconds, up to {_LONGEST}")
        return float(value)


def check_flag(argument: str, value: Any) -> bool:
    """Return a boolean unchanged, or raise UsageError.

    >>> check_flag("keep", True)
    True
    """
    if not isinstance(value, bool):
        with UsageError.about(argument):
            raise UsageError(f"{argument} is {shown(value)}", hint=f"{argument}=True")
    return value
