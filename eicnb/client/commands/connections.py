"""The commands for the connection in use: `use`, `require`, `sandbox` and `config`.

Tested in tests/client/test_connections.py and tests/notebook/test_magics.py.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from eicnb.aws.session import check_known_region
from eicnb.cli.command import Command
from eicnb.client import connect
from eicnb.client import connections as named_connections
from eicnb.client.commands.context import Context, Run, connection_with
from eicnb.client.eic import Eic, connection_of
from eicnb.client.require import Requirement
from eicnb.errors import UsageError


def prepare_config(_command: Command, _context: Context) -> Run:
    """Prepare to list the settings."""
    return named_connections.config


def prepare_use(command: Command, context: Context) -> Run:
    """Choose a connection for this command and those that follow; without options, list the connections."""
    if not (command.connection or command.arguments):
        return named_connections.connections
    known = command.arguments.get("connection")
    if known is None:
        context.chosen = connection_with(command.connection)
    else:
        context.chosen = named_connections.named(known).derive(**command.connection)
    return partial(named_connections.use, context.chosen, name=command.arguments.get("name") or known)


def prepare_require(command: Command, context: Context) -> Run:
    """Prepare to check account and region."""
    region = command.connection.get("region")
    requirement, eic = Requirement(**command.arguments, region=region), context.current()
    if region is not None:
        named_connections.check_region(eic.derive(region=region))
    return lambda: context.show_line(requirement.check(connection_of(eic)))


def prepare_sandbox(command: Command, _context: Context) -> Run:
    """Prepare to start a sandbox."""
    if region := command.connection.get("region"):
        with UsageError.about("region"):
            check_known_region(region)
    return partial(_sandbox, **command.connection, **command.arguments)


def _sandbox(**options: Any) -> Eic:
    """Start a new sandbox and stop the last one.

    A notebook that runs again then finds the same account.
    """
    _last_sandbox[:] = [connect.start_sandbox(**options, instead_of=_last_sandbox[0].server if _last_sandbox else None)]
    return named_connections.use(_last_sandbox[0])


_last_sandbox: list[Eic] = []
