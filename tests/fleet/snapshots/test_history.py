"""The history of a folder of audits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eicnb.errors import UsageError
from eicnb.fleet.snapshots.history import history
from eicnb.fleet.snapshots.saving import save
from eicnb.fleet.snapshots.verb_columns import HISTORY_COLUMNS
from eicnb.frames.frame import Frame, to_frame
from tests.fleet.snapshots.audits import at, audit_of

OTHER = "210987654321"


def found(folder: Path) -> list[tuple[Any, ...]]:
    """Return what happened, to which function, between which days."""
    frame = history(folder)
    days = [frame[name].dt.day for name in ("from_time", "to_time")]
    return [*zip(frame.what, frame.function_name, *days, strict=True)]


def folder_of(folder: Path, *audits: pd.DataFrame) -> Path:
    for number, audit in enumerate(audits):
        save(audit, folder / f"{len(audits) - number}.parquet")  # the names are in the other order
    return folder


CASES: dict[str, tuple[tuple[Frame, ...], list[tuple[str, str, int, int]]]] = {
    "nothing": ((audit_of(1, f=0), audit_of(2, f=0)), []),
    "a config made": ((audit_of(1, f=None), audit_of(2, f=0)), [("added", "f", 1, 2)]),
    "the first functions": (
        (audit_of(1, attrs={"known_until": at(1).isoformat()}), audit_of(2, f=0, g=None)),
        [("added", "f", 1, 2)],
    ),
    "a function deleted": ((audit_of(1, f=0, g=0, h=None), audit_of(2, f=0)), [("removed", "g", 1, 2)]),
    "a setting changed and changed back": (
        (audit_of(1, f=0), audit_of(2, f=1), audit_of(3, f=0)),
        [("changed", "f", 1, 2), ("changed", "f", 2, 3)],
    ),
    "removed and made again": (
        (audit_of(1, f=0, g=0), audit_of(2, g=0), audit_of(3, f=0, g=0)),
        [("removed", "f", 1, 2), ("added", "f", 2, 3)],
    ),
    "not read in between": (
        (audit_of(1, f=0, g=0), audit_of(2, f="throttled", g=0), audit_of(3, f=1, g=0)),
        [("changed", "f", 1, 3)],
    ),
    "a region denied in between": (
        (audit_of(1, f=0, g=0), audit_of(2, _="denied"), audit_of(3, g=1)),
        [("removed", "f", 1, 3), ("changed", "g", 1, 3)],
    ),
    "another region in between": (
        (audit_of(1, f=0), audit_of(2, region="eu-west-1", f=1), audit_of(3, f=1)),
        [("changed", "f", 1, 3)],
    ),
    "another account in between": (
        (audit_of(1, f=0), audit_of(2, account=OTHER, f=1), audit_of(3, f=1)),
        [("changed", "f", 1, 3)],
    ),
    "other functions in between": (
        (audit_of(1, f=0, g=0), audit_of(2, g=0, attrs={"selected": '["g*"]'}), audit_of(3, f=1, g=0, h=0)),
        [("changed", "f", 1, 3), ("added", "h", 1, 3)],
    ),
    "functions that a callable chose in between": (
        (audit_of(1, f=0, g=0), audit_of(2, g=1, attrs={"selected": "callable"}), audit_of(3, g=1)),
        [("changed", "g", 1, 2), ("removed", "f", 1, 3)],
    ),
}


@pytest.mark.parametrize(("audits", "expected"), CASES.values(), ids=CASES)
def test_a_row_is_what_happened_between_two_audits_that_read_it(
    audits: tuple[pd.DataFrame, ...], expected: Any, tmp_path: Path
) -> None:
    assert found(folder_of(tmp_path, *audits)) == expected


def test_rows_have_the_columns_of_a_comparison_and_the_times(tmp_path: Path) -> None:
    frame = history(folder_of(tmp_path, audit_of(1, f=0), audit_of(2, f=1)))
    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == {
        column.name: column.dtype for column in HISTORY_COLUMNS
    }
    assert frame[["change", "function_name", "from_time", "to_time"]].to_numpy().tolist() == [
        ["retries 0 -> 1", "f", pd.Timestamp(at(1)), pd.Timestamp(at(2))]
    ]


def test_the_caption_says_how_many_audits_there_are_and_what_was_left_out(tmp_path: Path) -> None:
    folder_of(tmp_path, audit_of(1, f=0, g=0), audit_of(2, f=1, g="denied"))
    (tmp_path / "notes.txt").write_text("a note", encoding="utf-8")
    assert str(history(tmp_path)) == (
        "What       From              To                Change          Function\n"
        "~ changed  2026-11-01 08:00  2026-11-02 08:00  retries 0 -> 1  f:$LATEST\n"
        '9 columns hidden; eicnb.show(frame, columns="all") shows all of them\n'
        "account 123456789012  us-east-1  1 row: 1 changed; 2 audits, 2026-11-01 08:00 to 2026-11-02 08:00 UTC; "
        "1 incomplete; left out: notes.txt"
    )


def test_what_is_not_an_audit_is_listed_with_the_reason(tmp_path: Path) -> None:
    audit = audit_of(1, f=0, g=0)
    whole = folder_of(tmp_path, audit) / "1.parquet"
    (tmp_path / "cut.parquet").write_bytes(whole.read_bytes()[:-100])
    (tmp_path / "empty.parquet").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.csv").write_text("a,b", encoding="utf-8")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "pandas.parquet")
    save(audit[audit.function_name == "f"], tmp_path / "part.parquet")
    save(to_frame([], HISTORY_COLUMNS, {"verb": "history"}), tmp_path / "other.parquet")
    twice = Frame(pd.concat([audit[:1], audit[:1]], ignore_index=True))
    twice.attrs.update(audit.attrs)
    save(twice, tmp_path / "twice.parquet")
    attrs = history(tmp_path).attrs
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"
    assert attrs["foreign"].split("; ") == [
        "cut.parquet is damaged: its end is missing",
        "empty.parquet is empty",
        "folder is a folder without an audit",
        "notes.csv is not a Parquet file",
        "other.parquet is a frame of history, not of an audit",
        "pandas.parquet is not one that eicnb.save wrote",
        "part.parquet has 1 of its audit's 2 rows",
        f"twice.parquet row 1 of the audit is a second row of {arn}",
    ]
    assert (attrs["audits"], attrs["left_out"]) == (1, 8)


def test_an_audit_that_lost_rows_is_left_out(tmp_path: Path) -> None:
    folder_of(tmp_path, audit_of(1, f=0, g=0), audit_of(2, f=0, g=0)[:1])
    frame = history(tmp_path)
    assert (len(frame), frame.attrs["foreign"]) == (0, "1.parquet has 1 of its audit's 2 rows")


def test_an_audit_in_another_order_is_an_audit(tmp_path: Path) -> None:
    sorted_audit = audit_of(2, f=0, g=0).sort_values("function_name", ascending=False)
    assert found(folder_of(tmp_path, audit_of(1, f=0, g=1), sorted_audit)) == [("changed", "g", 1, 2)]


def test_one_audit_is_an_empty_frame(tmp_path: Path) -> None:
    frame = history(folder_of(tmp_path, audit_of(1, f=0)))
    assert (len(frame), frame.attrs["summary"]) == (
        0,
        "one audit, 2026-11-01 08:00 UTC, so there is nothing to compare",
    )


def test_a_folder_of_accounts_and_regions_is_one_audit(tmp_path: Path) -> None:
    for day in (1, 2):
        (folder := tmp_path / f"2026-11-0{day}").mkdir()
        last: dict[str, Any] = {"h": 0} if day == 1 else {}  # the only function of its account
        save(audit_of(day, account="012345678901", **last), folder / "012345678901.us-east-1.parquet")
        save(audit_of(day, g=0), folder / "123456789012.us-east-1.parquet")
        save(audit_of(day, account=OTHER, g=0, f=day), folder / f"{OTHER}.us-east-1.parquet")
    save(audit_of(3, account=OTHER, f=2), tmp_path / "wednesday.parquet")
    assert found(tmp_path) == [("removed", "h", 1, 2), ("changed", "f", 1, 2), ("removed", "g", 2, 3)]


def test_the_files_of_accounts_and_regions_in_the_folder_itself_are_one_audit(tmp_path: Path) -> None:
    for account in ("012345678901", OTHER):
        save(audit_of(1, account=account, f=0), tmp_path / f"{account}.us-east-1.parquet")
    assert history(tmp_path).attrs["audits"] == 1
    save(audit_of(2, account=OTHER, f=1), tmp_path / "tuesday.parquet")
    assert found(tmp_path) == [("changed", "f", 1, 2)]


def test_an_audit_with_a_damaged_file_is_left_out_and_the_file_is_named(tmp_path: Path) -> None:
    save(audit_of(1, f=0), tmp_path / "monday.parquet")
    (tmp_path / "tuesday").mkdir()
    part = save(audit_of(2, f=1), tmp_path / "tuesday" / "123456789012.us-east-1.parquet")
    part.write_bytes(part.read_bytes()[:-100])
    foreign = history(tmp_path).attrs["foreign"]
    assert foreign == f"tuesday is incomplete: the file '{part}' is damaged: its end is missing"


def test_the_time_of_a_refreshed_audit_is_its_known_until(tmp_path: Path) -> None:
    refreshed = audit_of(1, f=0, attrs={"known_until": at(5).isoformat()})
    assert history(folder_of(tmp_path, audit_of(4, f=1), refreshed)).to_time.tolist() == [pd.Timestamp(at(5))]


def test_an_audit_of_a_release_without_times_counts_from_when_it_was_saved(tmp_path: Path) -> None:
    old = audit_of(1, f=1)
    del old["read_at"]
    assert found(folder_of(tmp_path, old, audit_of(2, f=0)))[0][:3] == ("changed", "f", 2)


BAD: dict[str, tuple[str, str, str]] = {
    "no folder": ("nowhere", "the folder 'nowhere' does not exist", "name the folder of the saved audits"),
    "a file": ("notes.txt", "the folder 'notes.txt' is a file, not a folder", "."),
    "an empty folder": (
        "empty",
        "the folder 'empty' has no audit",
        "save one\neicnb.save(eicnb.audit(), 'empty/audit.parquet')",
    ),
    "a folder of other files": (
        "other",
        "the folder 'other' has no audit; left out: notes.txt is empty",
        "save one\neicnb.save(eicnb.audit(), 'other/audit.parquet')",
    ),
}


@pytest.mark.parametrize(("folder", "message", "hint"), BAD.values(), ids=BAD)
def test_a_folder_without_audits_is_an_error(
    folder: str, message: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").touch()
    Path("empty").mkdir()
    Path("other").mkdir()
    Path("other/notes.txt").touch()
    with pytest.raises(UsageError) as caught:
        history(folder)
    assert (caught.value.message, caught.value.hint) == (message, hint)
