"""AWS's limits, and their wording in messages."""

from __future__ import annotations

from typing import Final

RETRY_ATTEMPTS: Final = range(2 + 1)

EVENT_AGE_IN_SECONDS: Final = range(60, 21600 + 1)

DEFAULT_RETRY_ATTEMPTS: Final = 2

DEFAULT_EVENT_AGE_IN_SECONDS: Final = 21600

PAGE_SIZE: Final = range(1, 50 + 1)
"""How many configs one page of a list may contain."""

REQUESTS_A_SECOND: Final = 15
"""The quota of Lambda's control plane in one account and region, except for GetFunction and GetPolicy."""

GET_FUNCTION_A_SECOND: Final = 100
"""The separate quota of GetFunction. GetPolicy has a separate quota too, as large as the common one."""

LOOKUPS_A_SECOND: Final = 2
"""The quota of CloudTrail's LookupEvents in one account and region."""

DEFAULT_RETENTION_IN_SECONDS: Final = 4 * 86400
"""How long an SQS queue keeps a message by default."""

LONGEST_RETENTION_IN_SECONDS: Final = 14 * 86400

MESSAGES_A_REQUEST: Final = 10
"""How many messages one request to SQS may contain."""

LONGEST_HOLD: Final = 12 * 3600
"""How many seconds a received message may stay hidden."""

MOST_IN_FLIGHT: Final = 120_000
"""How many messages of a queue may be received and not yet deleted."""

LARGEST_EVENT: Final = 1024 * 1024
"""The maximum size of an asynchronous invocation's event, in bytes."""

LARGEST_RECORD: Final = 16 * 1024 * 1024
"""An upper bound for a record's size in bytes: the event, a response of up to 6 MB, and JSON escapes."""

LONGEST_FUNCTION_NAME: Final = 64

LONGEST_FUNCTION_ARN: Final = 256

LONGEST_QUALIFIER: Final = 128

LONGEST_DESTINATION: Final = 350

MOST_RESOURCES_OF_A_STACK: Final = 500

_FEW = 3


def choices(allowed: range) -> str:
    """Return a range in words: every number if there are only a few, else the first and the last.

    >>> choices(RETRY_ATTEMPTS), choices(EVENT_AGE_IN_SECONDS)
    ('0, 1 or 2', '60 to 21600')
    """
    if len(allowed) > _FEW:
        return f"{allowed[0]} to {allowed[-1]}"
    return f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]}"
