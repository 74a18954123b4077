"""A check with all layers reads each subject once, counts the requests, and respects the quotas."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.errors import AccessDenied, AwsError, EicError, ExpiredCredentials
from eicnb.fleet.checks.concurrent_reads import unreadable
from eicnb.fleet.checks.evidence import Unreadable
from eicnb.fleet.progress import Progress
from tests.fleet.checks.audits import ACCOUNT, row
from tests.fleet.checks.aws_account import AwsAccount, serving

FUNCTIONS, ALIASES, TARGETS, ROLES = 100, 10, 4, 6


def the_fleet() -> list[dict[str, Any]]:
    """Return a tenth of the fleet that the documented figure is about."""
    given = [
        {"on_failure": f"sqs:q{n % TARGETS}", "role_arn": f"arn:aws:iam::{ACCOUNT}:role/r{n % ROLES}"}
        for n in range(FUNCTIONS)
    ]
    latest = [row(f"f{n}", **one) for n, one in enumerate(given)]
    return latest + [row(f"f{n}", "live", **one) for n, one in enumerate(given[:ALIASES])]


def test_a_check_of_everything_asks_for_each_subject_once(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(
        queues={f"q{n}": {"KmsMasterKeyId": "1234"} for n in range(TARGETS)},
        functions={f"f{n}": {"Tags": {}} for n in range(FUNCTIONS)},
    )
    with serving(account, monkeypatch) as found:
        result = found(*the_fleet(), look="all")
    metrics = account.asked.pop("cloudwatch:GetMetricData")
    assert metrics <= 2, "500 metrics a request, five for each of 110 qualifiers"
    assert dict(account.asked) == {
        "sqs:GetQueueAttributes": TARGETS,
        "iam:SimulatePrincipalPolicy": ROLES,
        "lambda:GetFunction": FUNCTIONS,
        "lambda:GetPolicy": FUNCTIONS + ALIASES,
        "lambda:ListEventSourceMappings": 1,
    }
    assert result.attrs["requests"] == sum(account.asked.values()) + metrics
    assert result.empty


def test_what_concerns_many_functions_is_not_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(denied={"lambda:ListEventSourceMappings", "sqs:GetQueueAttributes"})
    with serving(account, monkeypatch) as found:
        many = found(*the_fleet(), look="targets,triggers")
        few = found(row("a", on_failure="sqs:q"), row("b", on_failure="sqs:q"), look="targets")
    assert many.finding.tolist() == [
        "targets not read for 100 functions: sqs:GetQueueAttributes is denied",
        "triggers not read for 100 functions: lambda:ListEventSourceMappings is denied",
    ]
    assert few.function_name.tolist() == ["a", "b"]
    assert set(few.finding) == {
        "targets not read: sqs:GetQueueAttributes is denied: arn:aws:sqs:us-east-1:123456789012:q"
    }


def test_the_progress_names_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Progress] = []
    account = AwsAccount(queues={"q": {}}, functions={"f": {}})
    with serving(account, monkeypatch) as found:
        found(row(on_failure="sqs:q"), look="targets,roles,functions,triggers", show=shown.append)
    over = [f"{one.functions_done}/{one.functions_known} {one.what}" for one in shown if one.is_over]
    assert over == ["1/1 destinations", "1/1 roles", "1/1 functions", "2/2 policies"]


def refused(kind: type[AwsError], code: str) -> AwsError:
    return kind("no\nmore", operation="GetQueueAttributes", code=code, region="us-east-1")


REASONS: list[tuple[Exception, Unreadable]] = [
    (refused(AccessDenied, "AccessDeniedException"), Unreadable.denied("sqs:GetQueueAttributes")),
    (
        refused(AccessDenied, "403"),
        Unreadable("sqs:GetQueueAttributes is denied, or no\nmore", "sqs:GetQueueAttributes"),
    ),
    (
        refused(AccessDenied, "InvalidClientTokenId"),
        Unreadable("GetQueueAttributes failed with InvalidClientTokenId: no"),
    ),
    (KeyError("Name"), Unreadable("KeyError: 'Name'")),
    (refused(ExpiredCredentials, "ExpiredToken"), Unreadable("GetQueueAttributes failed with ExpiredToken: no")),
    (
        EicError("GetPolicy got no response: timed out", hint="check the network\n%eic whoami"),
        Unreadable("GetPolicy got no response: timed out", hint="check the network"),
    ),
]


@pytest.mark.parametrize(("error", "reason"), REASONS)
def test_an_error_is_a_reason_and_a_denial_names_the_action(error: Exception, reason: Unreadable) -> None:
    assert unreadable(error) == reason
