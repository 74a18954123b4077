"""The description of a frame in its file: everything but the values.

It is JSON in the metadata of the Parquet file. It has the class, the columns with their pandas dtypes, the row labels
and the attrs, and also the columns that frames of the verb have in this release.
Tested in tests/fleet/snapshots/test_parquet.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, Self

import pandas as pd

from eicnb.errors import UsageError, shown
from eicnb.fleet.snapshots.verb_columns import columns_of_verb, dtype_in_words
from eicnb.frames.columns import VERB
from eicnb.frames.frame import Frame, FramePart

FORMAT, VERSION = "eicnb frame", 1

Kind = Literal["Frame", "FramePart", "DataFrame"]

_CLASSES: Mapping[Kind, type[pd.DataFrame]] = {"Frame": Frame, "FramePart": FramePart, "DataFrame": pd.DataFrame}

_OF_NUMPY = frozenset("biufmMO")
"""The kinds of numpy dtypes that a file can store: numbers, times and, if they are strings, objects."""

_LABELS = "__label_{}__"
"""The name of a column that stores row labels."""


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """The name and the pandas dtype of a column; a category also has its categories, in order.

    >>> StoredColumn.of("timeout", pd.Int64Dtype()).to_dtype()
    Int64Dtype()
    >>> StoredColumn.of("day", pd.PeriodDtype("D"))
    Traceback (most recent call last):
    eicnb.errors.UsageError: the frame's column 'day' is period[D], which a file can't store
    Try: frame["day"] = frame["day"].astype("string")
    """

    name: str
    dtype: str
    categories: tuple[str | int, ...] | None = None
    ordered: bool = False

    @classmethod
    def of(cls, name: str, dtype: Any) -> Self:
        """Describe the dtype of a column, or raise UsageError if a file could not restore it."""
        if isinstance(dtype, pd.CategoricalDtype):
            categories = dtype.categories.tolist()
            kinds = {*map(type, categories)}
            if kinds <= {str} or kinds <= {int}:
                return cls(name, "category", tuple(categories), bool(dtype.ordered))
            raise not_storable(name, "a category with values other than strings or integers")
        if (written := _written(dtype)) is None:
            raise not_storable(name, str(dtype))
        return cls(name, written)

    @property
    def is_text(self) -> bool:
        """Whether its values are strings."""
        return self.dtype.startswith(("str", "object")) or isinstance((self.categories or (0,))[0], str)

    def to_dtype(self) -> Any:
        """Return the dtype in the installed release of pandas."""
        return _dtype_of(self)


@cache
def _dtype_of(column: StoredColumn) -> Any:
    if column.categories is not None:
        return pd.CategoricalDtype([*column.categories], ordered=column.ordered)
    return _text_of_pandas_3() if column.dtype == "str" else pd.api.types.pandas_dtype(column.dtype)


def not_storable(name: str, what: str) -> UsageError:
    """Return the error about a column that a file cannot store."""
    if name.startswith(_LABELS.partition("{")[0]):
        return UsageError(f"the frame has row labels that are {what}", hint="frame.reset_index(drop=True)")
    column = json.dumps(name, ensure_ascii=False)
    return UsageError(
        f"the frame's column {name!r} is {what}, which a file can't store",
        hint=f'frame[{column}] = frame[{column}].astype("string")',
    )


def _written(dtype: Any) -> str | None:
    """Return a name for a dtype that every pandas release knows; None if a file can't restore it."""
    if isinstance(dtype, pd.StringDtype):
        if dtype.na_value is not pd.NA:
            return "str"
        return "string" if dtype == pd.StringDtype() else f"string[{dtype.storage}]"
    if not isinstance(dtype, pd.api.extensions.ExtensionDtype):
        return str(dtype) if dtype.kind in _OF_NUMPY else None
    is_known = isinstance(dtype, pd.DatetimeTZDtype) or str(dtype) in _WITH_NA
    return str(dtype) if is_known and pd.api.types.pandas_dtype(str(dtype)) == dtype else None


_WITH_NA = {"boolean", *(f"{kind}{bits}" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)), "Float32", "Float64"}


