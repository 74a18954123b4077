"""The permission that a function's role lacks to deliver to a destination, as a policy statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.aws.iam import simulate
from eicnb.changes.targets import briefly
from eicnb.errors import EicError
from eicnb.model.delivery import ACTIONS, OWNER_KEY, refused_destination, resource_of, statement
from eicnb.model.destination import DestinationArn
from eicnb.model.request import Request
from eicnb.model.verbs import Operation

_NEW_ROLE = "A new role or policy takes about ten seconds to work."


def explain_role(connection: Connection, request: Request, error: EicError, *, reads: bool = True) -> None:
    """Make a missing permission the hint of a write that AWS rejected because of the function's role.

    This reads the function to name the role. If it can't be read, the hint says "the function's role".
    """
    destination = refused_destination(error.message)
    if destination is not None:
        error.hint = missing_permission(connection, destination, role_of(connection, request) if reads else None)


def role_of(connection: Connection, request: Request) -> str | None:
    """Return the ARN of the function's role, or None if it can't be read.

    >>> role_of(connection, connection.request("put", "customer-export", on_failure="sqs:shop-failures"))
    'arn:aws:iam::123456789012:role/shop-basic'
    """
    try:
        named = {"FunctionName": str(request.function)}
        qualifier = {} if request.qualifier is None else {"Qualifier": request.qualifier}
        pages = connection.listing("lambda", Operation.GET_CONFIGURATION, 1, **named, **qualifier)
        role = next(iter(pages), {}).get("Role")
    except EicError:
        return None
    return role if isinstance(role, str) and role.startswith("arn:") else None


def permission_note(connection: Connection, request: Request, destinations: Iterable[DestinationArn]) -> str:
    """Return a line for each destination that the function's role may not deliver to.

    IAM simulates the role's own policies. If the simulation is denied or IAM is unreachable, there is no note.
    """
    destinations = tuple(destinations)
    role = briefly(lambda: role_of(connection, request)) if destinations else None
    if role is None:
        return ""
    refused = [arn for arn in destinations if briefly(partial(_may_deliver, connection, role, arn)) is False]
    return "\n".join(
        "Note: AWS rejects this unless the destination's own policy allows it. "
        f"To make sure, {missing_permission(connection, arn, role)}"
        for arn in refused
    )


def _may_deliver(connection: Connection, role: str, destination: DestinationArn) -> bool | None:
    def call(operation: Operation, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        return connection.listing(operation.service, operation, 1, **parameters)

    action, account_id = ACTIONS[destination.kind][0], role.split(":")[4]
    try:
        found = simulate(call, role, [action], [resource_of(action, destination)], {OWNER_KEY: account_id})
    except EicError:
        return None
    return all(one.is_allowed for one in found.values()) if found else None


def missing_permission(connection: Connection, destination: DestinationArn, role: str | None) -> str:
    """Return the advice and policy statement that let a role deliver to a destination.

    >>> [queue] = [DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:lost")]
    >>> print(missing_permission(connection, queue, "arn:aws:iam::123456789012:role/shop-basic"))
    allow sqs:SendMessage to the role arn:aws:iam::123456789012:role/shop-basic:
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:lost"}
    A new role or policy takes about ten seconds to work.
    """
    account_id = role.split(":")[4] if role else connection.known_account_id or ""
    action = " and ".join(ACTIONS[destination.kind])
    subject = f"the role {role}" if role else "the function's role"
    return f"allow {action} to {subject}:\n{json.dumps(statement(destination, account_id))}\n{_NEW_ROLE}"
