"""When Lambda retries an event, and which retries its maximum age leaves time for."""

from __future__ import annotations

import pytest

from eicnb.model.limits import EVENT_AGE_IN_SECONDS
from eicnb.model.timeline import age_for, attempts, retries_within

CASES = [
    # maximum age, retries, seconds a run takes, retries that happen
    (60, 2, 0, 0),
    (61, 2, 0, 1),
    (90, 2, 0, 1),
    (180, 2, 0, 1),
    (181, 2, 0, 2),
    (90, 1, 29, 1),
    (90, 1, 30, 0),
    (300, 2, 60, 1),
    (301, 2, 60, 2),
    (21600, 0, 900, 0),
    (21600, 2, 900, 2),
]


@pytest.mark.parametrize(("age", "retries", "run", "happen"), CASES)
def test_a_retry_happens_if_the_age_exceeds_the_waits_and_the_runs_before_it(
    age: int, retries: int, run: int, happen: int
) -> None:
    assert retries_within(age, retries, run) == happen


@pytest.mark.parametrize("retries", [1, 2])
@pytest.mark.parametrize("run", [0, 3, 60, 900])
def test_the_proposed_age_leaves_time_for_all_retries_and_is_one_that_aws_allows(retries: int, run: int) -> None:
    age = age_for(retries, run)
    assert retries_within(age, retries, run) == retries
    assert age in EVENT_AGE_IN_SECONDS


@pytest.mark.parametrize(
    ("age", "retries", "timeout", "happens"),
    [
        (60, 2, 30, ["always", "never", "never"]),
        (90, 2, 30, ["always", "if runs are short", "never"]),
        (21600, 2, 900, ["always", "always", "always"]),
        (200, 2, 30, ["always", "always", "if runs are short"]),
        (60, 0, 3, ["always"]),
    ],
)
def test_a_retry_happens_always_or_never_or_only_after_short_runs(
    age: int, retries: int, timeout: int, happens: list[str]
) -> None:
    assert [attempt.happens for attempt in attempts(age, retries, timeout)] == happens
