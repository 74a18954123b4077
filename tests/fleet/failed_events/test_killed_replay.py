"""After a replay is killed between invoke and delete, the next process reports it and resends nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import IncompleteReplay, UsageError
from tests.fleet.failed_events.samples import make_queue, record, visible

POINTS = {"after it was accepted": 1, "after its message is deleted": 0}
"""How many messages are left."""


@pytest.mark.parametrize("point", POINTS)
def test_the_next_process_reports_what_may_have_been_sent(
    point: str, shared: Eic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    queue = f"killed-{point.replace(' ', '-')}"
    make_queue(shared, queue, record(1))
    shared.put("checkout", on_failure=f"sqs:{queue}")
    frame = shared.records(f"sqs:{queue}", progress=False)
    assert shared.server is not None
    before = len(shared.server.requests())

    command = [sys.executable, "-m", "tests.fleet.failed_events.killed", str(shared.endpoint_url), queue, point]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr

    sent = [request for request in shared.server.requests()[before:] if request.operation == "Invoke"]
    assert len(sent) == 1
    [entry] = eicnb.journal().query("verb == 'replay'").to_dict("records")
    message_id = frame.message_id[0]
    assert (entry["change"], entry["outcome"]) == (f"message {message_id}", "unknown")
    with pytest.raises(UsageError) as raised:
        shared.replay(frame, progress=False)
    assert str(raised.value) == (
        f"none of the events can be sent: Lambda may have accepted the event in the run {entry['run']}; "
        "nothing was sent\n"
        "Try: check the journal for the time, or send the event again with to= (--to)\n"
        f"    %eic journal --run {entry['run']}"
    )
    now = shared.records(f"sqs:{queue}", progress=False, seconds=2)
    assert (len(now), now.attrs["in_flight"], visible(shared, queue)) == (0, POINTS[point], 0)
    with pytest.raises(IncompleteReplay) as incomplete:
        shared.replay(frame, to="checkout", progress=False)
    assert incomplete.value.result.outcome.tolist() == ["gone"]
