"""The commands `check` and `losses`, which look further into an audit.

Tested in tests/notebook/test_check.py and tests/notebook/test_losses.py.
"""

from __future__ import annotations

from collections.abc import Callable

from eicnb.cli.command import Command
from eicnb.client import settings
from eicnb.client.commands.accounts import ReachedAccounts
from eicnb.client.commands.context import Context, Run
from eicnb.client.findings import check_of
from eicnb.client.on_connections import losses_of
from eicnb.frames.frame import Frame


def prepare_check(command: Command, context: Context) -> Run:
    """Prepare a check of an audit."""
    return _prepared(command, context, check_of)


def prepare_losses(command: Command, context: Context) -> Run:
    """Prepare to count the losses of an audit."""
    return _prepared(command, context, losses_of)


def _prepared(command: Command, context: Context, look: Callable[..., Frame]) -> Run:
    options = dict(command.arguments)
    audit = options.pop("audit")
    accounts = ReachedAccounts.of(command, options, context)
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", settings.chosen_rate())

    def run() -> Frame:
        with command.blamed():
            return look(audit, accounts.connect(), progress=progress, **options)

    return run
