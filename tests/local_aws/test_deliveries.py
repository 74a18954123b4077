"""Every kind of destination receives records as from AWS; failed deliveries are lost and counted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import NOW, Shop
from tests.local_aws.story import Story

FUNCTION = "reviews-moderation"
LOSSES = ("AsyncEventsReceived", "AsyncEventsDropped", "DestinationDeliveryFailures", "DeadLetterErrors")


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Sandbox(event_speed=0, now=lambda: NOW) as sandbox:
        sandbox.fail(FUNCTION)
        yield Shop(sandbox)


def configured(shop: Shop, destination: str, name: str = FUNCTION, *, on: str = "OnFailure") -> Story:
    body = {"MaximumRetryAttempts": 0, "DestinationConfig": {on: {"Destination": destination}}}
    reply = shop.config_of("PUT", name, body)
    assert reply.status == 200, reply.body
    return Story(shop, name)


def dropped(story: Story, payload: bytes = b'{"order": 1}') -> str:
    """Send an event, wait until nothing is pending, and return the request id."""
    request_id = story.send(payload)
    story.shop.sandbox.settle()
    return request_id


def counts(shop: Shop, name: str, resource: str | None = None, since: timedelta = timedelta(hours=1)) -> list[float]:
    """Return a function's counts of received and dropped events, and of both kinds of failed deliveries."""
    now = datetime.fromtimestamp(NOW, UTC)
    dimensions = {"FunctionName": name, **({"Resource": resource} if resource else {})}
    given = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    queries = [
        {
            "Id": metric.lower(),
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": given},
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for metric in LOSSES
    ]
    response = shop.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=now - since, EndTime=now + timedelta(minutes=1)
    )
    return [sum(result["Values"]) for result in response["MetricDataResults"]]


def subscribe(shop: Shop, topic: str) -> None:
    shop.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=shop.queue("order-failures"))


def test_a_topic_notifies_with_the_record(shop: Shop) -> None:
    topic = f"arn:aws:sns:us-east-1:{shop.account_id}:shop-alerts"
    subscribe(shop, topic)
    story = configured(shop, topic)
    request_id = dropped(story)
    [body] = story.bodies("order-failures")
    assert json.loads(json.loads(body)["Message"])["requestContext"]["requestId"] == request_id


def test_a_bucket_holds_the_record_under_the_function_and_the_time(shop: Shop) -> None:
    bucket = f"shop-events-us-east-1-{shop.account_id}"
    request_id = dropped(configured(shop, f"arn:aws:s3:::{bucket}"))
    s3 = shop.client("s3")
    [stored] = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert re.fullmatch(
        r"aws/lambda/async/reviews-moderation/2026/11/01/2026-11-01T12\.00\.00-[0-9a-f-]{36}", stored["Key"]
    )
    record = json.load(s3.get_object(Bucket=bucket, Key=stored["Key"])["Body"])
    assert record["requestContext"]["requestId"] == request_id


@pytest.mark.parametrize(("on", "outcome"), [("OnFailure", "Failure"), ("OnSuccess", "Success")])
def test_a_bus_receives_the_record_as_an_event_and_its_rules_pass_it_on(shop: Shop, on: str, outcome: str) -> None:
    bus = f"arn:aws:events:us-east-1:{shop.account_id}:event-bus/shop"
    if on == "OnSuccess":
        shop.sandbox.succeed(FUNCTION)
    story = configured(shop, bus, on=on)
    request_id = dropped(story)
    [event] = story.received()
    assert event.pop("detail")["requestContext"]["requestId"] == request_id
    assert len(event.pop("id")) == 36
    assert event == {
        "version": "0",
        "account": shop.account_id,
        "time": "2026-11-01T12:00:00Z",
        "region": "us-east-1",
        "source": "lambda",
        "detail-type": f"Lambda Function Invocation Result - {outcome}",
        "resources": [bus, f"{shop.arn(FUNCTION)}:$LATEST"],
    }


def test_a_function_is_invoked_with_the_record(shop: Shop) -> None:
    shop.sandbox.fail("failure-triage")
    triage = configured(shop, shop.queue("shop-failures"), "failure-triage")
    request_id = dropped(configured(shop, shop.arn("failure-triage")))
    [record] = triage.received()
    assert record["requestContext"]["functionArn"] == f"{shop.arn('failure-triage')}:$LATEST"
    assert record["requestPayload"]["requestContext"]["requestId"] == request_id


