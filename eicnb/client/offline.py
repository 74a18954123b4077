"""The verbs that read frames and send nothing.

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

    `language` is `eic`, `aws`, `boto3`, `cloudformation`, `sam` or `terraform`. The frame has configs, such as that of
    an audit or a part of it. Of a Plan, the text makes the changes. Rows that can't be written (not read, names that
    disagree with the ARN, a FIFO queue) are a UsageError that names them. It sends nothing.
    """
    return languages.export(frame, language, _region_in_use())


@checked
def commands_for(frame: Any) -> list[str]:
    """Return a command line for each row that gives it the config in the frame.

    >>> print(*commands_for(eic.list("my-function")[:1]))  # doctest: +ELLIPSIS
    put arn:aws:lambda:...:my-function:BLUE --retries 0 --max-age 1h --on-failure none --on-success none

    The frame has configs, such as that of an audit or a part of it. A frame from before a change restores the configs.
    A row with settings is a put of all of them. A row without a config is a delete that may find none, so that the
    lines of a whole audit restore it. Lines for another region than that of the connection in use have `--region`. A
    row that was not read, whose names and ARN disagree, or that AWS would refuse (a FIFO queue) is a UsageError that
    names the row. Of the findings of a check, the lines are the fixes that are `%eic` lines, each once, unless they are
    muted.
    """
    if {"fix", "fix_kind"} <= set(getattr(frame, "columns", ())):
        return fix_lines(frame)
    return export(frame, "eic").splitlines()


def _region_in_use() -> str | None:
    try:
        return current().region
    except ConfigurationError:
        return None  # no region is set, so that each line names its own