@cache
def _text_of_pandas_3() -> Any:
    """Return the dtype of strings that pandas 3 infers; older releases infer object."""
    return pd.Series(["text"]).dtype


@dataclass(frozen=True, slots=True)
class Labels:
    """The row labels: a range, or columns of the file, with the names of the index levels."""

    span: tuple[int, int, int] | None
    levels: tuple[StoredColumn, ...] = ()
    names: tuple[str | None, ...] = (None,)

    @classmethod
    def of(cls, index: pd.Index) -> Self:
        """Describe an index, or raise UsageError if a file could not restore it."""
        names = tuple(map(_level_name, index.names))
        if isinstance(index, pd.RangeIndex):
            return cls((index.start, index.stop, index.step), names=names)
        dtypes = index.dtypes.tolist() if isinstance(index, pd.MultiIndex) else [index.dtype]
        levels = tuple(StoredColumn.of(_LABELS.format(number), dtype) for number, dtype in enumerate(dtypes))
        return cls(None, levels, names)

    def values_in(self, index: pd.Index) -> list[Any]:
        """Return the labels of an index, level by level."""
        return [index.get_level_values(number) for number in range(len(self.levels))]

    def to_index(self, levels: Sequence[Any], rows: int | None) -> pd.Index:
        """Return the index of a frame with this many rows; None if the frame has no columns."""
        if self.span is not None:
            span = pd.RangeIndex(*self.span)
            return (span if rows in {None, len(span)} else pd.RangeIndex(rows)).set_names(self.names)
        indexes = [pd.Index(values) for values in levels]
        return (
            indexes[0].set_names(self.names)
            if len(indexes) == 1
            else pd.MultiIndex.from_arrays(indexes, names=self.names)
        )


