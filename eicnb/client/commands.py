"""Run commands on a connection: all are checked before the first is sent.

Tested in tests/notebook/test_magics.py, tests/notebook/test_writes.py and tests/client/test_script.py.
"""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from eicnb.aws.service_model import members, service_model
from eicnb.changes.apply import config_frame, sent, write
from eicnb.changes.change import WRITES
from eicnb.changes.role import permission_note
from eicnb.changes.targets import missing_note, targets_of
from eicnb.cli.command import Command
from eicnb.cli.help import page
from eicnb.cli.options import AUDIT, CONNECTION, ROLE, VERBS, Option, from_model
from eicnb.cli.output import Answer, render
from eicnb.cli.skeleton import render as skeleton
from eicnb.cli.skeleton import sample
from eicnb.client import connect, settings
from eicnb.client import connections as in_use
from eicnb.client.eic import Eic, audit_of, connection_of, rehearsed
from eicnb.client.hints import reaching
from eicnb.client.output import printing, selecting
from eicnb.client.require import Requirement
from eicnb.client.settings import Settings
from eicnb.errors import AuditInterrupted, ConfigurationError, EicError, UsageError
from eicnb.fleet.scope import names_in
from eicnb.frames.columns import VERB, VERB_COLUMN
from eicnb.frames.frame import Frame, stack, to_frame
from eicnb.model.destination import DestinationArn
from eicnb.model.members import shape_of
from eicnb.model.request import Paging, Request
from eicnb.model.verbs import OPERATIONS
from eicnb.redaction import masks
from eicnb.redaction.debug_log import logged

_OF_A_CONNECTION = {"functions", "whoami", "form"}

_ALONE = {"sandbox", "audit", "config", *_OF_A_CONNECTION}


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A validated command and the function that runs it."""

    command: Command
    run: Callable[[], Any]


@cache
def newer_options() -> Mapping[str, Sequence[Option]]:
    """Return, by command, the options that only the service model knows."""
    return {verb.name: from_model(members(verb.operation)) for verb in VERBS if verb.operation}


Show = Callable[[str], object]
"""Shows text to the user."""


def to_stderr(text: str) -> None:
    """Write to the current standard error; in a notebook it is the cell's."""
    sys.stderr.write(text)


Ask = Callable[[str], str]
"""Asks the user a question and returns the reply."""


def ask_at_the_keyboard(question: str) -> str:
    """Ask with the current `input`; in a notebook it belongs to the cell."""
    return input(question)


@dataclass(frozen=True, slots=True)
class Reader:
    """The user of some commands: functions to show, log and ask, and the settings in force.

    `log` takes the lines of `--debug`. The settings are resolved here, once for all the commands.
    """

    show: Show
    log: Show = to_stderr
    ask: Ask = ask_at_the_keyboard
    settings: Settings = field(default_factory=settings.current)


def run(commands: Sequence[Command], reader: Reader) -> Any:
    """Run commands one after another and return their rows as one frame; None without commands.

    `--output` shows text, and `--query` alone returns what it selects. If any command is invalid, nothing is sent.
    With several commands, the frame's first column is the verb of each row. The first failure stops the run; the
    error's notes then list what was done and what was not, and its `result` holds the rows of what was done. Ctrl-C
    stays a KeyboardInterrupt with the same list, and names the write that may have reached AWS.
    """
    prepared = prepare(commands, reader)
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
        except AuditInterrupted:
            raise
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_stopped(commands, number)) from None  # it only waited for a response
    return _together(results)


def prepare(commands: Sequence[Command], reader: Reader) -> list[PreparedCommand]:
    """Validate each command against the connection it will use; an error points at its command."""
    preparation, prepared = _Preparation(reader), []
    for command in commands:
        with command.blamed():
            if command.verb in _ALONE and len(commands) > 1:
                raise UsageError(
                    f"{command.verb} cannot be combined with other commands",
                    hint=f"run it in a cell of its own\n%eic {command}",
                )
            prepared.append(PreparedCommand(command, preparation.of(command)))
    return prepared


