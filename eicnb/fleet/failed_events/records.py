"""The records in queues and buckets, as a frame with the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from eicnb.aws.bucket_objects import Bucket, StoredObject
from eicnb.aws.connection import Connection
from eicnb.aws.http.rate_limit import BUCKETS
from eicnb.aws.http.sender import Tally
from eicnb.aws.paced_requests import Paced, Quotas
from eicnb.aws.queues import Queue
from eicnb.aws.targets import MISSING
from eicnb.changes.change import count
from eicnb.changes.interrupts import Stop
from eicnb.changes.reach import Reachable
from eicnb.changes.similar import similar_source
from eicnb.errors import EicError, Interrupted
from eicnb.fleet.checks.concurrent_reads import CallsTo, read_in_threads
from eicnb.fleet.checks.evidence import Unreadable
from eicnb.fleet.failed_events.bucket_records import keys_in, read_object
from eicnb.fleet.failed_events.columns import NO_RECORD, RECORD_COLUMNS, FoundRecord
from eicnb.fleet.failed_events.queue_records import read_queue
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.fleet.failed_events.source import RecordSource, source_of, sources_in
from eicnb.frames.columns import SUMMARY, Scalar, common
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.record_key import time_of_key

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Collected:
    """The records that all sources had.

    `held` counts all messages and objects, read or not. `refused` has the sources that could not be read.
    """

    found: list[FoundRecord] = field(default_factory=list)
    held: int = 0
    in_flight: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    has_queues: bool = False

    def extent(self) -> Iterator[str]:
        """Yield phrases that state how much the sources contain."""
        flying = f"{self.in_flight:,} in flight" if self.in_flight else ""
        if not self.found and not self.held:
            yield flying or "nothing found"
            return
        yield f"of about {max(self.held, len(self.found)):,} in all{f' and {flying}' if flying else ''}"
        if self.has_queues:
            yield "SQS returns samples"


def records(source: Any, reading: ReadOptions, connections: Sequence[Connection]) -> Frame:
    """Return the records of a queue, a bucket, or all queues and buckets that an audit names.

    `attrs["unreadable"]` names the sources of an audit that can't be read. If none can be, the first error is raised.
    """
    reach, collected = Reachable.of(connections), _Collected()
    of_audit = isinstance(source, pd.DataFrame)
    sources = [*sources_in(source, reach, collected.refused.__setitem__)] if of_audit else [source_of(source, reach)]
    errors: list[EicError] = []
    is_interrupted = False
    with Quotas(BUCKETS, reading.rate) as quotas:
        for one in sources:
            try:
                is_interrupted = _read(one, reading, quotas, collected)
            except EicError as error:
                if not of_audit:
                    _suggest(error, one)
                    raise
                collected.refused[str(one)] = error.message
                errors.append(error)
            if is_interrupted:
                break
    frame = _frame(collected, sources, reach, reading)
    if is_interrupted:
        raise Interrupted(f"reading was stopped after {count(len(frame), 'record')}; nothing was deleted", frame)
    if errors and len(errors) == len(sources):
        errors[0].result = frame
        raise errors[0]
    return frame


def _suggest(error: EicError, source: RecordSource) -> None:
    """Make the error about a queue or bucket that does not exist suggest a similar one."""
    if getattr(error, "code", "") not in MISSING[source.arn.kind]:
        return
    if (owner := source.arn.account_id) not in {None, source.connection.account_id}:
        error.hint = f"ask the owner in account {owner} whether the queue exists and its policy allows you to read it"
    else:
        error.hint = similar_source(source.connection, source.arn) or error.hint


def _read(source: RecordSource, reading: ReadOptions, quotas: Quotas, collected: _Collected) -> bool:
    """Read a source; return whether Ctrl-C stopped it."""
    if source.arn.kind == "s3":
        _read_bucket(source, reading, quotas, collected)
        return False
    with Stop() as stop:
        sample = read_queue(queue_at(source, quotas, reading.tally), str(source), reading, stop)
    collected.found += sample.found
    collected.held += sample.held
    collected.in_flight += sample.in_flight
    collected.has_queues = True
    if sample.hidden:
        why = f": {sample.reason}" if sample.reason else ""
        collected.notes.append(f"{sample.hidden} stay hidden from others for up to {reading.hold} s{why}")
    return stop.is_interrupted


def queue_at(source: RecordSource, quotas: Quotas, tally: Tally) -> Queue:
    """Return the queue of a source, with paced requests."""
    connection, arn = source.connection, source.arn
    endpoint = connection.aws.endpoint_of("sqs").rstrip("/")
    call = Paced(connection.aws, connection.account_id, quotas, tally).call
    return Queue(call, f"{endpoint}/{arn.account_id}/{arn.name}")


def _read_bucket(source: RecordSource, reading: ReadOptions, quotas: Quotas, collected: _Collected) -> None:
    """Read the objects of a bucket; if none can be read, raise the first error."""
    aws, account_id, name = source.connection.aws, source.connection.account_id, source.arn.name
    keys, held = keys_in(Bucket(Paced(aws, account_id, quotas, reading.tally).call, name), source.prefix, reading)

    def read(one: StoredObject, calls_to: CallsTo) -> FoundRecord | EicError:
        return read_object(Bucket(calls_to(aws, account_id), name), one)

    facts = read_in_threads(reading, "objects", keys, read)
    errors = [fact for fact in facts.values() if isinstance(fact, EicError)]
    if errors and len(errors) == len(keys):
        raise errors[0]
    collected.held += held
    collected.found += [_found(source, one, facts[one]) for one in keys]


def _found(source: RecordSource, one: StoredObject, fact: FoundRecord | EicError | Unreadable) -> FoundRecord:
    if isinstance(fact, FoundRecord):
        return fact
    why = fact.reason if isinstance(fact, Unreadable) else fact.message
    return FoundRecord.damaged(f"{source}/{one.key}", one.key, f"it could not be read: {why}", at=time_of_key(one.key))


def _frame(collected: _Collected, sources: Sequence[RecordSource], reach: Reachable, reading: ReadOptions) -> Frame:
    """Return the frame of the records, the newest first and those without a time last."""
    rows = [found.row() for found in collected.found]
    rows.sort(key=lambda row: (row["time"] is not None, row["time"] or _LONG_AGO, row["message_id"]), reverse=True)
    damaged = sum(row["state"] == NO_RECORD for row in rows)
    refused = "; ".join(f"{source}: {reason}" for source, reason in collected.refused.items())
    attrs: dict[str, Scalar] = {
        "verb": "records",
        "account_id": common([one.connection.where().account_id for one in sources], reach.homes[0].account_id),
        "region": common([one.connection.region for one in sources], reach.homes[0].region),
        "sandbox": reach.sandbox,
        "source": common([str(one) for one in sources], None),
        "held": collected.held,
        "in_flight": collected.in_flight,
        "damaged": damaged,
        "requests": reading.tally.calls,
        "unreadable": refused or None,
    }
    attrs[SUMMARY] = "; ".join(
        [
            *collected.extent(),
            *([f"{count(damaged, 'text')} not a record"] if damaged else []),
            *collected.notes,
            *([f"not read: {refused}"] if refused else []),
        ]
    )
    return to_frame(rows, RECORD_COLUMNS, attrs)
