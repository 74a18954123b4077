"""Each check of the settings: what passes, what fails, and what could not be read."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.fleet.checks.catalog import checks
from eicnb.fleet.checks.run import check
from eicnb.frames.frame import Frame
from tests.fleet.checks.audits import audit_of, row


def found(*rows: dict[str, Any], qualifiers: str = "all", **options: Any) -> Frame:
    """Return the findings about the settings of these rows."""
    return check(
        audit_of(*rows, qualifiers=qualifiers),
        show=lambda _: None,
        region="us-east-1",
        **options,
    )


KEPT = {"on_failure": "sqs:kept"}
DENIED = {"scan_state": "denied", "error": "no", "configured": None, "timeout": None}

TABLE: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "nowhere-to-go": ([row(**KEPT)], [row()]),
    "alias-bypass": ([row(**KEPT), row(qualifier="live", **KEPT)], [row(**KEPT), row(qualifier="live")]),
    "orphan-config": ([row(**KEPT)], [row(qualifier="old", timeout=None, **KEPT)]),
    "fifo-destination": ([row(**KEPT)], [row(on_failure="sqs:updates.fifo")]),
    "s3-on-success": ([row(on_failure="s3:kept")], [row(on_success="s3:kept", **KEPT)]),
    "to-itself": ([row(on_failure="lambda:g")], [row(on_failure="lambda:f:live")]),
    "other-account": ([row(**KEPT)], [row(on_failure="arn:aws:sqs:us-east-1:210987654321:kept")]),
    "other-region": ([row(**KEPT)], [row(on_failure="arn:aws:sqs:eu-west-1:123456789012:kept")]),
    "retries-cannot-happen": ([row(retries=2, age=360, timeout=60, **KEPT)], [row(retries=2, age=60, **KEPT)]),
    "two-safety-nets": ([row(dead_letter="sqs:d")], [row(dead_letter="sqs:d", **KEPT)]),
    "same-safety-net": ([row(dead_letter="sqs:d", **KEPT)], [row(dead_letter="sqs:kept", **KEPT)]),
    "says-nothing": ([row(**KEPT), row("g", age=60)], [row(configured=True)]),
    "loop": (
        [row(on_success="lambda:g", **KEPT), row("g", on_success="lambda:h", **KEPT)],
        [row(on_success="lambda:g", **KEPT), row("g", "1", **KEPT), row("g", on_failure="lambda:f")],
    ),
    "not-read": ([row(**KEPT)], [row(**DENIED)]),
}
"""For each check: rows in which it finds nothing, and rows in which it finds one thing, in the last of them."""


def test_every_check_of_the_settings_has_its_cases() -> None:
    elsewhere = {"not-checked", "house-rule", "expired-mute"}
    assert {*TABLE, *elsewhere} == {check.name for check in checks().values() if check.layers == ("settings",)}


@pytest.mark.parametrize("name", TABLE)
def test_a_check_finds_nothing_in_rows_that_pass(name: str) -> None:
    passing, _ = TABLE[name]
    assert name not in set(found(*passing).check)


@pytest.mark.parametrize("name", TABLE)
def test_a_check_finds_a_row_that_fails(name: str) -> None:
    _, failing = TABLE[name]
    result = found(*failing)
    one = result[(result.check == name) & (result.function_arn == failing[-1]["function_arn"])]
    assert one.severity.tolist() == [checks()[name].severity]


@pytest.mark.parametrize("name", TABLE)
def test_a_row_that_could_not_be_read_is_never_a_clean_row(name: str) -> None:
    """A row with wrong settings that was not read gets only `not-read`."""
    _, failing = TABLE[name]
    unread = [*failing[:-1], {**failing[-1], **DENIED}]
    result = found(*unread)
    assert result[result.function_arn == failing[-1]["function_arn"]].check.tolist() == ["not-read"]
