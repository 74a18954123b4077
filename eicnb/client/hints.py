"""The commands in hints, with the connection options of the command that failed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.export.connection_options import Way
from eicnb.cli.options import CONNECTION, ROLE
from eicnb.client.in_use import IN_USE
from eicnb.errors import EicError
from eicnb.model.verbs import OPERATIONS

_OF_AWS = frozenset({*OPERATIONS, "functions", "audit", "form", "whoami"})
"""The commands that take connection options for themselves."""


@contextmanager
def reaching(options: Mapping[str, Any]) -> Iterator[None]:
    """Add connection options to the commands in the hint of an error that is raised inside."""
    try:
        yield
    except EicError as error:
        if error.hint:
            error.hint = "\n".join(_with_options(line, options) for line in error.hint.split("\n"))
        raise


@contextmanager
def on_the_way(connection: Connection) -> Iterator[None]:
    """Add the options that lead to this connection to the commands in a hint, if they suffice."""
    try:
        yield
    except EicError:
        with reaching(_options_to(connection)):
            raise


def _options_to(connection: Connection) -> Mapping[str, Any]:
    try:
        way = Way.between(IN_USE.connection(), connection)
    except EicError:  # what is wrong with the connection in use is not what went wrong here
        return {}
    return way.options if way.is_whole else {}


def _with_options(line: str, options: Mapping[str, Any]) -> str:
    """Return a line to type with the options that it lacks; any other line as it is."""
    magic, _, rest = line.strip().partition(" ")
    if magic != "%eic" or rest.partition(" ")[0] not in _OF_AWS:
        return line
    words = [line]
    for option in (*CONNECTION, *ROLE):
        value = options.get(option.argument)
        if value is None or value is False or option.name in line:
            continue
        words += [option.name] if value is True else [option.name, shlex.quote(str(value))]
    return " ".join(words)
