"""CloudWatch's metrics, 500 per request.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from eicnb.aws.paced_requests import CallAws
from eicnb.aws.responses import items, malformed
from eicnb.errors import EicError
from eicnb.model.period import Period
from eicnb.model.verbs import Operation

MOST_METRICS = 500
"""How many metrics one request may name."""

_MOST_POINTS = 100_800
"""How many data points one page may contain."""

_COMPLETE, _PARTIAL = "Complete", "PartialData"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, its dimensions, and the statistic to read: `Sum` or `Maximum`."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]

    def to_api(self, query: str, step: int) -> dict[str, Any]:
        """Return a query for this metric; `query` is its id."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}
        return {"Id": query, "MetricStat": {"Metric": metric, "Period": step, "Stat": self.statistic}}


@dataclass(frozen=True, slots=True)
class Points:
    """The data points of a metric, oldest first.

    Periods in which nothing happened have no point.
    """

    times: tuple[datetime, ...] = ()
    values: tuple[float, ...] = ()


def read_metrics(call: CallAws, metrics: Sequence[Metric], period: Period) -> list[Points | EicError]:
    """Return the data points of each metric, in the order given, or an error for an incomplete one.

    CloudWatch marks a metric as `PartialData` until a later page completes it.
    """
    found = [_Series() for _ in metrics]
    places = {f"m{number}": series for number, series in enumerate(found)}
    pages = call(
        Operation.GET_METRIC_DATA,
        MetricDataQueries=[metric.to_api(query, period.step) for query, metric in zip(places, metrics, strict=True)],
        StartTime=period.since,
        EndTime=period.until,
        ScanBy="TimestampAscending",
        MaxDatapoints=_MOST_POINTS,
    )
    for page in pages:
        for result in items(page, "MetricDataResults", Operation.GET_METRIC_DATA):
            series = places.get(str(result.get("Id")))
            if series is None:
                raise malformed(Operation.GET_METRIC_DATA, f"no metric has the Id {result.get('Id')!r}")
            series.add(result)
    return [series.points() for series in found]


class _Series:
    """The data points of one metric on the pages so far."""

    __slots__ = ("_status", "_values")

    def __init__(self) -> None:
        self._values: dict[datetime, float] = {}
        self._status: str | None = None

    def add(self, result: Mapping[str, Any]) -> None:
        times, values = result.get("Timestamps") or (), result.get("Values") or ()
        if len(times) != len(values) or not all(isinstance(value, (int, float)) for value in values):
            raise malformed(Operation.GET_METRIC_DATA, "its Timestamps and Values do not match")
        for value in values:
            if not isfinite(value) or value < 0:
                raise malformed(Operation.GET_METRIC_DATA, f"one of its Values is {value}")
        self._values.update(zip(times, values, strict=True))
        self._status = str(result.get("StatusCode") or _COMPLETE)

    def points(self) -> Points | EicError:
        if self._status == _COMPLETE:
            times = tuple(sorted(self._values))
            return Points(times, tuple(self._values[time] for time in times))
        if self._status is None:
            return EicError("CloudWatch left this metric out of its response", hint="run it again")
        what = "only a part of" if self._status == _PARTIAL else f"{self._status} for"
        return EicError(f"CloudWatch returned {what} this metric", hint="run it again")
