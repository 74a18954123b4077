"""Frames that come back from Parquet files as they were saved."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.snapshots import parquet
from eicnb.frames.frame import Frame, to_frame

FRAME = to_frame(
    [
        {**dict.fromkeys(column.name for column in AUDIT_COLUMNS), "function_name": name, "region": "us-east-1"}
        for name in ("checkout", "newsletters", "träume-\N{PARTY POPPER}")
    ],
    AUDIT_COLUMNS,
    {"verb": "audit", "account_id": None, "sandbox": True, "rows": 3, "share": 0.5, "selected": '["a"]'},
)


def saved(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    parquet.write(frame, path)
    return parquet.read(path).frame


def check_same(frame: pd.DataFrame, path: Path) -> None:
    again = saved(frame, path)
    pd.testing.assert_frame_equal(again, frame)
    assert (type(again), again.attrs, str(again)) == (type(frame), frame.attrs, str(frame))


def parts() -> dict[str, pd.DataFrame]:
    return {
        "whole": FRAME,
        "empty": FRAME[:0],
        "filtered": FRAME[FRAME.function_name != "checkout"],
        "sorted": FRAME.sort_values("function_name", ascending=False),
        "few columns": FRAME[["function_name", "region"]],
        "no columns": FRAME[[]],
        "own columns": FRAME.assign(
            team="shop", cost=1.5, is_ours=True, seen=pd.Timestamp("2026-11-25", tz="Europe/Berlin")
        ),
        "labelled by name": FRAME.set_index("function_name"),
        "labelled twice": FRAME.set_index(["region", "function_name"]),
        "counted": FRAME.groupby("region").size().to_frame("n"),
        "plain": pd.DataFrame({"function_name": ["checkout", None], "n": [2**63 - 1, -(2**63)]}),
    }


@pytest.mark.parametrize("name", parts())
def test_a_frame_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    check_same(parts()[name], tmp_path / "frame.parquet")


def test_the_order_of_a_category_comes_back_for_an_empty_frame_too(tmp_path: Path) -> None:
    severity = pd.CategoricalDtype(["info", "low", "high"], ordered=True)
    frame = FRAME.assign(severity=pd.Series(["high", None, "info"], dtype=severity))
    for part in (frame, frame[:0]):
        check_same(part, tmp_path / "frame.parquet")
    assert saved(frame, tmp_path / "frame.parquet")["severity"].ge("low").tolist() == [True, False, False]


REFUSED: dict[str, tuple[Any, str]] = {
    "a list": ([1], "a list"),
    "a time": (datetime(2026, 11, 25, tzinfo=UTC), "a datetime"),
    "not a number": (float("nan"), "nan"),
    "a tuple in a dict": ({"a": (1,)}, "a dict"),
}


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "a list"])
def test_an_attr_that_json_cannot_restore_is_rejected_by_name(name: str, tmp_path: Path) -> None:
    value, shown = REFUSED[name]
    frame = FRAME.copy()
    frame.attrs["mine"] = value
    with pytest.raises(ValueError, match="attrs") as caught:
        parquet.write(frame, tmp_path / "frame.parquet")
    assert str(caught.value).splitlines()[0] == f"the frame's attrs['mine'] is {shown}, which a file can't store"


def test_a_frame_is_a_whole_frame_again(tmp_path: Path) -> None:
    assert isinstance(saved(FRAME, tmp_path / "frame.parquet"), Frame)
