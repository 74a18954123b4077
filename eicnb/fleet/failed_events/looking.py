"""Look into queues and buckets again and again, until records about some requests arrive.

Tested in tests/fleet/failed_events/test_send.py.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from eicnb.aws.objects import Bucket
from eicnb.aws.paced import Paced, Quotas
from eicnb.changes.interrupts import Stop
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.messages import read_queue
from eicnb.fleet.failed_events.records import queue_at
from eicnb.fleet.failed_events.request import Wanted
from eicnb.fleet.failed_events.source import RecordSource
from eicnb.fleet.failed_events.stored import keys_in, read_object

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
