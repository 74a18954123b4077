"""The texts that Lambda writes about an event: a destination's record, and a dead letter's attributes.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
Tested in tests/local_aws/test_async_events.py.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from eicnb.local_aws.account import Function
from eicnb.local_aws.async_event import AsyncEvent
from eicnb.local_aws.functions_run import RunResult

Condition = Literal["Success", "RetriesExhausted", "EventAgeExceeded", "ZeroReservedConcurrency", "RecursiveInvocation"]

_LONGEST_MESSAGE = 1024
_NOT_RUN = "Function not invoked: its reserved concurrency is 0."
_IN_A_LOOP = "Function not invoked: Lambda detected a recursive loop."


@dataclass(frozen=True, slots=True)
class Ended:
    """An event that will not run again, with the reason, the number of runs, and the last result.

    `result` is None if the event never ran; `at` is a time of the event clock.
    """

    event: AsyncEvent
    function: Function
    condition: Condition
    runs: int
    result: RunResult | None
    at: float

    @property
    def function_arn(self) -> str:
        """The ARN of the function, ending in the invoked qualifier."""
        return f"{self.function.arn}:{self.event.qualifier}"


def record(ended: Ended, now: float) -> str:
    """Return the record as JSON, with the unchanged text of the payload."""
    before: dict[str, Any] = {
        "version": "1.0",
        "timestamp": f"{datetime.fromtimestamp(now, UTC).isoformat(timespec='milliseconds')[:-6]}Z",
        "requestContext": {
            "requestId": ended.event.request_id,
            "functionArn": ended.function_arn,
            "condition": ended.condition,
            "approximateInvokeCount": ended.runs,
        },
    }
    return f'{json.dumps(before)[:-1]}, "requestPayload": {ended.event.payload}{_response(ended.result)}}}'


def _response(result: RunResult | None) -> str:
    if result is None:
        return ""
    context: dict[str, Any] = {"statusCode": result.status_code}
    if result.is_throttle:
        return f', "responseContext": {json.dumps(context)}'
    context |= {"executedVersion": result.version}
    if result.function_error:
        context["functionError"] = result.function_error
    return f', "responseContext": {json.dumps(context)}, "responsePayload": {json.dumps(result.payload)}'


def dead_letter_attributes(ended: Ended) -> dict[str, dict[str, str]]:
    """Return the attributes that Lambda adds to a dead letter.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    result = ended.result
    if result is None:
        message, code = (_IN_A_LOOP, 400) if ended.condition == "RecursiveInvocation" else (_NOT_RUN, 429)
    else:
        message, code = result.error_message, result.status_code
    short = message.encode()[:_LONGEST_MESSAGE].decode(errors="ignore")
    return {
        "RequestID": {"DataType": "String", "StringValue": ended.event.request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": str(code)},
        "ErrorMessage": {"DataType": "String", "StringValue": short},
    }


def object_key(function_name: str, now: float) -> str:
    """Return the key of a record in a bucket.

    >>> object_key("checkout", 0)[:57]
    'aws/lambda/async/checkout/1970/01/01/1970-01-01T00.00.00-'
    """
    time = datetime.fromtimestamp(now, UTC)
    return f"aws/lambda/async/{function_name}/{time:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def bus_event(ended: Ended, text: str, bus_arn: str) -> dict[str, Any]:
    """Return the event that an event bus receives for a record."""
    outcome = "Success" if ended.condition == "Success" else "Failure"
    return {
        "source": "lambda",
        "detail-type": f"Lambda Function Invocation Result - {outcome}",
        "resources": [bus_arn, ended.function_arn],
        "detail": json.loads(text),
    }
