"""The evaluation of IAM policies, in a table of statements and decisions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eicnb.local_aws.policies import Policy, Verdict, decide

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
OWNER = {"s3:ResourceAccount": ["123456789012"]}


def allow(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", **members}


def condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return allow(Condition={operator: {key: value}})


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (allow(), "allowed"),
        (allow(Action="SQS:sendmessage"), "allowed"),
        (allow(Action="sqs:Send*"), "allowed"),
        (allow(Action=["sqs:Receive?essage", "sqs:*"]), "allowed"),
        (allow(Action="sqs.SendMessage"), "implicitDeny"),
        (allow(Action="*"), "allowed"),
        (allow(Resource=QUEUE), "allowed"),
        (allow(Resource=f"{QUEUE}-2"), "implicitDeny"),
        (allow(Resource="arn:aws:sqs:*:*:ord?rs"), "allowed"),
        (allow(Resource=QUEUE.upper()), "implicitDeny"),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "allowed"),
        ({"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}, "implicitDeny"),
        ({"Effect": "Allow", "Action": "*", "NotResource": QUEUE}, "implicitDeny"),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:sns:*"}, "allowed"),
        (allow(Effect="Deny"), "explicitDeny"),
        (condition("StringEquals", "s3:ResourceAccount", "123456789012"), "allowed"),
        (condition("StringEquals", "S3:resourceaccount", ["1", "123456789012"]), "allowed"),
        (condition("StringEquals", "s3:ResourceAccount", "210987654321"), "implicitDeny"),
        (condition("StringNotEquals", "s3:ResourceAccount", "210987654321"), "allowed"),
        (condition("StringNotEquals", "aws:absent", "x"), "allowed"),
        (condition("StringLike", "s3:ResourceAccount", "1234*"), "allowed"),
        (condition("StringEquals", "aws:absent", "x"), "implicitDeny"),
        (condition("StringEqualsIfExists", "aws:absent", "x"), "allowed"),
        (condition("Null", "aws:absent", "true"), "allowed"),
        (condition("Null", "s3:ResourceAccount", "true"), "implicitDeny"),
        (condition("ForAnyValue:StringEquals", "tags", ["b"]), "allowed"),
        (condition("ForAllValues:StringEquals", "tags", ["b"]), "implicitDeny"),
        (condition("ForAllValues:StringEquals", "aws:absent", ["b"]), "allowed"),
        (condition("ArnLike", "aws:SourceArn", "arn:aws:sns:*:123456789012:*"), "allowed"),
        (condition("ArnEquals", "aws:SourceArn", "arn:aws:s*"), "implicitDeny"),
        (condition("Bool", "aws:SecureTransport", ["true"]), "allowed"),
        (condition("NumericLessThan", "size", 10), "allowed"),
        (condition("NumericGreaterThanEquals", "size", "10"), "implicitDeny"),
        (condition("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"), "implicitDeny"),
    ],
)
def test_a_statement_decides(statement: dict[str, Any], verdict: Verdict) -> None:
    context = {
        **OWNER,
        "tags": ["a", "b"],
        "aws:SourceArn": ["arn:aws:sns:eu-west-1:123456789012:topic"],
        "aws:SecureTransport": ["true"],
        "size": ["9"],
    }
    policy = Policy("p", json.dumps({"Statement": [statement]}))
    assert decide([policy], "sqs:SendMessage", QUEUE, context).verdict == verdict


def test_a_deny_wins_and_names_its_policy() -> None:
    policies = [
        Policy("allowing", json.dumps({"Statement": allow()})),
        Policy("denying", json.dumps({"Statement": {**allow(), "Effect": "Deny"}})),
    ]
    decision = decide(policies, "sqs:SendMessage", QUEUE, {})
    assert (decision.verdict, [policy.policy_id for policy in decision.matched]) == ("explicitDeny", ["denying"])


def test_the_keys_of_statements_for_other_actions_are_not_missing() -> None:
    policy = Policy("p", json.dumps({"Statement": condition("StringEquals", "s3:ResourceAccount", "1")}))
    assert decide([policy], "sqs:SendMessage", QUEUE, {}).missing == ("s3:ResourceAccount",)
    assert decide([policy], "sns:Publish", QUEUE, {}).missing == ()
