"""What Lambda sends to each kind of destination about an event, in words.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
Tested in tests/client/test_explain.py.
"""

from __future__ import annotations

from collections.abc import Mapping

RECORD_FORMATS: Mapping[str, str] = {
    "sqs": "a JSON record as the body of a message",
    "sns": "a JSON record as the message",
    "s3": "a JSON record as an object under aws/lambda/async/",
    "lambda": "a JSON record as the payload of an asynchronous invocation",
    "events": "an event from the source `lambda`, with the JSON record as its detail",
}
"""What each kind of destination receives."""

RECORD_PARTS = (
    "the event (requestPayload), the condition and the number of attempts (requestContext), and the last response"
)
"""What a record holds."""

DEAD_LETTER = (
    "the event itself, without a record, with the attributes RequestID, ErrorCode and ErrorMessage; "
    "with an on-failure destination too, both receive the event"
)
"""What a dead-letter queue or topic receives."""

THROTTLED = (
    "Throttles and errors of Lambda itself are not retries: the event goes back to the queue and is tried again after "
    "1 second at first and 5 minutes at most, until its maximum age."
)
"""What happens to an event that no run took."""
