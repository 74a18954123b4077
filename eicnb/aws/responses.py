"""What AWS's answers mean: the class and the cure of an error, and the signs of an answer that is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eicnb.errors import EicError

_SUCCESS = range(200, 300)

_MOST_EMPTY_PAGES = 100

BROKEN_ANSWER_HINT = "run it again; if it fails again, look for a proxy between here and AWS"


class Markers:
    """Refuses a list that never ends: a marker that is no text or comes twice, or empty pages without end."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._seen: set[str] = set()
        self._empty = 0

    def check(self, page: Mapping[str, Any]) -> None:
        """Raise EicError when this page cannot follow those before it."""
        marker = page.get("NextMarker")
        if marker is not None and not isinstance(marker, str):
            raise broken_answer(self._operation, f"its NextMarker is {marker!r}")
        if marker in self._seen:
            raise broken_answer(self._operation, f"its NextMarker {marker!r} came before")
        self._empty = 0 if any(isinstance(value, list) and value for value in page.values()) else self._empty + 1
        if marker is not None and self._empty > _MOST_EMPTY_PAGES:
            raise broken_answer(self._operation, f"{self._empty} empty pages, and no end")
        if marker is not None:
            self._seen.add(marker)


def broken_answer(operation: str, why: str) -> EicError:
    """The error for an answer that cannot be read."""
    return EicError(f"AWS's answer to {operation} cannot be read: {why}", hint=BROKEN_ANSWER_HINT)


def without_user(text: str) -> str:
    """The text without the user name and password of a URL in it."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def items(page: Mapping[str, Any], key: str, operation: str) -> Sequence[Mapping[str, Any]]:
    """The objects in a page of a list; a page without its list is an EicError, and not an empty one."""
    found = page.get(key)
    if isinstance(found, Sequence) and all(isinstance(item, Mapping) for item in found):
        return found
    why = f"it has no {key}" if found is None else f"not all of its {key} are objects"
    raise EicError(f"AWS's answer to {operation} is not a list: {why}", hint=BROKEN_ANSWER_HINT)


def check_deleted(answer: Mapping[str, Any], function_name: str) -> None:
    """Refuse a response to a delete that is not AWS's: a page of a proxy. Any other 2xx is success."""
    metadata = answer.get("ResponseMetadata", {})
    status, content_type = metadata.get("HTTPStatusCode"), metadata.get("HTTPHeaders", {}).get("content-type", "")
    if status not in _SUCCESS or "html" in content_type:
        raise EicError(
            f"the response to the delete is malformed: status {status}, {content_type or 'no content type'}",
            hint=f"%eic get {function_name} to see whether the config is still there",
        )
