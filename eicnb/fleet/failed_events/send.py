"""The sending of one event to a function, and the search for the record about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from eicnb.aws.connection import Connection
from eicnb.aws.http.rate_limit import BUCKETS
from eicnb.aws.http.sender import Tally
from eicnb.aws.paced_requests import CallAws, Paced, Quotas
from eicnb.aws.retries import may_have_arrived
from eicnb.changes.change import target_of
from eicnb.changes.conditions import Ask, Unconfirmed, confirm
from eicnb.changes.current import missing
from eicnb.changes.journal import recorded_event
from eicnb.changes.waiting import Say
from eicnb.errors import EicError, NotFound, UsageError
from eicnb.fleet.failed_events.columns import SENT_COLUMNS, FoundRecord
from eicnb.fleet.failed_events.invocations import Outlets, invoke, outlets_of
from eicnb.fleet.failed_events.polling import SKEW, RecordPoll, sources_of, spends_receives
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.fleet.failed_events.source import RecordSource
from eicnb.frames.columns import SUMMARY, Scalar
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.model.record import InvocationRecord
from eicnb.model.request import Request

_RATE = 10.0
_LONGEST_POLL = 10.0
_UNCONFIRMED = Unconfirmed("nothing was sent", "send it again and reply y")


@dataclass(frozen=True, slots=True)
class Event:
    """An event for a function, version or alias."""

    target: FunctionRef
    text: str

    def placed(self, where: Where) -> FunctionRef:
        """Return the function with its account, region and qualifier filled in."""
        return replace(
            self.target,
            qualifier=self.target.qualifier or LATEST,
            partition=where.partition,
            region=self.target.region or where.region,
            account_id=self.target.account_id or where.account_id,
            marked=True,
        )

    def sent(self, where: Where, at: datetime, request_id: str | None) -> FoundRecord:
        """Return what is known about the event before there is a record."""
        function = self.placed(where)
        return FoundRecord(
            "", "", InvocationRecord(payload=self.text, time=at, function=function, request_id=request_id)
        )

    def __str__(self) -> str:
        size = len(self.text.encode("utf-8", "replace"))
        return f"{self.target.function_name}:{self.target.qualifier or LATEST} with an event of {size} bytes"


def send(
    connection: Connection, request: Request, text: str, wait: float | None, *, ask: Ask | None, say: Say
) -> Frame:
    """Invoke a function asynchronously; with `wait`, poll for so many seconds for the record.

    `say` gets a line before the function runs. With `ask`, that line is a question instead.
    """
    event, where = Event(target_of(request), text), connection.where()
    reading = _reading()
    with _naming_missing(connection, event.target), Quotas(BUCKETS, _RATE) as quotas:
        calls = Paced(connection.aws, where.account_id, quotas, reading.tally).call
        sources = _sources(connection, event.target, outlets_of(calls, event.target)) if wait else []
        _check_receives(sources, quotas, reading)
        line = f"This runs {event} in {where}"
        if ask is None:
            say(line)
        else:
            confirm(f"{line}. Send it?", ask, _UNCONFIRMED)
        sent_at = datetime.now(UTC)
        try:
            request_id = _invoked(connection, calls, event, where)
        except EicError as error:
            if not may_have_arrived(error):
                raise
            note = f"the response was lost, so the function may or may not run: {error.message}"
            return _frame(event, where, "unknown", event.sent(where, sent_at, None), note)
        poll = RecordPoll(sources, quotas, replace(reading, since=sent_at - SKEW))
        found = next(poll.records({request_id}, wait or 0), None)
    if found is not None:
        return _frame(event, where, "delivered", found, "")
    note = f"no record in {', '.join(map(str, sources))} within {wait:g} s" if wait else ""
    return _frame(event, where, "accepted", event.sent(where, sent_at, request_id), note)


@contextmanager
def _naming_missing(connection: Connection, target: FunctionRef) -> Iterator[None]:
    """Replace a NotFound error by one that states what is missing and suggests a similar name."""
    try:
        yield
    except NotFound as error:
        found = missing(connection, target, error)
        if found is None:
            raise
        raise found.error from error


def _invoked(connection: Connection, calls: CallAws, event: Event, where: Where) -> str:
    with recorded_event(connection, "send", event.placed(where)) as recording:
        request_id = invoke(calls, event.target, event.text)
        recording.accepted(request_id)
        return request_id


def _frame(event: Event, where: Where, state: str, found: FoundRecord, note: str) -> Frame:
    attrs: dict[str, Scalar] = {
        "verb": "send",
        "account_id": where.account_id,
        "region": where.region,
        "sandbox": where.sandbox,
        SUMMARY: note or None,
    }
    whole = replace(found, record=replace(found.record, function=found.record.function or event.placed(where)))
    row = {**whole.row(), "state": state, "payload": event.text}
    return to_frame(
        [{**row, "source": found.source or None, "message_id": found.message_id or None}], SENT_COLUMNS, attrs
    )


def _reading() -> ReadOptions:
    return ReadOptions(
        most=1000,
        seconds=_LONGEST_POLL,
        since=None,
        until=None,
        may_spend=False,
        rate=_RATE,
        show=lambda _progress: None,
        tally=Tally(),
    )


def _sources(connection: Connection, target: FunctionRef, outlets: Outlets) -> list[RecordSource]:
    """Return the queues and buckets that may receive the record; raise UsageError if there are none."""
    sources = sources_of(connection, target, outlets)
    if not sources:
        name = f"{target.function_name}:{target.qualifier or LATEST}"
        with UsageError.about("wait"):
            raise UsageError(
                f"{name} sends records to no queue or bucket, so there is nothing to wait for; nothing was sent",
                hint=f"leave out wait=, or set a destination\n%eic update {name} --on-failure sqs:NAME --create",
            )
    return sources


def _check_receives(sources: Sequence[RecordSource], quotas: Quotas, reading: ReadOptions) -> None:
    """Refuse to poll a queue with a redrive policy."""
    for source in sources:
        if spends_receives(source, quotas, reading):
            with UsageError.about("wait"):
                raise UsageError(
                    f"the queue {source.arn.name} has a redrive policy, so polling it would move its messages; "
                    "nothing was sent",
                    hint=f"leave out wait=, and read the queue once\n%eic records {source} --spend-receives",
                )
