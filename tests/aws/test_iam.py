"""IAM's policy simulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from eicnb.aws.iam import simulate
from eicnb.errors import AwsError

ROLE = "arn:aws:iam::123456789012:role/a"
QUEUE, TOPIC = "arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t"
ACTIONS, RESOURCES = ["sqs:SendMessage", "sns:Publish"], [QUEUE, TOPIC]


class Simulator:
    """Allows the named actions; `code` is the error for requests about several services."""

    def __init__(self, *allowed: str, code: str | None = None) -> None:
        self.allowed = allowed
        self.code = code
        self.requests: list[dict[str, Any]] = []

    def __call__(self, operation: str, **parameters: Any) -> Iterator[Any]:
        self.requests.append(parameters)
        actions, resources = parameters["ActionNames"], parameters["ResourceArns"]
        if self.code and (len(actions) > 1 or self.code != "InvalidInput"):
            raise AwsError("no", operation=operation, code=self.code, region="us-east-1")
        for resource in resources:
            yield {"EvaluationResults": [self.result(action, resource) for action in actions]}

    def result(self, action: str, resource: str) -> dict[str, Any]:
        decision = "allowed" if action in self.allowed else "implicitDeny"
        return {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision}


def test_one_request_decides_each_action_on_each_resource_on_all_pages() -> None:
    simulator = Simulator("sns:Publish")
    found = simulate(simulator, ROLE, ACTIONS, RESOURCES, {"aws:ResourceAccount": "123456789012"})
    assert found is not None
    assert {key: one.is_allowed for key, one in found.items()} == {
        ("sqs:SendMessage", QUEUE): False,
        ("sqs:SendMessage", TOPIC): False,
        ("sns:Publish", QUEUE): True,
        ("sns:Publish", TOPIC): True,
    }
    [entry] = simulator.requests[0]["ContextEntries"]
    assert entry == {
        "ContextKeyName": "aws:ResourceAccount",
        "ContextKeyValues": ["123456789012"],
        "ContextKeyType": "string",
    }
    assert len(simulator.requests) == 1


def test_services_that_cannot_be_simulated_together_are_simulated_one_by_one() -> None:
    simulator = Simulator("sns:Publish", code="InvalidInput")
    found = simulate(simulator, ROLE, ACTIONS, RESOURCES, {})
    assert found is not None
    assert {key: one.is_allowed for key, one in found.items()} == {
        ("sqs:SendMessage", QUEUE): False,
        ("sns:Publish", TOPIC): True,
    }


def test_a_deleted_role_is_none() -> None:
    assert simulate(Simulator(code="NoSuchEntity"), ROLE, ACTIONS, RESOURCES, {}) is None


def test_any_other_refusal_is_an_error() -> None:
    with pytest.raises(AwsError, match="no"):
        simulate(Simulator(code="AccessDenied"), ROLE, ACTIONS, RESOURCES, {})
