"""`%%eic` cells with one command on the first line and its document below."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.cli.cell import parse_cell
from eicnb.cli.command import Command
from eicnb.cli.source import Source
from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import DestinationArn
from eicnb.model.function import FunctionRef

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
FUNCTION = FunctionRef("my-function")
ON_FAILURE = DestinationConfig(on_failure=DestinationArn.parse(QUEUE))


def commands(cell: str, **names: Any) -> list[Command]:
    return parse_cell(Source(cell, "%%eic ", first_line=1), names)


@pytest.mark.parametrize(
    ("cell", "arguments"),
    [
        (
            'put my-function\n{"MaximumRetryAttempts": 0}',
            {"function_name": FUNCTION, "maximum_retry_attempts": 0},
        ),
        (
            (
                f"put\n\n# what is lost goes to a queue\nFunctionName: my-function\nDestinationConfig:\n  OnFailure:\n"
                f"    Destination: {QUEUE}  # in this account\n"
            ),
            {"function_name": FUNCTION, "destination_config": ON_FAILURE},
        ),
        (
            (
                "aws lambda put-function-event-invoke-config --maximum-retry-attempts 2\n"
                "FunctionName: my-function\nMaximumRetryAttempts: 0\n"
            ),
            {"function_name": FUNCTION, "maximum_retry_attempts": 2},
        ),
        (
            (
                'put my-function\n{\n  "MaximumRetryAttempts": ${retries},\n'
                '  "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:$account:${queue}"}}\n}\n'
            ),
            {"function_name": FUNCTION, "maximum_retry_attempts": 0, "destination_config": ON_FAILURE},
        ),
        (
            "put my-function\nMaximumRetryAttempts: ${retries}\nDestinationConfig: ${config}\n",
            {"function_name": FUNCTION, "maximum_retry_attempts": 0, "destination_config": ON_FAILURE},
        ),
        ("put\n${whole}\n", {"function_name": FUNCTION, "maximum_retry_attempts": 1}),
        (
            "get\nFunctionName: my-function\nQualifier: $LATEST\n",
            {"function_name": FUNCTION, "qualifier": "$LATEST"},
        ),
    ],
)
def test_the_document_gives_the_arguments(cell: str, arguments: dict[str, Any]) -> None:
    names = {
        "retries": 0,
        "queue": "lost",
        "account": "123456789012",
        "config": ON_FAILURE.to_api(),
        "whole": {"FunctionName": "my-function", "MaximumRetryAttempts": 1},
    }
    [command] = commands(cell, **names)
    assert command.arguments == arguments


@pytest.mark.parametrize(
    "cell",
    [
        "put a --retries 0\n# only a remark\n\n",
        "put a \\\n  --retries 0\n",
        "# why\nput a --retries 0\n",
        "\nput a --retries 0",
    ],
)
def test_without_a_document_a_cell_is_commands(cell: str) -> None:
    [command] = commands(cell)
    assert command.arguments == {"function_name": FunctionRef("a"), "maximum_retry_attempts": 0}


BAD = """
put my-function
{"MaximumRetryAttempts": 0,}
this is not JSON: a comma before the closing bracket
    line 2: {"MaximumRetryAttempts": 0,}
                                      ^
Try: remove the comma before the closing bracket
====
put my-function
DestinationConfig:
  OnFailure: [
this is not YAML: expected the node content, but found '<stream end>'
    line 3:   OnFailure: [
                          ^
Try: FunctionName: my-function, one member per line, or file://NAME
====
put my-function
MaximumRetryAttempt: 0
the input has no member 'MaximumRetryAttempt'
    line 2: MaximumRetryAttempt: 0
            ^^^^^^^^^^^^^^^^^^^
Try: MaximumRetryAttempts
====
get my-function
put order-events --retries 0
'put' begins a second command, but the command after `%%eic` expects its JSON or YAML here
    line 2: put order-events --retries 0
            ^^^
Try: put every command below the `%%eic` line
    %%eic
    get my-function
    put order-events --retries 0
====
put my-function --cli-input-json {}
MaximumRetryAttempts: 0
the input is given twice: as an option and below the command
    line 2: MaximumRetryAttempts: 0
            ^^^^^^^^^^^^^^^^^^^^^^^
Try: leave out either the option or the text below
====
use
Region: us-east-1
use takes no text below it
    line 2: Region: us-east-1
            ^^^^^^^^^^^^^^^^^
Try: run it in its own cell
    %eic use
====
get a; get b
Qualifier: live
only one command can take the text below it
    line 2: Qualifier: live
            ^^^^^^^^^^^^^^^
Try: put a single command on the first line
====
put my-function
MaximumRetryAttempts: ${retry}
${retry} is not defined: the notebook has no name 'retry'
    line 2: MaximumRetryAttempts: ${retry}
                                  ^^^^^^^^
Try: ${retries}
"""


@pytest.mark.parametrize("case", BAD.strip().split("\n====\n"))
def test_an_error_shows_its_line(case: str) -> None:
    lines = case.splitlines()
    message = next(number for number, line in enumerate(lines) if line.startswith("    line ")) - 1
    with pytest.raises(UsageError) as caught:
        commands("\n".join(lines[:message]), retries=0)
    assert str(caught.value) == "\n".join(lines[message:])
