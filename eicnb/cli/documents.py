"""`--cli-input-json` and `--cli-input-yaml`: a command's arguments as a document with AWS's names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from eicnb.errors import UsageError, nearest, shown
from eicnb.model.config import check_event_age, check_retry_attempts, destinations_in
from eicnb.model.function import FunctionRef

_JSON_HINT = """'{"FunctionName": "my-function", "MaximumRetryAttempts": 0}', in single quotes, or file://NAME"""
_MOST_VALUES = 10_000
_MOST_BRACKETS = 1_000
_LONGEST_YAML = 20_000
CURLY_QUOTE = "[\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a]"
"""A regular expression for a typographic quote, which word processors insert instead of a straight one."""

_FENCE = re.compile(r"\s*(?:```|~~~)")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_YAML_HINT = "FunctionName: my-function, one member per line, or file://NAME"


def read_json(text: str, example: str = _JSON_HINT) -> Any:
    """Read JSON, or raise a UsageError with the offset and a hint for common mistakes.

    >>> read_json('{"MaximumRetryAttempts": 0}')
    {'MaximumRetryAttempts': 0}
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        reason, position = error.msg, error.pos
        if comma := _TRAILING_COMMA.match(text, max(0, text.rfind(",", 0, position + 1))):
            reason, position = "a comma before the closing bracket", comma.start()
        raise UsageError(
            f"this is not JSON: {reason}", hint=_json_hint(text, position) or example, position=position
        ) from error
    except RecursionError as error:
        raise UsageError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise UsageError(f"this JSON cannot be read: {error}") from error


def _json_hint(text: str, position: int) -> str | None:
    """Return the hint for a common mistake at the position where reading stopped."""
    if text.startswith("\ufeff"):
        return "remove the byte order mark at its start"
    if re.search(CURLY_QUOTE, text[position : position + 1]):
        return 'type straight double quotes " instead of typographic ones'
    if _FENCE.match(text):
        return "remove the lines of the Markdown fence"
    if _TRAILING_COMMA.match(text, position):
        return "remove the comma before the closing bracket"
    if '"' not in text:
        return (
            "use double quotes inside and single quotes around it"
            if "'" in text
            else "put single quotes around all of it"
        )
    return None


def read_yaml(text: str, *, hint: str = _YAML_HINT, longest: int = _LONGEST_YAML) -> Any:
    """Read YAML 1.2, rejecting tags, duplicate keys and anchors that expand too far.

    >>> read_yaml("Qualifier: 'yes'")
    {'Qualifier': 'yes'}
    """
    if len(text) > longest:
        raise UsageError(f"this YAML has more than {longest:,} characters", hint="write one config")
    if _FENCE.match(text):
        raise UsageError("a Markdown fence is not YAML", hint="remove the lines of the fence", position=0)
    if text.count("[") + text.count("{") > _MOST_BRACKETS:
        raise UsageError(f"this YAML has more than {_MOST_BRACKETS:,} brackets", hint=hint)
    try:
        document = YAML(typ="safe", pure=True).load(text.removeprefix("\ufeff"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UsageError(
            f"this is not YAML: {error.problem}", hint=hint, position=mark.index if mark else None
        ) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise UsageError(f"this YAML cannot be read: {str(error).splitlines()[0]}", hint=hint) from error
    if len(list(islice(_values(document), _MOST_VALUES + 1))) > _MOST_VALUES:
        raise UsageError(
            f"this YAML has more than {_MOST_VALUES:,} values", hint="write one config, without nested anchors"
        )
    return document


def _values(document: Any) -> Iterator[Any]:
    """Yield every value in a document, once for each time that an alias repeats it.

    The iteration is endless if the document contains itself.
    """
    waiting = [document]
    while waiting:
        value = waiting.pop()
        yield value
        inner = [*value, *value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        waiting.extend(inner)


def input_arguments(
    document: Any, new_members: Callable[[], Collection[str]] = tuple, given: Collection[str] = ()
) -> dict[str, Any]:
    """Return the arguments of a command from a document that uses AWS's member names.

    >>> input_arguments({"FunctionName": "my-function", "MaximumRetryAttempts": 1})["maximum_retry_attempts"]
    1

    Anything that AWS would reject is a UsageError, including an unknown member. `new_members` are known to the
    service model alone and keep their names. Members that are also `given` as options are not validated.
    """
    if document is None:
        raise UsageError("the document is empty", hint=_YAML_HINT)
    if not isinstance(document, Mapping):
        raise UsageError(f"the input is {shown(document)}, not a mapping", hint=_JSON_HINT)
    arguments = {}
    for member, value in document.items():
        if member not in _MEMBERS and member in new_members():
            arguments[member] = value
            continue
        if member in {"OnFailure", "OnSuccess"}:
            message = f"{member} belongs inside DestinationConfig"
            hint = f'{{"DestinationConfig": {{"{member}": {{"Destination": "ARN"}}}}}}'
            raise UsageError(message, hint=hint, culprit=str(member))
        if member not in _MEMBERS:
            hint = nearest(str(member), _MEMBERS) or ", ".join(_MEMBERS)
            raise UsageError(f"the input has no member {shown(member)}", hint=hint, culprit=str(member))
        argument, check = _MEMBERS[member]
        if argument not in given:
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
    for member, found in value.items():
        (_text if member == "StartingToken" else _number)(member)(found)
    return {members[member]: found for member, found in value.items()}


_MEMBERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "FunctionName": ("function_name", lambda value: FunctionRef.parse(_text("FunctionName")(value))),
    "Qualifier": ("qualifier", _text("Qualifier")),
    "MaximumRetryAttempts": ("maximum_retry_attempts", check_retry_attempts),
    "MaximumEventAgeInSeconds": ("maximum_event_age_in_seconds", check_event_age),
    "DestinationConfig": ("destination_config", destinations_in),
    "MaxItems": ("call_max_items", _number("MaxItems")),
    "Marker": ("call_marker", _text("Marker")),
    "PaginationConfig": ("paging", _paging),
}


def member_name(argument: str) -> str:
    """Return AWS's member name for an argument.

    >>> member_name("function_name")
    'FunctionName'
    """
    names = {known: member for member, (known, _) in _MEMBERS.items()}
    return names.get(argument, "PaginationConfig")


def members_of(arguments: Collection[str]) -> list[str]:
    """Return AWS's member names for the arguments that a document can contain."""
    return [member for member, (argument, _) in _MEMBERS.items() if argument in arguments]