@dataclass(frozen=True, slots=True)
class Description:
    """The description of a frame in its file.

    `known` has the columns, with their dtypes, that frames of its verb had in the release `eicnb` that saved it.
    `taken_at` is the time that the rows are from: for an audit, when its last row was read. None means that it is
    unknown.
    """

    kind: Kind
    columns: tuple[StoredColumn, ...]
    labels: Labels
    attrs: Mapping[str, Any]
    known: Mapping[str, str]
    saved_at: datetime
    taken_at: datetime | None
    eicnb: str
    heading: str | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, *, saved_at: datetime, eicnb: str) -> Self:
        """Describe a frame, or raise UsageError that names what a file could not restore."""
        kind: Kind = (
            "Frame" if isinstance(frame, Frame) else "FramePart" if isinstance(frame, FramePart) else "DataFrame"
        )
        return cls(
            kind=kind,
            columns=tuple(StoredColumn.of(name, frame[name].dtype) for name in _names(frame)),
            labels=Labels.of(frame.index),
            attrs={_key(name): _json(name, value) for name, value in frame.attrs.items()},
            known={column.name: dtype_in_words(column) for column in columns_of_verb(frame.attrs.get(VERB))},
            saved_at=saved_at,
            taken_at=_time_of(frame),
            eicnb=eicnb,
            heading=frame.columns.name if isinstance(frame.columns.name, str) else None,
        )

    @property
    def stored(self) -> tuple[StoredColumn, ...]:
        """All columns of the file: those of the frame, and those with its row labels."""
        return self.columns + self.labels.levels

    def to_json(self) -> str:
        """Return the description as the file stores it."""
        times = {"saved_at": self.saved_at.isoformat(), "taken_at": self.taken_at and self.taken_at.isoformat()}
        held = {**asdict(self), **times}
        return json.dumps({"format": FORMAT, "version": VERSION, **held})

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a description, or raise ValueError, KeyError or TypeError."""
        held = json.loads(text)
        if held["format"] != FORMAT or held["kind"] not in _CLASSES:
            raise ValueError("it is not the file of a frame")
        if held["version"] != VERSION:
            raise UsageError(f"it has version {held['version']} of the format, not {VERSION}")
        labels = held["labels"]
        return cls(
            kind=held["kind"],
            columns=tuple(map(_column, held["columns"])),
            labels=Labels(
                span=tuple(labels["span"]) if labels["span"] else None,
                levels=tuple(map(_column, labels["levels"])),
                names=tuple(None if name is None else str(name) for name in labels["names"]),
            ),
            attrs=dict(held["attrs"]),
            known={name: str(dtype) for name, dtype in held["known"].items()},
            saved_at=datetime.fromisoformat(held["saved_at"]).astimezone(UTC),
            taken_at=datetime.fromisoformat(held["taken_at"]).astimezone(UTC) if held["taken_at"] else None,
            eicnb=str(held["eicnb"]),
            heading=held["heading"],
        )

    def to_frame(self, values: Mapping[str, Any], labels: Sequence[Any], rows: int | None) -> pd.DataFrame:
        """Return the frame with these values, its class and its attrs."""
        index = self.labels.to_index(labels, rows)
        aligned = {name: one.set_axis(index) if isinstance(one, pd.Series) else one for name, one in values.items()}
        frame = pd.DataFrame(aligned, index=index, copy=False)
        frame.columns = pd.Index([*values], dtype=_text_of_pandas_3(), name=self.heading)
        made = frame if self.kind == "DataFrame" else _CLASSES[self.kind](frame)
        made.attrs.update(self.attrs)
        return made


def _time_of(frame: pd.DataFrame) -> datetime | None:
    """Return the time up to which the rows of an audit are right; None if it is unknown."""
    times: list[datetime] = []
    if isinstance(getattr(frame.get("read_at"), "dtype", None), pd.DatetimeTZDtype):
        last: Any = frame["read_at"].max()
        times += [] if pd.isna(last) else [last.to_pydatetime(warn=False)]
    with suppress(TypeError, ValueError):
        known_until = datetime.fromisoformat(frame.attrs["known_until"]) if "known_until" in frame.attrs else None
        times += [known_until] if known_until and known_until.tzinfo else []
    return max(times, default=None)


def _column(held: Mapping[str, Any]) -> StoredColumn:
    categories = held["categories"]
    return StoredColumn(
        str(held["name"]), str(held["dtype"]), None if categories is None else tuple(categories), bool(held["ordered"])
    )


def _level_name(name: Any) -> str | None:
    if not isinstance(name, str | None):
        raise UsageError(f"the frame's index is named {shown(name)}, not a string", hint="frame.reset_index()")
    return name


def _names(frame: pd.DataFrame) -> list[str]:
    """Return the names of a frame's columns; reject duplicates, and names that are not strings."""
    names: list[str] = frame.columns.tolist()
    for name in names:
        if not isinstance(name, str):
            raise UsageError(
                f"the frame has the column {name!r}, whose name is not a string",
                hint="frame.columns = [str(name) for name in frame.columns]",
            )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        hint = "frame.loc[:, ~frame.columns.duplicated()]"
        raise UsageError(f"the frame has several columns {twice!r}", hint=hint)
    return names


def _key(name: Any) -> str:
    if not isinstance(name, str):
        raise UsageError(
            f"the frame's attrs have the key {name!r}, which is not a string", hint=f"del frame.attrs[{name!r}]"
        )
    return name


def _json(name: Any, value: Any) -> Any:
    """Return an attr unchanged, or raise UsageError if JSON could not restore it."""
    try:
        is_same = _is_same(value, json.loads(json.dumps(value, allow_nan=False)))
    except (TypeError, ValueError, RecursionError):
        is_same = False
    if not is_same:
        what = str(value) if isinstance(value, float) and not math.isfinite(value) else shown(value)
        raise UsageError(
            f"the frame's attrs[{name!r}] is {what}, which a file can't store",
            hint=f"store it as text\nframe.attrs[{name!r}] = str(frame.attrs[{name!r}])",
        )
    return value


def _is_same(value: Any, again: Any) -> bool:
    """Return whether JSON restored a value; it turns tuples into lists, and keys into strings."""
    if isinstance(value, dict):
        return [*value] == [*again] and all(_is_same(one, again[key]) for key, one in value.items())
    if isinstance(value, list):
        return all(map(_is_same, value, again))
    return isinstance(value, type(again)) and bool(value == again)
