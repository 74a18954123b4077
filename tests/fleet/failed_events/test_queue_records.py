"""Messages are made visible again, whatever happens while they are read."""

from __future__ import annotations

import os
import resource
import signal
import time
from typing import Any

import pytest

import eicnb
from eicnb.errors import AccessDenied, EicError, Interrupted
from tests.answering import Answering, Seen, Step, as_json
from tests.fleet.failed_events.samples import record
from tests.fleet.failed_events.stub import Stub

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost"
DENIED = as_json({"__type": "com.amazonaws.sqs#AccessDenied", "message": "no"}, 403)


def read(stub: Stub, **options: Any) -> eicnb.frames.frame.Frame:
    with Answering(stub) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        return eic.records(QUEUE, **{"progress": False, "rate": 100_000, **options})


def test_ten_thousand_messages_take_little_time_and_memory() -> None:
    stub = Stub({f"m{number}": record(number) for number in range(10_000)})
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    frame = read(stub, most=10_000, seconds=120)
    assert len(frame) == 10_000
    assert frame.time.is_monotonic_decreasing
    assert stub.receipts == {}
    assert time.process_time() - started < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_an_error_gives_back_what_was_received() -> None:
    def second_is_denied(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        return (DENIED, False) if operation == "ReceiveMessage" and len(stub.receipts) else None

    stub = Stub({f"m{number}": record(number) for number in range(30)}, second_is_denied)
    with pytest.raises(AccessDenied):
        read(stub)
    assert stub.receipts == {}


def test_ctrl_c_gives_back_what_was_received_and_keeps_the_frame() -> None:
    def interrupting(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        if operation == "ReceiveMessage" and len(stub.receipts) == 10:
            os.kill(os.getpid(), signal.SIGINT)
        return None

    stub = Stub({f"m{number}": record(number) for number in range(50)}, interrupting)
    with pytest.raises(Interrupted, match=r"reading was stopped after \d0 records; nothing was deleted") as raised:
        read(stub)
    assert 10 <= len(raised.value.result) < 50
    assert stub.receipts == {}


def test_messages_that_stay_hidden_are_reported() -> None:
    def denied(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        return (DENIED, False) if operation == "ChangeMessageVisibilityBatch" else None

    frame = read(Stub({"m1": record(1)}, denied), seconds=5)
    assert len(frame) == 1
    assert "1 stay hidden from others for up to 35 s: no" in repr(frame)


def test_a_message_that_comes_twice_is_one_row() -> None:
    def visible_at_once(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        if operation == "ReceiveMessage" and stub.count == 10:
            stub.receipts.clear()
        return None

    stub = Stub({f"m{number}": record(number) for number in range(10)}, visible_at_once)
    assert len(read(stub)) == 10


def test_two_readers_share_the_messages_and_both_give_theirs_back() -> None:
    def other_reader(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        if operation == "ReceiveMessage" and not stub.receipts:
            stub.receipts["m3"] = "the other's"
        return None

    stub = Stub({f"m{number}": record(number) for number in range(5)}, other_reader)
    assert sorted(read(stub).message_id) == ["m0", "m1", "m2", "m4"]
    assert stub.receipts == {"m3": "the other's"}


def test_a_malformed_response_is_an_error() -> None:
    def malformed(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        return (as_json({"Messages": [{"Body": "x"}]}), False) if operation == "ReceiveMessage" else None

    with pytest.raises(EicError, match="a message has no MessageId or no ReceiptHandle"):
        read(Stub({"m1": record(1)}, malformed))
