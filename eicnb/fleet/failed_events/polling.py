"""Polling of queues and buckets until records about given requests arrive.

Tested in tests/fleet/failed_events/test_send.py.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from eicnb.aws.bucket_objects import Bucket
from eicnb.aws.connection import Connection
from eicnb.aws.paced_requests import Paced, Quotas
from eicnb.changes.interrupts import Stop
from eicnb.changes.reach import Reachable
from eicnb.fleet.failed_events.bucket_records import keys_in, read_object
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.invocations import Outlets
from eicnb.fleet.failed_events.queue_records import read_queue
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.fleet.failed_events.records import queue_at
from eicnb.fleet.failed_events.source import RecordSource
from eicnb.model.destination import DestinationArn, destination_kind, is_fifo_destination
from eicnb.model.function import FunctionRef
from eicnb.model.record_key import RECORDS

SKEW = timedelta(minutes=5)
"""The largest difference between two clocks that is allowed for."""

_PAUSE = 0.5
_LONGEST_POLL = 10.0


@dataclass(frozen=True, slots=True)
class RecordPoll:
    """The sources to poll, and the options for reading them."""

    sources: Sequence[RecordSource]
    quotas: Quotas
    reading: ReadOptions

    def records(self, request_ids: Collection[str], seconds: float) -> Iterator[FoundRecord]:
        """Yield the records about some requests until all are found or the time is up.

        Ctrl-C raises KeyboardInterrupt once all messages are visible again.
        """
        ends_at, left = time.monotonic() + seconds, set(request_ids)
        with Stop() as stop:
            while left and (rest := ends_at - time.monotonic()) > 0 and not stop.requested.is_set():
                for source in self.sources:
                    for found in self._poll(source, min(rest, _LONGEST_POLL), stop):
                        if found.record.request_id in left:
                            left.discard(found.record.request_id)
                            yield found
                if left:
                    stop.requested.wait(min(_PAUSE, max(0.0, ends_at - time.monotonic())))
        if stop.is_interrupted:
            raise KeyboardInterrupt

    def _poll(self, source: RecordSource, seconds: float, stop: Stop) -> list[FoundRecord]:
        if source.arn.kind == "sqs":
            queue = queue_at(source, self.quotas, self.reading.tally)
            return read_queue(queue, str(source), replace(self.reading, seconds=seconds), stop).found
        call = Paced(source.connection.aws, source.connection.account_id, self.quotas, self.reading.tally).call
        bucket = Bucket(call, source.arn.name)
        keys, _ = keys_in(bucket, source.prefix, self.reading)
        return [one for one in (read_object(bucket, key) for key in keys) if isinstance(one, FoundRecord)]


PolledFunction = tuple[Connection | None, FunctionRef | None, object]
"""A connection, a function that it reaches, and the function's `Outlets` if they are known."""


def readable_sources(functions: Iterable[PolledFunction], quotas: Quotas, reading: ReadOptions) -> list[RecordSource]:
    """Return the queues and buckets that may receive records about some functions, each once.

    A queue with a redrive policy is left out, since polling would move its messages to the dead-letter queue.
    """
    found: dict[str, RecordSource] = {}
    for connection, target, outlets in functions:
        if connection is None or target is None or not isinstance(outlets, Outlets):
            continue
        for source in sources_of(connection, target, outlets):
            found.setdefault(f"{source}/{source.prefix}" if source.arn.kind == "s3" else str(source), source)
    return [source for source in found.values() if not spends_receives(source, quotas, reading)]


def spends_receives(source: RecordSource, quotas: Quotas, reading: ReadOptions) -> bool:
    """Return whether a source is a queue with a redrive policy."""
    return source.arn.kind == "sqs" and queue_at(source, quotas, reading.tally).state().most_receives is not None


def sources_of(connection: Connection, target: FunctionRef, outlets: Outlets) -> list[RecordSource]:
    """Return the queues and buckets that may receive records about a function's events."""
    reach = Reachable.of([connection])
    prefix = f"{RECORDS}{target.function_name}/"
    arns = [DestinationArn.parse(place) for place in sorted(outlets.places) if _can_be_read(place)]
    return [RecordSource(arn, reach.at(connection.account_id, arn.region) or connection, prefix) for arn in arns]


def _can_be_read(place: str) -> bool:
    return destination_kind(place) in {"sqs", "s3"} and not is_fifo_destination(place)
