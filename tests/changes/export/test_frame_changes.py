"""The changes that the rows of a frame describe, and the rows that can't be written."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.errors import UsageError
from eicnb.frames.columns import CONFIG_COLUMNS

Edit = Callable[[Any], Any]

CONFIG_NAMES = [column.name for column in CONFIG_COLUMNS]


def audit(eic: eicnb.Eic, *names: str, **options: Any) -> Any:
    """The rows of some functions in an audit, as a plain DataFrame."""
    frame = eic.audit(functions=names or None, rate=1000, progress=False, **options)
    return pd.DataFrame(frame)


def arn(eic: eicnb.Eic, name: str = "sessions-cleanup", region: str = "us-east-1") -> str:
    return f"arn:aws:lambda:{region}:{eic.account_id}:function:{name}:$LATEST"


def test_settings_in_a_row_without_a_config_are_a_put(eic: eicnb.Eic) -> None:
    frame = audit(eic, "sessions-cleanup")
    assert frame.configured.tolist() == [False]
    frame["maximum_retry_attempts"] = 0
    line = f"put {arn(eic)} --retries 0 --on-failure none --on-success none"
    assert eicnb.commands_for(frame) == [line]
    assert eicnb.run(line).maximum_retry_attempts.tolist() == [0]


def test_a_row_without_a_config_is_a_delete_that_may_find_none(eic: eicnb.Eic) -> None:
    lines = eicnb.commands_for(audit(eic, "sessions-cleanup"))
    assert lines == [f"delete {arn(eic)} --missing-ok"]
    assert len(eicnb.run(lines)) == 0


def test_a_destination_by_name_is_in_the_rows_own_account_and_region(eic: eicnb.Eic) -> None:
    frame = audit(eic, "checkout-eu", regions="eu-west-1")[:1].assign(on_failure="sqs:lost", on_success="none")
    [line] = eicnb.commands_for(frame)
    queue = f"arn:aws:sqs:eu-west-1:{eic.account_id}:lost"
    assert line.endswith(f" --on-failure {queue} --on-success none --region eu-west-1")


def test_a_whole_audit_restores_the_account_in_every_region(eic: eicnb.Eic) -> None:
    options: dict[str, Any] = {
        "regions": ["us-east-1", "eu-west-1"],
        "qualifiers": "all",
        "rate": 1000,
        "progress": False,
    }
    frame = eic.audit(**options)
    writable = frame[
        ~frame.on_failure.str.endswith(".fifo", na=False)
        & ~frame.on_success.str.endswith(".fifo", na=False)
        & ~frame.role_arn.str.endswith("/shop-topics")
    ]
    lines = eicnb.commands_for(writable)
    assert len(lines) == len(writable)
    assert {line.endswith(" --region eu-west-1") for line in lines if ":eu-west-1:" in line.split()[1]} == {True}
    assert not [line for line in lines if ":us-east-1:" in line.split()[1] and "--region" in line]
    eic.put("sessions-cleanup", maximum_retry_attempts=1)
    eic.delete("my-function:GREEN")
    eic.derive(region="eu-west-1").put("checkout-eu", maximum_retry_attempts=1)
    eicnb.run(lines)
    names = [name for name in frame.columns if name not in {"last_modified", "read_at"}]
    pd.testing.assert_frame_equal(pd.DataFrame(eic.audit(**options))[names], pd.DataFrame(frame)[names])


def test_without_a_region_in_use_each_line_names_its_own(eic: eicnb.Eic) -> None:
    frame = eic.get("my-function:BLUE")
    eicnb.use(eicnb.connect())
    assert eicnb.commands_for(frame)[0].endswith(" --region us-east-1")


def test_an_empty_config_is_a_put_of_none(eic: eicnb.Eic) -> None:
    frame = eic.put("newsletters", destination_config={"OnSuccess": {}})
    assert eicnb.commands_for(frame) == [f"put {arn(eic, 'newsletters')} --on-failure none --on-success none"]


def test_a_repeated_row_is_one_line(eic: eicnb.Eic) -> None:
    frame = eic.get("my-function:BLUE")
    assert len(eicnb.commands_for(pd.concat([frame, frame]))) == 1


UNUSABLE: dict[str, tuple[Edit, str]] = {
    "denied, as a row of configs": (
        lambda frame: frame.assign(scan_state="denied", configured=pd.NA, last_modified=pd.NaT)[CONFIG_NAMES],
        "it has no settings, and its config was not read",
    ),
    "denied": (lambda frame: frame.assign(scan_state="denied"), "its config was not read: denied"),
    "not known": (
        lambda frame: frame.assign(configured=pd.NA),
        "it has no settings, and its config was not read",
    ),
    "another qualifier": (
        lambda frame: frame.assign(qualifier="live"),
        "its qualifier is 'live', but its function_arn has '$LATEST'",
    ),
    "another function": (
        lambda frame: frame.assign(function_name="f"),
        "its function_name is 'f', but its function_arn has 'sessions-cleanup'",
    ),
    "another region": (
        lambda frame: frame.assign(region="eu-west-1"),
        "its region is 'eu-west-1', but its function_arn has 'us-east-1'",
    ),
    "another account": (
        lambda frame: frame.assign(account_id="999999999999"),
        "its account_id is '999999999999', but its function_arn has 'ACCOUNT'",
    ),
    "no qualifier": (
        lambda frame: frame.assign(qualifier=pd.NA),
        "its qualifier is None, but its function_arn has '$LATEST'",
    ),
    "no ARN": (lambda frame: frame.assign(function_arn=pd.NA), "its function_arn: the function name is empty"),
    "settings of a config that is gone": (
        lambda frame: frame.assign(maximum_retry_attempts=0, last_modified=pd.Timestamp("2026-01-01", tz="UTC")),
        "it is not configured, but has settings and was modified",
    ),
    "an impossible age": (
        lambda frame: frame.assign(maximum_event_age_in_seconds=59),
        "the maximum event age is 59, but AWS allows 60 to 21600",
    ),
    "a FIFO queue": (
        lambda frame: frame.assign(on_failure="sqs:orders.fifo"),
        "'orders.fifo' is a FIFO queue, to which Lambda does not deliver records of asynchronous events",
    ),
    "the function itself": (
        lambda frame: frame.assign(on_failure="lambda:sessions-cleanup"),
        (
            "'arn:aws:lambda:us-east-1:ACCOUNT:function:sessions-cleanup' is the function itself, "
            "which cannot be its own destination"
        ),
    ),
}


@pytest.mark.parametrize(("edit", "why"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_row_that_cannot_be_written_is_named_by_its_number(eic: eicnb.Eic, edit: Edit, why: str) -> None:
    frame = edit(audit(eic, "sessions-cleanup").set_index(pd.Index([17])))
    with pytest.raises(UsageError) as raised:
        eicnb.commands_for(frame)
    subject = "sessions-cleanup:$LATEST" if "no name" in why or "is empty" in why else arn(eic)
    assert raised.value.message == f"row 17 ({subject}): {why.replace('ACCOUNT', eic.account_id)}"


def test_two_rows_of_one_config_that_differ_are_a_contradiction(eic: eicnb.Eic) -> None:
    frame = eic.get("my-function:BLUE")
    both = pd.concat([frame, frame.assign(maximum_retry_attempts=1)], ignore_index=True)
    with pytest.raises(UsageError, match=r"^row 1 \(arn:.*:BLUE\): row 0 has other settings for it\n"):
        eicnb.commands_for(both)


def test_rows_with_the_same_label_are_numbered_before_one_is_dropped(eic: eicnb.Eic) -> None:
    frame = eic.get("my-function:BLUE")
    with pytest.raises(UsageError) as raised:
        eicnb.commands_for(pd.concat([frame, frame.assign(maximum_retry_attempts=1)]))
    assert raised.value.hint == "frame.reset_index(drop=True)"


@pytest.mark.parametrize("options", [{}, {"dtype": str}, {"dtype": object}, {"index_col": 0}])
def test_an_audit_from_a_csv_file_gives_the_same_lines(eic: eicnb.Eic, options: dict[str, Any]) -> None:
    frame = eic.audit(functions=["my-function", "newsletters"], qualifiers="all", progress=False)
    read = pd.read_csv(io.StringIO(frame.to_csv()), **options)
    assert eicnb.commands_for(read) == eicnb.commands_for(frame)


UNREADABLE: dict[str, tuple[Edit, str]] = {
    "endless retries": (
        lambda frame: frame.assign(maximum_retry_attempts=float("inf")),
        "the frame's column 'maximum_retry_attempts' is float64, not Int64",
    ),
    "booleans for numbers": (
        lambda frame: frame.assign(maximum_retry_attempts=True),
        "the frame's column 'maximum_retry_attempts' is bool, not Int64",
    ),
    "a column that comes twice": (
        lambda frame: pd.concat([frame, frame[["on_failure"]]], axis=1),
        "the frame has 2 columns 'on_failure'",
    ),
    "another word than True and False": (
        lambda frame: frame.assign(configured="maybe"),
        "the frame's column 'configured' is str, not boolean",
    ),
}


@pytest.mark.parametrize(("edit", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_column_that_cannot_be_read_is_named(eic: eicnb.Eic, edit: Edit, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.commands_for(edit(audit(eic, "sessions-cleanup")))
    assert raised.value.message == why


def test_all_rows_that_cannot_be_written_are_named(eic: eicnb.Eic) -> None:
    frame = audit(eic).assign(scan_state="denied")
    with pytest.raises(UsageError) as raised:
        eicnb.commands_for(frame)
    first, *rows, rest = raised.value.message.splitlines()
    assert first == f"{len(frame)} rows can't be written:"
    assert [row.strip().partition(" (")[0] for row in rows] == [f"row {number}" for number in range(10)]
    assert rest == f"    and {len(frame) - 10} more"
    assert raised.value.hint == 'frame[frame.scan_state == "ok"]'


@pytest.mark.parametrize("column", ["on_failure", "on_success"])
def test_the_hint_for_a_fifo_queue_leaves_its_rows_out(eic: eicnb.Eic, column: str) -> None:
    frame = pd.concat([audit(eic, "sessions-cleanup").assign(**{column: "sqs:orders.fifo"}), audit(eic, "my-function")])
    with pytest.raises(UsageError) as raised:
        eicnb.commands_for(frame)
    assert raised.value.hint == f'frame[~frame.{column}.str.endswith(".fifo", na=False)]'
    assert eicnb.commands_for(frame[~frame[column].str.endswith(".fifo", na=False)])
