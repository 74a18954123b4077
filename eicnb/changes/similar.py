"""Suggestions of an existing function, version, alias, queue or bucket for a missing name.

An error response from AWS is not raised: names that cannot be listed within five seconds are not suggested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.targets import briefly
from eicnb.errors import EicError
from eicnb.model.destination import DestinationArn, is_fifo
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.misspelling import likely_name
from eicnb.model.verbs import Operation

_MOST_PAGES = 4
"""The most pages of 50 functions to search; more are not worth the wait."""

_MOST_NAMED = 8


def similar_function(connection: Connection, function: FunctionRef) -> str | None:
    """Return the most similar name of an existing function, or None.

    >>> similar_function(connection, FunctionRef("my-functoin"))
    'my-function'

    Only the connection's own account is listed.
    """
    if function.account_id not in {None, connection.known_account_id}:
        return None
    names = _names(connection, Operation.LIST_FUNCTIONS, "Functions", "FunctionName")
    return likely_name(function.function_name, names)


def similar_qualifier(connection: Connection, function: FunctionRef, qualifier: str) -> str | None:
    """Return the most similar version or alias, or a sentence that lists the existing ones.

    >>> similar_qualifier(connection, FunctionRef("my-function"), "LATEST")
    '$LATEST'
    >>> similar_qualifier(connection, FunctionRef("checkout"), "nope")
    'choose one of $LATEST, live, 3, 2, 1'

    If neither versions nor aliases can be listed, it returns None.
    """
    aliases = _names(connection, Operation.LIST_ALIASES, "Aliases", "Name", FunctionName=str(function))
    versions = _names(connection, Operation.LIST_VERSIONS, "Versions", "Version", FunctionName=str(function))
    known = list(dict.fromkeys([LATEST, *aliases, *reversed(versions)]))
    is_version = qualifier.isdecimal()
    if not is_version and (similar := likely_name(qualifier, known)):
        return similar
    return _one_of(known) if aliases or versions else None


def _one_of(known: Sequence[str]) -> str:
    return f"choose one of {', '.join(known[:_MOST_NAMED])}{', …' if len(known) > _MOST_NAMED else ''}"


def similar_source(connection: Connection, source: DestinationArn) -> str | None:
    """Return the most similar queue or bucket, or a sentence that lists the existing ones.

    >>> similar_source(connection, DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:shop-failure"))
    'sqs:shop-failures'

    If none can be listed, it returns None.
    """
    if source.kind == "s3":
        known = _names(connection, Operation.LIST_BUCKETS, "Buckets", "Name")
    else:
        urls = _listed(connection, Operation.LIST_QUEUES, "QueueUrls")
        known = [name for url in urls if not is_fifo("sqs", name := str(url).rpartition("/")[2])]
    if similar := likely_name(source.name, known):
        return f"{source.kind}:{similar}"
    return _one_of([f"{source.kind}:{name}" for name in known]) if known else None


def _names(connection: Connection, operation: Operation, items: str, member: str, **parameters: str) -> list[str]:
    """Return the names on the first pages of a list, or as many as can be read."""
    listed = _listed(connection, operation, items, **parameters)
    names = [item.get(member) for item in listed if isinstance(item, Mapping)]
    return [name for name in names if isinstance(name, str)]


def _listed(connection: Connection, operation: Operation, items: str, **parameters: str) -> list[Any]:
    listed: list[Any] = []

    def read() -> None:
        with suppress(EicError):
            for page in connection.listing(operation.service, operation, _MOST_PAGES, **parameters):
                listed.extend(page.get(items) or ())

    briefly(read)
    return listed
