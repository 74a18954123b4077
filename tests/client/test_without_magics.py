"""Without magics, the Python API can do everything that `%eic` does, and needs no IPython."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from inspect import isclass, signature
from pathlib import Path
from typing import Any, get_args

import pytest

import eicnb
from eicnb.aws.options import OPTIONS as OF_DERIVE
from eicnb.cli.frame_verbs import FRAME_VERBS
from eicnb.cli.option import Verb
from eicnb.cli.options import CONNECTION, ROLE, VERBS, verb
from eicnb.client.eic import Eic
from eicnb.fleet.scope import Errors, Qualifiers
from eicnb.model.request import Paging

ROOT = Path(__file__).parents[2]

COMMANDS_ALONE = {"help": "Python's own `help(eicnb.put)`"}
"""Commands without a function of the same name, and why."""

FUNCTIONS_ALONE = {
    "run": "runs command lines in Python, as a cell does",
    "connections": "is `%eic use` alone",
    "connect": "`%eic use` connects and uses at once",
    "current": "the connection itself, which is a value of Python",
    "commands_for": "makes command lines of a frame, for `run` or for a cell",
    "destination_form": "a part of the form, for programs that build forms",
    "refresh": "is `%eic audit --refresh`",
    "organization": "returns connections, which are values of Python; is `--organization` of `%eic audit`",
}
"""Functions without a command of the same name, and why."""

OPTIONS_ALONE = {
    "output": "prints what the AWS CLI prints; `Eic.pages` returns the same as Python's values",
    "query": "selects from what the AWS CLI prints; a frame has pandas for that",
    "color": "is about a printed table",
    "cli_input_json": "is text for arguments; Python has them",
    "cli_input_yaml": "is text for arguments; Python has them",
    "skeleton": "is text for arguments; Python has signatures",
    "quiet": "is what Python does anyway: it shows no line",
    "debug": "is about one command; Python has `logging` for all of botocore",
    "prompt": "is the form, which is `form`",
    "help": "is `help(eicnb.put)`",
    "version": "is `eicnb.__version__`",
    "no_cli_pager": "has no effect",
    "no_cli_auto_prompt": "has no effect",
    "cli_binary_format": "has no effect",
    "cli_error_format": "has no effect",
    "profiles": "is `connections`, of which each has its own profile",
    **dict.fromkeys(("organization", "role", "units", "accounts"), "is `connections`, which `organization` returns"),
    "no_progress": "is `progress`, which takes a callable too",
    "refresh": "is the function `refresh`",
}
"""Options without a parameter of the same name, by argument, and why."""

PARAMETERS_ALONE = {
    "connections": "is `--profiles`",
    "progress": "is `--no-progress`",
    "confirm": "is the setting of that name",
    "boto3_session": "a session is a value of Python",
    "audit": "is the value of `--refresh`",
    "connection": "a connection is a value of Python, and `%eic use NAME` has its name",
}
"""Parameters without an option of the same name, and why."""

ONE_PAGE = {"no_paginate"}
"""The paging option that needs no parameter outside `list`, because other responses have one page."""


def functions() -> set[str]:
    """Return the public functions."""
    return {name for name in eicnb.__all__ if not isclass(getattr(eicnb, name))}


def parameters(name: str) -> set[str]:
    """Return the parameters of a public function."""
    function = getattr(eicnb, name, None)
    return set() if function is None else {*signature(function).parameters}


def parameters_of(command: Verb) -> set[str]:
    """Return the parameters that correspond to a command's options, on a given connection."""
    paging = {field.name for field in fields(Paging)} if command.name == "list" else ONE_PAGE
    return parameters(command.name) | parameters("connect") | OF_DERIVE | paging


def test_every_command_is_a_function_and_vice_versa() -> None:
    commands = {command.name for command in VERBS}
    assert commands - functions() == COMMANDS_ALONE.keys()
    assert functions() - commands == FUNCTIONS_ALONE.keys()


