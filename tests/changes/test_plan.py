"""A plan as a value: its rows, frame, lines and counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import eicnb
from eicnb.changes.change import Change, Unread
from eicnb.changes.columns import PLAN_COLUMNS
from eicnb.changes.plan import Plan
from eicnb.changes.planned import PlannedChange
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig

ARN = "arn:aws:lambda:us-east-1:123456789012:function:my-function:live"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
EMPTY = ReportedConfig(
    function=FunctionRef.parse(ARN),
    maximum_retry_attempts=None,
    maximum_event_age_in_seconds=None,
    on_failure=None,
    on_success=None,
    last_modified=datetime(2026, 2, 2, tzinfo=UTC),
)
RETRIES = replace(EMPTY, maximum_retry_attempts=0)
FIFO = replace(RETRIES, on_failure=f"{QUEUE}.fifo")
FOREIGN = replace(RETRIES, on_failure=QUEUE.replace("123456789012", "999999999999"))
NOT_FIFO = "'lost.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events"


def change(before: ReportedConfig | Unread | None, after: ReportedConfig | None) -> Change:
    return Change(FunctionRef.parse(ARN), before, after)


ROWS: dict[str, tuple[Change, str, str, str]] = {
    "nothing": (change(None, None), "none", "", ""),
    "the same": (change(RETRIES, RETRIES), "none", "", ""),
    "a first config": (change(None, RETRIES), "put", "retries 2 -> 0", ""),
    "an empty config": (change(None, EMPTY), "put", "no config -> an empty config", ""),
    "a reset": (change(RETRIES, EMPTY), "put", "retries 0 -> 2 (default)", ""),
    "a delete": (change(RETRIES, None), "delete", "retries 0 -> 2 (default)", ""),
    "a delete of an empty config": (change(EMPTY, None), "delete", "an empty config -> no config", ""),
    "unread": (change(Unread("AccessDenied"), RETRIES), "refused", "", "AccessDenied"),
    "a FIFO queue": (change(RETRIES, FIFO), "refused", "", NOT_FIFO),
    "from a FIFO queue": (
        change(FIFO, RETRIES),
        "put",
        "on-failure sqs:lost.fifo -> none",
        f"cannot be undone: {NOT_FIFO}",
    ),
    "another account": (
        change(RETRIES, FOREIGN),
        "put",
        f"on-failure none -> {FOREIGN.on_failure}",
        "on_failure is in another account: 999999999999",
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_has_the_action_the_change_and_the_reason(case: str) -> None:
    of, action, words, reason = ROWS[case]
    row = PlannedChange.of(of)
    assert (row.action, row.words, row.reason) == (action, words, reason)


def test_the_frame_of_a_plan_has_its_columns_also_without_rows() -> None:
    wanted = {column.name: column.dtype for column in PLAN_COLUMNS}
    for plan in (Plan(()), Plan.of(of for of, *_ in ROWS.values())):
        assert {name: str(dtype) for name, dtype in plan.frame.dtypes.items()} == wanted


def test_a_plan_counts_its_changes() -> None:
    plan = Plan.of(of for of, *_ in ROWS.values())
    assert len(plan) == 7
    assert {name: plan.frame.attrs[name] for name in ("put", "delete", "none", "conflict", "refused")} == {
        "put": 5,
        "delete": 2,
        "none": 2,
        "conflict": 0,
        "refused": 2,
    }


def test_a_row_of_a_frame_has_both_sides() -> None:
    row: Any = Plan.of([change(RETRIES, None)]).frame.iloc[0].to_dict()
    assert row["before_maximum_retry_attempts"] == 0
    assert (row["configured_before"], row["configured_after"]) == (True, False)
    assert row["function_arn"] == ARN
    refused = Plan.of([change(Unread("AccessDenied"), RETRIES)]).frame
    assert refused.filter(regex="before|after").isna().all(axis=None)


def test_the_lines_of_a_plan_make_its_changes(eic: eicnb.Eic) -> None:
    before = eic.list("my-function")
    target = FunctionRef.parse(before.function_arn[0])
    plan = Plan.of([Change(target, None, replace(RETRIES, function=target))])
    assert plan.lines() == [f"%eic put {target} --retries 0 --on-failure none --on-success none --region us-east-1"]
    eicnb.run(plan.lines())
    assert eic.get("my-function:BLUE").maximum_event_age_in_seconds.isna().all()
