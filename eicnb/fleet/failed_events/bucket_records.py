"""The records in a bucket, the newest first.

Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from eicnb.aws.bucket_objects import Bucket, StoredObject
from eicnb.errors import EicError
from eicnb.fleet.failed_events.columns import FoundRecord
from eicnb.fleet.failed_events.read_options import ReadOptions
from eicnb.model.limits import LARGEST_RECORD
from eicnb.model.record_key import RECORDS, before_day, time_of_key

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def keys_in(bucket: Bucket, prefix: str, reading: ReadOptions) -> tuple[list[StoredObject], int]:
    """Return the newest objects within the period, and how many are within it in all.

    The time is the one in the key; an object without a time in its key counts as the oldest.
    """
    found = [one for one in _objects(bucket, prefix, reading) if reading.covers(time_of_key(one.key))]
    found.sort(key=lambda one: (time_of_key(one.key) or _LONG_AGO, one.key), reverse=True)
    return found[: reading.most], len(found)


def _objects(bucket: Bucket, prefix: str, reading: ReadOptions) -> Iterator[StoredObject]:
    """Yield the objects; if each function has a folder, skip the days before the period."""
    if reading.since is None or prefix != RECORDS:
        yield from bucket.objects(prefix)
        return
    for folder in bucket.folders(prefix):
        yield from bucket.objects(folder, after=before_day(folder, reading.since))


def read_object(bucket: Bucket, one: StoredObject) -> FoundRecord | EicError:
    """Return the record in an object, or the error from reading it."""
    source = f"s3://{bucket.name}/{one.key}"
    at = time_of_key(one.key)
    if one.size > LARGEST_RECORD:
        return FoundRecord.damaged(source, one.key, f"it has {one.size} bytes, more than any record", at=at)
    try:
        content = bucket.content(one.key)
    except EicError as error:
        return error
    return FoundRecord.in_message(source, one.key, content.decode("utf-8", "replace"), {}, at)
