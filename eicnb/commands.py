"""Runs commands on a connection: all are checked before the first is sent."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from eicnb import api, in_use, redaction, settings
from eicnb.aws import service_model
from eicnb.change import WRITES
from eicnb.cli.manual import page
from eicnb.cli.options import VERBS, Option, from_model
from eicnb.cli.output import Answer, render
from eicnb.cli.parser import Command
from eicnb.cli.skeleton import render as skeleton
from eicnb.cli.skeleton import sample
from eicnb.debug import logged
from eicnb.eic import Eic, audit_of
from eicnb.errors import EicError, UsageError
from eicnb.fleet.scope import names_in
from eicnb.frames import Frame, stack
from eicnb.printing import printing, selecting
from eicnb.request import OPERATIONS, Paging, Request
from eicnb.requirement import Requirement
from eicnb.shapes import Member, shape_of

_ALONE = {"sandbox", "functions", "audit", "form"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command whose values are all settled, and what runs it."""

    command: Command
    run: Callable[[], Any]


def members(operation: str) -> Sequence[Member]:
    """What an operation of AWS takes, by the service model."""
    return shape_of(service_model(), operation)[0]


@cache
def newer_options() -> Mapping[str, Sequence[Option]]:
    """By command, the options that only the service model knows."""
    return {verb.name: from_model(members(verb.operation)) for verb in VERBS if verb.operation}


Write = Callable[[str], object]
"""Takes text for the reader."""


def to_stderr(text: str) -> None:
    """Write to whatever standard error is now; in a notebook it is the cell's."""
    sys.stderr.write(text)


def run(commands: Sequence[Command], show: Write, log: Write = to_stderr) -> Any:
    """Run commands one after another and return their rows as one frame; None when there are none.

    What `--output` asks for goes to `show`, what `--debug` asks for to `log`, and what `--query` alone selects is
    returned as it is. Nothing is sent while any command is faulty. The first failure ends the run; where there are
    several commands, the error's notes say what was done before it and what was not, and its `result` holds the rows
    of what was done.
    """
    settings.current()
    prepared = prepare(commands, show, log)
    results: list[Any] = []
    for number, step in enumerate(prepared):
        try:
            results.append(step.run())
        except EicError as error:
            if len(prepared) > 1:
                error.add_note(_progress(commands, number))
                error.result = _together(results)
            raise
    return _together(results)


def prepare(commands: Sequence[Command], show: Write, log: Write) -> list[Prepared]:
    """Check each command against the connection that it will act on; an error points at its command."""
    prepared: list[Prepared] = []
    chosen: Eic | None = None
    for command in commands:
        with command.blamed():
            if command.verb in _ALONE and len(commands) > 1:
                raise UsageError(f"{command.verb} stands alone", hint=f"%eic {command.verb} in a cell of its own")
            if command.verb in _EXPLAIN:
                prepared.append(Prepared(command, partial(show, _EXPLAIN[command.verb](**command.arguments))))
            elif command.skeleton:
                prepared.append(Prepared(command, partial(show, _skeleton(command))))
            elif command.verb == "use":
                chosen = _connection(command.connection)
                prepared.append(Prepared(command, partial(in_use.use, chosen)))
            elif command.verb == "require":
                chosen_or_current = chosen or in_use.current()
                requirement = Requirement(**command.arguments, region=command.connection.get("region"))
                prepared.append(Prepared(command, partial(_require, requirement, chosen_or_current, show)))
            elif command.verb == "audit":
                prepared.append(Prepared(command, _audit(command)))
            elif command.verb == "sandbox":
                prepared.append(Prepared(command, partial(_sandbox, **command.connection, **command.arguments)))
            else:
                eic = (chosen or in_use.current()).derive(**command.connection)
                prepared.append(Prepared(command, _debugged(eic, command, show, log)))
    return prepared


def _debugged(eic: Eic, command: Command, show: Write, log: Write) -> Callable[[], Any]:
    """The command's call; with `--debug` all that it sends is logged, from its first check on."""
    if not command.debug:
        return _call(eic, command, show)
    listening = partial(logged, lambda text: log(redaction.masked(text)), lambda: eic.secrets)
    log(redaction.masked(f"{_version()}{command}\n"))
    with listening():
        call = _call(eic, command, show)
    return listening()(call)


