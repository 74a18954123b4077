"""The limits that AWS sets, each once, and how a message words them."""

from __future__ import annotations

from typing import Final

RETRY_ATTEMPTS: Final = range(2 + 1)

EVENT_AGE_IN_SECONDS: Final = range(60, 21600 + 1)

DEFAULT_RETRY_ATTEMPTS: Final = 2

DEFAULT_EVENT_AGE_IN_SECONDS: Final = 21600

PAGE_SIZE: Final = range(1, 50 + 1)
"""How many configs one page of a list may have."""

REQUESTS_A_SECOND: Final = 15
"""What Lambda's control plane takes in one account and region; GetFunction and GetPolicy have quotas of their own."""

GET_FUNCTION_A_SECOND: Final = 100
"""The quota of GetFunction alone; GetPolicy alone has that of all the others."""

LOOKUPS_A_SECOND: Final = 2
"""What CloudTrail's LookupEvents takes in one account and region."""

DEFAULT_RETENTION_IN_SECONDS: Final = 4 * 86400
"""How long a queue of SQS keeps a message, unless it is set."""

LONGEST_RETENTION_IN_SECONDS: Final = 14 * 86400

MESSAGES_A_REQUEST: Final = 10
"""How many messages one request to SQS may have."""

LONGEST_HOLD: Final = 12 * 3600
"""How many seconds a message may stay hidden after it was received."""

MOST_IN_FLIGHT: Final = 120_000
"""How many messages of a queue may be received and not yet deleted."""

LARGEST_EVENT: Final = 1024 * 1024
"""How many bytes the event of an asynchronous invocation may have."""

LARGEST_RECORD: Final = 16 * 1024 * 1024
"""More bytes than a record can have: the event, the response of up to 6 MB, and their JSON escapes."""

LONGEST_FUNCTION_NAME: Final = 64

LONGEST_FUNCTION_ARN: Final = 256

LONGEST_QUALIFIER: Final = 128

LONGEST_DESTINATION: Final = 350

MOST_RESOURCES_OF_A_STACK: Final = 500

_FEW = 3


def choices(allowed: range) -> str:
    """Return the numbers of a range in words: each one of a few, else the first and the last.

    >>> choices(RETRY_ATTEMPTS), choices(EVENT_AGE_IN_SECONDS)
    ('0, 1 or 2', '60 to 21600')
    """
    if len(allowed) > _FEW:
        return f"{allowed[0]} to {allowed[-1]}"
    return f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]}"
