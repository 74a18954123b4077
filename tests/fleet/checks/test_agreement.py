"""The fixes of one row do not conflict: the line of the most severe finding is not undone."""

from __future__ import annotations

from typing import Any

import pytest

from eicnb.frames.frame import Frame
from tests.fleet.checks.audits import row
from tests.fleet.checks.test_table import found

RULE = {"functions": "f", "severity": "critical"}
ITSELF = "lambda:f"


def kinds(result: Frame) -> dict[str, str]:
    """Return the kind of each check's fix."""
    return dict(zip(result.check, result.fix_kind, strict=True))


AGREEING: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    # a row, a rule, the kinds of its fixes
    ({"age": 60, "on_failure": "sqs:q"}, {"maximum_event_age_in_seconds": 120}, {"retries-cannot-happen": "none"}),
    ({"age": 60, "on_failure": "sqs:q"}, {"on_success": "none"}, {"retries-cannot-happen": "eic"}),
    ({"retries": 2, "dead_letter": "sqs:q"}, {"maximum_retry_attempts": 0}, {"says-nothing": "none"}),
    ({"retries": 2, "dead_letter": "sqs:q"}, {"maximum_retry_attempts": 2}, {"says-nothing": "eic"}),
    ({"retries": 2, "dead_letter": "sqs:q.fifo"}, {"maximum_retry_attempts": 2}, {"says-nothing": "none"}),
]


@pytest.mark.parametrize(("values", "rule", "expected"), AGREEING)
def test_a_line_that_undoes_the_one_of_a_more_severe_finding_is_withheld(
    values: dict[str, Any], rule: dict[str, Any], expected: dict[str, str]
) -> None:
    assert expected.items() <= kinds(found(row(**values), rules=[{**RULE, **rule}])).items()


def test_the_words_of_a_line_that_is_withheld_name_the_fix_that_comes_first() -> None:
    result = found(row(age=60, on_failure="sqs:q"), rules=[{**RULE, "maximum_event_age_in_seconds": 120}])
    [words] = result[result.check == "retries-cannot-happen"].fix
    assert words == "apply the fix of house-rule first, since this one would undo it; then check again"


def test_the_line_of_a_muted_finding_withholds_no_other() -> None:
    rule = {**RULE, "maximum_event_age_in_seconds": 120}
    mute = {"check": "house-rule", "functions": "f", "reason": "later"}
    result = found(row(age=60, on_failure="sqs:q"), rules=[rule], mute=[mute])
    assert kinds(result) == {"house-rule": "none", "retries-cannot-happen": "eic"}


def test_a_loop_through_failures_is_left_without_losing_them() -> None:
    rows = [
        row("a", on_failure="lambda:b"),
        row("b", on_failure="lambda:a", dead_letter="sqs:letters"),
        row("c", on_failure="sqs:failures"),
    ]
    result = found(*rows)
    loops = result[result.check == "loop"].set_index("function_name").fix
    assert loops["a"].endswith(":a:$LATEST --on-failure sqs:failures")
    assert loops["b"].endswith(":b:$LATEST --on-failure none")
    [net] = result[result.check == "two-safety-nets"].fix_kind
    assert net == "none"
