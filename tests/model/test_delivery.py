"""The policy statement that allows delivery, for each kind of destination."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.model.delivery import ACTIONS, refused_destination, statement
from eicnb.model.destination import KINDS, DestinationArn

ACCOUNT = "123456789012"

STATEMENTS: list[tuple[str, dict[str, Any]]] = [
    ("arn:aws:sqs:us-east-1:123456789012:q", {"Action": "sqs:SendMessage"}),
    ("arn:aws:sns:us-east-1:123456789012:t", {"Action": "sns:Publish"}),
    ("arn:aws:lambda:us-east-1:123456789012:function:f:live", {"Action": "lambda:InvokeFunction"}),
    ("arn:aws:events:us-east-1:123456789012:event-bus/b", {"Action": "events:PutEvents"}),
    (
        "arn:aws-cn:s3:::lost",
        {
            "Action": ["s3:PutObject", "s3:ListBucket"],
            "Resource": ["arn:aws-cn:s3:::lost", "arn:aws-cn:s3:::lost/*"],
            "Condition": {"StringEquals": {"s3:ResourceAccount": ACCOUNT}},
        },
    ),
]


@pytest.mark.parametrize(("arn", "expected"), STATEMENTS)
def test_the_statement_allows_no_more_than_delivery(arn: str, expected: dict[str, Any]) -> None:
    assert statement(DestinationArn.parse(arn), ACCOUNT) == {"Effect": "Allow", "Resource": arn, **expected}


def test_every_kind_has_its_actions() -> None:
    assert ACTIONS.keys() == KINDS.keys()


@pytest.mark.parametrize(
    "message", ["", "The function doesn't exist.", "does not have permissions to call X on arn:no"]
)
def test_another_message_names_no_destination(message: str) -> None:
    assert refused_destination(message) is None
