"""Frames as Parquet files, in the only module that imports pyarrow.

A file is written atomically, has checksums of its pages, and contains no pickled value. Other tools read its columns as
strings, numbers and times.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from eicnb.changes.whole_file import PRIVATE, SHARED, whole_file
from eicnb.errors import ConfigurationError, EicError, UsageError, nearest
from eicnb.fleet.snapshots.description import Description, StoredColumn, not_storable

ENDING = ".parquet"

_ROWS_AT_ONCE = 20_000
"""The rows of a row group, which are in memory twice while a file is written."""

_KEY = b"eicnb"
_MAGIC = b"PAR1"
_CONTENT = "payload"
"""The column with the events sent to functions; only the owner may read a file that has it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frame from a file, with its description.

    `missing` names the columns that the file has lost since it was written.
    """

    path: Path
    frame: pd.DataFrame
    description: Description
    missing: tuple[str, ...] = ()


def write(frame: pd.DataFrame, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Write a frame to a Parquet file, and replace one that exists.

    If a file could not restore a column or an attr, UsageError names it. An error of the file system is an OSError.
    """
    put = _writer(frame, now)
    with whole_file(path, PRIVATE if _CONTENT in frame.columns else SHARED) as file:
        put(file)


def to_bytes(frame: pd.DataFrame, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> bytes:
    """Return the content of the Parquet file of a frame."""
    content = BytesIO()
    _writer(frame, now)(content)
    return content.getvalue()


def _writer(frame: pd.DataFrame, now: Callable[[], datetime]) -> Callable[[BinaryIO], None]:
    """Validate a frame, and return a function that writes it."""
    parquet = _pyarrow().parquet
    described = Description.of(frame, saved_at=now(), eicnb=version("eicnb"))
    schema = _schema(described)
    tables = _tables(frame, described, schema)
    first = next(tables)

    def put(file: BinaryIO) -> None:
        with parquet.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer:
            writer.write_table(first)
            for table in tables:
                writer.write_table(table)

    return put


def read(path: Path, columns: Collection[str] | None = None) -> Snapshot:
    """Read a frame from a file that `write` wrote; for any other, UsageError says what is wrong.

    With `columns`, only these are read, as far as the file has them.
    """
    with _opened(path) as (found, file):
        return _snapshot(path, found, _table(found, file, columns))


@dataclass(frozen=True, slots=True)
class FramePortion:
    """A file with some of the rows of a frame: its attrs and its number of rows."""

    path: Path
    attrs: Mapping[str, Any]
    rows: int


def read_together(
    paths: Iterable[Path], columns: Collection[str] | None = None
) -> tuple[list[FramePortion], list[Snapshot]]:
    """Read files that form one frame: the attrs of each, and all rows in as few frames as possible.

    Adjacent files with the same columns and numbered rows are joined before pandas gets them, which takes less than
    half the time.
    """
    portions: list[FramePortion] = []
    groups: list[tuple[Path, Description, list[Any]]] = []
    for path in paths:
        with _opened(path) as (found, file):
            table = _table(found, file, columns)
        portions.append(FramePortion(path, found.attrs, table.num_rows))
        last = groups[-1] if groups else None
        if last and _continues(last[1], found) and last[2][0].schema.equals(table.schema):
            last[2].append(table)
        else:
            groups.append((path, found, [table]))
    concat = _pyarrow().concat_tables
    return portions, [_snapshot(path, found, concat(tables)) for path, found, tables in groups]


def _continues(one: Description, other: Description) -> bool:
    """Return whether two files can be joined: they have the same columns and numbered rows."""
    are_numbered = one.labels.span is not None and other.labels.span is not None
    return are_numbered and (one.columns, one.known, one.eicnb) == (other.columns, other.known, other.eicnb)


def _table(described: Description, file: Any, columns: Collection[str] | None) -> Any:
    """Read the columns of a file; only a large one is worth threads."""
    labels = {level.name for level in described.labels.levels}
    names = [name for name in file.schema_arrow.names if columns is None or name in {*columns, *labels}]
    return file.read(columns=names, use_threads=file.metadata.num_rows > _ROWS_AT_ONCE)


def from_bytes(content: bytes) -> pd.DataFrame:
    """Return the frame in content that `to_bytes` returned."""
    path = Path("content")
    with _pyarrow().parquet.ParquetFile(BytesIO(content), page_checksum_verification=True) as file:
        return _snapshot(path, _description(path, file.schema_arrow.metadata), file.read()).frame


def check_installed() -> None:
    """Raise ConfigurationError if pyarrow is not installed."""
    _pyarrow()


def described(path: Path) -> Description:
    """Read only the description of a frame, which is at the end of its file."""
    with _opened(path) as (found, _):
        return found


def unreadable(path: Path, why: str, hint: str = "save the frame again, or load another file") -> UsageError:
    """Return the error about a file without a readable frame."""
    return UsageError(f"the file {str(path)!r} {why}", hint=hint)


def why_unreadable(path: Path, error: EicError) -> str:
    """Return an error of `unreadable` without the name of the file.

    >>> path = Path("audits/a.parquet")
    >>> why_unreadable(path, unreadable(path, "is not a Parquet file"))
    'is not a Parquet file'
    """
    return error.message.removeprefix(f"the file {str(path)!r} ")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Description, Any]]:
    """Open the file of a frame; for any other file, raise UsageError that says what is wrong."""
    arrow = _pyarrow()
    try:
        _check_whole(path)
        with arrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
            yield _description(path, file.schema_arrow.metadata), file
    except EicError:
        raise
    except FileNotFoundError as error:
        raise unreadable(path, "does not exist", _close_to(path)) from error
    except OSError as error:
        why = f"can't be read: {error.strerror}" if error.strerror else f"is damaged: {_first_line(error)}"
        raise unreadable(path, why) from error
    except (arrow.lib.ArrowException, ValueError) as error:
        raise unreadable(path, f"is damaged: {_first_line(error)}") from error


