"""The records in a bucket: the newest objects, read side by side.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from eicnb.aws.objects import Bucket, StoredObject
from eicnb.errors import EicError
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.request import Wanted
from eicnb.model.limits import LARGEST_RECORD
from eicnb.model.record_key import RECORDS, before_day, time_of_key

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def keys_in(bucket: Bucket, prefix: str, wanted: Wanted) -> tuple[list[StoredObject], int]:
    """Return the newest objects of the wanted time, as many as are wanted, and how many there are in all.

    The time is that in the key; an object whose key has none is older than all others.
    """
    found = [one for one in _objects(bucket, prefix, wanted) if wanted.has(time_of_key(one.key))]
    found.sort(key=lambda one: (time_of_key(one.key) or _LONG_AGO, one.key), reverse=True)
    return found[: wanted.most], len(found)


def _objects(bucket: Bucket, prefix: str, wanted: Wanted) -> Iterator[StoredObject]:
    """Yield the objects; those before the first wanted day are skipped where they are in folders of functions."""
    if wanted.since is None or prefix != RECORDS:
        yield from bucket.objects(prefix)
        return
    for folder in bucket.folders(prefix):
        yield from bucket.objects(folder, after=before_day(folder, wanted.since))


def read_object(bucket: Bucket, one: StoredObject) -> FoundRecord | EicError:
    """Return the record in an object, or the error that kept it from being read."""
    source = f"s3://{bucket.name}/{one.key}"
    at = time_of_key(one.key)
    if one.size > LARGEST_RECORD:
        return FoundRecord.damaged(source, one.key, f"it has {one.size} bytes, more than any record", at=at)
    try:
        content = bucket.content(one.key)
    except EicError as error:
        return error
    return FoundRecord.in_message(source, one.key, content.decode("utf-8", "replace"), {}, at)
