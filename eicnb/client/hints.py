"""Hints whose commands work as typed: they get the connection options of the command that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.aws.failures import NO_CONFIG
from eicnb.changes.export.connection_options import ConnectionOptions
from eicnb.client.current_connection import CURRENT_CONNECTION
from eicnb.errors import EicError, NotFound


@contextmanager
def adding_options(options: Mapping[str, Any]) -> Iterator[None]:
    """Add connection options to the commands in the hint of an error that is raised inside."""
    try:
        yield
    except EicError as error:
        if error.hint:
            error.hint = ConnectionOptions(options).added_to(error.hint)
        raise


_WITHOUT_CONFIG = {
    "update": "add create=True to create the config",
    "delete": "add missing_ok=True to succeed without a config",
}


@contextmanager
def suggesting_a_parameter(verb: str) -> Iterator[None]:
    """Suggest the Python parameter instead of a command line if the call inside finds no config."""
    try:
        yield
    except NotFound as error:
        if NO_CONFIG in error.message:
            error.hint = _WITHOUT_CONFIG.get(verb, error.hint)
        raise


@contextmanager
def adding_options_to(connection: Connection) -> Iterator[None]:
    """Add the connection options that select this connection to the commands in a hint, if they suffice."""
    try:
        yield
    except EicError:
        with adding_options(_options_to(connection)):
            raise


def _options_to(connection: Connection) -> Mapping[str, Any]:
    try:
        connection_options = ConnectionOptions.between(CURRENT_CONNECTION.get(), connection)
    except EicError:  # an unusable connection in use is not the error to report here
        return {}
    return connection_options.options if connection_options.is_complete else {}
