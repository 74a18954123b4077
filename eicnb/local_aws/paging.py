"""Pages of lists, with the markers of the Lambda API.

Tested in tests/local_aws/test_listings.py.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from eicnb.local_aws import faults
from eicnb.local_aws.call import Reply


def page(items: Sequence[dict[str, Any]], member: str, *, size: int, marker: str | None) -> Reply:
    """Return the page of `size` items after the marker, with a `NextMarker` if more follow."""
    start = _position(marker) if marker else 0
    body: dict[str, Any] = {member: list(items[start : start + size])}
    if start + size < len(items):
        body["NextMarker"] = _marker(start + size)
    return Reply(200, body)


def _marker(position: int) -> str:
    return urlsafe_b64encode(f"after:{position}".encode()).decode()


def _position(marker: str) -> int:
    try:
        word, position = urlsafe_b64decode(marker.encode()).decode().split(":")
        if word == "after" and position.isdecimal():
            return int(position)
    except ValueError:
        pass
    raise faults.invalid_parameter("The pagination token is invalid.")