class _Preparation:
    """The validation of commands in order, a method a verb; an earlier `use` sets `chosen`."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.chosen: Eic | None = None
        self.noted: set[DestinationArn] = set()

    def of(self, command: Command) -> Callable[[], Any]:
        if command.skeleton:
            return partial(self.reader.show, _skeleton(command))
        prepare: Callable[[Command], Callable[[], Any]] = getattr(self, f"_{command.verb}", self._call)
        run = prepare(command)
        return partial(_silently, run) if command.quiet and not command.dry_run else run

    def _help(self, command: Command) -> Callable[[], Any]:
        return partial(self.reader.show, page(command.arguments.get("topic"), members))

    def _version(self, _command: Command) -> Callable[[], Any]:
        return partial(self.reader.show, _version())

    def _config(self, _command: Command) -> Callable[[], Any]:
        return in_use.config

    def _use(self, command: Command) -> Callable[[], Any]:
        """Choose a connection; without options, list them."""
        if not (command.connection or command.arguments):
            return in_use.connections
        known = command.arguments.get("connection")
        if known is None:
            self.chosen = _connection(command.connection)
        else:
            self.chosen = in_use.named(known).derive(**command.connection)
        return partial(in_use.use, self.chosen, name=command.arguments.get("name") or known)

    def _require(self, command: Command) -> Callable[[], Any]:
        region = command.connection.get("region")
        requirement, eic = Requirement(**command.arguments, region=region), self._current()
        if region is not None:
            in_use.check_region(eic.derive(region=region))
        return lambda: self._shown(requirement.check(connection_of(eic)))

    def _sandbox(self, command: Command) -> Callable[[], Any]:
        return partial(_sandbox, **command.connection, **command.arguments)

    def _audit(self, command: Command) -> Callable[[], Any]:
        return _audit(command)

    def _call(self, command: Command) -> Callable[[], Any]:
        """Prepare a request to AWS; `--debug` logs all that it sends, from validation on.

        What a hint gives to type has the command's connection options too.
        """
        if not command.connection:
            return self._listening(self._current(), command)
        advising = partial(reaching, command.connection)
        with advising():
            eic = self._current().derive(**command.connection)
            in_use.check_region(eic)
            return advising()(self._listening(eic, command))

    def _listening(self, eic: Eic, command: Command) -> Callable[[], Any]:
        """Prepare a request, and log it for `--debug`."""
        if not command.debug:
            return self._calling(eic, command)
        log = self.reader.log
        listening = partial(logged, lambda text: log(masks.printed(text)), lambda: connection_of(eic).aws.secrets)
        log(masks.printed(f"{_version()}{command}\n"))
        with listening():
            call = self._calling(eic, command)
        return listening()(call)

    def _calling(self, eic: Eic, command: Command) -> Callable[[], Any]:
        """Prepare what the command returns or prints."""
        if command.verb in _OF_A_CONNECTION:
            return partial(getattr(eic, command.verb), **command.arguments)
        paging = Paging(**command.paging) if command.verb == "list" else Paging()
        request = connection_of(eic).request(command.verb, **command.arguments, paging=paging, more=command.more)
        if command.dry_run and (command.output or command.query):
            raise UsageError("a dry run has no response to print", hint="use --dry-run without --output and --query")
        if command.dry_run:
            return partial(self._rehearsed, eic, request)
        call = self._sending(eic, request, command)
        asks = request.verb in WRITES and self.reader.settings.confirm
        return partial(self._confirmed, eic, request, call) if asks else call

    def _sending(self, eic: Eic, request: Request, command: Command) -> Callable[[], Any]:
        if command.output:
            printed = printing(connection_of(eic), request, command)
            show = _hide if command.quiet else self.reader.show
            return lambda: show(printed())
        if command.query:
            return selecting(connection_of(eic), request, command)
        if request.verb in WRITES:
            return partial(self._written, eic, request, command)
        return partial(sent, connection_of(eic), request)

    def _rehearsed(self, eic: Eic, request: Request) -> Frame:
        frame, line = rehearsed(eic, request)
        self._shown(f"DRY RUN  {line}")
        self._note_missing(eic, request)
        if note := permission_note(connection_of(eic), request, targets_of(request)):
            self._shown(note)
        return frame

    def _confirmed(self, eic: Eic, request: Request, call: Callable[[], Any]) -> Any:
        """Ask before a write; if no one can reply, nothing is written."""
        _, line = rehearsed(eic, request, must=False)
        self._note_missing(eic, request)
        try:
            reply = self.reader.ask(masks.printed(f"About to write:\n{line}\nWrite it? [y/N] "))
        except (EOFError, RuntimeError, OSError) as error:
            raise ConfigurationError(
                "the setting confirm is on, but this notebook cannot ask for a confirmation; nothing was written",
                hint="%config EicMagics.confirm = False",
            ) from error
        if reply.strip().lower() not in {"y", "yes"}:
            raise EicError("not confirmed: nothing was written", hint="run it again and reply y, or add --dry-run")
        return call()

    def _written(self, eic: Eic, request: Request, command: Command) -> Frame | None:
        """Write, and show the line that states what was changed."""
        is_silent = command.quiet or command.is_ended
        applied = write(connection_of(eic), request, reads=not is_silent)
        if not is_silent:
            self._shown(applied.line)
            self._note_missing(eic, request)
        frame = config_frame(connection_of(eic), applied.configs, request.verb)
        return None if command.quiet else frame

    def _note_missing(self, eic: Eic, request: Request) -> None:
        """Show which destinations of a write do not exist, each once."""
        if request.config is None or request.config.destination_config is None:
            return
        new = [arn for arn in targets_of(request) if arn not in self.noted]
        self.noted.update(new)
        if note := missing_note(connection_of(eic), new):
            self._shown(note)

    def _shown(self, line: str) -> None:
        self.reader.show(masks.printed(f"{line}\n"))

    def _current(self) -> Eic:
        return self.chosen or in_use.current()


def _hide(_text: str) -> None:
    """Ignore a text instead of showing it."""


def _silently(run: Callable[[], Any]) -> None:
    """Run a command and drop its result; its errors stay."""
    run()


def _skeleton(command: Command) -> str:
    operation = OPERATIONS[command.verb]
    request, response = shape_of(service_model(), operation)
    if command.skeleton == "output" and (command.output or command.query):
        printed = Answer.of(operation, sample(response))
        return render(printed, command.output or "json", query=command.query, color=command.color == "on")
    return skeleton(command.skeleton or "input", request, response)


def _version() -> str:
    return f"eicnb/{version('eicnb')} python/{platform.python_version()} botocore/{version('botocore')}\n"


def _connection(options: Mapping[str, Any]) -> Eic:
    """Return the connection of a profile, or without one, the connection in use with these options."""
    if "profile" not in options:
        return in_use.current().derive(**options)
    named = {name: options[name] for name in ("profile", "region", "endpoint_url") if name in options}
    named.setdefault("region", settings.current().region)
    return connect.connect(**named).derive(**{name: value for name, value in options.items() if name not in named})


def _audit(command: Command) -> Callable[[], Frame]:
    """Prepare the audit of the connection in use, with the command's options, or of several profiles."""
    options = dict(command.arguments)
    profiles = options.pop("profiles", None)
    names: tuple[str, ...] = ()
    held = settings.current()
    progress = not options.pop("no_progress", False) and held.progress
    options.setdefault("rate", held.rate)
    if profiles is None:
        connections = [_connection(command.connection)]
    elif "profile" in command.connection:
        raise UsageError("both --profile and --profiles are given", hint="use one of the two")
    else:
        names = names_in("profiles", profiles, "prod")
        connections = [_connection({**command.connection, "profile": name}) for name in names]
    for connection in connections if command.connection else ():
        in_use.check_region(connection)
    line = _line("%eic audit", {**command.connection, **({"profiles": ",".join(names)} if names else {})})
    of_one = {**command.connection, **({"profile": names[0]} if names else {})}
    list_line = _line("%eic functions", {name: value for name, value in of_one.items() if name != "region"})

    def run() -> Frame:
        with command.blamed():
            return audit_of(connections, progress=progress, line=line, list_line=list_line, **options)

    return run


