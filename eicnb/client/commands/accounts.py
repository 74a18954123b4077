"""The accounts of a command: that of one connection, of several profiles, or of an organisation.

Tested in tests/notebook/test_organization.py and tests/fleet/test_accounts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.cli import shell
from eicnb.cli.account_options import ORGANIZATION
from eicnb.cli.command import Command
from eicnb.client import connections as named_connections
from eicnb.client import settings
from eicnb.client.commands.context import Context, connection_with
from eicnb.client.eic import Eic, connection_of
from eicnb.client.organization import check_role_name, organization_of
from eicnb.errors import UsageError
from eicnb.fleet.scope import names_in


@dataclass(frozen=True, slots=True)
class ReachedAccounts:
    """The accounts of a command; `connect` returns their connections.

    `options` are the command-line options that select all of them, and `first` those that select one. `is_organization`
    is whether an organisation lists them, which takes requests in `connect`.
    """

    connect: Callable[[], list[Connection]]
    options: Mapping[str, Any]
    first: Mapping[str, Any]
    is_organization: bool = False

    @classmethod
    def of(cls, command: Command, arguments: dict[str, Any], context: Context) -> ReachedAccounts:
        """Remove the account options from a command's arguments; nothing is sent before `connect`."""
        profiles, chosen = arguments.pop("profiles", None), _take_organization_options(arguments)
        if "organization" in chosen:
            with UsageError.about("organization"):
                return _of_organization(command, profiles, chosen, context)
        if chosen:
            argument = next(iter(chosen))
            with UsageError.about(argument):
                message = f"--{argument} belongs to --organization, which is missing"
                missing = () if "role" in chosen else ("--role", "audit")
                raise UsageError(message, hint=with_words(command, "--organization", *missing))
        if profiles is None:
            return cls(
                partial(_connections, _with_checked_regions(command, [connection_with(command.connection)])), {}, {}
            )
        if "profile" in command.connection:
            raise UsageError("both --profile and --profiles are given", hint="use one of the two")
        names = names_in("profiles", profiles, "prod")
        several = [connection_with({**command.connection, "profile": name}) for name in names]
        return cls(
            partial(_connections, _with_checked_regions(command, several)),
            {"profiles": ",".join(names)},
            {"profile": names[0]},
        )


def _of_organization(command: Command, profiles: Any, chosen: dict[str, Any], context: Context) -> ReachedAccounts:
    if profiles is not None:
        raise UsageError("both --profiles and --organization are given", hint="use one of the two")
    if "role" not in chosen:
        message = "--organization needs the name of a role to assume in each account"
        raise UsageError(message, hint=with_words(command, "--role", "audit"))
    check_role_name(chosen["role"])
    connection = dict(command.connection)
    external_id = connection.pop("external_id", None)
    [manager] = _with_checked_regions(command, [connection_with(connection)])
    wanted = {name: value for name, value in chosen.items() if name in {"units", "accounts"}}

    def connect() -> list[Connection]:
        say = context.show_line
        return _connections(organization_of(manager, chosen["role"], external_id=external_id, **wanted, say=say))

    texts = {name: value if isinstance(value, str | bool) else ",".join(value) for name, value in chosen.items()}
    return ReachedAccounts(connect, texts, texts, is_organization=True)


def with_accounts(command: Command, context: Context) -> tuple[dict[str, Any], ReachedAccounts]:
    """Return a command's arguments for Python, with defaults from the settings, and its accounts."""
    arguments = dict(command.arguments)
    accounts = ReachedAccounts.of(command, arguments, context)
    progress = not arguments.pop("no_progress", False) and context.settings.progress
    return {"rate": settings.chosen_rate(), **arguments, "progress": progress}, accounts


def with_words(command: Command, *words: str) -> str:
    """Return the line of a command with more words appended."""
    return " ".join([shell.magic(str(command)), *words])


def _take_organization_options(arguments: dict[str, Any]) -> dict[str, Any]:
    """Remove and return the options that choose accounts of an organisation."""
    names = [option.argument for option in ORGANIZATION if option.argument in arguments]
    return {name: arguments.pop(name) for name in names}


def _with_checked_regions(command: Command, connections: list[Eic]) -> list[Eic]:
    """Return the connections after checking their regions, if the command has connection options."""
    for connection in connections if command.connection else ():
        named_connections.check_region(connection)
    return connections


def _connections(connections: Any) -> list[Connection]:
    return [connection_of(eic) for eic in connections]
