"""Checks for malformed responses and endless lists.

Tested in tests/aws/test_failures.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eicnb.errors import EicError

_SUCCESS = range(200, 300)

_MOST_EMPTY_PAGES = 100

MALFORMED_HINT = "run it again; if it fails again, look for a proxy between here and AWS"


class Markers:
    """The markers of a list so far; repeated markers and many empty pages mean that it is endless."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._seen: set[str] = set()
        self._empty = 0

    def check(self, page: Mapping[str, Any]) -> None:
        """Raise EicError if this page cannot follow the earlier ones."""
        marker = page.get("NextMarker")
        if marker is not None and not isinstance(marker, str):
            raise malformed(self._operation, f"its NextMarker is {marker!r}")
        if marker in self._seen:
            raise malformed(self._operation, f"its NextMarker {marker!r} is repeated")
        self._empty = 0 if any(isinstance(value, list) and value for value in page.values()) else self._empty + 1
        if marker is not None and self._empty > _MOST_EMPTY_PAGES:
            raise malformed(self._operation, f"{self._empty} empty pages in a row")
        if marker is not None:
            self._seen.add(marker)


def malformed(operation: str, why: str) -> EicError:
    """Return the error for a malformed response."""
    return EicError(f"the response to {operation} is malformed: {why}", hint=MALFORMED_HINT)


def without_user(text: str) -> str:
    """Remove the user name and password of a URL from a text."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def items(page: Mapping[str, Any], key: str, operation: str) -> Sequence[Mapping[str, Any]]:
    """Return the objects in a page of a list, or raise EicError if the page has no list."""
    found = page.get(key)
    if isinstance(found, list) and all(isinstance(item, Mapping) for item in found):
        return found
    why = f"it has no {key}" if found is None else f"not all of its {key} are objects"
    raise malformed(operation, why)


def check_deleted(response: Mapping[str, Any], function_name: str) -> None:
    """Refuse a response to a delete that is not AWS's, such as a proxy's page.

    Any other 2xx is a success.
    """
    metadata = response.get("ResponseMetadata", {})
    status, content_type = metadata.get("HTTPStatusCode"), metadata.get("HTTPHeaders", {}).get("content-type", "")
    if status not in _SUCCESS or "html" in content_type:
        raise EicError(
            f"the response to the delete is malformed: status {status}, {content_type or 'no content type'}",
            hint=f"check whether the config still exists\n%eic get {function_name}",
        )
