"""Whatever fails during a replay, no message is deleted unless accepted, and no event is sent twice."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eicnb
from eicnb.errors import IncompleteReplay, ReplayInterrupted, UsageError
from eicnb.fleet.failed_events import replayer
from eicnb.frames.frame import Frame
from tests.answering import Answer, Answering, Cut, Seen, Step, as_json, fault
from tests.fleet.failed_events.samples import record
from tests.fleet.failed_events.stub import QUEUE, Fault, Stub

DENIED = as_json({"__type": "com.amazonaws.sqs#AccessDenied", "message": "no"}, 403)
STEPS: dict[str, Step] = {
    "cut": Cut(),
    "503": Answer(503, b"later"),
    "a page": Answer(200, b"<html>please log in</html>"),
    "denied": DENIED,
    "throttled": fault(429, "TooManyRequestsException", "Rate exceeded"),
}
REFUSED = {"denied", "throttled"}
"""What AWS says only to a request that it did not carry out."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def stub_of(number: int) -> Stub:
    return Stub({f"m{one}": record(one) for one in range(number)})


def replayed(stub: Stub, **options: Any) -> Frame:
    """Return the frame with the outcomes, whether all events were accepted or not."""
    options = {"progress": False, "rate": 100_000, "limit": 1000, **options}
    with Answering(stub) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        fault_later, stub.fault = stub.fault, lambda _operation, _request: None
        frame = eic.records(QUEUE, progress=False, rate=100_000)
        stub.fault = fault_later
        try:
            return eic.replay(frame, **options)
        except (IncompleteReplay, ReplayInterrupted) as error:
            result: Frame = error.result
            return result


FAULTS = st.dictionaries(
    st.tuples(
        st.sampled_from(["Invoke", "DeleteMessage", "ReceiveMessage", "ChangeMessageVisibilityBatch"]),
        st.integers(0, 6),
    ),
    st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()),
    max_size=6,
)


Faults = dict[tuple[str, int], tuple[str, bool]]


def failing(faults: Faults) -> Fault:
    """Return a fault that fails some requests in different ways, carried out or not."""
    counts: Counter[str] = Counter()

    def of(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        number, counts[operation] = counts[operation], counts[operation] + 1
        kind, is_carried_out = faults.get((operation, number), ("", False))
        return (STEPS[kind], is_carried_out and kind not in REFUSED) if kind else None

    return of


@given(FAULTS, st.booleans())
@settings(max_examples=20)
def test_nothing_is_deleted_that_was_not_accepted_and_nothing_is_sent_twice(faults: Faults, keep: Any) -> None:
    stub = stub_of(6)
    stub.fault = failing(faults)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EICNB_JOURNAL", "off")  # a replay refuses events that an earlier example left in doubt
        result = replayed(stub, keep=keep)
    assert set(stub.deleted) <= set(stub.accepted)
    assert max(Counter(stub.accepted).values(), default=1) == 1
    outcomes = dict(zip(result.message_id, result.outcome, strict=True))
    assert {one for one, word in outcomes.items() if word in {"accepted", "not deleted"}} <= set(stub.accepted)
    assert all(outcomes[one] in {"accepted", "not deleted", "unknown"} for one in stub.accepted)
    assert not (keep and stub.deleted)


@given(FAULTS, FAULTS)
@settings(max_examples=8)
def test_whatever_fails_later_replays_send_no_event_again_that_lambda_accepted(first: Faults, second: Faults) -> None:
    stub = stub_of(4)
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv("EICNB_JOURNAL", folder)
        for faults in (first, second, {}):
            stub.fault = failing(faults)
            with suppress(UsageError):  # if every row is refused
                replayed(stub)
            stub.receipts.clear()  # every message becomes visible again some time
        doubtful = eicnb.journal().query("outcome != 'failed'")
    assert max(Counter(stub.accepted).values(), default=1) == 1
    assert {f"message {one}" for one in stub.accepted} <= set(doubtful.change)
    assert set(stub.messages) - set(stub.accepted) <= {one.removeprefix("message ") for one in doubtful.change}


@pytest.mark.parametrize("kind", ["cut", "503", "a page"])
def test_a_lost_response_is_unknown_and_its_message_stays(kind: str) -> None:
    def losing(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        return (STEPS[kind], True) if operation == "Invoke" else None

    stub = stub_of(1)
    stub.fault = losing
    assert replayed(stub).outcome.tolist() == ["unknown"]
    assert (stub.accepted, stub.deleted, stub.receipts) == (["m0"], [], {})
    assert eicnb.journal(since="1m").outcome.tolist() == ["unknown"]


def test_an_accepted_event_whose_message_stays_is_stated_and_stops_the_rest() -> None:
    def denied(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        return (DENIED, False) if operation == "DeleteMessage" else None

    stub = stub_of(3)
    stub.fault = denied
    result = replayed(stub)
    assert sorted(result.outcome) == ["not deleted", "not tried", "not tried"]
    assert set(result.error) == {"accepted, but not deleted: no", "an earlier message could not be deleted"}
    [entry] = eicnb.journal(since="1m").to_dict("records")
    assert (entry["outcome"], entry["error"]) == ("applied", "accepted, but not deleted: no")


def test_three_failures_in_a_row_stop_the_rest() -> None:
    def denied(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        return (fault(403, "AccessDeniedException", "no"), False) if operation == "Invoke" else None

    stub = stub_of(6)
    stub.fault = denied
    assert sorted(replayed(stub).outcome) == ["failed"] * 3 + ["not tried"] * 3
    assert stub.receipts == {}


def test_ctrl_c_ends_after_the_event_under_way_and_gives_the_others_back() -> None:
    def interrupting(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        if operation == "Invoke" and len(stub.accepted) == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return None

    stub = stub_of(6)
    stub.fault = interrupting
    result = replayed(stub)
    assert sorted(result.outcome) == ["accepted", "accepted", "not tried", "not tried", "not tried", "not tried"]
    assert stub.receipts == {}
    assert len(stub.deleted) == 2


def test_a_message_that_another_reader_got_meanwhile_is_not_sent() -> None:
    stub = stub_of(3)

    def taken(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        if operation == "ReceiveMessage" and "m1" not in stub.receipts:
            stub.receipts["m1"] = "the other's"
        return None

    stub.fault = taken
    result = replayed(stub).set_index("message_id")
    assert result.outcome.to_dict() == {"m2": "accepted", "m1": "gone", "m0": "accepted"}


def test_a_message_whose_hold_ran_out_while_its_function_was_invoked_is_not_taken_as_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(operation: str, _request: Seen) -> tuple[Step, bool] | None:
        if operation == "Invoke":
            time.sleep(1.1)
            stub.receipts["m0"] = "the other's"
        return None

    monkeypatch.setattr(replayer, "_LEAST_HOLD", 1)
    monkeypatch.setattr(replayer, "_MARGIN", 0)
    stub = stub_of(1)
    stub.fault = slow
    result = replayed(stub)
    assert (result.outcome.tolist(), stub.deleted) == (["not deleted"], [])
    assert "another reader may have it" in result.error[0]
