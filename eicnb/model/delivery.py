"""What the role of a function needs so that Lambda can deliver to a destination.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eicnb.errors import UsageError
from eicnb.model.destination import DestinationArn, DestinationKind

ACTIONS: Mapping[DestinationKind, tuple[str, ...]] = {
    "sqs": ("sqs:SendMessage",),
    "sns": ("sns:Publish",),
    "lambda": ("lambda:InvokeFunction",),
    "events": ("events:PutEvents",),
    "s3": ("s3:PutObject", "s3:ListBucket"),
}
"""The IAM actions for each kind of destination."""

_REFUSED = re.compile(r"execution role does not have permissions to call \w+ on (?P<destination>\S+?)\.?$")


_REFUSED_FOR_NOW = re.compile(
    r"execution role does not have permissions to call \w+ on |^The destination ARN \S+ is invalid\.$"
)


def may_succeed_later(message: str) -> bool:
    """Return whether AWS refuses a destination only for now: it, or its permission, may be too new.

    >>> may_succeed_later("The destination ARN arn:aws:lambda:us-east-1:123456789012:function:new is invalid.")
    True
    """
    return bool(_REFUSED_FOR_NOW.search(message))


def statement(destination: DestinationArn, account_id: str) -> dict[str, Any]:
    """Return the smallest policy statement that allows delivery to a destination.

    >>> statement(DestinationArn.parse("arn:aws:sns:us-east-1:123456789012:alerts"), "123456789012")
    {'Effect': 'Allow', 'Action': 'sns:Publish', 'Resource': 'arn:aws:sns:us-east-1:123456789012:alerts'}

    A bucket must belong to this account: a deleted bucket's name can be taken by any other account.
    """
    arn, actions = str(destination), ACTIONS[destination.kind]
    if destination.kind != "s3":
        return {"Effect": "Allow", "Action": actions[0], "Resource": arn}
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"StringEquals": {"s3:ResourceAccount": account_id}},
    }


def refused_destination(message: str) -> DestinationArn | None:
    """Return the destination that AWS's message denies to a function's role; None without one.

    >>> refused_destination("The function's execution role does not have permissions to call X on arn:aws:s3:::abc")
    DestinationArn(kind='s3', name='abc', partition='aws', region=None, account_id=None)
    """
    found = _REFUSED.search(message)
    if found is None:
        return None
    try:
        return DestinationArn.parse(found["destination"])
    except UsageError:
        return None