def _skeleton(command: Command) -> str:
    operation = OPERATIONS[command.verb]
    request, response = shape_of(service_model(), operation)
    if command.skeleton == "output" and (command.output or command.query):
        answer = Answer.of(operation, sample(response))
        return render(answer, command.output or "json", query=command.query, color=command.color == "on")
    return skeleton(command.skeleton or "input", request, response)


def _version() -> str:
    return f"eicnb/{version('eicnb')} python/{platform.python_version()} botocore/{version('botocore')}\n"


_EXPLAIN: Mapping[str, Callable[..., str]] = {"help": lambda topic=None: page(topic, members), "version": _version}


def _connection(options: Mapping[str, Any]) -> Eic:
    """A profile is a connection of its own; without one, the connection in use goes elsewhere."""
    if "profile" not in options:
        return in_use.current().derive(**options)
    named = {name: options[name] for name in ("profile", "region", "endpoint_url") if name in options}
    return api.connect(**named).derive(**{name: value for name, value in options.items() if name not in named})


def _require(requirement: Requirement, eic: Eic, show: Write) -> None:
    show(redaction.masked(f"{requirement.check(eic)}\n"))


def _audit(command: Command) -> Callable[[], Frame]:
    """The audit of the connection in use, gone elsewhere where the options say so, or of several profiles."""
    options = dict(command.arguments)
    profiles = options.pop("profiles", None)
    progress = not options.pop("no_progress", False)
    if profiles is None:
        connections = [_connection(command.connection)]
    elif "profile" in command.connection:
        raise UsageError("both --profile and --profiles are given", hint="one of the two")
    else:
        names = names_in("profiles", profiles, "prod")
        connections = [_connection({**command.connection, "profile": name}) for name in names]

    def run() -> Frame:
        with command.blamed():
            return audit_of(connections, progress=progress, **options)

    return run


def _sandbox(**options: Any) -> Eic:
    """A sandbox anew: this command's last one is stopped, so that a notebook run again finds the same account."""
    _last_sandbox[:] = [api.sandbox(**options, instead_of=_last_sandbox[0].server if _last_sandbox else None)]
    return in_use.use(_last_sandbox[0])


_last_sandbox: list[Eic] = []


def _call(eic: Eic, command: Command, show: Write) -> Callable[[], Any]:
    if command.verb == "functions":
        return eic.functions
    if command.verb == "form":
        return partial(eic.form, **command.arguments)
    paging = Paging(**command.paging) if command.verb == "list" else Paging()
    request = eic.request(command.verb, **command.arguments, paging=paging, more=command.more)
    if command.output:
        printed = printing(eic, request, command)
        return lambda: show(printed())
    if command.query:
        return selecting(eic, request, command)
    return partial(_written, eic, request, command, show) if request.verb in WRITES else partial(eic.send, request)


def _written(eic: Eic, request: Request, command: Command, show: Write) -> Frame | None:
    """Write, and show the line that says what was changed; with `--dry-run` only show it."""
    if command.dry_run:
        frame, line = eic.rehearse(request)
        show(redaction.masked(f"DRY RUN  {line}\n"))
        return frame
    if command.quiet or command.is_ended:
        frame = eic.send(request)
        return None if command.quiet else frame
    frame, line = eic.write(request)
    show(redaction.masked(f"{line}\n"))
    return frame


def _together(results: Sequence[Any]) -> Any:
    """All rows as one frame; one thing alone as it is; several different things as a list."""
    frames = [result for result in results if isinstance(result, Frame)]
    if len(frames) > 1 and len(frames) == len(results):
        return stack(frames)
    shown = [result for result in results if result is not None and not isinstance(result, Eic)] or results[-1:]
    return shown[0] if len(shown) == 1 else shown or None


def _progress(commands: Sequence[Command], failed: int) -> str:
    lines = [
        f"Commands done before it: {failed} of {len(commands)}",
        *(f"    done      {command}" for command in commands[:failed]),
        f"    failed    {commands[failed]}",
        *(f"    not done  {command}" for command in commands[failed + 1 :]),
    ]
    return "\n".join(lines)
