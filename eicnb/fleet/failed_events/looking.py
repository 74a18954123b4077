"""Look into queues and buckets again and again, until records about some requests arrive.

Tested in tests/fleet/failed_events/test_send.py.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from eicnb.aws.connection import Connection
from eicnb.aws.objects import Bucket
from eicnb.aws.paced import Paced, Quotas
from eicnb.changes.interrupts import Stop
from eicnb.changes.reach import Reachable
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.invoking import Outlets
from eicnb.fleet.failed_events.messages import read_queue
from eicnb.fleet.failed_events.records import queue_at
from eicnb.fleet.failed_events.request import Wanted
from eicnb.fleet.failed_events.source import RecordSource
from eicnb.fleet.failed_events.stored import keys_in, read_object
from eicnb.model.destination import DestinationArn, destination_kind
from eicnb.model.function import FunctionRef
from eicnb.model.record_key import RECORDS

SKEW = timedelta(minutes=5)
"""The largest difference of clocks."""

_PAUSE = 0.5
_LONGEST_LOOK = 10.0


@dataclass(frozen=True, slots=True)
class Looking:
    """The sources to look into, and what of each is read."""

    sources: Sequence[RecordSource]
    quotas: Quotas
    wanted: Wanted

    def records(self, request_ids: Collection[str], seconds: float) -> Iterator[FoundRecord]:
        """Yield the records about some requests until all are found or the time is over; Ctrl-C stays one."""
        ends_at, left = time.monotonic() + seconds, set(request_ids)
        with Stop() as stop:
            while left and (rest := ends_at - time.monotonic()) > 0 and not stop.requested.is_set():
                for source in self.sources:
                    for found in self._look(source, min(rest, _LONGEST_LOOK), stop):
                        if found.record.request_id in left:
                            left.discard(found.record.request_id)
                            yield found
                if left:
                    stop.requested.wait(min(_PAUSE, max(0.0, ends_at - time.monotonic())))
        if stop.is_interrupted:
            raise KeyboardInterrupt

    def _look(self, source: RecordSource, seconds: float, stop: Stop) -> list[FoundRecord]:
        if source.arn.kind == "sqs":
            queue = queue_at(source, self.quotas, self.wanted.tally)
            return read_queue(queue, str(source), replace(self.wanted, seconds=seconds), stop).found
        ask = Paced(source.connection.aws, source.connection.account_id, self.quotas, self.wanted.tally).ask
        bucket = Bucket(ask, source.arn.name)
        keys, _ = keys_in(bucket, source.prefix, self.wanted)
        return [one for one in (read_object(bucket, key) for key in keys) if isinstance(one, FoundRecord)]


Aim = tuple[Connection | None, FunctionRef | None, object]
"""A connection, a function that it reaches, and the function's `Outlets` if they are known."""


def readable_sources(aims: Iterable[Aim], quotas: Quotas, wanted: Wanted) -> list[RecordSource]:
    """Return the queues and buckets that records about events of some functions can arrive in, each once.

    A queue with a redrive policy is left out: to look into it again and again would move its messages.
    """
    found: dict[str, RecordSource] = {}
    for connection, target, outlets in aims:
        if connection is None or target is None or not isinstance(outlets, Outlets):
            continue
        for source in sources_of(connection, target, outlets):
            found.setdefault(f"{source}/{source.prefix}" if source.arn.kind == "s3" else str(source), source)
    return [source for source in found.values() if not spends_receives(source, quotas, wanted)]


def spends_receives(source: RecordSource, quotas: Quotas, wanted: Wanted) -> bool:
    """Return whether a source is a queue with a redrive policy."""
    return source.arn.kind == "sqs" and queue_at(source, quotas, wanted.tally).state().most_receives is not None


def sources_of(connection: Connection, target: FunctionRef, outlets: Outlets) -> list[RecordSource]:
    """Return the queues and buckets that a record about an event of a function can arrive in."""
    reach = Reachable.of([connection])
    prefix = f"{RECORDS}{target.function_name}/"
    arns = [DestinationArn.parse(place) for place in sorted(outlets.places) if _can_be_read(place)]
    return [RecordSource(arn, reach.at(connection.account_id, arn.region) or connection, prefix) for arn in arns]


def _can_be_read(place: str) -> bool:
    return destination_kind(place) in {"sqs", "s3"} and not place.endswith(".fifo")
