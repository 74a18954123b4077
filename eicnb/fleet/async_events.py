"""CloudWatch's counts of the asynchronous events of each row in a period.

Lambda counts an event for the function as a whole, and once more for the version or alias that was invoked
(https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html). The row of a version or alias has its own
count. The row of `$LATEST` has the function's count minus those of its other rows, so that no event is counted twice.
If the audit left out an alias, its events therefore count as those of `$LATEST`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Generic, TypeVar

from eicnb.aws.cloudwatch import MOST_METRICS, Metric, Points, read_metrics
from eicnb.errors import EicError
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.concurrent_reads import CallsTo, Place, read_in_threads, unreadable
from eicnb.fleet.checks.evidence import Reading, Unreadable
from eicnb.model.function import LATEST
from eicnb.model.period import Period

K = TypeVar("K")
V = TypeVar("V")

_NAMESPACE = "AWS/Lambda"
_MILLISECONDS = 1000

RECEIVED, DROPPED, OLDEST = "AsyncEventsReceived", "AsyncEventsDropped", "AsyncEventAge"
DESTINATION_FAILURES, DEAD_LETTER_FAILURES = "DestinationDeliveryFailures", "DeadLetterErrors"

LOSSES = (DROPPED, DESTINATION_FAILURES, DEAD_LETTER_FAILURES)
"""The metrics that count events that may be lost."""

Series = Mapping[datetime, float]
"""A count over time, without the times at which it is zero."""

METRICS = (RECEIVED, DROPPED, OLDEST, DESTINATION_FAILURES, DEAD_LETTER_FAILURES)
"""Lambda's metrics of asynchronous events."""


@dataclass(frozen=True, slots=True)
class EventCounts:
    """The event counts of one row.

    `oldest_seconds` is None if there were no events, or if the oldest may belong to another row. `over_time` has the
    counts of `LOSSES` over time.
    """

    received: int = 0
    dropped: int = 0
    destination_failures: int = 0
    dead_letter_failures: int = 0
    oldest_seconds: int | None = None
    over_time: Mapping[str, Series] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether all counts are zero."""
        return not (self.received or self.dropped or self.destination_failures or self.dead_letter_failures)

    def without(self, others: Iterable[EventCounts]) -> EventCounts:
        """Subtract the counts of other rows.

        The age of the oldest event stays if no other row has an event of that age.
        """
        others = [*others]
        ages = [other.oldest_seconds or 0 for other in others]
        oldest = self.oldest_seconds or 0

        def rest(count: Callable[[EventCounts], int]) -> int:
            return max(0, count(self) - sum(map(count, others)))

        return EventCounts(
            rest(lambda counts: counts.received),
            rest(lambda counts: counts.dropped),
            rest(lambda counts: counts.destination_failures),
            rest(lambda counts: counts.dead_letter_failures),
            self.oldest_seconds if oldest > max(ages, default=0) else None,
            {name: _minus(series, others, name) for name, series in self.over_time.items()},
        )


def _minus(series: Series, others: Iterable[EventCounts], name: str) -> Series:
    """Subtract the counts over time of other rows."""
    rest = dict(series)
    for other in others:
        for time, value in other.over_time.get(name, {}).items():
            rest[time] = rest.get(time, 0.0) - value
    return {time: value for time, value in rest.items() if value > 0}


Counts = Mapping[int, EventCounts | Unreadable]
"""The counts of rows of an audit, by row; a row that the audit could not read has none."""


def wanted_rows(audit: Audited) -> list[int]:
    """Return the rows that may have events: those of a function that the audit could read."""
    return rows(audit.was_read & audit.has("function_name"))


Refused = dict[Place, EicError]
"""The error of each place whose metrics could not be read."""


def read_counts(
    reading: Reading, period: Period, metrics: Sequence[str] = METRICS, refused: Refused | None = None
) -> Counts:
    """Read the counts of every row; `refused` collects the errors.

    The failures of a destination or dead-letter queue are requested only for rows that have one.
    """
    audit = reading.audit
    changed = set(rows(audit.changed_within(period)))
    wanted = (
        (audit.place(row), (row, name))
        for row in wanted_rows(audit)
        for name in metrics
        if row in changed or _can_count(audit, row, name)
    )
    found: dict[int, dict[str, Counted | Unreadable]] = defaultdict(dict)

    def metric_of(key: tuple[int, str]) -> Metric:
        return _metric(audit, *key)

    for (row, name), value in read_points(reading, period, wanted, metric_of, _total, refused=refused):
        found[row][name] = value
    return _by_row(audit, {row: _counts(values) for row, values in found.items()})


@dataclass(frozen=True, slots=True)
class Counted:
    """The total or maximum of a metric, and its points if it may count losses."""

    total: float
    points: Points | None = None


def _total(metric: Metric, points: Points) -> Counted:
    if metric.statistic == "Maximum":
        return Counted(max(points.values, default=0.0))
    total = sum(points.values)
    return Counted(total, points) if total and metric.name in LOSSES else Counted(total)


def _can_count(audit: Audited, row: int, name: str) -> bool:
    if name == DESTINATION_FAILURES:
        return bool(audit.on_failure[row] or audit.on_success[row])
    return name != DEAD_LETTER_FAILURES or bool(audit.dead_letters[row])


def _metric(audit: Audited, row: int, name: str) -> Metric:
    function_name, qualifier = str(audit.function_names[row]), str(audit.qualifiers[row])
    dimensions: tuple[tuple[str, str], ...] = (("FunctionName", function_name),)
    if qualifier != LATEST:
        dimensions += (("Resource", f"{function_name}:{qualifier}"),)
    return Metric(_NAMESPACE, name, "Maximum" if name == OLDEST else "Sum", dimensions)


def _counts(values: Mapping[str, Counted | Unreadable]) -> EventCounts | Unreadable:
    known: dict[str, int] = {}
    over_time: dict[str, Series] = {}
    for name, value in values.items():
        if isinstance(value, Unreadable):
            return value
        known[name] = round(value.total)
        if value.points is not None:
            over_time[name] = dict(zip(value.points.times, value.points.values, strict=True))
    oldest = known.get(OLDEST, 0)
    return EventCounts(
        known.get(RECEIVED, 0),
        known.get(DROPPED, 0),
        known.get(DESTINATION_FAILURES, 0),
        known.get(DEAD_LETTER_FAILURES, 0),
        -(-oldest // _MILLISECONDS) if oldest else None,
        over_time,
    )


def _by_row(audit: Audited, found: Mapping[int, EventCounts | Unreadable]) -> Counts:
    """Return the counts of each row; `$LATEST` has the function's minus those of the other rows."""
    counts = dict(found)
    for of_function in audit.rows_of_functions.values():
        latest = next((row for row in of_function if row in found and audit.qualifiers[row] == LATEST), None)
        if latest is None or len(of_function) == 1:
            continue
        whole, others = found[latest], [found[row] for row in of_function if row != latest and row in found]
        if isinstance(whole, Unreadable):
            continue
        unknown = next((other for other in others if isinstance(other, Unreadable)), None)
        known = [other for other in others if isinstance(other, EventCounts)]
        counts[latest] = whole.without(known) if unknown is None else unknown
    return counts


