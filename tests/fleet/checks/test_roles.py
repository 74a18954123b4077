"""The checks of execution roles: what passes, what fails, and what could not be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.fleet.checks.audits import arn, row
from tests.fleet.checks.aws_account import AwsAccount, May, serving

ROLE_CHECKS = "role-may-not-send,bucket-owner-unchecked,not-checked"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"


def nothing_but(*allowed: str, decision: str = "implicitDeny") -> May:
    """Allow some actions on anything."""
    return lambda action, resource, context: "allowed" if action in allowed else decision


def of_its_own(action: str, resource: str, context: Mapping[str, str]) -> str:
    """Allow everything in the role's own account, as a condition on s3:ResourceAccount does."""
    return "allowed" if context["s3:ResourceAccount"] == "123456789012" else "implicitDeny"


def test_a_role_that_may_send_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(may=of_its_own)
    with serving(account, monkeypatch) as found:
        result = found(row(on_failure="sqs:q", on_success="events:b", dead_letter="sns:t"), look="roles")
    assert not {*result.check} & {*ROLE_CHECKS.split(",")}
    assert account.asked["iam:SimulatePrincipalPolicy"] == 1


SENDS = [
    ("sqs:q", "sqs:SendMessage", "the SQS queue q", "the queue's own policy"),
    ("sns:t", "sns:Publish", "the SNS topic t", "the topic's own policy"),
    ("events:b", "events:PutEvents", "the EventBridge bus b", "the bus's own policy"),
    ("lambda:g", "lambda:InvokeFunction", "the Lambda function g", "the function's own policy"),
]


