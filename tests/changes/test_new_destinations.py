"""Notes of a plan about new destinations that do not exist, one for each."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import eicnb
from tests.changes.plans import FAST, planned

NOTE = "Note: the SQS queue lost-events does not exist in us-east-1. Until it does, Lambda cannot deliver to it."
REASON = "the SQS queue lost-events does not exist in us-east-1"


def of(*functions: str, **settings: Any) -> pd.DataFrame:
    return pd.DataFrame({"function_name": list(functions)}).assign(**settings)


def test_a_missing_destination_is_noted_in_each_row_and_once_below_the_table(eic: eicnb.Eic) -> None:
    plan = planned(of("my-function", "newsletters", on_failure="sqs:lost-events"))
    assert plan.frame.reason.tolist() == [REASON, REASON]
    assert plan.text().splitlines()[-1] == NOTE
    assert plan.text().count("Note:") == 1
    assert f"<p>{NOTE}</p>" in plan._repr_html_()
    assert plan.apply(**FAST, limit=2).reason.tolist() == [REASON, REASON]
    assert eicnb.undo().notes == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"on_failure": "sqs:shop-failures"},
        {"on_failure": "arn:aws:sqs:us-east-1:999999999999:lost-events"},
        {"on_failure": "arn:aws:sqs:eu-west-1:123456789012:lost-events"},
    ],
    ids=["one that exists", "another account", "another region"],
)
def test_no_other_destination_is_called_missing(settings: dict[str, Any], eic: eicnb.Eic) -> None:
    assert planned(of("newsletters", **settings)).notes == ()


def test_only_newly_set_destinations_are_checked(eic: eicnb.Eic) -> None:
    planned(of("newsletters", on_failure="sqs:lost-events")).apply(**FAST)
    plan = planned(of("newsletters", on_failure="sqs:lost-events", maximum_retry_attempts=0))
    assert (len(plan), plan.notes, plan.rows[0].reason) == (1, (), "")


def test_of_many_missing_destinations_ten_are_listed(eic: eicnb.Eic) -> None:
    rows = eic.audit(qualifiers="all", progress=False, rate=1000).head(12)[["function_name", "qualifier"]]
    plan = planned(rows.assign(on_failure=[f"sqs:lost-{number}" for number in range(12)]))
    assert [note.split()[4] for note in plan.notes[:10]] == [f"lost-{number}" for number in range(10)]
    assert plan.notes[10:] == ("Note: 2 more destinations of the plan do not exist; the column reason names them.",)
