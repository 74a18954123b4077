"""The checks of a week of metrics: what passes, what fails, and what could not be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fleet.checks.audits import row
from tests.fleet.checks.aws_account import AwsAccount, serving

NOW = datetime.now(UTC)
DAY = 86_400.0
F = "arn:aws:lambda:us-east-1:123456789012:function:f"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:kept"
CAUSE = "find the cause: %eic check ${audit} --look targets,roles"
LONGER = (
    "aws sqs set-queue-attributes --queue-url http://127.0.0.1/123456789012/kept "
    "--region us-east-1 --attributes MessageRetentionPeriod=1209600"
)
CREATE = (
    "aws sqs create-queue --queue-name lambda-failures --attributes MessageRetentionPeriod=1209600 --region us-east-1"
)

KEPT = {"on_failure": "sqs:kept"}
LATELY = {"last_modified": NOW - timedelta(days=6)}
LONG_AGO = {"last_modified": NOW - timedelta(days=8)}

CASES: list[tuple[str, dict[str, Any], dict[str, list[float | None]], tuple[str, str, str, str] | None]] = [
    (
        "dropped with nowhere to go",
        {},
        {"AsyncEventsDropped f": [1, 2]},
        ("critical", "losing-events", "3 events dropped in the last 7 days, with nowhere to go", CREATE),
    ),
    ("nothing dropped", {}, {}, None),
    ("dropped, and kept in a queue", KEPT, {"AsyncEventsDropped f": [3]}, None),
    ("dropped, and kept in a dead-letter queue", {"dead_letter": "sqs:kept"}, {"AsyncEventsDropped f": [3]}, None),
    ("the config changed within the week", {"retries": 0, **LATELY}, {"AsyncEventsDropped f": [3]}, None),
    (
        "the config changed before the week",
        {"retries": 0, **LONG_AGO},
        {"AsyncEventsDropped f": [1]},
        ("critical", "losing-events", "1 event dropped in the last 7 days, with nowhere to go", CREATE),
    ),
    (
        "the destination fails",
        KEPT,
        {"DestinationDeliveryFailures f": [1]},
        (
            "critical",
            "destination-fails",
            "1 record not accepted by its on-failure destination in the last 7 days",
            CAUSE,
        ),
    ),
    (
        "the dead-letter queue fails",
        {"dead_letter": "sqs:kept"},
        {"DeadLetterErrors f": [2]},
        ("critical", "destination-fails", "2 records not accepted by its dead-letter queue in the last 7 days", CAUSE),
    ),
    (
        "the destination failed before the config changed",
        {**KEPT, **LATELY},
        {"DestinationDeliveryFailures f": [1]},
        None,
    ),
    (
        "an event nearly grew too old",
        {**KEPT, "age": 60},
        {"AsyncEventAge f": [1000, 48000]},
        (
            "high",
            "queue-near-expiry",
            "an event waited 48 s in the last 7 days; Lambda drops it after 1 minute",
            f"%eic update {F}:$LATEST --max-age 2m",
        ),
    ),
    ("events are young", {**KEPT, "age": 60}, {"AsyncEventAge f": [47000]}, None),
    (
        "an event nearly grew too old by AWS's default",
        {**KEPT},
        {"AsyncEventAge f": [20000000]},
        (
            "high",
            "queue-near-expiry",
            "an event waited 5 h 33 min in the last 7 days; Lambda drops it after 6 hours",
            "let more events run at once: raise the function's reserved concurrency, or the account's quota",
        ),
    ),
    (
        "nobody reads the queue",
        KEPT,
        {"ApproximateAgeOfOldestMessage kept": [0, DAY, 2 * DAY, 3 * DAY]},
        (
            "medium",
            "nobody-reads-it",
            (
                "its on-failure destination, the SQS queue kept, "
                "has had the same oldest message for 3 days; it is 72 h 0 min old"
            ),
            LONGER,
        ),
    ),
    (
        "nobody reads the dead-letter queue",
        {"dead_letter": "sqs:kept"},
        {"ApproximateAgeOfOldestMessage kept": [5, 5, DAY, 2 * DAY, 3 * DAY]},
        (
            "medium",
            "nobody-reads-it",
            (
                "its dead-letter queue, the SQS queue kept, "
                "has had the same oldest message for 3 days; it is 72 h 0 min old"
            ),
            LONGER,
        ),
    ),
    ("the queue is read", KEPT, {"ApproximateAgeOfOldestMessage kept": [3 * DAY, 10, DAY]}, None),
    (
        "the queue has been empty for days",
        KEPT,
        {"ApproximateAgeOfOldestMessage kept": [0, DAY, 2 * DAY, 3 * DAY, None, None]},
        None,
    ),
]


@pytest.mark.parametrize(("given", "points", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_week_of_metrics_is_judged(
    given: dict[str, Any],
    points: dict[str, list[float | None]],
    expected: tuple[str, str, str, str] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checks = ["losing-events", "destination-fails", "queue-near-expiry", "nobody-reads-it"]
    with serving(AwsAccount(points=points), monkeypatch) as found:
        result = found(row(**given), look="metrics", checks=checks)
    fixes = result.fix.str.replace(r"127\.0\.0\.1:\d+", "127.0.0.1", regex=True)
    seen = [*zip(result.severity, result.check, result.finding, fixes, strict=True)]
    assert seen == ([] if expected is None else [expected])
    assert result.attrs["requests"] in {1, 2}


def test_a_queue_is_judged_by_its_retention_if_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount(
        queues={"kept": {"MessageRetentionPeriod": "345600"}},
        points={"ApproximateAgeOfOldestMessage kept": [280_000]},
    )
    with serving(account, monkeypatch) as found:
        assert found(row(**KEPT), look="metrics", checks="nobody-reads-it").empty
        [text] = found(row(**KEPT), look="targets,metrics", checks="nobody-reads-it").finding
        account.points = {"ApproximateAgeOfOldestMessage kept": [280_000, None, None]}
        assert found(row(**KEPT), look="targets,metrics", checks="nobody-reads-it").empty
    assert text == (
        "its on-failure destination, the SQS queue kept, "
        "has a message that is 77 h 46 min old, and deletes it after 96 hours"
    )


def test_each_qualifier_is_judged_by_its_own_events(monkeypatch: pytest.MonkeyPatch) -> None:
    points: dict[str, list[float | None]] = {"AsyncEventsDropped f": [7], "AsyncEventsDropped f:live": [7]}
    with serving(AwsAccount(points=points), monkeypatch) as found:
        result = found(row(), row(qualifier="live"), look="metrics", checks="losing-events")
    assert result.qualifier.tolist() == ["live"]


def test_a_usual_queue_replaces_a_destination_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AwsAccount(points={"DestinationDeliveryFailures f": [1]}), monkeypatch) as found:
        result = found(row(on_failure="sns:lost"), row("g", **KEPT), look="metrics", checks="destination-fails")
    assert result.fix.tolist() == [f"%eic update {F}:$LATEST --on-failure sqs:kept"]


@pytest.mark.parametrize(
    ("account", "reason", "kind"),
    [
        (AwsAccount(denied={"cloudwatch:GetMetricData"}), "cloudwatch:GetMetricData is denied", "iam"),
        (AwsAccount(status="PartialData"), "CloudWatch returned only a part of this metric", "none"),
        (AwsAccount(status="InternalError"), "CloudWatch returned InternalError for this metric", "none"),
    ],
)
def test_metrics_that_cannot_be_read_are_not_checked(
    account: AwsAccount, reason: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(account, monkeypatch) as found:
        result = found(row(**KEPT), look="metrics")
    assert result.check.tolist() == ["not-checked"]
    assert result.finding.tolist() == [f"metrics not read: {reason}: {F}:$LATEST, {QUEUE}"]
    assert (result.fix_kind.tolist(), result.attrs["unreadable"]) == ([kind], "metrics")


def test_a_queue_of_an_account_out_of_reach_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = "arn:aws:sqs:us-east-1:210987654321:theirs"
    with serving(AwsAccount(), monkeypatch) as found:
        result = found(row(on_failure=queue), look="metrics", checks="nobody-reads-it")
    assert result.finding.tolist() == [
        f"metrics not read: no connection reaches account 210987654321 in us-east-1: {queue}"
    ]


def test_the_requests_of_a_large_audit_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    account = AwsAccount()
    rows = [row(f"f{number}", on_failure=f"sqs:q{number % 40}", dead_letter="sqs:q0") for number in range(1000)]
    rows += [row(f"f{number}", "live", on_failure="sqs:q0") for number in range(100)]
    with serving(account, monkeypatch) as found:
        result = found(*rows, look="metrics")
    assert result.attrs["requests"] == account.asked["cloudwatch:GetMetricData"]
    assert result.attrs["requests"] <= 11
