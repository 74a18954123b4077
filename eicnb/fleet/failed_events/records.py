"""Read the records that queues and buckets hold, as a frame; the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from eicnb.aws.connection import Connection
from eicnb.aws.http.rate_limit import BUCKETS
from eicnb.aws.http.sender import Tally
from eicnb.aws.objects import Bucket, StoredObject
from eicnb.aws.paced import Paced, Quotas
from eicnb.aws.queues import Queue
from eicnb.aws.targets import MISSING
from eicnb.changes.change import count
from eicnb.changes.interrupts import Stop
from eicnb.changes.reach import Reachable
from eicnb.changes.similar import similar_source
from eicnb.errors import EicError, Interrupted
from eicnb.fleet.checks.concurrent_reads import CallsTo, read_in_threads
from eicnb.fleet.checks.evidence import Unreadable
from eicnb.fleet.failed_events.columns import NO_RECORD, RECORD_COLUMNS, FoundRecord
from eicnb.fleet.failed_events.messages import read_queue
from eicnb.fleet.failed_events.request import Wanted
from eicnb.fleet.failed_events.source import RecordSource, source_of, sources_in
from eicnb.fleet.failed_events.stored import keys_in, read_object
from eicnb.frames.columns import SUMMARY, Scalar, common
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.record_key import time_of_key

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Pile:
    """What all sources of a reading had.

    `held` counts the messages and objects there are, `refused` has the sources that could not be read.
    """

    found: list[FoundRecord] = field(default_factory=list)
    held: int = 0
    in_flight: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    has_queues: bool = False

    def extent(self) -> Iterator[str]:
        """Yield how much there is besides the rows, in words."""
        flying = f"{self.in_flight:,} in flight" if self.in_flight else ""
        if not self.found and not self.held:
            yield flying or "nothing found"
            return
        yield f"of about {max(self.held, len(self.found)):,} there{f' and {flying}' if flying else ''}"
        if self.has_queues:
            yield "SQS returns samples"


def records(source: Any, wanted: Wanted, connections: Sequence[Connection]) -> Frame:
    """Return the records of a queue, a bucket, or all that the functions of an audit send to.

    Of an audit, a source that can't be read is named in `attrs["unreadable"]`; if none can be, its error is raised.
    """
    reach, pile = Reachable.of(connections), _Pile()
    of_audit = isinstance(source, pd.DataFrame)
    sources = [*sources_in(source, reach, pile.refused.__setitem__)] if of_audit else [source_of(source, reach)]
    errors: list[EicError] = []
    is_interrupted = False
    with Quotas(BUCKETS, wanted.rate) as quotas:
        for one in sources:
            try:
                is_interrupted = _read(one, wanted, quotas, pile)
            except EicError as error:
                if not of_audit:
                    _suggest(error, one)
                    raise
                pile.refused[str(one)] = error.message
                errors.append(error)
            if is_interrupted:
                break
    frame = _frame(pile, sources, reach, wanted)
    if is_interrupted:
        raise Interrupted(f"the reading was stopped after {count(len(frame), 'record')}, with nothing deleted", frame)
    if errors and len(errors) == len(sources):
        errors[0].result = frame
        raise errors[0]
    return frame


def _suggest(error: EicError, source: RecordSource) -> None:
    """Let the error about a queue or bucket that does not exist name a similar one."""
    if getattr(error, "code", "") not in MISSING[source.arn.kind]:
        return
    if (owner := source.arn.account_id) not in {None, source.connection.account_id}:
        error.hint = f"ask the owner in account {owner} whether the queue exists and its policy lets you in"
    else:
        error.hint = similar_source(source.connection, source.arn) or error.hint


def _read(source: RecordSource, wanted: Wanted, quotas: Quotas, pile: _Pile) -> bool:
    """Read a source; return whether Ctrl-C stopped it."""
    if source.arn.kind == "s3":
        _read_bucket(source, wanted, quotas, pile)
        return False
    with Stop() as stop:
        sample = read_queue(queue_at(source, quotas, wanted.tally), str(source), wanted, stop)
    pile.found += sample.found
    pile.held += sample.held
    pile.in_flight += sample.in_flight
    pile.has_queues = True
    if sample.hidden:
        why = f": {sample.reason}" if sample.reason else ""
        pile.notes.append(f"{sample.hidden} stay hidden from others for up to {wanted.hold} s{why}")
    return stop.is_interrupted


def queue_at(source: RecordSource, quotas: Quotas, tally: Tally) -> Queue:
    """Return the queue of a source, whose requests are paced."""
    connection, arn = source.connection, source.arn
    endpoint = connection.aws.endpoint_of("sqs").rstrip("/")
    ask = Paced(connection.aws, connection.account_id, quotas, tally).ask
    return Queue(ask, f"{endpoint}/{arn.account_id}/{arn.name}")


def _read_bucket(source: RecordSource, wanted: Wanted, quotas: Quotas, pile: _Pile) -> None:
    """Read the objects of a bucket; if none can be read, its error is raised."""
    aws, account_id, name = source.connection.aws, source.connection.account_id, source.arn.name
    keys, held = keys_in(Bucket(Paced(aws, account_id, quotas, wanted.tally).ask, name), source.prefix, wanted)

    def read(one: StoredObject, calls_to: CallsTo) -> FoundRecord | EicError:
        return read_object(Bucket(calls_to(aws, account_id), name), one)

    facts = read_in_threads(wanted, "objects", keys, read)
    errors = [fact for fact in facts.values() if isinstance(fact, EicError)]
    if errors and len(errors) == len(keys):
        raise errors[0]
    pile.held += held
    pile.found += [_found(source, one, facts[one]) for one in keys]


def _found(source: RecordSource, one: StoredObject, fact: FoundRecord | EicError | Unreadable) -> FoundRecord:
    if isinstance(fact, FoundRecord):
        return fact
    why = fact.reason if isinstance(fact, Unreadable) else fact.message
    return FoundRecord.damaged(f"{source}/{one.key}", one.key, f"it could not be read: {why}", at=time_of_key(one.key))


def _frame(pile: _Pile, sources: Sequence[RecordSource], reach: Reachable, wanted: Wanted) -> Frame:
    """Return the newest records first; those without a time are the last."""
    rows = [found.row() for found in pile.found]
    rows.sort(key=lambda row: (row["time"] is not None, row["time"] or _LONG_AGO, row["message_id"]), reverse=True)
    damaged = sum(row["state"] == NO_RECORD for row in rows)
    refused = "; ".join(f"{source}: {reason}" for source, reason in pile.refused.items())
    attrs: dict[str, Scalar] = {
        "verb": "records",
        "account_id": common([one.connection.account_id for one in sources], reach.homes[0].account_id),
        "region": common([one.connection.region for one in sources], reach.homes[0].region),
        "sandbox": reach.sandbox,
        "source": common([str(one) for one in sources], None),
        "held": pile.held,
        "in_flight": pile.in_flight,
        "damaged": damaged,
        "requests": wanted.tally.calls,
        "unreadable": refused or None,
    }
    attrs[SUMMARY] = "; ".join(
        [
            *pile.extent(),
            *([f"{count(damaged, 'text')} not a record"] if damaged else []),
            *pile.notes,
            *([f"not read: {refused}"] if refused else []),
        ]
    )
    return to_frame(rows, RECORD_COLUMNS, attrs)
