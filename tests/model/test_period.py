from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from eicnb.errors import UsageError
from eicnb.model.period import Period

NOW = datetime(2026, 11, 26, 12, 30, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "start", "step"),
    [
        ("7d", "2026-11-19T12:30:00+00:00", 86400),
        ("24h", "2026-11-25T12:30:00+00:00", 86400),
        ("12h", "2026-11-26T00:30:00+00:00", 3600),
        ("30m", "2026-11-26T12:00:00+00:00", 60),
        ("16d", "2026-11-10T12:30:00+00:00", 86400),
        ("9w", "2026-09-24T12:30:00+00:00", 86400),
        ("64d", "2026-09-23T12:00:00+00:00", 86400),
        ("455d", "2025-08-28T12:00:00+00:00", 86400),
        ("2026-11-25", "2026-11-25T00:00:00+00:00", 86400),
        ("2026-11-26T14:00:00+02:00", "2026-11-26T12:00:00+00:00", 60),
        (datetime(2026, 11, 26, 12, tzinfo=UTC), "2026-11-26T12:00:00+00:00", 60),
        (date(2026, 11, 26), "2026-11-26T00:00:00+00:00", 3600),
        (timedelta(hours=12), "2026-11-26T00:30:00+00:00", 3600),
        (pd.Timestamp("2026-11-26T12:00:00Z"), "2026-11-26T12:00:00+00:00", 60),
    ],
)
def test_a_period_starts_at_a_data_point_and_has_few_of_them(since: Any, start: str, step: int) -> None:
    period = Period.parse(since, None, now=NOW)
    assert (period.since.isoformat(), period.step) == (start, step)
    assert period.until == NOW


@pytest.mark.parametrize(
    ("since", "until", "step"),
    [
        ("20d", timedelta(days=20) - timedelta(minutes=30), 300),
        ("100d", timedelta(days=100) - timedelta(minutes=30), 3600),
    ],
)
def test_older_points_have_the_resolution_that_cloudwatch_keeps(since: str, until: Any, step: int) -> None:
    assert Period.parse(since, until, now=NOW).step == step


@pytest.mark.parametrize(
    ("since", "until", "message", "hint"),
    [
        ("2026-11-27", None, "since is '2026-11-27', which is in the future", "7d"),
        ("456d", None, "since is '456d', but CloudWatch keeps metrics for 455 days", "455d"),
        ("7d", "2027-01-01", "until is '2027-01-01', which is in the future", "leave until out"),
        ("7d", "8d", "until is '8d', which is not after since", "give a later until"),
        ("0d", None, "since is '0d', which is in the future", "7d"),
    ],
)
def test_an_impossible_period_is_refused(since: Any, until: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Period.parse(since, until, now=NOW)
    assert str(caught.value) == f"{message}\nTry: {hint}"


@pytest.mark.parametrize("since", ["soon", 7, None, pd.NaT, "", "7x"])
def test_a_text_that_is_not_a_time_is_refused(since: Any) -> None:
    with pytest.raises(UsageError, match="which is not a time"):
        Period.parse(since, None, now=NOW)


def test_a_period_has_a_start_and_an_end() -> None:
    period = Period.parse("7d", "1d", now=NOW)
    assert period.has(period.since)
    assert period.has(period.until)
    assert not period.has(NOW)
    assert not period.has(None)
