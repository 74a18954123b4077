"""The layer `metrics`: a week of event counts per row, and of message ages per failure queue.

Tested in tests/fleet/checks/test_metrics.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from eicnb.aws.cloudwatch import Metric, Points
from eicnb.fleet.async_events import (
    DEAD_LETTER_FAILURES,
    DESTINATION_FAILURES,
    DROPPED,
    OLDEST,
    EventCounts,
    read_counts,
    read_points,
    wanted_rows,
)
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.deliveries import deliveries
from eicnb.fleet.checks.evidence import Layer, Reading, Unreadable
from eicnb.model.period import Period

SINCE = "7d"
"""The period that the layer covers, up to now."""

METRICS_OF_CHECKS = (DROPPED, OLDEST, DESTINATION_FAILURES, DEAD_LETTER_FAILURES)


@dataclass(frozen=True, slots=True)
class MetricsKey:
    """A version or alias of a function, or a queue, by its ARN."""

    arn: str
    is_queue: bool = False

    def __str__(self) -> str:
        return self.arn


@dataclass(frozen=True, slots=True)
class Week:
    """The metrics of a period: the event counts of a row, or the message ages of a queue.

    `oldest_message` has the age of a queue's oldest message in seconds, one value per day, and none if the queue is
    empty now.
    """

    period: Period
    counts: EventCounts = EventCounts()  # noqa: RUF009 # it is frozen
    oldest_message: tuple[float, ...] = ()
    queue_url: str = ""


def week_until(now: datetime) -> Period:
    """Return the period that the layer covers."""
    return Period.parse(SINCE, None, now=now)


def _subjects(audit: Audited) -> Mapping[MetricsKey, Sequence[int]]:
    found: dict[MetricsKey, list[int]] = {
        MetricsKey(str(audit.function_arns[row])): [row] for row in wanted_rows(audit)
    }
    of_queues: dict[MetricsKey, dict[int, None]] = defaultdict(dict)
    for delivery in deliveries(audit):
        if delivery.keeps_failures and delivery.arn is not None and delivery.arn.kind == "sqs":
            of_queues[MetricsKey(delivery.text, is_queue=True)][delivery.row] = None
    return found | {key: [*of_key] for key, of_key in of_queues.items()}


def _read(reading: Reading, keys: Sequence[MetricsKey]) -> Mapping[MetricsKey, Week | Unreadable]:
    period = week_until(datetime.now(UTC))
    counts = read_counts(reading, period, METRICS_OF_CHECKS)
    subjects = _subjects(reading.audit)
    found: dict[MetricsKey, Week | Unreadable] = {}
    queues = [key for key in keys if key.is_queue]
    for key in keys:
        fact = None if key.is_queue else counts.get(subjects[key][0])
        if fact is not None:
            found[key] = fact if isinstance(fact, Unreadable) else Week(period, fact)
    for key, points in _ages(reading, period, queues):
        if isinstance(points, Unreadable):
            found[key] = points
        else:
            found[key] = Week(period, oldest_message=points, queue_url=_url(reading, key))
    return found


def _url(reading: Reading, queue: MetricsKey) -> str:
    _, _, _, region, account_id, name = queue.arn.split(":")
    return f"{reading.connections[account_id, region].endpoint_of('sqs').rstrip('/')}/{account_id}/{name}"


def _ages(
    reading: Reading, period: Period, queues: Sequence[MetricsKey]
) -> list[tuple[MetricsKey, tuple[float, ...] | Unreadable]]:
    """Return the daily message ages of queues.

    No request is sent for a queue in an account and region that no connection reaches.
    """
    places = {key: (key.arn.split(":")[4], key.arn.split(":")[3]) for key in queues}
    wanted = [(places[key], key) for key in queues if places[key] in reading.connections]
    elsewhere = [
        (key, Unreadable(f"no connection reaches account {account_id} in {region}"))
        for key, (account_id, region) in places.items()
        if (account_id, region) not in reading.connections
    ]
    return (
        [*read_points(reading, period, wanted, _age_of, lambda _, points: _current_ages(points, period)), *elsewhere]
        if queues
        else []
    )


def _current_ages(points: Points, period: Period) -> tuple[float, ...]:
    """Return the ages of a queue's oldest message, or none if the last one is old.

    CloudWatch has no age while a queue is empty.
    """
    is_empty_now = not points.times or points.times[-1] < period.until - 2 * timedelta(seconds=period.step)
    return () if is_empty_now else points.values


def _age_of(queue: MetricsKey) -> Metric:
    name = queue.arn.rpartition(":")[2]
    return Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", (("QueueName", name),))


METRICS: Layer[MetricsKey, Week] = Layer(
    name="metrics", meaning="what CloudWatch counted in the last week", subjects=_subjects, read=_read
)
