"""The decisions in a result of IAM's policy simulator."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.errors import EicError
from eicnb.model.permission import Decision

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"


def decided(decision: str, **more: Any) -> list[Decision]:
    result = {"EvalActionName": "sqs:SendMessage", "EvalResourceName": QUEUE, "EvalDecision": decision, **more}
    return [*Decision.all_from_api(result)]


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("allowed", {}, {"is_allowed": True}),
    ("implicitDeny", {}, {"is_allowed": False}),
    ("explicitDeny", {}, {"is_allowed": False, "is_explicit": True}),
    ("implicitDeny", {"MissingContextValues": ["aws:SourceVpc"]}, {"missing_keys": ("aws:SourceVpc",)}),
    ("implicitDeny", {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
     {"limited_by": "the role's permissions boundary"}),
    ("explicitDeny", {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
     {"is_explicit": True, "limited_by": "a policy of the organization"}),
]  # fmt: skip


@pytest.mark.parametrize(("decision", "more", "expected"), CASES)
def test_a_result_is_one_decision(decision: str, more: dict[str, Any], expected: dict[str, Any]) -> None:
    given = {"is_allowed": False, **expected}
    assert decided(decision, **more) == [Decision(action="sqs:SendMessage", resource=QUEUE, **given)]


def test_a_result_about_several_resources_is_one_decision_each() -> None:
    specific = [
        {"EvalResourceName": QUEUE, "EvalResourceDecision": "allowed"},
        {"EvalResourceName": f"{QUEUE}-2", "EvalResourceDecision": "implicitDeny"},
    ]
    found = decided("implicitDeny", ResourceSpecificResults=specific)
    assert [(one.resource, one.is_allowed) for one in found] == [(QUEUE, True), (f"{QUEUE}-2", False)]


def test_a_result_without_a_decision_is_an_error() -> None:
    with pytest.raises(EicError, match=r"the simulation of 'x' on None decided None"):
        [*Decision.all_from_api({"EvalActionName": "x"})]
