"""The permissions that a function's role needs for delivery to a destination.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eicnb.errors import UsageError
from eicnb.model.destination import DestinationArn, DestinationKind

PUT_OBJECT = "s3:PutObject"
"""The action for writing a record to a bucket."""

ACTIONS: Mapping[DestinationKind, tuple[str, ...]] = {
    "sqs": ("sqs:SendMessage",),
    "sns": ("sns:Publish",),
    "lambda": ("lambda:InvokeFunction",),
    "events": ("events:PutEvents",),
    "s3": (PUT_OBJECT, "s3:ListBucket"),
}
"""The IAM actions for each kind of destination."""

_REFUSED = re.compile(r"execution role does not have permissions to call \w+ on (?P<destination>\S+?)\.?$")

_REFUSED_FOR_NOW = re.compile(
    r"execution role does not have permissions to call \w+ on |^The destination ARN \S+ is invalid\.$"
)


def may_succeed_later(message: str) -> bool:
    """Return whether a refused destination may work later, because it or its permission may be too new.

    >>> may_succeed_later("The destination ARN arn:aws:lambda:us-east-1:123456789012:function:new is invalid.")
    True
    """
    return bool(_REFUSED_FOR_NOW.search(message))


DECRYPT = "kms:Decrypt"
"""The action for reading data encrypted with a customer key."""

KEY_ACTIONS: Mapping[DestinationKind, tuple[str, ...]] = {
    "sqs": ("kms:GenerateDataKey", DECRYPT),
    "sns": ("kms:GenerateDataKey",),
    "s3": ("kms:GenerateDataKey",),
}
"""The IAM actions needed on the customer key that encrypts a destination."""

OWNER_KEY = "s3:ResourceAccount"
"""The condition key for the account that owns a bucket."""


def resource_of(action: str, destination: DestinationArn, function_name: str = "*") -> str:
    """Return the ARN of the resource that an action needs to deliver to a destination.

    >>> resource_of("s3:PutObject", DestinationArn.parse("arn:aws:s3:::lost-events"), "my-function")
    'arn:aws:s3:::lost-events/aws/lambda/async/my-function/*'

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    if action != PUT_OBJECT:
        return str(destination)
    return f"{destination}/*" if function_name == "*" else f"{destination}/aws/lambda/async/{function_name}/*"


def statement(destination: DestinationArn, account_id: str, actions: Sequence[str] = ()) -> dict[str, Any]:
    """Return the smallest policy statement that allows delivery to a destination.

    >>> statement(DestinationArn.parse("arn:aws:sns:us-east-1:123456789012:alerts"), "123456789012")
    {'Effect': 'Allow', 'Action': 'sns:Publish', 'Resource': 'arn:aws:sns:us-east-1:123456789012:alerts'}

    `actions` limits it to some actions, such as the missing ones. A bucket must belong to this account, because any
    other account can take the name of a deleted bucket.
    """
    wanted = [action for action in ACTIONS[destination.kind] if action in actions or not actions]
    resources = sorted(resource_of(action, destination) for action in wanted)
    found: dict[str, Any] = {"Effect": "Allow", "Action": _one_or_all(wanted), "Resource": _one_or_all(resources)}
    if destination.kind == "s3":
        found["Condition"] = {"StringEquals": {OWNER_KEY: account_id}}
    return found


def key_statement(key_arn: str, actions: Sequence[str]) -> dict[str, Any]:
    """Return the smallest policy statement that allows some actions on a KMS key.

    >>> key_statement("arn:aws:kms:us-east-1:123456789012:key/1", ["kms:GenerateDataKey"])
    {'Effect': 'Allow', 'Action': 'kms:GenerateDataKey', 'Resource': 'arn:aws:kms:us-east-1:123456789012:key/1'}
    """
    return {"Effect": "Allow", "Action": _one_or_all(actions), "Resource": key_arn}


def _one_or_all(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def refused_destination(message: str) -> DestinationArn | None:
    """Return the destination that a role may not send to, from AWS's message; None if it names none.

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
