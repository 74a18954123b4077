"""The commands `plan` and `apply`.

Tested in tests/notebook/test_plans.py.
"""

from __future__ import annotations

import os
from typing import Any

from eicnb.changes.plan import Plan
from eicnb.cli.command import Command
from eicnb.client import connections as in_use
from eicnb.client.commands.context import Context, Run, connection_with
from eicnb.client.eic import connection_of
from eicnb.client.planning import apply_on, plan_on
from eicnb.errors import UsageError, shown
from eicnb.frames.frame import Frame


def prepare_plan(command: Command, context: Context) -> Run:
    """Prepare a plan of the frame in the line."""
    arguments = _arguments(command, context)
    eic = connection_with(command.connection)
    in_use.check_region(eic)

    def run() -> Plan:
        with command.blamed():
            return plan_on([connection_of(eic)], **arguments)

    return run


def prepare_apply(command: Command, context: Context) -> Run:
    """Prepare the writes of the plan in the line, or of the plan in the file that it names."""
    confirm = context.reader.settings.confirm or None
    arguments = {"limit": None, "canary": 0, "confirm": confirm, **_arguments(command, context)}
    plan = arguments.pop("plan")
    if isinstance(plan, str | os.PathLike):
        plan = Plan.load(plan)
    if not isinstance(plan, Plan):
        raise UsageError(f"{shown(plan)} is not a plan, nor the path of its file", hint="%eic apply ${plan}")
    eic = connection_with(command.connection)
    in_use.check_region(eic)

    def run() -> Frame:
        with command.blamed():
            return apply_on([connection_of(eic)], plan, **arguments, ask=context.reader.ask)

    return run


def _arguments(command: Command, context: Context) -> dict[str, Any]:
    """Return the arguments of the Python verb; what the line doesn't say is as the settings say."""
    arguments = dict(command.arguments)
    held = context.reader.settings
    progress = not arguments.pop("no_progress", False) and held.progress
    return {"rate": held.rate, **arguments, "progress": progress}
