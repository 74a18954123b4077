"""The commands that explain: `explain`, `help`, `--version` and `--generate-cli-skeleton`.

Tested in tests/client/test_explain.py, tests/cli/test_help.py and tests/cli/test_skeleton.py.
"""

from __future__ import annotations

import platform
from functools import partial
from importlib.metadata import version

from eicnb.aws.service_model import members, service_model
from eicnb.cli.command import Command
from eicnb.cli.help import page
from eicnb.cli.output import Response, render
from eicnb.cli.skeleton import render as skeleton
from eicnb.cli.skeleton import sample
from eicnb.client.commands.context import Context, Run, connection_with
from eicnb.client.connections import check_region
from eicnb.client.explanation import Explanation
from eicnb.fleet.checks import catalog
from eicnb.model.members import shape_of
from eicnb.model.verbs import OPERATIONS


def prepare_explain(command: Command, _context: Context) -> Run:
    """Prepare to explain an event."""
    eic = connection_with(command.connection)
    if command.connection:
        check_region(eic)

    def run() -> Explanation:
        with command.blamed():
            return eic.explain(**command.arguments)

    return run


def prepare_help(command: Command, context: Context) -> Run:
    """Prepare a help page: for a command, for all commands, or for the checks."""
    if command.arguments.get("topic") == "checks":
        return partial(context.show, catalog.page())
    return partial(context.show, page(command.arguments.get("topic"), members))


def prepare_version(_command: Command, context: Context) -> Run:
    """Prepare to show the versions."""
    return partial(context.show, version_line())


def prepare_skeleton(command: Command, context: Context) -> Run:
    """Prepare a skeleton of the input or output of a command."""
    return partial(context.show, _skeleton(command))


def _skeleton(command: Command) -> str:
    operation = OPERATIONS[command.verb]
    request, response = shape_of(service_model(), operation)
    if command.skeleton == "output" and (command.output or command.query):
        printed = Response.of(operation, sample(response))
        return render(printed, command.output or "json", query=command.query, color=command.color == "on")
    return skeleton(command.skeleton or "input", request, response)


def version_line() -> str:
    """Return the versions of eicnb, Python and botocore as a line.

    >>> version_line().split("/")[0]
    'eicnb'
    """
    return f"eicnb/{version('eicnb')} python/{platform.python_version()} botocore/{version('botocore')}\n"
