"""The week of CloudWatch metrics that the sandbox is seeded with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eicnb.local_aws.shop import SHOP
from eicnb.local_aws.shop_week import BACKLOGS, WEEK
from tests.local_aws.conftest import NOW, Shop

END = datetime.fromtimestamp(NOW, UTC)


def week_of(shop: Shop, region: str, namespace: str, metric: str, stat: str, **dimensions: str) -> list[float]:
    """Return the daily values of a metric in the sandbox's last week, oldest first."""
    given: dict[str, Any] = {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    response = shop.client("cloudwatch", region).get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": given, "Period": 86400, "Stat": stat}}],
        StartTime=END - timedelta(days=7),
        EndTime=END,
        ScanBy="TimestampAscending",
    )
    values: list[float] = response["MetricDataResults"][0]["Values"]
    return values


@pytest.mark.parametrize(
    ("metric", "dimensions", "total"),
    [
        ("AsyncEventsReceived", {"FunctionName": "thumbnails"}, 8400),
        ("AsyncEventsDropped", {"FunctionName": "thumbnails"}, 240),
        ("DestinationDeliveryFailures", {"FunctionName": "thumbnails"}, 240),
        ("AsyncEventsReceived", {"FunctionName": "thumbnails", "Resource": "thumbnails"}, 8400),
        ("AsyncEventsReceived", {"FunctionName": "checkout"}, 10080),
        ("AsyncEventsReceived", {"FunctionName": "checkout", "Resource": "checkout:live"}, 10080),
        ("AsyncEventsReceived", {"FunctionName": "checkout", "Resource": "checkout"}, 0),
        ("AsyncEventsReceived", {"FunctionName": "newsletter-bounces"}, 0),
    ],
)
def test_events_are_counted_for_the_function_and_the_name_invoked(
    shop: Shop, metric: str, dimensions: dict[str, str], total: int
) -> None:
    assert sum(week_of(shop, "us-east-1", "AWS/Lambda", metric, "Sum", **dimensions)) == total


def test_ages_are_milliseconds(shop: Shop) -> None:
    ages = week_of(shop, "us-east-1", "AWS/Lambda", "AsyncEventAge", "Maximum", FunctionName="cart-reminder")
    assert max(ages) == 55_000


def test_a_queue_that_nobody_reads_grows_old(shop: Shop) -> None:
    ages = week_of(
        shop, "eu-west-1", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName="invoice-dead-letters"
    )
    assert ages == sorted(ages)
    assert ages[-1] == 330_000


def test_the_week_names_what_there_is() -> None:
    functions = {(region.name, function.name): function for region in SHOP for function in region.functions}
    for traffic in WEEK:
        function = functions[traffic.region, traffic.function_name]
        versions = map(str, range(1, function.versions + 1))
        assert traffic.qualifier in {"$LATEST", *versions, *function.aliases}
        assert max(traffic.destination_failures, traffic.dead_letter_failures) <= traffic.dropped <= traffic.received
    queues = {(region.name, queue) for region in SHOP for queue in region.queues}
    assert {(backlog.region, backlog.queue) for backlog in BACKLOGS} <= queues
