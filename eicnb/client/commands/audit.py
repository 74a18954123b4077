"""The `audit` command: of the connection in use, of several profiles or of an organisation.

Tested in tests/fleet/test_accounts.py and tests/fleet/test_bad_input.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from eicnb.cli.command import Command
from eicnb.cli.options import AUDIT, CONNECTION, ROLE
from eicnb.client import settings
from eicnb.client.commands.accounts import ReachedAccounts
from eicnb.client.commands.context import Context, Run
from eicnb.client.on_connections import audit_of
from eicnb.frames.frame import Frame


def prepare_audit(command: Command, context: Context) -> Run:
    """Prepare an audit: its options are validated before anything is read."""
    options = dict(command.arguments)
    accounts = ReachedAccounts.of(command, options, context.reader)
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", settings.chosen_rate())
    line = _line("%eic audit", {**command.connection, **accounts.options})
    of_one = {name: value for name, value in {**command.connection, **accounts.first}.items() if name != "region"}
    list_line = _line("%eic audit" if accounts.is_organization else "%eic functions", of_one)

    def run() -> Frame:
        with command.blamed():
            return audit_of(accounts.connect(), progress=progress, line=line, list_line=list_line, **options)

    return run


def _line(command: str, given: Mapping[str, Any]) -> str:
    """Return the line of a command with the options that lead to some accounts."""
    words = [command]
    for option in (*AUDIT, *CONNECTION, *ROLE):
        if option.argument in given:
            words += [option.name] if option.kind == "flag" else [option.name, shlex.quote(str(given[option.argument]))]
    return " ".join(words)
