"""The values of options: words parsed into integers, ages, destinations or structures.

Tested in tests/cli/test_parser.py.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from eicnb.cli import member_values, shorthand
from eicnb.cli.documents import CURLY_QUOTE, input_arguments, member_name, members_of, read_json, read_yaml
from eicnb.cli.files import ReadFile, content, is_file
from eicnb.cli.lexer import quote, straightened
from eicnb.cli.option import QUOTED_KINDS, Option
from eicnb.cli.options import GLOBAL
from eicnb.cli.output import Query
from eicnb.cli.source import Word
from eicnb.errors import UsageError, nearest, shown
from eicnb.model.age import read_age, read_seconds
from eicnb.model.config import DestinationConfig, destinations_in
from eicnb.model.destination import DestinationArn, DestinationName, NoDestination, parse_destination
from eicnb.model.function import FunctionRef
from eicnb.model.limits import EVENT_AGE_IN_SECONDS, RETRY_ATTEMPTS, choices
from eicnb.model.pages import SETTINGS_RULE

__all__ = ["Document", "member_name", "members_of", "read", "read_member", "read_unchecked"]

_DESTINATIONS_HINT = """'{"OnFailure": {"Destination": "ARN"}}', in single quotes"""


@dataclass(frozen=True, slots=True)
class Document:
    """The context for reading a document: new members from the service model, and arguments from options.

    `new_members` is called only if the document has an unknown member. Members that are also `given` as options are
    not validated.
    """

    new_members: Callable[[], Collection[str]] = tuple
    given: Collection[str] = ()


def read(
    option: Option, word: Word, names: Mapping[str, Any], read_file: ReadFile, document: Document = Document()
) -> Any:
    """Parse the value of an option; an error points at its word.

    The error never shows the value of a reference, which may be a secret.
    """
    with word.blamed(), _explained(option, word):
        if option.kind == "structure":
            return destinations_in(_structure(option, word, names, read_file))
        if option.kind == "input":
            value = _structure(option, word, names, read_file)
            return input_arguments(value, document.new_members, document.given)
        value = _raw(option, word, names, read_file)
        as_shown = _as_shown(word, value)
        return _READERS[option.kind](value, option, as_shown)


def read_unchecked(option: Option, word: Word, names: Mapping[str, Any], read_file: ReadFile) -> Any:
    """Parse a value for a skeleton: the syntax must be valid, but AWS may still reject the value."""
    with word.blamed(), _explained(option, word):
        if option.kind == "structure":
            _structure(option, word, names, read_file)
            return None
        if option.kind == "input":
            value = _structure(option, word, names, read_file)
            if not isinstance(value, Mapping):
                raise UsageError(f"the input is {shown(value)}, not a mapping")
            return {}
        value = _raw(option, word, names, read_file)
        if option.kind in {"function", "text"}:
            return value
        return _READERS[option.kind](value, option, shown(value))


def _as_shown(word: Word, value: Any) -> str:
    """Return a value as messages show it: by name and type if it comes from the notebook."""
    if not word.references:
        return shown(value)
    if value is None or isinstance(value, str | int | float):
        return word.raw
    count = f" of {len(value)}" if isinstance(value, list | tuple) else ""
    return f"{word.raw}, {shown(value)}{count}"


@contextmanager
def _explained(option: Option, word: Word) -> Iterator[None]:
    """Improve the error about a value: name a typographic quote, or point at the file that it came from."""
    try:
        yield
    except UsageError as error:
        if is_file(word.text):
            error.position = error.culprit = None
            raise
        found = re.search(CURLY_QUOTE, word.text)
        if found is None or (error.hint and "typographic" in error.hint):
            raise
        raise UsageError(
            f"{found[0]} is a typographic quote",
            hint=straightened(word.raw) if option.kind in QUOTED_KINDS else quote(re.sub(CURLY_QUOTE, "", word.text)),
        ) from error


def _raw(option: Option, word: Word, names: Mapping[str, Any], read_file: ReadFile) -> Any:
    value = word.fill(names)
    if option not in GLOBAL:
        _refuse_near_file(word)
    if is_file(value) and option not in GLOBAL:
        return content(value, read_file, binary=option.kind == "integer")
    return value


def read_member(option: Option, words: Sequence[Word], names: Mapping[str, Any], read_file: ReadFile) -> Any:
    """Parse the value of an option that only the service model knows, from all words after it."""
    assert option.member is not None, "it comes from the service model"
    together = replace(words[0], references={mark: it for word in words for mark, it in word.references.items()})
    with together.blamed():
        texts = [content(word.text, read_file) if is_file(word.text) else word.text for word in words]
        value = member_values.parse(
            option.member, texts, lambda text: content(text, read_file) if is_file(text) else text
        )
        return member_values.convert(option.member, _fill(value, together, names))


def _text(value: Any, option: Option, as_shown: str) -> str:
    """Return text; accept a whole number from the notebook, because it may be a version."""
    if not isinstance(value, str | bool):
        with suppress(TypeError):
            return str(operator.index(value))
    if isinstance(value, list | tuple):
        raise UsageError(f"{option.name} is {as_shown}, but takes one value", hint=_one_by_one(option))
    if not isinstance(value, str):
        raise UsageError(f"{option.name} is {as_shown}, not text", hint=f"{option.name} {option.metavar}")
    if not value and not option.may_be_empty:
        raise UsageError(f"{option.name} is empty", hint=f"{option.name} {option.metavar}")
    return value


def _one_by_one(option: Option) -> str:
    if option.kind != "function":
        return f"{option.name} {option.metavar}"
    return "loop over the names in a Python cell\nfor name in names:\n    %eic get ${name}"


def _function(value: Any, option: Option, as_shown: str) -> FunctionRef:
    return value if isinstance(value, FunctionRef) else FunctionRef.parse(_text(value, option, as_shown))


def _integer(value: Any, option: Option, as_shown: str) -> Any:
    """Return a whole number in any form that Python accepts; the model checks its range."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        hint, rule = _NUMBERS.get(option.argument, ("a whole number", None))
        message = f"{option.name} is {as_shown}, which is not a whole number"
        raise UsageError(message, hint=f"{option.name} {option.metavar}: {hint}", rule=rule) from None


