"""Runs commands on a connection: all are checked before the first is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from eicnb import api, in_use
from eicnb.api import Eic
from eicnb.cli.parser import Command
from eicnb.errors import EicError, UsageError
from eicnb.frames import Frame, stack

Result = Frame | Eic
_ALONE = {"sandbox", "functions"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command whose values are all settled, and what runs it."""

    command: Command
    run: Callable[[], Result]


def run(commands: Sequence[Command]) -> Result | None:
    """Run commands one after another and return their rows as one frame; None when there are none.

    Nothing is sent while any command is faulty. The first failure ends the run; where there are several commands,
    the error's notes say what was done before it and what was not, and its `result` holds the rows of what was done.
    """
    prepared = prepare(commands)
    results: list[Result] = []
    for number, step in enumerate(prepared):
        try:
            results.append(step.run())
        except EicError as error:
            if len(prepared) > 1:
                error.add_note(_progress(commands, number))
                error.result = _together(results)
            raise
    return _together(results)


def prepare(commands: Sequence[Command]) -> list[Prepared]:
    """Check each command against the connection that it will act on; an error points at its command."""
    prepared: list[Prepared] = []
    chosen: Eic | None = None
    for command in commands:
        with command.blamed():
            if command.verb in _ALONE and len(commands) > 1:
                raise UsageError(f"{command.verb} stands alone", hint=f"%eic {command.verb} in a cell of its own")
            if command.verb == "use":
                chosen = _connection(command.connection)
                prepared.append(Prepared(command, partial(in_use.use, chosen)))
            elif command.verb == "sandbox":
                prepared.append(Prepared(command, partial(_sandbox, **command.connection, **command.arguments)))
            else:
                eic = (chosen or in_use.current()).derive(**command.connection)
                prepared.append(Prepared(command, _call(eic, command)))
    return prepared


def _connection(options: Mapping[str, Any]) -> Eic:
    """A profile is a connection of its own; without one, the connection in use goes elsewhere."""
    return api.connect(**options) if "profile" in options else in_use.current().derive(**options)


def _sandbox(**options: Any) -> Eic:
    """A sandbox anew: the one in use is stopped, so that a notebook that runs again starts from the same account."""
    if server := in_use.current().server:
        server.stop()
    return in_use.use(api.sandbox(**options))


def _call(eic: Eic, command: Command) -> Callable[[], Frame]:
    if command.verb == "functions":
        return eic.functions
    return partial(eic.send, eic.request(command.verb, **command.arguments))


def _together(results: Sequence[Result]) -> Result | None:
    """All rows as one frame; a connection only where nothing else came."""
    frames = [result for result in results if isinstance(result, Frame)]
    if len(frames) > 1:
        return stack(frames)
    return frames[0] if frames else results[-1] if results else None


def _progress(commands: Sequence[Command], failed: int) -> str:
    lines = [
        f"Commands done before it: {failed} of {len(commands)}",
        *(f"    done      {command}" for command in commands[:failed]),
        f"    failed    {commands[failed]}",
        *(f"    not done  {command}" for command in commands[failed + 1 :]),
    ]
    return "\n".join(lines)
