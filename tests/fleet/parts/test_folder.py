"""An audit that writes a file for each account and region, and continues where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import AuditInterrupted, ConfigurationError, IncompleteAudit, UsageError
from eicnb.fleet.parts.columns import SUMMARY_COLUMNS
from eicnb.fleet.progress import Progress
from eicnb.fleet.snapshots import parquet
from tests.answering import Answering, Seen, Step
from tests.fleet.conftest import Run
from tests.fleet.lambdas import ACCOUNT, BROKEN, DENIED, Lambda

REGIONS = ("eu-west-1", "us-east-1", "us-west-2")


def connect(server: Answering) -> eicnb.Eic:
    return eicnb.connect(region="us-east-1", endpoint_url=server.url)


def rows_in(folder: Path) -> pd.DataFrame:
    """Return the rows of all files, in the order of their names."""
    return pd.concat([parquet.read(path).frame for path in sorted(folder.iterdir())], ignore_index=True)


def same_rows(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        pd.DataFrame(one).drop(columns="read_at"), pd.DataFrame(other).drop(columns="read_at")
    )


@pytest.mark.filterwarnings("ignore:no function matches")
@pytest.mark.parametrize(
    "options", [{}, {"qualifiers": "all"}, {"functions": "checkout,nosuch,none-*", "errors": "rows"}], ids=str
)
def test_the_files_have_the_rows_of_an_audit_without_a_folder(
    eic: eicnb.Eic, tmp_path: Path, options: dict[str, Any]
) -> None:
    options = {"regions": "us-east-1,eu-west-1", "rate": 500, "progress": False, **options}
    alone = eic.audit(**options)
    summary = eic.audit(**options, folder=tmp_path / "today")
    same_rows(alone, rows_in(tmp_path / "today"))
    same_rows(alone, eicnb.load(tmp_path / "today"))
    assert {**summary.attrs, "verb": "audit"} == alone.attrs
    assert [Path(file).name for file in summary.file] == [
        "123456789012.eu-west-1.parquet",
        "123456789012.us-east-1.parquet",
    ]
    assert [column.name for column in SUMMARY_COLUMNS] == [*summary.columns]
    assert summary.rows.sum() == len(alone)


def test_a_file_is_the_audit_of_its_region(run: Run, tmp_path: Path) -> None:
    with Answering(Lambda(60)) as server:
        summary = run(connect(server), regions=REGIONS, folder=tmp_path)
    frame = parquet.read(Path(summary.file[0])).frame
    assert type(frame).__name__ == "Frame"
    assert (frame.attrs["verb"], frame.attrs["region"], frame.attrs["rows"], frame.attrs["complete"]) == (
        "audit",
        "eu-west-1",
        60,
        True,
    )
    assert frame.attrs["calls"] == 62


def twisted(region: str, step: Step) -> Callable[[Seen, str, str], Step | None]:
    return lambda seen, where, name: step if where == region else None


def test_an_incomplete_audit_continues_in_its_folder_and_reads_only_what_is_missing(run: Run, tmp_path: Path) -> None:
    fleet = Lambda(3, twisted("us-east-1", DENIED))
    with Answering(fleet) as server:
        with pytest.raises(IncompleteAudit) as caught:
            run(connect(server), regions=REGIONS, folder=tmp_path)
        assert str(caught.value) == (
            "the audit is incomplete: 1 of 7 rows could not be read (1 denied)\n"
            f"    {ACCOUNT}, us-east-1: User: me is not authorized to perform: lambda:ListFunctions\n"
            'The error has the summary as `result`; errors="rows" (--errors rows) returns it instead.\n'
            "Try: run it again with the same folder: only what is missing is read"
        )
        assert caught.value.result.denied.tolist() == [0, 1, 0]
        fleet.twist = lambda seen, region, name: None
        before = len(server.seen)
        with pytest.warns(UserWarning, match="2 of 3 account-regions were already in the folder"):
            summary = run(connect(server), regions=REGIONS, folder=tmp_path)
        assert len([seen for seen in server.seen[before:] if seen.service == "lambda"]) == 4
    assert summary.attrs["complete"]
    assert summary.ok.tolist() == [3, 3, 3]
    assert len(rows_in(tmp_path)) == 9


def test_an_interrupted_audit_keeps_its_rows_and_continues(run: Run, tmp_path: Path) -> None:
    def show(progress: Progress) -> None:
        if progress.functions_done >= 5 and not progress.is_over:
            raise KeyboardInterrupt

    with Answering(Lambda(20)) as server:
        with pytest.raises(AuditInterrupted) as caught:
            run(connect(server), rate=20, show=show, folder=tmp_path)
        summary = caught.value.result
        done = int(summary.ok[0])
        assert done >= 5
        assert summary.unread.tolist() == [20 - done]
        assert str(caught.value) == (
            "the audit was stopped: 0 of 1 account-regions were read\n"
            "Try: run it again with the same folder: only what is missing is read"
        )
        before = len(server.seen)
        again = run(connect(server), folder=tmp_path)
        assert len([seen for seen in server.seen[before:] if seen.service == "lambda"]) == 20 - done
    assert again.ok.tolist() == [20]
    assert rows_in(tmp_path).function_name.is_monotonic_increasing


def test_a_folder_with_the_whole_audit_is_refused_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    with Answering(Lambda(3)) as server:
        run(connect(server), folder=tmp_path)
        before = len(server.seen)
        with pytest.raises(UsageError) as caught:
            run(connect(server), folder=tmp_path)
        assert {seen.service for seen in server.seen[before:]} <= {"sts"}
    assert str(caught.value) == (
        f"'{tmp_path}' already has the whole audit\n"
        f"Try: name another folder, or load the audit in this one\n    eicnb.load('{tmp_path}')"
    )


@pytest.mark.parametrize("name", ["notes.txt", "audit.parquet", "123456789012.us-east-1.csv"])
def test_foreign_files_are_refused_and_named_before_anything_is_sent(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    (tmp_path / ".DS_Store").write_text("the system's")
    with Answering(Lambda(3)) as server, pytest.raises(UsageError) as caught:
        run(connect(server), folder=tmp_path)
    assert not server.seen
    assert str(caught.value) == (
        f"'{tmp_path}' has files that do not belong to this audit: '{name}'\nTry: name a new or empty folder"
    )


def test_files_of_other_regions_and_of_other_arguments_are_refused(run: Run, tmp_path: Path) -> None:
    with Answering(Lambda(3)) as server:
        run(connect(server), regions=REGIONS, folder=tmp_path)
        with pytest.raises(
            UsageError, match=r"has files that do not belong to this audit: '123456789012.us-west-2.parquet'"
        ):
            run(connect(server), regions=REGIONS[:2], folder=tmp_path)
        with pytest.raises(UsageError, match="has an audit with other qualifiers: 'configured', not 'all'"):
            run(connect(server), regions=REGIONS, folder=tmp_path, qualifiers="all")
        with pytest.raises(UsageError, match="has an audit with other functions: None, not "):
            run(connect(server), regions=REGIONS, folder=tmp_path, functions="f0001")


def test_a_truncated_file_is_named(run: Run, tmp_path: Path) -> None:
    with Answering(Lambda(3)) as server:
        run(connect(server), folder=tmp_path)
        path = tmp_path / f"{ACCOUNT}.us-east-1.parquet"
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(UsageError) as caught:
            run(connect(server), folder=tmp_path)
    assert str(caught.value) == (
        f"the file '{path}' is damaged: its end is missing\n"
        "Try: delete the file, and its account and region are read again\n"
        "    import os\n"
        f"    os.remove('{path}')"
    )


@pytest.mark.parametrize(
    ("folder", "message"),
    [(42, "folder is 42"), ("", "folder is ''"), (__file__, f"{__file__!r} is a file")],
    ids=["number", "empty", "file"],
)
def test_an_invalid_folder_is_rejected(run: Run, folder: Any, message: str) -> None:
    with Answering(Lambda(3)) as server, pytest.raises(UsageError) as caught:
        run(connect(server), folder=folder)
    assert caught.value.message == message
    assert not server.seen


def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Answering(Lambda(3)) as server, pytest.raises(ConfigurationError, match=r"file/today' cannot be written"):
        run(connect(server), folder=tmp_path / "file" / "today")


@pytest.mark.filterwarnings("ignore:1 of 1 account-regions were already in the folder")
def test_an_account_that_denies_its_role_has_a_file_too_and_is_read_once_it_does_not(
    eic: eicnb.Eic, tmp_path: Path
) -> None:
    eicnb.use(eic)
    accounts = {"connections": eicnb.organization(role="audit", accounts=["playground", "log-archive"])}
    options: dict[str, Any] = {**accounts, "rate": 500, "progress": False, "errors": "rows"}
    alone = eicnb.audit(**options)
    for _ in range(2):
        summary = eicnb.audit(**options, folder=tmp_path)
        same_rows(alone, eicnb.load(tmp_path))
        assert summary.denied.sum() == 1
        assert summary.error.dropna().str.contains("may not assume").tolist() == [True]
    assert not eicnb.load(tmp_path).attrs["complete"]


@pytest.mark.filterwarnings("ignore:.* of .* account-regions were already in the folder")
def test_the_files_of_an_account_whose_regions_cannot_be_listed_any_more_stay(eic: eicnb.Eic, tmp_path: Path) -> None:
    eicnb.use(eic)
    options: dict[str, Any] = {"regions": "all", "progress": False, "folder": tmp_path}
    one = eicnb.organization(role="audit", accounts="orders-dev")
    eicnb.audit(connections=one, **options)
    first = next(tmp_path.glob("530864196419.eu-*"))
    first.unlink()
    denied = eicnb.organization(role="gone", accounts="orders-dev")
    with pytest.raises(IncompleteAudit) as caught:
        eicnb.audit(connections=denied, **options)
    assert "\n    530864196419, us-east-1: " in str(caught.value)
    summary = caught.value.result
    assert (summary.attrs["ok"], summary.attrs["denied"]) == (3, 1)
    assert eicnb.audit(connections=one, **options).attrs["complete"]
    assert first.exists()


def test_an_account_that_cannot_be_identified_is_in_the_summary(run: Run, tmp_path: Path) -> None:
    with Answering(lambda seen: BROKEN) as server:
        summary = run(connect(server), folder=tmp_path, errors="rows")
    assert summary[["rows", "failed"]].to_numpy().tolist() == [[1, 1]]
    assert summary[["account_id", "file"]].isna().all(axis=None)
    assert "An error occurred" in summary.error[0]
    assert list(tmp_path.iterdir()) == []


def test_an_audit_into_a_folder_is_not_resumed_from_a_frame(run: Run, tmp_path: Path) -> None:
    with Answering(Lambda(3)) as server:
        frame = run(connect(server))
        with pytest.raises(UsageError) as caught:
            run(connect(server), folder=tmp_path, resume=frame)
    assert str(caught.value) == (
        "an audit into a folder cannot be resumed from a frame\n"
        "Try: leave out resume=: an audit into the same folder reads only what is missing"
    )


@pytest.mark.parametrize("use", [eicnb.check, eicnb.refresh, eicnb.plan, lambda frame: eicnb.compare(frame, frame)])
def test_a_summary_in_place_of_the_audit_says_how_to_load_the_rows(
    run: Run, tmp_path: Path, use: Callable[[pd.DataFrame], Any]
) -> None:
    with Answering(Lambda(1)) as server:
        eicnb.use(connect(server))
        summary = run(connect(server), folder=tmp_path)
        with pytest.raises(UsageError) as caught:
            use(summary)
    assert str(caught.value) == (
        "the frame is the summary of an audit in a folder, without its rows\n"
        f"Try: load the rows first\n    audit = eicnb.load({str(tmp_path)!r})"
    )
