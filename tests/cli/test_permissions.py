"""The table of permissions, compared with the operations that each command sends."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest

import eicnb
from eicnb.cli import parser
from eicnb.cli.options import VERBS
from eicnb.cli.permissions import ACTIONS, NOTES, OPTION_ACTIONS, policy
from eicnb.cli.source import Source
from eicnb.client import commands
from eicnb.errors import NotFound

FREE = {"GetCallerIdentity"}
UNNAMED = {"ListBucket"}
"""What S3 asks for HeadBucket, which names its operation nowhere in the request."""

WITHOUT_GET_FUNCTION = {"audit": {"ListVersionsByFunction"}}
"""What is sent only where GetFunction is denied, which it is not in the sandbox."""

DESTINATIONS = ["sqs:shop-failures", "sns:shop-alerts", "events:shop", "s3:shop-events"]

EXISTING = [*DESTINATIONS[:3], "s3:shop-events-us-east-1-123456789012", "lambda:my-function"]

MISSING = ["nope", "my-function:nope"]

RUNS = {
    "put": [f"put my-function --on-failure {name}" for name in DESTINATIONS]
    + [
        "put my-function:prod --on-failure sqs:shop-failures --dry-run",
        *(f"put {name} --retries 0" for name in MISSING),
    ],
    "update": [f"update my-function:BLUE --on-failure {name}" for name in DESTINATIONS]
    + ["update my-function:BLUE --on-failure sqs:shop-failures --dry-run", "update my-function:v1 --retries 0"]
    + ["update newsletters:prod --retries 0 --create"]
    + [f"update {name} --retries 0" for name in MISSING],
    "get": ["get my-function:BLUE", "get my-function:v1", *(f"get {name}" for name in MISSING)],
    "list": ["list my-function", "list nope"],
    "delete": ["delete my-function:BLUE", "delete my-function:GREEN --dry-run", "delete my-function:v1"]
    + [f"delete {name}" for name in MISSING],
    "functions": ["functions"],
    "audit": [
        "audit --regions all --qualifiers all --no-progress",
        "audit --no-progress",
        "audit --refresh ${earlier} --no-progress --rate 500",
    ],
    "whoami": ["whoami"],
    "require": ["require --region us-east-1", *(f"require --destination {name}" for name in EXISTING)],
    "journal": ["journal"],
    "config": ["config"],
    "help": ["help put"],
}


def twenty_minutes_ago(eic: eicnb.Eic) -> Any:
    """An audit that is old enough to be in CloudTrail."""
    audit = eic.audit(functions="checkout", progress=False)
    assert eic.server is not None
    eic.server.pass_time(20 * 60)
    return audit


def sent(lines: list[str], eic: eicnb.Eic, values: Mapping[str, Any] = MappingProxyType({})) -> set[str | None]:
    """The operations that some lines send."""
    for line in lines:
        with suppress(NotFound):
            commands.run(parser.parse(Source(line), values), commands.Context(lambda _: None))
    assert eic.server is not None
    return {request.operation for request in eic.server.requests()} - {None} - FREE


@pytest.mark.parametrize("verb", RUNS)
def test_a_command_sends_no_operation_that_the_table_does_not_name(verb: str, eic: eicnb.Eic) -> None:
    named = {action.partition(":")[2] for action in ACTIONS[verb]}
    values = {"earlier": twenty_minutes_ago(eic)} if verb == "audit" else {}
    assert sent(RUNS[verb], eic, values) == named - UNNAMED - WITHOUT_GET_FUNCTION.get(verb, set()), (
        "what is named and never sent is a permission too much"
    )


def test_an_organisation_needs_the_actions_of_its_option_and_of_the_command(eic: eicnb.Eic) -> None:
    lines = [
        f"audit --organization --role audit {words} --errors rows --no-progress"
        for words in ("--accounts analytics --qualifiers all --regions all", "--units Workloads/Dev")
    ]
    named = {action.partition(":")[2] for action in (*ACTIONS["audit"], *OPTION_ACTIONS["--organization"])}
    assert sent(lines, eic) == named - WITHOUT_GET_FUNCTION["audit"] - {"LookupEvents"}


def test_every_command_is_in_the_table() -> None:
    assert ACTIONS.keys() == {verb.name for verb in VERBS}
    assert NOTES.keys() <= ACTIONS.keys() | OPTION_ACTIONS.keys()


def test_the_policy_has_every_action_once() -> None:
    statements: Any = policy()["Statement"]
    actions = statements[0]["Action"]
    assert actions == sorted(set(actions))
    assert "lambda:PutFunctionEventInvokeConfig" in actions
