"""Command lines as values: those that put configs back, and the run of many, with a rehearsal of the same ones.

A runbook makes its lines once, shows them, rehearses them and runs them, so that the three cannot differ.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from eicnb import commands
from eicnb.cli.command import Command
from eicnb.cli.lexer import Source
from eicnb.cli.parser import parse
from eicnb.errors import UsageError, shown
from eicnb.frames import CONFIG_COLUMNS, Column, rows_of, to_frame
from eicnb.spelling import age
from eicnb.write import WRITES

_STATE = {"configured": True, "scan_state": "ok"}
"""What holds for the rows of a frame that is no audit."""


def run(lines: str | Iterable[str], *, dry_run: bool = False) -> Any:
    r"""Run command lines on the connection in use, as a `%%eic` cell does; returns their rows as one frame.

    >>> frame = run(["put newsletters --retries 0", "update my-function:BLUE --max-age 6h"])
    put newsletters:$LATEST  retries 2 -> 0  us-east-1  123456789012  SANDBOX
    update my-function:BLUE  age 1h -> 6h  us-east-1  123456789012  SANDBOX
    >>> eic.get("my-function:BLUE").equals(frame[1:].reset_index(drop=True))
    True

    All are checked before the first is sent. Each write shows its line when it is done; the first failure ends the
    run, and its error says which lines were done, which one failed, and which were not done. With `dry_run` the same
    writes are rehearsed, and nothing is written. No lines are a frame without rows.
    """
    text = _text(lines)
    parsed = parse(Source(text, first_line=1), {}, model=commands.members)
    if not parsed:
        return to_frame([], CONFIG_COLUMNS, {})
    return commands.run(
        [_rehearsed(command) for command in parsed] if dry_run else parsed, commands.Reader(sys.stdout.write)
    )


def commands_for(frame: Any) -> list[str]:
    """The command lines that make each row's config as the frame shows it: a put of all of it, or a delete.

    >>> print(*commands_for(eic.list("my-function")[:1]))  # doctest: +ELLIPSIS
    put arn:aws:lambda:...:my-function:BLUE --retries 0 --max-age 1h --on-failure none --on-success none

    The frame is one of configs or of an audit, or a part of one; a row that is not `configured` becomes a delete. Of
    a frame that was kept they are the way back. UsageError where a row could not be read, or where nobody could write
    it again, such as a FIFO queue: it is said here, before anything is changed that could not be put back.
    """
    if "columns" not in dir(frame):
        raise UsageError(f"{shown(frame)} is no frame of configs", hint="eic.list(…), or a part of an audit")
    known = [Column(name, "object", "") for name in _STATE if name in frame.columns]
    lines = [_line({**_STATE, **row}) for row in rows_of(frame, [*CONFIG_COLUMNS, *known])]
    parse(Source("\n".join(lines), first_line=1), {}, model=commands.members)
    return lines


def _text(lines: Any) -> str:
    """The lines as one text, without the magic's own name before them."""
    if not isinstance(lines, str):
        listed = [*lines] if isinstance(lines, Iterable) else [lines]
        if wrong := next((line for line in listed if not isinstance(line, str)), None):
            raise UsageError(f"{shown(wrong)} is no command line", hint='["put my-function --retries 0"]')
        lines = "\n".join(listed)
    return re.sub(r"^([^\S\n]*)%eic(?=\s)", r"\1", lines, flags=re.MULTILINE)


def _rehearsed(command: Command) -> Command:
    if command.verb not in WRITES:
        with command.blamed():
            raise UsageError(f"{command.verb} cannot be rehearsed", hint=", ".join(sorted(WRITES)))
    return replace(command, dry_run=True)


def _line(row: dict[str, Any]) -> str:
    function_arn = row["function_arn"]
    if row["scan_state"] != "ok":
        subject = function_arn or f"a row of {row['region']}"
        raise UsageError(f"the config of {subject} was not read: {row['scan_state']}", hint="rows that are ok")
    if row["configured"] is None:
        raise UsageError(
            f"nobody knows whether {function_arn} has a config", hint="rows whose configured is True or False"
        )
    if not row["configured"]:
        return f"delete {function_arn}"
    retries, seconds = row["maximum_retry_attempts"], row["maximum_event_age_in_seconds"]
    words = ["put", function_arn]
    words += [] if retries is None else ["--retries", str(retries)]
    words += [] if seconds is None else ["--max-age", age(seconds)]
    words += ["--on-failure", row["on_failure"] or "none", "--on-success", row["on_success"] or "none"]
    return " ".join(word if word == function_arn else shlex.quote(word) for word in words)
