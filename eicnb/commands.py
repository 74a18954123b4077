"""Runs commands on a connection: all are checked before the first is sent."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from importlib.metadata import version
from typing import Any, Literal

from eicnb import api, in_use, redaction, settings
from eicnb.aws import service_model
from eicnb.cli.manual import page
from eicnb.cli.options import VERBS, Option, from_model
from eicnb.cli.output import Answer, Query, check, format_timestamp, render, select
from eicnb.cli.parser import Command
from eicnb.cli.skeleton import render as skeleton
from eicnb.cli.skeleton import sample
from eicnb.connection import Eic, audit_of
from eicnb.debug import logged
from eicnb.errors import AuditInterrupted, ConfigurationError, EicError, UsageError
from eicnb.fleet.scope import names_in
from eicnb.frames import Frame, objects_frame, stack
from eicnb.request import CONFIGS, OPERATIONS, Paging, Request
from eicnb.shapes import Member, shape_of

TimestampStyle = Literal["iso8601", "wire"]

_WRITES = {"put", "update", "delete"}
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
    of what was done. Ctrl-C stays a KeyboardInterrupt, which says the same, and that a write which was stopped may
    have reached AWS.
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
        except AuditInterrupted:
            raise
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_stopped(commands, number)) from None  # below is nothing but the wait for an answer
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
        return render(answer, command.output or "json", query=command.query, color=_color(command))
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
    if command.output or command.query:
        style = _timestamp_style(eic)
    if command.output:
        _check_printable(request, command)
        return lambda: show(_printed(answer(eic, request, style), command))
    if command.query:
        return lambda: _selected(select(answer(eic, request, style), command.query))
    return partial(eic.send, request)


def _printed(told: Answer, command: Command) -> str:
    """What `--output` prints: values are masked before they are laid out, and then whatever else is in the text."""
    query = command.query
    if redaction.active().on:
        query = (query or Query.parse("@")).then(_masked)
    return redaction.masked(render(told, command.output or "", query=query, color=_color(command)))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return redaction.masked(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(member) for key, member in value.items()}
    return [_masked(member) for member in value] if isinstance(value, list) else value


def answer(eic: Eic, request: Request, style: TimestampStyle = "iso8601") -> Answer:
    """What AWS answers to a request, in the form that `--output` and `--query` work on."""
    pages, token = eic.pages(request)
    pages = [_plain(page, style) for page in pages]
    if request.verb != "list" or request.paging.is_one_call:
        return Answer.of(request.operation, pages[0])
    whole: dict[str, Any] = {CONFIGS: [config for page in pages for config in page[CONFIGS]]}
    if token:
        whole["NextToken"] = token
    return Answer(request.operation, tuple(pages), whole, paged=True)


def _check_printable(request: Request, command: Command) -> None:
    """A change whose answer could not be printed is not sent."""
    if request.config is None or not command.output:
        return
    function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{request.function.function_name}:$LATEST"
    destinations: dict[str, Any] = {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}
    sample = {"LastModified": "", "FunctionArn": function_arn, **destinations, **request.config.to_api()}
    check([Answer.of(request.operation, sample)], command.output, query=command.query)


def _timestamp_style(eic: Eic) -> TimestampStyle:
    """How the AWS config wants times written; checked before anything is sent."""
    style = eic.setting("cli_timestamp_format")
    if style not in {None, "iso8601", "wire"}:
        raise ConfigurationError(f"the setting cli_timestamp_format is {style!r}", hint="iso8601 or wire")
    binary_format = eic.setting("cli_binary_format")
    if binary_format not in {None, "base64", "raw-in-base64-out"}:
        message = f"the setting cli_binary_format is {binary_format!r}"
        raise ConfigurationError(message, hint="base64 or raw-in-base64-out")
    return "wire" if style == "wire" else "iso8601"


def _plain(value: Any, style: TimestampStyle) -> Any:
    """The answer in plain dictionaries, lists and scalars, with its times as the AWS CLI writes them."""
    if isinstance(value, datetime):
        return format_timestamp(value, style)
    if isinstance(value, Mapping):
        return {key: _plain(member, style) for key, member in value.items()}
    return [_plain(member, style) for member in value] if isinstance(value, list) else value


def _color(command: Command) -> bool:
    return command.color == "on"


def _selected(value: Any) -> Any:
    """What a query selects: a frame when it is a list of objects."""
    objects = isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value)
    return objects_frame(value) if objects else value


def _together(results: Sequence[Any]) -> Any:
    """All rows as one frame; one thing alone as it is; several different things as a list."""
    frames = [result for result in results if isinstance(result, Frame)]
    if len(frames) > 1 and len(frames) == len(results):
        return stack(frames)
    shown = [result for result in results if result is not None and not isinstance(result, Eic)] or results[-1:]
    return shown[0] if len(shown) == 1 else shown or None


def _stopped(commands: Sequence[Command], stopped: int) -> str:
    is_write = commands[stopped].verb in _WRITES
    doubt = [f"stopped, but AWS may have carried it out all the same: {commands[stopped]}"] if is_write else []
    how_far = [_progress(commands, stopped, "stopped")] if len(commands) > 1 else []
    return redaction.masked("\n".join([*doubt, *how_far]))


def _progress(commands: Sequence[Command], last: int, came_to: str = "failed") -> str:
    lines = [
        f"Commands done before it: {last} of {len(commands)}",
        *(f"    done      {command}" for command in commands[:last]),
        f"    {came_to:<8}  {commands[last]}",
        *(f"    not done  {command}" for command in commands[last + 1 :]),
    ]
    return "\n".join(lines)
