"""The display of whole frames: which columns fit, which move to the caption, and which come first."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pandas as pd
import pytest

from eicnb.client import settings
from eicnb.fleet.checks.finding import FINDING_COLUMNS
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.frames.columns import Scalar
from eicnb.frames.frame import Frame, to_frame
from eicnb.frames.view import View

ACCOUNT = "123456789012"
ATTRS: dict[str, Scalar] = {"verb": "audit", "account_id": ACCOUNT, "region": "us-east-1", "sandbox": True}


def row(name: str | None = "checkout", qualifier: str | None = "$LATEST", **values: Any) -> dict[str, Any]:
    region = values.get("region", "us-east-1")
    known = {
        "function_name": name,
        "qualifier": qualifier,
        "region": region,
        "account_id": ACCOUNT,
        "function_arn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}:{qualifier}",
        "configured": True,
        "effective_retry_attempts": values.get("maximum_retry_attempts", 2),
        "effective_event_age_in_seconds": 21600,
        "scan_state": "ok",
        "runtime": "python3.13",
        "timeout": 30,
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/shop",
        **values,
    }
    return {column.name: known.get(column.name) for column in AUDIT_COLUMNS}


def queue(name: str, region: str = "us-east-1", account: str = ACCOUNT) -> dict[str, str]:
    return {"on_failure_type": "sqs", "on_failure": f"arn:aws:sqs:{region}:{account}:{name}"}


def audit(*rows: dict[str, Any], **attrs: Any) -> Frame:
    return to_frame(rows, AUDIT_COLUMNS, {**ATTRS, **attrs})


TWO = (row(maximum_retry_attempts=0, **queue("lost")), row("invoices", "live"))


def lines(frame: pd.DataFrame, width: int = 80) -> list[str]:
    with pd.option_context("display.width", width):
        return repr(frame).splitlines()


def test_an_audit_shows_what_matters_and_states_shared_values_once() -> None:
    assert lines(audit(*TWO), 120) == [
        "Function          Retries      On failure  Changed",
        "checkout:$LATEST  0            sqs lost    never",
        "invoices:live     2 (default)  none        never",
        "in every row: max age 6 h (default), on success none, DLQ none, runtime python3.13, timeout 30 s, role shop",
        '3 columns hidden; eicnb.show(frame, columns="all") shows all of them',
        "SANDBOX  account 123456789012  us-east-1  2 rows",
    ]


def test_a_row_that_could_not_be_read_puts_its_state_and_reason_first() -> None:
    unread = {"scan_state": "denied", "error": "not authorized to list the functions"}
    nowhere = dict.fromkeys(("effective_retry_attempts", "effective_event_age_in_seconds", "configured"))
    frame = audit(*TWO, row(None, None, region="eu-west-1", **unread, **nowhere), region="several")
    shown = lines(frame, 130)
    assert " ".join(shown[0].split()) == "State Reason Function Retries Max age On failure On success Region DLQ"
    assert shown[3].startswith("✗ denied  not authorized to list  not read")
    assert shown[4].strip() == "the functions"
    assert shown[1].startswith("✓ ok")
    assert shown[-1] == "SANDBOX  account 123456789012  several regions  3 rows"


def test_a_destination_elsewhere_is_shown_as_an_arn() -> None:
    frame = audit(
        row(**queue("lost")), row("a", **queue("lost", "eu-west-1")), row("b", **queue("lost", account="2" * 12))
    )
    shown = "\n".join(lines(frame, 200))
    assert [shown.count(text) for text in ("sqs lost", "arn:aws:sqs:eu-west-1:", f"us-east-1:{'2' * 12}:lost")] == [
        1,
        1,
        1,
    ]


def test_several_regions_have_a_column() -> None:
    frame = audit(row(), row("a", region="eu-west-1"), region="several")
    assert "Region" in lines(frame, 120)[0]
    assert "Region" not in lines(audit(*TWO), 120)[0]


def test_a_value_moves_to_the_caption_only_if_all_rows_share_it_even_hidden_ones() -> None:
    rows = [row(f"f{number}", **queue("lost")) for number in range(5)]
    settings.choose(max_rows=3)
    assert "on failure sqs lost" in lines(audit(*rows))[-3] + lines(audit(*rows))[-4]
    other = audit(*rows, row("g", **queue("other")))
    assert "On failure" in lines(other)[0]
    elsewhere = audit(*rows, row("g", region="eu-west-1", **queue("lost")), region="several")
    assert "On failure" in lines(elsewhere)[0]


def test_all_columns_have_their_real_names_and_whole_values() -> None:
    settings.choose(columns="all")
    text = repr(audit(*TWO))
    assert all(column.name in text for column in AUDIT_COLUMNS)
    assert f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost" in text
    assert "hidden" not in text


def test_chosen_columns_are_shown_in_their_order_and_no_others() -> None:
    settings.choose(columns=["region", "function_name", "on_failure"])
    assert lines(audit(*TWO))[:2] == ["Region     Function  On failure", "us-east-1  checkout  sqs lost"]


def test_the_caption_counts_columns_hidden_by_a_setting_and_says_how_to_show_them() -> None:
    settings.choose(columns="function_name, maximum_retry_attempts")
    frame = audit(*TWO)
    how = f'{len(AUDIT_COLUMNS) - 2} columns hidden; eicnb.show(frame, columns="all") shows all of them'
    assert lines(frame) == [
        "Function  Retries",
        "checkout  0",
        "invoices  2 (default)",
        how,
        "SANDBOX  account 123456789012  us-east-1  2 rows",
    ]
    assert escape(how) in (frame._repr_html_() or "")
    assert lines(frame[["function_name", "on_failure"]])[0].split() == ["Function", "On", "failure"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_shared_number_is_shown_even_if_it_equals_the_number_of_rows(count: int) -> None:
    [alone, of_two] = [
        audit(*(row(name, maximum_retry_attempts=count, timeout=rows) for name in "ab"[:rows])) for rows in (1, 2)
    ]
    assert lines(alone, 120)[0].split()[:2] == ["Function", "Retries"]
    assert f"<td>{count}</td>" in re.sub(r"(<td)[^>]*", r"\1", alone._repr_html_() or "")
    for text in (repr(of_two), of_two._repr_html_() or ""):
        assert f"in every row: retries {count}, max age" in text


@pytest.mark.parametrize("values", [{"runtime": "us-east-1"}, {"runtime": ACCOUNT}, {"runtime": "SANDBOX"}])
def test_the_caption_replaces_only_the_account_and_region(values: dict[str, str]) -> None:
    text = repr(audit(row("a", **values), row("b", **values)))
    assert f"runtime {values['runtime']}" in " ".join(text.split())
    assert "region us-east-1" not in text
    assert "account 123456789012  us-east-1" in text


LINE = f"%eic update arn:aws:lambda:eu-west-1:{ACCOUNT}:function:shop-checkout:$LATEST --create --on-failure sqs:lost"


def findings(*fixes: str) -> Frame:
    known = {"severity": "high", "why": "it is lost", "fix_kind": "eic", "check": "loop", "source": "https://aws" * 9}
    names = {"qualifier": "live", "region": "eu-west-1", "account_id": ACCOUNT, "function_arn": "arn"}
    rows = [{**known, **names, "function_name": "f", "finding": "x" * 90, "fix": fix, "muted": None} for fix in fixes]
    return to_frame(rows, FINDING_COLUMNS, {**ATTRS, "verb": "check", "region": "several"})


@pytest.mark.parametrize("width", [60, 80, 120, 150, 200, 250])
def test_a_line_to_run_is_never_wrapped_in_text(width: int) -> None:
    shown = lines(findings(LINE, "%eic delete f"), width)
    assert [line for line in shown if LINE in line]
    assert len([line for line in shown if "Severity" in line]) == 1
    assert not [line for line in shown if len(line) > width and LINE not in line and "shows all of them" not in line]
    assert "https" not in "".join(shown)


def test_lines_to_run_that_do_not_fit_are_below_their_rows() -> None:
    frame = findings(LINE, "%eic delete f")[["severity", "function_name", "fix"]]
    assert lines(frame, 80) == [
        "Severity  Function",
        "    Fix",
        "✗ high    f",
        f"    {LINE}",
        "✗ high    f",
        "    %eic delete f",
        "SANDBOX  2 rows",
    ]
    assert lines(frame[1:], 80)[:2] == ["Severity  Function  Fix", "✗ high    f         %eic delete f"]


def test_the_html_of_a_line_to_run_does_not_break_at_hyphens() -> None:
    html = findings(LINE)._repr_html_() or ""
    for word in ("--create", "--on-failure"):
        assert f'<span style="white-space: nowrap">{word}</span>' in html
    assert f"{escape(LINE)}</td>" in re.sub(r"</?span[^>]*>", "", html)


def test_the_view_of_a_call_overrides_the_setting() -> None:
    settings.choose(columns="all")
    assert audit(*TWO)._drawn(View()).heads[0].text == "Function"


def test_chosen_columns_are_shown_even_if_all_rows_share_a_value() -> None:
    frame = audit(*TWO)
    assert lines(frame[["role_arn"]])[:2] == ["Role", f"arn:aws:iam::{ACCOUNT}:role/shop"]
    assert lines(frame[["region", "account_id"]])[0] == "Region     Account"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"), ("заказы", "заказы"), ("f" * 200, "f" * 200), ("🛒", "🛒")],
)
def test_any_name_is_shown_in_full_and_escaped(name: str, shown: str) -> None:
    frame = audit(row(name), row("b"))
    assert f">{shown}:$LATEST</th>" in (frame._repr_html_() or "")
    assert name in repr(frame)


def test_bidirectional_control_characters_are_not_shown() -> None:
    assert "\u202e" not in repr(audit(row("a\u202eb"))) + (audit(row("a\u202eb"))._repr_html_() or "")


def test_an_empty_audit_shows_heads_in_html_and_a_caption_in_text() -> None:
    frame = audit()
    assert ">Function</th>" in (frame._repr_html_() or "")
    assert lines(frame)[-1] == "SANDBOX  account 123456789012  us-east-1  no rows"


def test_account_ids_are_masked_in_tooltips_too() -> None:
    settings.choose(redact=True, redact_names=["lost", "eicnb", "bold"])
    html = audit(*TWO)._repr_html_() or ""
    assert ACCOUNT not in html
    assert 'title="arn:aws:sqs:us-east-1:ACCOUNT-0001:NAME-0001"' in html
