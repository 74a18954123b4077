"""Any frame comes back from its file, whatever its strings, numbers, times, labels and attrs."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.snapshots import parquet
from eicnb.frames.columns import Column
from eicnb.frames.frame import to_frame

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # hypothesis requires them naive
BY_DTYPE: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "Int64": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "Float64": st.floats(allow_nan=False),
    "datetime64[ns, UTC]": TIMES,
    "category": st.sampled_from(["low", "high", ""]),
}
ATTRS = st.dictionaries(
    TEXT,
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    max_size=5,
)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """A frame of a verb or with columns of any names, perhaps only a part of it in another order."""
    of_an_audit = draw(st.booleans())
    names = draw(st.lists(TEXT, min_size=1, max_size=5, unique=True))
    own = [
        Column(
            name, dtype := draw(st.sampled_from(sorted(BY_DTYPE))), "", ("", "low", "high")[: 3 * (dtype == "category")]
        )
        for name in names
    ]
    columns = AUDIT_COLUMNS if of_an_audit else own
    row = st.fixed_dictionaries({one.name: st.none() | BY_DTYPE[one.dtype] for one in columns})
    frame = to_frame(draw(st.lists(row, max_size=6)), columns, draw(ATTRS))
    order = draw(st.permutations(range(len(frame))))
    part: pd.DataFrame = frame.iloc[order[: draw(st.integers(0, len(order)))]]
    return frame if draw(st.booleans()) else part


@settings(max_examples=40)
@given(frames())
def test_a_frame_of_any_values_comes_back_as_it_was(frame: pd.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        parquet.write(frame, path)
        again = parquet.read(path).frame
    pd.testing.assert_frame_equal(again, frame, check_exact=True)
    assert (again.attrs, type(again), str(again)) == (frame.attrs, type(frame), str(frame))


@settings(max_examples=40)
@given(st.lists(st.text(max_size=5) | st.none(), min_size=1), st.sampled_from(["object", "str"]))
def test_texts_of_pandas_come_back_or_are_refused(texts: list[str | None], dtype: Any) -> None:
    """Only half a surrogate pair is rejected, and the error names its column."""
    try:
        frame = pd.DataFrame({"text": pd.Series(texts, dtype="object").astype(dtype)})
    except UnicodeEncodeError:
        return  # pandas itself refuses it
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        try:
            parquet.write(frame, path)
        except ValueError as error:
            assert "column 'text'" in str(error)  # noqa: PT017 # both outcomes are right
            assert any("\ud800" <= one <= "\udfff" for text in texts for one in text or "")
        else:
            pd.testing.assert_frame_equal(parquet.read(path).frame, frame)
