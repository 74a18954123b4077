"""The entries of a DataFrame or YAML file with house rules or mutes.

Tested in tests/fleet/checks/test_rules.py and tests/fleet/checks/test_mutes.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eicnb.cli.documents import read_yaml
from eicnb.errors import UsageError, nearest, shown

_LONGEST = 1_000_000

_ALSO = {"function": "functions", "function_name": "functions", "qualifier": "qualifiers", "expires": "expiry"}
"""Other accepted names of values, as in frames of findings or in AWS's own API."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One entry: its values by name, without missing ones, and its location for error messages."""

    values: Mapping[str, Any]
    where: str

    def error(self, message: str, hint: str) -> UsageError:
        """Return an error about this entry."""
        return UsageError(f"{self.where}: {message}", hint=hint)

    def text(self, name: str) -> str | None:
        """Return a text value, or None if it is missing; raise UsageError if it is not text."""
        value = self.values.get(name)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise self.error(f"its {name} is {shown(value)}, not text", f"{name}: TEXT")
        return value

    def required(self, name: str, example: str) -> str:
        """Return a text value; raise UsageError if it is missing."""
        value = self.text(name)
        if value is None:
            raise self.error(f"it has no {name}", f"{name}: {example}")
        return value


def entries_in(argument: str, given: Any, known: Sequence[str]) -> list[DocumentEntry]:
    """Return the entries of a DataFrame, a list of mappings, or a YAML file with such a list.

    Raise UsageError if an entry has a value with an unknown name.
    """
    if given is None:
        return []
    with UsageError.about(argument):
        if isinstance(given, str | Path):
            found = _of_file(Path(given).expanduser(), argument)
        elif isinstance(given, pd.DataFrame):
            rows = given.astype(object).where(given.notna(), None).to_dict("records")
            found = [(f"row {label} of {argument}", row) for label, row in zip(given.index, rows, strict=True)]
        elif isinstance(given, Sequence):
            found = [(f"entry {number} of {argument}", entry) for number, entry in enumerate(given, start=1)]
        else:
            raise UsageError(
                f"{argument} is {shown(given)}, not rows or a path", hint=f"pass a DataFrame or a path: {argument}.yaml"
            )
        return [_entry(where, entry, known) for where, entry in found]


def _of_file(path: Path, argument: str) -> list[tuple[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(
            f"{str(path)!r} cannot be read: {reason}", hint=f"name a YAML file: {argument}.yaml"
        ) from error
    try:
        document = read_yaml(text, hint="write a list of mappings, each after a dash", longest=_LONGEST)
    except UsageError as error:
        where = "" if error.position is None else f", line {text.count(chr(10), 0, error.position) + 1}"
        raise UsageError(f"{str(path)!r}{where}: {error.message}", hint=error.hint) from error
    if not isinstance(document, list):
        raise UsageError(
            f"{str(path)!r} contains {_described(document)}, not a list",
            hint="write a list of mappings, each after a dash",
        )
    return [(f"entry {number} of {str(path)!r}", entry) for number, entry in enumerate(document, start=1)]


def _described(document: Any) -> str:
    """Return a description of a YAML document in YAML's own terms."""
    if document is None:
        return "nothing"
    return "a mapping" if isinstance(document, Mapping) else shown(document)


def _entry(where: str, entry: Any, known: Sequence[str]) -> DocumentEntry:
    if not isinstance(entry, Mapping):
        raise UsageError(f"{where} is {shown(entry)}, not a mapping", hint=", ".join(f"{name}: …" for name in known))
    entry = {_ALSO.get(name, name): value for name, value in entry.items()}
    for name in entry:
        if name not in known:
            hint = nearest(str(name), known) or ", ".join(known)
            raise UsageError(f"{where} has {shown(name)}, which is not one of its values", hint=hint)
    return DocumentEntry({name: value for name, value in entry.items() if value is not None}, where)
