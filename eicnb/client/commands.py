"""Runs commands on a connection: all are checked before the first is sent."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from eicnb.aws.service_model import members, service_model
from eicnb.changes.apply import config_frame, write
from eicnb.changes.change import WRITES
from eicnb.cli.command import Command
from eicnb.cli.help import page
from eicnb.cli.options import VERBS, Option, from_model
from eicnb.cli.output import Answer, render
from eicnb.cli.skeleton import render as skeleton
from eicnb.cli.skeleton import sample
from eicnb.client import connect, settings
from eicnb.client import connections as in_use
from eicnb.client.eic import Eic, audit_of, connection_of, rehearsed
from eicnb.client.output import printing, selecting
from eicnb.client.require import Requirement
from eicnb.errors import AuditInterrupted, ConfigurationError, EicError, UsageError
from eicnb.fleet.scope import names_in
from eicnb.frames.frame import Frame, stack
from eicnb.model.members import shape_of
from eicnb.model.request import Paging, Request
from eicnb.model.verbs import OPERATIONS
from eicnb.redaction import masks
from eicnb.redaction.debug_log import logged

_OF_A_CONNECTION = {"functions", "whoami", "form"}

_ALONE = {"sandbox", "audit", "config", *_OF_A_CONNECTION}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command whose values are all settled, and what runs it."""

    command: Command
    run: Callable[[], Any]


@cache
def newer_options() -> Mapping[str, Sequence[Option]]:
    """By command, the options that only the service model knows."""
    return {verb.name: from_model(members(verb.operation)) for verb in VERBS if verb.operation}


Show = Callable[[str], object]
"""Takes text for the reader."""


def to_stderr(text: str) -> None:
    """Write to whatever standard error is now; in a notebook it is the cell's."""
    sys.stderr.write(text)


Ask = Callable[[str], str]
"""Asks the reader, and returns the answer."""


def ask_at_the_keyboard(question: str) -> str:
    """Ask with whatever `input` is now; in a notebook it belongs to the cell."""
    return input(question)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever the commands are run for: what shows a text, what takes the log of `--debug`, and what asks."""

    show: Show
    log: Show = to_stderr
    ask: Ask = ask_at_the_keyboard


def run(commands: Sequence[Command], reader: Reader) -> Any:
    """Run commands one after another and return their rows as one frame; None when there are none.

    What `--output` asks for is shown, and what `--query` alone selects is returned as it is. Nothing is sent while any
    command is faulty. The first failure ends the run; where there are several commands, the error's notes say what was
    done before it and what was not, and its `result` holds the rows of what was done. Ctrl-C stays a
    KeyboardInterrupt, which says the same, and that a write which was stopped may have reached AWS.
    """
    settings.current()
    prepared = prepare(commands, reader)
    results: list[Any] = []
    for number, step in enumerate(prepared):
        try:
            results.append(step.run())
        except EicError as error:
            if len(prepared) > 1:
                error.add_note(_progress(commands, number))
                error.result = _together(results)
            raise
        except AuditInterrupted:
            raise
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_stopped(commands, number)) from None  # below is nothing but the wait for an answer
    return _together(results)


def prepare(commands: Sequence[Command], reader: Reader) -> list[Prepared]:
    """Check each command against the connection that it will act on; an error points at its command."""
    preparation, prepared = _Preparation(reader), []
    for command in commands:
        with command.blamed():
            if command.verb in _ALONE and len(commands) > 1:
                raise UsageError(f"{command.verb} stands alone", hint=f"%eic {command.verb} in a cell of its own")
            prepared.append(Prepared(command, preparation.of(command)))
    return prepared


class _Preparation:
    """Checks commands in their order, a method a verb; `chosen` is the connection that a `use` before it chose."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.chosen: Eic | None = None

    def of(self, command: Command) -> Callable[[], Any]:
        if command.skeleton:
            return partial(self.reader.show, _skeleton(command))
        prepare: Callable[[Command], Callable[[], Any]] = getattr(self, f"_{command.verb}", self._call)
        return prepare(command)

    def _help(self, command: Command) -> Callable[[], Any]:
        return partial(self.reader.show, page(command.arguments.get("topic"), members))

    def _version(self, _command: Command) -> Callable[[], Any]:
        return partial(self.reader.show, _version())

    def _config(self, _command: Command) -> Callable[[], Any]:
        return in_use.config

    def _use(self, command: Command) -> Callable[[], Any]:
        """Choose a connection; without any option, list them."""
        if not (command.connection or command.arguments):
            return in_use.connections
        known = command.arguments.get("connection")
        if known is None:
            self.chosen = _connection(command.connection)
        else:
            self.chosen = in_use.named(known).derive(**command.connection)
        return partial(in_use.use, self.chosen, name=command.arguments.get("name") or known)

    def _require(self, command: Command) -> Callable[[], Any]:
        requirement = Requirement(**command.arguments, region=command.connection.get("region"))
        eic = self._current()
        return lambda: self._shown(requirement.check(connection_of(eic)))

    def _sandbox(self, command: Command) -> Callable[[], Any]:
        return partial(_sandbox, **command.connection, **command.arguments)

    def _audit(self, command: Command) -> Callable[[], Any]:
        return _audit(command)

    def _call(self, command: Command) -> Callable[[], Any]:
        """A call of AWS; with `--debug` all that it sends is logged, from its first check on."""
        eic = self._current().derive(**command.connection)
        if not command.debug:
            return self._answering(eic, command)
        log = self.reader.log
        listening = partial(logged, lambda text: log(masks.masked(text)), lambda: connection_of(eic).aws.secrets)
        log(masks.masked(f"{_version()}{command}\n"))
        with listening():
            call = self._answering(eic, command)
        return listening()(call)

    def _answering(self, eic: Eic, command: Command) -> Callable[[], Any]:
        """The call in the form that its command asks for."""
        if command.verb in _OF_A_CONNECTION:
            return partial(getattr(eic, command.verb), **command.arguments)
        paging = Paging(**command.paging) if command.verb == "list" else Paging()
        request = connection_of(eic).request(command.verb, **command.arguments, paging=paging, more=command.more)
        if command.dry_run and (command.output or command.query):
            raise UsageError("a dry run has no answer to print", hint="--dry-run without --output and --query")
        if command.dry_run:
            return partial(self._rehearsed, eic, request)
        call = self._sending(eic, request, command)
        asks = request.verb in WRITES and settings.current().confirm
        return partial(self._confirmed, eic, request, call) if asks else call

    def _sending(self, eic: Eic, request: Request, command: Command) -> Callable[[], Any]:
        if command.output:
            printed = printing(connection_of(eic), request, command)
            return lambda: self.reader.show(printed())
        if command.query:
            return selecting(connection_of(eic), request, command)
        if request.verb in WRITES:
            return partial(self._written, eic, request, command)
        return partial(_sent, eic, request)

    def _rehearsed(self, eic: Eic, request: Request) -> Frame:
        frame, line = rehearsed(eic, request)
        self._shown(f"DRY RUN  {line}")
        return frame

    def _confirmed(self, eic: Eic, request: Request, call: Callable[[], Any]) -> Any:
        """Ask before a write; where nobody can be asked, nothing is written."""
        _, line = rehearsed(eic, request, must=False)
        try:
            answer = self.reader.ask(masks.masked(f"{line}\nWrite it? [y/N] "))
        except (EOFError, RuntimeError, OSError) as error:
            raise ConfigurationError(
                "the setting confirm is on, and nobody can be asked here; nothing was written",
                hint="%config EicMagics.confirm = False",
            ) from error
        if answer.strip().lower() not in {"y", "yes"}:
            raise EicError("not confirmed: nothing was written", hint="the command again, and y; or --dry-run")
        return call()

    def _written(self, eic: Eic, request: Request, command: Command) -> Frame | None:
        """Write, and show the line that says what was changed."""
        if command.quiet or command.is_ended:
            frame = _sent(eic, request)
            return None if command.quiet else frame
        applied = write(connection_of(eic), request)
        self._shown(applied.line)
        return config_frame(connection_of(eic), applied.configs, request.verb)

    def _shown(self, line: str) -> None:
        self.reader.show(masks.masked(f"{line}\n"))

    def _current(self) -> Eic:
        return self.chosen or in_use.current()


