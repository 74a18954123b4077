"""The command `audit`, for the connection in use, several profiles or an organisation.

Tested in tests/fleet/test_accounts.py and tests/fleet/test_bad_input.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from eicnb.cli.command import Command
from eicnb.cli.options import AUDIT, CONNECTION, ROLE
from eicnb.client.commands.accounts import with_accounts, with_words
from eicnb.client.commands.context import Context, Run
from eicnb.client.on_connections import audit_of, refresh_of
from eicnb.errors import UsageError
from eicnb.fleet.resume import NEEDS_ACCOUNTS
from eicnb.frames.frame import Frame


def prepare_audit(command: Command, context: Context) -> Run:
    """Prepare an audit; its options are validated before anything is read."""
    options, accounts = with_accounts(command, context)
    line = _line("%eic audit", {**command.connection, **accounts.options})
    of_one = {name: value for name, value in {**command.connection, **accounts.first}.items() if name != "region"}
    list_line = _line("%eic audit" if accounts.is_organization else "%eic functions", of_one)

    if "credentials" in options and "client" not in options:
        with UsageError.about("credentials"):
            hint = with_words(command, "--client", "${client}")
            raise UsageError("--credentials belongs to --client, which is missing", hint=hint)
    refreshing = "refresh" in options
    if refreshing:
        _check_refresh_options(options)
        options["earlier"] = options.pop("refresh")

    def run() -> Frame:
        with command.blamed():
            read = refresh_of if refreshing else audit_of
            connections = accounts.connect()
            try:
                return read(connections=connections, line=line, list_line=list_line, **options)
            except UsageError as error:
                if error.hint == NEEDS_ACCOUNTS and accounts.is_organization:
                    error.hint = (
                        "audit again, since the account has left the organisation; or select more of its accounts "
                        f"with --units and --accounts\n{line}"
                    )
                elif error.hint == NEEDS_ACCOUNTS and not accounts.options:
                    error.hint = (
                        f"audit all accounts of the frame\n{with_words(command, '--organization', '--role', 'audit')}"
                    )
                raise

    return run


_KEPT_BY_A_REFRESH = frozenset({"regions", "functions", "qualifiers", "resume", "folder", "client", "credentials"})


def _check_refresh_options(options: Mapping[str, Any]) -> None:
    """Reject options that a refresh takes from the earlier audit."""
    for option in AUDIT:
        if option.argument in _KEPT_BY_A_REFRESH & options.keys():
            message = f"--refresh and {option.name} are both given: a refresh keeps the options of the earlier audit"
            error = UsageError(message, hint=f"drop {option.name}")
            error.argument = option.argument
            raise error


def _line(command: str, given: Mapping[str, Any]) -> str:
    """Return a command line with the options that select some accounts."""
    words = [command]
    for option in (*AUDIT, *CONNECTION, *ROLE):
        if option.argument in given:
            words += [option.name] if option.kind == "flag" else [option.name, shlex.quote(str(given[option.argument]))]
    return " ".join(words)