@dataclass(frozen=True, eq=False)
class _Batch(Generic[K]):
    """The keys of one request, with a metric for each."""

    place: Place
    keys: tuple[K, ...]


def read_points(
    reading: Reading,
    period: Period,
    wanted: Iterable[tuple[tuple[str | None, str | None], K]],
    metric_of: Callable[[K], Metric],
    reduce: Callable[[Metric, Points], V],
    *,
    refused: Refused | None = None,
) -> Iterator[tuple[K, V | Unreadable]]:
    """Read metrics of many places, 500 per request, and yield a value for each key.

    If a metric could not be read, its value is the reason. A place that refuses one request gets no further ones.
    """
    refused = {} if refused is None else refused

    def one(batch: _Batch[K], calls_to: CallsTo) -> list[V | Unreadable]:
        if batch.place in refused:
            raise refused[batch.place]
        metrics = [metric_of(key) for key in batch.keys]
        try:
            call = calls_to(reading.connections[batch.place], batch.place[0])
            found = read_metrics(call, metrics, period)
        except EicError as error:
            refused[batch.place] = error
            raise
        return [
            unreadable(points) if isinstance(points, EicError) else reduce(metric, points)
            for metric, points in zip(metrics, found, strict=True)
        ]

    facts = read_in_threads(reading, "metrics", [*_batches(wanted)], one)
    for batch, values in facts.items():
        for number, key in enumerate(batch.keys):
            yield key, values if isinstance(values, Unreadable) else values[number]


def _batches(wanted: Iterable[tuple[tuple[str | None, str | None], K]]) -> Iterator[_Batch[K]]:
    of_place: dict[Place, list[K]] = defaultdict(list)
    for (account_id, region), key in wanted:
        of_place[account_id or "", region or ""].append(key)
    for place, of_one in of_place.items():
        pending = iter(of_one)
        while some := [*islice(pending, MOST_METRICS)]:
            yield _Batch(place, tuple(some))
