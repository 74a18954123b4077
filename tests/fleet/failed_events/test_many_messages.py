"""A queue of the sandbox with 2,000 messages, and two notebooks that use one queue."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import IncompleteReplay
from eicnb.frames.frame import Frame
from eicnb.local_aws.moto_targets import MotoTargets
from tests.fleet.failed_events.samples import call, record, visible


def fill(eic: Eic, queue: str, number: int) -> None:
    """Create a queue with many records, without a request for each, and a function that names it."""
    call(eic, "sqs", "CreateQueue", QueueName=queue)
    targets = MotoTargets(eic.account_id)
    for one in range(number):
        targets.send_message(f"arn:aws:sqs:us-east-1:{eic.account_id}:{queue}", record(one))
    eic.put("checkout", on_failure=f"sqs:{queue}")


def replayed(eic: Eic, frame: pd.DataFrame) -> Frame:
    try:
        return eic.replay(frame, progress=False, rate=10_000, limit=100)
    except IncompleteReplay as error:
        result: Frame = error.result
        return result


def test_two_thousand_messages_are_read_and_some_are_replayed(shared: Eic) -> None:
    fill(shared, "many", 2000)
    started = time.process_time()
    frame = shared.records("sqs:many", most=5000, seconds=60, rate=10_000, progress=False)
    assert (len(frame), frame.message_id.nunique(), frame.attrs["held"]) == (2000, 2000, 2000)
    assert len(shared.records("sqs:many", most=30, rate=10_000, progress=False)) == 30
    assert replayed(shared, frame.tail(3)).outcome.tolist() == ["accepted"] * 3
    assert visible(shared, "many") == 1997
    assert time.process_time() - started < 30


def test_two_notebooks_that_replay_one_queue_send_each_event_once(shared: Eic) -> None:
    fill(shared, "shared", 40)
    assert shared.server is not None
    frame, before = shared.records("sqs:shared", rate=10_000, progress=False), len(shared.server.requests())
    with ThreadPoolExecutor(2) as pool:
        results = [*pool.map(lambda eic: replayed(eic, frame), [shared, shared.derive(region="us-east-1")])]
    outcomes = Counter(word for result in results for word in result.outcome)
    assert outcomes == {"accepted": 40, "gone": 40}
    sent = [request for request in shared.server.requests()[before:] if request.operation == "Invoke"]
    assert len(sent) == len(eicnb.journal().query("verb == 'replay'")) == 40
    assert visible(shared, "shared") == 0


def test_two_notebooks_that_read_one_queue_lose_nothing(shared: Eic) -> None:
    fill(shared, "read", 60)
    with ThreadPoolExecutor(2) as pool:
        frames = [*pool.map(lambda eic: eic.records("sqs:read", rate=10_000, progress=False), [shared, shared])]
    assert set().union(*(frame.message_id for frame in frames)) == set(
        shared.records("sqs:read", rate=10_000, progress=False).message_id
    )
    assert visible(shared, "read") == 60
