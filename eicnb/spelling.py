"""One checked put or delete, written out: for a terminal, for `%eic` and for Python.

Each text comes back to the call that it was written from: `eicnb.cli.parser` reads the first two, Python the third.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from eicnb.arn import DestinationArn
from eicnb.cli import options
from eicnb.draft import name_of
from eicnb.model import DestinationConfig, EventInvokeConfig
from eicnb.request import Request, Where

_LONGEST_LINE = 88
_PLAIN_ARN = re.compile(r"[\w:./$-]+", re.ASCII)
_UNITS = ((3600, "h"), (60, "m"), (1, "s"))
_DESTINATIONS = ("on_success", "on_failure")

HERE: Mapping[str, Any] = MappingProxyType({})
"""The options of a call on the connection in use."""

Words = list[tuple[str, ...]]


def age(seconds: int) -> str:
    """An age as `--max-age` takes it.

    >>> age(5400), age(21600), age(61)
    ('90m', '6h', '61s')
    """
    return next(f"{seconds // size}{unit}" for size, unit in _UNITS if seconds % size == 0)


def aws_command(request: Request, where: Where) -> str:
    r"""The AWS CLI's command, quoted for a shell, an option a line; it names its region and its profile.

    >>> from eicnb.arn import FunctionRef
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

    >>> from eicnb.arn import FunctionRef
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

    >>> from eicnb.arn import FunctionRef
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
    """What `--destination-config` takes: the AWS CLI's shorthand, or JSON where a name has odd characters.

    >>> to_shorthand(DestinationConfig(on_failure=DestinationArn.parse("arn:aws:s3:::lost-events")))
    'OnFailure={Destination=arn:aws:s3:::lost-events}'
    """
    members = config.to_api()
    arns = [member.get("Destination", "") for member in members.values()]
    if not arns or not all(_PLAIN_ARN.fullmatch(arn) for arn in arns):
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
