"""Records as AWS writes them, and queues that tests fill with messages."""

from __future__ import annotations

import json
from typing import Any

from eicnb.client.eic import Eic, connection_of

ACCOUNT = "123456789012"


def record(
    number: int = 1,
    *,
    function: str = "checkout:$LATEST",
    payload: Any = None,
    account_id: str = ACCOUNT,
    condition: str = "RetriesExhausted",
) -> str:
    """Return a record of the event `{"order": number}`; higher numbers are newer."""
    return json.dumps(
        {
            "version": "1.0",
            "timestamp": f"2026-11-25T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.568Z",
            "requestContext": {
                "requestId": f"request-{number}",
                "functionArn": f"arn:aws:lambda:us-east-1:{account_id}:function:{function}",
                "condition": condition,
                "approximateInvokeCount": 3,
            },
            "requestPayload": {"order": number} if payload is None else payload,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "no stock", "errorType": "OutOfStock"},
        }
    )


DEAD_LETTER = {
    "RequestID": {"DataType": "String", "StringValue": "request-0"},
    "ErrorCode": {"DataType": "Number", "StringValue": "200"},
    "ErrorMessage": {"DataType": "String", "StringValue": "boom"},
}
"""The attributes of a dead-letter message, as SQS takes them."""


def url(eic: Eic, queue: str) -> str:
    """Return the URL of a queue of the sandbox."""
    return f"{connection_of(eic).aws.endpoint_of('sqs')}/{eic.account_id}/{queue}"


def call(eic: Eic, service: str, operation: str, **parameters: Any) -> Any:
    """Return the response to an operation."""
    return next(connection_of(eic).listing(service, operation, 1, **parameters))


def make_queue(eic: Eic, queue: str, *bodies: str, **attributes: str) -> None:
    """Create a queue with these messages."""
    call(eic, "sqs", "CreateQueue", QueueName=queue, Attributes=attributes)
    for body in bodies:
        call(eic, "sqs", "SendMessage", QueueUrl=url(eic, queue), MessageBody=body)


def visible(eic: Eic, queue: str) -> int:
    """Return how many messages of a queue can be received now."""
    names = ["ApproximateNumberOfMessages"]
    found = call(eic, "sqs", "GetQueueAttributes", QueueUrl=url(eic, queue), AttributeNames=names)
    return int(found["Attributes"][names[0]])


def empty(eic: Eic, queue: str) -> None:
    """Delete all messages of a queue."""
    where = url(eic, queue)
    while messages := call(eic, "sqs", "ReceiveMessage", QueueUrl=where, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            call(eic, "sqs", "DeleteMessage", QueueUrl=where, ReceiptHandle=message["ReceiptHandle"])
