"""Notebook files: read, validated, and replaced atomically."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eicnb.errors import EicError, UsageError

_FORMAT = 4
_INDENT = re.compile(r"\{\r?\n([ \t]+)\"")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_CONVERT_HINT = "jupyter nbconvert --to notebook --inplace NOTEBOOK"


@dataclass(frozen=True, slots=True)
class Saved:
    """A notebook file: its text, and the JSON in it."""

    path: Path
    text: str
    notebook: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Saved:
        """Read a file; raises EicError if that fails, UsageError if it is not a notebook of format 4."""
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise EicError(f"{path} cannot be read: {error.strerror}", hint="check the path") from error
        except UnicodeDecodeError as error:
            raise UsageError(
                f"{path} is not a notebook: it is not UTF-8", hint="give a file that Jupyter saved"
            ) from error
        return cls(path, text, check(_parsed(path, text), path))

    def write(self, notebook: Mapping[str, Any]) -> None:
        """Replace the file by this notebook atomically, formatted as Jupyter formats it."""
        target = self.path.resolve()
        found = _INDENT.match(self.text)
        written = json.dumps(notebook, ensure_ascii=False, indent=found[1] if found else 1) + "\n"
        written = _LONE_SURROGATE.sub(lambda one: f"\\u{ord(one[0]):04x}", written)
        try:
            _replace(target, written)
        except OSError as error:
            message = f"{self.path} cannot be written: {error.strerror}; it is unchanged"
            raise EicError(message, hint="make the file and its directory writable") from error


def _replace(target: Path, text: str) -> None:
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only")
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _parsed(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        why = f"it is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise UsageError(f"{path} is not a notebook: {why}", hint="give a file that Jupyter saved") from error
    except (ValueError, RecursionError) as error:
        why = "a number in it is too long" if isinstance(error, ValueError) else "it is nested too deeply"
        raise UsageError(f"{path} is not a notebook: {why}", hint="give a file that Jupyter saved") from error


def check(notebook: Any, path: Path) -> Mapping[str, Any]:
    """Return the notebook if it conforms to format 4; otherwise a UsageError names the first fault.

    https://nbformat.readthedocs.io/en/latest/format_description.html
    """
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise UsageError(f"{path} is not a notebook: it has no nbformat", hint="give a file that Jupyter saved")
    if (version := notebook["nbformat"]) != _FORMAT:
        hint = _CONVERT_HINT if version < _FORMAT else "pip install --upgrade eicnb"
        raise UsageError(f"{path} has notebook format {version}; eicnb reads format {_FORMAT}", hint=hint)
    for fault in _faults(notebook):
        raise UsageError(f"{path} is not a notebook: {fault}", hint="open it in Jupyter and save it")
    return notebook


def _faults(notebook: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(notebook.get("metadata", {}), dict):
        yield "its metadata is not an object"
    if not _is_objects(notebook.get("cells")):
        yield "it has no list of cells"
        return
    for number, cell in enumerate(notebook["cells"], start=1):
        yield from (f"cell {number} {fault}" for fault in _faults_of_cell(cell))


def _faults_of_cell(cell: Mapping[str, Any]) -> Iterator[str]:
    if not is_text(cell.get("source")):
        yield "has no source"
    if not isinstance(cell.get("metadata", {}), dict):
        yield "has metadata that is not an object"
    if not _is_objects(outputs := cell.get("outputs", [])):
        yield "has outputs that are not a list of objects"
        return
    if not all(isinstance(output.get("data", {}), dict) and is_text(output.get("text", "")) for output in outputs):
        yield "has an invalid output"
    attachments = cell.get("attachments", {})
    if not isinstance(attachments, dict) or not _is_objects(list(attachments.values())):
        yield "has attachments that are not objects"


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(member, dict) for member in value)


def is_text(value: Any) -> bool:
    """Return whether a value is the text of a notebook: a string, or a list of lines."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))
