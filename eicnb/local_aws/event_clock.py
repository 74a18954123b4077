"""The clock of asynchronous events, which runs faster than real time or is advanced by tests.

Work is done in the order of its due times, and receives the time at which it was due. The result therefore does not
depend on how busy the machine is. A thread runs only while work is pending.
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
"""The seconds that pass per real second, so that a retry after a minute takes 0.2 seconds."""

Work = Callable[[float], None]
"""A scheduled call, which receives the time at which it was due."""


class EventClock:
    """A clock that does scheduled work.

    >>> clock, seen = EventClock(speed=0), []
    >>> clock.at(60, seen.append)
    >>> clock.advance(59); seen
    []
    >>> clock.advance(1); seen
    [60]

    `speed` is how many of its seconds pass per real second. With 0 only `advance` and `settle` move it.
    """

    def __init__(self, speed: float = EVENT_SPEED, real: Callable[[], float] = time.monotonic) -> None:
        if not speed >= 0:
            raise ConfigurationError(
                f"The event clock cannot run at {speed} times real time.", hint="give a number of 0 or more"
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
        """Schedule work at a time; work that is already due is done at once, in the clock's thread."""
        with self._changed:
            if self._is_closed:
                return
            heappush(self._agenda, (due, next(self._numbers), work))
            if self._speed or due <= self._latest_goal():
                self._wake()

    def settle(self) -> None:
        """Skip all waits; return once no work is pending."""
        self._skip(float("inf"))

    def advance(self, seconds: float) -> None:
        """Advance the clock at once; return once all work due by then is done."""
        goal = self.now() + seconds
        self._skip(goal)
        with self._changed:
            self._move_to(goal)

    def close(self) -> None:
        """Cancel pending work, and wait for work in progress to finish."""
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

    def _latest_goal(self) -> float:
        """Return the time to which other threads advance the clock; work due by then does not wait."""
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
        """Wait for the next work; return None if no work is left, or if a stopped clock is before it."""
        with self._changed:
            self._is_busy = False
            self._changed.notify_all()
            while self._agenda:
                due, now = self._agenda[0][0], self.now()
                if due <= max(now, self._latest_goal()):
                    self._is_busy = True
                    self._move_to(due)
                    return heappop(self._agenda)
                if not self._speed:
                    break
                self._changed.wait((due - now) / self._speed)
            # Under the same lock as `at`, so that no work is left to a thread that is about to finish.
            self._worker = None
            return None

    def _move_to(self, time_due: float) -> None:
        self._passed += max(0.0, time_due - self.now())
