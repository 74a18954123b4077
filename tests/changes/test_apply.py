"""Writes and their rehearsals: the reads before them, their results, and concurrent updates."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

import eicnb
from eicnb.changes.apply import rehearse, write
from eicnb.client.eic import connection_of
from eicnb.errors import AccessDenied, AwsError
from tests.answering import Answer, Answering, Cut, Seen, Step, config_answer, fault
from tests.changes.lossy import Losing, writes

pytestmark = pytest.mark.usefixtures("keys", "one_attempt")

QUEUE = "sqs:shop-failures"
WRITES: dict[str, Callable[[eicnb.Eic], Any]] = {
    "put": lambda eic: eic.put("my-function", maximum_retry_attempts=0),
    "update": lambda eic: eic.update("my-function", maximum_retry_attempts=0),
    "update of one destination": lambda eic: eic.update("my-function", on_failure="s3:lost"),
    "delete": lambda eic: eic.delete("my-function"),
}
UNREADABLE: dict[str, Step] = {
    "denied": fault(403, "AccessDeniedException", "no"),
    "broken": fault(500, "ServiceException", "boom"),
    "malformed": Answer(200, b"{}"),
    "a config that eicnb can't read": config_answer(MaximumRetryAttempts=7),
    "cut": Cut(),
}


def unreadable(step: Step) -> Callable[[Seen], Step]:
    """A server on which configs can be written but not read."""

    def script(request: Seen) -> Step:
        if request.method == "GET":
            return step
        return Answer(204) if request.method == "DELETE" else config_answer()

    return script


@pytest.mark.parametrize("step", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
def test_a_failed_read_never_prevents_a_write(call: Callable[[eicnb.Eic], Any], step: Step) -> None:
    with Answering(unreadable(step)) as server:
        frame = call(eicnb.connect(region="us-east-1", endpoint_url=server.url))
        sent = writes(server)
        assert len(sent) == 1
    assert len(frame) == (0 if sent == ["DELETE"] else 1)


LINES = [
    (
        "put my-function --retries 0",
        "retries ? -> 0, age ? -> 6h (default), on-failure ? -> none, on-success ? -> none",
    ),
    ("update my-function --retries 0", "retries ? -> 0"),
    ("update my-function --on-failure s3:lost", "on-failure ? -> s3:lost, on-success ? -> none"),
    (
        "delete my-function",
        "retries ? -> 2 (default), age ? -> 6h (default), on-failure ? -> none, on-success ? -> none",
    ),
]


@pytest.mark.parametrize(("line", "phrases"), LINES)
def test_a_setting_that_could_not_be_read_is_a_question_mark_in_the_line(
    capsys: pytest.CaptureFixture[str], line: str, phrases: str
) -> None:
    with Answering(unreadable(UNREADABLE["denied"])) as server:
        eicnb.use(eicnb.connect(region="us-east-1", endpoint_url=server.url))
        eicnb.run(line)
    shown = capsys.readouterr().out
    assert f"  {phrases}, the previous config could not be read: AccessDenied  us-east-1" in shown


def test_a_rehearsal_needs_to_read() -> None:
    with Answering(unreadable(UNREADABLE["denied"])) as server:
        connection = connection_of(eicnb.connect(region="us-east-1", endpoint_url=server.url))
        request = connection.request("put", "my-function", maximum_retry_attempts=0)
        with pytest.raises(AccessDenied):
            rehearse(connection, request)
        assert writes(server) == []


def test_a_rehearsal_and_the_write_agree(eic: eicnb.Eic) -> None:
    connection = connection_of(eic)
    for verb, settings in (("put", {"on_failure": QUEUE}), ("update", {"on_success": QUEUE}), ("delete", {})):
        request = connection.request(verb, "my-function:GREEN", **settings)  # type: ignore[arg-type] # a table
        assert rehearse(connection, request).line == write(connection, request).line


def test_a_delete_that_may_find_no_config_sends_nothing_without_one(eic: eicnb.Eic) -> None:
    connection = connection_of(eic)
    applied = write(connection, connection.request("delete", "newsletters", missing_ok=True))
    assert list(applied.configs) == []
    assert applied.line == f"delete newsletters:$LATEST  no change  us-east-1  {eic.account_id}  SANDBOX"
    assert eic.server is not None
    assert "DeleteFunctionEventInvokeConfig" not in [request.operation for request in eic.server.requests()]


def both_destinations(eic: eicnb.Eic) -> tuple[Any, Any]:
    frame = eic.get("my-function:BLUE")
    return frame.on_failure_type.item(), frame.on_success_type.item()


def test_updates_of_one_destination_at_the_same_time_both_last(eic: eicnb.Eic, warm_python: str) -> None:
    assert eic.server is not None
    other = eicnb.connect(region="us-east-1", endpoint_url=eic.server.url)
    for _ in range(20):
        eic.put("my-function:BLUE", maximum_retry_attempts=0)
        together = Barrier(2)

        def update(eic: eicnb.Eic, name: str, together: Barrier = together) -> None:
            together.wait()
            eic.update("my-function:BLUE", **{name: QUEUE})  # type: ignore[arg-type] # the name is a destination's

        with ThreadPoolExecutor() as pool:
            list(pool.map(update, [eic, other], ["on_failure", "on_success"]))
        assert both_destinations(eic) == ("sqs", "sqs")


UPDATE = """
import sys, eicnb
eic = eicnb.connect(region="us-east-1", endpoint_url=sys.argv[1])
eic.get("my-function:BLUE")
for name in sys.stdin:
    eic.update("my-function:BLUE", **{name.strip(): "sqs:shop-failures"})
    print("done", flush=True)
