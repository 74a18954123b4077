"""Data points of metrics, read from a fake CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eicnb.aws.cloudwatch import Metric, Points, read_metrics
from eicnb.errors import EicError
from eicnb.model.period import Period
from eicnb.model.verbs import Operation

NOW = datetime(2026, 11, 26, tzinfo=UTC)
WEEK = Period.parse("7d", None, now=NOW)
DROPPED = Metric("AWS/Lambda", "AsyncEventsDropped", "Sum", (("FunctionName", "f"),))
AGE = Metric("AWS/Lambda", "AsyncEventAge", "Maximum", (("FunctionName", "f"), ("Resource", "f:live")))


class CloudWatch:
    """Yields pages, and records the requests."""

    def __init__(self, *pages: Mapping[str, Any]) -> None:
        self.pages = pages
        self.parameters: dict[str, Any] = {}

    def __call__(self, operation: Operation, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        assert operation is Operation.GET_METRIC_DATA
        self.parameters = parameters
        yield from self.pages


def result(query: str, values: list[float], status: str = "Complete", first: int = 0) -> dict[str, Any]:
    times = [WEEK.since + timedelta(days=first + number) for number in range(len(values))]
    return {"Id": query, "Timestamps": times, "Values": values, "StatusCode": status}


def test_a_request_names_each_metric_with_its_dimensions() -> None:
    cloudwatch = CloudWatch({"MetricDataResults": [result("m0", []), result("m1", [])]})
    assert read_metrics(cloudwatch, [DROPPED, AGE], WEEK) == [Points(), Points()]
    assert (cloudwatch.parameters["StartTime"], cloudwatch.parameters["EndTime"]) == (WEEK.since, WEEK.until)
    assert cloudwatch.parameters["MetricDataQueries"][1] == {
        "Id": "m1",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": "AsyncEventAge",
                "Dimensions": [{"Name": "FunctionName", "Value": "f"}, {"Name": "Resource", "Value": "f:live"}],
            },
            "Period": 86400,
            "Stat": "Maximum",
        },
    }


def test_a_metric_may_be_on_several_pages_in_any_order() -> None:
    pages: list[dict[str, Any]] = [
        {"MetricDataResults": [result("m0", [3], "PartialData", first=2)], "NextToken": "more"},
        {"MetricDataResults": [result("m0", [1, 2])]},
    ]
    days = tuple(WEEK.since + timedelta(days=number) for number in range(3))
    assert read_metrics(CloudWatch(*pages), [DROPPED], WEEK) == [Points(days, (1, 2, 3))]


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ([result("m0", [1], "PartialData")], "CloudWatch returned only a part of this metric"),
        ([result("m0", [], "InternalError")], "CloudWatch returned InternalError for this metric"),
        ([result("m0", [], "Forbidden")], "CloudWatch returned Forbidden for this metric"),
        ([], "CloudWatch left this metric out of its response"),
    ],
)
def test_an_incomplete_metric_is_an_error_and_not_zero(results: list[dict[str, Any]], message: str) -> None:
    [found] = read_metrics(CloudWatch({"MetricDataResults": results}), [DROPPED], WEEK)
    assert isinstance(found, EicError)
    assert found.message == message


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"MetricDataResults": [result("m7", [1])]},
        {"MetricDataResults": [{"Id": "m0", "Timestamps": [], "Values": [1.0], "StatusCode": "Complete"}]},
        {"MetricDataResults": [{"Id": "m0", "Timestamps": [NOW], "Values": ["1"], "StatusCode": "Complete"}]},
        {"MetricDataResults": [result("m0", [float("nan")])]},
        {"MetricDataResults": [result("m0", [float("inf")])]},
        {"MetricDataResults": [result("m0", [-1])]},
    ],
)
def test_a_malformed_response_is_an_error(page: dict[str, Any]) -> None:
    with pytest.raises(EicError, match="the response to GetMetricData is malformed"):
        read_metrics(CloudWatch(page), [DROPPED], WEEK)
