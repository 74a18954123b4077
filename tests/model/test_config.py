from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import Destination, DestinationArn, DestinationName, NoDestination, parse_destination

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
BUCKET = "arn:aws:s3:::lost"

SETTINGS_RULE = "See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
DESTINATION_RULE = "See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
RETRIES = f"Try: give a whole number: 0, 1 or 2\n{SETTINGS_RULE}"
AGES = f"Try: give a whole number of seconds: 60 to 21600 (1m to 6h)\n{SETTINGS_RULE}"

buckets = st.builds(DestinationArn, st.just("s3"), st.from_regex(r"[a-z0-9][a-z0-9-]{1,20}[a-z0-9]", fullmatch=True))
queues = st.builds(
    DestinationArn,
    st.sampled_from(["sqs", "sns"]),
    st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
    st.just("aws"),
    st.just("eu-west-1"),
    st.just("123456789012"),
)
nothing = st.sampled_from([None, *NoDestination])
destination_configs = st.builds(DestinationConfig, on_success=nothing | queues, on_failure=nothing | queues | buckets)
configs = st.builds(
    EventInvokeConfig,
    maximum_retry_attempts=st.none() | st.integers(0, 2),
    maximum_event_age_in_seconds=st.none() | st.integers(60, 21600),
    destination_config=st.none() | destination_configs,
)


@pytest.mark.parametrize("number", [0, 1, 2, np.int64(2), np.uint8(1)])
def test_retries_are_0_1_or_2(number: int) -> None:
    attempts = EventInvokeConfig(maximum_retry_attempts=number).maximum_retry_attempts
    assert (attempts, type(attempts)) == (number, int)


