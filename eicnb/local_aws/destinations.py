"""The service's checks of a destination, and the permissions that a role needs for it.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
Tested in tests/local_aws/test_event_invoke.py and tests/local_aws/test_faults.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from eicnb.local_aws import faults, lookup
from eicnb.local_aws.account import Account, Function

# The call that Lambda makes for each kind of destination, which the role must be allowed to make.
_DELIVERING_CALLS = {
    "sqs": "SendMessage",
    "sns": "Publish",
    "lambda": "InvokeFunction",
    "events": "PutEvents",
    "s3": "PutObject",
}
_KEY_CALLS = {"sqs": ("GenerateDataKey", "Decrypt"), "sns": ("GenerateDataKey", "Decrypt"), "s3": ("GenerateDataKey",)}


def check(account: Account, function: Function, *, on_success: str | None, on_failure: str | None) -> None:
    """Refuse destinations of the wrong kind, then those that cannot be reached; both may be None or empty."""
    if not (_is_allowed_kind(on_success, on="success") and _is_allowed_kind(on_failure, on="failure")):
        raise faults.invalid_parameter(
            f"The provided destination config DestinationConfig(onSuccess={_shown('OnSuccess', on_success)}, "
            f"onFailure={_shown('OnFailure', on_failure)}) is invalid."
        )
    for destination in filter(None, (on_success, on_failure)):
        _check_reachable(account, function, destination)


def _check_reachable(account: Account, function: Function, destination: str) -> None:
    kind = kind_of(destination)
    if kind == "lambda":
        if lookup.is_same_function(function, destination):
            raise faults.invalid_parameter("You can't specify the function as a destination for itself.")
        if not lookup.exists(account, destination):
            raise faults.invalid_parameter(f"The destination ARN {destination} is invalid.")
    action, resource = next(permissions(destination))
    if not account.may(function.role_arn, action, resource):
        call = _DELIVERING_CALLS[kind]
        raise faults.invalid_parameter(
            f"The function's execution role does not have permissions to call {call} on {destination}"
        )


def permissions(destination: str, key_arn: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the actions, each with its resource, that a role needs to write to a destination.

    >>> list(permissions("arn:aws:s3:::shop"))
    [('s3:PutObject', 'arn:aws:s3:::shop/*'), ('s3:ListBucket', 'arn:aws:s3:::shop')]

    `key_arn` is the customer-managed key of the destination, if it has one.
    """
    kind = kind_of(destination)
    yield f"{kind}:{_DELIVERING_CALLS[kind]}", f"{destination}/*" if kind == "s3" else destination
    if kind == "s3":
        yield "s3:ListBucket", destination
    if key_arn:
        yield from ((f"kms:{call}", key_arn) for call in _KEY_CALLS.get(kind, ()))


def _is_allowed_kind(destination: str | None, *, on: str) -> bool:
    if not destination:
        return True
    kind = kind_of(destination)
    return kind in _DELIVERING_CALLS and (kind != "s3" or on == "failure")


def kind_of(destination: str) -> str:
    """Return the service in an ARN, or `kafka`: the model's pattern also allows `kafka://` addresses."""
    return destination.split(":")[2] if destination.startswith("arn:") else "kafka"


def _shown(name: str, destination: str | None) -> str:
    return f"{name}(destination={destination})" if destination else "null"