def _line(command: str, given: Mapping[str, str]) -> str:
    """Return the line of a command with the options that lead to some accounts."""
    words = [command]
    for option in (*AUDIT, *CONNECTION, *ROLE):
        if option.argument in given:
            words += [option.name] if option.kind == "flag" else [option.name, shlex.quote(str(given[option.argument]))]
    return " ".join(words)


def _sandbox(**options: Any) -> Eic:
    """Start a new sandbox and stop the last one: a notebook that runs again finds the same account."""
    _last_sandbox[:] = [connect.start_sandbox(**options, instead_of=_last_sandbox[0].server if _last_sandbox else None)]
    return in_use.use(_last_sandbox[0])


_last_sandbox: list[Eic] = []


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


def _done(commands: Sequence[Command]) -> str:
    """Return the word for commands that came to their end."""
    return "rehearsed" if all(command.dry_run for command in commands) else "done"


def _progress(commands: Sequence[Command], last: int, outcome: str = "failed") -> str:
    done = [_done([command]) for command in commands[:last]]
    width = max(map(len, [*done, "not done"]))
    lines = [
        f"Commands {_done(commands[:last] or commands)} before it: {last} of {len(commands)}",
        *(f"    {word:<{width}}  {command}" for word, command in zip(done, commands, strict=False)),
        f"    {outcome:<{width}}  {commands[last]}",
        *(f"    {'not done':<{width}}  {command}" for command in commands[last + 1 :]),
    ]
    return "\n".join(lines)
