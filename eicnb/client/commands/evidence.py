"""The commands `check` and `losses`, which look further into an audit.

Tested in tests/notebook/test_check.py and tests/notebook/test_losses.py.
"""

from __future__ import annotations

from collections.abc import Callable

from eicnb.cli.command import Command
from eicnb.client.commands.accounts import with_accounts
from eicnb.client.commands.context import Context, Run
from eicnb.client.on_connections import check_of, losses_of
from eicnb.frames.frame import Frame


def prepare_check(command: Command, context: Context) -> Run:
    """Prepare a check of an audit."""
    return _prepared(command, context, check_of)


def prepare_losses(command: Command, context: Context) -> Run:
    """Prepare to count the losses of an audit."""
    return _prepared(command, context, losses_of)


def _prepared(command: Command, context: Context, read: Callable[..., Frame]) -> Run:
    options, accounts = with_accounts(command, context)
    audit = options.pop("audit")

    def run() -> Frame:
        with command.blamed():
            return read(audit, accounts.connect(), **options)

    return run