@pytest.mark.parametrize(("target", "action", "words", "policy"), SENDS)
def test_a_role_that_may_not_send_lacks_one_statement(
    target: str, action: str, words: str, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(AwsAccount(may=nothing_but()), monkeypatch) as found:
        [one] = found(row(on_failure=target), look="roles", checks=ROLE_CHECKS).to_dict("records")
    assert (one["check"], one["severity"], one["fix_kind"]) == ("role-may-not-send", "high", "iam")
    assert one["finding"] == (
        f"its role basic may not {action} to its on-failure destination, {words}, "
        f"unless {policy} allows it, which IAM's simulation ignores"
    )
    assert json.loads(one["fix"]) == {"Effect": "Allow", "Action": action, "Resource": arn(target)}


def test_the_statement_for_a_bucket_has_what_is_missing_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(may=nothing_but("s3:ListBucket")), monkeypatch) as found:
        [one] = found(row(on_failure="s3:lost"), look="roles", checks=ROLE_CHECKS).to_dict("records")
    assert json.loads(one["fix"]) == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::lost/*",
        "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}},
    }


def test_a_queue_without_a_policy_leaves_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(queues={"q": {}, "open": {"Policy": "{}"}}, may=nothing_but())
    with serving(account, monkeypatch) as found:
        rows = [row("a", on_failure="sqs:q"), row("b", on_failure="sqs:open")]
        result = found(*rows, look="targets,roles", checks="role-may-not-send")
    doubt = ", unless the queue's own policy allows it, which IAM's simulation ignores"
    lacks = "its role basic may not sqs:SendMessage to its on-failure destination, the SQS queue"
    assert result.finding.tolist() == [f"{lacks} q", f"{lacks} open{doubt}"]


def test_a_deny_is_not_lifted_by_a_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(may=nothing_but(decision="explicitDeny")), monkeypatch) as found:
        [one] = found(row(dead_letter="sqs:q"), look="roles", checks=ROLE_CHECKS).to_dict("records")
    assert one["finding"] == (
        "its role basic may not sqs:SendMessage to its dead-letter queue, the SQS queue q: a policy denies it"
    )
    assert (one["fix"], one["fix_kind"]) == ("remove the Deny from the role's policies", "none")


def test_a_condition_that_was_not_simulated_makes_it_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(may=nothing_but(), missing_keys=["aws:SourceVpc"])
    with serving(account, monkeypatch) as found:
        [one] = found(row(on_failure="sqs:q"), look="roles", checks=ROLE_CHECKS).to_dict("records")
    assert one["severity"] == "medium"
    assert one["finding"].endswith(", unless a condition that was not simulated allows it: aws:SourceVpc")


def test_a_deleted_role_cannot_deliver(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(has_role=False), monkeypatch) as found:
        [one] = found(row(on_failure="sqs:q"), look="roles", checks=ROLE_CHECKS).to_dict("records")
    assert (one["check"], one["severity"]) == ("role-may-not-send", "high")
    assert one["finding"] == "its role basic does not exist, so it cannot deliver to the SQS queue q"
    assert one["fix"] == "create the role, or give the function another one"


@pytest.mark.parametrize("role_arn", ["", "basic", "arn:aws:iam::123456789012:user/me"])
def test_what_is_no_role_is_not_checked(role_arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(), monkeypatch) as found:
        [one] = found(row(on_failure="sqs:q", role_arn=role_arn), look="roles").to_dict("records")
    assert one["finding"] == f"roles not read: {role_arn!r} is not the ARN of a role: {role_arn}"
    assert one["fix"] == "audit the function again"


def test_a_denied_simulation_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(denied={"iam:SimulatePrincipalPolicy"}), monkeypatch) as found:
        result = found(row(on_failure="sqs:q"), look="roles")
    [one] = result.to_dict("records")
    assert (one["check"], one["severity"]) == ("not-checked", "medium")
    assert "iam:SimulatePrincipalPolicy is denied" in one["finding"]
    assert json.loads(one["fix"])["Action"] == "iam:SimulatePrincipalPolicy"
    assert result.attrs["unreadable"] == "roles"


ENCRYPTED: list[tuple[str, dict[str, Any], str, list[str] | str]] = [
    ("sqs:q", {"queues": {"q": {"KmsMasterKeyId": "1234"}}}, "the SQS queue q",
     ["kms:GenerateDataKey", "kms:Decrypt"]),
    ("sns:t", {"topics": {"t": {"KmsMasterKeyId": KEY}}}, "the SNS topic t", "kms:GenerateDataKey"),
    ("sqs:q", {"queues": {"q": {"KmsMasterKeyId": "alias/own"}}, "keys": {KEY.replace("key/1234", "alias/own"): KEY}},
     "the SQS queue q", ["kms:GenerateDataKey", "kms:Decrypt"]),
]  # fmt: skip


@pytest.mark.parametrize(("target", "held", "words", "actions"), ENCRYPTED)
def test_a_role_that_may_not_use_the_key_cannot_encrypt(
    target: str, held: dict[str, Any], words: str, actions: list[str] | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = AwsAccount(**held, may=nothing_but("sqs:SendMessage", "sns:Publish"))
    with serving(account, monkeypatch) as found:
        [one] = found(row(on_failure=target), look="roles").to_dict("records")
    assert (one["check"], one["severity"], one["fix_kind"]) == ("role-may-not-encrypt", "high", "iam")
    named = " and ".join([actions] if isinstance(actions, str) else actions)
    assert one["finding"] == (
        f"its role basic may not {named} with the key {KEY} of its on-failure destination, {words}, "
        "unless the key's own policy allows it, which IAM's simulation ignores"
    )
    assert json.loads(one["fix"]) == {"Effect": "Allow", "Action": actions, "Resource": KEY}


PASSING: list[tuple[str, dict[str, str], May]] = [
    ("a key of AWS", {"KmsMasterKeyId": "alias/aws/sqs"}, nothing_but("sqs:SendMessage")),
    ("no key", {}, nothing_but("sqs:SendMessage")),
    ("allowed", {"KmsMasterKeyId": "1234"}, nothing_but("sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt")),
]


@pytest.mark.parametrize(("attributes", "may"), [one[1:] for one in PASSING], ids=[one[0] for one in PASSING])
def test_a_role_that_can_encrypt_passes(attributes: dict[str, str], may: May, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(queues={"q": attributes}, may=may), monkeypatch) as found:
        assert found(row(on_failure="sqs:q"), look="roles").empty


def test_an_alias_that_cannot_be_resolved_makes_it_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(
        queues={"q": {"KmsMasterKeyId": "alias/own"}},
        keys={KEY.replace("key/1234", "alias/own"): KEY},
        may=nothing_but("sqs:SendMessage"),
        denied={"kms:DescribeKey"},
    )
    with serving(account, monkeypatch) as found:
        [one] = found(row(on_failure="sqs:q"), look="roles").to_dict("records")
    assert (one["check"], one["severity"]) == ("role-may-not-encrypt", "medium")
    assert "the key behind the alias could not be read (kms:DescribeKey)" in one["finding"]


def test_a_role_that_may_write_to_a_strangers_bucket_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount()
    with serving(account, monkeypatch) as found:
        result = found(row(on_failure="s3:lost"), look="roles", checks=ROLE_CHECKS)
    [one] = result.to_dict("records")
    assert (one["check"], one["severity"], one["fix_kind"]) == ("bucket-owner-unchecked", "high", "iam")
    assert one["finding"] == (
        "its role basic may write to the S3 bucket lost in any account: "
        "add a condition on s3:ResourceAccount to the statement that allows it"
    )
    assert json.loads(one["fix"])["Condition"] == {"StringEquals": {"s3:ResourceAccount": "123456789012"}}
    assert account.asked["iam:SimulatePrincipalPolicy"] == 1


def test_a_role_with_the_condition_passes_after_a_second_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(may=of_its_own)
    with serving(account, monkeypatch) as found:
        assert found(row(on_failure="s3:lost"), look="roles").empty
    assert account.asked["iam:SimulatePrincipalPolicy"] == 2


def test_a_statement_for_the_functions_own_folder_suffices(monkeypatch: pytest.MonkeyPatch) -> None:
    def own_folder(action: str, resource: str, context: Mapping[str, str]) -> str:
        is_own = resource in {"arn:aws:s3:::lost", "arn:aws:s3:::lost/aws/lambda/async/f/*"}
        return of_its_own(action, resource, context) if is_own else "implicitDeny"

    with serving(AwsAccount(may=own_folder), monkeypatch) as found:
        result = found(row("f", on_failure="s3:lost"), row("g", on_failure="s3:lost"), look="roles")
    assert result.function_name.tolist() == ["g"]


def test_one_simulation_decides_all_functions_of_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount()
    with serving(account, monkeypatch) as found:
        found(*(row(f"f{n}", on_failure=f"sqs:q{n}", dead_letter="sns:t") for n in range(20)), look="roles")
    assert account.asked["iam:SimulatePrincipalPolicy"] == 1


def test_the_targets_are_read_for_their_keys_but_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(), monkeypatch) as found:
        result = found(row(on_failure="sqs:lost"), look="roles")
    assert result.empty
    assert (result.attrs["layers"], result.attrs["requests"]) == ("settings,roles", 2)


def test_a_key_that_could_not_be_read_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(denied={"sqs:GetQueueAttributes"}), monkeypatch) as found:
        [one] = found(row(on_failure="sqs:q"), look="roles").to_dict("records")
    assert one["check"] == "not-checked"
    assert "sqs:GetQueueAttributes is denied" in one["finding"]
