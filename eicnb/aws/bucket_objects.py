"""The keys and content of objects in S3 buckets.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
Tested in tests/fleet/failed_events/test_records.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eicnb.aws.paced_requests import CallAws
from eicnb.aws.responses import items, malformed
from eicnb.model.verbs import Operation


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of a bucket."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket whose objects can be listed and read."""

    call: CallAws
    name: str

    def folders(self, prefix: str) -> list[str]:
        """Return the folders directly below a prefix, each ending in a slash."""
        pages = self.call(Operation.LIST_OBJECTS, Bucket=self.name, Prefix=prefix, Delimiter="/")
        return [
            str(item.get("Prefix"))
            for page in pages
            for item in items({"CommonPrefixes": [], **page}, "CommonPrefixes", Operation.LIST_OBJECTS)
        ]

    def objects(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        """Yield the objects whose keys begin with a prefix and come after a key, sorted by key."""
        given = {"StartAfter": after} if after else {}
        for page in self.call(Operation.LIST_OBJECTS, Bucket=self.name, Prefix=prefix, **given):
            for item in items({"Contents": [], **page}, "Contents", Operation.LIST_OBJECTS):
                key, size = item.get("Key"), item.get("Size")
                if not isinstance(key, str) or not isinstance(size, int):
                    raise malformed(Operation.LIST_OBJECTS, "an object has no Key or no Size")
                yield StoredObject(key, size)

    def content(self, key: str) -> bytes:
        """Read the content of an object."""
        page = next(self.call(Operation.GET_OBJECT, Bucket=self.name, Key=key))
        body = page.get("Body")
        if not isinstance(body, bytes):
            raise malformed(Operation.GET_OBJECT, "it has no Body")
        return body
