"""The checks of destinations and dead-letter queues: what passes, fails, or could not be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fleet.checks.audits import ACCOUNT, arn, row
from tests.fleet.checks.aws_account import AwsAccount, serving

LAMBDA_RULE = {"Name": "all", "EventPattern": '{"source": ["lambda"]}', "State": "ENABLED"}
OTHER_RULE = {"Name": "s3", "EventPattern": '{"source": ["aws.s3"]}', "State": "ENABLED"}


def a_shop(**changes: Any) -> AwsAccount:
    """Return an account in which every destination exists and nothing is wrong."""
    held: dict[str, Any] = {
        "queues": {"kept": {}},
        "topics": {"kept": {}},
        "buckets": {"kept": ACCOUNT},
        "buses": {"kept": [OTHER_RULE, LAMBDA_RULE]},
        "functions": {"kept": {}},
    }
    return AwsAccount(**{**held, **changes})


KINDS = ("sqs", "sns", "s3", "events", "lambda")
CREATE = {
    "sqs": "aws sqs create-queue --queue-name lost --attributes MessageRetentionPeriod=1209600 --region us-east-1",
    "sns": "aws sns create-topic --name lost --region us-east-1",
    "s3": "aws s3api create-bucket --bucket lost --region us-east-1",
    "events": "aws events create-event-bus --name lost --region us-east-1",
}
WORDS = {
    "sqs": "SQS queue",
    "sns": "SNS topic",
    "s3": "S3 bucket",
    "events": "EventBridge bus",
    "lambda": "Lambda function",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_destination_that_exists_passes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(), monkeypatch) as found:
        result = found(row(on_failure=f"{kind}:kept"), look="targets")
        assert result.empty
        assert (result.attrs["layers"], result.attrs["requests"]) == ("settings,targets", 1)


@pytest.mark.parametrize("kind", CREATE)
def test_a_destination_that_does_not_exist_is_dangling(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(), monkeypatch) as found:
        [one] = found(row(on_failure=f"{kind}:lost"), look="targets").to_dict("records")
    taken = ": anyone can create it and receive the payloads" if kind == "s3" else ""
    assert one["finding"] == f"its on-failure destination, the {WORDS[kind]} lost, does not exist{taken}"
    assert (one["check"], one["fix"], one["fix_kind"]) == ("dangling-destination", CREATE[kind], "aws")
    assert one["severity"] == ("critical" if kind == "s3" else "high")


def test_a_missing_function_is_replaced_by_the_usual_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(), monkeypatch) as found:
        rows = [row("a", on_failure="lambda:lost"), row("b", on_failure="sqs:kept"), row("c", on_success="lambda:lost")]
        result = found(*rows, look="targets", checks="dangling-destination")
    line = "arn:aws:lambda:us-east-1:123456789012:function"
    assert result.fix.tolist() == [
        f"%eic update {line}:a:$LATEST --on-failure sqs:kept",
        f"%eic update {line}:c:$LATEST --on-success none",
    ]


def test_a_dead_letter_queue_may_be_missing_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(), monkeypatch) as found:
        result = found(row(dead_letter="sqs:lost"), look="targets")
    assert result.finding.tolist() == ["its dead-letter queue, the SQS queue lost, does not exist"]


def test_the_line_that_creates_a_bucket_elsewhere_names_its_location(monkeypatch: pytest.MonkeyPatch) -> None:
    location = "--create-bucket-configuration LocationConstraint=eu-west-1"
    with serving(a_shop(), monkeypatch) as found:
        result = found(row(region="eu-west-1", on_failure="s3:lost"), look="targets")
    [line] = result.fix
    assert line == f"{CREATE['s3'].replace('us-east-1', 'eu-west-1')} {location}"


def test_a_bucket_of_another_account_is_critical(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(buckets={"taken": "210987654321"}), monkeypatch) as found:
        [one] = found(row(on_failure="s3:taken"), look="targets").to_dict("records")
    assert one["severity"] == "critical"
    assert one["finding"] == (
        "its on-failure destination, the S3 bucket taken, belongs to an account other than 123456789012"
    )


def test_a_destination_is_asked_once_however_many_functions_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    account = a_shop()
    with serving(account, monkeypatch) as found:
        rows = [row(f"f{number}", on_failure="sqs:kept", dead_letter="sns:kept") for number in range(20)]
        result = found(*rows, look="targets")
    assert dict(account.asked) == {"sqs:GetQueueAttributes": 1, "sns:GetTopicAttributes": 1}
    assert result.attrs["requests"] == 2


def test_a_queue_that_keeps_failures_briefly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    queues = {"short": {"MessageRetentionPeriod": "3600"}, "default": {"MessageRetentionPeriod": "345600"}}
    with serving(a_shop(queues=queues), monkeypatch) as found:
        rows = [
            row("a", on_failure="sqs:short"),
            row("b", on_failure="sqs:default"),
            row("c", on_success="sqs:short", dead_letter="sqs:default"),
        ]
        [one] = found(*rows, look="targets", checks="short-retention").to_dict("records")
    assert one["finding"] == "its on-failure destination, the SQS queue short, keeps a record for only 1 hour"
    assert one["fix"].startswith("aws sqs set-queue-attributes --queue-url http://127.0.0.1:")
    assert one["fix"].endswith("/123456789012/short --region us-east-1 --attributes MessageRetentionPeriod=1209600")


BUSES: list[tuple[str, list[dict[str, str]], str]] = [
    ("no rule", [], "has no rule"),
    ("another pattern", [OTHER_RULE], "has no rule that could match: 1 in all, 1 of them enabled"),
    ("disabled", [{**LAMBDA_RULE, "State": "DISABLED"}], "has no rule that could match: 1 in all, 0 of them enabled"),
    ("schedule", [{"Name": "s", "State": "ENABLED"}], "has no rule that could match: 1 in all, 1 of them enabled"),
]


@pytest.mark.parametrize(("rules", "text"), [bus[1:] for bus in BUSES], ids=[bus[0] for bus in BUSES])
def test_a_bus_without_a_rule_that_could_match_is_unheard(
    rules: list[dict[str, str]], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(a_shop(buses={"shop": rules}), monkeypatch) as found:
        [one] = found(row(on_failure="events:shop"), look="targets").to_dict("records")
    assert (one["check"], one["severity"]) == ("unheard-bus", "low")
    assert one["finding"] == f"its on-failure destination, the EventBridge bus shop, {text}"
    assert one["fix"] == (
        "aws events put-rule --name lambda-records --event-bus-name shop "
        """--event-pattern '{"source": ["aws.lambda", "lambda"]}' --region us-east-1"""
    )


DENIED = [
    ("sqs:GetQueueAttributes", "sqs:kept"),
    ("sns:GetTopicAttributes", "sns:kept"),
    ("s3:ListBucket", "s3:kept"),
    ("events:ListRules", "events:kept"),
    ("lambda:GetFunctionConfiguration", "lambda:kept"),
]


@pytest.mark.parametrize(("action", "target"), DENIED)
def test_a_denied_destination_is_not_checked(action: str, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(denied={action}), monkeypatch) as found:
        result = found(row(on_failure=target), look="targets")
    [one] = result.to_dict("records")
    assert (one["check"], one["severity"], one["fix_kind"]) == ("not-checked", "medium", "iam")
    assert f"{action} is denied" in one["finding"]
    assert json.loads(one["fix"]) == {"Effect": "Allow", "Action": action, "Resource": "*"}
    assert result.attrs["unreadable"] == "targets"


def test_a_destination_in_an_account_without_a_connection_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(), monkeypatch) as found:
        result = found(row(on_failure=arn("sqs:far", account_id="210987654321")), look="targets", checks="not-checked")
    assert ["no connection reaches account 210987654321" in text for text in result.finding] == [True]
    assert result.fix.tolist() == ["pass a connection to it too: connections=[…]"]


def test_a_bucket_that_may_not_be_read_may_be_another_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(denied={"s3:ListBucket"}), monkeypatch) as found:
        [text] = found(row(on_failure="s3:kept"), look="targets").finding
    assert text == (
        "targets not read: s3:ListBucket is denied, or the bucket does not belong to account 123456789012: "
        "arn:aws:s3:::kept"
    )


def test_a_fifo_queue_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(a_shop(), monkeypatch) as found:
        result = found(row(on_failure="sqs:orders.fifo"), look="targets", checks="dangling-destination")
    assert result.empty
    assert result.attrs["requests"] == 0


def test_a_queue_that_does_not_exist_is_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row("a"), row("b", on_failure="sqs:lost"), row("c", on_failure="sqs:lost"), row("d", on_failure="sqs:kept")]
    with serving(a_shop(), monkeypatch) as found:
        before, after = (found(*rows, look=look, checks="nowhere-to-go") for look in ("settings", "targets"))
    assert [result.fix.item().rpartition(" ")[2] for result in (before, after)] == ["sqs:lost", "sqs:kept"]