def _age(value: Any, option: Option, as_shown: str) -> Any:
    return read_age(value, option.name, as_shown) if isinstance(value, str) else value


def _seconds(value: Any, option: Option, as_shown: str) -> Any:
    seconds = read_seconds(value) if isinstance(value, str) else value
    if seconds is None:
        raise UsageError(f"{option.name} is {as_shown}, which is not a duration", hint=f"{option.name} 30s")
    return seconds


_NUMBERS = {
    "maximum_retry_attempts": (choices(RETRY_ATTEMPTS), SETTINGS_RULE),
    "maximum_event_age_in_seconds": (f"{choices(EVENT_AGE_IN_SECONDS)}; --max-age takes 6h and 90m", SETTINGS_RULE),
}


def _destination(value: Any, option: Option, as_shown: str) -> DestinationArn | DestinationName | NoDestination:
    """Return a destination from an ARN, a short form, or AWS's `Destination=ARN` or JSON."""
    if isinstance(value, DestinationArn | NoDestination):
        return value
    text = _text(value, option, as_shown)
    return _member(text, option) if _MEMBER.match(text) else parse_destination(text)


_MEMBER = re.compile(r"\s*(?:\{|\w+\s*=)")


def _member(text: str, option: Option) -> DestinationArn | DestinationName | NoDestination:
    stripped = text.strip()
    if stripped.startswith("{") and '"' not in stripped and "=" in stripped:
        stripped = stripped.removeprefix("{").removesuffix("}")
    value = read_json(stripped, _DESTINATIONS_HINT) if stripped.startswith("{") else shorthand.parse(stripped)
    if isinstance(value, Mapping) and set(value) & {"OnFailure", "OnSuccess"}:
        raise UsageError(f"{option.name} takes one destination, not a config", hint="use --destination-config")
    if not isinstance(value, Mapping) or not set(value) <= {"Destination"}:
        raise UsageError(f"{option.name} is {shown(text)}, not a destination", hint="Destination=ARN")
    destination = value.get("Destination", "none")
    if not isinstance(destination, str):
        raise UsageError(f"the Destination is {shown(destination)}, not text", hint="Destination=ARN")
    return parse_destination(destination) if destination else NoDestination.BLANK


_NEAR_FILE = re.compile(r"(?i:files?b?):(?://)?[\\/]*(?P<path>.*)", re.DOTALL)
_PATH = re.compile(r"(?:~|\.{0,2}[\\/]|[A-Za-z]:[\\/])?[^\s{}\[\]=\"',]+\.(?:json|ya?ml|txt)", re.IGNORECASE)


def _refuse_near_file(word: Word, *, structure: bool = False) -> None:
    """Raise a UsageError for a misspelled `file://`, or a path whose backslashes the quoting removed."""
    raw, text = word.raw, word.text
    typed = raw.rpartition("=")[2] if raw.startswith("--") else raw
    found = _NEAR_FILE.fullmatch(typed)
    if found and "\\" in typed:
        path = found["path"].replace("\\\\", "\\").replace("\\", "/")
        message = "a backslash outside quotes is not part of a path" if is_file(text) else f"{typed} names no file"
        raise UsageError(message, hint=f"file://{path}")
    if found and not is_file(text) and not typed.startswith(("'", '"')):
        raise UsageError(f"{typed} names no file", hint=f"file://{found['path']}")
    if structure and not word.references and not is_file(text) and (_PATH.fullmatch(text) or _PATH.fullmatch(typed)):
        path = typed.strip("'\"").replace("\\", "/")
        raise UsageError(f"{text!r} is the name of a file, not its content", hint=f"file://{path}")


