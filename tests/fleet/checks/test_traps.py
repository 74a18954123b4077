"""Rows that look wrong and are right, and rows that look right and are wrong."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from eicnb.fleet.checks.run import check
from eicnb.frames.frame import Frame
from tests.fleet.checks.audits import audit_of, row
from tests.fleet.checks.aws_account import AwsAccount, serving
from tests.fleet.checks.test_table import DENIED, KEPT, found

CHINA, GOV = "cn-north-1", "us-gov-west-1"

CLEAN: dict[str, list[dict[str, Any]]] = {
    "$LATEST by name is another function's, not itself": [row(on_failure="lambda:g:$LATEST"), row("g", **KEPT)],
    "a queue with the function's own name is not the function": [row(on_failure="sqs:f")],
    "two aliases of one version each have a config": [row("f", alias, **KEPT) for alias in ("$LATEST", "a", "b", "1")],
    "AWS China": [row(region=CHINA, **KEPT), row("g", region=CHINA, on_failure="lambda:f", on_success="events:bus")],
    "another partition": [row(region=GOV, on_failure="s3:kept"), row("g", region=GOV, dead_letter="sns:topic")],
    "a bus named default": [row(on_success="events:default", **KEPT)],
    "a bus of a partner": [row(on_success="events:aws.partner/example.com/1", **KEPT)],
    "an old version without a config": [row(**KEPT), row(qualifier="1"), row(qualifier="2")],
    "a bucket has no region and no account": [row(on_failure="s3:kept")],
    "an age that leaves time for all retries": [row(age=61, retries=1, timeout=0, **KEPT)],
    "no retries need no time": [row(age=60, retries=0, **KEPT)],
    "a destination that names its version": [row("a", on_failure="lambda:b:1"), row("b", on_failure="lambda:a")],
}
"""Rows in which no check of the settings finds anything."""


@pytest.mark.parametrize("case", CLEAN)
def test_what_only_looks_wrong_is_no_finding(case: str) -> None:
    result = found(*CLEAN[case])
    assert result[["check", "finding"]].to_numpy().tolist() == []


WRONG: dict[str, tuple[list[dict[str, Any]], set[tuple[str, str]]]] = {
    "$LATEST by default is a loop too": (
        [row("a", on_success="lambda:b", **KEPT), row("b", on_success="lambda:a:$LATEST", **KEPT)],
        {("loop", "$LATEST")},
    ),
    "an alias does not share the config of the version it points to": (
        [row(**KEPT), row(qualifier="1", **KEPT), row(qualifier="live")],
        {("alias-bypass", "live"), ("nowhere-to-go", "live")},
    ),
    "a function of the same name in another account is not itself": (
        [row(on_failure="arn:aws:lambda:us-east-1:210987654321:function:f")],
        {("other-account", "$LATEST")},
    ),
    "itself at another qualifier is itself": ([row(on_failure="lambda:f:live")], {("to-itself", "$LATEST")}),
    "a FIFO queue in China": ([row(region=CHINA, on_failure="sqs:x.fifo")], {("fifo-destination", "$LATEST")}),
    "a loop in China": (
        [row("a", region=CHINA, on_failure="lambda:b"), row("b", region=CHINA, on_failure="lambda:a")],
        {("loop", "$LATEST")},
    ),
    "an on-success destination keeps no failure": (
        [row(on_success="events:default")],
        {("nowhere-to-go", "$LATEST")},
    ),
    "defaults that are written down": (
        [row(retries=2, age=21600, dead_letter="sqs:d")],
        {("says-nothing", "$LATEST")},
    ),
    "an orphan is nothing but an orphan": (
        [row(qualifier="gone", timeout=None, age=60)],
        {("orphan-config", "gone")},
    ),
    "a region that was not read": (
        [row(**KEPT), row(None, None, region="eu-west-1", **DENIED)],
        {("not-read", "")},
    ),
}
"""Rows, and all that is found in them: check and qualifier."""


@pytest.mark.parametrize("case", WRONG)
def test_what_only_looks_right_is_a_finding(case: str) -> None:
    rows, expected = WRONG[case]
    result = found(*rows)
    assert {*zip(result.check, result.qualifier.fillna(""), strict=True)} == expected


def as_csv(frame: Frame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)))


def as_objects(frame: Frame) -> pd.DataFrame:
    return pd.DataFrame(frame).astype(object)


def as_json(frame: Frame) -> pd.DataFrame:
    return pd.read_json(io.StringIO(pd.DataFrame(frame).to_json(orient="records", date_format="iso")), dtype=False)


@pytest.mark.parametrize("through", [as_csv, as_objects, as_json])
def test_an_audit_that_lost_its_dtypes_and_attrs_in_a_file_has_the_same_findings(
    through: Callable[[Frame], pd.DataFrame],
) -> None:
    rows = [one for rows, _ in WRONG.values() for one in rows] + [
        row(qualifier="1"),
        row("x", account_id="012345678901"),
    ]
    audit = audit_of(*rows)
    loaded = through(audit)
    loaded.attrs.clear()
    own, again = (check(frame, show=lambda _: None, region="us-east-1") for frame in (audit, loaded))
    assert len(own) > len(WRONG)
    pd.testing.assert_frame_equal(pd.DataFrame(own), pd.DataFrame(again))


def test_an_audit_without_aliases_says_so_for_each_place() -> None:
    result = found(row(**KEPT), row("g", region="eu-west-1", **KEPT), qualifiers="configured")
    assert result[["check", "severity", "region", "finding"]].to_numpy().tolist() == [
        ["not-checked", "medium", region, "aliases and versions without a config were not audited"]
        for region in ("eu-west-1", "us-east-1")
    ]


def test_a_part_of_an_audit_and_one_with_another_index_are_checked_as_they_are() -> None:
    audit = audit_of(row("a"), row("b"), row("c", **KEPT))
    part = audit.set_index(pd.Index([7, 7, 9]))[1:]
    assert check(part, show=lambda _: None).function_name.tolist() == ["b"]


def test_a_damaged_column_is_a_usage_error_that_names_it() -> None:
    audit = pd.DataFrame(audit_of(row())).assign(timeout="long")
    with pytest.raises(ValueError, match=r"the frame's column 'timeout' is .*, not Int64"):
        check(audit, show=lambda _: None)


@pytest.mark.parametrize("nets", [("sqs:a.fifo", "sqs:b"), ("sqs:b", "sns:a.fifo"), ("sqs:a.fifo", "sqs:a.fifo")])
def test_a_safety_net_that_receives_nothing_is_none(nets: tuple[str, str]) -> None:
    """Removing the other one would lose every failed event."""
    on_failure, dead_letter = nets
    result = found(row(on_failure=on_failure, dead_letter=dead_letter))
    assert result.check.tolist() == ["fifo-destination"]


def test_a_safety_net_that_does_not_exist_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(queues={"b": {}}), monkeypatch) as seen:
        result = seen(row(on_failure="sqs:a", dead_letter="sqs:b"), look="targets")
    assert result.check.tolist() == ["dangling-destination"]
