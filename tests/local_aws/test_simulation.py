"""IAM's simulation answers as boto3 reads it, from the policies of the sandbox's roles."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from eicnb.local_aws.server import Sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("role", "decision"),
    [("shop-basic", "implicitDeny"), ("shop-billing", "allowed"), ("no-such-role", "implicitDeny")],
)
def test_a_role_is_judged_by_its_own_policies(server: Sandbox, role: str, decision: str) -> None:
    iam = boto3.Session("any", "any", region_name="us-east-1").client("iam", endpoint_url=server.url)
    response = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{server.account_id}:role/{role}",
        ActionNames=["sqs:SendMessage"],
        ResourceArns=[f"arn:aws:sqs:us-east-1:{server.account_id}:{name}" for name in ("one", "two")],
    )
    assert [found["EvalDecision"] for found in response["EvaluationResults"]] == [decision] * 2
