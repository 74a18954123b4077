"""The configs that a frame describes, with cells repaired where that is safe and refused elsewhere."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.changes.desired import DesiredRow, Unwritable, desired_in
from eicnb.errors import UsageError
from eicnb.model.destination import DestinationArn, NoDestination
from eicnb.model.place import Where

HOME = Where(partition="aws", region="us-east-1", account_id="012345670123")
ARN = "arn:aws:lambda:us-east-1:012345670123:function:my-function"
QUEUE = "arn:aws:sqs:us-east-1:012345670123:lost"
BUCKET = "arn:aws:s3:::lost-events"


def rows(columns: dict[str, list[Any]], *homes: Where) -> list[DesiredRow]:
    return desired_in(pd.DataFrame(columns), homes or (HOME,))


def row(**cells: Any) -> DesiredRow:
    [found] = rows({"maximum_retry_attempts": [1], **{name: [value] for name, value in cells.items()}})
    return found


NAMED: dict[str, tuple[dict[str, Any], str]] = {
    "an ARN": ({"function_arn": f"{ARN}:live"}, f"{ARN}:live"),
    "an ARN without a qualifier": ({"function_arn": ARN}, f"{ARN}:$LATEST"),
    "an ARN and a qualifier": ({"function_arn": ARN, "qualifier": "7"}, f"{ARN}:7"),
    "a name": ({"function_name": "my-function"}, f"{ARN}:$LATEST"),
    "a name and a qualifier": ({"function_name": "my-function", "qualifier": "live"}, f"{ARN}:live"),
    "a name with its qualifier": ({"function_name": "my-function:live"}, f"{ARN}:live"),
    "a whole ARN as the name": ({"function_name": f"{ARN}:live"}, f"{ARN}:live"),
    "a missing qualifier": ({"function_name": "my-function", "qualifier": None}, f"{ARN}:$LATEST"),
    "another region": (
        {"function_name": "f", "region": "eu-west-1"},
        "arn:aws:lambda:eu-west-1:012345670123:function:f:$LATEST",
    ),
    "another partition": (
        {"function_name": "f", "region": "cn-north-1", "account_id": "123456789012"},
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:$LATEST",
    ),
    "an account as a number": (
        {"function_name": "f", "account_id": 123456789012.0},
        "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
    ),
    "an account without its zero": ({"function_arn": ARN, "account_id": 12345670123}, f"{ARN}:$LATEST"),
    "the same as a float": ({"function_arn": ARN, "account_id": 12345670123.0}, f"{ARN}:$LATEST"),
    "the same as text": ({"function_arn": ARN, "account_id": "12345670123"}, f"{ARN}:$LATEST"),
    "007 as a number": ({"function_arn": f"{ARN}:007", "qualifier": 7}, f"{ARN}:007"),
    "007 as a float": ({"function_arn": f"{ARN}:007", "qualifier": 7.0}, f"{ARN}:007"),
    "1e3 as a number": ({"function_arn": f"{ARN}:1e3", "qualifier": 1000.0}, f"{ARN}:1e3"),
    "true as a boolean": ({"function_arn": f"{ARN}:true", "qualifier": True}, f"{ARN}:true"),
    "a date": ({"function_arn": f"{ARN}:2026-11-25", "qualifier": pd.Timestamp("2026-11-25")}, f"{ARN}:2026-11-25"),
    "nan as missing": ({"function_arn": f"{ARN}:nan", "qualifier": float("nan")}, f"{ARN}:nan"),
    "a name as a number": (
        {"function_arn": ARN.replace("my-function", "0815"), "function_name": 815},
        f"{ARN.replace('my-function', '0815')}:$LATEST",
    ),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_row_names_its_function_and_what_pandas_damaged_is_repaired_from_the_arn(case: str) -> None:
    cells, arn = NAMED[case]
    assert str(row(**cells).target) == arn


FORMS: dict[str, tuple[str, Any, Any]] = {
    "a number": ("maximum_retry_attempts", 2, 2),
    "a float": ("maximum_event_age_in_seconds", 3600.0, 3600),
    "a number in text": ("maximum_event_age_in_seconds", "3600", 3600),
    "a float in text": ("maximum_retry_attempts", "0.0", 0),
    "NaN": ("maximum_retry_attempts", float("nan"), None),
    "NA": ("maximum_retry_attempts", pd.NA, None),
    "None": ("on_failure", None, None),
    "an empty text": ("on_failure", "", None),
    "NaN in text": ("on_failure", "nan", None),
    "NA in text": ("maximum_event_age_in_seconds", "<NA>", None),
    "none": ("on_success", "none", None),
    "an ARN": ("on_failure", QUEUE, QUEUE),
    "a short name": ("on_failure", "sqs:lost", QUEUE),
    "a bucket": ("on_failure", "s3:lost-events", BUCKET),
    "a value": ("on_failure", DestinationArn.parse(QUEUE), QUEUE),
    "the empty value": ("on_success", NoDestination.EMPTY, None),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_setting_is_read_in_every_form_that_put_takes_and_that_a_file_leaves(case: str) -> None:
    name, value, wanted = FORMS[case]
    [found] = rows({"function_arn": [ARN], name: [value]})
    assert dict(found.settings) == {name: wanted}


def test_a_missing_column_is_no_setting() -> None:
    assert dict(row(function_arn=ARN).settings) == {"maximum_retry_attempts": 1}


def test_a_name_in_the_index_counts() -> None:
    frame = pd.DataFrame({"function_arn": [ARN], "maximum_retry_attempts": [1]}).set_index("function_arn")
    assert [str(found.target) for found in desired_in(frame, (HOME,))] == [f"{ARN}:$LATEST"]


def test_columns_of_any_dtype_are_read() -> None:
    frame = pd.DataFrame({"function_arn": [ARN, f"{ARN}:live"], "maximum_retry_attempts": [1, None]})
    for dtype in ("object", "category"):
        found = desired_in(frame.astype(dtype), (HOME,))
        assert [list(one.settings.values()) for one in found] == [[1], [None]]
    assert len(desired_in(frame.astype({"maximum_retry_attempts": "Int64", "function_arn": "string"}), (HOME,))) == 2


def test_a_csv_file_is_read_as_pandas_reads_it() -> None:
    text = (
        "function_name,qualifier,maximum_retry_attempts,on_failure,account_id,function_arn,configured\n"
        f"my-function,007,1,,012345670123,{ARN}:007,True\n"
        f"my-function,1000,,sqs:lost,012345670123,{ARN}:1000,True\n"
    )
    for frame in (pd.read_csv(io.StringIO(text)), pd.read_csv(io.StringIO(text), dtype=str)):
        found = desired_in(frame, (HOME,))
        assert [str(one.target) for one in found] == [f"{ARN}:007", f"{ARN}:1000"]
        assert [list(one.settings.values()) for one in found] == [[1, None], [None, QUEUE]]
        assert [one.configured for one in found] == [True, True]


def test_a_row_that_was_not_read_needs_no_function() -> None:
    [found] = rows(
        {
            "function_arn": [None],
            "on_failure": [None],
            "region": ["eu-west-1"],
            "scan_state": ["denied"],
            "error": ["no\nway"],
        }
    )
    assert (found.target, found.region, found.unread) == (None, "eu-west-1", "it was not read (denied): no")


def test_a_destination_that_aws_would_reject_today_may_stay() -> None:
    fifo = f"{QUEUE}.fifo"
    found = row(function_arn=ARN, on_failure=fifo).settings["on_failure"]
    assert isinstance(found, Unwritable)
    assert found.text == fifo


WRONG_ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "too many retries": (
        {"maximum_retry_attempts": 3},
        "column 'maximum_retry_attempts': the maximum number of retry attempts is 3, but AWS allows 0, 1 or 2",
        "give a whole number: 0, 1 or 2",
    ),
    "half a retry": (
        {"maximum_retry_attempts": 1.5},
        "column 'maximum_retry_attempts': the maximum number of retry attempts is 1.5, which is not a whole number",
        "give a whole number: 0, 1 or 2",
    ),
    "a boolean": (
        {"maximum_retry_attempts": True},
        "column 'maximum_retry_attempts': the maximum number of retry attempts is True, which is not a whole number",
        "give a whole number: 0, 1 or 2",
    ),
    "a short age": (
        {"maximum_event_age_in_seconds": 59},
        "column 'maximum_event_age_in_seconds': the maximum event age is 59, but AWS allows 60 to 21600",
        "give a whole number of seconds: 60 to 21600 (1m to 6h)",
    ),
    "a FIFO queue": (
        {"on_failure": "sqs:lost.fifo"},
        (
            "column 'on_failure': 'lost.fifo' is a FIFO queue, to which Lambda does not deliver records of "
            "asynchronous events"
        ),
        "send to a standard queue",
    ),
    "a bucket on success": (
        {"on_success": "s3:lost-events"},
        f"column 'on_success': '{BUCKET}' is an S3 bucket, which can be a destination on failure only",
        "send successes to an SQS queue, SNS topic, Lambda function or EventBridge bus",
    ),
    "itself": (
        {"on_failure": "lambda:my-function"},
        f"column 'on_failure': '{ARN}' is the function itself, which cannot be its own destination",
        "name another function, or a queue: sqs:NAME",
    ),
    "a number as a destination": (
        {"on_failure": 5},
        "column 'on_failure': 5 is not a destination",
        "DestinationArn.parse(…)",
    ),
    "a word that is not true or false": (
        {"configured": "maybe"},
        "column 'configured': 'maybe' is neither True nor False",
        "True, False or pd.NA",
    ),
    "another name": (
        {"function_name": "other"},
        "column 'function_name': it is 'other', but the function_arn has 'my-function'",
        "edit both, or only the settings",
    ),
    "another account": (
        {"account_id": 999},
        "column 'account_id': it is '999', but the function_arn has '012345670123'",
        "edit both, or only the settings",
    ),
    "another qualifier": (
        {"qualifier": "live"},
        "column 'qualifier': it is 'live', but the function_arn has '$LATEST'",
        "edit both, or only the settings",
    ),
}


@pytest.mark.parametrize("case", WRONG_ROWS)
def test_a_wrong_value_is_named_with_its_row_and_column(case: str) -> None:
    cells, message, hint = WRONG_ROWS[case]
    with pytest.raises(UsageError) as raised:
        row(function_arn=f"{ARN}:$LATEST", **cells)
    assert raised.value.message == f"row 0 ({ARN}:$LATEST), {message}"
    assert raised.value.hint == hint


WRONG_NAMES: dict[str, tuple[dict[str, Any], str]] = {
    "a qualifier as a number": (
        {"function_name": "f", "qualifier": 7},
        "row 0 (f:7), column 'qualifier': it is the number 7, not text, and may have been a different one",
    ),
    "a qualifier as a float": (
        {"function_name": "f", "qualifier": 1000.0},
        "row 0 (f:1000.0), column 'qualifier': it is the number 1000.0, not text, and may have been a different one",
    ),
    "a name as a number": (
        {"function_name": 815},
        "row 0 (815), column 'function_name': it is the number 815, not text",
    ),
    "an account without its zero": (
        {"function_name": "f", "account_id": 12345670123},
        (
            "row 0 (f), column 'account_id': '12345670123' is not an account: it has 11 digits, but AWS's "
            "accounts have twelve; leading zeros may be lost"
        ),
    ),
    "no name": ({"function_name": None}, "row 0 (no name): it names no function"),
    "a part of an ARN": ({"function_arn": "f"}, "row 0 (f), column 'function_arn': 'f' is not a complete ARN"),
    "no ARN at all": (
        {"function_arn": "a b"},
        "row 0 (a b), column 'function_arn': 'a b' is not the name of a Lambda function",
    ),
    "a region with a blank": (
        {"function_name": "f", "region": "us east"},
        "row 0 (f), column 'region': 'us east' is not the name of a region",
    ),
    "another partition": (
        {"function_name": ARN.replace("aws", "aws-cn", 1)},
        (
            f"row 0 ({ARN.replace('aws', 'aws-cn', 1)}), column 'function_name': it is in the partition 'aws-cn', "
            "but 'us-east-1' is in 'aws'"
        ),
    ),
    "two regions": (
        {"function_name": ARN, "region": "eu-west-1"},
        f"row 0 ({ARN}), column 'region': it is 'eu-west-1', but the function_name has 'us-east-1'",
    ),
}


@pytest.mark.parametrize("case", WRONG_NAMES)
def test_an_uncertain_name_is_refused(case: str) -> None:
    cells, message = WRONG_NAMES[case]
    with pytest.raises(UsageError) as raised:
        row(**cells)
    assert raised.value.message == message


def test_a_row_without_a_place_needs_connections_that_agree() -> None:
    other = Where(partition="aws", region="eu-west-1", account_id="012345670123")
    with pytest.raises(UsageError) as raised:
        rows({"function_name": ["f"], "on_failure": [None]}, HOME, other)
    assert raised.value.message == "row 0 (f), column 'region': it is missing, and the connections have several"
    named: dict[str, list[Any]] = {"function_name": ["f"], "on_failure": [None], "region": ["eu-west-1"]}
    assert rows(named, HOME, other)[0].account_id == "012345670123"


UNNAMED: dict[str, Any] = {
    "function_arn": "<NA>",
    "function_name": "nan",
    "scan_state": "denied",
    "region": "eu-west-1",
}


def test_an_audit_that_was_made_text_is_the_same_audit() -> None:
    [of_text] = rows({name: [value] for name, value in {**UNNAMED, "on_failure": "nan"}.items()})
    assert (of_text.target, of_text.unread, of_text.region) == (None, "it was not read (denied)", "eu-west-1")
    for state in ("", "nan", "<NA>"):
        assert row(function_arn=ARN, on_failure=QUEUE, scan_state=state).unread == ""


@pytest.mark.parametrize(
    "column", ["maximum_retry_attempts", "on_failure", "qualifier", "function_arn", "function_name"]
)
def test_an_array_in_a_cell_is_named_like_any_wrong_value(column: str) -> None:
    cells: dict[str, list[Any]] = {"function_arn": [ARN], "on_failure": [None], column: [pd.Series([1, 2]).to_numpy()]}
    with pytest.raises(UsageError, match=f"^row 0 .*, column '{column}': "):
        rows(cells)


def findings_of(arn: str) -> pd.DataFrame:
    frame = pd.DataFrame({"function_arn": [arn]})
    frame.attrs["verb"] = "check"
    return frame


WRONG_FRAMES: dict[str, tuple[Any, str]] = {
    "no frame": ([], "a list is not a DataFrame of configs"),
    "nothing at all": (
        pd.DataFrame(),
        "the frame names no functions: it has no column 'function_arn' or 'function_name'",
    ),
    "findings": (findings_of(ARN), "the frame is one of check, not of configs"),
    "no settings": (pd.DataFrame({"function_arn": [ARN]}), "the frame has none of the four settings as a column"),
    "a column twice": (
        pd.DataFrame([[ARN, 1, 2]], columns=["function_arn", "maximum_retry_attempts", "maximum_retry_attempts"]),
        "the frame has several columns 'maximum_retry_attempts'",
    ),
    "a function twice": (
        pd.DataFrame({"function_name": ["f", "f", "f"], "qualifier": [None, "$LATEST", "live"], "on_failure": None}),
        "row 1 (f:$LATEST): row 0 is about it too",
    ),
}


@pytest.mark.parametrize("case", WRONG_FRAMES)
def test_a_frame_that_describes_no_configs_is_refused(case: str) -> None:
    frame, message = WRONG_FRAMES[case]
    with pytest.raises(UsageError) as raised:
        desired_in(frame, (HOME,))
    assert raised.value.message == message


def test_a_frame_without_rows_describes_nothing() -> None:
    assert rows({"function_arn": [], "maximum_retry_attempts": []}) == []


def test_many_wrong_rows_are_one_error_with_the_first_ten() -> None:
    with pytest.raises(UsageError) as raised:
        rows({"function_name": [f"f{number}" for number in range(12)], "maximum_retry_attempts": [9] * 12})
    lines = raised.value.message.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("12 rows can't be planned:", "    and 2 more", 12)


def test_a_function_without_its_qualifier_is_not_to_be_dropped(eic: eicnb.Eic) -> None:
    rows = pd.DataFrame({"function_name": ["f", "f"], "on_failure": "sqs:q"}, index=[4, 4])
    with pytest.raises(UsageError) as refused:
        eicnb.plan(rows)
    assert str(refused.value) == (
        "row at position 1 (f): row at position 0 is about it too\n"
        "Try: keep the column qualifier or function_arn: a function has a row for each version and alias"
    )


@pytest.mark.parametrize("names", [["function_arn"], ["function_name", "qualifier"]])
def test_the_hint_about_a_row_that_occurs_twice_works(names: list[str], eic: eicnb.Eic) -> None:
    frame = pd.concat([eic.list("my-function")] * 2, ignore_index=True)[[*names, "maximum_retry_attempts"]]
    with pytest.raises(UsageError) as refused:
        eicnb.plan(frame)
    assert refused.value.hint
    assert len(eicnb.plan(eval(refused.value.hint), progress=False)) == 0  # the hint is typed


def test_a_column_that_is_almost_a_setting_is_noted_or_renamed(eic: eicnb.Eic) -> None:
    frame = eic.list("my-function").rename(columns={"maximum_retry_attempts": "retries"})
    plan = eicnb.plan(frame, progress=False)
    assert plan.notes == ("Note: the column retries is ignored; the setting is maximum_retry_attempts.",)
    assert plan.text().splitlines()[1:] == [*plan.notes]
    with pytest.raises(UsageError) as refused:
        eicnb.plan(frame[["function_arn", "retries"]])
    assert refused.value.hint == "frame.rename(columns={'retries': 'maximum_retry_attempts'})"


def test_the_columns_of_an_audit_are_never_noted(eic: eicnb.Eic) -> None:
    assert eicnb.plan(eic.audit(progress=False), progress=False).notes == ()
