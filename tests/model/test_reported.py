from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from eicnb.errors import EicError
from eicnb.model.reported import ReportedConfig, ReportedFunction

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
FIFO = "arn:aws:sqs:us-east-1:123456789012:orders.fifo"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def response(**members: Any) -> dict[str, Any]:
    return {"FunctionArn": FUNCTION, "LastModified": NOON, **members}


def test_a_reported_config_has_the_values_of_the_response() -> None:
    config = ReportedConfig.from_api(
        response(
            MaximumRetryAttempts=0,
            MaximumEventAgeInSeconds=60,
            DestinationConfig={"OnFailure": {"Destination": FIFO}, "OnSuccess": {"Destination": "kafka://topic"}},
        )
    )
    assert str(config.function) == FUNCTION
    assert (config.maximum_retry_attempts, config.maximum_event_age_in_seconds) == (0, 60)
    assert (config.on_failure_type, config.on_failure) == ("sqs", FIFO)
    assert (config.on_success_type, config.on_success) == (None, "kafka://topic")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:my queue", "sqs"),
        ("arn:aws:sqs:us-east-1:123456789012:lost ", "sqs"),
        ("arn:aws:sqs:us-east-1:123456789012:lost\n", None),
        ("arn:aws:s3:::Bucket/key", "s3"),
        ("arn:aws:s3:::a..b", "s3"),
        ("arn:aws:sns:us-east-1:123456789012:\N{CYRILLIC SMALL LETTER A}", "sns"),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/lost", None),
        ("arn:aws:sqs:us-east-1:12345:lost", None),
        ("kafka://topic", None),
        ("lost", None),
        (" ", None),
        ("<b>\x1b[31m", None),
        ("x" * 5_000, None),
    ],
)
def test_a_destination_is_reported_unchanged(text: str, kind: str | None) -> None:
    config = ReportedConfig.from_api(response(DestinationConfig={"OnFailure": {"Destination": text}}))
    assert (config.on_failure, config.on_failure_type) == (text, kind)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"DestinationConfig": {}},
        {"DestinationConfig": {"OnFailure": {}, "OnSuccess": {}}},
        {"DestinationConfig": {"OnFailure": {"Destination": ""}}},
        {"DestinationConfig": None, "MaximumRetryAttempts": None},
        {"SomethingNew": 1},
    ],
)
def test_a_setting_that_is_not_set_is_none(members: dict[str, Any]) -> None:
    config = ReportedConfig.from_api(response(**members))
    assert (config.maximum_retry_attempts, config.maximum_event_age_in_seconds) == (None, None)
    assert (config.on_failure, config.on_failure_type) == (None, None)
    assert (config.on_success, config.on_success_type) == (None, None)


def test_a_reported_time_is_utc() -> None:
    config = ReportedConfig.from_api(response(LastModified=NOON.astimezone(timezone(timedelta(hours=5)))))
    assert config.last_modified == NOON
    assert config.last_modified.tzinfo is UTC


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"FunctionArn": None}, "it has no FunctionArn"),
        ({"FunctionArn": 7}, "its FunctionArn is 7"),
        ({"FunctionArn": "my-function"}, "its FunctionArn is 'my-function'"),
        ({"FunctionArn": "<html>"}, "its FunctionArn is '<html>'"),
        ({"LastModified": None}, "it has no LastModified"),
        ({"LastModified": "yesterday"}, "its LastModified is 'yesterday'"),
        ({"MaximumRetryAttempts": "2"}, "its MaximumRetryAttempts is '2'"),
        ({"MaximumRetryAttempts": True}, "its MaximumRetryAttempts is True"),
        ({"MaximumRetryAttempts": -1}, "its MaximumRetryAttempts is -1"),
        ({"MaximumEventAgeInSeconds": 10**20}, f"its MaximumEventAgeInSeconds is {10**20}"),
        ({"MaximumEventAgeInSeconds": 60.5}, "its MaximumEventAgeInSeconds is 60.5"),
        ({"MaximumRetryAttempts": 3}, "its MaximumRetryAttempts is 3"),
        ({"MaximumEventAgeInSeconds": 5}, "its MaximumEventAgeInSeconds is 5"),
        ({"DestinationConfig": []}, "its DestinationConfig is a list"),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "lost\ud800"}}},
            "its OnFailure destination is 'lost\\ud800'",
        ),
        ({"DestinationConfig": {"OnFailure": QUEUE}}, f"its OnFailure is '{QUEUE}'"),
        ({"DestinationConfig": {"OnFailure": {"Destination": 7}}}, "its Destination is 7"),
    ],
)
def test_a_malformed_response_is_an_error_and_never_a_row(members: dict[str, Any], why: str) -> None:
    with pytest.raises(EicError) as caught:
        ReportedConfig.from_api(response(**members))
    assert type(caught.value) is EicError
    assert str(caught.value) == (
        f"AWS's response is malformed: {why}\n"
        "Try: run it again; if it fails again, look for a proxy between here and AWS"
    )


@pytest.mark.parametrize(
    ("members", "function"),
    [
        ({}, (None, None, None, None)),
        ({"DeadLetterConfig": {}, "Runtime": None}, (None, None, None, None)),
        ({"DeadLetterConfig": {"TargetArn": ""}}, (None, None, None, None)),
        (
            {"Runtime": "python3.13", "Timeout": 3, "DeadLetterConfig": {"TargetArn": QUEUE}, "Role": "role"},
            ("python3.13", 3, QUEUE, "role"),
        ),
    ],
)
def test_missing_members_of_a_function_are_none(members: dict[str, Any], function: tuple[Any, ...]) -> None:
    reported = ReportedFunction.from_api({"FunctionArn": FUNCTION, **members})
    assert str(reported.function) == FUNCTION
    assert (reported.runtime, reported.timeout, reported.dead_letter_arn, reported.role_arn) == function


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"FunctionArn": "my-function"}, "its FunctionArn is 'my-function'"),
        ({"Runtime": 3}, "its Runtime is 3"),
        ({"Timeout": "3"}, "its Timeout is '3'"),
        ({"DeadLetterConfig": QUEUE}, f"its DeadLetterConfig is '{QUEUE}'"),
        ({"DeadLetterConfig": {"TargetArn": "lost"}}, "its dead-letter target is 'lost'"),
    ],
)
def test_a_malformed_function_is_an_error_too(members: dict[str, Any], why: str) -> None:
    with pytest.raises(EicError, match=f"^AWS's response is malformed: {re.escape(why)}\n"):
        ReportedFunction.from_api({"FunctionArn": FUNCTION, **members})
