"""House rules: the settings that a team prescribes for its functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eicnb.errors import UsageError
from eicnb.fleet.checks.rules import HouseRule, rules_in
from tests.fleet.checks.audits import row
from tests.fleet.checks.test_table import found

YAML = """\
- functions: payments-*
  maximum_retry_attempts: 0
  maximum_event_age_in_seconds: 1h
  on_failure: sqs:*
  severity: high
  reason: a payment must not run twice
"""
WANTED = HouseRule(
    functions="payments-*",
    retries=0,
    age=3600,
    on_failure="sqs:*",
    severity="high",
    reason="a payment must not run twice",
)


def test_rules_come_from_a_yaml_file_a_frame_or_a_list(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(YAML)
    values = {
        "functions": ["payments-*"],
        "maximum_retry_attempts": [0],
        "maximum_event_age_in_seconds": [3600.0],
        "on_failure": ["sqs:*"],
        "on_success": [None],
        "severity": ["high"],
        "reason": ["a payment must not run twice"],
    }
    for given in (path, str(path), pd.DataFrame(values), pd.DataFrame(values).dropna(axis=1).to_dict("records")):
        assert rules_in(given) == (WANTED,)


def test_a_row_without_a_qualifier_meets_only_rules_for_all() -> None:
    rules = [{"functions": "*", "maximum_retry_attempts": 0}, {"functions": "*", "qualifiers": "l*", "on_failure": "*"}]
    result = found({**row(retries=1), "qualifier": None}, rules=rules)
    assert result[result.check == "house-rule"].finding.tolist() == ["its retries are 1, not 0"]


def test_each_breach_is_a_finding_with_the_line_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(YAML)
    kept = row("payments-b", retries=0, age=3600, on_failure="sqs:kept")
    result = found(row("payments-a", retries=1, on_failure="sns:alerts"), kept, row("other"), rules=path)
    result = result[result.check == "house-rule"]
    subject = "%eic update arn:aws:lambda:us-east-1:123456789012:function:payments-a:$LATEST"
    assert dict(zip(result.finding, result.fix, strict=True)) == {
        "its retries are 1, not 0": f"{subject} --retries 0",
        "its maximum age is 6h, not 1h": f"{subject} --max-age 1h",
        "its on-failure is arn:aws:sns:us-east-1:123456789012:alerts, not sqs:*": f"{subject} --on-failure sqs:kept",
    }
    assert set(result.severity) == {"high"}
    assert set(result.why) == {"a payment must not run twice"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"on_failure": "sqs:*"}, "entry 1 of rules: it has no functions\nTry: functions: payments-*"),
        (
            {"functions": "a"},
            "entry 1 of rules: it prescribes nothing\nTry: maximum_retry_attempts: 0, or on_failure: sqs:*",
        ),
        (
            {"functions": "a", "on_fail": "none"},
            "entry 1 of rules has 'on_fail', which is not one of its values\nTry: on_failure",
        ),
        (
            {"functions": "a", "maximum_retry_attempts": 3},
            (
                "entry 1 of rules: the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2\n"
                "Try: give a whole number: 0, 1 or 2"
            ),
        ),
        (
            {"functions": "a", "on_success": "s3:my-bucket"},
            (
                "entry 1 of rules: its on_success is 's3:my-bucket', an S3 bucket, which can be a destination on "
                "failure only\nTry: on_failure: s3:my-bucket"
            ),
        ),
        (
            {"functions": 7, "on_failure": "none"},
            "entry 1 of rules: its functions is 7, not text\nTry: functions: TEXT",
        ),
    ],
)
def test_a_wrong_rule_is_a_usage_error_that_names_it(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        rules_in([entry])
    assert str(caught.value).partition("\nSee: ")[0] == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- functions: [a\n", "line 2: this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("functions: a\n", "contains a mapping, not a list"),
    ],
)
def test_invalid_yaml_is_a_usage_error_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        rules_in(path)
    assert message in caught.value.message
    assert str(path) in caught.value.message


def test_a_missing_file_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as caught:
        rules_in("nowhere.yaml")
    assert (
        str(caught.value)
        == "'nowhere.yaml' cannot be read: No such file or directory\nTry: name a YAML file: rules.yaml"
    )
