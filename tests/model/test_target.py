"""Destinations as their services describe them."""

from __future__ import annotations

import pytest

from eicnb.model.destination import DestinationArn
from eicnb.model.event_pattern import record_of
from eicnb.model.target import Rule, Target

QUEUE = DestinationArn.parse("arn:aws-cn:sqs:cn-north-1:123456789012:lost")
KEYS = [
    (None, None),
    ("alias/aws/sqs", None),
    ("arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/sqs", None),
    ("1234", "arn:aws-cn:kms:cn-north-1:123456789012:key/1234"),
    ("alias/own", "arn:aws-cn:kms:cn-north-1:123456789012:alias/own"),
    ("arn:aws-cn:kms:cn-north-1:210987654321:key/1234", "arn:aws-cn:kms:cn-north-1:210987654321:key/1234"),
]


@pytest.mark.parametrize(("key", "expected"), KEYS)
def test_a_customer_key_is_an_arn_and_not_a_key_of_aws(key: str | None, expected: str | None) -> None:
    assert Target(arn=QUEUE, key=key).customer_key == expected


def test_a_disabled_rule_matches_nothing() -> None:
    record = record_of("arn:bus", "arn:function:$LATEST", "failure")
    assert Rule("all", '{"source": ["lambda"]}').could_match(record)
    assert not Rule("all", '{"source": ["lambda"]}', is_enabled=False).could_match(record)
