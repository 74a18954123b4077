"""Run commands on a connection; all are validated before the first is sent.

Tested in tests/notebook/test_magics.py, tests/notebook/test_writes.py and tests/client/test_script.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from eicnb.aws.service_model import members
from eicnb.changes.change import WRITES
from eicnb.changes.journal import one_run
from eicnb.cli.command import Command
from eicnb.cli.option import Option, from_model
from eicnb.cli.options import VERBS, verb
from eicnb.client.commands.audit import prepare_audit
from eicnb.client.commands.calls import prepare_call
from eicnb.client.commands.connections import prepare_config, prepare_require, prepare_sandbox, prepare_use
from eicnb.client.commands.context import Context as Context
from eicnb.client.commands.context import Run
from eicnb.client.commands.evidence import prepare_check, prepare_losses
from eicnb.client.commands.explanations import prepare_explain, prepare_help, prepare_skeleton, prepare_version
from eicnb.client.commands.failed_events import prepare_records, prepare_replay, prepare_send
from eicnb.client.commands.frames import prepare_compare, prepare_explore, prepare_export, prepare_picture, prepare_show
from eicnb.client.commands.journal import prepare_journal, prepare_undo
from eicnb.client.commands.plans import prepare_apply, prepare_plan
from eicnb.client.commands.snapshots import prepare_file
from eicnb.client.eic import Eic
from eicnb.errors import EicError, Interrupted, UsageError
from eicnb.frames.columns import VERB, VERB_COLUMN
from eicnb.frames.frame import Frame, stack, to_frame
from eicnb.model.verbs import OPERATIONS
from eicnb.redaction import masks

_PREPARE: Mapping[str, Callable[[Command, Context], Run]] = {
    "apply": prepare_apply,
    "audit": prepare_audit,
    "check": prepare_check,
    "compare": prepare_compare,
    "config": prepare_config,
    "explain": prepare_explain,
    "export": prepare_export,
    "help": prepare_help,
    "history": prepare_file,
    "journal": prepare_journal,
    "explore": prepare_explore,
    "load": prepare_file,
    "losses": prepare_losses,
    "picture": prepare_picture,
    "plan": prepare_plan,
    "records": prepare_records,
    "replay": prepare_replay,
    "require": prepare_require,
    "sandbox": prepare_sandbox,
    "save": prepare_file,
    "send": prepare_send,
    "show": prepare_show,
    "undo": prepare_undo,
    "use": prepare_use,
    "version": prepare_version,
}
"""The function that prepares each command; the other commands are requests to AWS."""


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A validated command and the function that runs it."""

    command: Command
    run: Run


@cache
def newer_options() -> Mapping[str, Sequence[Option]]:
    """Return the options of each command that only the service model has."""
    return {verb.name: from_model(members(verb.operation)) for verb in VERBS if verb.operation}


def run(commands: Sequence[Command], context: Context) -> Any:
    """Run commands one after another and return their rows as one frame; None without commands.

    `--output` shows text, and `--query` alone returns what it selects. If any command is invalid, nothing is sent.
    With several commands, the frame's first column is the verb of each row.

    The first failure stops the run. The error's notes list what was done and what was not, and its `result` holds the
    rows so far. Ctrl-C is a KeyboardInterrupt with the same list, which names the write that may have reached AWS.
    """
    with one_run():
        return _run(commands, context)


def _run(commands: Sequence[Command], context: Context) -> Any:
    prepared = prepare(commands, context)
    results: list[Any] = []
    for number, step in enumerate(prepared):
        try:
            result = step.run()
            results.append(_named(step.command, result) if len(prepared) > 1 else result)
        except EicError as error:
            if len(prepared) > 1:
                error.add_note(_progress(commands, number))
                error.result = _together(results)
            raise
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_stopped(commands, number)) from None  # its traceback is a wait for a response
    return _together(results)


def prepare(commands: Sequence[Command], context: Context) -> list[PreparedCommand]:
    """Validate each command against its connection; an error points at the command."""
    prepared = []
    for command in commands:
        try:
            if len(commands) > 1:
                _check_runs_with_others(command)
            prepared.append(PreparedCommand(command, _prepared(command, context)))
        except UsageError as error:
            raise command.blamed_for(error) from error.__cause__
    return prepared


def _check_runs_with_others(command: Command) -> None:
    known = verb(command.verb)
    if known is not None and known.runs_alone:
        hint = f"run it in its own cell\n%eic {command}"
        raise UsageError(f"{command.verb} cannot be combined with other commands", hint=hint)


def _prepared(command: Command, context: Context) -> Run:
    """Validate a command and return the function that runs it."""
    if command.skeleton:
        return prepare_skeleton(command, context)
    run = _PREPARE.get(command.verb, prepare_call)(command, context)
    return partial(_silently, run) if command.quiet and not command.dry_run else run


def _silently(run: Run) -> None:
    """Run a command and drop its result, but not its errors."""
    run()


def _named(command: Command, result: Any) -> Any:
    """Put the verb of a command before the rows that it returned."""
    if isinstance(result, Frame) and command.verb in OPERATIONS:
        result.insert(0, VERB, _verbs(command.verb, len(result)))
    return result


def _verbs(verb: str, count: int) -> Any:
    return to_frame([{VERB: verb}] * count, [VERB_COLUMN], {})[VERB].array


def _together(results: Sequence[Any]) -> Any:
    """Combine results: all rows in one frame, a single value as it is, several different ones as a list."""
    frames = [result for result in results if isinstance(result, Frame)]
    if len(frames) > 1 and len(frames) == len(results):
        return stack(frames)
    shown = [result for result in results if result is not None and not isinstance(result, Eic)] or results[-1:]
    return shown[0] if len(shown) == 1 else shown or None


def _stopped(commands: Sequence[Command], stopped: int) -> str:
    is_write = commands[stopped].verb in WRITES
    doubt = [f"stopped, but it may have reached AWS: {commands[stopped]}"] if is_write else []
    how_far = [_progress(commands, stopped, "stopped")] if len(commands) > 1 else []
    return masks.printed("\n".join([*doubt, *how_far]))


_RAN = {"rehearsed": "were rehearsed", "done": "ran"}


def _done(commands: Sequence[Command]) -> str:
    """Return the word for commands that have finished."""
    return "rehearsed" if all(command.dry_run for command in commands) else "done"


def _progress(commands: Sequence[Command], last: int, outcome: str = "failed") -> str:
    done = [_done([command]) for command in commands[:last]]
    width = max(map(len, [*done, "not done"]))
    lines = [
        f"{last} of {len(commands)} commands {_RAN[_done(commands[:last] or commands)]} before it",
        *(f"    {word:<{width}}  {command}" for word, command in zip(done, commands, strict=False)),
        f"    {outcome:<{width}}  {commands[last]}",
        *(f"    {'not done':<{width}}  {command}" for command in commands[last + 1 :]),
    ]
    return "\n".join(lines)
