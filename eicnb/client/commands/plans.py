"""The commands `plan` and `apply`.

Tested in tests/notebook/test_plans.py.
"""

from __future__ import annotations

import os

from eicnb.changes.plan import Plan
from eicnb.cli.command import Command
from eicnb.client.commands.accounts import with_accounts
from eicnb.client.commands.context import Context, Run
from eicnb.client.planning import apply_on, plan_on
from eicnb.errors import UsageError, shown
from eicnb.frames.frame import Frame


def prepare_plan(command: Command, context: Context) -> Run:
    """Prepare to plan the changes for the frame in the line."""
    arguments, accounts = with_accounts(command, context)

    def run() -> Plan:
        with command.blamed():
            return plan_on(accounts.connect(), **arguments)

    return run


def prepare_apply(command: Command, context: Context) -> Run:
    """Prepare to apply the plan in the line, which is a value or a file."""
    confirm = context.settings.confirm or None
    given, accounts = with_accounts(command, context)
    arguments = {"limit": None, "canary": 0, "confirm": confirm, **given}
    plan = arguments.pop("plan")
    if isinstance(plan, str | os.PathLike):
        plan = Plan.load(plan)
    if not isinstance(plan, Plan):
        raise UsageError(f"{shown(plan)} is neither a plan nor the path of a plan file", hint="%eic apply ${plan}")
    uses_plan_connections = plan.connections and not command.connection and not accounts.options

    def run() -> Frame:
        with command.blamed():
            connections = [*plan.connections] if uses_plan_connections else accounts.connect()
            return apply_on(connections, plan, **arguments, ask=context.ask)

    return run
