"""The replay of events: receive each message again, invoke its function, then delete the message.

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

from eicnb.aws.bucket_objects import Bucket
from eicnb.aws.http.rate_limit import USUAL_RATE
from eicnb.aws.paced_requests import CallAws, Paced, Quotas
from eicnb.aws.queues import Message, Queue
from eicnb.aws.retries import may_have_arrived
from eicnb.changes.interrupts import Stop
from eicnb.changes.journal import recorded_event
from eicnb.changes.progress import WriteProgress
from eicnb.changes.writer import MOST_FAILURES
from eicnb.errors import AccessDenied, ConfigurationError, EicError, ExpiredCredentials
from eicnb.fleet.failed_events.invocations import invoke
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.fleet.failed_events.records import queue_at
from eicnb.fleet.failed_events.replay_rows import SUCCEEDED, ReplayRow
from eicnb.fleet.failed_events.source import RecordSource
from eicnb.model.limits import LARGEST_EVENT, LONGEST_HOLD, MESSAGES_A_REQUEST
from eicnb.model.record import InvocationRecord, NotARecord

ReplayWord = Literal["accepted", "not deleted", "gone", "refused", "failed", "not tried", "unknown"]

_LEAST_HOLD = 120
_MARGIN = 30
_WAIT = 1
_MOST_OTHERS = 1000
"""How many messages to receive at most beyond the number that the queue had at the start."""


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What happened to an event, the error if there is one, and the id of its new request."""

    word: ReplayWord
    error: str = ""
    request_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Replayer:
    """The replay of events, one after another; `outcomes` are by row number.

    `reason` is why it stopped early.
    """

    reading: ReadOptions
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

    def send(self, rows: Sequence[ReplayRow], *, most: int | None = None) -> None:
        """Send the events of all rows that were not tried yet, or of at most `most` of them."""
        last = math.inf if most is None else len(self.outcomes) + most
        by_source: dict[RecordSource, list[ReplayRow]] = {}
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
        """Whether the replay must stop."""
        return bool(self.reason) or self.stop.requested.is_set()

    def progress(self, *, is_over: bool = False) -> WriteProgress:
        """Return the current progress."""
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

    def _note(self, row: ReplayRow, outcome: EventOutcome) -> None:
        self.outcomes[row.number] = outcome
        is_failure = outcome.word in {"failed", "unknown", "not deleted"}
        self._failures_in_a_row = self._failures_in_a_row + 1 if is_failure else 0
        if self._failures_in_a_row >= MOST_FAILURES:
            self.reason = self.reason or f"{MOST_FAILURES} events in a row were not completed"
        self.show(self.progress())

    def _send_objects(self, source: RecordSource, rows: Sequence[ReplayRow], last: float) -> None:
        call = Paced(source.connection.aws, source.connection.account_id, self.quotas, self.reading.tally).call
        for row in rows:
            if self.is_over or len(self.outcomes) >= last:
                return
            try:
                text = Bucket(call, source.arn.name).content(row.message_id).decode("utf-8", "replace")
                record = InvocationRecord.parse(text)
            except EicError as error:
                self._note(row, EventOutcome("gone" if is_gone(error) else "failed", error.message))
                continue
            except NotARecord as error:
                self._note(row, EventOutcome("refused", str(error)))
                continue
            self._note(row, self._invoke(row, record, lambda: ""))

    def _send_messages(self, source: RecordSource, rows: Sequence[ReplayRow], last: float) -> None:
        """Receive messages until all rows are sent or the queue is empty; release those not deleted."""
        received = _ReceivedMessages(queue_at(source, self.quotas, self.reading.tally), self._visibility_timeout())
        left = {row.message_id: row for row in rows}
        try:
            most = received.queue.state().visible + _MOST_OTHERS
            while left and not self.is_over and len(self.outcomes) < last and len(received.undeleted) <= most:
                batch = received.receive()
                if not batch:
                    break
                for message in batch:
                    if self.is_over or len(self.outcomes) >= last:
                        break
                    self._replay(message, left, received)
            else:
                return
            for row in left.values():
                self._note(row, EventOutcome("gone", "its message is not in the queue, or another reader has it"))
        except EicError as error:
            self.reason = f"the queue could not be read: {error.message}"
        finally:
            received.give_back()

    def _visibility_timeout(self) -> int:
        return min(
            LONGEST_HOLD,
            max(_LEAST_HOLD, math.ceil(3 * MESSAGES_A_REQUEST / (self.reading.rate or USUAL_RATE)) + _MARGIN),
        )

    def _replay(self, message: Message, left: dict[str, ReplayRow], received: _ReceivedMessages) -> None:
        """Send the event of a message if it belongs to a row and stays hidden long enough."""
        row = left.get(message.message_id)
        if row is None:
            self._delete_repeated(message, received)
            return
        if not received.stays_hidden(message, _MARGIN):
            return
        try:
            record = InvocationRecord.of_message(message.body, message.attributes, message.sent_at)
        except NotARecord as error:
            outcome = EventOutcome("refused", str(error))
        else:
            outcome = self._invoke(row, record, lambda: self._delete(message, received))
        del left[message.message_id]
        if outcome.word in {"accepted", "not deleted"}:
            self._accepted[received.queue.url, message.message_id] = row.number
        self._note(row, outcome)

    def _delete_repeated(self, message: Message, received: _ReceivedMessages) -> None:
        """Delete a message received again after its event was accepted, so that it is not sent twice."""
        number = self._accepted.get((received.queue.url, message.message_id))
        if number is None or self.keep:
            return
        with suppress(EicError):
            received.queue.delete(message)
            if received.stays_hidden(message, 0):
                received.drop(message)
                self.outcomes[number] = replace(self.outcomes[number], word="accepted", error="")

    def _invoke(self, row: ReplayRow, record: InvocationRecord, delete: Callable[[], str]) -> EventOutcome:
        """Invoke the function of a row; once Lambda accepts the event, delete its message."""
        assert row.target is not None, "a row without a function is refused"
        assert row.connection is not None, "a function has a connection"
        if refusal := _mismatch(row, record):
            return EventOutcome("refused", refusal)
        call: CallAws = Paced(row.connection.aws, row.target.account_id or "", self.quotas, self.reading.tally).call
        try:
            with recorded_event(
                row.connection, "replay", row.target, source=str(row.source), message_id=row.message_id
            ) as recording:
                request_id = invoke(call, row.target, record.payload)
                recording.accepted(request_id)
                why = delete()
                if why:
                    recording.not_deleted(why)
        except EicError as error:
            if isinstance(error, ConfigurationError | ExpiredCredentials):
                self.reason = "an earlier event failed with an error that affects all of them"
            return EventOutcome("unknown" if may_have_arrived(error) else "failed", error.message)
        if why:
            return EventOutcome("not deleted", f"accepted, but not deleted: {why}", request_id)
        return EventOutcome("accepted", request_id=request_id)

    def _delete(self, message: Message, received: _ReceivedMessages) -> str:
        """Delete the message of an accepted event; return the reason if it may still exist."""
        if self.keep:
            return ""
        try:
            received.queue.delete(message)
        except EicError as error:
            if isinstance(error, AccessDenied):
                self.reason = "an earlier message could not be deleted"
            return error.message
        if not received.stays_hidden(message, 0):
            return "another reader may have it, since invoking the function outlasted the visibility timeout"
        received.drop(message)
        return ""


