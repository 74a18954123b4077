from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from eicnb.frames import words
from eicnb.frames.words import Cell, Row, Wording, text_of
from eicnb.model.age import compact

HOME = {"region": "us-east-1", "account_id": "123456789012"}
AGE = "maximum_event_age_in_seconds"


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("on_failure_type", "sns", "SNS topic"),
        ("on_failure_type", "s3", "S3 bucket"),
        ("on_success_type", "lambda", "Lambda function"),
        ("on_success_type", "events", "EventBridge bus"),
        ("on_success_type", "kafka", "kafka"),
        ("function_name", "sqs", "sqs"),
        ("configured", True, "yes"),
        ("configured", False, "no"),
        ("last_modified", datetime(2026, 11, 1, 12, 0, 0, 5000, tzinfo=UTC), "2026-11-01 12:00:00 UTC"),
        ("error", "a\tb\x1b\u202ec", "a b\ufffd\ufffdc"),
        ("anything", None, "<NA>"),
        ("anything", 1.5, "1.5"),
    ],
)
def test_the_display_words_each_value(column: str, value: Any, word: str) -> None:
    assert text_of(column, value) == word


@pytest.mark.parametrize(
    ("arn", "shown"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:shop-failures", "sqs shop-failures"),
        ("arn:aws:sqs:us-east-1:123456789012:orders.fifo", "sqs orders.fifo"),
        ("arn:aws:sns:us-east-1:123456789012:alerts", "sns alerts"),
        ("arn:aws:lambda:us-east-1:123456789012:function:triage:live", "lambda triage:live"),
        ("arn:aws:events:us-east-1:123456789012:event-bus/shop", "events shop"),
        ("arn:aws:s3:::lost-events", "s3 lost-events"),
        ("arn:aws:sqs:eu-west-1:123456789012:shop-failures", None),
        ("arn:aws:sqs:us-east-1:210987654321:shop-failures", None),
        ("arn:aws-cn:sqs:cn-north-1:123456789012:shop-failures", None),
        ("arn:aws:kafka:us-east-1:123456789012:cluster/a", None),
        ("not an ARN", None),
    ],
)
def test_a_destination_is_kind_and_name_or_an_arn_elsewhere(arn: str, shown: str | None) -> None:
    cell = words.target("on_failure")(Row({"on_failure": arn, **HOME}))
    assert cell == (Cell(arn) if shown is None else Cell(shown, arn))


def test_the_account_and_region_of_a_row_may_be_only_in_its_arn() -> None:
    own = {"function_arn": "arn:aws:lambda:us-east-1:123456789012:function:checkout:live"}
    queue = "arn:aws:sqs:us-east-1:123456789012:lost"
    assert words.target("on_failure")(Row({"on_failure": queue, **own})).text == "sqs lost"
    assert words.target("on_failure")(Row({"on_failure": queue})).text == queue


def test_a_role_is_its_name() -> None:
    arn = "arn:aws:iam::123456789012:role/service/shop"
    assert words.target("role_arn")(Row({"role_arn": arn, **HOME})) == Cell("shop", arn)


RETRIES, AGES = words.setting("maximum_retry_attempts", 2), words.setting(AGE, 21600, number_format=compact)
EFFECTIVE = words.setting("maximum_retry_attempts", 2, effective="effective_retry_attempts")


@pytest.mark.parametrize(
    ("wording", "values", "text"),
    [
        (RETRIES, {"maximum_retry_attempts": 0}, "0"),
        (RETRIES, {"maximum_retry_attempts": None}, "2 (default)"),
        (EFFECTIVE, {"maximum_retry_attempts": None, "effective_retry_attempts": 2}, "2 (default)"),
        (EFFECTIVE, {"maximum_retry_attempts": 1, "effective_retry_attempts": 1}, "1"),
        (AGES, {AGE: None}, "6 h (default)"),
        (AGES, {AGE: 21600}, "6 h"),
        (AGES, {AGE: 5400.0}, "1 h 30 min"),
        (AGES, {AGE: "soon"}, "soon"),
        (words.duration("timeout"), {"timeout": 900}, "15 min"),
        (words.share("lost_share"), {"lost_share": 0.125}, "12.5%"),
        (words.last_part("by"), {"by": "arn:aws:sts::123456789012:assumed-role/ops/mia"}, "mia"),
        (words.moment("time"), {"time": datetime(2026, 11, 1, 12, 5, 9, tzinfo=UTC)}, "2026-11-01 12:05"),
        (words.function, {"function_name": "f", "qualifier": "$LATEST"}, "f:$LATEST"),
        (words.function, {"function_name": "f", "qualifier": None}, "f"),
        (words.reason("why"), {"why": "nowhere-to-go"}, "✗ nowhere-to-go"),
        (words.reason("why"), {"why": "events are lost"}, "events are lost"),
    ],
)
def test_values_in_words(wording: Wording, values: dict[str, Any], text: str) -> None:
    assert wording(Row(values)).text == text


@pytest.mark.parametrize("wording", [RETRIES, words.target("on_failure"), words.in_full("on_failure")])
def test_an_unread_setting_is_not_shown_as_unset(wording: Wording) -> None:
    values = {"maximum_retry_attempts": None, "on_failure": None, "scan_state": "denied"}
    assert wording(Row(values)) == Cell("not read", tone="quiet")


@pytest.mark.parametrize("wording", [RETRIES, words.target("on_failure"), words.in_full("on_failure")])
def test_a_setting_of_a_deleted_config_stands_out(wording: Wording) -> None:
    queue = "arn:aws:sqs:us-east-1:123456789012:lost"
    cell = wording(Row({"maximum_retry_attempts": 1, "on_failure": queue, **HOME}, is_removed=True))
    assert cell.text.endswith(" (removed)")
    assert cell.tone == "removed"


@pytest.mark.parametrize(
    ("state", "cell"),
    [
        ("ok", Cell("✓ ok", tone="good")),
        ("throttled", Cell("! throttled", tone="warning")),
        ("critical", Cell("✗✗ critical", tone="bad")),
        ("something newer", Cell("· something newer", tone="neutral")),
        (None, Cell("not read")),
    ],
)
def test_a_state_has_a_sign_and_a_tone(state: str | None, cell: Cell) -> None:
    assert words.state("scan_state")(Row({"scan_state": state})) == cell
