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
        row("f", on_failure="sqs:a b; rm -rf 'x'"),
    )
    line = "aws sqs create-queue --queue-name lambda-failures --attributes MessageRetentionPeriod=1209600"
    assert found.keep_failures(0)[:2] == (f"{line} --region us-east-1", "aws")


def test_what_is_copied_can_be_set() -> None:
    found = fixes(
        row("a", on_failure="sqs:b.fifo", on_success="s3:my-bucket", retries=0),
        row("a", "live"),
        row("b", on_failure="sns:a b", on_success="lambda:g:live"),
        row("b", "live"),
    )
    assert found.copy(1, 0).text == f"%eic put {PREFIX}:a:live --retries 0 --on-failure none --on-success none"
    assert found.copy(3, 2).text == f"%eic put {PREFIX}:b:live --on-failure none --on-success {PREFIX}:g:live"
    usual = fixes(row("a", on_failure="sqs:b.fifo"), row("a", "live"), row("c", on_failure="sqs:shop"))
    assert usual.copy(1, 0).text == f"%eic put {PREFIX}:a:live --on-failure sqs:shop --on-success none"


def test_a_line_for_another_region_than_the_connections_names_it() -> None:
    assert fixes(row("a"), region="eu-west-1").delete(0).text.endswith(":a:$LATEST --missing-ok --region us-east-1")
    assert fixes(row("a"), region=None).delete(0).text.endswith(":a:$LATEST --missing-ok --region us-east-1")


def test_text_that_could_act_in_a_line_is_quoted() -> None:
    assert fixes({**row("a"), "function_arn": "x; rm"}).delete(0).text == "%eic delete 'x; rm' --missing-ok"
