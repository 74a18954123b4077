"""The writes of a plan: each config is compared and then written at once, within the rate limit.

Tested in tests/changes/test_apply_plan.py.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Literal

from eicnb.aws.connection import Connection
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.sender import PATIENCE
from eicnb.aws.retries import may_have_arrived
from eicnb.changes.apply import Prepared, apply
from eicnb.changes.change import Change, described, is_same, place_of
from eicnb.changes.interrupts import Stop
from eicnb.changes.lock import locked
from eicnb.changes.progress import WriteProgress
from eicnb.errors import AccessDenied, AwsError, ConfigurationError, EicError, ExpiredCredentials, NotFound, Throttled
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request

Word = Literal["applied", "none", "conflict", "refused", "failed", "not tried", "unknown"]

MOST_FAILURES = 3
"""The number of consecutive failures that stops all other writes."""

_BETWEEN_DRAWINGS = 0.1

Show = Callable[[WriteProgress], object]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """The outcome of a row, and the error if it was not applied.

    `hint` is set only if the same write would fail again.
    """

    word: Word
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A change to write: the number of its row, its request, and its connection."""

    number: int
    change: Change
    request: Request
    connection: Connection

    @property
    def place(self) -> tuple[str, str]:
        """The account and region of the config."""
        return self.change.target.account_id or "", self.change.target.region or ""


class _Stopped(Exception):
    """The signal that nothing more may be sent."""


@dataclass(slots=True, kw_only=True)
class PlanWriter:
    """A writer of steps: in sequence within an account and region, in parallel across them.

    `turns` has the token bucket of each account and region. `outcomes` maps the number of a row to its outcome once it
    was tried.
    """

    turns: Mapping[tuple[str, str], TokenBucket]
    show: Show
    stop: Stop
    total: int
    clock: Callable[[], float] = time.monotonic
    outcomes: dict[int, RowOutcome] = field(default_factory=dict)
    reason: str = ""
    _failures_in_a_row: int = 0
    _denied: set[tuple[str, str]] = field(default_factory=set)
    _sending: set[int] = field(default_factory=set)
    _crash: BaseException | None = None
    _started_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._started_at = self.clock()

    def write(self, steps: Sequence[Step], *, most: int | None = None) -> None:
        """Write all steps, or one after another until `most` of them are written."""
        of_places: dict[tuple[str, str], list[Step]] = {}
        for step in steps:
            of_places.setdefault(step.place if most is None else ("", ""), []).append(step)
        threads = [
            threading.Thread(target=copy_context().run, args=(self._write, of_one, most), daemon=True)
            for of_one in of_places.values()
        ]
        try:
            for thread in threads:
                thread.start()
            while (alive := _alive(threads)) and not self.stop.gives_up:
                alive[0].join(_BETWEEN_DRAWINGS)
                self.show(self.progress())
        finally:
            if _alive(threads):
                self.stop.requested.set()
                self._wait_for(threads)
        if self._crash is not None:
            raise self._crash

    def _wait_for(self, threads: Sequence[threading.Thread]) -> None:
        """Wait for the writes in flight; after a second Ctrl-C, record their outcome as unknown instead."""
        while (alive := _alive(threads)) and not self.stop.gives_up:
            alive[0].join(_BETWEEN_DRAWINGS)
        with self._lock:
            for number in self._sending:
                self.outcomes[number] = RowOutcome("unknown", "stopped before its response arrived")

    def progress(self, *, is_over: bool = False) -> WriteProgress:
        """Return the current progress."""
        words = Counter(outcome.word for outcome in list(self.outcomes.values()))
        return WriteProgress(
            done=len(self.outcomes),
            total=self.total,
            applied=words["applied"],
            unchanged=words["none"],
            seconds=self.clock() - self._started_at,
            is_over=is_over,
        )

    def is_as_written(self, steps: Sequence[Step]) -> bool:
        """Read back the configs of written steps and return whether all have the written settings."""
        try:
            for step in steps:
                self._wait(self.turns[step.place].take())
                if not is_same(_live(step), step.change.after):
                    return False
        except (_Stopped, EicError):
            return False
        return True

    def _write(self, steps: Sequence[Step], most: int | None) -> None:
        written = 0
        for step in steps:
            if written == most or self.stop.requested.is_set() or step.place in self._denied:
                continue
            try:
                outcome = self._tried(step)
            except _Stopped:
                return
            except BaseException as error:  # noqa: BLE001 # it is raised in the caller's thread
                self._crash = error
                self.stop.requested.set()
                return
            written += outcome.word == "applied"
            self._note(step, outcome)

    def _note(self, step: Step, outcome: RowOutcome) -> None:
        with self._lock:
            self._sending.discard(step.number)
            self.outcomes[step.number] = outcome
            is_failure = outcome.word in {"failed", "unknown"}
            self._failures_in_a_row = self._failures_in_a_row + 1 if is_failure else 0
            if self._failures_in_a_row >= MOST_FAILURES:
                self._halt(f"{MOST_FAILURES} writes failed in a row")

    def _halt(self, reason: str) -> None:
        self.reason = reason
        self.stop.requested.set()

    def _tried(self, step: Step) -> RowOutcome:
        """Compare the config with the planned one and write it; retry throttled requests."""
        first, turns = self.clock(), self.turns[step.place]
        while True:
            self._wait(turns.take())
            sent_at = self.clock()
            try:
                with locked(step.change.target, self.stop.requested.is_set):
                    return self._compared(step, turns)
            except Throttled as error:
                self._sending.discard(step.number)
                if self.clock() - first >= PATIENCE.throttled:
                    return RowOutcome("failed", error.message)
                turns.refused(sent_at, 1.0)
            except EicError as error:
                if isinstance(error, AccessDenied):
                    self._denied.add(step.place)
                if isinstance(error, ConfigurationError | ExpiredCredentials):
                    self._halt("not sent, because the write before it failed and this one would too")
                is_open = step.number in self._sending and may_have_arrived(error)
                return RowOutcome("unknown", error.message) if is_open else _failed(error)

    def _compared(self, step: Step, turns: TokenBucket) -> RowOutcome:
        """Read the config and write it at once; the write's token is taken, but not waited for."""
        change, live = step.change, _live(step)
        if is_same(live, change.after):
            return RowOutcome("none")
        if not is_same(live, change.before):
            where = place_of(change.target)
            return RowOutcome("conflict", f"the config was changed since: it is now {described(live, where)}")
        if self.stop.requested.is_set():
            raise _Stopped
        turns.take()
        self._sending.add(step.number)
        applied = apply(step.connection, Prepared(step.request, live))
        return RowOutcome("applied" if applied.configs else "none")

    def _wait(self, seconds: float) -> None:
        if self.stop.requested.wait(seconds) if seconds > 0 else self.stop.requested.is_set():
            raise _Stopped

    def left(self, steps: Sequence[Step]) -> Iterator[tuple[Step, RowOutcome]]:
        """Yield each step that was not tried, with the reason."""
        for step in steps:
            if step.number not in self.outcomes:
                why = "an earlier request to its account and region was denied" if step.place in self._denied else ""
                yield step, RowOutcome("not tried", why or self.reason or "stopped before it")


def _failed(error: EicError) -> RowOutcome:
    """Return the outcome of a write that failed for good, with the hint of its error."""
    hint = error.hint or ("fix what the error names" if isinstance(error, AwsError) else "")
    return RowOutcome("failed", error.message, hint)


def _live(step: Step) -> ReportedConfig | None:
    try:
        return step.connection.current_config(step.change.target)
    except NotFound:
        return None


def _alive(threads: Sequence[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threads if thread.is_alive()]
