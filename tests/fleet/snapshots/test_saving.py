"""What `save` rejects, and the file that it leaves."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eicnb.changes.plan import Plan
from eicnb.errors import ChecksFailed, EicError, UsageError
from eicnb.fleet.snapshots.loading import load
from eicnb.fleet.snapshots.saving import save
from tests.fleet.snapshots.audits import audit_of

AUDIT = audit_of(1, f=0)


def failed() -> ChecksFailed:
    error = ChecksFailed("a finding")
    error.result = AUDIT
    return error


BAD: dict[str, tuple[Any, Any, str, str]] = {
    "a number": (3, "a.parquet", "the frame to save is 3, not a DataFrame", "audit = eicnb.audit()"),
    "a plan": (
        Plan(()),
        "a.parquet",
        "a plan is saved as JSON, not as a Parquet file",
        'plan.save("plan.json")',
    ),
    "an error with a frame": (
        failed(),
        "a.parquet",
        "the frame to save is a ChecksFailed, not a DataFrame",
        "save the frame of the error\nerror.result",
    ),
    "no path": (AUDIT, 3, "the path is 3, not the name of a file", '"audit.parquet"'),
    "an empty path": (AUDIT, " ", "the path is ' '", '"audit.parquet"'),
    "a name that is too long": (
        AUDIT,
        f"{'a' * 300}.parquet",
        f"the frame could not be saved to '{'a' * 300}.parquet': File name too long",
        "name another file",
    ),
    "another ending": (
        AUDIT,
        "audit.csv",
        "'audit.csv' does not end in .parquet, the format of the file",
        "audit.parquet",
    ),
    "a folder": (AUDIT, "folder", "'folder' is a folder", "folder/audit.parquet"),
    "a folder that does not exist": (
        AUDIT,
        "nowhere/a.parquet",
        "there is no folder 'nowhere'",
        "create the folder first\nimport os\nos.makedirs('nowhere')",
    ),
    "a file that exists": (AUDIT, "taken.parquet", "the file 'taken.parquet' exists", "overwrite=True"),
    "a column of objects": (
        AUDIT.assign(tags=pd.Series([("a", 1)], dtype="object")),
        "a.parquet",
        "the frame's column 'tags' is of objects that are not strings, which a file can't store",
        'frame["tags"] = frame["tags"].astype("string")',
    ),
    "a column that is a number": (
        pd.DataFrame([[1]]),
        "a.parquet",
        "the frame has the column 0, whose name is not a string",
        "frame.columns = [str(name) for name in frame.columns]",
    ),
    "two columns of a name": (
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        "a.parquet",
        "the frame has several columns 'a'",
        "frame.loc[:, ~frame.columns.duplicated()]",
    ),
    "labels that are objects": (
        pd.DataFrame({"a": [1]}, index=pd.Index([(1,)], tupleize_cols=False)),
        "a.parquet",
        "the frame has row labels that are of objects that are not strings",
        "frame.reset_index(drop=True)",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_saved_is_rejected_and_leaves_no_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, path, message, hint = BAD[name]
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("taken.parquet").write_text("taken", encoding="utf-8")
    with pytest.raises(EicError) as caught:
        save(frame, path)
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "taken.parquet"]


def test_a_file_is_replaced_if_that_is_requested(tmp_path: Path) -> None:
    path = save(AUDIT, tmp_path / "a.parquet")
    assert save(AUDIT[:0], str(path), overwrite=True) == path
    assert len(load(path)) == 0


def test_a_failed_save_leaves_the_old_file_unchanged(tmp_path: Path) -> None:
    path = save(AUDIT, tmp_path / "a.parquet")
    before = path.read_bytes()
    many = pd.DataFrame({"a": pd.Series(["text"] * 25_000 + ["\ud800"], dtype="object")})
    with pytest.raises(UsageError, match="column 'a'"):
        save(many, path, overwrite=True)
    assert ([*tmp_path.iterdir()], path.read_bytes()) == ([path], before)


@pytest.mark.parametrize(("column", "mode"), [("payload", 0o600), ("team", 0o644)])
def test_only_the_owner_may_read_a_file_with_events(column: str, mode: int, tmp_path: Path) -> None:
    path = save(AUDIT.assign(**{column: "text"}), tmp_path / "a.parquet")
    assert stat.S_IMODE(path.stat().st_mode) == mode