def _sent(eic: Eic, request: Request) -> Frame:
    return config_frame(connection_of(eic), connection_of(eic).send(request), request.verb)


def _skeleton(command: Command) -> str:
    operation = OPERATIONS[command.verb]
    request, response = shape_of(service_model(), operation)
    if command.skeleton == "output" and (command.output or command.query):
        answer = Answer.of(operation, sample(response))
        return render(answer, command.output or "json", query=command.query, color=command.color == "on")
    return skeleton(command.skeleton or "input", request, response)


def _version() -> str:
    return f"eicnb/{version('eicnb')} python/{platform.python_version()} botocore/{version('botocore')}\n"


def _connection(options: Mapping[str, Any]) -> Eic:
    """A profile is a connection of its own; without one, the connection in use goes elsewhere."""
    if "profile" not in options:
        return in_use.current().derive(**options)
    named = {name: options[name] for name in ("profile", "region", "endpoint_url") if name in options}
    named.setdefault("region", settings.current().region)
    return connect.connect(**named).derive(**{name: value for name, value in options.items() if name not in named})


def _audit(command: Command) -> Callable[[], Frame]:
    """The audit of the connection in use, gone elsewhere where the options say so, or of several profiles."""
    options = dict(command.arguments)
    profiles = options.pop("profiles", None)
    progress = not options.pop("no_progress", False) and settings.current().progress
    options.setdefault("rate", settings.current().rate)
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
    _last_sandbox[:] = [connect.start_sandbox(**options, instead_of=_last_sandbox[0].server if _last_sandbox else None)]
    return in_use.use(_last_sandbox[0])


_last_sandbox: list[Eic] = []


def _together(results: Sequence[Any]) -> Any:
    """All rows as one frame; one thing alone as it is; several different things as a list."""
    frames = [result for result in results if isinstance(result, Frame)]
    if len(frames) > 1 and len(frames) == len(results):
        return stack(frames)
    shown = [result for result in results if result is not None and not isinstance(result, Eic)] or results[-1:]
    return shown[0] if len(shown) == 1 else shown or None


def _stopped(commands: Sequence[Command], stopped: int) -> str:
    is_write = commands[stopped].verb in WRITES
    doubt = [f"stopped, but AWS may have carried it out all the same: {commands[stopped]}"] if is_write else []
    how_far = [_progress(commands, stopped, "stopped")] if len(commands) > 1 else []
    return masks.masked("\n".join([*doubt, *how_far]))


def _progress(commands: Sequence[Command], last: int, came_to: str = "failed") -> str:
    lines = [
        f"Commands done before it: {last} of {len(commands)}",
        *(f"    done      {command}" for command in commands[:last]),
        f"    {came_to:<8}  {commands[last]}",
        *(f"    not done  {command}" for command in commands[last + 1 :]),
    ]
    return "\n".join(lines)
