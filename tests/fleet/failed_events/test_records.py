"""Records of queues and buckets of the sandbox, as a frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import AwsError, UsageError
from eicnb.fleet.failed_events.columns import RECORD_COLUMNS
from tests.fleet.failed_events.samples import DEAD_LETTER, call, empty, make_queue, record, url, visible

PREFIX = "aws/lambda/async"


@pytest.fixture(scope="module")
def bucket(shared: Eic) -> Iterator[str]:
    name = "records-of-the-tests"
    call(shared, "s3", "CreateBucket", Bucket=name)
    keys = {
        f"{PREFIX}/checkout/2026/11/24/2026-11-24T10.00.00-a1": record(1),
        f"{PREFIX}/checkout/2026/11/25/2026-11-25T10.00.00-a2": record(2),
        f"{PREFIX}/newsletters/2026/11/26/2026-11-26T10.00.00-a3": record(3, function="newsletters:live"),
        f"{PREFIX}/newsletters/2026/11/26/2026-11-26T11.00.00-a4": "\ufeffnot a record",
        "logs/today": "not Lambda's",
    }
    for key, body in keys.items():
        call(shared, "s3", "PutObject", Bucket=name, Key=key, Body=body.encode())
    yield name
    for key in keys:
        call(shared, "s3", "DeleteObject", Bucket=name, Key=key)


def read(eic: Eic, source: Any, **options: Any) -> eicnb.frames.frame.Frame:
    return eic.records(source, **{"progress": False, "rate": 1000, **options})


def test_an_empty_queue_is_an_empty_frame_with_all_columns(shared: Eic) -> None:
    frame = read(shared, "sqs:shop-failures")
    assert frame.dtypes.astype(str).to_dict() == {column.name: column.dtype for column in RECORD_COLUMNS}
    assert (len(frame), frame.attrs["held"], frame.attrs["verb"]) == (0, 0, "records")
    assert repr(frame).endswith("  no rows: nothing found")


def test_a_frame_of_another_verb_is_not_replayed(shared: Eic) -> None:
    with pytest.raises(UsageError) as raised:
        shared.replay(shared.list("my-function"))
    assert raised.value.hint == "pass the DataFrame from `%eic records`"


def test_the_newest_come_first_and_all_are_visible_again(shared: Eic) -> None:
    make_queue(shared, "a", *(record(number) for number in range(1, 26)), "hello")
    frame = read(shared, "sqs:a")
    assert frame.payload.tolist() == ["hello", *(json.dumps({"order": number}) for number in range(25, 0, -1))]
    assert visible(shared, "a") == 26
    assert frame.attrs["held"] == 26
    assert "26 rows: of about 26 in all; SQS returns samples; 1 text not a record" in repr(frame)
    assert set(frame.message_id) == set(read(shared, "sqs:a").message_id)
    grouped = frame.groupby(["function_name", "error_type"]).size().to_dict()
    assert grouped == {("checkout", "OutOfStock"): 25}


def test_a_row_has_what_the_record_says(shared: Eic) -> None:
    make_queue(shared, "one", record(7, function="checkout:live"))
    [row] = read(shared, "sqs:one").to_dict("records")
    message_id = row.pop("message_id")
    assert len(message_id) == 36
    assert row == {
        "time": pd.Timestamp("2026-11-25T00:00:07.568Z"),
        "function_name": "checkout",
        "qualifier": "live",
        "condition": "RetriesExhausted",
        "attempts": 3,
        "status_code": 200,
        "error_type": "OutOfStock",
        "error_message": "no stock",
        "payload": '{"order": 7}',
        "payload_bytes": 12,
        "request_id": "request-7",
        "source": "arn:aws:sqs:us-east-1:123456789012:one",
        "state": "ok",
        "region": "us-east-1",
        "account_id": "123456789012",
        "function_arn": "arn:aws:lambda:us-east-1:123456789012:function:checkout:live",
    }


def test_a_dead_letter_is_a_row_without_a_function(shared: Eic) -> None:
    make_queue(shared, "dead")
    body = '{"order": 1}'
    call(shared, "sqs", "SendMessage", QueueUrl=url(shared, "dead"), MessageBody=body, MessageAttributes=DEAD_LETTER)
    [row] = read(shared, "sqs:dead").to_dict("records")
    assert [row[name] for name in ("payload", "request_id", "status_code", "error_message", "state")] == [
        body,
        "request-0",
        200,
        "boom",
        "ok",
    ]
    assert pd.isna(row["function_name"])
    assert pd.isna(row["condition"])


def test_what_is_not_a_record_says_so(shared: Eic) -> None:
    make_queue(shared, "noise", "[1, 2]")
    [row] = read(shared, "sqs:noise").to_dict("records")
    assert (row["state"], row["error_message"], row["payload"]) == ("no-record", "it is not a JSON object", "[1, 2]")
    assert not pd.isna(row["time"])


def test_a_queue_with_a_redrive_policy_is_read_only_if_its_receives_may_be_spent(shared: Eic) -> None:
    make_queue(shared, "second")
    target = "arn:aws:sqs:us-east-1:123456789012:second"
    policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 3})
    make_queue(shared, "first", record(1), RedrivePolicy=policy)
    with pytest.raises(UsageError) as raised:
        read(shared, "sqs:first")
    assert str(raised.value) == (
        f"the queue first lets each message be received 3 times, then moves it to {target}; "
        "reading counts as a receive\nTry: spend_receives=True (--spend-receives)"
    )
    assert len(read(shared, "sqs:first", spend_receives=True)) == 1


def test_most_and_times_choose(shared: Eic) -> None:
    make_queue(shared, "chosen", *(record(number) for number in range(1, 15)))
    assert len(read(shared, "sqs:chosen", most=12)) == 12
    since, until = "2026-11-25T00:00:03+00:00", "2026-11-25T00:00:06Z"
    assert read(shared, "sqs:chosen", since=since, until=until).request_id.tolist() == [
        "request-5",
        "request-4",
        "request-3",
    ]
    assert visible(shared, "chosen") == 14


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["a4", "a3", "a2", "a1"]),
        ({"most": 2}, ["a4", "a3"]),
        ({"since": "2026-11-25"}, ["a4", "a3", "a2"]),
        ({"since": "2026-11-25 09:00", "until": "2026-11-26 10:30"}, ["a3", "a2"]),
        ({"until": "2026-11-25"}, ["a1"]),
    ],
)
def test_a_bucket_is_read_by_the_times_in_its_keys(
    shared: Eic, bucket: str, options: dict[str, Any], found: list[str]
) -> None:
    frame = read(shared, f"s3:{bucket}", **options)
    assert [key.rpartition("-")[2] for key in frame.message_id] == found
    assert frame.source.tolist() == [f"s3://{bucket}/{key}" for key in frame.message_id]


def test_a_prefix_chooses_too(shared: Eic, bucket: str) -> None:
    frame = read(shared, f"s3://{bucket}/{PREFIX}/newsletters/")
    assert frame.state.tolist() == ["no-record", "ok"]
    assert frame.function_name.tolist() == [pd.NA, "newsletters"]


def test_an_audit_names_every_queue_and_bucket(shared: Eic) -> None:
    audit = shared.audit(progress=False, rate=1000)
    make_queue(shared, "shop-failures", record(5))
    frame = read(shared, audit, seconds=3)
    assert frame.request_id.tolist() == ["request-5"]
    assert "thumbnails-failed-2024: The specified queue does not exist." in frame.attrs["unreadable"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "sns:shop-alerts",
            (
                "an SNS topic stores nothing, so shop-alerts has no records to read\n"
                "Try: subscribe a queue to the topic, and read that\n    %eic records sqs:NAME"
            ),
        ),
        (
            "lambda:my-function",
            (
                "a Lambda function stores nothing, so my-function has no records to read\n"
                "Try: check the function's logs, or send to a queue, which stores records\n    %eic records sqs:NAME"
            ),
        ),
        (
            "events:shop",
            (
                "an EventBridge bus stores nothing, so shop has no records to read\n"
                "Try: check the targets of its rules: a rule can send to a queue\n    %eic records sqs:NAME"
            ),
        ),
        (
            "sqs:orders.fifo",
            (
                "'sqs:orders.fifo' is a FIFO queue: Lambda sends no records of asynchronous events to it\n"
                "Try: name a standard queue\n    %eic records sqs:NAME"
            ),
        ),
        (
            "https://sqs.us-east-1.amazonaws.com/123456789012/x",
            (
                "'https://sqs.us-east-1.amazonaws.com/123456789012/x' is not a destination\n"
                "Try: arn:aws:sqs:us-east-1:123456789012:x\n"
                "See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
            ),
        ),
        (
            "none",
            (
                "'none' names neither a queue nor a bucket\n"
                "Try: name a queue, a bucket or an audit\n    %eic records sqs:NAME"
            ),
        ),
        (
            5,
            (
                "5 is neither a queue, a bucket nor an audit\n"
                "Try: name a queue, a bucket or an audit\n    %eic records sqs:NAME"
            ),
        ),
    ],
)
def test_other_sources_say_where_to_look(shared: Eic, source: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(shared, source)
    assert str(raised.value) == message
    assert raised.value.argument == "source"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most": 0}, "most is 0"),
        ({"most": "many"}, "most is 'many'"),
        ({"seconds": 0}, "seconds is 0"),
        ({"seconds": True}, "seconds is True"),
        ({"since": "soon"}, "since is 'soon', which is not a time"),
        ({"since": "1h", "until": "2h"}, "until is '2h', which is not after since"),
        ({"spend_receives": 1}, "spend_receives is 1"),
        ({"rate": 0}, "the rate is 0"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    shared: Eic, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        read(shared, "sqs:shop-failures", **options)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("sqs:shop-failure", "The specified queue does not exist.", "sqs:shop-failures"),
        ("sqs:zzz", "The specified queue does not exist.", "choose one of sqs:"),
        ("s3:order-payload", "The specified bucket does not exist", "choose one of s3:"),
    ],
)
def test_a_source_that_does_not_exist_names_those_that_do(shared: Eic, source: str, message: str, hint: str) -> None:
    with pytest.raises(AwsError) as raised:
        read(shared, source)
    assert raised.value.message == message
    assert str(raised.value.hint).startswith(hint)
    for name in str(raised.value.hint).removeprefix("choose one of ").removesuffix(", …").split(", "):
        assert read(shared, name, spend_receives=True, seconds=1).attrs["verb"] == "records"


def test_payloads_are_hidden_unless_asked_for(shared: Eic, capsys: pytest.CaptureFixture[str]) -> None:
    make_queue(shared, "large", record(1, payload={"text": "x" * 5000}))
    frame = read(shared, "sqs:large")
    assert "xxx" not in repr(frame)
    assert "xxx" not in (frame._repr_html_() or "")
    eicnb.show(frame, columns=["function_name", "payload"])
    assert f'{{"text": "{"x" * 50}… (4.9 KB)' in capsys.readouterr().out
    eicnb.show(frame, columns="all")
    assert "x" * 100 not in capsys.readouterr().out


@pytest.mark.parametrize(
    "columns", [None, ["payload"], ["message_id", "error_message"], ["time", "error_type"], ["request_id"]]
)
def test_no_display_passes_on_what_a_stranger_wrote_for_the_terminal(shared: Eic, columns: list[str] | None) -> None:
    evil = "\x1b[31m\u202e<script>"
    written = json.loads(record(1))
    written["requestContext"]["requestId"] = written["requestPayload"] = evil
    written["responsePayload"] = {"errorType": evil, "errorMessage": evil}
    make_queue(shared, "evil", json.dumps(written, ensure_ascii=False))
    frame = read(shared, "sqs:evil")
    part = frame if columns is None else frame[columns]
    for shown in (repr(part), part._repr_html_() or ""):
        assert not {"\x1b", "\u202e"} & set(shown)
    assert "<script>" not in (part._repr_html_() or "")
    empty(shared, "evil")


def test_the_connection_in_use_is_the_default(shared: Eic) -> None:
    eicnb.use(shared)
    for connections in (None, [shared]):
        found = eicnb.records("sqs:order-failures", seconds=1, progress=False, connections=connections)
        assert (found.attrs["source"].rpartition(":")[2], len(found)) == ("order-failures", 0)
