"""A put or delete as a command for a terminal, for `%eic` or for Python.

Each form round-trips to the same request: `eicnb.cli.parser` reads the first two, and Python runs the third.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from eicnb.changes.change import Change
from eicnb.cli import options
from eicnb.model.age import age
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import DestinationArn, name_of
from eicnb.model.place import Where
from eicnb.model.request import Request

_LONGEST_LINE = 88

_DESTINATIONS = ("on_success", "on_failure")

HERE: Mapping[str, Any] = MappingProxyType({})
"""The connection options of a call on the connection in use: none."""

Words = list[tuple[str, ...]]


def aws_command(request: Request, where: Where) -> str:
    r"""Return the AWS CLI command with region and profile, quoted for a shell, an option per line.

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
    if where.endpoint_url and not where.sandbox:  # each sandbox has a different port
        words.append(("--endpoint-url", where.endpoint_url))
    lines = [f"aws lambda {verb.aws_name}", *(shlex.join(option) for option in words)]
    return " \\\n    ".join(lines)


def eic_line(request: Request, where: Where, elsewhere: Mapping[str, Any] = HERE) -> str:
    """Return the line magic; destinations in the same account and region have their short names.

    `elsewhere` are the options of `derive` that turn the connection in use into the one for `where`.

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
    """Return the Python call, on the connection in use or the one derived from it by `elsewhere`.

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
    """Return a value for `--destination-config`: shorthand, or JSON if a destination is empty.

    >>> to_shorthand(DestinationConfig(on_failure=DestinationArn.parse("arn:aws:s3:::lost-events")))
    'OnFailure={Destination=arn:aws:s3:::lost-events}'
    """
    members = config.to_api()
    arns = [member.get("Destination", "") for member in members.values()]
    if not arns or not all(arns):
        return to_json(config)
    return ",".join(f"{key}={{Destination={member['Destination']}}}" for key, member in members.items())


def to_json(config: DestinationConfig) -> str:
    """Return a destination config as JSON in the form of AWS's API.

    >>> to_json(DestinationConfig())
    '{}'
    """
    return json.dumps(config.to_api())


def _subject(request: Request) -> Words:
    qualifier = [] if request.qualifier is None else [("--qualifier", request.qualifier)]
    return [("--function-name", str(request.function)), *qualifier]


def _connection(elsewhere: Mapping[str, Any]) -> Words:
    """Return connection options as words of a command."""
    words: Words = []
    for option in options.CONNECTION:
        value = elsewhere.get(option.argument)
        if value is not None and value is not False:
            words.append((option.name,) if value is True else (option.name, str(value)))
    return words


def _destinations(config: EventInvokeConfig) -> Iterator[tuple[str, DestinationArn]]:
    """Yield the name of each destination argument that is set, and its ARN."""
    for argument in _DESTINATIONS:
        arn = getattr(config.destination_config, argument, None)
        if isinstance(arn, DestinationArn):
            yield argument, arn


def line_without_config(request: Request) -> str:
    """Return the line to type after a request failed for lack of a config.

    >>> from eicnb.model.function import FunctionRef
    >>> line_without_config(Request("delete", FunctionRef("my-function"), "live"))
    '%eic delete my-function --qualifier live --missing-ok'

    A get becomes a list, an update gets `--create`, and a delete gets `--missing-ok`.
    """
    if request.verb not in {"update", "delete"}:
        return f"%eic list {request.function.without_qualifier()}"
    (_, function), *qualifier = _subject(request)
    words = ["%eic", request.verb, function, *(word for option in qualifier for word in option)]
    if request.verb == "delete":
        return shlex.join([*words, "--missing-ok"])
    config = request.config or EventInvokeConfig()
    if config.maximum_retry_attempts is not None:
        words += ["--retries", str(config.maximum_retry_attempts)]
    if config.maximum_event_age_in_seconds is not None:
        words += ["--max-age", age(config.maximum_event_age_in_seconds)]
    for argument in _DESTINATIONS:
        destination = getattr(config.destination_config, argument, None)
        if destination is not None:
            written = str(destination) if isinstance(destination, DestinationArn) else "none"
            words += [f"--{argument.replace('_', '-')}", written]
    return shlex.join([*words, options.CREATE.name])


def change_line(change: Change, region: str | None = None) -> str:
    """Return the command line that makes a change, for a connection in this region.

    >>> from eicnb.model.function import FunctionRef
    >>> arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-function:live"
    >>> change_line(Change(FunctionRef.parse(arn), None, None), "us-east-1")
    'delete arn:aws:lambda:eu-west-1:123456789012:function:my-function:live --missing-ok --region eu-west-1'

    The line is a put of all settings, or a delete that may find no config. It has `--region` unless `region` is the
    function's own.
    """
    function_arn, own = str(change.target), change.target.region
    words = ["delete", function_arn, "--missing-ok"] if change.after is None else ["put", function_arn]
    if change.after is not None:
        retries, seconds = change.after.maximum_retry_attempts, change.after.maximum_event_age_in_seconds
        words += [] if retries is None else ["--retries", str(retries)]
        words += [] if seconds is None else ["--max-age", age(seconds)]
        words += ["--on-failure", change.after.on_failure or "none", "--on-success", change.after.on_success or "none"]
    words += ["--region", own] if own and own != region else []
    return " ".join(word if word == function_arn else shlex.quote(word) for word in words)
