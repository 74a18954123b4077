"""The clock of asynchronous events: it runs faster than the real one, and tests move it themselves.

Work is done in the order of the times at which it is due, and each piece receives that time: how busy the machine is
changes nothing about the result. A thread runs only while work is pending.
Tested in tests/local_aws/test_event_clock.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Thread, current_thread

from eicnb.errors import ConfigurationError

EVENT_SPEED = 300.0
"""Seconds of AWS's waits in one real second: a retry after a minute happens within 0.2 seconds."""

Work = Callable[[float], None]
"""What is done at a time; it receives the time at which it was due."""


class EventClock:
    """A clock with an agenda.

    >>> clock, seen = EventClock(speed=0), []
    >>> clock.at(60, seen.append)
    >>> clock.advance(59); seen
    []
    >>> clock.advance(1); seen
    [60]

    `speed` is how many of its seconds pass in a real one; with 0 it stands still until `advance` or `settle`.
    """

    def __init__(self, speed: float = EVENT_SPEED, real: Callable[[], float] = time.monotonic) -> None:
        if not speed >= 0:
            raise ConfigurationError(
                f"The clock of events cannot run {speed} times as fast.", hint="give a number of 0 or more"
            )
        self._speed = speed
        self._real = real
        self._passed = 0.0
        self._started = real()
        self._goals: list[float] = []
        self._agenda: list[tuple[float, int, Work]] = []
        self._numbers = count()
        self._worker: Thread | None = None
        self._is_busy = False
        self._is_closed = False
        self._changed = Condition()

    def now(self) -> float:
        """Return the seconds since its start."""
        return self._passed + (self._real() - self._started) * self._speed

    def at(self, due: float, work: Work) -> None:
        """Do some work at a time; what is due already is done at once, in the thread of the clock."""
        with self._changed:
            if self._is_closed:
                return
            heappush(self._agenda, (due, next(self._numbers), work))
            if self._speed or due <= self._at_once():
                self._wake()

    def settle(self) -> None:
        """Move on until nothing is pending, without waiting; return once all is done."""
        self._skip(float("inf"))

    def advance(self, seconds: float) -> None:
        """Move on by some seconds at once; return once all that was due is done."""
        goal = self.now() + seconds
        self._skip(goal)
        with self._changed:
            self._move_to(goal)

    def close(self) -> None:
        """Forget what is pending, and wait for the end of the work in progress."""
        with self._changed:
            self._is_closed = True
            self._agenda.clear()
            self._changed.notify_all()
            worker = self._worker
        if worker is not None and worker is not current_thread():
            worker.join()

    def _skip(self, goal: float) -> None:
        with self._changed:
            self._goals.append(goal)
            try:
                while self._is_busy or (self._agenda and self._agenda[0][0] <= goal):
                    self._wake()
                    self._changed.wait()
            finally:
                self._goals.remove(goal)

    def _at_once(self) -> float:
        """Return the time up to which nothing waits, since another thread is moving the clock there."""
        return max(self._goals, default=float("-inf"))

    def _wake(self) -> None:
        if self._worker is None:
            self._worker = Thread(target=self._work, name="eicnb-sandbox-events", daemon=True)
            self._worker.start()
        self._changed.notify_all()

    def _work(self) -> None:
        try:
            while (entry := self._next()) is not None:
                time_due, _, work = entry
                work(time_due)
        except BaseException:
            with self._changed:
                self._worker, self._is_busy = None, False
                self._changed.notify_all()
            raise

    def _next(self) -> tuple[float, int, Work] | None:
        """Wait for the next work; None if there is none, or if the clock stands still before it."""
        with self._changed:
            self._is_busy = False
            self._changed.notify_all()
            while self._agenda:
                due, now = self._agenda[0][0], self.now()
                if due <= max(now, self._at_once()):
                    self._is_busy = True
                    self._move_to(due)
                    return heappop(self._agenda)
                if not self._speed:
                    break
                self._changed.wait((due - now) / self._speed)
            # Under the same lock as `at`, so that no work is added to a thread that has just ended.
            self._worker = None
            return None

    def _move_to(self, time_due: float) -> None:
        self._passed += max(0.0, time_due - self.now())
