"""Events sent again: received anew, held while their function is invoked, and deleted once accepted.

Tested in tests/fleet/failed_events/test_replay.py and tests/fleet/failed_events/test_replay_faults.py.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from eicnb.aws.http.rate_limit import USUAL_RATE
from eicnb.aws.objects import Bucket
from eicnb.aws.paced import Ask, Paced, Quotas
from eicnb.aws.queues import Message, Queue
from eicnb.aws.retries import may_have_arrived
from eicnb.changes.interrupts import Stop
from eicnb.changes.journal import recorded_event
from eicnb.changes.progress import WriteProgress
from eicnb.changes.writer import MOST_FAILURES
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials
from eicnb.fleet.failed_events.chosen import SUCCEEDED, Chosen
from eicnb.fleet.failed_events.invoking import invoke
from eicnb.fleet.failed_events.records import queue_at
from eicnb.fleet.failed_events.request import Wanted
from eicnb.fleet.failed_events.source import RecordSource
from eicnb.model.limits import LARGEST_EVENT, LONGEST_HOLD, MESSAGES_A_REQUEST
from eicnb.model.record import InvocationRecord, NotARecord

ReplayWord = Literal["accepted", "not deleted", "gone", "refused", "failed", "not tried", "unknown"]

_LEAST_HOLD = 120
_MARGIN = 30
_WAIT = 1
_MOST_OTHERS = 1000
"""How many messages of others are held beyond those that the queue had at the start."""


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What happened to an event, the error if it is not done with, and the id of its new request."""

    word: ReplayWord
    error: str = ""
    request_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Replayer:
    """The sending of some events, one after another; `outcomes` are by the number of the row.

    `reason` is why it stopped early.
    """

    wanted: Wanted
    quotas: Quotas
    stop: Stop
    keep: bool
    total: int
    show: Callable[[WriteProgress], object]
    outcomes: dict[int, EventOutcome] = field(default_factory=dict)
    reason: str = ""
    _accepted: dict[tuple[str, str], int] = field(default_factory=dict)
    _failures_in_a_row: int = 0
    _started_at: float = field(default_factory=time.monotonic)

    def send(self, rows: Sequence[Chosen], *, most: int | None = None) -> None:
        """Send the events of all rows, or as many as `most`; those that were tried before are left out."""
        last = math.inf if most is None else len(self.outcomes) + most
        by_source: dict[RecordSource, list[Chosen]] = {}
        for row in rows:
            if row.source is not None and row.number not in self.outcomes:
                by_source.setdefault(row.source, []).append(row)
        for source, of_one in by_source.items():
            if self.is_over or len(self.outcomes) >= last:
                break
            if source.arn.kind == "s3":
                self._send_objects(source, of_one, last)
            else:
                self._send_messages(source, of_one, last)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be sent."""
        return bool(self.reason) or self.stop.requested.is_set()

    def progress(self, *, is_over: bool = False) -> WriteProgress:
        """Return the progress."""
        words = Counter(outcome.word for outcome in self.outcomes.values())
        return WriteProgress(
            done=len(self.outcomes),
            total=self.total,
            applied=words["accepted"],
            unchanged=0,
            seconds=time.monotonic() - self._started_at,
            is_over=is_over,
            things="events",
            done_with="accepted",
        )

    def _note(self, row: Chosen, outcome: EventOutcome) -> None:
        self.outcomes[row.number] = outcome
        is_failure = outcome.word in {"failed", "unknown", "not deleted"}
        self._failures_in_a_row = self._failures_in_a_row + 1 if is_failure else 0
        if self._failures_in_a_row >= MOST_FAILURES:
            self.reason = self.reason or f"{MOST_FAILURES} events in a row were not done with"
        self.show(self.progress())

    def _send_objects(self, source: RecordSource, rows: Sequence[Chosen], last: float) -> None:
        ask = Paced(source.connection.aws, source.connection.account_id, self.quotas, self.wanted.tally).ask
        for row in rows:
            if self.is_over or len(self.outcomes) >= last:
                return
            try:
                text = Bucket(ask, source.arn.name).content(row.message_id).decode("utf-8", "replace")
                record = InvocationRecord.parse(text)
            except EicError as error:
                self._note(row, EventOutcome("gone" if is_gone(error) else "failed", error.message))
                continue
            except NotARecord as error:
                self._note(row, EventOutcome("refused", str(error)))
                continue
            self._note(row, self._invoked(row, record, lambda: ""))

    def _send_messages(self, source: RecordSource, rows: Sequence[Chosen], last: float) -> None:
        """Receive until all wanted messages came or none is left, and give back what is not deleted."""
        holding = _Holding(queue_at(source, self.quotas, self.wanted.tally), self._hold())
        left = {row.message_id: row for row in rows}
        try:
            most = holding.queue.state().visible + _MOST_OTHERS
            while left and not self.is_over and len(self.outcomes) < last and len(holding.others) <= most:
                came = holding.receive()
                if not came:
                    break
                for message in came:
                    if self.is_over or len(self.outcomes) >= last:
                        break
                    self._take(message, left, holding)
            else:
                return
            for row in left.values():
                self._note(row, EventOutcome("gone", "its message is not in the queue, or another reader has it"))
        except EicError as error:
            self.reason = f"the queue could not be read: {error.message}"
        finally:
            holding.give_back()

    def _hold(self) -> int:
        return min(
            LONGEST_HOLD,
            max(_LEAST_HOLD, math.ceil(3 * MESSAGES_A_REQUEST / (self.wanted.rate or USUAL_RATE)) + _MARGIN),
        )

    def _take(self, message: Message, left: dict[str, Chosen], holding: _Holding) -> None:
        """Send the event of a message that is wanted and still held; keep the others for now."""
        row = left.get(message.message_id)
        if row is None:
            self._take_again(message, holding)
            return
        if not holding.has(message, _MARGIN):
            return
        try:
            record = InvocationRecord.of_message(message.body, message.attributes, message.sent_at)
        except NotARecord as error:
            outcome = EventOutcome("refused", str(error))
        else:
            outcome = self._invoked(row, record, lambda: self._deleted(message, holding))
        del left[message.message_id]
        if outcome.word in {"accepted", "not deleted"}:
            self._accepted[holding.queue.url, message.message_id] = row.number
        self._note(row, outcome)

    def _take_again(self, message: Message, holding: _Holding) -> None:
        """Delete a message that came again although its event was accepted: it would be sent twice."""
        number = self._accepted.get((holding.queue.url, message.message_id))
        if number is None or self.keep:
            return
        with suppress(EicError):
            holding.queue.delete(message)
            if holding.has(message, 0):
                holding.drop(message)
                self.outcomes[number] = replace(self.outcomes[number], word="accepted", error="")

    def _invoked(self, row: Chosen, record: InvocationRecord, delete: Callable[[], str]) -> EventOutcome:
        """Invoke the function of a row; once Lambda accepted the event, delete its message."""
        assert row.target is not None, "a row without a function is refused"
        assert row.connection is not None, "a function has a connection"
        if refusal := _differs(row, record):
            return EventOutcome("refused", refusal)
        ask: Ask = Paced(row.connection.aws, row.target.account_id or "", self.quotas, self.wanted.tally).ask
        try:
            with recorded_event(
                row.connection, "replay", row.target, source=str(row.source), message_id=row.message_id
            ) as recording:
                request_id = invoke(ask, row.target, record.payload)
                recording.accepted(request_id)
                why = delete()
                if why:
                    recording.not_deleted(why)
        except EicError as error:
            if isinstance(error, ConfigurationError | ExpiredCredentials):
                self.reason = "the one before it failed, and so would this one"
            return EventOutcome("unknown" if may_have_arrived(error) else "failed", error.message)
        if why:
            return EventOutcome("not deleted", f"accepted, but not deleted: {why}", request_id)
        return EventOutcome("accepted", request_id=request_id)

    def _deleted(self, message: Message, holding: _Holding) -> str:
        """Delete the message of an accepted event; return why it may still be there."""
        if self.keep:
            return ""
        try:
            holding.queue.delete(message)
        except EicError as error:
            if isinstance(error, AccessDenied):
                self.reason = "the message before it could not be deleted"
            return error.message
        if not holding.has(message, 0):
            return "another reader may have it, as the function took longer to invoke than it was held"
        holding.drop(message)
        return ""


def is_gone(error: EicError) -> bool:
    """Return whether an object does not exist any more."""
    return getattr(error, "code", "") in {"NoSuchKey", "404"}


def _differs(row: Chosen, record: InvocationRecord) -> str:
    """Return why a message is not what the frame says; its event is then not sent."""
    if len(record.payload.encode("utf-8", "replace")) > LARGEST_EVENT:
        return "its event is larger than asynchronous invocations accept"
    named = record.function
    if named is None or row.is_named:
        return ""
    if record.condition == "Success":
        return SUCCEEDED
    target = row.target
    is_same = target is not None and (named.function_name, named.qualifier or target.qualifier) == (
        target.function_name,
        target.qualifier,
    )
    return "" if is_same else "the message names another function than the frame"


@dataclass(slots=True)
class _Holding:
    """The messages that were received from a queue, each until its receive times out."""

    queue: Queue
    seconds: int
    others: dict[str, Message] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def receive(self) -> list[Message]:
        """Receive some more; none if the queue has no others now."""
        asked_at = time.monotonic()
        came = self.queue.receive(hold=self.seconds) or self.queue.receive(hold=self.seconds, wait=_WAIT)
        for message in came:
            self.others[message.message_id] = message
            self._until[message.receipt] = asked_at + self.seconds
        return came

    def has(self, message: Message, margin: int) -> bool:
        """Return whether a message is held for so many seconds more."""
        return time.monotonic() + margin < self._until.get(message.receipt, 0.0)

    def drop(self, message: Message) -> None:
        """Forget a message that is deleted."""
        self.others.pop(message.message_id, None)

    def give_back(self) -> None:
        """Make all that is not deleted visible again; what SQS refuses becomes visible by itself."""
        with suppress(EicError):
            self.queue.give_back([*self.others.values()])


def left(rows: Sequence[Chosen], outcomes: Mapping[int, EventOutcome], reason: str) -> dict[int, EventOutcome]:
    """Return the outcome of the rows that were not tried."""
    return {
        row.number: EventOutcome("not tried", reason or "stopped before it")
        for row in rows
        if row.number not in outcomes
    }
