"""Runs, retries, ages and records of asynchronous events are like AWS's, for the invoked qualifier."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from eicnb.local_aws.server import Sandbox
from eicnb.model import timeline
from tests.local_aws.conftest import NOW, Shop
from tests.local_aws.story import Story


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A sandbox whose event clock moves only when a test advances it."""
    with Sandbox(event_speed=0, now=lambda: NOW) as sandbox:
        yield Shop(sandbox)


@pytest.fixture
def story(shop: Shop) -> Iterator[Story]:
    story = Story(shop)
    shop.sandbox.fail(story.name)
    yield story
    shop.sandbox.settle()
    shop.sandbox.succeed(story.name)
    story.bodies()


def test_a_record_has_the_format_of_aws(story: Story) -> None:
    story.set(MaximumRetryAttempts=0)
    request_id = story.send('{"order": 1.50, "name": "Zoë"}'.encode())
    story.shop.sandbox.settle()
    [body] = story.bodies()
    assert '"requestPayload": {"order": 1.50, "name": "Zoë"}' in body
    assert json.loads(body) == {
        "version": "1.0",
        "timestamp": "2026-11-01T12:00:00.123Z",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{story.shop.arn(story.name)}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"order": 1.5, "name": "Zoë"},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {
            "errorMessage": "reviews-moderation fails in this sandbox",
            "errorType": "SandboxError",
            "requestId": request_id,
            "stackTrace": [],
        },
    }


# How the function fails, its settings, and the condition and count in the record.
ENDS = [
    ("error", {}, "RetriesExhausted", 3),
    ("error", {"MaximumRetryAttempts": 0}, "RetriesExhausted", 1),
    ("error", {"MaximumRetryAttempts": 1}, "RetriesExhausted", 2),
    ("error", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}, "EventAgeExceeded", 1),
    ("error", {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}, "RetriesExhausted", 1),
    ("error", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 90}, "EventAgeExceeded", 2),
    ("error", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 180}, "EventAgeExceeded", 2),
    ("error", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 181}, "RetriesExhausted", 3),
    ("timeout", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 90}, "EventAgeExceeded", 1),
    ("timeout", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 91}, "EventAgeExceeded", 2),
    ("throttle", {"MaximumRetryAttempts": 0}, "EventAgeExceeded", 0),
    ("throttle", {"MaximumEventAgeInSeconds": 60}, "EventAgeExceeded", 0),
]


@pytest.mark.parametrize(("how", "settings", "condition", "count"), ENDS)
def test_settings_decide_when_an_event_is_dropped(
    story: Story, how: str, settings: dict[str, Any], condition: str, count: int
) -> None:
    story.set(**settings)
    story.shop.sandbox.fail(story.name, how)
    story.send()
    story.shop.sandbox.settle()
    [record] = story.received()
    context = record["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == (condition, count)


@pytest.mark.parametrize("age", [60, 61, 90, 180, 181, 240, 241, 21600])
@pytest.mark.parametrize("retries", [0, 1, 2])
@pytest.mark.parametrize(("how", "run"), [("error", 0), ("timeout", 30)])
def test_the_runs_are_those_that_the_timeline_explains(
    story: Story, age: int, retries: int, how: str, run: int
) -> None:
    story.set(MaximumRetryAttempts=retries, MaximumEventAgeInSeconds=age)
    story.shop.sandbox.fail(story.name, how)
    story.send()
    story.shop.sandbox.settle()
    [record] = story.received()
    runs = 1 + timeline.retries_within(age, retries, run)
    assert record["requestContext"]["approximateInvokeCount"] == runs


def test_lambda_waits_one_minute_and_then_two(story: Story) -> None:
    story.set(MaximumRetryAttempts=2)
    sandbox = story.shop.sandbox
    story.send()
    sandbox.advance(60 + 119)
    assert story.received() == []
    sandbox.advance(1)
    assert len(story.received()) == 1


def test_a_function_that_recovers_saves_the_event(story: Story) -> None:
    story.set(MaximumRetryAttempts=1)
    story.send()
    story.shop.sandbox.advance(30)
    story.shop.sandbox.succeed(story.name)
    story.shop.sandbox.advance(30)
    [record] = story.received()
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"statusCode": 200}


