"""The values of options: from a word to an integer, an age, a destination or a structure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from eicnb.arn import DestinationArn, DestinationName, FunctionRef
from eicnb.cli import shorthand
from eicnb.cli.lexer import Word
from eicnb.cli.options import Option
from eicnb.errors import UsageError, shown
from eicnb.model import DestinationConfig, NoDestination, parse_destination

_SECONDS = {"h": 3600, "m": 60, "s": 1, "": 1}


def read(option: Option, word: Word, names: Mapping[str, Any]) -> Any:
    """Read the value of an option from its word; an error points at the word.

    What a reference brings in for a number is not shown in the error: it is no number, and may be a secret.
    """
    with word.blamed():
        if option.kind == "structure":
            return _structure(word, names)
        value = word.fill(names)
        if isinstance(value, str) and value.startswith(("file://", "fileb://")):
            raise UsageError("eicnb does not read files in options yet", hint="the value itself, or ${name}")
        told = word.raw if word.references else shown(value)
        return _READERS[option.kind](value, option, told)


def _text(value: Any, option: Option, told: str) -> str:
    """Text; a whole number from the notebook counts as text, since a version is one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise UsageError(f"{option.name} is {told}, not text", hint=f"{option.name} {option.metavar}")
    if not value:
        raise UsageError(f"{option.name} is empty", hint=f"{option.name} {option.metavar}")
    return value


def _function(value: Any, option: Option, told: str) -> FunctionRef:
    return value if isinstance(value, FunctionRef) else FunctionRef.parse(_text(value, option, told))


def _integer(value: Any, option: Option, told: str) -> Any:
    """A whole number, in any form that Python reads; the model says which ones are allowed."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        hint = f"{option.name} {option.metavar}, a whole number"
        if option.argument == "maximum_event_age_in_seconds":
            hint = f"{hint}; --max-age takes 6h and 90m"
        raise UsageError(f"{option.name} is {told}, which is not a whole number", hint=hint) from None


def _age(value: Any, option: Option, told: str) -> Any:
    """age = 1*digit [ "h" / "m" / "s" ]"""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([0-9]{1,9})([hms]?)", value.strip())
    if not found:
        raise UsageError(f"{option.name} is {told}, which is not an age", hint="6h, 90m, 3600s or 3600: from 60s to 6h")
    return int(found[1]) * _SECONDS[found[2]]


def _destination(value: Any, option: Option, told: str) -> DestinationArn | DestinationName | NoDestination:
    if isinstance(value, DestinationArn | NoDestination):
        return value
    return parse_destination(_text(value, option, told))


_READERS: Mapping[str, Callable[[Any, Option, str], Any]] = {
    "function": _function,
    "text": _text,
    "integer": _integer,
    "age": _age,
    "destination": _destination,
}


def _structure(word: Word, names: Mapping[str, Any]) -> DestinationConfig:
    """A DestinationConfig from shorthand, from JSON (what begins with a bracket), or from the notebook."""
    if word.text in word.references:
        value = word.fill(names)
        if isinstance(value, DestinationConfig):
            return value
        return DestinationConfig.from_api(_read_structure(value) if isinstance(value, str) else value)
    if word.text.startswith(("file://", "fileb://")):
        raise UsageError("eicnb does not read files in options yet", hint="the JSON itself, in single quotes")
    return DestinationConfig.from_api(_fill(_read_structure(word.text), word, names))


def _read_structure(text: str) -> Any:
    if not text.strip():
        raise UsageError("the structure is empty", hint="OnFailure={Destination=ARN}, or {} for an empty one")
    return _json(text) if text.lstrip()[0] in "{[" else shorthand.parse(text)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        hint = '\'{"OnFailure": {"Destination": "ARN"}}\', in single quotes'
        raise UsageError(f"this is not JSON: {error.msg}", hint=hint, position=error.pos) from error
    except RecursionError as error:
        raise UsageError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise UsageError(f"this JSON cannot be read: {error}") from error


def _fill(value: Any, word: Word, names: Mapping[str, Any]) -> Any:
    """Put the notebook's values into the texts of a structure, after its shape is settled."""
    if isinstance(value, str):
        return word.fill_text(value, names)
    if isinstance(value, Mapping):
        return {word.fill_text(key, names): _fill(member, word, names) for key, member in value.items()}
    if isinstance(value, list):
        return [_fill(member, word, names) for member in value]
    return value
