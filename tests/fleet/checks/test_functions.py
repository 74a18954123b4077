"""The checks of deployed functions: what passes, what fails, and what could not be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fleet.checks.audits import row
from tests.fleet.checks.aws_account import AwsAccount, serving

KEPT = {"on_failure": "sqs:kept"}
FULL: dict[str, Any] = {
    "Configuration": {"Environment": {"Variables": {"PASSWORD": "secret"}}},
    "Code": {"Location": "https://code"},
    "Tags": {"team": "payments"},
}
STACK = {"Tags": {"aws:cloudformation:stack-name": "shop"}}


@pytest.mark.parametrize("reserved", [{}, {"Concurrency": {"ReservedConcurrentExecutions": 5}}])
def test_a_function_that_runs_and_belongs_to_no_stack_passes(
    reserved: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(AwsAccount(functions={"f": {**FULL, **reserved}}), monkeypatch) as found:
        assert found(row(**KEPT), look="functions").empty


def test_a_function_without_concurrency_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(functions={"f": {**FULL, "Concurrency": {"ReservedConcurrentExecutions": 0}}})
    with serving(account, monkeypatch) as found:
        result = found(row(**KEPT), row(qualifier="live", **KEPT), look="functions")
    [one] = result.to_dict("records")
    assert (one["check"], one["severity"], one["qualifier"]) == ("stopped", "high", "$LATEST")
    assert one["finding"] == "its reserved concurrency is 0"
    assert one["fix"] == "aws lambda delete-function-concurrency --function-name f --region us-east-1"
    assert dict(account.asked) == {"lambda:GetFunction": 1}


def test_a_function_of_a_stack_is_managed_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(functions={"f": {**FULL, **STACK}}), monkeypatch) as found:
        [one] = found(row(**KEPT), look="functions").to_dict("records")
    assert (one["check"], one["severity"], one["fix_kind"]) == ("managed-by", "info", "none")
    assert one["finding"] == "the CloudFormation stack shop owns it"
    assert one["fix"] == "change the settings in the template of the stack shop"


UNREADABLE: list[tuple[AwsAccount, str]] = [
    (AwsAccount(functions={"f": FULL}, denied={"lambda:GetFunction"}), "lambda:GetFunction is denied"),
    (
        AwsAccount(functions={"f": {**FULL, "Tags": None, "TagsError": {"ErrorCode": "AccessDeniedException"}}}),
        "lambda:ListTags is denied",
    ),
    (
        AwsAccount(functions={"f": {**FULL, "Concurrency": {"ReservedConcurrentExecutions": "0"}}}),
        "the response to GetFunction is malformed: its ReservedConcurrentExecutions is '0'",
    ),
    (
        AwsAccount(functions={"f": {**FULL, "Concurrency": [0]}}),
        "the response to GetFunction is malformed: its Concurrency or Tags are not objects",
    ),
    (AwsAccount(), "GetFunction failed with ResourceNotFoundException: no such function"),
]


@pytest.mark.parametrize(("account", "reason"), UNREADABLE)
def test_a_function_that_could_not_be_read_is_not_checked(
    account: AwsAccount, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account, monkeypatch) as found:
        result = found(row(**KEPT), look="functions")
    assert {*result.check} == {"not-checked"}
    assert all(reason in text for text in result.finding)
    assert result.attrs["unreadable"] == "functions"
