"""Replays on the sandbox: which events are sent, to which function, and with which outcome."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

import eicnb
from eicnb.changes.journal import recorded_event
from eicnb.client.eic import Eic, connection_of
from eicnb.errors import EicError, IncompleteReplay, ReplayInterrupted, UsageError
from eicnb.frames.frame import Frame
from eicnb.model.function import FunctionRef
from tests.fleet.failed_events.samples import DEAD_LETTER, call, empty, make_queue, record, url, visible

QUEUE = "shop-failures"
NAMED = f"arn:aws:sqs:us-east-1:123456789012:{QUEUE}"


@pytest.fixture
def eic(shared: Eic) -> Iterator[Eic]:
    """A sandbox in which checkout succeeds and sends to an empty queue."""
    assert shared.server is not None
    shared.server.succeed("checkout")
    shared.put("checkout", maximum_retry_attempts=0, on_failure=f"sqs:{QUEUE}")
    yield shared
    empty(shared, QUEUE)


def filled(eic: Eic, *bodies: str) -> Frame:
    make_queue(eic, QUEUE, *bodies)
    return eic.records(f"sqs:{QUEUE}", progress=False, rate=1000)


def replay(eic: Eic, frame: pd.DataFrame, **options: Any) -> Frame:
    return eic.replay(frame, **{"progress": False, "rate": 1000, **options})


def incomplete(eic: Eic, frame: pd.DataFrame, **options: Any) -> Frame:
    with pytest.raises(IncompleteReplay) as raised:
        replay(eic, frame, **options)
    result: Frame = raised.value.result
    return result


def invocations(eic: Eic) -> list[str]:
    assert eic.server is not None
    return [request.path for request in eic.server.requests() if request.operation == "Invoke"]


def test_accepted_events_leave_the_queue_and_the_journal_has_their_ids(eic: Eic) -> None:
    frame = filled(eic, record(1), record(2), record(3))
    result = replay(eic, frame)
    assert result.outcome.tolist() == ["accepted"] * 3
    assert result.payload.tolist() == frame.payload.tolist()
    assert len(eic.records(f"sqs:{QUEUE}", progress=False)) == 0
    entries = eicnb.journal(run=result.attrs["run"])
    assert set(entries.change) == {f"message {message_id}" for message_id in frame.message_id}
    assert entries.outcome.tolist() == ["applied"] * 3
    assert "order" not in entries.to_csv()


def test_only_chosen_rows_are_sent_and_the_others_stay(eic: Eic) -> None:
    frame = filled(eic, *(record(number) for number in range(1, 13)))
    assert replay(eic, frame.query("payload.str.contains('7')")).outcome.tolist() == ["accepted"]
    assert visible(eic, QUEUE) == 11


FILES: dict[str, tuple[Callable[[pd.DataFrame, Any], object], Callable[[Any], pd.DataFrame]]] = {
    "CSV": (lambda frame, path: frame.to_csv(path, index=False), pd.read_csv),
    "CSV as text": (lambda frame, path: frame.to_csv(path, index=False), lambda path: pd.read_csv(path, dtype=str)),
    "Parquet": (lambda frame, path: frame.to_parquet(path), pd.read_parquet),
    "Arrow": (
        lambda frame, path: frame.to_parquet(path),
        lambda path: pd.read_parquet(path, dtype_backend="pyarrow"),
    ),
    "Excel": (
        lambda frame, path: frame.assign(time=frame.time.dt.tz_localize(None)).to_excel(
            path, index=False, engine="openpyxl"
        ),
        lambda path: pd.read_excel(path, engine="openpyxl"),
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_frame_that_was_filtered_sorted_saved_and_reloaded_still_knows_its_messages(
    eic: Eic, kind: str, tmp_path: Any
) -> None:
    write, read = FILES[kind]
    frame = filled(eic, *(record(number) for number in range(1, 5)), record(5, function="checkout:3"))
    chosen = frame[frame.request_id != "request-2"].sort_values("payload", ascending=False)
    write(chosen, tmp_path / "records")
    reloaded = read(tmp_path / "records")
    [gone] = reloaded.index[reloaded.request_id == "request-3"]
    receipts = {
        message["MessageId"]: message["ReceiptHandle"]
        for message in call(eic, "sqs", "ReceiveMessage", QueueUrl=url(eic, QUEUE), MaxNumberOfMessages=10)["Messages"]
    }
    call(eic, "sqs", "DeleteMessage", QueueUrl=url(eic, QUEUE), ReceiptHandle=receipts.pop(reloaded.message_id[gone]))
    for receipt in receipts.values():
        call(
            eic, "sqs", "ChangeMessageVisibility", QueueUrl=url(eic, QUEUE), ReceiptHandle=receipt, VisibilityTimeout=0
        )
    result = incomplete(eic, reloaded)
    assert result.set_index("request_id").outcome.to_dict() == {
        "request-5": "accepted",
        "request-4": "accepted",
        "request-3": "gone",
        "request-1": "accepted",
    }
    assert result.error[gone] == "its message is not in the queue, or another reader has it"
    assert [*map(repr, result[frame.columns].dtypes)] == [*map(repr, frame.dtypes)]
    assert set(result.account_id + "/" + result.qualifier) == {"123456789012/$LATEST", "123456789012/3"}
    assert "4 rows: 3 accepted, 1 gone" in repr(result)
    assert visible(eic, QUEUE) == 1


def test_an_event_goes_to_the_qualifier_that_it_was_sent_to(eic: Eic) -> None:
    eic.put("my-function:BLUE", on_failure=f"sqs:{QUEUE}")
    before = len(invocations(eic))
    replay(eic, filled(eic, record(1, function="my-function:BLUE")))
    [path] = invocations(eic)[before:]
    assert "my-function" in path


def test_keep_keeps_the_messages(eic: Eic) -> None:
    frame = filled(eic, record(1))
    assert replay(eic, frame, keep=True).outcome.tolist() == ["accepted"]
    assert visible(eic, QUEUE) == 1
    with pytest.raises(UsageError, match=r"Lambda accepted the event in the run r-\w+; nothing was sent"):
        replay(eic, frame)


def test_a_dry_run_says_how_many_go_where_and_sends_nothing(eic: Eic) -> None:
    frame, before = filled(eic, record(1), record(2), "hello"), len(invocations(eic))
    result = replay(eic, frame, dry_run=True)
    assert sorted(result.outcome) == ["not tried", "not tried", "refused"]
    assert "DRY RUN" in repr(result)
    assert "would send 2 events: 2 to checkout:$LATEST" in repr(result)
    assert len(invocations(eic)) == before


def test_a_dry_run_shows_more_events_than_the_limit_allows_so_that_they_can_be_reviewed(eic: Eic) -> None:
    frame = filled(eic, *(record(number) for number in range(3)))
    assert "would send 3 events" in repr(replay(eic, frame, dry_run=True, limit=2))
    with pytest.raises(UsageError, match="the replay has 3 events, but limit allows 2; nothing was sent"):
        replay(eic, frame, limit=2)


STRANGER = "newsletters:$LATEST"
REFUSED = {
    "a stranger": (
        record(2, function="newsletters:$LATEST"),
        f"neither a config nor the dead-letter queue of {STRANGER} names {NAMED}, so anyone could have written it",
    ),
    "deleted": (record(2, function="nowhere:live"), "nowhere:live does not exist"),
    "a success": (record(2, condition="Success"), "its event succeeded"),
    "no record": ("hello", "it is not a record"),
    "another account": (record(2, account_id="999999999999"), "no connection reaches account 999999999999"),
    "too large": (
        record(2, payload="x" * 100),
        "its event has 1100000 bytes, but asynchronous invocations allow 1048576",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_be_sent_is_refused_and_stays(eic: Eic, case: str) -> None:
    body, reason = REFUSED[case]
    frame = filled(eic, record(1), body)
    if case == "too large":
        frame.loc[frame.payload_bytes > 100, "payload_bytes"] = 1_100_000
    result = incomplete(eic, frame).set_index("request_id")
    assert result.outcome["request-1"] == "accepted"
    assert result.error.dropna().tolist() == [reason]
    assert visible(eic, QUEUE) == 1


def test_a_success_is_refused_by_its_message_too(eic: Eic) -> None:
    result = incomplete(eic, filled(eic, record(1, condition="Success")).drop(columns="condition"))
    assert result[["outcome", "error"]].to_numpy().tolist() == [["refused", "its event succeeded"]]
    assert visible(eic, QUEUE) == 1


def test_a_function_without_concurrency_is_refused(eic: Eic) -> None:
    frame = filled(eic, record(1))
    reserve = {"FunctionName": "checkout", "ReservedConcurrentExecutions": 0}
    call(eic, "lambda", "PutFunctionConcurrency", **reserve)
    with pytest.raises(UsageError, match=r"the reserved concurrency of checkout:\$LATEST is 0, so it would fail again"):
        replay(eic, frame)
    call(eic, "lambda", "DeleteFunctionConcurrency", FunctionName="checkout")


def test_dead_letters_need_a_function_and_go_to_the_named_one(eic: Eic) -> None:
    body = '{"order": 1}'
    call(eic, "sqs", "SendMessage", QueueUrl=url(eic, QUEUE), MessageBody=body, MessageAttributes=DEAD_LETTER)
    frame = eic.records(f"sqs:{QUEUE}", progress=False)
    with pytest.raises(UsageError) as raised:
        replay(eic, frame)
    assert str(raised.value) == (
        "none of the events can be sent: a dead-letter message names no function; nothing was sent\n"
        'Try: name it: to="my-function" (--to my-function)'
    )
    assert replay(eic, frame, to="newsletters").outcome.tolist() == ["accepted"]
    assert visible(eic, QUEUE) == 0


def test_an_event_that_may_have_been_sent_before_needs_its_function_named(eic: Eic) -> None:
    frame = filled(eic, record(1))
    target, message_id = FunctionRef.parse("checkout"), str(frame.message_id[0])
    with (
        pytest.raises(KeyboardInterrupt),
        recorded_event(connection_of(eic), "replay", target, source=NAMED, message_id=message_id),
    ):
        raise KeyboardInterrupt
    with pytest.raises(
        UsageError, match=r"Lambda may have accepted the event in the run r-\w+; nothing was sent"
    ) as raised:
        replay(eic, frame)
    hint = "Try: check the journal for the time, or send the event again with to= (--to)\n    %eic journal --run r-"
    assert hint in str(raised.value)
    assert replay(eic, frame, to="checkout").outcome.tolist() == ["accepted"]


def test_a_limit_refuses_more(eic: Eic) -> None:
    frame = filled(eic, *(record(number) for number in range(4)))
    with pytest.raises(UsageError, match="the replay has 4 events, but limit allows 3; nothing was sent"):
        replay(eic, frame, limit=3)


def test_a_canary_that_fails_again_stops_the_rest(eic: Eic) -> None:
    assert eic.server is not None
    eic.server.fail("checkout")
    frame = filled(eic, *(record(number) for number in range(4)))
    result = incomplete(eic, frame, canary=1, wait=30, confirm=lambda _question: True)
    assert sorted(result.outcome) == ["accepted", "not tried", "not tried", "not tried"]
    assert set(result.error.dropna()) == {
        "the canary failed again: checkout:$LATEST (SandboxError: checkout fails in this sandbox)"
    }
    assert visible(eic, QUEUE) == 4


def test_after_a_canary_a_yes_sends_the_rest(eic: Eic) -> None:
    questions: list[str] = []

    def yes(question: str) -> bool:
        questions.append(question)
        return True

    frame = filled(eic, *(record(number) for number in range(4)))
    assert replay(eic, frame, canary=1, wait=1, confirm=yes).outcome.tolist() == ["accepted"] * 4
    assert questions == [
        "About to send 4 events: 4 to checkout:$LATEST. Send them? [y/N] ",
        "1 event accepted as the canary, and none of them failed again within 1 s. Send the other 3? [y/N] ",
    ]
    with pytest.raises(EicError, match="not confirmed: nothing was sent"):
        replay(eic, filled(eic, record(1)), confirm=lambda _question: False)


def test_a_bucket_is_replayed_and_keeps_its_objects(eic: Eic) -> None:
    bucket, key = "replayed-by-the-tests", "aws/lambda/async/checkout/2026/11/25/2026-11-25T10.00.00-a1"
    call(eic, "s3", "CreateBucket", Bucket=bucket)
    call(eic, "s3", "PutObject", Bucket=bucket, Key=key, Body=record(1).encode())
    eic.put("checkout", on_failure=f"s3:{bucket}")
    frame = eic.records(f"s3:{bucket}", progress=False)
    assert replay(eic, frame).outcome.tolist() == ["accepted"]
    assert len(eic.records(f"s3:{bucket}", progress=False)) == 1
    with pytest.raises(UsageError, match=r"Lambda accepted the event in the run r-\w+; nothing was sent"):
        replay(eic, frame)
    call(eic, "s3", "DeleteObject", Bucket=bucket, Key=key)
    assert incomplete(eic, frame, to="checkout").outcome.tolist() == ["gone"]


def test_the_same_message_twice_is_sent_once(eic: Eic) -> None:
    frame = filled(eic, record(1))
    result = incomplete(eic, pd.concat([frame, frame]))
    assert result.outcome.tolist() == ["accepted", "refused"]
    assert json.loads(result.payload.iloc[0]) == {"order": 1}


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        ("frame", {}, "'frame' is not a frame of records"),
        (pd.DataFrame({"source": []}), {}, "the frame has no columns"),
        (None, {"keep": 1}, "keep is 1"),
        (None, {"to": "a b"}, "'a b' is not the name of a Lambda function"),
        (None, {"canary": -1}, "canary is -1"),
    ],
)
def test_wrong_arguments_are_refused(eic: Eic, frame: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        replay(eic, eic.records(f"sqs:{QUEUE}", progress=False) if frame is None else frame, **options)


def test_ctrl_c_while_the_canary_is_watched_stops_the_rest_and_keeps_the_frame(eic: Eic) -> None:
    frame = filled(eic, *(record(number) for number in range(3)))
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(ReplayInterrupted, match="the replay was stopped: 1 accepted, 2 not tried") as raised:
        replay(eic, frame, canary=1, wait=30, confirm=lambda _question: True)
    assert sorted(raised.value.result.outcome) == ["accepted", "not tried", "not tried"]
