"""An explorer driven from Python, with plans on a sandbox."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.client.explore import explore, plan_of_fixes
from eicnb.errors import UsageError
from eicnb.frames.columns import CONFIG_COLUMNS
from eicnb.frames.frame import Frame, to_frame
from eicnb.widgets.background import AtOnce
from eicnb.widgets.explorer.bar import Planning
from eicnb.widgets.explorer.explorer import Explorer, StaticExplorer, updated
from eicnb.widgets.explorer.table import MOST_ROWS, Words
from tests.shell import Notebook
from tests.widgets.driver import button, click, field, shown, widgets

PLANNING = Planning(
    plan=lambda rows: eicnb.plan(rows, progress=False),
    plan_fixes=plan_of_fixes,
    apply=lambda plan: plan.apply(progress=False, confirm=False),
)


@pytest.fixture
def audit(eic: eicnb.Eic) -> Frame:
    return eic.audit(functions="my-function,checkout,newsletters", progress=False, rate=15)


def opened(frame: pd.DataFrame) -> Explorer:
    return Explorer(frame, PLANNING, AtOnce())


def names(frame: pd.DataFrame) -> list[str]:
    return (frame.function_name + ":" + frame.qualifier).tolist()


def choose(explorer: Explorer, *places: int) -> None:
    """Select rows as a front end does, by their positions in the table."""
    explorer._table.widget.selected_rows = [*places]


def test_the_selection_is_a_part_of_the_frame(audit: Frame) -> None:
    explorer = opened(audit)
    assert len(explorer.selection) == 0
    assert [*explorer.selection.columns] == [*audit.columns]
    choose(explorer, 2, 0)
    assert names(explorer.selection) == [names(audit)[0], names(audit)[2]]
    assert "2 selected" in shown(explorer)


def test_a_change_of_the_frame_outside_does_not_move_the_selection(audit: Frame) -> None:
    explorer = opened(audit)
    choose(explorer, 0)
    audit["function_name"] = "other"
    assert "other" not in names(explorer.selection)[0]


def test_rows_are_selected_by_function_and_qualifier(audit: Frame) -> None:
    explorer = opened(audit)
    explorer.select(audit[audit.qualifier == "BLUE"].sample(frac=1))
    assert names(explorer.selection) == ["my-function:BLUE"]
    assert explorer._table.widget.selected_rows == [names(audit).index("my-function:BLUE")]


def test_a_bar_plans_and_applies_one_change_of_all_selected_rows(
    eic: eicnb.Eic, audit: Frame, writes: Callable[[], int]
) -> None:
    explorer = opened(audit)
    explorer.select(audit[audit.function_name == "my-function"])
    field(explorer, "Maximum retry attempts").value = "1"
    field(explorer, "On failure").value = "sqs:shop-failures"
    plan = button(explorer, "Plan the change of 3 selected rows")
    before = writes()
    click(plan)
    assert writes() == before
    apply = button(explorer, "Apply ")
    assert apply.description.startswith("Apply 3 changes in us-east-1, account 123456789012")
    click(apply)
    click(apply)
    assert writes() == before + 3
    assert eic.list("my-function").maximum_retry_attempts.tolist() == [1, 1, 1]
    assert explorer.selection.maximum_retry_attempts.tolist() == [1, 1, 1]
    assert explorer.selection.on_failure_type.tolist() == ["sqs"] * 3
    assert "applied" in shown(explorer)


def test_an_edit_after_the_plan_withdraws_it(audit: Frame, writes: Callable[[], int]) -> None:
    explorer = opened(audit)
    choose(explorer, 0)
    field(explorer, "Maximum retry attempts").value = "0"
    click(button(explorer, "Plan"))
    apply = button(explorer, "Apply")
    field(explorer, "Maximum retry attempts").value = "1"
    assert apply.disabled
    before = writes()
    click(apply)
    assert writes() == before


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("Maximum retry attempts", "3", "the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2"),
        ("Maximum retry attempts", "x", "the retry attempts are &#x27;x&#x27;"),
        ("Maximum event age", "59", "the maximum event age is 59, but AWS allows 60 to 21600"),
    ],
)
def test_a_wrong_value_is_an_error_at_once(audit: Frame, label: str, value: str, message: str) -> None:
    explorer = opened(audit)
    choose(explorer, 0)
    field(explorer, label).value = value
    assert message in shown(explorer)
    assert button(explorer, "Plan").disabled


def test_a_plan_that_fails_shows_its_error(audit: Frame) -> None:
    explorer = opened(audit)
    choose(explorer, 0)
    field(explorer, "On failure").value = "sqs:a.fifo"
    click(button(explorer, "Plan"))
    assert "UsageError" in shown(explorer)
    assert button(explorer, "Apply").disabled


def test_fixes_of_selected_findings_are_planned_together(eic: eicnb.Eic, writes: Callable[[], int]) -> None:
    audit = eic.audit(functions="newsletters,thumbnails", progress=False, rate=15)
    findings = eicnb.check(audit, progress=False)
    fixable = findings[findings.fix_kind == "eic"]
    explorer = opened(findings)
    explorer.select(fixable)
    assert [one for one in widgets(explorer) if getattr(one, "description", "") == "On failure"] == []
    before = writes()
    click(button(explorer, f"Plan the fixes of {len(fixable)} selected row"))
    click(button(explorer, "Apply"))
    assert writes() > before
    again = eicnb.check(eic.audit(functions="newsletters,thumbnails", progress=False, rate=15), progress=False)
    fixed = set(zip(fixable.check, fixable.function_arn, strict=True))
    assert fixed & set(zip(again.check, again.function_arn, strict=True)) == set()


def test_findings_without_a_fix_of_ours_say_so() -> None:
    findings = pd.DataFrame({"fix": ["aws sqs create-queue"], "fix_kind": ["aws"], "function_arn": ["x"]})
    with pytest.raises(UsageError, match="no selected finding has a fix that is an %eic line"):
        plan_of_fixes(findings)


def test_text_of_aws_is_never_html(audit: Frame) -> None:
    audit.loc[audit.index[0], "function_name"] = "<img src=x onerror=alert(1)>"
    explorer = opened(audit)
    options = explorer._table.widget._dt_args
    assert "&lt;img" in options["data_json"]
    assert "<img" not in options["data_json"]


def test_the_words_are_those_of_the_display(audit: Frame) -> None:
    words = Words.of(audit).columns
    assert [*words.columns][:5] == ["Function", "Retries", "Max age", "On failure", "On success"]
    assert "On failure, kind" in words.columns
    assert "Account" not in words.columns


def test_a_large_frame_is_searched_in_python_and_says_so(eic: eicnb.Eic) -> None:
    empty = dict.fromkeys(column.name for column in CONFIG_COLUMNS)
    named = ({"function_name": f"f-{number}", "qualifier": "$LATEST"} for number in range(MOST_ROWS + 50))
    rows = [{**empty, **names} for names in named]
    explorer = opened(to_frame(rows, CONFIG_COLUMNS, {}))
    assert "10,050 rows; 10,000 of them are in the table" in shown(explorer)
    choose(explorer, 0)
    field(explorer, "Search all 10,050 rows").value = "f-1004"
    assert "10,050 rows; 10 of them are in the table; 1 selected" not in shown(explorer)
    assert len(explorer._table.widget.selected_rows) == 0
    choose(explorer, 1)
    assert names(explorer.selection) == ["f-0:$LATEST", "f-10040:$LATEST"]


@pytest.mark.parametrize("frame", [to_frame([], CONFIG_COLUMNS, {}), pd.DataFrame({"a": [1]}), pd.DataFrame()])
def test_any_frame_can_be_explored(frame: pd.DataFrame) -> None:
    assert len(opened(frame).selection) == 0


def test_outside_a_kernel_it_is_the_frame_and_lines_to_type(audit: Frame) -> None:
    explorer = explore(audit)
    assert isinstance(explorer, StaticExplorer)
    assert "my-function:BLUE" in repr(explorer)
    assert "%eic plan ${rows}" in repr(explorer)
    assert "<table" in explorer._repr_html_()
    assert len(explorer.selection) == 0


def test_the_magic_opens_one_too(audit: Frame, notebook: Notebook) -> None:
    notebook.shell.user_ns["audit"] = audit
    assert isinstance(notebook.run("%eic explore ${audit}"), StaticExplorer)


@pytest.mark.parametrize("frame", ["audit", None, [1]])
def test_anything_but_a_frame_is_an_error(frame: Any) -> None:
    with pytest.raises(UsageError, match="is not a frame"):
        explore(frame)


def test_without_itables_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['itables'] = None; sys.modules['itables.widget'] = None\n"
        "import eicnb, pandas\n"
        "try: eicnb.explore(pandas.DataFrame())\n"
        "except eicnb.ConfigurationError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "the explorer needs itables and anywidget\nTry: pip install 'eicnb[explorer]'\n"


def test_only_what_was_applied_is_taken_over(audit: Frame) -> None:
    row = audit.iloc[:1]
    applied = pd.DataFrame({"function_arn": row.function_arn, "outcome": ["failed"], "configured_after": [True]})
    for name in ("maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"):
        applied[f"after_{name}"] = pd.NA
    pd.testing.assert_frame_equal(pd.DataFrame(updated(audit, applied)), pd.DataFrame(audit))


def test_what_was_applied_has_its_effective_settings_too(audit: Frame) -> None:
    row = audit.iloc[:1]
    applied = pd.DataFrame({"function_arn": row.function_arn, "outcome": ["applied"], "configured_after": [True]})
    applied["after_maximum_retry_attempts"] = pd.array([1], "Int64")
    applied["after_maximum_event_age_in_seconds"] = pd.array([pd.NA], "Int64")
    for name in ("on_failure", "on_success"):
        applied[f"after_{name}"] = pd.NA
    taken = updated(audit, applied).iloc[0]
    assert (taken.maximum_retry_attempts, taken.effective_retry_attempts) == (1, 1)
    assert (taken.maximum_event_age_in_seconds, taken.effective_event_age_in_seconds) == (pd.NA, 21600)


def test_its_title_says_where_the_rows_come_from(audit: Frame) -> None:
    whole = audit.copy()
    whole.attrs.update(account_id="several", region="several", sandbox=True)
    explorer = opened(whole)
    assert "SANDBOX  several accounts  several regions  " in explorer._about.value