def dead_letters(shop: Shop, queue: str) -> list[Any]:
    url = f"{shop.sandbox.url}/{shop.account_id}/{queue}"
    response = shop.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    return list(response.get("Messages", []))


def test_a_dead_letter_queue_receives_the_event_itself_with_three_attributes(shop: Shop) -> None:
    shop.sandbox.fail("payments-reconcile")
    request_id = dropped(Story(shop, "payments-reconcile"), b'{"order":  1}')
    [message] = dead_letters(shop, "payment-dead-letters")
    assert message["Body"] == '{"order":  1}'
    assert message["MessageAttributes"] == {
        "RequestID": {"DataType": "String", "StringValue": request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "payments-reconcile fails in this sandbox"},
    }


def test_a_destination_and_a_dead_letter_queue_both_receive(shop: Shop) -> None:
    shop.sandbox.fail("invoices")
    story = configured(shop, shop.queue("shop-failures"), "invoices")
    request_id = dropped(story)
    [message] = dead_letters(shop, "invoice-dead-letters")
    [record] = story.received()
    assert message["MessageAttributes"]["RequestID"]["StringValue"] == request_id
    assert record["requestContext"]["requestId"] == request_id


# Functions of the shop whose destinations never receive anything.
LOST = [
    ("thumbnails", "a queue that was deleted"),
    ("search-indexer", "a FIFO queue"),
    ("loyalty-points", "a queue that the role may not write to"),
    ("invoices", "a queue whose key the role may not use"),
]


@pytest.mark.parametrize(("name", "destination"), LOST)
def test_what_cannot_be_delivered_is_lost_and_counted(shop: Shop, name: str, destination: str) -> None:
    before = counts(shop, name)
    shop.sandbox.fail(name)
    dropped(Story(shop, name))
    changes = [after - earlier for after, earlier in zip(counts(shop, name), before, strict=True)]
    assert changes == [1, 1, 1, 0], destination


@pytest.mark.parametrize(
    "destination",
    [
        "arn:aws:sqs:us-east-1:999999999999:shop-failures",
        "arn:aws:sns:us-east-1:999999999999:shop-alerts",
        "arn:aws:sns:us-east-1:{account}:order-updates.fifo",
        "arn:aws:events:us-east-1:999999999999:event-bus/shop",
        "arn:aws:events:us-east-1:{account}:event-bus/gone",
        "arn:aws:s3:::gone-{account}",
    ],
)
def test_what_is_not_there_or_not_ours_receives_nothing(shop: Shop, destination: str) -> None:
    story = configured(shop, destination.replace("{account}", shop.account_id))
    dropped(story)
    assert story.received() == []
    assert counts(shop, FUNCTION) == [1, 1, 1, 0]


def test_a_rule_that_is_disabled_or_does_not_match_passes_nothing_on(shop: Shop) -> None:
    story = configured(shop, f"arn:aws:events:us-east-1:{shop.account_id}:event-bus/shop")
    shop.client("events").disable_rule(Name="outcomes", EventBusName="shop")
    dropped(story)
    assert story.received() == []
    assert counts(shop, FUNCTION) == [1, 1, 0, 0]


def test_a_permission_that_is_taken_away_loses_the_record(shop: Shop) -> None:
    story = configured(shop, shop.queue("shop-failures"))
    deny = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": shop.queue("shop-failures")}
    document = json.dumps({"Version": "2012-10-17", "Statement": deny})
    shop.client("iam").put_role_policy(RoleName="shop-events", PolicyName="no", PolicyDocument=document)
    dropped(story)
    assert story.received() == []
    assert counts(shop, FUNCTION) == [1, 1, 1, 0]


def test_a_deleted_dead_letter_queue_loses_the_event(shop: Shop) -> None:
    url = f"{shop.sandbox.url}/{shop.account_id}/payment-dead-letters"
    shop.client("sqs").delete_queue(QueueUrl=url)
    before = counts(shop, "payments-reconcile")
    shop.sandbox.fail("payments-reconcile")
    dropped(Story(shop, "payments-reconcile"))
    after = counts(shop, "payments-reconcile")
    assert [now - earlier for now, earlier in zip(after, before, strict=True)] == [1, 1, 0, 1]


