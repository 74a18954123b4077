"""The run of `eicnb.check`, from its arguments to the frame of findings."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from eicnb.errors import ChecksFailed, UsageError
from eicnb.fleet.checks.finding import FINDING_COLUMNS
from eicnb.fleet.checks.run import check
from eicnb.model.pages import ALIAS_GUIDE
from eicnb.model.severity import SEVERITIES
from tests.fleet.checks.audits import audit_of, row
from tests.fleet.checks.test_table import DENIED, found


@pytest.mark.parametrize("rows", [[], [row()]])
def test_the_columns_and_dtypes_are_fixed_also_without_findings(rows: list[dict[str, Any]]) -> None:
    result = found(*rows)
    assert [*result.columns] == [column.name for column in FINDING_COLUMNS]
    assert [str(dtype) for dtype in result.dtypes] == [column.dtype for column in FINDING_COLUMNS]
    assert tuple(result.severity.cat.categories) == SEVERITIES
    assert result.severity.cat.ordered
    assert len(result[result.severity >= "high"]) == len(rows)


def test_the_attrs_say_what_was_looked_at_and_what_was_found() -> None:
    assert found(row(), row("g", region="eu-west-1", **DENIED)).attrs == {
        "verb": "check",
        "account_id": "123456789012",
        "region": "several",
        "sandbox": None,
        "layers": "settings",
        "unreadable": None,
        "requests": 0,
        "rows": 2,
        "critical": 0,
        "high": 2,
        "medium": 0,
        "low": 0,
        "info": 0,
        "muted": 0,
        "summary": "2 high",
    }


@pytest.mark.parametrize(
    ("rows", "options", "caption"),
    [
        ([], {}, "no rows"),
        ([row()], {}, "1 row: 1 high"),
        (
            [row(), row("g", **DENIED)],
            {"mute": [{"check": "nowhere-to-go", "functions": "f", "reason": "meant so"}]},
            "2 rows: 1 high; 1 muted",
        ),
        ([row()], {"mute": [{"check": "nowhere-to-go", "functions": "f", "reason": "meant so"}]}, "1 row: 1 muted"),
    ],
)
def test_the_caption_counts_the_findings_by_severity(
    rows: list[dict[str, Any]], options: dict[str, Any], caption: str
) -> None:
    assert repr(found(*rows, **options)).splitlines()[-1].endswith(caption)


def test_fail_on_raises_with_all_findings_as_the_result() -> None:
    with pytest.raises(ChecksFailed) as caught:
        found(row(), fail_on="high")
    assert str(caught.value) == (
        "1 finding stops this run: 1 high\n"
        "    high: nowhere-to-go: f:$LATEST: no config, no on-failure destination and no dead-letter queue\n"
        "The error has all findings as `result`."
    )
    assert caught.value.result.check.tolist() == ["nowhere-to-go"]
    assert found(row(), fail_on="critical").check.tolist() == ["nowhere-to-go"]


def test_an_unread_row_trips_every_fail_on() -> None:
    with pytest.raises(ChecksFailed):
        found(row(**DENIED), fail_on="critical", checks="orphan-config")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"look": "target"}, "there is no layer 'target'"),
        ({"checks": "nowhere"}, "there is no check 'nowhere'"),
        ({"fail_on": "severe"}, "fail_on is 'severe'"),
        ({"rate": 0}, "the rate is 0"),
    ],
)
def test_a_wrong_argument_is_a_usage_error(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        found(row(), **options)
    assert caught.value.message == message


def test_a_frame_that_is_no_audit_names_the_missing_columns() -> None:
    with pytest.raises(UsageError) as caught:
        check(audit_of(row()).drop(columns=["timeout", "error"]), show=lambda _: None)
    assert str(caught.value) == (
        "the frame has no columns 'timeout', 'error'\nTry: pass the DataFrame from `%eic audit`"
    )


def test_the_finding_about_missing_aliases_links_the_page_about_aliases() -> None:
    result = found(row(on_failure="sqs:kept"), qualifiers="configured")
    assert result.source[result.check == "not-checked"].tolist() == [ALIAS_GUIDE]


def test_an_audit_of_all_qualifiers_joined_with_one_of_the_configured_says_what_the_other_lacks() -> None:
    whole = audit_of(row(retries=0), row(qualifier="live"), qualifiers="all", calls=3)
    part = audit_of(row("g", region="eu-west-1", retries=0), qualifiers="configured", calls=1)
    result = check(pd.concat([whole, part]), show=lambda _: None)
    assert result.region[result.check == "not-checked"].tolist() == ["eu-west-1"]
    assert not check(pd.concat([whole, whole]), show=lambda _: None).check.eq("not-checked").any()


def test_globs_that_match_no_function_are_named_in_a_warning_and_in_attrs() -> None:
    rules = [{"functions": one, "maximum_retry_attempts": 0} for one in ("payments-*", "f")]
    mute = [{"check": "*", "functions": "g", "reason": "meant so"}]
    with pytest.warns(
        UserWarning, match=r"^no function of the audit matches these globs of rules or mute: payments-\*, g$"
    ):
        result = found(row(), rules=rules, mute=mute)
    assert result.attrs["unmatched"] == "payments-*, g"


def test_an_audit_of_some_functions_needs_no_function_for_each_rule() -> None:
    rules = [{"functions": "payments-*", "maximum_retry_attempts": 0}]
    assert "unmatched" not in check(audit_of(row(), selected="f"), rules=rules, show=lambda _: None).attrs