def _choice(value: Any, option: Option, as_shown: str) -> str:
    """Return one of the option's choices."""
    if value not in option.choices:
        hint = nearest(str(value), option.choices) or f"use {', '.join(option.choices)}"
        raise UsageError(f"{option.name} cannot be {as_shown}", hint=hint)
    return str(value)


def _query(value: Any, option: Option, as_shown: str) -> Query:
    return Query.parse(_text(value, option, as_shown))


def _names(value: Any, option: Option, as_shown: str) -> Any:
    """Return names separated by commas; a list from the notebook is checked by the Python API."""
    return _text(value, option, as_shown) if value is None or isinstance(value, str | bool | int | float) else value


def _account(value: Any, option: Option, as_shown: str) -> Any:
    """Return text, or a number from the notebook unchanged; `require` restores its leading zeros."""
    return value if isinstance(value, int) else _text(value, option, as_shown)


def _number(value: Any, option: Option, as_shown: str) -> Any:
    """Return a number in any form that Python accepts; the audit checks its range."""
    if not isinstance(value, str):
        return value
    try:
        return int(value) if value.strip().isdecimal() else float(value)
    except ValueError:
        hint = f"{option.name} {option.metavar}: {option.meaning}"
        raise UsageError(f"{option.name} is {as_shown}, which is not a number", hint=hint) from None


def _value(value: Any, _option: Option, _as_shown: str) -> Any:
    """Return text or a value from the notebook unchanged; the Python API validates it."""
    return value


_READERS: Mapping[str, Callable[[Any, Option, str], Any]] = {
    "function": _function,
    "text": _text,
    "integer": _integer,
    "age": _age,
    "seconds": _seconds,
    "destination": _destination,
    "choice": _choice,
    "query": _query,
    "names": _names,
    "account": _account,
    "number": _number,
    "frame": _value,
    "value": _value,
}


def _structure(option: Option, word: Word, names: Mapping[str, Any], read_file: ReadFile) -> Any:
    """Return a structure from the notebook, or from shorthand, JSON or YAML in the line or in a file."""
    _refuse_near_file(word, structure=True)
    value = word.fill(names) if word.text in word.references else word.text
    if isinstance(value, DestinationConfig):
        return value.to_api()
    in_line = isinstance(value, str) and not is_file(value)
    if isinstance(value, str):
        binary = option.kind == "input"
        text = _with_quoted_marks(value, word) if in_line else content(value, read_file, binary=binary)
        try:
            value = _STRUCTURES[option.argument](text, read_file)
        except UsageError as error:
            raise error if in_line else _in_its_file(error, value, text) from error
    if in_line and word.text not in word.references:
        value = _fill(value, word, names)
    return value


def _in_its_file(error: UsageError, name: str, text: str) -> UsageError:
    """Return the error with its line and column in the file."""
    if error.position is None:
        return error
    if error.position >= len(text.rstrip()) and text != text.rstrip() and not text.lstrip().startswith(("{", "[")):
        message = f"the shorthand in {name} ends with a newline"
        return UsageError(message, hint="remove the newline at the end of the file, or write JSON")
    line = text.count("\n", 0, error.position) + 1
    column = error.position - text.rfind("\n", 0, error.position)
    return UsageError(f"{error.message}, in line {line}, column {column} of {name}", hint=error.hint)


def _with_quoted_marks(text: str, word: Word) -> str:
    """Return JSON with its unquoted references quoted, so that it can be parsed before they are filled in."""
    if not word.references or text.lstrip()[:1] not in {"{", "["}:
        return text
    piece = re.compile(r'"(?:[^"\\]|\\.)*"|[' + "".join(word.references) + "]")
    return piece.sub(lambda found: f'"{found[0]}"' if found[0] in word.references else found[0], text)


def _read_destinations(text: str, read_file: ReadFile) -> Any:
    if not text.strip():
        raise UsageError("the structure is empty", hint="OnFailure={Destination=ARN}, or {} for an empty one")
    if text.lstrip()[0] in "{[":
        return read_json(text, _DESTINATIONS_HINT)
    return shorthand.parse(text, lambda value: content(value, read_file) if is_file(value) else value)


_STRUCTURES: Mapping[str, Callable[[str, ReadFile], Any]] = {
    "destination_config": _read_destinations,
    "cli_input_json": lambda text, _: read_json(text),
    "cli_input_yaml": lambda text, _: read_yaml(text),
}


def _fill(value: Any, word: Word, names: Mapping[str, Any]) -> Any:
    """Fill values from the notebook into the texts of a parsed structure."""
    if isinstance(value, str):
        return word.fill_text(value, names)
    if isinstance(value, Mapping):
        return {_fill(key, word, names): _fill(member, word, names) for key, member in value.items()}
    if isinstance(value, list):
        return [_fill(member, word, names) for member in value]
    return value
