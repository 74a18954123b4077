"""The frame of an audit in parts: all rows, or a summary of the files.

Tested in tests/fleet/parts/test_cluster.py and tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

from typing import Any

from eicnb.errors import IncompleteAudit
from eicnb.fleet.columns import AUDIT_COLUMNS, audit_row
from eicnb.fleet.parts.columns import SUMMARY_COLUMNS
from eicnb.fleet.parts.divided_audit import DividedAudit
from eicnb.fleet.parts.part import PartResult
from eicnb.fleet.result import MOST_ERRORS, Counts, attrs_of, in_order, what_is_missing
from eicnb.fleet.row import SCAN_STATES, AuditRow
from eicnb.fleet.snapshots.parquet import from_bytes
from eicnb.frames.columns import SUMMARY_VERB
from eicnb.frames.frame import Frame, to_frame


def divided_frame(running: DividedAudit) -> Frame:
    """Return the frame of an audit in parts; with a folder, return the summary of its files."""
    return _whole(running) if running.folder is None else _summary(running)


def _whole(running: DividedAudit) -> Frame:
    results = [running.results[key] for key in sorted(running.results)]
    rows = [audit_row(row) for row in running.rows()]
    counts = sum((result.counts for result in results), Counts.of(rows, ()))
    frames = [from_bytes(result.rows) for result in results if result.rows is not None]
    others = [to_frame(rows, AUDIT_COLUMNS, {})] if rows or not frames else []
    return in_order([*frames, *others], attrs_of(running, counts), is_ordered=not rows)


def _summary(running: DividedAudit) -> Frame:
    others = running.rows()
    counts = sum((result.counts for result in running.results.values()), Counts.of(map(audit_row, others), ()))
    rows = [*(_row(running, result) for result in running.results.values()), *map(_row_without_file, others)]
    rows.sort(key=lambda row: (row["account_id"] or "", row["region"]))
    return to_frame(rows, SUMMARY_COLUMNS, {**attrs_of(running, counts), "verb": SUMMARY_VERB})


def _row(running: DividedAudit, result: PartResult) -> dict[str, Any]:
    assert running.folder is not None
    return {
        "account_id": result.account_id,
        "region": result.region,
        "rows": result.counts.rows,
        **{state: result.counts.states.get(state, 0) for state in SCAN_STATES},
        "file": str(running.folder.file(result.key)),
        "error": next(iter(result.errors), None),
    }


def _row_without_file(row: AuditRow) -> dict[str, Any]:
    return {
        "account_id": row.account_id,
        "region": row.region,
        "rows": 1,
        **{state: int(state == row.scan_state) for state in SCAN_STATES},
        "file": None,
        "error": str(row.error).splitlines()[0],
    }


def files_how_far(running: DividedAudit) -> str:
    """Describe how far an audit into a folder got before it was stopped."""
    done = sum(result.counts.are_complete for result in running.results.values())
    return f"{done} of {max(running.place_count, done)} account-regions were read"


def incomplete_files(summary: Frame, hint: str) -> IncompleteAudit:
    """Return the error of an incomplete audit into a folder; its `result` is the summary."""
    counts = summary.attrs
    wrong = summary[summary["ok"] < summary["rows"]]
    lines = [f"{row.account_id}, {row.region}: {row.error}" for row in wrong.head(MOST_ERRORS).itertuples()]
    lines += ["…"] if len(wrong) > MOST_ERRORS else []
    error = IncompleteAudit(
        what_is_missing(counts)
        + "".join(f"\n    {line}" for line in lines)
        + '\nThe error has the summary as `result`; errors="rows" (--errors rows) returns it instead.',
        hint=hint,
    )
    error.result = summary
    return error
