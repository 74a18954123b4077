"""The verbs that read frames and send nothing: `compare`, `export` and `commands_for`.

Tested in tests/fleet/test_compare.py and tests/changes/export/test_languages.py.
"""

from __future__ import annotations

from typing import Any

from eicnb.changes.export import languages
from eicnb.client.connections import current
from eicnb.client.parameters import checked
from eicnb.errors import ConfigurationError
from eicnb.fleet import compare as comparison
from eicnb.fleet.checks.finding import fix_lines

compare = checked(comparison.compare)


@checked
def export(frame: Any, language: str) -> str:
    """Return text that recreates the configs of a frame: commands, a script or a template.

    >>> print(export(eic.list("my-function")[:1], "terraform"))  # doctest: +ELLIPSIS
    # us-east-1, account ...
    import {
      to = aws_lambda_function_event_invoke_config.my_function_BLUE
      id = "my-function:BLUE"
    }
    ...

    `frame` has configs, such as an audit or a part of it; the text for a Plan makes its changes. `language` is `eic`,
    `aws`, `boto3`, `cloudformation`, `sam` or `terraform`. A row that cannot be written is a UsageError that names it:
    it was not read, its names disagree with its ARN, or it has a FIFO queue. Nothing is sent.
    """
    return languages.export(frame, language, _region_in_use())


@checked
def commands_for(frame: Any) -> list[str]:
    """Return a command line for each row that restores the config in the frame.

    >>> print(*commands_for(eic.list("my-function")[:1]))  # doctest: +ELLIPSIS
    put arn:aws:lambda:...:my-function:BLUE --retries 0 --max-age 1h --on-failure none --on-success none

    `frame` has configs, such as an audit or a part of it. A row with settings becomes a `put` of all of them. A row
    without a config becomes a `delete` that accepts a missing config, so the lines of a whole audit restore all of it.
    Lines outside the connection's region have `--region`. A row is a UsageError if it was not read, if its names
    disagree with its ARN, or if AWS would refuse it (a FIFO queue).

    For the findings of a check, the lines are the `%eic` fixes of those that are not muted, without duplicates.
    """
    if {"fix", "fix_kind"} <= set(getattr(frame, "columns", ())):
        return fix_lines(frame)
    return export(frame, "eic").splitlines()


def _region_in_use() -> str | None:
    try:
        return current().region
    except ConfigurationError:
        return None  # no region is set, so each line has --region
