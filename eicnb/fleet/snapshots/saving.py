"""The verb `save`, which writes a frame to a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from eicnb.changes.plan import Plan
from eicnb.errors import EicError, UsageError, shown
from eicnb.fleet.snapshots import parquet


def save(frame: Any, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Save a frame as a Parquet file, and return its path; `load` returns the frame as it was.

    >>> import tempfile
    >>> path = save(eic.list("my-function"), f"{tempfile.mkdtemp()}/configs.parquet")
    >>> path.name
    'configs.parquet'

    The file stores the values, the dtypes, the row labels and the attrs. If it cannot store something, UsageError names
    it. An existing file is replaced only with `overwrite=True`, and only once the new file is complete. The file has
    real values, without masks. A frame of records includes the events, so only the owner of its file may read it. Needs
    the extra: `pip install 'eicnb[parquet]'`.
    """
    if not isinstance(frame, pd.DataFrame):
        raise _not_a_frame(frame)
    target = path_of(path)
    try:
        _check_target(target, overwrite=overwrite)
        parquet.write(frame, target)
    except OSError as error:
        raise EicError(
            f"the frame could not be saved to {str(target)!r}: {error.strerror or error}", hint="name another file"
        ) from error
    return target


def path_of(path: Any) -> Path:
    """Return the path of a file or folder that the user named, with `~` expanded."""
    with UsageError.about("path"):
        if not isinstance(path, str | os.PathLike) or isinstance(found := os.fspath(path), bytes):
            raise UsageError(f"the path is {shown(path)}, not the name of a file", hint='"audit.parquet"')
        if not found.strip() or "\0" in found:
            raise UsageError(f"the path is {found!r}", hint='"audit.parquet"')
        return Path(found).expanduser()


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; a name that the file system rejects is not."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _check_target(target: Path, *, overwrite: bool) -> None:
    """Reject an existing file, and a name that `load` and `history` would not find."""
    name = str(target)
    with UsageError.about("path"):
        if target.is_dir():
            raise UsageError(f"{name!r} is a folder", hint=str(target / f"audit{parquet.ENDING}"))
        if target.suffix.lower() != parquet.ENDING:
            hint = str(target.with_suffix(parquet.ENDING))
            raise UsageError(f"{name!r} does not end in {parquet.ENDING}, the format of the file", hint=hint)
        if not target.parent.is_dir():
            hint = f"create the folder first\nimport os\nos.makedirs({str(target.parent)!r})"
            raise UsageError(f"there is no folder {str(target.parent)!r}", hint=hint)
        if target.exists() and not overwrite:
            raise UsageError(f"the file {name!r} exists", hint="overwrite=True")


def _not_a_frame(value: Any) -> UsageError:
    if isinstance(value, Plan):
        return UsageError("a plan is saved as JSON, not as a Parquet file", hint='plan.save("plan.json")')
    of_an_error = isinstance(getattr(value, "result", None), pd.DataFrame)
    hint = "save the frame of the error\nerror.result" if of_an_error else "audit = eicnb.audit()"
    return UsageError(f"the frame to save is {shown(value)}, not a DataFrame", hint=hint)
