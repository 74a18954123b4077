"""The verb `load`, which reads a frame from a file, or an audit from a folder.

A frame of another release is adapted to this one. A column that its release did not have is `<NA>`, and a warning names
it. A column that this release does not have stays. A column with another dtype is converted, or else the file is
rejected.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eicnb.errors import UsageError
from eicnb.fleet.snapshots import parquet
from eicnb.fleet.snapshots.audit_folder import check_audit, check_parts, parts_in, whole_audit
from eicnb.fleet.snapshots.description import StoredColumn
from eicnb.fleet.snapshots.parquet import Snapshot, unreadable
from eicnb.fleet.snapshots.saving import is_folder, path_of
from eicnb.fleet.snapshots.verb_columns import columns_of_verb, dtype_in_words
from eicnb.frames.columns import VERB, Column
from eicnb.frames.frame import columns_of
from eicnb.redaction.warn import warn


def load(path: str | os.PathLike[str]) -> Any:
    """Load a frame that `save` wrote: the same rows, dtypes, labels, attrs and display.

    >>> import tempfile
    >>> from eicnb.fleet.snapshots.saving import save
    >>> configs = eic.list("my-function")
    >>> load(save(configs, f"{tempfile.mkdtemp()}/configs.parquet")).equals(configs)
    True

    A folder that `eicnb.audit(folder=…)` wrote loads as one audit, with the rows of all its files in order. If a file
    is damaged, or `save` did not write it, UsageError says what is wrong and how to read it. In a frame of another
    release, columns that this one added are `<NA>`, with a warning. Columns that it does not have stay, and columns
    with another dtype are converted. Nothing in a file is run as code. Needs the extra: `pip install 'eicnb[parquet]'`.
    """
    with UsageError.about("path"):
        return _loaded(path_of(path))


def _loaded(found: Path) -> Any:
    """Load a file or the files of a folder."""
    if not is_folder(found):
        loaded = in_this_release(parquet.read(found))
        _warn([loaded])
        return loaded.frame
    paths = parts_in(found)
    check_parts(found, paths)
    parts, snapshots = parquet.read_together(paths)
    for part in parts:
        check_audit(part.path, part.attrs)
    loaded_parts = [in_this_release(snapshot) for snapshot in snapshots]
    _warn(loaded_parts)
    return whole_audit(parts, [one.frame for one in loaded_parts])


@dataclass(frozen=True, slots=True)
class LoadedFrame:
    """A frame with the columns of this release; `notice` names those that its file does not have."""

    frame: Any
    notice: str = ""


def in_this_release(snapshot: Snapshot) -> LoadedFrame:
    """Adapt the frame of a file to the columns of this release."""
    described, frame = snapshot.description, snapshot.frame
    columns = columns_of_verb(described.attrs.get(VERB)) if described.kind != "DataFrame" else ()
    for column in columns:
        before = described.known.get(column.name)
        if column.name in frame.columns and before not in {None, dtype_in_words(column)}:
            frame[column.name] = _converted(snapshot.path, frame, column)
    is_whole = described.known.keys() <= {column.name for column in described.columns}
    new = [
        StoredColumn(column.name, column.dtype, column.categories or None, ordered=True)
        for column in columns
        if is_whole and column.name not in described.known and column.name not in frame.columns
    ]
    lost = [column for column in described.columns if column.name in snapshot.missing]
    _insert(frame, new, [column.name for column in columns])
    _insert(frame, lost, [column.name for column in described.columns])
    return LoadedFrame(frame, _notice(snapshot, [column.name for column in (*new, *lost)]))


def _insert(frame: pd.DataFrame, columns: Iterable[StoredColumn], names: Sequence[str]) -> None:
    """Insert columns without values, in the order of `names`."""
    for column in columns:
        earlier = [name for name in names[: names.index(column.name)] if name in frame.columns]
        place = [*frame.columns].index(earlier[-1]) + 1 if earlier else 0
        empty = pd.Series([None] * len(frame), index=frame.index, dtype="object").astype(column.to_dtype())
        frame.insert(place, column.name, empty)


def _converted(path: Path, frame: pd.DataFrame, column: Column) -> Any:
    """Convert a column to the dtype of this release; reject values outside its categories."""
    own = StoredColumn(column.name, column.dtype, column.categories or None, ordered=True).to_dtype()
    held = frame[column.name]
    try:
        if column.categories:
            converted: Any = held.astype(own)
            if (converted.isna() & held.notna()).any():
                raise UsageError("it has other categories")  # noqa: TRY301 # all errors are worded in one place
            return converted
        return columns_of(frame, [column])[column.name].set_axis(frame.index)
    except (UsageError, TypeError, ValueError) as error:
        why = f"has {held.dtype} in its column {column.name!r}, which this release can't convert to {column.dtype}"
        raise unreadable(path, why, "load it with the release of eicnb that saved it") from error


def _notice(snapshot: Snapshot, names: Sequence[str]) -> str:
    if not names:
        return ""
    which = f"columns {', '.join(names)}, which are" if len(names) > 1 else f"column {names[0]}, which is"
    return f"a file of eicnb {snapshot.description.eicnb} has no {which} <NA> now: {str(snapshot.path)!r}"


def _warn(loaded: Iterable[LoadedFrame]) -> None:
    notices = [one.notice for one in loaded if one.notice]
    if notices:
        warn(f"{notices[0]}{f', and {len(notices) - 1} more files' if len(notices) > 1 else ''}")
