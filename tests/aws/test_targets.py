"""Destinations as their services describe them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import eicnb
from eicnb.aws.http.rate_limit import Buckets
from eicnb.aws.http.sender import Tally
from eicnb.aws.paced_requests import Paced, Quotas
from eicnb.aws.targets import read_target
from eicnb.client.eic import connection_of
from eicnb.errors import AccessDenied, AwsError
from eicnb.model.destination import DestinationArn
from eicnb.model.target import Rule, Target

ACCOUNT = "123456789012"
Read = Callable[[str], Target]


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def client(shared: eicnb.Eic) -> Callable[[str], Any]:
    def made(service: str) -> Any:
        return connection_of(shared).aws._client(service)

    return made


@pytest.fixture
def read(shared: eicnb.Eic, tally: Tally) -> Iterator[Read]:
    aws = connection_of(shared).aws
    with Quotas(Buckets(lambda: 0.0), rate=1000) as quotas:
        call = Paced(aws, ACCOUNT, quotas, tally, sleep=lambda _: None).call
        yield lambda text: read_target(call, DestinationArn.parse(text), aws.account_id, aws.endpoint_of)


MISSING = [
    f"arn:aws:sqs:us-east-1:{ACCOUNT}:nope",
    f"arn:aws:sns:us-east-1:{ACCOUNT}:nope",
    "arn:aws:s3:::nope-nope-nope",
    f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/nope",
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nope",
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:checkout:nope",
]


@pytest.mark.parametrize("text", MISSING)
def test_a_missing_destination_does_not_exist(read: Read, tally: Tally, text: str) -> None:
    assert read(text.replace(ACCOUNT, "123456789012")) == Target(arn=DestinationArn.parse(text), exists=False)
    assert tally.calls == 1


def test_a_queue_has_its_retention_and_its_key(read: Read, tally: Tally, client: Callable[[str], Any]) -> None:
    given = {"MessageRetentionPeriod": "3600", "KmsMasterKeyId": "alias/own"}
    client("sqs").create_queue(QueueName="short", Attributes=given)
    queue = read(f"arn:aws:sqs:us-east-1:{ACCOUNT}:short")
    assert (queue.exists, queue.retention_seconds, queue.key, queue.has_policy) == (True, 3600, "alias/own", False)
    assert tally.calls == 1


def test_a_topic_has_its_key(read: Read, tally: Tally, client: Callable[[str], Any]) -> None:
    client("sns").create_topic(Name="secret", Attributes={"KmsMasterKeyId": "1234"})
    assert read(f"arn:aws:sns:us-east-1:{ACCOUNT}:secret").key == "1234"
    assert tally.calls == 1


def test_a_bus_has_its_rules(read: Read, tally: Tally, client: Callable[[str], Any]) -> None:
    events = client("events")
    events.create_event_bus(Name="heard")
    events.put_rule(Name="off", EventBusName="heard", EventPattern='{"source": ["x"]}', State="DISABLED")
    events.put_rule(Name="on", EventBusName="heard", EventPattern='{"source": ["lambda"]}')
    bus = read(f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/heard")
    assert bus.rules == (Rule("off", '{"source": ["x"]}', is_enabled=False), Rule("on", '{"source": ["lambda"]}'))
    assert tally.calls == 1


def test_a_function_exists(read: Read, tally: Tally) -> None:
    assert read(f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:checkout:live").exists
    assert tally.calls == 1


BUCKET = DestinationArn.parse("arn:aws:s3:::lost-events")
BUS = DestinationArn.parse(f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/shop")


def refused(operation: str, code: str) -> AwsError:
    return AccessDenied("no", operation=operation, code=code, region="us-east-1")


def answering(**outcomes: Any) -> Callable[..., Iterator[Any]]:
    """A fake service that returns a page or an error for each operation, or the next one of a list."""

    def call(operation: str, **parameters: Any) -> Iterator[Any]:
        outcome = outcomes[operation]
        outcome = outcome.pop(0) if isinstance(outcome, list) else outcome
        if isinstance(outcome, Exception):
            raise outcome
        yield outcome

    return call


def of(arn: DestinationArn, **outcomes: Any) -> Target:
    return read_target(answering(**outcomes), arn, ACCOUNT, str)


def test_a_bucket_that_refuses_only_the_expected_owner_belongs_to_another_account() -> None:
    assert of(BUCKET, HeadBucket=[refused("HeadBucket", "403"), {}]) == Target(arn=BUCKET, is_foreign=True)


def test_a_bucket_that_may_not_be_read_is_denied() -> None:
    with pytest.raises(AccessDenied, match="the bucket does not belong to account 123456789012"):
        of(BUCKET, HeadBucket=[refused("HeadBucket", "403"), refused("HeadBucket", "403")])


def test_a_bus_whose_rules_may_not_be_listed_is_read_itself() -> None:
    denied = refused("ListRules", "AccessDeniedException")
    assert of(BUS, ListRules=denied, DescribeEventBus={}) == Target(arn=BUS, rules_error=denied)


MALFORMED = [
    ("sqs:us-east-1:123456789012:q", {"GetQueueAttributes": {}}, "it has no Attributes"),
    ("sqs:us-east-1:123456789012:q", {"GetQueueAttributes": {"Attributes": {}}}, "its MessageRetentionPeriod is None"),
    (
        "sns:us-east-1:123456789012:t",
        {"GetTopicAttributes": {"Attributes": {"KmsMasterKeyId": 1}}},
        "its KmsMasterKeyId is 1",
    ),
    ("events:us-east-1:123456789012:event-bus/b", {"ListRules": {}}, "it has no Rules"),
]


@pytest.mark.parametrize(("arn", "outcomes", "message"), MALFORMED)
def test_a_malformed_response_is_an_error(arn: str, outcomes: dict[str, Any], message: str) -> None:
    with pytest.raises(eicnb.EicError, match=message):
        of(DestinationArn.parse(f"arn:aws:{arn}"), **outcomes)