def test_an_event_that_succeeds_is_received_and_not_dropped(shop: Shop) -> None:
    dropped(Story(shop, "sessions-cleanup"))
    assert counts(shop, "sessions-cleanup") == [1, 0, 0, 0]


def test_metrics_count_for_the_function_and_for_the_name_invoked(shop: Shop) -> None:
    shop.sandbox.fail("my-function")
    for qualifier in (None, "GREEN"):
        Story(shop, "my-function").send(qualifier=qualifier)
    shop.sandbox.settle()
    assert counts(shop, "my-function") == [2, 2, 0, 0]
    assert counts(shop, "my-function", "my-function:GREEN") == [1, 1, 0, 0]
    assert counts(shop, "my-function", "my-function") == [1, 1, 0, 0]


def test_a_record_that_is_too_large_for_a_topic_is_lost(shop: Shop) -> None:
    topic = f"arn:aws:sns:us-east-1:{shop.account_id}:shop-alerts"
    subscribe(shop, topic)
    story = configured(shop, topic)
    dropped(story, json.dumps("x" * 256 * 1024).encode())
    assert story.bodies("order-failures") == []
    assert counts(shop, FUNCTION) == [1, 1, 1, 0]


def test_a_queue_takes_a_record_of_256_kb(shop: Shop) -> None:
    story = configured(shop, shop.queue("shop-failures"))
    dropped(story, json.dumps("x" * 256 * 1024).encode())
    [record] = story.received()
    assert len(record["requestPayload"]) == 256 * 1024


def test_a_record_that_is_too_large_for_a_function_is_lost(shop: Shop) -> None:
    story = configured(shop, shop.arn("failure-triage"))
    dropped(story, json.dumps("x" * (1024 * 1024 - 2)).encode())
    assert counts(shop, FUNCTION) == [1, 1, 1, 0]
    assert counts(shop, "failure-triage") == [0, 0, 0, 0]


def test_a_record_that_is_nested_too_deeply_for_a_bus_is_lost(shop: Shop) -> None:
    story = configured(shop, f"arn:aws:events:us-east-1:{shop.account_id}:event-bus/shop")
    dropped(story, b"[" * 900 + b"]" * 900)
    assert counts(shop, FUNCTION) == [1, 1, 1, 0]


def loop(shop: Shop) -> int:
    """Make two functions invoke each other, and return how often the second ran."""
    shop.sandbox.succeed(FUNCTION)
    configured(shop, shop.arn("failure-triage"), on="OnSuccess")
    configured(shop, shop.arn(FUNCTION), "failure-triage", on="OnSuccess")
    dropped(Story(shop))
    received, lost, *_ = counts(shop, "failure-triage")
    return int(received - lost)


def test_a_loop_is_stopped_after_16_turns(shop: Shop) -> None:
    assert loop(shop) == 16
    assert counts(shop, FUNCTION)[:2] == [17, 1]


def test_the_event_that_a_loop_stops_with_goes_to_the_failure_queue(shop: Shop) -> None:
    loop(shop)
    queue = {"Destination": shop.queue("shop-failures")}
    next_function = {"Destination": shop.arn("failure-triage")}
    shop.config_of("PUT", FUNCTION, {"DestinationConfig": {"OnSuccess": next_function, "OnFailure": queue}})
    dropped(Story(shop))
    [record] = Story(shop).received()
    assert record["requestContext"]["condition"] == "RecursiveInvocation"


def test_a_loop_that_is_allowed_comes_to_rest_too(shop: Shop) -> None:
    for name in (FUNCTION, "failure-triage"):
        shop.client().put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    assert loop(shop) > 16


def test_no_thread_outlives_the_server() -> None:
    with Sandbox(event_speed=1) as sandbox:
        sandbox.fail(FUNCTION)
        Story(Shop(sandbox)).send()
        assert any(thread.name == "eicnb-sandbox-events" for thread in threading.enumerate())
    assert not any(thread.name == "eicnb-sandbox-events" for thread in threading.enumerate())
