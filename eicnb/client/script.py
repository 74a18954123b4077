"""Command lines as text, to rehearse and run from Python.

A runbook builds its lines once, then shows, rehearses and runs the same lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from eicnb.aws.service_model import members
from eicnb.changes.change import WRITES
from eicnb.cli.command import Command
from eicnb.cli.parser import parse
from eicnb.cli.source import Source
from eicnb.client import commands
from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown
from eicnb.frames.columns import CONFIG_COLUMNS
from eicnb.frames.frame import to_frame


@checked
def run(lines: str | Iterable[str], *, dry_run: bool = False) -> Any:
    r"""Run command lines on the connection in use, as a `%%eic` cell does, and return one frame.

    >>> frame = run(["put newsletters --retries 0", "update my-function:BLUE --max-age 6h"])
    put newsletters:$LATEST  retries 2 -> 0  us-east-1  123456789012  SANDBOX
    update my-function:BLUE  age 1h -> 6h  us-east-1  123456789012  SANDBOX
    >>> frame.verb.tolist()
    ['put', 'update']
    >>> eic.get("my-function:BLUE").maximum_event_age_in_seconds.tolist()
    [21600]

    All lines are validated before the first is sent. Each write prints a line when it is done. The first failure stops
    the run, and its error lists which lines were done, which one failed and which were not done. With `dry_run`,
    nothing is written. Several lines add the leading column `verb`; without lines, the frame is empty.
    """
    text = _text(lines)
    parsed = parse(Source(text, first_line=1), {}, model=members)
    if not parsed:
        return to_frame([], CONFIG_COLUMNS, {})
    return commands.run(
        [_rehearsed(command) for command in parsed] if dry_run else parsed, commands.Context(sys.stdout.write)
    )


def _text(lines: Any) -> str:
    """Return the lines as one text."""
    if isinstance(lines, str):
        return lines
    listed = [*lines] if isinstance(lines, Iterable) else [lines]
    for line in listed:
        if not isinstance(line, str):
            raise UsageError(f"{shown(line)} is not a command line", hint='["put my-function --retries 0"]')
    return "\n".join(listed)


def _rehearsed(command: Command) -> Command:
    if command.verb not in WRITES:
        with command.blamed():
            raise UsageError(f"{command.verb} cannot be rehearsed", hint=", ".join(sorted(WRITES)))
    return replace(command, dry_run=True)
