"""The display of a plan: before and after, resets and deletions marked by word and colour, escaped."""

from __future__ import annotations

from dataclasses import replace

import pytest

import eicnb
from eicnb.changes.change import Change
from eicnb.changes.plan import Plan
from eicnb.changes.planned import PlannedChange
from eicnb.model.function import FunctionRef
from eicnb.redaction import masks
from tests.changes.test_plan import ARN, EMPTY, QUEUE, RETRIES, change

OTHER = FunctionRef.parse(ARN.replace("my-function", "other").replace("us-east-1", "eu-west-1"))
PLAN = Plan.of(
    [
        change(RETRIES, replace(RETRIES, maximum_retry_attempts=None, on_failure=QUEUE)),
        change(replace(EMPTY, maximum_event_age_in_seconds=60), None),
        PlannedChange.conflict(change(RETRIES, None), "the config was changed since"),
        change(RETRIES, RETRIES),
    ],
    sandbox=True,
)

HEAD = "1 to put, 1 to DELETE, 1 in CONFLICT, 1 reset, 1 unchanged  account 123456789012  us-east-1  SANDBOX"
TABLE = [
    f"Plan {PLAN.id}: {HEAD}",
    "action    function          Maximum retry attempts  Maximum event age        On failure       note",
    "put       my-function:live  0 → 2 (default) RESET   6h (default)             none → sqs:lost",
    "DELETE    my-function:live  2 (default)             1m → 6h (default) RESET  none",
    (
        "CONFLICT  my-function:live  0 → 2 (default) RESET   6h (default)             none             "
        "the config was changed since"
    ),
]


def test_a_plan_is_a_table_of_its_changes_and_counts_the_rest() -> None:
    assert repr(PLAN).splitlines() == TABLE


def test_resets_and_deletions_are_white_on_red_and_the_rest_is_not() -> None:
    html = PLAN._repr_html_()
    loud = [part.partition("</span>")[0].rpartition(">")[2] for part in html.split("background: #a6200d")[1:]]
    assert loud == ["0 → 2 (default) RESET", "DELETE", "1m → 6h (default) RESET", "CONFLICT", "0 → 2 (default) RESET"]


def test_text_of_aws_is_escaped_and_has_no_control_characters() -> None:
    strange = change(replace(RETRIES, on_failure="<script>\x1b[2J"), EMPTY)
    html, text = Plan.of([strange])._repr_html_(), repr(Plan.of([strange]))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in html + text


def test_a_plan_of_several_places_names_each_row_s() -> None:
    plan = Plan.of([change(None, RETRIES), Change(OTHER, None, replace(RETRIES, function=OTHER))])
    lines = repr(plan).splitlines()
    assert lines[0].endswith("account 123456789012  eu-west-1, us-east-1")
    assert [line.split()[-2:] for line in lines[1:]] == [
        ["region", "account"],
        ["us-east-1", "123456789012"],
        ["eu-west-1", "123456789012"],
    ]


def test_many_changes_are_cut_and_the_rest_is_counted() -> None:
    plan = Plan.of([change(None, RETRIES)] * 70)
    assert repr(plan).splitlines()[-1] == "10 more; plan.frame has all rows"
    assert "<p>10 more; plan.frame has all rows</p>" in plan._repr_html_()


def test_a_plan_without_changes_is_a_line() -> None:
    plan = Plan.of([change(RETRIES, RETRIES)])
    assert repr(plan) == f"Plan {plan.id}: 1 unchanged  account 123456789012  us-east-1"
    assert repr(Plan(())) == f"Plan {Plan(()).id}: 0 unchanged"


def test_accounts_are_masked_in_the_display_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    masks.choose(on=True, names=None)
    assert "123456789012" not in repr(PLAN) + PLAN._repr_html_()
    assert PLAN.frame.account_id[0] == "123456789012"


def test_a_notebook_shows_the_table(eic: eicnb.Eic) -> None:
    plan = eic.plan(eic.list("my-function").assign(maximum_retry_attempts=1), progress=False)
    assert "SANDBOX" in plan._repr_html_()
    assert plan._repr_html_().count("<tr>") == 3