def test_every_command_that_acts_on_a_connection_is_a_method_of_it() -> None:
    connecting = {"use", "sandbox", "config", "require", "apply", "journal", "undo", *COMMANDS_ALONE}
    connecting |= {command.name for command in FRAME_VERBS if not hasattr(Eic, command.name)}
    assert {command.name for command in VERBS if not hasattr(Eic, command.name)} == connecting


@pytest.mark.parametrize("command", VERBS, ids=lambda command: command.name)
def test_every_option_has_a_parameter(command: Verb) -> None:
    options = {option.argument for option in command.options}
    assert options - parameters_of(command) - OPTIONS_ALONE.keys() == set()


OTHER_COMMANDS = {"connect": "use", "connections": "use", "destination_form": "form", "refresh": "audit"} | {
    "organization": "audit"
}
"""The commands that do the same as a function of another name."""


@pytest.mark.parametrize("name", sorted(functions() - {"current", "run", "commands_for"}))
def test_every_parameter_has_an_option(name: str) -> None:
    command = verb(OTHER_COMMANDS.get(name, name))
    assert command is not None
    options = {option.argument for option in (*command.options, *command.words)}
    assert parameters(name) - options - PARAMETERS_ALONE.keys() == set()


def test_every_option_of_a_connection_is_one_of_derive() -> None:
    assert {option.argument for option in (*CONNECTION, *ROLE)} == OF_DERIVE


@pytest.mark.parametrize(("option", "choices"), [("--qualifiers", Qualifiers), ("--errors", Errors)])
def test_options_and_parameters_accept_the_same_values(option: str, choices: Any) -> None:
    audit = verb("audit")
    assert audit is not None
    found = audit.option(option)
    assert found is not None
    assert found.choices == get_args(choices)


def test_every_listed_exception_is_needed() -> None:
    arguments = {option.argument for command in VERBS for option in command.options}
    assert OPTIONS_ALONE.keys() <= arguments
    assert {parameter for name in functions() for parameter in parameters(name)} >= PARAMETERS_ALONE.keys()
    assert {name for command in VERBS for name in parameters_of(command)} & OPTIONS_ALONE.keys() == set()
    assert arguments & PARAMETERS_ALONE.keys() == set()


SCRIPT = """\
import sys
import eicnb

eic = eicnb.use(eicnb.sandbox())
put = eicnb.put("my-function", maximum_retry_attempts=0, on_failure="sqs:lost-events")
print(put.on_failure.item())
update = eicnb.update("my-function", maximum_event_age_in_seconds=3600)
print(update.maximum_retry_attempts.item(), update.maximum_event_age_in_seconds.item())
print(eicnb.get("my-function").equals(update))
print(eicnb.list("my-function").qualifier.tolist())
print(eicnb.delete("my-function").on_failure_type.item())
print("my-function" in eicnb.functions().function_name.tolist())
audit = eicnb.audit(regions="all", rate=1000)
mine = audit[audit.function_name == "my-function"]
print(audit.attrs["complete"], mine.qualifier.tolist(), mine.configured.tolist())
print(eic.derive(region="eu-west-1").functions().region.unique().tolist())
try:
    eicnb.get("my-function")
except eicnb.NotFound as error:
    print(error.code, error.exit_code)
eic.server.stop()
print(sorted({"IPython", "ipykernel", "ipywidgets"} & set(sys.modules)))
eicnb.put("my-function", maximum_retry_attempts=3)
"""

SAID = """\
arn:aws:sqs:us-east-1:123456789012:lost-events
0 3600
True
['$LATEST', 'BLUE', 'GREEN']
sqs
True
True ['$LATEST', 'BLUE', 'GREEN'] [False, True, True]
['eu-west-1']
ResourceNotFoundException 254
[]
"""


def test_a_plain_script_works_without_ipython(tmp_path: Path) -> None:
    script = tmp_path / "runbook.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment
    )
    assert done.stdout == SAID
    assert done.returncode == 1
    assert done.stderr.splitlines()[-3:] == [
        "eicnb.errors.UsageError: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2",
        "Try: give a whole number: 0, 1 or 2",
        "See: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html",
    ]
