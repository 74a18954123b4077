"""The `audit` command: the connection in use, with the command's options, or several profiles.

Tested in tests/fleet/test_accounts.py and tests/fleet/test_bad_input.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from eicnb.cli.command import Command
from eicnb.cli.options import AUDIT, CONNECTION, ROLE
from eicnb.client import connections as in_use
from eicnb.client import settings
from eicnb.client.commands.context import Context, Run, connection_with
from eicnb.client.eic import Eic, connection_of
from eicnb.client.on_connections import audit_of, refresh_of
from eicnb.errors import UsageError
from eicnb.fleet.scope import names_in
from eicnb.frames.frame import Frame


def prepare_audit(command: Command, _context: Context) -> Run:
    """Prepare an audit: its options are validated before anything is read."""
    options = dict(command.arguments)
    names = profile_names(command, options.pop("profiles", None))
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", held.rate)
    connections = several_connections(command, names)
    line = _line("%eic audit", {**command.connection, **({"profiles": ",".join(names)} if names else {})})
    of_one = {**command.connection, **({"profile": names[0]} if names else {})}
    list_line = _line("%eic functions", {name: value for name, value in of_one.items() if name != "region"})

    refreshing = "refresh" in options
    if refreshing:
        _check_alone(options)
        options["earlier"] = options.pop("refresh")

    def run() -> Frame:
        with command.blamed():
            return (refresh_of if refreshing else audit_of)(
                connections=[connection_of(eic) for eic in connections],
                progress=progress,
                line=line,
                list_line=list_line,
                **options,
            )

    return run


def _check_alone(options: Mapping[str, Any]) -> None:
    """Refuse arguments that a refresh takes from the earlier audit."""
    for option in AUDIT:
        if option.argument in {"regions", "functions", "qualifiers", "resume"} & options.keys():
            message = f"--refresh and {option.name} are both given: a refresh reads what the earlier audit has"
            error = UsageError(message, hint=f"drop {option.name}")
            error.argument = option.argument
            raise error


def profile_names(command: Command, profiles: Any) -> tuple[str, ...]:
    """Return the names in `--profiles`; none without it."""
    if profiles is None:
        return ()
    if "profile" in command.connection:
        raise UsageError("both --profile and --profiles are given", hint="use one of the two")
    return names_in("profiles", profiles, "prod")


def several_connections(command: Command, profiles: Sequence[str]) -> list[Eic]:
    """Return a connection for each profile; without profiles, the one in use with the command's options."""
    options = [{**command.connection, "profile": name} for name in profiles] or [{**command.connection}]
    connections = [connection_with(one) for one in options]
    for connection in connections if command.connection else ():
        in_use.check_region(connection)
    return connections


def _line(command: str, given: Mapping[str, str]) -> str:
    """Return the line of a command with the options that lead to some accounts."""
    words = [command]
    for option in (*AUDIT, *CONNECTION, *ROLE):
        if option.argument in given:
            words += [option.name] if option.kind == "flag" else [option.name, shlex.quote(str(given[option.argument]))]
    return " ".join(words)
