"""Mutes: the findings that a team accepts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from eicnb.errors import ChecksFailed, UsageError
from tests.fleet.checks.audits import row
from tests.fleet.checks.test_table import DENIED, found

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ACCEPTED = {"check": "nowhere-to-go", "functions": "news*", "reason": "no one misses them"}


def test_a_muted_finding_stays_in_the_frame_with_its_reason_and_is_counted_apart() -> None:
    result = found(row("newsletters"), row("orders"), mute=pd.DataFrame([ACCEPTED]), now=NOW)
    assert result.set_index("function_name").muted.dropna().to_dict() == {"newsletters": "no one misses them"}
    assert (result.attrs["high"], result.attrs["muted"]) == (1, 1)


def test_a_muted_finding_trips_no_fail_on() -> None:
    result = found(row("newsletters"), mute=[ACCEPTED], fail_on="info", now=NOW)
    assert len(result) == 1


@pytest.mark.parametrize("expiry", ["2026-11-25", "2026-11-26T00:00:00+00:00", pd.Timestamp("2026-11-01")])
def test_an_expired_mute_no_longer_counts_and_is_a_finding(expiry: Any) -> None:
    result = found(row("newsletters"), mute=[{**ACCEPTED, "expiry": expiry}], now=NOW)
    assert result.check.tolist() == ["nowhere-to-go", "expired-mute"]
    assert result.muted.isna().all()
    assert result.finding.iloc[1].startswith("the mute of nowhere-to-go for news* expired on 2026-11-")


def test_a_mute_counts_until_its_expiry() -> None:
    result = found(row("newsletters"), mute=[{**ACCEPTED, "expires": "2026-11-27"}], now=NOW)
    assert result.check.tolist() == ["nowhere-to-go"]


def test_what_was_not_read_cannot_be_muted() -> None:
    everything = {"check": "*", "functions": "*", "reason": "quiet"}
    with pytest.raises(ChecksFailed):
        found(row(**DENIED), mute=[everything], fail_on="critical", now=NOW)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"check": "nowhere"}, "entry 1 of mute: there is no check 'nowhere'"),
        ({"check": "not-read"}, "entry 1 of mute: a row that was not read cannot be muted"),
        ({"reason": None}, "entry 1 of mute: it has no reason"),
        ({"functions": None}, "entry 1 of mute: it has no functions"),
        ({"expiry": "soon"}, "entry 1 of mute: its expiry is 'soon', not a date"),
    ],
)
def test_a_wrong_mute_is_a_usage_error(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        found(row(), mute=[{**ACCEPTED, **change}], now=NOW)
    assert caught.value.message == message
