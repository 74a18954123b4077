"""The losses of an audit's rows, from a table of metrics."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from eicnb.client.connect import connect
from eicnb.client.eic import connection_of
from eicnb.errors import AccessDenied, UsageError
from eicnb.fleet.losses import LOSS_COLUMNS, losses
from eicnb.frames.frame import Frame
from tests.answering import Answering
from tests.fleet.checks.audits import audit_of, row
from tests.fleet.checks.aws_account import AwsAccount

NOW = datetime.now(UTC)
LATELY = NOW - timedelta(days=1)
DENIED = {"scan_state": "denied", "error": "AccessDeniedException"}
NA = None


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", "AKIDTEST"), ("SECRET_ACCESS_KEY", "secret"), ("MAX_ATTEMPTS", "1")):
        monkeypatch.setenv(f"AWS_{name}", value)


def lost(account: AwsAccount, *rows: Any, **options: Any) -> Frame:
    """Return the losses of rows or of a frame, from the metrics of an account."""
    with Answering(account) as server:
        aws = connection_of(connect(region="us-east-1", endpoint_url=server.url)).aws
        frame = rows[0] if rows and not isinstance(rows[0], dict) else audit_of(*rows)
        return losses(frame, connections=[aws], show=lambda _: None, **{"rate": 10_000, **options})


def points(**counts: float) -> dict[str, list[float]]:
    """Return the metrics of the function `f`, whose events all fall in the second step."""
    names = {
        "received": "AsyncEventsReceived",
        "dropped": "AsyncEventsDropped",
        "age": "AsyncEventAge",
        "failed": "DestinationDeliveryFailures",
        "dead": "DeadLetterErrors",
    }
    return {f"{names[name]} f": [0, count] for name, count in counts.items()}


QUEUE = {"on_failure": "sqs:kept"}
DLQ = {"dead_letter": "sqs:kept"}


@pytest.mark.parametrize(
    ("given", "counted", "expected"),
    [
        ({}, {"received": 10, "dropped": 4, "age": 1500}, (10, 4, 0, 0, 4, 0.4, 2, "nowhere-to-go")),
        (QUEUE, {"received": 10, "dropped": 4}, (10, 4, 0, 0, 0, 0.0, NA, "kept")),
        (QUEUE, {"received": 10, "dropped": 4, "failed": 3}, (10, 4, 3, 0, 3, 0.3, NA, "destination-fails")),
        (DLQ, {"received": 10, "dropped": 4}, (10, 4, 0, 0, 0, 0.0, NA, "kept")),
        (DLQ, {"received": 10, "dropped": 4, "dead": 1}, (10, 4, 0, 1, 1, 0.1, NA, "destination-fails")),
        (
            {**QUEUE, **DLQ},
            {"received": 10, "dropped": 4, "failed": 2, "dead": 1},
            (10, 4, 2, 1, 3, 0.3, NA, "destination-fails"),
        ),
        (
            {"on_success": "sns:heard"},
            {"received": 10, "dropped": 1, "failed": 5},
            (10, 1, 5, 0, 1, 0.1, NA, "nowhere-to-go"),
        ),
        ({}, {"received": 10}, (10, 0, 0, 0, 0, 0.0, NA, "kept")),
        ({}, {}, (0, 0, 0, 0, 0, NA, NA, "no-events")),
        ({}, {"dropped": 2}, (0, 2, 0, 0, 2, NA, NA, "nowhere-to-go")),
        ({"retries": 0, "last_modified": LATELY}, {"received": 10, "dropped": 4}, (10, 4, 0, 0, NA, NA, NA, NA)),
        ({"retries": 0, "last_modified": LATELY}, {}, (0, 0, 0, 0, NA, NA, NA, "no-events")),
        (DENIED, {"received": 10, "dropped": 4}, (NA, NA, NA, NA, NA, NA, NA, "not-read")),
    ],
)
def test_a_row_has_its_losses(given: dict[str, Any], counted: dict[str, float], expected: tuple[Any, ...]) -> None:
    frame = lost(AwsAccount(points=points(**counted)), row(**given))
    names = [column.name for column in LOSS_COLUMNS[2:10]]
    [found] = pd.DataFrame(frame)[names].astype(object).where(frame[names].notna(), None).to_dict("records")
    assert tuple(found.values()) == expected


def test_each_event_counts_once_for_the_qualifier_that_was_invoked() -> None:
    counted: dict[str, list[float]] = {
        **points(received=10, dropped=5, age=9000),
        "AsyncEventsReceived f:live": [6],
        "AsyncEventsDropped f:live": [5],
        "AsyncEventAge f:live": [9000],
    }
    frame = lost(AwsAccount(points=counted), row(**QUEUE), row(qualifier="live"))
    assert frame.qualifier.tolist() == ["live", "$LATEST"]
    assert frame.received.tolist() == [6, 4]
    assert frame.lost.tolist() == [5, 0]
    assert frame.oldest_seconds.tolist() == [9, pd.NA]


def test_the_losses_over_time_add_up_to_those_of_the_rows() -> None:
    account = AwsAccount(points={**points(dropped=4), "AsyncEventsDropped f:live": [0, 1]})
    frame = lost(account, row("f"), row("f", "live", **QUEUE))
    series = json.loads(frame.attrs["series"])
    assert series["step"] == 86400
    assert sum(series["lost"]) == frame.lost.sum() == 3
    assert json.loads(lost(AwsAccount(), row("f")).attrs["series"])["lost"] == [0] * len(series["lost"])


def test_the_most_losses_come_first_and_unknown_ones_last() -> None:
    counted: dict[str, list[float]] = {"AsyncEventsDropped a": [1], "AsyncEventsDropped b": [7]}
    changed = row("c", retries=0, last_modified=LATELY)
    frame = lost(AwsAccount(points=counted), row("a"), row("b"), changed, row("d"), row("e", **DENIED))
    assert frame.function_name.tolist() == ["b", "a", "d", "c", "e"]


def test_a_denied_region_stays_a_row() -> None:
    denied = row(None, None, region="eu-west-1", configured=None, **DENIED)
    frame = lost(AwsAccount(points=points(received=1)), row(), denied)
    assert frame.region.tolist() == ["us-east-1", "eu-west-1"]
    assert frame.why.tolist() == ["kept", "not-read"]


def test_the_columns_and_dtypes_are_fixed_also_when_it_is_empty() -> None:
    for rows in ([], [row()]):
        frame = lost(AwsAccount(), *rows)
        assert [*frame.columns] == [column.name for column in LOSS_COLUMNS]
        assert [str(dtype) for dtype in frame.dtypes] == [column.dtype for column in LOSS_COLUMNS]


def test_the_frame_states_its_period_and_its_requests() -> None:
    now = datetime(2026, 11, 26, 12, 30, 40, tzinfo=UTC)
    frame = lost(AwsAccount(), row(), since="2d", now=now)
    assert frame.attrs["since"] == "2026-11-24T12:30:00Z"
    assert frame.attrs["until"] == "2026-11-26T12:30:40Z"
    assert (frame.attrs["period"], frame.attrs["requests"], frame.attrs["qualifiers"]) == (86400, 1, "all")
    assert frame.attrs["metrics"].startswith("AsyncEventsReceived,AsyncEventsDropped,")
    assert "2026-11-24T12:30:00Z to 2026-11-26T12:30:40Z; CloudWatch lags by some minutes" in repr(frame)


@pytest.mark.parametrize(("qualifiers", "lacks"), [("all", False), ("configured", True)])
def test_the_frame_says_that_aliases_were_not_audited(qualifiers: str, *, lacks: bool) -> None:
    frame = lost(AwsAccount(), audit_of(row(), qualifiers=qualifiers))
    words = "aliases missing from the audit count as $LATEST: audit with --qualifiers all"
    assert (words in repr(frame)) == lacks


def test_500_metrics_take_one_request() -> None:
    account = AwsAccount()
    frame = lost(account, *(row(f"f{number}", **QUEUE, **DLQ) for number in range(101)))
    assert account.asked["cloudwatch:GetMetricData"] == frame.attrs["requests"] == 2


def test_a_denied_action_is_named_and_the_rows_stay() -> None:
    with pytest.raises(AccessDenied, match="cloudwatch:GetMetricData") as caught:
        lost(AwsAccount(denied={"cloudwatch:GetMetricData"}), row(), row("g"))
    assert caught.value.result.why.tolist() == ["not-read", "not-read"]
    assert caught.value.result.attrs["unreadable"] == "cloudwatch:GetMetricData is denied"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": "tomorrow"}, "since is 'tomorrow', which is not a time"),
        ({"since": "456d"}, "since is '456d', but CloudWatch keeps metrics for 455 days"),
        ({"since": NOW + timedelta(days=1)}, "in the future"),
        ({"rate": 0}, "the rate is 0"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(options: dict[str, Any], message: str) -> None:
    account = AwsAccount()
    with pytest.raises(UsageError) as caught:
        lost(account, row(), **options)
    assert message in caught.value.message
    assert not account.asked


def test_a_frame_that_is_not_an_audit_is_rejected_with_its_missing_columns() -> None:
    frame = audit_of(row()).drop(columns=["last_modified", "scan_state"])
    with pytest.raises(UsageError, match=r"^the frame has no columns 'last_modified', 'scan_state'"):
        losses(frame, show=lambda _: None)
    with pytest.raises(UsageError) as caught:
        losses([], show=lambda _: None)
    assert str(caught.value) == "a list is not the frame of an audit\nTry: eicnb.losses(eicnb.audit())"


def test_an_audit_from_a_file_works(tmp_path: Any) -> None:
    path = tmp_path / "audit.csv"
    audit_of(row(**QUEUE), row("g")).to_csv(path, index=False)
    frame = lost(AwsAccount(points=points(received=3, dropped=1)), pd.read_csv(path))
    assert frame.why.tolist() == ["kept", "no-events"]
