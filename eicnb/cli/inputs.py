"""`--cli-input-json` and `--cli-input-yaml`: a command's arguments as one document, in AWS's own names."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from eicnb.arn import FunctionRef
from eicnb.errors import UsageError, nearest, shown
from eicnb.model import DestinationConfig, check_event_age, check_retry_attempts

_JSON_HINT = """'{"FunctionName": "my-function", "MaximumRetryAttempts": 0}', in single quotes, or file://NAME"""
_YAML_HINT = "FunctionName: my-function, a member a line, or file://NAME"


def read_json(text: str) -> Any:
    """Read JSON; a UsageError carries the offset of the fault.

    >>> read_json('{"MaximumRetryAttempts": 0}')
    {'MaximumRetryAttempts': 0}
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"this is not JSON: {error.msg}", hint=_json_hint(text), position=error.pos) from error
    except RecursionError as error:
        raise UsageError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise UsageError(f"this JSON cannot be read: {error}") from error


def _json_hint(text: str) -> str:
    if text.startswith("\ufeff"):
        return "the text without the byte order mark at its start"
    if "'" in text and '"' not in text:
        return "double quotes inside, single quotes around"
    return '\'{"OnFailure": {"Destination": "ARN"}}\', in single quotes'


def read_yaml(text: str) -> Any:
    """Read YAML 1.2; tags and keys that come twice are refused.

    >>> read_yaml("Qualifier: 'yes'")
    {'Qualifier': 'yes'}
    """
    try:
        return YAML(typ="safe", pure=True).load(text.removeprefix("\ufeff"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UsageError(
            f"this is not YAML: {error.problem}", hint=_YAML_HINT, position=mark.index if mark else None
        ) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise UsageError(f"this YAML cannot be read: {str(error).splitlines()[0]}", hint=_YAML_HINT) from error


def input_arguments(document: Any, new_members: Callable[[], Collection[str]] = tuple) -> dict[str, Any]:
    """The arguments of a command, from a document in the names of AWS's API.

    >>> input_arguments({"FunctionName": "my-function", "MaximumRetryAttempts": 1})["maximum_retry_attempts"]
    1

    Whatever AWS would not take is a UsageError, an unknown member included; `new_members` names those that only the
    service model knows, which keep their names.
    """
    if not isinstance(document, Mapping):
        raise UsageError(f"the input is {shown(document)}, not a mapping", hint=_JSON_HINT)
    arguments = {}
    for member, value in document.items():
        if member not in _MEMBERS and member in new_members():
            arguments[member] = value
            continue
        if member not in _MEMBERS:
            hint = nearest(str(member), _MEMBERS) or ", ".join(_MEMBERS)
            raise UsageError(f"the input has no member {shown(member)}", hint=hint, culprit=str(member))
        argument, check = _MEMBERS[member]
        arguments[argument] = check(value)
    return arguments


def _text(what: str) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise UsageError(f"the {what} in the input is {shown(value)}, not text", hint=f'"{what}": "…"')
        return value

    return check


def _number(what: str) -> Any:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"the {what} in the input is {shown(value)}, not a whole number", hint=f'"{what}": 1')
        return value

    return check


def _paging(value: Any) -> dict[str, Any]:
    members = {"MaxItems": "max_items", "PageSize": "page_size", "StartingToken": "starting_token"}
    if not isinstance(value, Mapping) or not set(value) <= set(members):
        raise UsageError(f"the PaginationConfig is {shown(value)}", hint=", ".join(members))
    return {members[member]: found for member, found in value.items()}


_MEMBERS = {
    "FunctionName": ("function_name", lambda value: FunctionRef.parse(_text("FunctionName")(value))),
    "Qualifier": ("qualifier", _text("Qualifier")),
    "MaximumRetryAttempts": ("maximum_retry_attempts", check_retry_attempts),
    "MaximumEventAgeInSeconds": ("maximum_event_age_in_seconds", check_event_age),
    "DestinationConfig": ("destination_config", DestinationConfig.from_api),
    "MaxItems": ("call_max_items", _number("MaxItems")),
    "Marker": ("call_marker", _text("Marker")),
    "PaginationConfig": ("paging", _paging),
}
