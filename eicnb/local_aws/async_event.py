"""An asynchronous event that waits for its function.

Tested in tests/local_aws/test_async_events.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST_EVENT = 1024 * 1024
"""The largest payload of an event, in bytes
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution)."""


@dataclass(frozen=True, slots=True)
class AsyncEvent:
    """An asynchronous event for a qualifier of a function; `payload` is the unchanged text.

    `accepted_at` is a time of the event clock. `turns` counts how often each function ran in the chain of
    destinations that led to this event.
    """

    request_id: str
    region: str
    function_name: str
    qualifier: str
    payload: str
    accepted_at: float
    turns: Mapping[str, int] = field(default_factory=dict)