@pytest.mark.parametrize("number", [60, 3600, 21600, np.int32(60)])
def test_the_age_is_60_to_21600_seconds(number: int) -> None:
    age = EventInvokeConfig(maximum_event_age_in_seconds=number).maximum_event_age_in_seconds
    assert (age, type(age)) == (number, int)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3, f"the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2\n{RETRIES}"),
        (-1, f"the maximum number of retry attempts is -1, but AWS allows 0, 1 or 2\n{RETRIES}"),
        (10**30, f"the maximum number of retry attempts is {10**30}, but AWS allows 0, 1 or 2\n{RETRIES}"),
        (True, f"the maximum number of retry attempts is True, which is not a whole number\n{RETRIES}"),
        (1.0, f"the maximum number of retry attempts is 1.0, which is not a whole number\n{RETRIES}"),
        ("1", f"the maximum number of retry attempts is '1', which is not a whole number\n{RETRIES}"),
        (np.bool_(1), f"the maximum number of retry attempts is a bool, which is not a whole number\n{RETRIES}"),
    ],
)
def test_other_retries_cannot_be_built(value: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        EventInvokeConfig(maximum_retry_attempts=value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (59, f"the maximum event age is 59, but AWS allows 60 to 21600\n{AGES}"),
        (21601, f"the maximum event age is 21601, but AWS allows 60 to 21600\n{AGES}"),
        (False, f"the maximum event age is False, which is not a whole number\n{AGES}"),
        (3600.0, f"the maximum event age is 3600.0, which is not a whole number\n{AGES}"),
        ("1h", f"the maximum event age is '1h', which is not a whole number\n{AGES}"),
    ],
)
def test_other_ages_cannot_be_built(value: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        EventInvokeConfig(maximum_event_age_in_seconds=value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("config", "api", "anything"),
    [
        (EventInvokeConfig(), {}, False),
        (EventInvokeConfig(maximum_retry_attempts=0), {"MaximumRetryAttempts": 0}, True),
        (EventInvokeConfig(maximum_retry_attempts=2), {"MaximumRetryAttempts": 2}, True),
        (EventInvokeConfig(destination_config=DestinationConfig()), {"DestinationConfig": {}}, True),
        (
            EventInvokeConfig(destination_config=DestinationConfig(on_failure=NoDestination.EMPTY)),
            {"DestinationConfig": {"OnFailure": {}}},
            True,
        ),
        (
            EventInvokeConfig(destination_config=DestinationConfig(on_success=NoDestination.BLANK)),
            {"DestinationConfig": {"OnSuccess": {"Destination": ""}}},
            True,
        ),
        (
            EventInvokeConfig(destination_config=DestinationConfig(on_failure=DestinationArn.parse(QUEUE))),
            {"DestinationConfig": {"OnFailure": {"Destination": QUEUE}}},
            True,
        ),
    ],
)
def test_absent_empty_and_explicit_settings_differ(
    config: EventInvokeConfig, api: dict[str, Any], *, anything: bool
) -> None:
    assert config.to_api() == api
    assert EventInvokeConfig.from_api(api) == config
    assert bool(config) is anything


@given(configs)
def test_a_config_that_is_written_is_read_back_the_same(config: EventInvokeConfig) -> None:
    assert EventInvokeConfig.from_api(config.to_api()) == config


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"MaximumRetryAttempt": 1},
            "the config has no member 'MaximumRetryAttempt'\nTry: MaximumRetryAttempts",
        ),
        (
            {"Zzz": 1},
            "the config has no member 'Zzz'\nTry: MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig",
        ),
        (
            {"DestinationConfig": {"onFailure": {}}},
            "DestinationConfig has no member 'onFailure'\nTry: OnFailure",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Arn": QUEUE}}},
            "OnFailure has no member 'Arn'\nTry: Destination",
        ),
        (
            {"DestinationConfig": {"OnFailure": QUEUE}},
            f"OnFailure is '{QUEUE}', not a mapping\nTry: OnFailure={{Destination=…}}",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": 7}}},
            "the Destination of OnFailure is 7, not text\nTry: give the ARN of a destination",
        ),
        (
            [],
            (
                "the config is a list, not a mapping\n"
                "Try: give a mapping of MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig"
            ),
        ),
        (
            {"DestinationConfig": {"OnSuccess": {"Destination": BUCKET}}},
            (
                "'arn:aws:s3:::lost' is an S3 bucket, which can be a destination on failure only\n"
                "Try: send successes to an SQS queue, SNS topic, Lambda function or EventBridge bus\n"
                f"{DESTINATION_RULE}"
            ),
        ),
    ],
)
def test_an_unknown_service_is_refused_with_the_known_ones(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        EventInvokeConfig.from_api(value)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [QUEUE, {}, 7])
def test_only_a_destination_can_be_put_into_a_config(value: Any) -> None:
    with pytest.raises(UsageError, match="is not a destination"):
        DestinationConfig(on_failure=value)


@pytest.mark.parametrize("value", [{"OnFailure": {}}, QUEUE, 7])
def test_only_a_destination_config_can_be_put_into_a_config(value: Any) -> None:
    with pytest.raises(UsageError, match="is not a DestinationConfig"):
        EventInvokeConfig(destination_config=value)


@pytest.mark.parametrize(
    "value", [EventInvokeConfig(), DestinationConfig(), DestinationArn.parse(QUEUE), DestinationName("sqs", "lost")]
)
def test_values_are_frozen(value: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(value)[0].name, None)


@pytest.mark.parametrize(
    ("text", "destination"),
    [
        ("none", NoDestination.EMPTY),
        (QUEUE, DestinationArn.parse(QUEUE)),
        ("sqs:lost", DestinationName("sqs", "lost")),
        ("s3:none", DestinationName("s3", "none")),
    ],
)
def test_a_typed_destination_is_none_an_arn_or_a_name(text: str, destination: Destination | DestinationName) -> None:
    assert parse_destination(text) == destination


def test_the_hint_for_a_queue_url_is_its_arn() -> None:
    with pytest.raises(UsageError) as caught:
        parse_destination("https://sqs.us-east-1.amazonaws.com/123456789012/lost")
    assert caught.value.hint == f"{QUEUE}, or none"
