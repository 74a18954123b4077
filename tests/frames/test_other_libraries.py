"""Other libraries that notebooks use accept our frames, which are DataFrames."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from eicnb.frames.columns import CONFIG_COLUMNS
from eicnb.frames.frame import Frame, FramePart, config_row, to_frame
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig

# Warnings about how these libraries use NumPy and pandas are not ours to fix.
pytestmark = pytest.mark.filterwarnings("ignore")

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"


@pytest.fixture(params=["whole", "selection", "empty"])
def frame(request: pytest.FixtureRequest) -> pd.DataFrame:
    configs = [
        ReportedConfig(
            function=FunctionRef("f", qualifier, "aws", "us-east-1", "123456789012", marked=True),
            maximum_retry_attempts=retries,
            maximum_event_age_in_seconds=None,
            on_failure=QUEUE,
            on_success=None,
            last_modified=datetime(2026, 11, 1, 12, tzinfo=UTC),
        )
        for qualifier, retries in (("live", 0), ("7", None))
    ]
    whole = to_frame(map(config_row, configs), CONFIG_COLUMNS, {"account_id": "123456789012", "sandbox": True})
    return {"whole": whole, "selection": whole.head(1), "empty": whole[:0]}[request.param]


def test_itables(frame: pd.DataFrame) -> None:
    itables = pytest.importorskip("itables")
    html = itables.to_html_datatable(frame)
    assert (QUEUE in html) is bool(len(frame))


def test_great_tables(frame: pd.DataFrame) -> None:
    great_tables = pytest.importorskip("great_tables")
    html = great_tables.GT(frame).as_raw_html()
    assert html.count(QUEUE) == len(frame)


def test_ipydatagrid(frame: pd.DataFrame) -> None:
    ipydatagrid = pytest.importorskip("ipydatagrid")
    grid = ipydatagrid.DataGrid(frame)
    assert list(grid.data.columns) == list(frame.columns)
    assert len(grid.data) == len(frame)


def test_duckdb(frame: pd.DataFrame) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as database:
        found = database.execute("select qualifier, maximum_retry_attempts, last_modified from frame").fetchall()
    assert [row[:2] for row in found] == [("live", 0), ("7", None)][: len(frame)]


def test_polars(frame: pd.DataFrame) -> None:
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    converted = polars.from_pandas(frame)
    assert converted["maximum_retry_attempts"].to_list() == [0, None][: len(frame)]
    assert converted["qualifier"].to_list() == ["live", "7"][: len(frame)]


def test_arrow(frame: pd.DataFrame) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    again = pyarrow.Table.from_pandas(frame).to_pandas()
    assert again["qualifier"].tolist() == frame["qualifier"].tolist()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(frame: pd.DataFrame, protocol: int) -> None:
    again: Any = pickle.loads(pickle.dumps(frame, protocol))
    assert type(again) is type(frame)
    assert type(again) in {Frame, FramePart}
    assert (again.attrs, repr(again)) == (frame.attrs, repr(frame))
    pd.testing.assert_frame_equal(again, frame)
    again.attrs["account_id"] = "changed"
    assert frame.attrs["account_id"] == "123456789012"
