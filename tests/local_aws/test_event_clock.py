"""The event clock runs fast, stops, and skips waits; it has a thread only while work is pending."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from eicnb.errors import ConfigurationError
from eicnb.local_aws.event_clock import EventClock


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "eicnb-sandbox-events"]


def noting(seen: list[tuple[str, float]], name: str) -> Callable[[float], None]:
    """Return work that records its name and the time that it receives."""
    return lambda due: seen.append((name, due))


def test_work_is_done_in_the_order_in_which_it_is_due_at_its_own_time() -> None:
    clock, seen = EventClock(speed=0), list[tuple[str, float]]()
    for due, name in ((180, "c"), (60, "a"), (60, "b")):
        clock.at(due, noting(seen, name))
    clock.settle()
    assert seen == [("a", 60), ("b", 60), ("c", 180)]
    assert clock.now() == 180


def test_time_passes_only_as_far_as_it_is_moved() -> None:
    clock, seen = EventClock(speed=0), list[tuple[str, float]]()
    clock.at(60, noting(seen, "a"))
    clock.advance(59.5)
    assert (seen, clock.now()) == ([], 59.5)
    clock.advance(0.5)
    assert (seen, clock.now()) == ([("a", 60)], 60)


def test_settling_includes_the_work_that_work_adds() -> None:
    clock, seen = EventClock(speed=0), list[float]()

    def again(due: float) -> None:
        seen.append(due)
        if len(seen) < 5:
            clock.at(due + 60, again)

    clock.at(0, again)
    clock.settle()
    assert seen == [0, 60, 120, 180, 240]


def test_a_fast_clock_moves_by_itself() -> None:
    started = time.monotonic()
    clock, done = EventClock(speed=600), threading.Event()
    clock.at(clock.now() + 60, lambda _: done.set())
    assert done.wait(60)
    assert time.monotonic() - started >= 0.09, "60 seconds at 600 times the speed"


def test_it_has_a_thread_only_while_work_is_pending() -> None:
    before = workers()
    clock = EventClock(speed=1)
    clock.settle()
    assert workers() == before
    clock.at(1000, lambda _: None)
    assert len(workers()) == len(before) + 1
    clock.settle()
    for worker in set(workers()) - set(before):
        worker.join(10)
    assert workers() == before


def test_closing_forgets_what_is_pending() -> None:
    before, seen = workers(), list[tuple[str, float]]()
    clock = EventClock(speed=1)
    clock.at(1000, noting(seen, "a"))
    clock.close()
    clock.at(0, noting(seen, "b"))
    clock.settle()
    assert (workers(), seen) == (before, [])


@pytest.mark.parametrize("speed", [0, 300])
def test_several_threads_may_add_work_and_wait(speed: float) -> None:
    clock, seen = EventClock(speed), list[tuple[str, float]]()

    def adding() -> None:
        for _ in range(50):
            clock.at(clock.now() + 30, noting(seen, "a"))
        clock.settle()
        for _ in range(50):
            clock.at(clock.now() + 30, noting(seen, "a"))
            clock.advance(30)

    threads = [threading.Thread(target=adding) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    clock.settle()
    assert len(seen) == 400


@pytest.mark.parametrize("speed", [-1, float("nan")])
def test_it_does_not_run_backwards(speed: float) -> None:
    with pytest.raises(ConfigurationError) as caught:
        EventClock(speed)
    assert str(caught.value) == (
        f"The event clock cannot run at {speed} times real time.\nTry: give a number of 0 or more"
    )


def test_work_that_fails_is_reported_and_stops_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    clock, seen = EventClock(speed=0), list[tuple[str, float]]()

    def failing(_due: float) -> None:
        raise LookupError

    clock.at(0, failing)
    clock.at(60, noting(seen, "a"))
    clock.settle()
    assert seen == [("a", 60)]
    assert [report.exc_type for report in reported] == [LookupError]
