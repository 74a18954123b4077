"""The lines that checks propose."""

from __future__ import annotations

from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.fixes import Fixes
from tests.fleet.checks.audits import audit_of, row

PREFIX = "arn:aws:lambda:us-east-1:123456789012:function"


def fixes(*rows: dict[str, object], region: str | None = "us-east-1") -> Fixes:
    return Fixes(Audited(audit_of(*rows)), region)


def test_failures_go_to_the_queue_that_most_functions_of_the_place_use() -> None:
    found = fixes(
        row("a"),
        row("b", "1", on_failure="sqs:versions"),
        row("b", "2", on_failure="sqs:versions"),
        row("c", on_failure="sqs:shop"),
        row("d", on_failure="sqs:shop"),
    )
    assert found.keep_failures(0)[:2] == (f"%eic update {PREFIX}:a:$LATEST --create --on-failure sqs:shop", "eic")


def test_without_a_usable_queue_the_fix_creates_one() -> None:
    found = fixes(
        row("a"),
        row("b", on_failure="sqs:b.fifo"),
        row("c", on_failure="arn:aws:sqs:eu-west-1:123456789012:far"),
        row("d", on_failure="arn:aws:sqs:us-east-1:210987654321:foreign"),
        row("e", on_failure="sns:topic"),
    )
    line = "aws sqs create-queue --queue-name lambda-failures --attributes MessageRetentionPeriod=1209600"
    assert found.keep_failures(0)[:2] == (f"{line} --region us-east-1", "aws")


def test_a_line_for_another_region_than_the_connections_names_it() -> None:
    assert fixes(row("a"), region="eu-west-1").delete(0).text.endswith(":a:$LATEST --missing-ok --region us-east-1")
    assert fixes(row("a"), region=None).delete(0).text.endswith(":a:$LATEST --missing-ok --region us-east-1")


def test_text_that_could_act_in_a_line_is_quoted() -> None:
    assert fixes({**row("a"), "function_arn": "x; rm"}).delete(0).text == "%eic delete 'x; rm' --missing-ok"
