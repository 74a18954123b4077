"""One checked put or delete, written out: for a terminal, for `%eic` and for Python.

Each text comes back to the call that it was written from: `eicnb.cli.parser` reads the first two, Python the third.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from eicnb.aws.service_model import members
from eicnb.cli import options
from eicnb.cli.parser import parse
from eicnb.cli.source import Source
from eicnb.errors import UsageError, shown
from eicnb.frames.columns import CONFIG_COLUMNS, Column
from eicnb.frames.frame import rows_of
from eicnb.model.age import age
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import DestinationArn, name_of
from eicnb.model.place import Where
from eicnb.model.request import Request

_LONGEST_LINE = 88

_DESTINATIONS = ("on_success", "on_failure")

HERE: Mapping[str, Any] = MappingProxyType({})
"""The options of a call on the connection in use."""

Words = list[tuple[str, ...]]


def aws_command(request: Request, where: Where) -> str:
    r"""The AWS CLI's command, quoted for a shell, an option a line; it names its region and its profile.

    >>> from eicnb.model.function import FunctionRef
    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> print(aws_command(Request("delete", FunctionRef("my-function")), where))
    aws lambda delete-function-event-invoke-config \
        --function-name my-function \
        --region us-east-1
    """
    verb = options.verb(request.verb)
    assert verb is not None, "a request has one of the verbs"
    words = _subject(request)
    config = request.config or EventInvokeConfig()
    if config.maximum_retry_attempts is not None:
        words.append(("--maximum-retry-attempts", str(config.maximum_retry_attempts)))
    if config.maximum_event_age_in_seconds is not None:
        words.append(("--maximum-event-age-in-seconds", str(config.maximum_event_age_in_seconds)))
    if config.destination_config is not None:
        words.append(("--destination-config", to_shorthand(config.destination_config)))
    words += [("--region", where.region), *([("--profile", where.profile)] if where.profile else [])]
    if where.endpoint_url and not where.sandbox:  # a sandbox's port is another one each time
        words.append(("--endpoint-url", where.endpoint_url))
    lines = [f"aws lambda {verb.aws_name}", *(shlex.join(option) for option in words)]
    return " \\\n    ".join(lines)


def eic_line(request: Request, where: Where, elsewhere: Mapping[str, Any] = HERE) -> str:
    """The line magic, in eicnb's own words; destinations of the same account and region go by their names.

    `elsewhere` are the options of `derive` that lead from the connection in use to that place.

    >>> from eicnb.model.function import FunctionRef
    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> eic_line(Request("put", FunctionRef("my-function"), "live", EventInvokeConfig(maximum_retry_attempts=0)), where)
    '%eic put my-function --qualifier live --retries 0'
    """
    (_, function), *rest = _subject(request)
    words = [("%eic", request.verb, function), *rest, *_connection(elsewhere)]
    config = request.config or EventInvokeConfig()
    if config.maximum_retry_attempts is not None:
        words.append(("--retries", str(config.maximum_retry_attempts)))
    if config.maximum_event_age_in_seconds is not None:
        words.append(("--max-age", age(config.maximum_event_age_in_seconds)))
    for argument, arn in _destinations(config):
        words.append((f"--{argument.replace('_', '-')}", name_of(arn, where) or str(arn)))
    return " ".join(shlex.join(option) for option in words)


def python_call(request: Request, where: Where, elsewhere: Mapping[str, Any] = HERE) -> str:
    """The call of Python, on the connection in use, or on the one that is derived from it by `elsewhere`.

    >>> from eicnb.model.function import FunctionRef
    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> python_call(Request("delete", FunctionRef("my-function"), "live"), where)
    "eicnb.delete('my-function', qualifier='live')"
    """
    config = request.config or EventInvokeConfig()
    arguments = {
        "qualifier": request.qualifier,
        "maximum_retry_attempts": config.maximum_retry_attempts,
        "maximum_event_age_in_seconds": config.maximum_event_age_in_seconds,
        **{argument: name_of(arn, where) or str(arn) for argument, arn in _destinations(config)},
    }
    given = [f"{name}={value!r}" for name, value in arguments.items() if value is not None]
    words = [repr(str(request.function)), *given]
    derived = ", ".join(f"{name}={value!r}" for name, value in elsewhere.items())
    verb = f"eicnb.current().derive({derived}).{request.verb}" if derived else f"eicnb.{request.verb}"
    line = f"{verb}({', '.join(words)})"
    if len(line) <= _LONGEST_LINE:
        return line
    return "\n".join([f"{verb}(", *(f"    {word}," for word in words), ")"])


def to_shorthand(config: DestinationConfig) -> str:
    """Return what `--destination-config` takes: the AWS CLI's shorthand, or JSON for an empty destination.

    >>> to_shorthand(DestinationConfig(on_failure=DestinationArn.parse("arn:aws:s3:::lost-events")))
    'OnFailure={Destination=arn:aws:s3:::lost-events}'
    """
    members = config.to_api()
    arns = [member.get("Destination", "") for member in members.values()]
    if not arns or not all(arns):
        return to_json(config)
    return ",".join(f"{key}={{Destination={member['Destination']}}}" for key, member in members.items())


def to_json(config: DestinationConfig) -> str:
    """A destination config as AWS's API has it, in JSON.

    >>> to_json(DestinationConfig())
    '{}'
    """
    return json.dumps(config.to_api())


def _subject(request: Request) -> Words:
    qualifier = [] if request.qualifier is None else [("--qualifier", request.qualifier)]
    return [("--function-name", str(request.function)), *qualifier]


def _connection(elsewhere: Mapping[str, Any]) -> Words:
    """The options of a connection as a command has them; what is not asked for is not written."""
    words: Words = []
    for option in options.CONNECTION:
        value = elsewhere.get(option.argument)
        if value is not None and value is not False:
            words.append((option.name,) if value is True else (option.name, str(value)))
    return words


def _destinations(config: EventInvokeConfig) -> Iterator[tuple[str, DestinationArn]]:
    """The destinations by the arguments that take them; a form makes no empty ones."""
    for argument in _DESTINATIONS:
        arn = getattr(config.destination_config, argument, None)
        if isinstance(arn, DestinationArn):
            yield argument, arn


_STATE = {"configured": True, "scan_state": "ok"}
"""What holds for the rows of a frame that is no audit."""


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
    parse(Source("\n".join(lines), first_line=1), {}, model=members)
    return lines


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
