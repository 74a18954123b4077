"""The metrics of a week of events in CloudWatch: a data point every four hours, on the hour.

AWS counts an event for the function, and again for the name that was invoked
(https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from eicnb.local_aws.account import LATEST
from eicnb.local_aws.seed_words import Backlog, Traffic

FUNCTIONS, QUEUES = "AWS/Lambda", "AWS/SQS"
POINTS = 42
_STEP = timedelta(hours=4)


def hours_before(now: float) -> tuple[datetime, ...]:
    """Return the times of the data points, oldest first.

    All are starts of complete hours within the last seven days. They are UTC without a time zone, as in moto.
    """
    hour = datetime.fromtimestamp(now, UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    latest = hour - timedelta(hours=1)
    return tuple(latest - back * _STEP for back in reversed(range(POINTS)))


def points_of(traffic: Traffic, now: float) -> Iterator[dict[str, Any]]:
    """Yield the data points of one qualifier for PutMetricData, without counts of zero."""
    name, qualifier = traffic.function_name, traffic.qualifier
    times = hours_before(now)
    counts = {
        "AsyncEventsReceived": traffic.received,
        "AsyncEventsDropped": traffic.dropped,
        "DestinationDeliveryFailures": traffic.destination_failures,
        "DeadLetterErrors": traffic.dead_letter_failures,
    }
    for metric, total in counts.items():
        for time, count in zip(times, _spread(total), strict=True):
            if count:
                yield from counted(name, qualifier, metric, time, count)
    ages = [1] * (POINTS - 1) + [traffic.oldest]
    for time, age in zip(times, ages, strict=True):
        yield from counted(name, qualifier, "AsyncEventAge", time, age * 1000, unit="Milliseconds")


def counted(
    function_name: str, qualifier: str, metric: str, time: datetime, value: float, *, unit: str = "Count"
) -> Iterator[dict[str, Any]]:
    """Yield a data point of one metric for the function, and another for the name that was invoked."""
    invoked = function_name if qualifier == LATEST else f"{function_name}:{qualifier}"
    of_function = [{"Name": "FunctionName", "Value": function_name}]
    for dimensions in (of_function, [*of_function, {"Name": "Resource", "Value": invoked}]):
        yield _point(metric, dimensions, time, value, unit)


def backlog_of(backlog: Backlog, now: float) -> Iterator[dict[str, Any]]:
    """Yield the data points of one queue; if it is not read, its oldest message ages all week."""
    dimensions = [{"Name": "QueueName", "Value": backlog.queue}]
    times = hours_before(now)
    for number, time in enumerate(times):
        passed = (times[-1] - time).total_seconds()
        age = backlog.oldest * (number % 6) / 5 if backlog.is_read else backlog.oldest - passed
        if age > 0:
            yield _point("ApproximateAgeOfOldestMessage", dimensions, time, age, "Seconds")


def _spread(total: int) -> list[int]:
    """Return a total split into one whole number per data point, as evenly as possible.

    >>> sum(_spread(100)), _spread(2).count(1)
    (100, 2)
    """
    return [(number + 1) * total // POINTS - number * total // POINTS for number in range(POINTS)]


def _point(metric: str, dimensions: list[dict[str, str]], time: datetime, value: float, unit: str) -> dict[str, Any]:
    return {"MetricName": metric, "Dimensions": dimensions, "Timestamp": time, "Value": value, "Unit": unit}
