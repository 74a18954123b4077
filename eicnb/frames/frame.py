"""The DataFrames that eicnb returns: their columns as data, and rows made into frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import pandas as pd

from eicnb.errors import UsageError
from eicnb.frames.columns import (
    NEXT_TOKEN,
    SEVERAL,
    VERB,
    Column,
    Scalar,
)
from eicnb.frames.drawing import READ, STATE, Cut, Table
from eicnb.model.reported import ReportedConfig, ReportedFunction
from eicnb.redaction import masks
from eicnb.redaction.control_characters import printable

_WIDTH = 80
_MOST_ROWS = 60


class MostRows:
    """How many rows a display shows at the most; `choose` takes what tells the number at that moment."""

    def __init__(self) -> None:
        self._tell: Callable[[], int] = lambda: _MOST_ROWS

    def choose(self, tell: Callable[[], int]) -> None:
        """Ask this from now on."""
        self._tell = tell

    def shown(self) -> int:
        """The most rows at this moment."""
        return self._tell()


MOST_ROWS = MostRows()
"""The process's switch, which the settings push."""


class Frame(pd.DataFrame):
    """A DataFrame that shows where its rows come from, its ARNs whole, and types and missing values as words.

    Only the display is in words and has masks (`eicnb.redaction`); the values are real. Whatever is made from it is
    a plain DataFrame: a slice or a merge loses the caption rather than lie.
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def provenance(self) -> str:
        """Account and region, as they stand in the caption."""
        return masks.printed(provenance(self.attrs))

    def __repr__(self) -> str:
        return self._drawn().to_text()

    def _repr_html_(self) -> str | None:
        return self._drawn().to_html() if pd.get_option("display.notebook_repr_html") else None

    def _repr_data_resource_(self) -> None:
        """Nothing: front ends would show it as a tree instead of the table, and with its real values."""

    def _drawn(self) -> Table:
        """Raises ConfigurationError for a setting that cannot be used, rather than show what should be masked."""
        columns = tuple(str(name) for name in self.columns)
        states = self.iloc[:, columns.index(STATE)] if STATE in columns else [READ] * len(self)
        cut = Cut.of([_plain(state) for state in states], MOST_ROWS.shown())
        drawn = self.iloc[list(cut.places)]
        return Table(
            caption=printable(f"{provenance(self.attrs)}  {cut}{_more(self.attrs)}"),
            columns=columns,
            labels=tuple(str(label) for label in drawn.index),
            rows=[tuple(map(_plain, row)) for row in drawn.itertuples(index=False, name=None)],
            index_name=" ".join(str(name) for name in self.index.names if name is not None),
            width=pd.get_option("display.width") or _WIDTH,
            removed=_removed(self.attrs, columns, drawn),
            hide=masks.masked_together,
        )


def _more(attrs: Mapping[Any, Any]) -> str:
    """Word the rest of a list that was cut."""
    token = attrs.get(NEXT_TOKEN)
    if token is None:
        return ""
    return "; AWS has more" if token == SEVERAL else f"; AWS has more: --starting-token {token}"


def _removed(attrs: Mapping[Any, Any], columns: Sequence[str], drawn: pd.DataFrame) -> frozenset[int]:
    """Return the places of the rows whose config was deleted; a dry run deletes none."""
    if attrs.get("dry_run"):
        return frozenset()
    verbs = drawn.iloc[:, 0].tolist() if columns[:1] == (VERB,) else [attrs.get(VERB)] * len(drawn)
    return frozenset(place for place, verb in enumerate(verbs) if verb is not pd.NA and verb == "delete")


def uncut() -> AbstractContextManager[object]:
    """While this is open pandas cuts no cell, so that no half of a name or an account id is shown."""
    return pd.option_context("display.max_colwidth", None)


def _plain(value: Any) -> Any:
    """A value without pandas and NumPy: None for a missing one."""
    if not pd.api.types.is_scalar(value):
        return value
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def provenance(attrs: Mapping[Any, Any]) -> str:
    """Where a frame comes from, in words: `SANDBOX` where it is one, the account, the region."""
    if "scope" in attrs:
        return str(attrs["scope"])
    account_id, region, sandbox = (attrs.get(name) for name in ("account_id", "region", "sandbox"))
    account = f"account {account_id}" if account_id else "account not asked for"
    where = [
        {None: None, False: None, SEVERAL: "DRY RUN of some rows"}.get(
            attrs.get("dry_run"), "DRY RUN, nothing was written"
        ),
        "SANDBOX and others" if sandbox == SEVERAL else "SANDBOX" if sandbox else None,
        "several accounts" if account_id == SEVERAL else account,
        "several regions" if region == SEVERAL else region,
    ]
    return "  ".join(filter(None, where))


def config_row(config: ReportedConfig) -> dict[str, Any]:
    """A reported config as a row of `CONFIG_COLUMNS`."""
    function = config.function.with_qualifier(config.function.qualifier or "$LATEST")
    return {
        "function_name": function.function_name,
        "qualifier": function.qualifier,
        "maximum_retry_attempts": config.maximum_retry_attempts,
        "maximum_event_age_in_seconds": config.maximum_event_age_in_seconds,
        "on_failure_type": config.on_failure_type,
        "on_failure": config.on_failure,
        "on_success_type": config.on_success_type,
        "on_success": config.on_success,
        "last_modified": config.last_modified,
        "region": function.region,
        "account_id": function.account_id,
        "function_arn": str(function),
    }


def function_row(reported: ReportedFunction) -> dict[str, Any]:
    """A reported function as a row of `FUNCTION_COLUMNS`."""
    return {
        "function_name": reported.function.function_name,
        "runtime": reported.runtime,
        "timeout": reported.timeout,
        "dead_letter_arn": reported.dead_letter_arn,
        "role_arn": reported.role_arn,
        "region": reported.function.region,
        "account_id": reported.function.account_id,
        "function_arn": str(reported.function),
    }


@cache
def _dtype(name: str) -> Any:
    """The dtype itself; to look it up by name takes longer than to fill a row."""
    return pd.api.types.pandas_dtype(name)


@cache
def _layout(columns: Sequence[Column]) -> tuple[pd.Index, Mapping[Any, Sequence[str]]]:
    """The names of columns as an index, and the columns of each dtype."""
    by_dtype: dict[Any, list[str]] = {}
    for column in columns:
        by_dtype.setdefault(_dtype(column.dtype), []).append(column.name)
    return pd.Index([column.name for column in columns]), by_dtype


def to_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], attrs: Mapping[str, Scalar]) -> Frame:
    """Make rows into a frame of exactly these columns and dtypes, also when there are no rows.

    All columns of a dtype are made at once and then cut apart: a single row costs a third of a column at a time.
    """
    rows = list(rows)
    array: Callable[..., Any] = pd.array  # its overloads know the dtypes by their literal names only
    names, by_dtype = _layout(tuple(columns))
    arrays = {}
    for dtype, of_dtype in by_dtype.items():
        values = array([row[name] for name in of_dtype for row in rows], dtype=dtype)
        for place, name in enumerate(of_dtype):
            arrays[name] = values[place * len(rows) : (place + 1) * len(rows)]
    make: Callable[..., Frame] = Frame._from_arrays  # type: ignore[attr-defined] # noqa: SLF001 # the constructor aligns arrays that are aligned
    frame = make([arrays[name] for name in names], names.view(), pd.RangeIndex(len(rows)), verify_integrity=False)
    frame.attrs.update(attrs)
    return frame


def rows_of(frame: pd.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The rows of a frame with these columns, None where nothing is; any other frame is a UsageError."""
    if missing := [column.name for column in columns if column.name not in frame.columns]:
        raise UsageError(f"the frame has no column {missing[0]!r}", hint=", ".join(column.name for column in columns))
    array: Callable[..., Any] = pd.array
    values = {}
    for column in columns:
        held = frame[column.name]
        try:
            exact = array(held.array, dtype=_dtype(column.dtype))
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"the frame's column {column.name!r} is {held.dtype}, not {column.dtype}", hint="the frame as it was"
            ) from error
        values[column.name] = [None if missing else value for value, missing in zip(exact, pd.isna(exact), strict=True)]
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def objects_frame(objects: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A plain frame of what a query selected: a column a member, of whatever dtype pandas finds."""
    return pd.DataFrame(list(objects))


def stack(frames: Sequence[Frame]) -> Frame:
    """One frame with the rows of all, which have the same columns; attrs that differ become `several`."""
    stacked = Frame(pd.concat(frames, ignore_index=True))
    attrs = [frame.attrs for frame in frames]
    for key in {key: None for one in attrs for key in one}:
        values = [one.get(key) for one in attrs]
        stacked.attrs[key] = values[0] if all(value == values[0] for value in values) else SEVERAL
    return stacked