def _close_to(path: Path) -> str:
    """Return the file in the same folder with the closest name, or a hint without one."""
    try:
        names = [one.name for one in path.parent.iterdir() if one.suffix == ENDING]
    except OSError:
        names = []
    close = nearest(path.name, names)
    return str(path.with_name(close)) if close else "give a file that eicnb.save wrote"


@cache
def _pyarrow() -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet  # so that pyarrow.parquet is available below
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise ConfigurationError("Parquet files need pyarrow", hint="pip install 'eicnb[parquet]'") from error
    return pa


def _schema(described: Description) -> Any:
    arrow = _pyarrow()
    fields = [arrow.field(column.name, _type_of(column)) for column in described.stored]
    return arrow.schema(fields, metadata={_KEY: described.to_json()})


@cache
def _type_of(column: StoredColumn) -> Any:
    """Return the Arrow type of a column; a category of strings has the type string."""
    arrow = _pyarrow()
    if column.is_text:
        return arrow.string()
    if column.categories is not None:
        return arrow.int64()
    dtype = column.to_dtype()
    return arrow.array(pd.array([], dtype=dtype), from_pandas=True).type


def _tables(frame: pd.DataFrame, described: Description, schema: Any) -> Iterator[Any]:
    """Yield the rows of a frame as tables, at least one."""
    arrow = _pyarrow()
    for start in range(0, max(len(frame), 1), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE]
        values = [*(part[column.name] for column in described.columns), *described.labels.values_in(part.index)]
        arrays = [_arrow(*one) for one in zip(described.stored, values, schema.types, strict=True)]
        yield arrow.Table.from_arrays(arrays, schema=schema)


def _arrow(column: StoredColumn, values: Any, kind: Any) -> Any:
    """Return values as an Arrow array of this type."""
    if column.categories is not None:
        values = values.astype(object)
    elif column.dtype == "object" and pd.api.types.infer_dtype(values, skipna=True) not in {"string", "empty"}:
        raise not_storable(column.name, "of objects that are not strings")
    arrow = _pyarrow()
    try:
        array = arrow.array(values, type=kind, from_pandas=True)
    except (arrow.lib.ArrowException, UnicodeEncodeError) as error:
        raise not_storable(column.name, f"{column.dtype} with a value ({_first_line(error)})") from error
    return arrow.concat_arrays(array.chunks) if isinstance(array, arrow.ChunkedArray) else array