"""


def test_updates_of_two_processes_at_the_same_time_both_last(eic: eicnb.Eic, warm_python: str) -> None:
    assert eic.server is not None
    started = [
        subprocess.Popen(
            [warm_python, "-c", UPDATE, eic.server.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for _ in range(5):
        eic.put("my-function:BLUE", maximum_retry_attempts=0)
        for process, name in zip(started, ("on_failure", "on_success"), strict=True):
            assert process.stdin is not None
            process.stdin.write(f"{name}\n")
            process.stdin.flush()
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"
        assert both_destinations(eic) == ("sqs", "sqs")
    for process in started:
        process.communicate()


def stale(eic: eicnb.Eic, times: int) -> Losing:
    """A proxy at which another update, which read too early, reverts each of the first writes."""
    assert eic.server is not None

    class TakingBack(Losing):
        def __call__(self, request: Seen) -> Step:
            response = self._forward(request)
            if request.method == "POST" and "event-invoke-config" in request.path and self.lost < times:
                self.lost += 1
                eic.put("my-function:BLUE", maximum_retry_attempts=0, on_success=QUEUE)
            return response

    return TakingBack(eic.server.url, "cut after")


def test_an_update_that_another_one_took_back_is_merged_again(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=0)
    with Answering(stale(eic, 2)) as proxy:
        eicnb.connect(region="us-east-1", endpoint_url=proxy.url).update("my-function:BLUE", on_failure=QUEUE)
        assert len(writes(proxy)) == 3
    assert both_destinations(eic) == ("sqs", "sqs")


def test_an_update_that_is_taken_back_again_and_again_is_an_error(eic: eicnb.Eic) -> None:
    eic.put("my-function:BLUE", maximum_retry_attempts=0)
    with Answering(stale(eic, 99)) as proxy:
        with pytest.raises(eicnb.EicError) as raised:
            eicnb.connect(region="us-east-1", endpoint_url=proxy.url).update("my-function:BLUE", on_failure=QUEUE)
        assert len(writes(proxy)) == 4
    assert not isinstance(raised.value, AwsError)
    assert raised.value.message.startswith(
        "other updates reverted this one 4 times: update my-function:BLUE  on-failure none -> sqs:shop-failures  "
    )
    assert raised.value.hint == "set both destinations in one update"
