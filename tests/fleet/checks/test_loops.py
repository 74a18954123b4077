"""Functions whose destinations lead back to them."""

from __future__ import annotations

import pytest

from tests.fleet.checks.audits import row
from tests.fleet.checks.aws_account import AwsAccount, mapping, serving
from tests.fleet.checks.test_table import found


def test_each_function_of_a_loop_is_found_with_the_way_round_and_a_line_that_cuts_it() -> None:
    result = found(row("a", on_success="lambda:b"), row("b", on_success="lambda:a"), checks="loop")
    prefix = "%eic update arn:aws:lambda:us-east-1:123456789012:function"
    assert result.finding.tolist() == ["its events come back: a -> b -> a", "its events come back: b -> a -> b"]
    assert result.fix.tolist() == [f"{prefix}:{name}:$LATEST --on-success none" for name in "ab"]


@pytest.mark.parametrize(("target", "is_loop"), [("lambda:b", False), ("lambda:b:live", True), ("lambda:b:1", False)])
def test_a_config_acts_on_its_own_qualifier_alone(target: str, *, is_loop: bool) -> None:
    rows = [row("a", on_failure=target), row("b"), row("b", "live", on_failure="lambda:a:$LATEST")]
    assert ("loop" in set(found(*rows).check)) == is_loop


def test_a_loop_may_lead_through_a_queue_that_an_event_source_mapping_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row("a", on_failure="sqs:q"), row("b", on_success="lambda:a")]
    account = AwsAccount(event_sources=[mapping("sqs:q", "b")])
    with serving(account, monkeypatch) as read:
        result = read(*rows, look="triggers", checks="loop")
    assert result.finding.tolist() == [
        "its events come back: a -> q -> b -> a",
        "its events come back: b -> a -> q -> b",
    ]
    assert found(*rows, checks="loop").empty
