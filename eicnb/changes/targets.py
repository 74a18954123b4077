"""Checks whether destinations exist, and the note about missing ones.

    missing_note(connection, destinations)  -> "Note: the SQS queue nope does not exist in us-east-1. …", or ""
    exists(connection, destination)         -> True, False, or None if it is unknown

An error response from AWS is not raised. Each connection requests a destination once. Only a missing one is requested
again each time, because it may have been created since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from eicnb.aws.connection import Connection
from eicnb.aws.targets import MISSING
from eicnb.errors import AwsError, EicError
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import KINDS, DestinationArn
from eicnb.model.request import Request
from eicnb.model.verbs import Operation

_SECONDS = 5.0
"""The longest time that a command waits for a note, in seconds, such as at an unreachable endpoint."""

_Read = tuple[Operation, Callable[[DestinationArn], Mapping[str, Any]]]

_READS: Mapping[str, _Read] = {
    "sqs": (Operation.GET_QUEUE_URL, lambda arn: {"QueueName": arn.name}),
    "sns": (Operation.GET_TOPIC_ATTRIBUTES, lambda arn: {"TopicArn": str(arn)}),
    "s3": (Operation.HEAD_BUCKET, lambda arn: {"Bucket": arn.name}),
    "events": (Operation.DESCRIBE_BUS, lambda arn: {"Name": arn.name}),
    "lambda": (Operation.GET_CONFIGURATION, lambda arn: {"FunctionName": str(arn)}),
}
"""The operation that reads a destination of each kind, and its parameters."""

T = TypeVar("T")

_known: WeakKeyDictionary[Connection, dict[str, bool | None]] = WeakKeyDictionary()


def targets_of(request: Request) -> tuple[DestinationArn, ...]:
    """Return the destinations that a request sets.

    >>> [str(arn) for arn in targets_of(connection.request("put", "my-function", on_failure="s3:nope"))]
    ['arn:aws:s3:::nope']
    """
    written = (request.config.destination_config if request.config else None) or DestinationConfig()
    both = (written.on_success, written.on_failure)
    return tuple(dict.fromkeys(arn for arn in both if isinstance(arn, DestinationArn)))


def missing_note(connection: Connection, destinations: Iterable[DestinationArn]) -> str:
    """Return a line for each destination that does not exist, or "" if all do.

    >>> print(missing_note(connection, targets_of(connection.request("put", "my-function", on_failure="sqs:nope"))))
    Note: the SQS queue nope does not exist in us-east-1. Until it does, Lambda cannot deliver to it.
    """
    return "\n".join(note_about(arn) for arn in destinations if exists(connection, arn) is False)


def note_about(missing: DestinationArn) -> str:
    """Return the line about a destination that does not exist.

    >>> note_about(DestinationArn.parse("arn:aws:s3:::nope"))
    'Note: the S3 bucket nope does not exist. Until it does, Lambda cannot deliver to it.'
    """
    return f"Note: {absence(missing)}. {_EFFECT}"


def absence(missing: DestinationArn) -> str:
    """Return a phrase that says that a destination does not exist.

    >>> absence(DestinationArn.parse("arn:aws:s3:::nope"))
    'the S3 bucket nope does not exist'
    """
    return f"the {KINDS[missing.kind]} {missing.name} does not exist{_in(missing)}"


def exists(connection: Connection, destination: DestinationArn) -> bool | None:
    """Return whether a destination exists, or None if AWS does not tell within five seconds.

    >>> [queue] = targets_of(connection.request("put", "my-function", on_failure="sqs:shop-failures"))
    >>> exists(connection, queue)
    True

    Only the connection's own account and region are checked. Elsewhere, AWS reports what you may not see as missing.
    """
    known = _known.setdefault(connection, {})
    name = str(destination)
    if name in known:
        return known[name]
    found = briefly(lambda: _read(connection, destination))
    if found is not False:
        known[name] = found
    return found


def briefly(read: Callable[[], T]) -> T | None:
    """Return the result of a read, or None if it takes longer than five seconds.

    >>> briefly(lambda: 1)
    1
    """
    found: list[T] = []
    reading = threading.Thread(target=lambda: found.append(read()), daemon=True)
    reading.start()
    reading.join(_SECONDS)
    return found[0] if found else None


def _read(connection: Connection, destination: DestinationArn) -> bool | None:
    operation, parameters = _READS[destination.kind]
    try:
        if not _is_own(connection, destination):
            return None
        for _ in connection.listing(destination.kind, operation, 1, **parameters(destination)):
            pass
    except AwsError as error:
        return False if error.code in MISSING[destination.kind] else None
    except EicError:
        return None
    return True


def _is_own(connection: Connection, destination: DestinationArn) -> bool:
    """Return whether a destination is in the connection's account and region, or is a bucket."""
    if destination.kind == "s3":
        return True
    return destination.region == connection.region and destination.account_id == connection.account_id


_EFFECT = "Until it does, Lambda cannot deliver to it."


def _in(arn: DestinationArn) -> str:
    return f" in {arn.region}" if arn.region else ""
