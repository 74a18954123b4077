"""IAM's simulation, read by boto3, decides by the policies of the sandbox's roles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from eicnb.local_aws.server import Sandbox
from tests.local_aws.conftest import Shop
from tests.local_aws.model import complaints


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Sandbox() as sandbox:
        yield Shop(sandbox)


def simulated(shop: Shop, role: str, actions: list[str], resources: list[str] | None = None, **more: Any) -> Any:
    """Return the response to a simulation of a role."""
    given = {"ResourceArns": resources} if resources else {}
    arn = f"arn:aws:iam::{shop.account_id}:role/{role}"
    return shop.client("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, **given, **more)


@pytest.mark.parametrize(("role", "decision"), [("shop-basic", "implicitDeny"), ("shop-billing", "allowed")])
def test_a_role_is_judged_by_its_own_policies(shop: Shop, role: str, decision: str) -> None:
    response = simulated(shop, role, ["sqs:SendMessage"], [shop.queue(name) for name in ("one", "two")])
    assert [found["EvalDecision"] for found in response["EvaluationResults"]] == [decision] * 2


def test_the_response_is_that_of_the_model(shop: Shop) -> None:
    response = simulated(shop, "shop-events", ["s3:PutObject", "sqs:SendMessage"])
    assert complaints("iam", "SimulatePrincipalPolicy", response) == []
    assert [sorted(result) for result in response["EvaluationResults"]] == [
        ["EvalActionName", "EvalDecision", "EvalResourceName", "MatchedStatements", "MissingContextValues"]
    ] * 2
    matched = response["EvaluationResults"][1]["MatchedStatements"]
    assert matched == [{"SourcePolicyId": "role_shop-events_what-it-may-do", "SourcePolicyType": "role"}]


def owner(account_id: str) -> dict[str, Any]:
    return {"ContextKeyName": "s3:ResourceAccount", "ContextKeyValues": [account_id], "ContextKeyType": "string"}


@pytest.mark.parametrize(
    ("role", "owners", "decision", "missing"),
    [
        ("shop-events", [], "implicitDeny", ["s3:ResourceAccount"]),
        ("shop-events", ["123456789012"], "allowed", []),
        ("shop-events", ["999999999999"], "implicitDeny", []),
        ("shop-billing", ["999999999999"], "allowed", []),
        ("shop-billing", [], "allowed", []),
    ],
)
def test_a_condition_needs_its_context(
    shop: Shop, role: str, owners: list[str], decision: str, missing: list[str]
) -> None:
    entries = [owner(shop.account_id if account == "123456789012" else account) for account in owners]
    response = simulated(shop, role, ["s3:PutObject"], ["arn:aws:s3:::a-bucket/*"], ContextEntries=entries)
    [result] = response["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == (decision, missing)


def test_results_come_in_pages(shop: Shop) -> None:
    queues = [shop.queue(f"queue-{number}") for number in range(101)]
    first = simulated(shop, "shop-events", ["sqs:SendMessage"], queues)
    assert (len(first["EvaluationResults"]), first["IsTruncated"]) == (100, True)
    rest = simulated(shop, "shop-events", ["sqs:SendMessage"], queues, Marker=first["Marker"])
    assert [found["EvalResourceName"] for found in rest["EvaluationResults"]] == queues[100:]
    assert "Marker" not in rest


def test_a_policy_that_denies_wins(shop: Shop) -> None:
    iam, arn = shop.client("iam"), shop.queue("forbidden")
    deny = {"Effect": "Deny", "Action": "sqs:*", "Resource": arn}
    iam.put_role_policy(
        RoleName="shop-events",
        PolicyName="no",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": deny}),
    )
    response = simulated(shop, "shop-events", ["sqs:SendMessage"], [arn, shop.queue("other")])
    assert [found["EvalDecision"] for found in response["EvaluationResults"]] == ["explicitDeny", "allowed"]


@pytest.mark.parametrize(
    ("role", "actions", "code", "message"),
    [
        ("role/no-such-role", ["sqs:SendMessage"], "NoSuchEntity", "The role with name no-such-role cannot be found."),
        (
            "policy/p",
            ["sqs:SendMessage"],
            "InvalidInput",
            "Invalid Entity Arn: arn:aws:iam::123456789012:policy/p does not clearly define entity type.",
        ),
        (
            "role/shop-basic",
            [],
            "ValidationError",
            (
                "1 validation error detected: Value null at 'actionNames' failed to satisfy constraint: "
                "Member must not be null"
            ),
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    shop: Shop, role: str, actions: list[str], code: str, message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        shop.client("iam").simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::123456789012:{role}", ActionNames=actions
        )
    assert (caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]) == (code, message)