def test_throttles_are_no_retries(story: Story) -> None:
    story.set(MaximumRetryAttempts=0)
    story.shop.sandbox.fail(story.name, "throttle")
    story.send()
    story.shop.sandbox.advance(3600)
    assert story.received() == []
    story.shop.sandbox.fail(story.name, "error")
    story.shop.sandbox.advance(300)
    [record] = story.received()
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1


def test_a_throttled_event_has_a_status_and_no_response(story: Story) -> None:
    story.set(MaximumEventAgeInSeconds=60)
    story.shop.sandbox.fail(story.name, "throttle")
    story.send()
    story.shop.sandbox.settle()
    [record] = story.received()
    assert record["responseContext"] == {"statusCode": 429}
    assert "responsePayload" not in record


def test_a_timeout_has_the_message_of_aws(story: Story) -> None:
    story.set(MaximumRetryAttempts=0)
    story.shop.sandbox.fail(story.name, "timeout")
    request_id = story.send()
    story.shop.sandbox.settle()
    [record] = story.received()
    assert record["responsePayload"] == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 30.00 seconds",
    }


def test_a_function_without_concurrency_never_runs(story: Story) -> None:
    story.set(MaximumRetryAttempts=2)
    client = story.client()
    client.put_function_concurrency(FunctionName=story.name, ReservedConcurrentExecutions=0)
    story.send()
    story.shop.sandbox.advance(0)
    client.delete_function_concurrency(FunctionName=story.name)
    [record] = story.received()
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record.keys() == {"version", "timestamp", "requestContext", "requestPayload"}


def test_each_qualifier_has_its_own_config_and_inherits_none(shop: Shop) -> None:
    story = Story(shop, "checkout")
    shop.config_of("DELETE", "checkout", qualifier="live")
    story.set(MaximumRetryAttempts=0)
    story.set(MaximumRetryAttempts=1, qualifier="3")
    shop.sandbox.fail("checkout")
    for qualifier in (None, "live", "3"):
        story.send(qualifier=qualifier)
    shop.sandbox.settle()
    found = [(record["requestContext"]["functionArn"], record["requestContext"]) for record in story.received()]
    assert [(re.sub(r".*:", "", arn), context["approximateInvokeCount"]) for arn, context in found] == [
        ("$LATEST", 1),
        ("3", 2),
    ]


def test_an_alias_runs_its_version(shop: Shop) -> None:
    story = Story(shop, "my-function")
    story.set(qualifier="prod")
    story.send(qualifier="prod")
    shop.sandbox.settle()
    [record] = story.received()
    assert record["requestContext"]["functionArn"] == f"{shop.arn('my-function')}:prod"
    assert record["responseContext"]["executedVersion"] == "3"


@pytest.mark.parametrize(
    ("payload", "written"),
    [(b"", "{}"), (b"null", "null"), (b'"text"', '"text"'), (b"[1, 2]", "[1, 2]"), (b'{ "a":1 }', '{ "a":1 }')],
)
def test_the_payload_stays_as_it_was_sent(story: Story, payload: bytes, written: str) -> None:
    story.set(MaximumRetryAttempts=0)
    story.send(payload)
    story.shop.sandbox.settle()
    [body] = story.bodies()
    assert f'"requestPayload": {written}' in body


def test_a_fast_clock_shows_the_record_within_a_moment() -> None:
    with Sandbox() as sandbox:
        story = Story(Shop(sandbox))
        story.set(MaximumRetryAttempts=2)
        sandbox.fail(story.name)
        story.send()
        assert story.received() == []
        until, records = time.monotonic() + 60, list[Any]()
        while not records and time.monotonic() < until:
            time.sleep(0.02)
            records += story.received()
        assert records[0]["requestContext"]["approximateInvokeCount"] == 3
