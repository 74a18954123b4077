"""Each check of evidence in three accounts: it passes, it fails, and the evidence cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from eicnb.fleet.checks.catalog import checks
from tests.fleet.checks.audits import ACCOUNT, row
from tests.fleet.checks.aws_account import AwsAccount, mapping, service, serving

LAYERS = "targets,roles,functions,triggers"
SIMULATE = "iam:SimulatePrincipalPolicy"


@dataclass(frozen=True)
class Case:
    """The accounts in which the last row passes and fails, and the action whose denial hides the evidence."""

    rows: list[dict[str, Any]]
    passing: dict[str, Any]
    failing: dict[str, Any]
    action: str


def an_account(**changes: Any) -> AwsAccount:
    """Return an account without any findings."""
    rule = {"Name": "all", "EventPattern": '{"source": ["aws.lambda"]}', "State": "ENABLED"}
    held: dict[str, Any] = {
        "queues": {"q": {}},
        "topics": {"t": {}},
        "buckets": {"kept": ACCOUNT},
        "buses": {"bus": [rule]},
        "functions": {"f": {"Tags": {}}},
        "may": lambda action, resource, context: "allowed" if ACCOUNT in context.values() else "implicitDeny",
    }
    return AwsAccount(**{**held, **changes})


def denies(*actions: str, own: bool = False) -> dict[str, Any]:
    """Return a role that may do everything but these actions, everywhere or in its own account."""

    def may(action: str, resource: str, context: Any) -> str:
        is_own = context["s3:ResourceAccount"] == ACCOUNT or not own
        return "allowed" if is_own and action not in actions else "implicitDeny"

    return {"may": may}


KEPT, STORED = [row(on_failure="sqs:q")], [row(on_failure="s3:kept")]
BARE = [row(on_failure="sqs:q"), row(qualifier="live")]
ENCRYPTED = {"queues": {"q": {"KmsMasterKeyId": "1234"}}}

TABLE: dict[str, Case] = {
    "dangling-destination": Case(KEPT, {}, {"queues": {}}, "sqs:GetQueueAttributes"),
    "short-retention": Case(KEPT, {}, {"queues": {"q": {"MessageRetentionPeriod": "60"}}}, "sqs:GetQueueAttributes"),
    "unheard-bus": Case([row(on_failure="events:bus")], {}, {"buses": {"bus": []}}, "events:ListRules"),
    "role-may-not-send": Case(KEPT, {}, denies("sqs:SendMessage"), SIMULATE),
    "role-may-not-encrypt": Case(KEPT, ENCRYPTED, {**ENCRYPTED, **denies("kms:GenerateDataKey")}, SIMULATE),
    "bucket-owner-unchecked": Case(STORED, denies(own=True), denies(), SIMULATE),
    "stopped": Case(
        KEPT, {}, {"functions": {"f": {"Concurrency": {"ReservedConcurrentExecutions": 0}}}}, "lambda:GetFunction"
    ),
    "managed-by": Case(
        KEPT, {}, {"functions": {"f": {"Tags": {"aws:cloudformation:stack-name": "s"}}}}, "lambda:GetFunction"
    ),
    "settings-do-not-act": Case(KEPT, {}, {"event_sources": [mapping("sqs:in", "f")]}, "lambda:GetPolicy"),
    "invoked-elsewhere": Case(BARE, {}, {"policies": {"f:live": [service("s3")]}}, "lambda:GetPolicy"),
}


def test_every_check_of_evidence_has_its_cases() -> None:
    layers = {*LAYERS.split(",")}
    assert {*TABLE} == {check.name for check in checks().values() if check.layer in layers}


@pytest.mark.parametrize("name", TABLE)
def test_a_check_finds_nothing_where_all_is_well(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(an_account(**TABLE[name].passing), monkeypatch) as found:
        assert not {name, "not-checked"} & {*found(*TABLE[name].rows, look=LAYERS).check}


@pytest.mark.parametrize("name", TABLE)
def test_a_check_finds_the_row_that_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(an_account(**TABLE[name].failing), monkeypatch) as found:
        result = found(*TABLE[name].rows, look=LAYERS)
    one = result[result.check == name]
    assert one.function_arn.tolist() == [TABLE[name].rows[-1]["function_arn"]]
    assert one.severity.tolist() == [checks()[name].severity]


@pytest.mark.parametrize("name", TABLE)
def test_what_is_denied_is_not_checked_and_never_a_clean_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = TABLE[name]
    with serving(an_account(**case.failing, denied={case.action}), monkeypatch) as found:
        result = found(*case.rows, look=LAYERS)
    assert name not in {*result.check}
    [*texts] = result.finding[result.check == "not-checked"]
    assert any(f"{case.action} is denied" in text for text in texts)
