"""Print a response as the AWS CLI does (`--output`), or return what a query selects (`--query`).

Tested in tests/notebook/test_magics.py and tests/cli/test_output.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from eicnb.aws.connection import Connection
from eicnb.changes.apply import send_as_the_cli
from eicnb.changes.waiting import Say
from eicnb.cli.command import Command
from eicnb.cli.output import Query, Response, check, format_timestamp, render, select
from eicnb.cli.output.table import COLORS
from eicnb.errors import ConfigurationError
from eicnb.frames.frame import objects_frame
from eicnb.model.arn import example_arn
from eicnb.model.request import Request
from eicnb.model.verbs import CONFIGS
from eicnb.redaction import masks
from eicnb.redaction.control_characters import printable

TimestampStyle = Literal["iso8601", "wire"]


def printing(connection: Connection, request: Request, command: Command, say: Say) -> Callable[[], str]:
    """Return a function that sends a request and prints its response.

    A request whose response cannot be printed is refused before it is sent.
    """
    style = _timestamp_style(connection)
    _check_printable(request, command)
    return lambda: _printed(_response(connection, request, style, say), command)


def selecting(connection: Connection, request: Request, command: Command, say: Say) -> Callable[[], Any]:
    """Return a function that sends a request and returns what `--query` selects."""
    style = _timestamp_style(connection)
    return lambda: _selected(select(_response(connection, request, style, say), command.query))


def _printed(response: Response, command: Command) -> str:
    """Return the text that `--output` prints, with its values masked first, then the whole text.

    It is what the AWS CLI prints, except that control characters, which the CLI sends to the terminal, are escaped.
    """
    query = command.query
    if masks.active().on:
        query = (query or Query.parse("@")).then(_masked)
    text = masks.masked(render(response, command.output or "", query=query, color=command.color == "on"))
    return printable(text, keep=COLORS if command.color == "on" else ())


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masks.masked(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(member) for key, member in value.items()}
    return [_masked(member) for member in value] if isinstance(value, list) else value


def _response(connection: Connection, request: Request, style: TimestampStyle, say: Say) -> Response:
    """Send a request, and return its response in the form that `--output` and `--query` use."""
    pages, token = send_as_the_cli(connection, request, say=say)
    pages = [_plain(page, style) for page in pages]
    if request.verb != "list" or request.paging.is_one_call:
        return Response.of(request.operation, pages[0])
    whole: dict[str, Any] = {CONFIGS: [config for page in pages for config in page[CONFIGS]]}
    if token:
        whole["NextToken"] = token
    return Response(request.operation, tuple(pages), whole, paged=True)


def _check_printable(request: Request, command: Command) -> None:
    """Refuse a write whose response could not be printed."""
    if request.config is None or not command.output:
        return
    function_arn = example_arn("lambda", f"function:{request.function.function_name}:$LATEST")
    destinations: dict[str, Any] = {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}
    sample = {"LastModified": "", "FunctionArn": function_arn, **destinations, **request.config.to_api()}
    check([Response.of(request.operation, sample)], command.output, query=command.query)


def _timestamp_style(connection: Connection) -> TimestampStyle:
    """Return the timestamp format in the AWS config file, checked before anything is sent."""
    style = connection.aws.setting("cli_timestamp_format")
    if style not in {None, "iso8601", "wire"}:
        raise ConfigurationError(f"the setting cli_timestamp_format is {style!r}", hint="set it to iso8601 or wire")
    binary_format = connection.aws.setting("cli_binary_format")
    if binary_format not in {None, "base64", "raw-in-base64-out"}:
        message = f"the setting cli_binary_format is {binary_format!r}"
        raise ConfigurationError(message, hint="set it to base64 or raw-in-base64-out")
    return "wire" if style == "wire" else "iso8601"


def _plain(value: Any, style: TimestampStyle) -> Any:
    """Return a response as plain values, with its times formatted as by the AWS CLI."""
    if isinstance(value, datetime):
        return format_timestamp(value, style)
    if isinstance(value, Mapping):
        return {key: _plain(member, style) for key, member in value.items()}
    return [_plain(member, style) for member in value] if isinstance(value, list) else value


def _selected(value: Any) -> Any:
    objects = isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value)
    return objects_frame(value) if objects else value
