"""The error about a word given where a DataFrame is needed, such as the path of a file.

Tested in tests/notebook/test_frames.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eicnb.cli import shell
from eicnb.cli.option import Option
from eicnb.cli.source import Word
from eicnb.errors import UsageError, nearest, shown

_READERS = {
    ".csv": "read_csv",
    ".csv.gz": "read_csv",
    ".xlsx": "read_excel",
    ".json": "read_json",
}
"""The pandas function that reads a file, by the suffix of its name."""

_SAVED = ".parquet"

_SOURCES = {"records": "records = %eic records sqs:NAME"}
"""The line that makes the frame for an argument; any other argument takes an audit."""

_AUDIT = "audit = %eic audit"


def not_a_frame(
    option: Option,
    value: str,
    given: Iterable[tuple[Option, Word]],
    line: Sequence[Word],
    names: Mapping[str, Any],
) -> UsageError:
    """Return the error about a text instead of a frame; its hint loads the file or suggests a frame.

    `given` are the options of the command with their words; `line` is the whole command.
    """
    texts = [(one, word) for one, word in given if one.kind == "frame" and word.text not in word.references]
    files = [(one, word) for one, word in texts if _is_file(word.text)]
    what = "a file" if _is_file(value) else "text"
    message = f"{option.label} is {shown(value)}, which is {what}, not a DataFrame"
    if _is_file(value) and files:
        loads = [f"{one.argument} = {_load(word)}" for one, word in files]
        imported = ["import pandas as pd"] if "pd" not in names and any(" pd." in load for load in loads) else []
        typed = _with(line, [(word, one.argument) for one, word in files])
        return UsageError(message, hint="\n".join(["read the file first", *imported, *loads, typed]))
    frames = [name for name, known in names.items() if hasattr(known, "itertuples") and not name.startswith("_")]
    meant = [(word, found) for _, word in texts if (found := nearest(word.text, frames))]
    if texts and len(meant) == len(texts):
        return UsageError(message, hint=_with(line, meant))
    sources = {one.argument: _SOURCES.get(one.argument, _AUDIT) for one, _ in texts}
    typed = _with(line, [(word, sources[one.argument].partition(" ")[0]) for one, word in texts])
    return UsageError(
        message, hint="\n".join(["assign a DataFrame to a name first", *dict.fromkeys(sources.values()), typed])
    )


def _is_file(text: str) -> bool:
    return text.lower().endswith((_SAVED, *_READERS))


def _load(word: Word) -> str:
    """Return the expression that loads a file, with pandas or, for a saved frame, with `%eic load`."""
    reader = next((reader for ending, reader in _READERS.items() if word.text.lower().endswith(ending)), None)
    return f"pd.{reader}({json.dumps(word.text)})" if reader else f"%eic load {word.raw}"


def _with(line: Sequence[Word], names: Iterable[tuple[Word, str]]) -> str:
    """Return the line with some words replaced by references to names."""
    start, text = line[0].start, line[0].source.text[line[0].start : line[-1].end]
    for word, name in sorted(names, key=lambda one: one[0].start, reverse=True):
        text = f"{text[: word.start - start]}${{{name}}}{text[word.end - start :]}"
    return shell.magic(text)