def is_gone(error: EicError) -> bool:
    """Return whether the error is that an object no longer exists."""
    return getattr(error, "code", "") in {"NoSuchKey", "404"}


def _mismatch(row: ReplayRow, record: InvocationRecord) -> str:
    """Return the reason if the event of a received message must not be sent, or an empty text."""
    if len(record.payload.encode("utf-8", "replace")) > LARGEST_EVENT:
        return "its event is larger than asynchronous invocations accept"
    named = record.function
    if named is None or row.is_named:
        return ""
    if record.condition == "Success":
        return SUCCEEDED
    target = row.target
    is_same = target is not None and target == replace(
        target,
        function_name=named.function_name,
        qualifier=named.qualifier or target.qualifier,
        region=named.region or target.region,
        account_id=named.account_id or target.account_id,
    )
    return "" if is_same else "the message and the frame name different functions"


@dataclass(slots=True)
class _ReceivedMessages:
    """The messages received from a queue that are not deleted, and how long each stays hidden."""

    queue: Queue
    seconds: int
    undeleted: dict[str, Message] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def receive(self) -> list[Message]:
        """Receive more messages, or none if the queue seems empty."""
        sent_at = time.monotonic()
        batch = self.queue.receive(hold=self.seconds) or self.queue.receive(hold=self.seconds, wait=_WAIT)
        for message in batch:
            self.undeleted[message.message_id] = message
            self._until[message.receipt] = sent_at + self.seconds
        return batch

    def stays_hidden(self, message: Message, margin: int) -> bool:
        """Return whether a message stays hidden from other readers for `margin` more seconds."""
        return time.monotonic() + margin < self._until.get(message.receipt, 0.0)

    def drop(self, message: Message) -> None:
        """Forget a deleted message."""
        self.undeleted.pop(message.message_id, None)

    def give_back(self) -> None:
        """Make the messages visible again; those that SQS refuses become visible after their timeout."""
        with suppress(EicError):
            self.queue.give_back([*self.undeleted.values()])


def untried(rows: Sequence[ReplayRow], outcomes: Mapping[int, EventOutcome], reason: str) -> dict[int, EventOutcome]:
    """Return the outcomes of the rows that were not tried."""
    return {
        row.number: EventOutcome("not tried", reason or "stopped before it")
        for row in rows
        if row.number not in outcomes
    }
