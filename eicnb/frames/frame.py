"""The DataFrames that eicnb returns, their display, and their conversion from and to rows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from eicnb.errors import UsageError
from eicnb.frames.arrays import arrays_of, dtype_of
from eicnb.frames.caption import marks, more, not_read, place_of, provenance, read_earlier
from eicnb.frames.columns import (
    CONFIG_COLUMNS,
    FUNCTION_COLUMNS,
    SEVERAL,
    SUMMARY,
    SUMMARY_VERB,
    VERB,
    Column,
    Scalar,
)
from eicnb.frames.drawing import Table
from eicnb.frames.layout import Layout
from eicnb.frames.view import VIEW, View
from eicnb.model.reported import ReportedConfig, ReportedFunction
from eicnb.redaction import masks

_WIDTH = 80
_FEW = 10
_NUMBERS = count(1)
_OF_ANY_ROWS = ("sandbox", "dry_run", "qualifiers")
_UNTRUSTED = ("payload", "error_type", "error_message", "request_id", "message_id")
"""The columns of records with text from anyone who may send to a queue."""

_OUR_DTYPES = {
    **{column.name: column.dtype for column in (*CONFIG_COLUMNS, *FUNCTION_COLUMNS)},
    **dict.fromkeys(_UNTRUSTED, "string"),
}


class Drawn(pd.DataFrame):
    """A DataFrame whose display shows the columns that fit, in words.

    Only the display has words and masks (`eicnb.redaction`); the values are unchanged. A frame without our columns, or
    with other values in them (a count, a comparison), is displayed by pandas. `eicnb.frames.catalogue` has the wording
    of each column, and `eicnb.frames.view` the user's choices.
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return FramePart

    def __finalize__(self, other: Any, method: str | None = None, **kwargs: Any) -> Self:
        """Pass attrs on as pandas does; of joined frames, attrs that differ become `several`."""
        super().__finalize__(other, method, **kwargs)  # type: ignore[misc] # the stubs lack it
        if method == "concat" and not self.attrs:
            joined = other.input_objs if hasattr(other, "input_objs") else other.objs  # the name in pandas 2
            self.attrs = _several([one.attrs for one in joined], _OF_ANY_ROWS)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the rows only: `__module__` names pandas, where pickle would not find our class."""
        return _restored, (isinstance(self, Frame), pd.DataFrame(self), dict(self.attrs))

    def __repr__(self) -> str:
        return self._drawn().to_text() if self._has_our_columns() else super().__repr__()

    def _repr_html_(self) -> str | None:
        if not self._has_our_columns():
            of_pandas: str | None = super()._repr_html_()  # type: ignore[misc] # the stubs lack it
            return of_pandas
        html = pd.get_option("display.notebook_repr_html")
        return self._drawn().to_html(f"Table {next(_NUMBERS)}") if html else None

    def _repr_data_resource_(self) -> None:
        """Return nothing: front ends would show a tree with the real values instead of the table."""

    def _has_our_columns(self) -> bool:
        known = [dtype == _OUR_DTYPES[name] for name, dtype in self.dtypes.items() if name in _OUR_DTYPES]
        return bool(known) and all(known) and self.columns.is_unique

    def _caption_start(self) -> str:
        """Return the start of the caption, with what holds for any rows of a frame."""
        return marks(self.attrs)

    def _stated(self) -> Mapping[str, str]:
        """Return the values that the caption states for all rows, by column."""
        return {}

    def _caption_end(self) -> str:
        """Return the end of the caption, which only a whole frame has."""
        return ""

    def _drawn(self, view: View | None = None) -> Table:
        """Return the table, or raise ConfigurationError if a setting leaves unclear what to mask."""
        columns = [str(name) for name in self.columns]
        layout = Layout.of(self, view or VIEW.current().within(columns))
        caption = "  ".join(filter(None, [self._caption_start(), f"{layout.cut}{self._caption_end()}"]))
        return layout.table(caption, self._stated(), _removed(self.attrs, columns, layout.drawn), _width())


class FrameDisplay:
    """A frame as one view displays it; any DataFrame with unique columns can be displayed."""

    def __init__(self, frame: pd.DataFrame, view: View) -> None:
        if not frame.columns.is_unique:
            twice = str(frame.columns[frame.columns.duplicated()][0])
            hint = "frame.loc[:, ~frame.columns.duplicated()]"
            raise UsageError(f"the frame has several columns {twice!r}", hint=hint)
        ours = frame if isinstance(frame, Drawn) else FramePart(frame)
        self._drawn = ours._drawn(view)  # noqa: SLF001 # the class is this module's own

    def __repr__(self) -> str:
        return self._drawn.to_text()

    def _repr_html_(self) -> str:
        return self._drawn.to_html(f"Table {next(_NUMBERS)}")


@dataclass(frozen=True, slots=True)
class UnmadeFrame:
    """The rows, columns and attrs of a frame that is not built yet."""

    rows: Sequence[Mapping[str, Any]]
    columns: tuple[Column, ...]
    attrs: Mapping[str, Scalar]

    def frame(self) -> Frame:
        """Build the frame."""
        names, arrays = arrays_of(self.rows, self.columns)
        make: Callable[..., Frame] = Frame._from_arrays  # type: ignore[attr-defined] # noqa: SLF001 # the constructor would align the arrays again
        frame = make(arrays, names, pd.RangeIndex(len(self.rows)), verify_integrity=False)
        frame.attrs.update(self.attrs)
        return frame


class Frame(Drawn):
    """The rows that a verb returned, with a caption that says where they come from.

    A frame of a few rows is built when it is first used, because most results of writes never are.
    """

    _unmade: UnmadeFrame | None = None

    @classmethod
    def made_when_used(cls, unmade: UnmadeFrame) -> Frame:
        """Return a frame that is built when pandas first needs its values."""
        frame = cls.__new__(cls)
        vars(frame)["_unmade"] = unmade
        return frame

    if not TYPE_CHECKING:  # the stubs know the columns

        def __getattr__(self, name: str) -> Any:
            """Build the frame if an attribute is missing because it is not built yet."""
            if (unmade := self._unmade) is None:
                return super().__getattr__(name)
            made = unmade.frame()
            flags = type(made.flags)(self, allows_duplicate_labels=True)
            vars(self).update({**vars(made), "_flags": flags, **vars(self), "_unmade": None})
            return getattr(self, name)

    @property
    def provenance(self) -> str:
        """The account and region, as in the caption."""
        return masks.printed(provenance(self.attrs))

    def _caption_start(self) -> str:
        return provenance(self.attrs)

    def _stated(self) -> Mapping[str, str]:
        return place_of(self.attrs)

    def _caption_end(self) -> str:
        is_deleted = len(self) and self.attrs.get(VERB) == "delete" and not self.attrs.get("dry_run")
        summary = f": {self.attrs[SUMMARY]}" if self.attrs.get(SUMMARY) else ""
        return f"{', deleted' if is_deleted else ''}{not_read(self)}{read_earlier(self)}{summary}{more(self.attrs)}"


class FramePart(Drawn):
    """A part of a frame, or another frame made from it, displayed without the caption of the whole."""


# Libraries such as itables tell pandas from polars by the first part of a frame's module.
for _of_pandas in (Drawn, Frame, FramePart):
    _of_pandas.__module__ = pd.DataFrame.__module__


def _restored(whole: bool, rows: pd.DataFrame, attrs: dict[Any, Any]) -> Drawn:  # noqa: FBT001 # pickle passes by position
    frame = Frame(rows) if whole else FramePart(rows)
    frame.attrs = attrs
    return frame


def _width() -> int:
    """Return pandas' display width if it was set, or else the terminal's."""
    chosen: int | None = pd.get_option("display.width")
    if chosen not in {None, _WIDTH}:
        return chosen or _WIDTH
    in_a_terminal = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size((_WIDTH, 24)).columns if in_a_terminal else _WIDTH


def _removed(attrs: Mapping[Any, Any], columns: Sequence[str], drawn: pd.DataFrame) -> frozenset[int]:
    """Return the positions of the rows whose config was deleted; a dry run deletes none."""
    if attrs.get("dry_run"):
        return frozenset()
    verbs = drawn.iloc[:, 0].tolist() if columns[:1] == [VERB] else [attrs.get(VERB)] * len(drawn)
    return frozenset(place for place, verb in enumerate(verbs) if verb is not pd.NA and verb == "delete")


def uncut() -> AbstractContextManager[object]:
    """Keep pandas from truncating cells in this context, so that no part of a name is shown alone."""
    return pd.option_context("display.max_colwidth", None)


def config_row(config: ReportedConfig) -> dict[str, Any]:
    """Return a reported config as a row of `CONFIG_COLUMNS`."""
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
    """Return a reported function as a row of `FUNCTION_COLUMNS`."""
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


def to_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], attrs: Mapping[str, Scalar]) -> Frame:
    """Make rows into a frame of exactly these columns and dtypes, even without any rows.

    >>> to_frame([{"verb": "put"}], [Column("verb", "string", "the verb")], {}).verb.item()
    'put'
    """
    unmade = UnmadeFrame(list(rows), tuple(columns), dict(attrs))
    return Frame.made_when_used(unmade) if 0 < len(unmade.rows) <= _FEW else unmade.frame()


_TRUTH = {text: value for value in (True, False) for text in (str(value), str(value).lower(), str(value).upper())}
"""The booleans in a CSV file that was read as text."""


def rows_of(frame: pd.DataFrame, columns: Sequence[Column], hint: str = "") -> list[dict[str, Any]]:
    """Return the rows of a frame with these columns, None for a missing value, or raise UsageError.

    `hint` is for a frame that lacks some of the columns.
    """
    values = values_of(frame, columns, hint)
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def values_of(frame: pd.DataFrame, columns: Sequence[Column], hint: str = "") -> dict[str, list[Any]]:
    """Return the values of these columns of a frame, None for a missing one, or raise UsageError."""
    return {
        name: exact.array.to_numpy(dtype=object, na_value=None).tolist()
        for name, exact in columns_of(frame, columns, hint).items()
    }


_OF_OTHER_ROWS = {
    "check",
    "losses",
    "records",
    "send",
    "journal",
    "compare",
    "history",
    "explain",
    "whoami",
    "functions",
}
"""The verbs whose frames have no configs."""

_OF_CONFIGS = {"maximum_retry_attempts", "on_failure"}
"""Columns that every frame of configs has, and no other frame."""

_MOST_MISSING = 6
_OF_CONFIGS_HINT = "pass a frame of configs, such as that of eicnb.audit()"


def verb_of_other_rows(frame: Any) -> str | None:
    """Return the verb of a frame whose rows are not configs; None for configs and unknown frames.

    For the summary of an audit in a folder, raise a UsageError that says how to load the rows.
    """
    verb = str(frame.attrs.get("verb"))
    if verb == SUMMARY_VERB:
        raise _of_a_summary(frame)
    return verb if verb in _OF_OTHER_ROWS else None


def _of_a_summary(frame: Any) -> UsageError:
    files = [] if "file" not in frame.columns else frame["file"].dropna().tolist()
    load = f"load the rows first\naudit = eicnb.load({str(Path(files[0]).parent)!r})" if files else "audit again"
    return UsageError("the frame is the summary of an audit in a folder, without its rows", hint=load)


def columns_of(frame: pd.DataFrame, columns: Sequence[Column], hint: str = "") -> dict[str, pd.Series[Any]]:
    """Return these columns of a frame in their own dtypes, or raise UsageError.

    A frame from a file may have other dtypes. `hint` is for a frame that lacks some of the columns.
    """
    if missing := [column.name for column in columns if column.name not in frame.columns]:
        more = f" and {len(missing) - _MOST_MISSING} more" if len(missing) > _MOST_MISSING else ""
        names = ", ".join(map(repr, missing[:_MOST_MISSING])) + more
        wanted = ", ".join(column.name for column in columns)
        what = f"column {names}" if len(missing) == 1 else f"columns {names}"
        if (foreign := verb_of_other_rows(frame)) and _OF_CONFIGS & {*missing}:
            raise UsageError(f"the frame is one of {foreign}, which has no {what}", hint=hint or _OF_CONFIGS_HINT)
        raise UsageError(f"the frame has no {what}", hint=hint or f"keep the columns {wanted}")
    return {column.name: _exact(frame[column.name], column) for column in columns}


def _exact(series: Any, column: Column) -> pd.Series[Any]:
    """Return a column in its own dtype, or raise UsageError."""
    array: Callable[..., Any] = pd.array
    if series.ndim > 1:
        hint = "frame.loc[:, ~frame.columns.duplicated()]"
        raise UsageError(f"the frame has {series.shape[1]} columns {column.name!r}", hint=hint)
    try:
        if column.dtype == "Int64" and any(isinstance(value, bool) for value in series):
            raise TypeError("a boolean is not a number")  # noqa: TRY301 # one place words what is wrong with a column
        values = [_TRUTH.get(value, value) for value in series] if column.dtype == "boolean" else series.array
        return pd.Series(array(values, dtype=dtype_of(column)))
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(
            f"the frame's column {column.name!r} is {series.dtype}, not {column.dtype}",
            hint="pass the frame as eicnb returned it",
        ) from error


def objects_frame(objects: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Make a plain frame of the objects that a query selected, with a column for each member."""
    return pd.DataFrame(list(objects))


def stack(frames: Sequence[pd.DataFrame], attrs: Sequence[Mapping[Any, Any]] | None = None) -> Frame:
    """Make one frame of frames with the same columns; attrs that differ become `several`.

    `attrs` replace those of the frames.
    """
    stacked = Frame(pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0])
    attrs = [frame.attrs for frame in frames] if attrs is None else attrs
    stacked.attrs = _several(attrs, {key: None for one in attrs for key in one})
    return stacked


def _several(attrs: Sequence[Mapping[Any, Any]], keys: Iterable[Any]) -> dict[Any, Any]:
    """Return the attrs that any of the frames has, with `several` for those that differ."""
    found = {key: [one.get(key) for one in attrs] for key in keys if any(key in one for one in attrs)}
    return {key: values[0] if values.count(values[0]) == len(values) else SEVERAL for key, values in found.items()}
