"""The event of an asynchronous invocation, as JSON text.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
Tested in tests/fleet/failed_events/test_send.py.
"""

from __future__ import annotations

import json
import re
from typing import Any

from eicnb.errors import UsageError, shown
from eicnb.model.limits import LARGEST_EVENT

_HALF = re.compile("[\ud800-\udfff]")
"""A lone surrogate, which UTF-8 cannot encode but JSON can escape."""


def event_text(payload: Any) -> str:
    """Return an event as JSON text; a payload that is text must be JSON already.

    >>> event_text({"order": 1}), event_text('{"order": 1.50}')
    ('{"order": 1}', '{"order": 1.50}')
    """
    with UsageError.about("payload"):
        text = payload if isinstance(payload, str) else _written(payload)
        try:
            json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"the payload is not JSON: {error}", hint="""'{"order": 1}', or "text" in double quotes"""
            ) from None
        text = _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
        check_size(text)
        return text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _written(payload: Any) -> str:
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False, default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"the payload, {shown(payload)}, cannot be written as JSON: {error}"
        raise UsageError(message, hint='{"order": 1}') from None


def _plain(value: Any) -> Any:
    """Convert a NumPy number, such as a cell of a frame, to Python's own type."""
    if type(value).__module__ != "numpy":
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    return value.item()


def check_size(text: str) -> None:
    """Refuse an event that is larger than Lambda allows for asynchronous invocations."""
    size = len(text.encode("utf-8", "replace"))
    if size > LARGEST_EVENT:
        raise UsageError(
            f"the event has {size} bytes, but asynchronous invocations allow {LARGEST_EVENT}",
            hint="store the content in a bucket, and send its key",
        )
