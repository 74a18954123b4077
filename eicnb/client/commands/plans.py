"""The commands `plan` and `apply`.

Tested in tests/notebook/test_plans.py.
"""

from __future__ import annotations

import os
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.plan import Plan
from eicnb.cli.command import Command
from eicnb.client.commands.audit import profile_names, several_connections
from eicnb.client.commands.context import Context, Run
from eicnb.client.eic import connection_of
from eicnb.client.planning import apply_on, plan_on
from eicnb.errors import UsageError, shown
from eicnb.frames.frame import Frame


def prepare_plan(command: Command, context: Context) -> Run:
    """Prepare a plan of the frame in the line."""
    arguments, connections = several(command, context)

    def run() -> Plan:
        with command.blamed():
            return plan_on(connections, **arguments)

    return run


def prepare_apply(command: Command, context: Context) -> Run:
    """Prepare the writes of the plan in the line, or of the plan in the file that it names."""
    confirm = context.reader.settings.confirm or None
    given, connections = several(command, context)
    arguments = {"limit": None, "canary": 0, "confirm": confirm, **given}
    plan = arguments.pop("plan")
    if isinstance(plan, str | os.PathLike):
        plan = Plan.load(plan)
    if not isinstance(plan, Plan):
        raise UsageError(f"{shown(plan)} is not a plan, nor the path of its file", hint="%eic apply ${plan}")
    if plan.connections and not command.connection and "profiles" not in command.arguments:
        connections = [*plan.connections]

    def run() -> Frame:
        with command.blamed():
            return apply_on(connections, plan, **arguments, ask=context.reader.ask)

    return run


def several(command: Command, context: Context) -> tuple[dict[str, Any], list[Connection]]:
    """Return the Python verb's arguments and connections; the settings fill in what the line omits."""
    arguments = dict(command.arguments)
    names = profile_names(command, arguments.pop("profiles", None))
    connections = [connection_of(eic) for eic in several_connections(command, names)]
    held = context.reader.settings
    progress = not arguments.pop("no_progress", False) and held.progress
    return {"rate": held.rate, **arguments, "progress": progress}, connections
