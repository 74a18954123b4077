"""Settings have an effect that users can see: with 0 retries, an event has one attempt."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.local_aws.server import Sandbox
from tests.shell import Notebook, bare_notebook

__all__ = ["bare_notebook"]

FUNCTION, QUEUE = "reviews-moderation", "sqs:shop-failures"


@pytest.fixture
def eic() -> Iterator[Eic]:
    """A sandbox whose event clock moves only when a test advances it."""
    eic = eicnb.sandbox(event_speed=0)
    yield eic
    server_of(eic).stop()


def server_of(eic: Eic) -> Sandbox:
    assert eic.server is not None
    return eic.server


@pytest.mark.parametrize(
    ("retries", "age", "attempts", "condition"),
    [
        (0, None, 1, "RetriesExhausted"),
        (1, None, 2, "RetriesExhausted"),
        (2, None, 3, "RetriesExhausted"),
        (2, 60, 1, "EventAgeExceeded"),
        (2, 90, 2, "EventAgeExceeded"),
    ],
)
def test_the_settings_decide_how_often_a_failing_function_is_tried(
    eic: Eic, retries: int, age: int | None, attempts: int, condition: str
) -> None:
    eic.put(FUNCTION, maximum_retry_attempts=retries, maximum_event_age_in_seconds=age, on_failure=QUEUE)
    server_of(eic).fail(FUNCTION)
    eic.send(FUNCTION, {"order": 1})
    server_of(eic).settle()
    [found] = eic.records(QUEUE, progress=False).itertuples()
    assert (found.attempts, found.condition, found.payload) == (attempts, condition, '{"order": 1}')


def test_a_change_of_the_settings_counts_for_the_next_event(eic: Eic) -> None:
    server_of(eic).fail(FUNCTION)
    for retries in (2, 0):
        eic.put(FUNCTION, maximum_retry_attempts=retries, on_failure=QUEUE)
        eic.send(FUNCTION, {"order": retries})
        server_of(eic).settle()
    found = eic.records(QUEUE, progress=False)
    assert dict(zip(found.payload, found.attempts, strict=True)) == {'{"order": 2}': 3, '{"order": 0}': 1}


def test_losses_count_what_the_sandbox_lost(eic: Eic) -> None:
    def lost() -> int:
        frame = eic.losses(eic.audit(functions="thumbnails", progress=False), since="1h", progress=False)
        return int(frame.lost.item())

    before = lost()
    server_of(eic).fail("thumbnails")
    for _ in range(3):
        eic.send("thumbnails", {})
    server_of(eic).settle()
    # The data point of a minute cannot be read within the minute's first second.
    until = time.monotonic() + 30
    while lost() == before and time.monotonic() < until:
        time.sleep(0.2)
    assert lost() == before + 3


def test_a_notebook_sees_the_record_within_a_moment(bare_notebook: Notebook) -> None:
    notebook = bare_notebook
    notebook.run("%load_ext eicnb")
    notebook.run("eic = %eic sandbox")
    notebook.run(f"%eic put {FUNCTION} --retries 0 --on-failure {QUEUE}")
    notebook.run(f"eic.server.fail({FUNCTION!r})")
    notebook.run(f"""sent = %eic send {FUNCTION} '{{"order": 1}}' --wait 30s""")
    [found] = notebook["sent"].itertuples()
    assert (found.state, found.attempts, found.error_type) == ("delivered", 1, "SandboxError")
