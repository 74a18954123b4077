"""Destinations as their services describe them, each read with one request.

For a bus, that request lists the rules, which also shows that the bus exists. If it is denied, the bus itself is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eicnb.aws.failures import FORBIDDEN
from eicnb.aws.paced_requests import CallAws
from eicnb.aws.responses import items, malformed
from eicnb.errors import AccessDenied, AwsError, EicError
from eicnb.model.destination import DestinationArn, DestinationKind
from eicnb.model.target import Rule, Target
from eicnb.model.verbs import Operation

MISSING: Mapping[DestinationKind, frozenset[str]] = {
    "sqs": frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}),
    "sns": frozenset({"NotFound", "NotFoundException"}),
    "s3": frozenset({"404", "NoSuchBucket"}),
    "events": frozenset({"ResourceNotFoundException"}),
    "lambda": frozenset({"ResourceNotFoundException"}),
}
"""The error codes of each service for a destination that does not exist."""

_QUEUE_ATTRIBUTES = ("MessageRetentionPeriod", "KmsMasterKeyId", "Policy")


def read_target(call: CallAws, arn: DestinationArn, owner: str, endpoint: Callable[[str], str]) -> Target:
    """Read a destination, which may not exist; raise EicError if it cannot be read.

    `owner` is the account of the function, to which a bucket should belong. `endpoint` returns a service's URL.
    """
    try:
        match arn.kind:
            case "sqs":
                return _queue(call, arn, endpoint("sqs"))
            case "sns":
                return _topic(call, arn)
            case "s3":
                return _bucket(call, arn, owner)
            case "events":
                return _bus(call, arn)
            case "lambda":
                _only(call(Operation.GET_CONFIGURATION, FunctionName=str(arn)))
                return Target(arn=arn)
    except AwsError as error:
        if error.code in MISSING[arn.kind]:
            return Target(arn=arn, exists=False)
        raise


def _only(pages: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(pages)
    return found


def _attributes(page: Mapping[str, Any], operation: Operation) -> Mapping[str, Any]:
    found = page.get("Attributes")
    if not isinstance(found, Mapping):
        raise malformed(operation, "it has no Attributes")
    return found


def _queue(call: CallAws, arn: DestinationArn, endpoint: str) -> Target:
    operation = Operation.GET_QUEUE_ATTRIBUTES
    url = f"{endpoint.rstrip('/')}/{arn.account_id}/{arn.name}"
    found = _attributes(_only(call(operation, QueueUrl=url, AttributeNames=list(_QUEUE_ATTRIBUTES))), operation)
    seconds = found.get("MessageRetentionPeriod")
    if not str(seconds).isdecimal():
        raise malformed(operation, f"its MessageRetentionPeriod is {seconds!r}")
    return Target(
        arn=arn,
        url=url,
        retention_seconds=int(str(seconds)),
        key=_key(found, operation),
        has_policy="Policy" in found,
    )


def _topic(call: CallAws, arn: DestinationArn) -> Target:
    operation = Operation.GET_TOPIC_ATTRIBUTES
    found = _attributes(_only(call(operation, TopicArn=str(arn))), operation)
    return Target(arn=arn, key=_key(found, operation))


def _key(attributes: Mapping[str, Any], operation: Operation) -> str | None:
    key = attributes.get("KmsMasterKeyId")
    if not isinstance(key, str | None):
        raise malformed(operation, f"its KmsMasterKeyId is {key!r}")
    return key


def _bucket(call: CallAws, arn: DestinationArn, owner: str) -> Target:
    """Read a bucket; if S3 refuses only requests that name the expected owner, it is another account's."""
    try:
        _only(call(Operation.HEAD_BUCKET, Bucket=arn.name, ExpectedBucketOwner=owner))
        return Target(arn=arn)
    except AwsError as error:
        if error.code != FORBIDDEN:
            raise
        denied = error
    try:
        _only(call(Operation.HEAD_BUCKET, Bucket=arn.name))
    except AwsError as error:
        if error.code != FORBIDDEN:
            raise
        raise _forbidden(denied, owner) from denied
    return Target(arn=arn, is_foreign=True)


def _forbidden(error: AwsError, owner: str) -> AccessDenied:
    """Return the error for a bucket that may not be read, for which S3 does not reveal the owner."""
    return AccessDenied(
        f"the bucket does not belong to account {owner}",
        operation=error.operation,
        code=error.code,
        region=error.region,
        request_id=error.request_id,
        place=error.place,
        hint=f"use a role that may call {Operation.HEAD_BUCKET.action}, or other credentials",
    )


def _bus(call: CallAws, arn: DestinationArn) -> Target:
    try:
        rules = tuple(
            _rule(item)
            for page in call(Operation.LIST_RULES, EventBusName=arn.name)
            for item in items(page, "Rules", Operation.LIST_RULES)
        )
        return Target(arn=arn, rules=rules)
    except AwsError as error:
        if error.code in MISSING["events"]:
            raise
        unlisted: EicError = error
    _only(call(Operation.DESCRIBE_BUS, Name=arn.name))
    return Target(arn=arn, rules_error=unlisted)


def _rule(item: Mapping[str, Any]) -> Rule:
    pattern = item.get("EventPattern")
    return Rule(
        name=str(item.get("Name")),
        pattern=pattern if isinstance(pattern, str) and pattern else None,
        is_enabled=item.get("State") != "DISABLED",
    )