def _check_whole(path: Path) -> None:
    """Reject a file that is not Parquet or is cut off, with a plain message."""
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - len(_MAGIC), 0))
        end = file.read()
    if not size:
        raise unreadable(path, "is empty")
    if start != _MAGIC:
        raise unreadable(path, "is not a Parquet file", _reader_of(path))
    if end != _MAGIC or size < 3 * len(_MAGIC):
        raise unreadable(path, "is damaged: its end is missing")


def _reader_of(path: Path) -> str:
    """Return a hint on how to read a file of another format, judging by its suffix."""
    name = repr(str(path))
    if path.suffix.lower() == ".json":
        return f"eicnb.Plan.load({name})"
    reader = {".csv": "read_csv", ".xlsx": "read_excel"}.get(path.suffix.lower())
    return (
        f"read it with pandas\nimport pandas as pd\npd.{reader}({name})"
        if reader
        else "give a file that eicnb.save wrote"
    )


def _description(path: Path, metadata: Mapping[bytes, bytes] | None) -> Description:
    text = (metadata or {}).get(_KEY)
    if text is None:
        hint = f"read it with pandas\nimport pandas as pd\npd.read_parquet({str(path)!r})"
        raise unreadable(path, "is not one that eicnb.save wrote", hint)
    try:
        return Description.from_json(text)
    except UsageError as error:
        hint = "load it with the release of eicnb that saved it"
        raise unreadable(path, f"can't be read: {error.message}", hint) from error
    except (KeyError, TypeError, ValueError, RecursionError, AttributeError) as error:
        raise unreadable(path, "is damaged: the description of its frame can't be read") from error


def _snapshot(path: Path, described: Description, table: Any) -> Snapshot:
    """Return the frame in a table.

    Columns that another tool added stay, and `missing` names those that it removed.
    """
    own = {column.name: column for column in described.stored}
    values = {
        name: _values(path, own[name], table[name]) if name in own else table[name].to_pandas()
        for name in table.column_names
    }
    labels = [values.pop(level.name) for level in described.labels.levels if level.name in values]
    if len(labels) < len(described.labels.levels):
        raise unreadable(path, "has lost its row labels")
    ordered = [*(column.name for column in described.columns if column.name in values)]
    ordered += [name for name in values if name not in own]
    rows = table.num_rows if table.column_names else None
    try:
        frame = described.to_frame({name: values[name] for name in ordered}, labels, rows)
    except (TypeError, ValueError, OverflowError) as error:
        why = f"is damaged: the description of its frame does not fit its values ({_first_line(error)})"
        raise unreadable(path, why) from error
    missing = tuple(column.name for column in described.columns if column.name not in values)
    return Snapshot(path, frame, described, missing)


def _values(path: Path, column: StoredColumn, values: Any) -> Any:
    """Return the values of a column in its own dtype."""
    try:
        if values.type != (kind := _type_of(column)):
            values = values.cast(kind)
        return _in_dtype(column, values)
    except (_pyarrow().lib.ArrowException, TypeError, ValueError) as error:
        held = f"has {values.type} in its column {column.name!r}, not {column.dtype}"
        raise unreadable(path, f"{held}: {_first_line(error)}") from error


def _in_dtype(column: StoredColumn, values: Any) -> Any:
    dtype = column.to_dtype()
    if column.categories is not None:
        return pd.Categorical(values.to_pandas(), dtype=dtype)
    if column.dtype == "object":
        return pd.Series(values.to_numpy(), dtype="object")  # pandas 3 would infer another dtype from an array
    make = getattr(dtype, "__from_arrow__", None)
    if make is not None:
        return make(values)
    return pd.Series(values.to_numpy()).astype(dtype).array


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
