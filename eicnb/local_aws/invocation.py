"""The Invoke operation, which queues an event, runs a function, or only validates the request.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
import uuid

from eicnb.local_aws import async_events, faults, functions_run, lookup
from eicnb.local_aws.account import Account, Function
from eicnb.local_aws.async_event import LONGEST_EVENT, AsyncEvent
from eicnb.local_aws.call import Call, Reply
from eicnb.local_aws.validation import violation

LONGEST_REQUEST = 6 * 1024 * 1024
_TYPES = ("Event", "RequestResponse", "DryRun")


def invoke(account: Account, call: Call) -> Reply:
    """Invoke a function with one of the three invocation types."""
    kind = call.headers.get("x-amz-invocation-type") or "RequestResponse"
    function, target = lookup.described_function(account, call)
    if kind not in _TYPES:
        must = f"satisfy enum value set: [{', '.join(_TYPES)}]"
        raise faults.validation_failed([violation(kind, "invocationType", must)])
    payload = _payload(call, kind)
    if kind == "DryRun":
        return Reply(204)
    request_id = str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id}
    if kind == "RequestResponse":
        return _run(account, function, target.invoked, headers)
    event = AsyncEvent(request_id, call.region, function.name, target.invoked, payload, account.clock.now())
    async_events.accept(account, event)
    return Reply(202, headers=headers)


def _payload(call: Call, kind: str) -> str:
    size = len(call.body)
    if size > LONGEST_REQUEST:
        raise faults.too_large(f"Request must be smaller than {LONGEST_REQUEST} bytes for the InvokeFunction operation")
    if kind == "Event" and size > LONGEST_EVENT:
        raise faults.too_large(
            f"{size} byte payload is too large for the Event invocation type (limit {LONGEST_EVENT} bytes)"
        )
    try:
        text = (call.body or b"{}").decode()
        json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise faults.unreadable_body(str(error)) from error
    return text


def _not_json(constant: str) -> None:
    raise ValueError(f"'{constant}' is not JSON")


def _run(account: Account, function: Function, qualifier: str, headers: dict[str, str]) -> Reply:
    if function.reserved_concurrency == 0:
        raise faults.not_run("ReservedFunctionConcurrentInvocationLimitExceeded")
    result = functions_run.run(account, function, qualifier, headers["x-amzn-RequestId"])
    if result.is_throttle:
        raise faults.not_run("ConcurrentInvocationLimitExceeded")
    headers |= {"X-Amz-Executed-Version": result.version}
    if result.function_error:
        headers |= {"X-Amz-Function-Error": result.function_error}
    return Reply(200, result.payload, headers)
